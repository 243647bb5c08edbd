/* scan_test.c: formulas over blocks of rows, against their plain meaning row by row; and memory that is counted, against
 * memory that is written. */
#include "compiler/rows.h"
#include "tests/compiler/formulas.h"
#include "tests/compiler/front.h"

#include <string.h>

/* A node in the rows of two blocks and what lies behind the tables. */
static void expect_values(formulas *f, qry_narrow_book *book, const qry_formula *node)
{
    qry_rows *rows = qry_rows_new(f->arena, book, node);
    for (uint64_t first = 0; first < 3 * QRY_ROWS; first += QRY_ROWS) {
        const int64_t *value = qry_rows_values(rows, first);
        for (uint64_t k = 0; k < QRY_ROWS; k++)
            assert_int_equal(value[k], f_value(node, first + k));
    }
}

static void random_predicates(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 3, 0);
    for (uint64_t seed = 0; seed < 200; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        formulas f;
        formulas_begin(&f, ctx, QRY_SEARCH_ALL, 0, 1535, "select");
        qry_narrow_book book = {.ctx = ctx};
        formulas_table(&f, "T", "select", 1 + qry_random_below(&random, 1400), 2, (qry_type){true, false, 3, 1}, seed);
        formulas_table(&f, "F", "select", 700, 1, (qry_type){.is_bool = true, .integer = 1}, seed + 1000);
        qry_formula *root = f_random(&f, &random, 4 + (int)qry_random_below(&random, 16));
        expect_values(&f, &book, root);
        for (size_t i = 0; i < f.list.count; i += 5)
            expect_values(&f, &book, f.list.node[i]);
        qry_narrow_free(&book);
        formulas_end(&f);
        qry_ctx_free(ctx);
    }
}

/* Dot products: numbers that fit 16 bits, or do not; that would overflow 32 bits, or not by one; all columns, or some. */
static void dot_products(void **state)
{
    (void)state;
    enum { COLUMNS = 9 };
    static const int widths[] = {2, 8, 15, 16, 17, 24};
    static const int64_t greatest[] = {1, 200, 32767, 32768, 70000};
    for (int w = 0; w < 6; w++)
        for (int g = 0; g < 5; g++) {
            qry_ctx *ctx = qry_ctx_new();
            formulas f;
            formulas_begin(&f, ctx, QRY_SEARCH_ALL, 0, 1535, "select");
            qry_narrow_book book = {.ctx = ctx};
            qry_type type = {true, false, widths[w], 0};
            qry_table *table = formulas_table(&f, "T", "select", 1300, COLUMNS, type, (uint64_t)w);
            qry_formula *args[COLUMNS];
            int64_t factors[COLUMNS];
            for (uint32_t c = 0; c < COLUMNS; c++) {
                args[c] = f_entry(&f, table, c);
                factors[c] = (c % 2 ? -1 : 1) * (greatest[g] > c ? greatest[g] - c : 1);
            }
            const qry_formula *all = f_sum(&f, -77, COLUMNS, args, factors);
            const qry_formula *some = f_sum(&f, 5, 4, args + 3, factors + 3);
            const qry_formula *few = f_sum(&f, 5, 3, args, factors);
            for (int again = 0; again < 2; again++) {
                for (uint32_t c = 0; c < COLUMNS; c++) /* the extremes, where sums are largest */
                    table->mantissas[c] =
                        c % 2 ? -(INT64_C(1) << (widths[w] - 1)) : (INT64_C(1) << (widths[w] - 1)) - 1;
                expect_values(&f, &book, all);
                expect_values(&f, &book, some);
                expect_values(&f, &book, few);
                formulas_fill(&f, table, 99); /* other data in the same table */
            }
            qry_narrow_free(&book);
            formulas_end(&f);
            qry_ctx_free(ctx);
        }
}

/* ---- memory that is counted ---- */

/* What a round costs, and the certificate-like program of two iterations, with memory written or counted. */
static void expect_costs(qry_program *program, bool plane)
{
    qry_search *written = qry_program_compile(program, NULL);
    qry_search *counted = qry_program_compile(program, &(qry_compile_options){.count_memory = true});
    assert_true(written && counted && plane == written->keeps_found);
    uint64_t rows = written->high - written->low + 1;
    uint8_t alive[64];
    qry_random random;
    qry_random_seed(&random, rows, 1);
    for (int times = 0; times < 6; times++) {
        qry_circuit *a = written->circuit, *b = counted->circuit;
        assert_int_equal(qry_circuit_definitions(a), qry_circuit_definitions(b));
        qry_digester *r = qry_digester_new(qry_circuit_ctx(a)), *s = qry_digester_new(qry_circuit_ctx(b));
        qry_digest x = {.call_count = 0}, y = {.call_count = 0};
        for (uint32_t i = 0; i < qry_circuit_definitions(a); i++) {
            qry_digest_read(r, qry_circuit_definition(a, i), &x);
            qry_digest_read(s, qry_circuit_definition(b, i), &y);
            assert_memory_equal(&x.own, &y.own, sizeof x.own);
            assert_true(x.depth == y.depth && x.t_depth == y.t_depth && x.call_count == y.call_count);
        }
        qry_digest_free(qry_circuit_ctx(a), &x);
        qry_digest_free(qry_circuit_ctx(b), &y);
        qry_digester_free(r);
        qry_digester_free(s);
        for (uint64_t j = 0; j < rows; j++) /* all, none, and some in between */
            alive[j] = times == 1 ? 0 : times == 2 ? 1 : qry_random_below(&random, 2) != 0;
        if (plane) {
            qry_search_set_alive(written, alive);
            qry_search_set_alive(counted, alive);
        }
    }
    qry_search_free(written);
    qry_search_free(counted);
}

static void counted_memory(void **state)
{
    (void)state;
    static const char *const arches[] = {"select", "bucket_brigade"};
    static const char *const statements[] = {"search all j in T where T[j] >= 1", "search one j in T where T[j] >= 1",
                                             "search all j in 2..5 where F[j]", "estimate sum of T[j] for j in T"};
    for (int rows = 1; rows <= 64; rows = rows < 8 ? rows + 1 : rows < 60 ? 2 * rows - 3 : 65)
        for (int a = 0; a < 2; a++)
            for (int s = 0; s < 4; s++) {
                char text[2048], values[512] = "", flags[512] = "";
                if (s == 2 && rows < 6)
                    continue;
                for (int j = 0; j < rows; j++) {
                    snprintf(values + strlen(values), sizeof values - strlen(values), "%s%d", j ? ", " : "",
                             (j * 5 + 3) % 8 - 4);
                    snprintf(flags + strlen(flags), sizeof flags - strlen(flags), "%s%d", j ? ", " : "", j % 3 == 1);
                }
                snprintf(text, sizeof text, "table T[%d] : int(3) = [%s];\ntable F[%d] : bool = [%s];\nqram %s;\n%s;\n",
                         rows, values, rows, flags, arches[a], statements[s]);
                struct diagnostics said;
                qry_ctx *ctx = context_with(&said);
                qry_program *program = program_of(ctx, text);
                if (!program)
                    fail_msg("%s: %s", text, said.text);
                expect_costs(program, s == 0 || s == 2);
                qry_program_free(program);
                qry_ctx_free(ctx);
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_predicates), cmocka_unit_test(dot_products),
                                       cmocka_unit_test(counted_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
