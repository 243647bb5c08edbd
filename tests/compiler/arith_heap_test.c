/* arith_heap_test.c: sums by both adders on all inputs: numbers, comparisons with zero, costs. */
#include "compiler/arith/heap.h"
#include "tests/compiler/block.h"

#include <math.h>
#include <setjmp.h>

#include <cmocka.h>

enum { MOST = 6 };

/* constant + sum of factor[i] * x[i], the numbers side by side on the given qubits. */
struct sum {
    int terms, width[MOST];
    bool is_signed[MOST], squared[MOST], absolute[MOST];
    int64_t factor[MOST], constant;
    int times[MOST]; /* x[i] multiplied by x[times[i]], or -1 */
};

static uint32_t inputs(const struct sum *s)
{
    uint32_t total = 0;
    for (int i = 0; i < s->terms; i++)
        total += (uint32_t)s->width[i];
    return total;
}

static int64_t argument(const struct sum *s, int i, uint64_t row)
{
    for (int k = 0; k < i; k++)
        row >>= s->width[k];
    return meaning(row, s->width[i], s->is_signed[i]);
}

static int64_t plain(const struct sum *s, uint64_t row)
{
    int64_t total = s->constant;
    for (int i = 0; i < s->terms; i++) {
        int64_t x = argument(s, i, row);
        if (s->times[i] >= 0)
            x *= argument(s, s->times[i], row);
        total += s->factor[i] * (s->absolute[i] && x < 0 ? -x : x);
    }
    return total;
}

static qry_heap *fill(block *b, const struct sum *s, int width)
{
    qry_heap *heap = qry_heap_new(&b->arith, width);
    qry_number x[MOST];
    qry_qubit first = 0;
    for (int i = 0; i < s->terms; first += (qry_qubit)s->width[i], i++)
        x[i] = block_number(b, first, s->width[i], s->is_signed[i]);
    qry_heap_add_constant(heap, s->constant);
    for (int i = 0; i < s->terms; i++) {
        if (s->times[i] >= 0) {
            int shift = __builtin_ctzll((uint64_t)s->factor[i]);
            qry_heap_add_product(heap, &x[i], &x[s->times[i]], shift, s->factor[i] < 0);
        } else if (s->absolute[i])
            qry_heap_add_abs(heap, &x[i], s->factor[i]);
        else
            qry_heap_add_number(heap, &x[i], s->factor[i]);
    }
    return heap;
}

/* What is asked of a sum. */
enum question { NUMBER, COLLECTED_NUMBER, NEGATIVE, COLLECTED_NEGATIVE, ZERO, COLLECTED_ZERO, QUESTIONS };

/* The fewest bits that tell whether a value is negative, or zero, for all inputs. */
static int least_width(const struct sum *s, bool zero)
{
    int width = 1;
    for (uint64_t row = 0; row < UINT64_C(1) << inputs(s); row++) {
        int64_t value = plain(s, row), bound = zero ? value < 0 ? -value : value : value < 0 ? ~value : value;
        while (bound >> (width - !zero))
            width++;
    }
    return width;
}

static void check(qry_ctx *ctx, const struct sum *s, enum adder adder, enum question question, int width)
{
    block b;
    bool negative = question == NEGATIVE || question == COLLECTED_NEGATIVE;
    if (question > COLLECTED_NUMBER)
        width = least_width(s, !negative);
    block_begin(&b, ctx, inputs(s), adder);
    qry_heap *heap = fill(&b, s, width);
    qry_bit bit = {0};
    qry_number number = {0};
    if (question == COLLECTED_NUMBER || question == COLLECTED_NEGATIVE || question == COLLECTED_ZERO) {
        qry_heap_collect(heap);
        for (int k = 0; k < QRY_HEAP_COLUMNS; k++)
            assert_in_range(heap->column[k].count, 0, 1);
    }
    if (question <= COLLECTED_NUMBER)
        number = qry_heap_number(heap, true);
    else
        bit = negative ? qry_heap_is_negative(heap) : qry_heap_is_zero(heap);
    block_run(&b);
    for (size_t row = 0; row < b.rows->count; row++) {
        int64_t value = plain(s, row);
        if (question <= COLLECTED_NUMBER)
            assert_int_equal(block_value(&b, &number, row), meaning((uint64_t)value, width, true));
        else
            assert_int_equal(block_bit(&b, bit, row), negative ? value < 0 : value == 0);
    }
    block_end(&b);
}

/* Every question by both adders; numbers also in too few bits: modulo. */
static void check_all(qry_ctx *ctx, const struct sum *s, int width)
{
    for (int adder = CARRY_SAVE; adder <= RIPPLE; adder++)
        for (int question = 0; question < QUESTIONS; question++)
            check(ctx, s, (enum adder)adder, (enum question)question, width);
    check(ctx, s, CARRY_SAVE, NUMBER, width / 2);
    check(ctx, s, RIPPLE, NUMBER, width / 2);
}

static const struct sum empty = {.times = {-1, -1, -1, -1, -1, -1}};

static void one_number(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct sum s = empty;
    s.terms = 1;
    for (s.width[0] = 1; s.width[0] <= 4; s.width[0]++)
        for (int sign = 0; sign < 2; sign++)
            for (s.factor[0] = -11; s.factor[0] <= 11; s.factor[0]++)
                for (s.constant = -30; s.constant <= 30; s.constant += 3) {
                    s.is_signed[0] = sign;
                    check_all(ctx, &s, 10);
                }
    qry_ctx_free(ctx);
}

/* Every constant: a register against all limits, both sides of the range. */
static void every_limit(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct sum s = empty;
    s.terms = 1;
    for (s.width[0] = 1; s.width[0] <= 5; s.width[0]++)
        for (int sign = 0; sign < 2; sign++)
            for (int direction = -1; direction <= 1; direction += 2)
                for (s.constant = -36; s.constant <= 36; s.constant++) {
                    s.factor[0] = direction;
                    s.is_signed[0] = sign;
                    check(ctx, &s, CARRY_SAVE, NEGATIVE, 0);
                    check(ctx, &s, CARRY_SAVE, ZERO, 0);
                    check(ctx, &s, CARRY_SAVE, NUMBER, 8);
                }
    qry_ctx_free(ctx);
}

static void two_numbers(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct sum s = empty;
    s.terms = 2;
    for (int shape = 0; shape < 36; shape++)
        for (s.factor[0] = -3; s.factor[0] <= 3; s.factor[0] += 1)
            for (s.factor[1] = -5; s.factor[1] <= 5; s.factor[1] += 2)
                for (s.constant = -6; s.constant <= 6; s.constant += 4) {
                    s.width[0] = 1 + shape % 3;
                    s.width[1] = 1 + shape / 3 % 3;
                    s.is_signed[0] = shape / 9 % 2;
                    s.is_signed[1] = shape / 18;
                    check_all(ctx, &s, 8);
                }
    qry_ctx_free(ctx);
}

static void products_squares_and_absolute_values(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct sum s = empty;
    s.terms = 2;
    for (int shape = 0; shape < 64; shape++)
        for (int kind = 0; kind < 5; kind++)
            for (s.constant = -7; s.constant <= 7; s.constant += 7) {
                static const int64_t factors[5][2] = {{1, -1}, {-2, 4}, {1, 2}, {-1, -1}, {-3, 5}};
                s.width[0] = 1 + shape % 4;
                s.width[1] = 1 + shape / 4 % 4;
                s.is_signed[0] = shape / 16 % 2;
                s.is_signed[1] = shape / 32;
                s.factor[0] = factors[kind][0];
                s.factor[1] = factors[kind][1];
                s.absolute[0] = s.absolute[1] = kind == 4;
                s.times[0] = kind == 4 ? -1 : kind == 2 ? 0 : 1;
                s.times[1] = kind == 4 || kind == 1 ? -1 : kind == 2 ? 1 : 0;
                check_all(ctx, &s, 12);
            }
    qry_ctx_free(ctx);
}

/* Tall heaps of random shape. */
static struct sum random_sum(qry_random *random)
{
    struct sum s = empty;
    uint32_t total = 0;
    for (s.terms = 0; s.terms < MOST; s.terms++) {
        int width = 1 + (int)qry_random_below(random, 3), i = s.terms;
        if (total + (uint32_t)width > 10)
            break;
        total += (uint32_t)width;
        s.width[i] = width;
        s.is_signed[i] = qry_random_below(random, 2);
        s.factor[i] = (int64_t)qry_random_below(random, 81) - 40;
        s.absolute[i] = qry_random_below(random, 5) == 0;
        if (qry_random_below(random, 4) == 0) {
            s.times[i] = (int)qry_random_below(random, (uint64_t)i + 1);
            s.factor[i] = qry_random_below(random, 2) ? 2 : -1;
            s.absolute[i] = false;
        }
    }
    s.constant = (int64_t)qry_random_below(random, 201) - 100;
    return s;
}

static void tall_heaps(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 3, 0);
    for (int i = 0; i < 300; i++) {
        struct sum s = random_sum(&random);
        check_all(ctx, &s, 14);
    }
    qry_ctx_free(ctx);
}

/* The same bits more than once, plain and complemented: they must meet in no adder. */
static void repeated_bits(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 4, 0);
    for (int i = 0; i < 2000; i++) {
        block b;
        block_begin(&b, ctx, 4, i % 2 ? RIPPLE : CARRY_SAVE);
        qry_heap *heap = qry_heap_new(&b.arith, 9);
        int64_t weight[16], constant = (int64_t)qry_random_below(&random, 41) - 20;
        bool inverted[16];
        qry_qubit qubit[16];
        int terms = 1 + (int)qry_random_below(&random, 16), question = (int)qry_random_below(&random, 3);
        qry_heap_add_constant(heap, constant);
        for (int k = 0; k < terms; k++) {
            int shift = (int)qry_random_below(&random, 3);
            bool negative = qry_random_below(&random, 2);
            weight[k] = negative ? -(INT64_C(1) << shift) : INT64_C(1) << shift;
            inverted[k] = qry_random_below(&random, 2);
            qubit[k] = (qry_qubit)qry_random_below(&random, 4);
            qry_heap_add_bit(heap, (qry_bit){qubit[k], inverted[k]}, shift, negative);
        }
        qry_bit bit = {0};
        qry_number number = {0};
        if (question == 0)
            number = qry_heap_number(heap, true);
        else
            bit = question == 1 ? qry_heap_is_negative(heap) : qry_heap_is_zero(heap);
        block_run(&b);
        for (size_t row = 0; row < 16; row++) {
            int64_t value = constant;
            for (int k = 0; k < terms; k++)
                value += (row >> qubit[k] & 1) != inverted[k] ? weight[k] : 0;
            if (question == 0)
                assert_int_equal(block_value(&b, &number, row), value);
            else
                assert_int_equal(block_bit(&b, bit, row), question == 1 ? value < 0 : value == 0);
        }
        block_end(&b);
    }
    qry_ctx_free(ctx);
}

/* What adding up the columns of a heap costs, as stated and as written. way: all bits by carry-save adders, a carry out
 * of heap and constant by those, all bits by ripple adders. */
static void check_cost(qry_ctx *ctx, const struct sum *s, int way, uint64_t constant, bool check_steps)
{
    static const bool counted[QRY_GATES] = {[QRY_GATE_ccx] = true};
    block b;
    block_begin(&b, ctx, inputs(s), CARRY_SAVE);
    qry_heap *heap = fill(&b, s, 20);
    uint64_t toffoli = block_toffoli(&b), work = b.arith.work;
    int columns = qry_heap_columns(heap);
    qry_cost cost = {0};
    qry_bit out[QRY_HEAP_COLUMNS];
    if (columns > 0 && way == 2) {
        cost = qry_heap_ripple_cost(heap, columns);
        qry_heap_ripple(heap, columns);
    } else if (columns > 0) {
        int from = way == 0 ? 0 : columns;
        constant &= (UINT64_C(1) << columns) - 1;
        heap->constant = constant;
        cost = qry_heap_compress_cost(heap, constant, from, columns + 1);
        qry_heap_compress(heap, from, columns + 1, out);
    }
    assert_int_equal(block_toffoli(&b) - toffoli, cost.toffoli);
    assert_int_equal(b.arith.work - work, cost.work);
    block_run(&b);
    if (check_steps)
        assert_true(walked_depth(ctx, qry_circuit_definition(b.circuit, 1), counted) <= cost.steps);
    block_end(&b);
}

static void stated_costs(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 5, 0);
    for (int i = 0; i < 400; i++) {
        struct sum s = random_sum(&random);
        check_cost(ctx, &s, 0, 0, false);
        check_cost(ctx, &s, 2, 0, false);
        for (int k = 0; k < s.terms; k++)
        { /* every bit once: no carry meets itself, no adder waits for another's bit */
            s.factor[k] = (qry_random_below(&random, 2) ? 1 : -1) * (INT64_C(1) << qry_random_below(&random, 4));
            s.absolute[k] = false;
            s.times[k] = -1;
        }
        for (int way = 0; way < 3; way++)
            check_cost(ctx, &s, way, way == 1 ? qry_random_next(&random) : 0, true);
    }
    qry_ctx_free(ctx);
}

/* The smaller volume wins, whatever is around. */
static void choice_by_volume(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 6, 0);
    uint64_t chosen[2] = {0};
    for (int i = 0; i < 300; i++) {
        struct sum s = random_sum(&random);
        block b;
        block_begin(&b, ctx, inputs(&s), CARRY_SAVE);
        qry_heap *heap = fill(&b, &s, 20);
        b.arith.around = (qry_cost){0, qry_random_below(&random, 100), qry_random_below(&random, 3000)};
        int columns = qry_heap_columns(heap);
        uint64_t toffoli = block_toffoli(&b), work = b.arith.work;
        if (qry_heap_is_tall(heap)) {
            qry_cost save = qry_heap_compress_cost(heap, 0, 0, columns), ripple = qry_heap_ripple_cost(heap, columns);
            uint64_t qubits = b.arith.around.work + work, steps = b.arith.around.steps;
            bool to_ripple =
                (steps + ripple.steps) * (qubits + ripple.work) < (steps + save.steps) * (qubits + save.work);
            qry_heap_collect(heap);
            assert_int_equal(block_toffoli(&b) - toffoli, (to_ripple ? ripple : save).toffoli);
            assert_int_equal(b.arith.work - work, (to_ripple ? ripple : save).work);
            chosen[to_ripple]++;
        }
        block_run(&b);
        block_end(&b);
    }
    assert_true(chosen[0] > 20 && chosen[1] > 20);
    qry_ctx_free(ctx);
}

/* Bits at the top of the widest heap, and of narrower ones: the sum is a multiple of 2^width when their parity, and what
 * stands below, is right. Nothing is paid for carries that nobody looks at. */
static void zero_at_the_top(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int width = 2; width <= QRY_HEAP_COLUMNS; width += width < 5 ? 1 : 59)
        for (uint32_t bits = 1; bits <= 6; bits++)
            for (uint32_t below = 0; below <= 4; below++)
                for (int64_t constant = -2; constant <= 2; constant++) {
                    block b;
                    block_begin(&b, ctx, bits + below, CARRY_SAVE);
                    qry_heap *heap = qry_heap_new(&b.arith, width);
                    for (uint32_t i = 0; i < bits + below; i++)
                        qry_heap_add_bit(heap, qry_bit_on(i), i < bits ? width - 1 : width - 2, i % 3 == 1);
                    qry_heap_add_constant(heap, constant * (INT64_C(1) << (width - 2)));
                    qry_bit zero = qry_heap_is_zero(heap);
                    if (!below)
                        assert_int_equal(block_toffoli(&b), 0); /* one column: parity */
                    block_run(&b);
                    for (uint64_t row = 0; row < b.rows->count; row++) {
                        int64_t sum = constant; /* in units of the column below the top */
                        for (uint32_t i = 0; i < bits + below; i++)
                            sum += (row >> i & 1 ? 1 : 0) * (i % 3 == 1 ? -1 : 1) * (i < bits ? 2 : 1);
                        assert_int_equal(block_bit(&b, zero, row), sum % 4 == 0);
                    }
                    block_end(&b);
                }
    qry_ctx_free(ctx);
}

static uint64_t compared(qry_ctx *ctx, int w, bool is_signed, int64_t constant, bool with_other, bool zero)
{
    block b;
    block_begin(&b, ctx, 40, CARRY_SAVE);
    qry_heap *heap = qry_heap_new(&b.arith, w + 1);
    qry_number x = block_number(&b, 0, w, is_signed), y = block_number(&b, 20, w, is_signed);
    qry_heap_add_number(heap, &x, 1);
    if (with_other)
        qry_heap_add_number(heap, &y, -1);
    qry_heap_add_constant(heap, constant);
    zero ? qry_heap_is_zero(heap) : qry_heap_is_negative(heap);
    uint64_t toffoli = block_toffoli(&b);
    if (!zero)
        assert_int_equal(b.arith.work, toffoli);
    qry_arith_free(&b.arith);
    qry_arena_free(b.arena);
    return toffoli;
}

/* Comparators cost what arith.h says; a limit with zeros at its end less. */
static void comparator_costs(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int w = 1; w <= 20; w++)
        for (int sign = 0; sign < 2; sign++) {
            for (int64_t limit = 1; limit < INT64_C(1) << w; limit += 1 + (INT64_C(1) << w) / 37) {
                int64_t least = sign ? INT64_C(1) << (w - 1) : 0;
                assert_int_equal(compared(ctx, w, sign, least - limit, false, false),
                                 w - 1 - __builtin_ctzll((uint64_t)limit));
            }
            assert_int_equal(compared(ctx, w, sign, 0, true, false), w);
            assert_int_equal(compared(ctx, w, sign, 0, true, true), w - 1);
        }
    qry_ctx_free(ctx);
}

static void signed_digits(void **state)
{
    (void)state;
    for (int64_t value = -5000; value <= 5000; value++) {
        int8_t digits[65];
        int count = qry_signed_digits(value, digits);
        int64_t sum = 0;
        for (int i = 0; i < count; i++) {
            assert_in_range(digits[i] + 1, 0, 2);
            assert_true(i == 0 || !digits[i] || !digits[i - 1]);
            sum += digits[i] * (INT64_C(1) << i);
        }
        assert_int_equal(sum, value);
        assert_true(count == 0 || digits[count - 1]);
    }
    int8_t digits[65];
    assert_int_equal(qry_signed_digits(INT64_MIN, digits), 64);
    assert_int_equal(digits[63], -1);
    assert_int_equal(qry_signed_digits(INT64_MAX, digits), 64);
    assert_int_equal(digits[0], -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_number),      cmocka_unit_test(every_limit),
        cmocka_unit_test(two_numbers),     cmocka_unit_test(products_squares_and_absolute_values),
        cmocka_unit_test(tall_heaps),      cmocka_unit_test(repeated_bits),
        cmocka_unit_test(stated_costs),    cmocka_unit_test(choice_by_volume),
        cmocka_unit_test(zero_at_the_top), cmocka_unit_test(comparator_costs),
        cmocka_unit_test(signed_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
