/* crossover.c: growth, schedules, lines and crossings of runtime/params/crossover.h, each against what it stands for. */
#include "support.h"

#include "runtime/params/crossover.h"

#include <math.h>
#include <string.h>

static void growths(void **state)
{
    (void)state;
    const double n[] = {64, 128, 512, 4096};
    double y[4];
    for (double exponent = -1; exponent <= 2; exponent += 0.25) {
        for (int i = 0; i < 4; i++)
            y[i] = 3 * pow(n[i], exponent);
        for (size_t count = 2; count <= 4; count++) {
            qry_growth g = qry_growth_of(n, y, count);
            assert_true(fabs(g.exponent - exponent) < 1e-12 && fabs(g.factor - 3) < 1e-10 && g.residual < 1e-12);
            assert_true(fabs(qry_growth_at(&g, 1e6) / (3 * pow(1e6, exponent)) - 1) < 1e-10);
        }
    }
    qry_growth one = qry_growth_of(n, y, 1), same = qry_growth_of((double[]){64, 64}, (double[]){4, 9}, 2);
    assert_true(one.factor == y[0] && one.exponent == 0 && one.points == 1);
    assert_true(same.exponent == 0 && fabs(same.factor - 6) < 1e-12 && fabs(same.residual - log(1.5)) < 1e-12);
}

/* A model in which a row takes 2 c sqrt(n) scores, k = 1, and whose circuits are as given. */
static qry_crossover_model simple_model(double c)
{
    return (qry_crossover_model){
        .schedule = {.of_all = c},
        .oracle = {.gates = {10, 0, 100}, .depth = {0, 3, 7}, .t_depth = {0, 2, 5}, .qubits = {2, 1, 9}},
        .growth = {1, 0, 0, 1},
        .ratio = 1,
        .width = 4,
        .value_width = 4,
        .bits = {8, 8},
        .gate_time = 1e-6,
        .classical_rate = 1e6,
        .rows_asked = 1e9};
}

/* The first whole n of which, and of all greater ones up to a limit, the quantum row takes less. */
static double first_by_trying(const qry_crossover_model *m, qry_measure_kind kind, double limit)
{
    double n = limit;
    while (n > 1 &&
           qry_crossover_quantum(m, kind, log2(n - 1)) < qry_crossover_classical(m, kind, log2(n - 1)) * (1 - 1e-13))
        n--;
    return n;
}

static void crossings(void **state)
{
    (void)state;
    for (double c = 0.6; c < 30; c *= 1.7) {
        qry_crossover_model m = simple_model(c);
        qry_crossing queries = qry_crossover_find(&m, QRY_CROSS_QUERIES);
        assert_false(queries.never);
        assert_true(queries.keys == first_by_trying(&m, QRY_CROSS_QUERIES, 20000));
        assert_true(fabs(queries.keys - 4 * c * c) <= 2);
        assert_true(fabs(queries.slope + 0.5) < 1e-9);
        assert_true(fabs(queries.qubits / (2 * queries.keys + log2(queries.keys) + 9) - 1) < 1e-12);
        qry_crossing depth = qry_crossover_find(&m, QRY_CROSS_DEPTH), time = qry_crossover_find(&m, QRY_CROSS_TIME);
        assert_true(depth.keys == first_by_trying(&m, QRY_CROSS_DEPTH, 200000));
        assert_true(time.keys == first_by_trying(&m, QRY_CROSS_TIME, 200000));
        assert_true(qry_crossover_find(&m, QRY_CROSS_PARALLEL).never);
        qry_crossing all = qry_crossover_find(&m, QRY_CROSS_ALL);
        assert_true(!all.never && all.keys >= time.keys);
    }
}

/* In gates: a sqrt(n) (10 n + 100) against 8 n * 384 is less in the middle and more beyond. */
static void never(void **state)
{
    (void)state;
    qry_crossover_model m = simple_model(2);
    qry_crossing gates = qry_crossover_find(&m, QRY_CROSS_GATES);
    assert_true(gates.never && isnan(gates.keys) && isnan(gates.qubits));
    assert_true(fabs(gates.slope - 0.5) < 1e-9 && gates.nearest < 1);
    m.growth = (qry_growth){0.9, 1, 0, 2}; /* almost all keys have to be found */
    m.schedule.of_found = 1;
    assert_true(qry_crossover_find(&m, QRY_CROSS_QUERIES).never);
    m.growth.exponent = 0.5;
    assert_false(qry_crossover_find(&m, QRY_CROSS_QUERIES).never);
    m.rows_asked = 1; /* loading alone is more than half a row; moments do the rest */
    m.once = 8;
    assert_true(qry_crossover_find(&m, QRY_CROSS_ALL).never);
}

static void low_rank(void **state)
{
    (void)state;
    qry_crossover_model m = simple_model(1);
    m.low_rank = true;
    m.growth = (qry_growth){16, 0, 0, 1};
    assert_true(qry_crossover_find(&m, QRY_CROSS_QUERIES).keys == 17);
    assert_true(qry_crossover_find(&m, QRY_CROSS_DEPTH).keys == 33); /* 16 * 8 + 16^2 / 2 = 8 * 32 */
    m.growth = (qry_growth){1, 0.75, 0, 2};
    assert_false(qry_crossover_find(&m, QRY_CROSS_QUERIES).never);
    assert_true(qry_crossover_find(&m, QRY_CROSS_DEPTH).never);
}

/* The formula at sizes that it was not fitted to, against searches of its own. */
static void schedules(void **state)
{
    (void)state;
    enum { ROWS = 1 << 11, FOUND = 32, RUNS = 12 };
    qry_ctx *ctx = qry_ctx_new();
    qry_schedule s = qry_schedule_measure(ctx, 1e-3, 4);
    assert_true(s.residual < 0.08 && fabs(s.checked / s.checked_as - 1) < 0.15);
    assert_true(s.of_found > 0.7 && s.of_found < 1.5); /* pi / 4 sqrt(N / j) for each j up to k: at most pi / 2 */
    const char *text =
        "table X[2048] : uint(11) = npy(\"x.npy\");\nhits: search all j in X where X[j] < 32 { failure = 0.001 };";
    int64_t numbers[ROWS];
    for (int i = 0; i < ROWS; i++)
        numbers[i] = (i * 1029 + 77) % ROWS;
    qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "test", text, strlen(text)));
    assert_true(program && qry_program_bind(program, "X", numbers));
    qry_search *search = qry_program_compile(program, NULL);
    qry_run_options run = {.engine = QRY_ENGINE_ORACLE, .seed = 17};
    qry_searcher *searcher = qry_searcher_new(ctx, search, &run, 0);
    double calls = 0;
    for (uint64_t i = 0; i < RUNS; i++) {
        size_t found = 0;
        uint64_t row;
        qry_searcher_restart(searcher, i);
        qry_searcher_begin(searcher, FOUND, 1e-3);
        while (qry_searcher_find(searcher, &row))
            found++;
        assert_int_equal(found, FOUND);
        calls += (double)qry_searcher_ledger(searcher)->oracle_calls / RUNS;
    }
    assert_true(fabs(calls / qry_schedule_calls(&s, ROWS, FOUND) - 1) < 0.1);
    qry_ctx_free(ctx);
}

/* Lines through 2^9 to 2^11 hold at 2^13, and twice the key bits cost more. */
static void lines(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *head = random_head(ctx, 3, 5, 2, 2, 1, 4);
    qry_oracle_lines narrow = qry_oracle_lines_measure(head, (qry_widths){4, 3});
    qry_oracle_lines wide = qry_oracle_lines_measure(head, (qry_widths){4, 6});
    assert_true(narrow.deviation < 1e-3 && wide.deviation < 1e-3);
    assert_true(wide.gates.per_row > 1.3 * narrow.gates.per_row && narrow.gates.per_row > 0);
    assert_true(narrow.depth.per_row == 0 && narrow.depth.per_bit > 0 && wide.depth.constant >= narrow.depth.constant);
    assert_true(narrow.qubits.per_row >= 2);
    qry_ctx_free(ctx);
}

int main(void)
{
    qry_linalg_threads(1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(growths),   cmocka_unit_test(crossings),
                                       cmocka_unit_test(never),     cmocka_unit_test(low_rank),
                                       cmocka_unit_test(schedules), cmocka_unit_test(lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
