/* qram_test.c: every architecture on every address and target, and the closed formulas of its counts and depths. */
#include "compiler/qram/qram.h"
#include "tests/compiler/rows.h"

#include <math.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static const qry_qram *const architectures[] = {&qry_bucket_brigade, &qry_select};

/* A table of `rows` rows and a word made of its last and first column (one column if width allows no more). */
struct query {
    qry_ctx *ctx;
    qry_circuit *circuit;
    qry_table table;
    uint32_t columns[2];
    qry_words words;
    qry_definition *whole;
};

static void make_data(struct query *q, uint64_t rows, uint32_t columns, int width, uint64_t seed)
{
    qry_random random;
    qry_random_seed(&random, seed, 1);
    q->table = (qry_table){.name = "K", .rows = rows, .columns = columns, .type = {true, false, width, 0}};
    q->table.mantissas = qry_alloc(q->ctx, rows * columns + 1, sizeof *q->table.mantissas);
    for (uint64_t i = 0; i < rows * columns; i++)
        q->table.mantissas[i] = (int64_t)(qry_random_next(&random) << (64 - width)) >> (64 - width);
}

/* Address in, words, address out, with both parts as definitions of their own. */
static void build(struct query *q, const qry_qram *qram, uint32_t m)
{
    q->circuit = qry_circuit_new(q->ctx);
    q->words = (qry_words){&q->table, q->columns, q->columns[0] ? 2 : 1, m};
    q->whole = qry_circuit_define(q->circuit, "query", 0);
    qry_qram_groups(qram, &q->words, true, q->whole);
    qry_definition *words = qry_circuit_define(q->circuit, "words", 0), *in = NULL;
    qry_qram_write_words(qram, &q->words, words);
    qry_qram_mark(qram, &q->words, true, words);
    qry_qubit operands[4096];
    uint32_t w = (uint32_t)qry_words_width(&q->words);
    assert_true(q->whole->width == words->width && words->width <= 4096);
    for (uint32_t i = 0; i < words->width; i++)
        operands[i] = i < m ? i : i + w;
    if (qram->write_address) {
        in = qry_circuit_define(q->circuit, "address in", 0);
        qry_qram_write_address(qram, &q->words, in);
        qry_qram_mark(qram, &q->words, false, in);
        qry_add_call(q->whole, in, false, operands, NULL);
    }
    for (uint32_t i = 0; i < words->width; i++)
        operands[i] = i;
    qry_add_call(q->whole, words, false, operands, NULL);
    for (uint32_t i = m; in && i < in->width; i++)
        operands[i] = i + w;
    if (in)
        qry_add_call(q->whole, in, true, operands, NULL);
}

static void free_query(struct query *q)
{
    qry_circuit_free(q->circuit);
    qry_free(q->ctx, q->table.mantissas);
}

static uint64_t word_of(const struct query *q, uint64_t row)
{
    uint64_t word = 0;
    for (uint32_t i = 0; i < q->words.column_count; i++) {
        int width = qry_type_width(q->table.type);
        if (row < q->table.rows)
            word |= ((uint64_t)q->table.mantissas[row * q->table.columns + q->words.columns[i]] &
                     ((UINT64_C(1) << width) - 1))
                    << (width * (int)i);
    }
    return word;
}

static void check_query(const struct query *q)
{
    uint32_t m = q->words.address, w = (uint32_t)qry_words_width(&q->words);
    rows *r = rows_new(q->ctx, q->whole->width, (size_t)1 << (m + w));
    for (size_t row = 0; row < r->count; row++)
        rows_set(r, 0, m + w, row, row);
    rows *before = rows_copy(r);
    for (int inverse = 0; inverse < 2; inverse++) {
        rows_run(r, q->whole, inverse, NULL);
        for (size_t row = 0; row < r->count; row++) {
            uint64_t j = row & ((UINT64_C(1) << m) - 1);
            assert_int_equal(rows_get(r, 0, m, row), j);
            assert_int_equal(rows_get(r, m, w, row), row >> m ^ word_of(q, j));
            assert_true(rows_phase(r, row) == 0);
        }
        for (size_t row = 0; row < r->count; row++) /* all but the word must be as before */
            rows_set(r, m, w, row, row >> m);
        rows_expect_same(r, before);
    }
    rows_run(r, q->whole, false, NULL);
    rows_run(r, q->whole, false, NULL); /* its own inverse */
    rows_expect_same(r, before);
    if (m > 1 && w > 1 && r->most_frames)
        assert_in_range(r->most_frames, w, r->qubits);
    rows_free(before);
    rows_free(r);
}

static void every_address_and_target(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (size_t a = 0; a < 2; a++)
        for (uint32_t m = 1; m <= 6; m++)
            for (int w = 1; w <= 5; w++)
                for (uint64_t rows = UINT64_C(1) << m; rows + 3 > UINT64_C(1) << m && rows > 0; rows--) {
                    struct query q = {.ctx = ctx};
                    make_data(&q, rows, 1, w, 100 * m + rows);
                    build(&q, architectures[a], m);
                    check_query(&q);
                    free_query(&q);
                }
    qry_ctx_free(ctx);
}

static void several_columns_and_short_tables(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (size_t a = 0; a < 2; a++)
        for (uint32_t m = 1; m <= 5; m++)
            for (int w = 1; w <= 3; w++)
                for (uint64_t rows = 1; rows <= UINT64_C(3) << (m - 1); rows += m) { /* longer than 2^m, too */
                    struct query q = {.ctx = ctx, .columns = {2, 0}};
                    make_data(&q, rows, 3, w, rows);
                    build(&q, architectures[a], m);
                    check_query(&q);
                    free_query(&q);
                }
    qry_ctx_free(ctx);
}

/* Cells 1, 0 in every leaf pair need both Z and CZ; 2^m rows. */
static void make_worst(struct query *q, uint32_t m, int w)
{
    make_data(q, UINT64_C(1) << m, 1, w, 1);
    for (uint64_t j = 0; j < q->table.rows; j++)
        q->table.mantissas[j] = j % 2 ? 0 : -1;
}

static void bucket_brigade_formulas(void **state)
{
    (void)state;
    static const int widths[] = {1, 2, 3, 4, 5, 8, 12, 16};
    static const bool controlled_swaps[QRY_GATES] = {[QRY_GATE_cswap] = true};
    qry_ctx *ctx = qry_ctx_new();
    for (uint32_t m = 1; m <= 10; m++)
        for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
            struct query q = {.ctx = ctx};
            uint64_t w = (uint64_t)widths[i], n = UINT64_C(1) << m, count[QRY_GATES], swaps = 0;
            make_worst(&q, m, widths[i]);
            build(&q, &qry_bucket_brigade, m);
            walked_count(q.whole, count);
            assert_int_equal(count[QRY_GATE_cswap], 2 * (n - 1 - m) + 2 * w * (n / 2 - 1));
            for (uint64_t l = 0; l + 1 < m; l++)
                swaps += (w + (w < m - 1 - l ? w : m - 1 - l)) << l;
            assert_int_equal(count[QRY_GATE_swap], 2 * (n + m - 2) + 2 * w + 2 * (n - 1 - m) + swaps);
            assert_int_equal(count[QRY_GATE_h], 2 * w);
            assert_int_equal(count[QRY_GATE_z], w * n / 2);
            assert_int_equal(count[QRY_GATE_cz], w * n / 2);
            assert_int_equal(q.whole->width, m + w + 2 * (n - 1));
            if (m > 1) {
                assert_int_equal(walked_depth(ctx, q.whole, controlled_swaps), 4 * m + 2 * w - 6);
                assert_int_equal(walked_depth(ctx, q.whole, NULL), 10 * m + 5 * w - 11);
                qry_depth depth = qry_definition_depth(q.whole);
                assert_true(depth.exact);
                assert_int_equal(depth.depth, 10 * m + 5 * w - 11);
            }
            free_query(&q);
        }
    qry_ctx_free(ctx);
}

static void select_formulas(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (uint32_t m = 1; m <= 10; m++)
        for (int w = 1; w <= 16; w *= 2) {
            struct query q = {.ctx = ctx};
            make_data(&q, UINT64_C(1) << m, 1, w, m);
            build(&q, &qry_select, m);
            uint64_t count[QRY_GATES], n = UINT64_C(1) << m, ones = 0;
            for (uint64_t j = 0; j < n; j++)
                ones += (uint64_t)__builtin_popcountll(word_of(&q, j));
            walked_count(q.whole, count);
            assert_int_equal(count[QRY_GATE_ccx], 2 * (n - 2));
            assert_int_equal(count[QRY_GATE_cx], 2 * (n - 2) + ones);
            assert_int_equal(count[QRY_GATE_x], 2);
            assert_int_equal(q.whole->width, m + (uint32_t)w + m - 1);
            free_query(&q);
        }
    qry_ctx_free(ctx);
}

/* The costs that the compiler's choices use are those of what is written; the operations stay below their bound. */
static void stated_costs(void **state)
{
    (void)state;
    static const bool counted[QRY_GATES] = {[QRY_GATE_cswap] = true, [QRY_GATE_ccx] = true};
    qry_ctx *ctx = qry_ctx_new();
    for (size_t a = 0; a < 2; a++)
        for (uint32_t m = 1; m <= 8; m++)
            for (int w = 1; w <= 16; w += 5) {
                struct query q = {.ctx = ctx};
                make_worst(&q, m, w);
                build(&q, architectures[a], m);
                uint64_t count[QRY_GATES];
                for (uint32_t k = 1; k < qry_circuit_definitions(q.circuit); k++) {
                    const qry_definition *d = qry_circuit_definition(q.circuit, k);
                    if (!d->query)
                        continue;
                    qry_cost cost = d->query->loads_word ? architectures[a]->words_cost(m, (uint64_t)w)
                                                         : architectures[a]->address_cost(m);
                    walked_count(d, count);
                    assert_int_equal(cost.toffoli, count[QRY_GATE_cswap] + count[QRY_GATE_ccx]);
                    assert_int_equal(cost.work, d->width - m - (d->query->loads_word ? (uint32_t)w : 0));
                    assert_int_equal(cost.steps, walked_depth(ctx, d, counted));
                    assert_true((double)d->op_count <= architectures[a]->words_operations(m, (uint64_t)w));
                    assert_int_equal(d->query->address, m);
                    assert_int_equal(d->query->word, w);
                    assert_true(d->query->loads_word != d->query->loads_address);
                }
                free_query(&q);
            }
    qry_ctx_free(ctx);
}

static void remember(void *state, const qry_diagnostic *diagnostic)
{
    snprintf(state, 256, "%s: %s", diagnostic->message, diagnostic->hint);
}

static void too_large_is_refused(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    char message[256] = "";
    qry_ctx_on_diagnostic(ctx, remember, message);
    qry_table table = {.name = "K", .rows = 1, .columns = 1, .type = {false, false, 8, 0}};
    uint32_t column = 0;
    for (uint32_t m = 27; m <= 62; m += 5) { /* fewer than QRY_MAX_ERRORS */
        qry_words words = {&table, &column, 1, m};
        message[0] = 0;
        assert_false(qry_qram_check(ctx, &qry_bucket_brigade, &words, true, (qry_span){0}));
        assert_non_null(strstr(message, "too large"));
        assert_int_equal(strstr(message, "select") != NULL, m == 27); /* named where it fits */
    }
    assert_true(qry_qram_check(ctx, &qry_bucket_brigade, &(qry_words){&table, &column, 1, 4}, true, (qry_span){0}));
    assert_false(qry_qram_check(ctx, &qry_select, &(qry_words){&table, &column, 1, 40}, true, (qry_span){0}));
    assert_ptr_equal(qry_qram_find("select"), &qry_select);
    assert_ptr_equal(qry_qram_find("bucket_brigade"), &qry_bucket_brigade);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_address_and_target),
        cmocka_unit_test(several_columns_and_short_tables),
        cmocka_unit_test(bucket_brigade_formulas),
        cmocka_unit_test(select_formulas),
        cmocka_unit_test(stated_costs),
        cmocka_unit_test(too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
