/* arith_lookup_test.c: numbers from tables, on all indices, and what they cost. */
#include "tests/compiler/block.h"

#include <setjmp.h>

#include <cmocka.h>

/* The table on an index whose bits may be complements and constants: set bits of `inverted`, of `fixed` (to `fixed_to`). */
struct table {
    int bits, width;
    bool is_signed, index_signed;
    int64_t first;
    uint64_t count;
    const int64_t *values;
    uint32_t inverted, fixed, fixed_to;
};

static void check_table(qry_ctx *ctx, const struct table *t)
{
    block b;
    block_begin(&b, ctx, (uint32_t)t->bits, CARRY_SAVE);
    qry_bit *bits = qry_arena_alloc(b.arena, (size_t)t->bits, sizeof *bits);
    for (int i = 0; i < t->bits; i++) {
        bits[i] = t->fixed >> i & 1 ? qry_bit_constant(t->fixed_to >> i & 1) : qry_bit_on((qry_qubit)i);
        bits[i].inverted ^= t->inverted >> i & 1;
    }
    qry_number index = {bits, t->bits, t->index_signed};
    qry_number result = qry_number_lookup(&b.arith, &index, t->first, t->values, t->count, t->width, t->is_signed);
    assert_int_equal(result.width, t->width);
    uint64_t most = 2 * ((UINT64_C(1) << t->bits) - 2);
    assert_true(block_toffoli(&b) <= most);
    assert_true(b.arith.work <= (uint32_t)(t->width + t->bits - 1));
    block_run(&b); /* work qubits that went back are zero */
    for (size_t row = 0; row < b.rows->count; row++) {
        int64_t at = block_value(&b, &index, row) - t->first;
        if (at >= 0 && at < (int64_t)t->count)
            assert_int_equal(block_value(&b, &result, row), t->values[at]);
    }
    uint32_t live = 0; /* only the result stays */
    for (uint32_t k = 0; k < b.arith.work; k++)
        live += b.arith.taken[k].live;
    assert_true(live <= (uint32_t)t->width);
    block_end(&b);
}

static void fill(qry_random *random, int64_t *values, uint64_t count, int width, bool is_signed)
{
    for (uint64_t i = 0; i < count; i++)
        values[i] = meaning(qry_random_next(random), width, is_signed);
}

/* Every place of a table in the values of its index, signed and not. */
static void all_places(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 1, 0);
    int64_t values[32];
    for (int bits = 1; bits <= 4; bits++)
        for (int is_signed = 0; is_signed < 2; is_signed++) {
            int64_t least = is_signed ? -(1 << (bits - 1)) : 0;
            for (int64_t first = least; first < least + (1 << bits); first++)
                for (uint64_t count = 1; first + (int64_t)count <= least + (1 << bits); count++) {
                    struct table t = {.bits = bits, .width = 3, .is_signed = is_signed, .index_signed = is_signed};
                    t.first = first;
                    t.count = count;
                    t.values = values;
                    fill(&random, values, count, 3, is_signed);
                    check_table(ctx, &t);
                }
        }
    qry_ctx_free(ctx);
}

/* Complements and constants in the index. */
static void all_indices(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 2, 0);
    int64_t values[16];
    struct table t = {.bits = 4, .width = 4, .count = 16, .values = values};
    for (t.inverted = 0; t.inverted < 16; t.inverted++)
        for (t.fixed = 0; t.fixed < 16; t.fixed++)
            for (t.fixed_to = 0; t.fixed_to < 16; t.fixed_to++)
                if (!(t.fixed_to & ~t.fixed)) {
                    fill(&random, values, 16, 4, false);
                    check_table(ctx, &t);
                }
    qry_ctx_free(ctx);
}

/* All tables of 8 values of one bit. */
static void all_tables(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    int64_t values[8];
    struct table t = {.bits = 3, .width = 1, .count = 8, .values = values};
    for (int table = 0; table < 256; table++) {
        for (int i = 0; i < 8; i++)
            values[i] = table >> i & 1;
        check_table(ctx, &t);
    }
    qry_ctx_free(ctx);
}

static uint64_t toffoli_of(qry_ctx *ctx, int bits, const int64_t *values, int width)
{
    block b;
    block_begin(&b, ctx, (uint32_t)bits, CARRY_SAVE);
    qry_number index = block_number(&b, 0, bits, false);
    qry_number_lookup(&b.arith, &index, 0, values, UINT64_C(1) << bits, width, false);
    uint64_t count = block_toffoli(&b);
    block_run(&b);
    block_end(&b);
    return count;
}

/* The cost that the header names is reached by tables in which all values differ, and by no table passed; what does not
 * vary costs nothing. */
static void costs(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    int64_t values[256];
    for (int bits = 1; bits <= 8; bits++) {
        uint64_t count = UINT64_C(1) << bits;
        for (uint64_t i = 0; i < count; i++)
            values[i] = (int64_t)i;
        assert_int_equal(toffoli_of(ctx, bits, values, bits), 2 * (count - 2));
        for (uint64_t i = 0; i < count; i++)
            values[i] = 5;
        assert_int_equal(toffoli_of(ctx, bits, values, 3), 0);
        for (uint64_t i = 0; i < count; i++)
            values[i] = i >= count / 2;
        assert_int_equal(toffoli_of(ctx, bits, values, 1), 0); /* a copy of the highest bit */
    }
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(all_places), cmocka_unit_test(all_indices),
                                       cmocka_unit_test(all_tables), cmocka_unit_test(costs)};
    return cmocka_run_group_tests_name("arith_lookup", tests, NULL, NULL);
}
