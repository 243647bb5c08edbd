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
            assert_true(fabs(g.exponent - exponent) < 1e-12 && fabs(g.log_factor - log(3)) < 1e-10 &&
                        g.lengths == count && g.residual < 1e-12);
            assert_true(fabs(qry_growth_at(&g, 1e6) / (3 * pow(1e6, exponent)) - 1) < 1e-10);
        }
    }
    qry_growth one = qry_growth_of(n, y, 1), same = qry_growth_of((double[]){64, 64}, (double[]){4, 9}, 2);
    assert_true(one.log_factor == log(y[0]) && one.exponent == 0 && one.lengths == 1);
    assert_true(same.lengths == 1 && same.exponent == 0 && fabs(same.log_factor - log(6)) < 1e-12 &&
                fabs(same.residual - log(1.5)) < 1e-12);
}

/* Neighbouring lengths: a power whose factor is no number of the machine's. */
static void steep_growth(void **state)
{
    (void)state;
    qry_growth g = qry_growth_of((double[]){511, 512}, (double[]){5, 500}, 2);
    assert_true(g.exponent > 2000 && fabs(qry_growth_at(&g, 511) / 5 - 1) < 1e-6);
    assert_true(fabs(qry_growth_at(&g, 512) / 500 - 1) < 1e-6 && qry_growth_at(&g, 1) == 0);
}

static qry_line line(double per_row, double per_bit, double constant)
{
    qry_line line = {per_row, per_bit, constant, {0}};
    for (int i = 0; i < QRY_LINE_FROM; i++)
        line.below[i] = per_row * exp2(i) + per_bit * i + constant;
    return line;
}

/* A model in which a row takes 2 c sqrt(n) scores, k = 1, and whose circuits are as given. */
static qry_crossover_model simple_model(double c)
{
    return (qry_crossover_model){.schedule = {.of_all = c},
                                 .oracle = {.gates = line(10, 0, 100),
                                            .depth = line(0, 3, 7),
                                            .t_depth = line(0, 2, 5),
                                            .qubits = line(2, 1, 9)},
                                 .growth = {0, 0, 0, 1},
                                 .over = {.ratio = 1},
                                 .points = 2,
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
    while (n > 1 && qry_crossover_quantum(m, kind, n - 1) < qry_crossover_classical(m, kind, n - 1) * (1 - 1e-13))
        n--;
    return n;
}

static void crossings(void **state)
{
    (void)state;
    for (double c = 9; c < 45; c *= 1.3) {
        qry_crossover_model m = simple_model(c);
        qry_crossing queries = qry_crossover_find(&m, QRY_CROSS_QUERIES);
        assert_false(queries.never);
        assert_true(queries.keys == first_by_trying(&m, QRY_CROSS_QUERIES, 20000));
        double rows = exp2(ceil(log2(queries.keys)));
        assert_true(2 * c * sqrt(rows) < queries.keys && queries.keys >= 4 * c * c);
        assert_true(fabs(queries.slope + 0.5) < 1e-9);
        assert_true(fabs(queries.qubits / (2 * rows + log2(rows) + 9) - 1) < 1e-12);
        qry_crossing depth = qry_crossover_find(&m, QRY_CROSS_DEPTH), time = qry_crossover_find(&m, QRY_CROSS_TIME);
        assert_true(depth.keys == first_by_trying(&m, QRY_CROSS_DEPTH, 1e6));
        assert_true(time.keys == first_by_trying(&m, QRY_CROSS_TIME, 1e6));
        qry_crossing parallel = qry_crossover_find(&m, QRY_CROSS_PARALLEL);
        assert_true(parallel.never);
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
    assert_true(!gates.never && isnan(gates.keys) && isnan(gates.qubits)); /* pays for some, not in the long run */
    double last = gates.last;
    assert_true(qry_crossover_quantum(&m, QRY_CROSS_GATES, last) < qry_crossover_classical(&m, QRY_CROSS_GATES, last));
    for (double n = last + 1; n < 100000; n++)
        assert_true(qry_crossover_quantum(&m, QRY_CROSS_GATES, n) >=
                    qry_crossover_classical(&m, QRY_CROSS_GATES, n) * (1 - 1e-12));
    assert_true(fabs(gates.slope - 0.5) < 1e-9 && gates.nearest < 1);
    m.growth = (qry_growth){log(0.9), 1, 0, 2}; /* almost all keys have to be found */
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
    m.growth = (qry_growth){log(16), 0, 0, 1};
    assert_true(qry_crossover_find(&m, QRY_CROSS_QUERIES).keys == 17);
    assert_true(qry_crossover_find(&m, QRY_CROSS_DEPTH).keys == 33); /* 16 * 8 + 16^2 / 2 = 8 * 32 */
    m.growth = (qry_growth){log(652), 0, 0, 1};                      /* no more than there are queries and keys */
    assert_true(qry_crossover_quantum(&m, QRY_CROSS_QUERIES, 64) == 128);
    m.here = (qry_crossover_head){.keys = 512, .found = 652};
    assert_true(fabs(qry_crossover_here(&m, QRY_CROSS_QUERIES) - 652) < 1e-9);
    m.growth = (qry_growth){0, 0.75, 0, 2};
    assert_false(qry_crossover_find(&m, QRY_CROSS_QUERIES).never);
    qry_crossing depth = qry_crossover_find(&m, QRY_CROSS_DEPTH); /* 8 n^(3/4) + n^(3/2) / 2 < 8 n for some n alone */
    assert_true(!depth.never && isnan(depth.keys) && depth.last > 1 && depth.last < 256);
}

/* A circuit of 513 keys has 1,024 rows: everything of the search is that of 1,024 keys. */
static void padding(void **state)
{
    (void)state;
    qry_crossover_model m = simple_model(3);
    for (int kind = 0; kind <= QRY_CROSS_TIME; kind++) {
        double odd = qry_crossover_quantum(&m, (qry_measure_kind)kind, 513);
        assert_true(odd == qry_crossover_quantum(&m, (qry_measure_kind)kind, 1024));
        assert_true(odd > 1.4 * qry_crossover_quantum(&m, (qry_measure_kind)kind, 512) || kind == QRY_CROSS_PARALLEL);
    }
    m.here = (qry_crossover_head){.keys = 300, .found = 7, .calls = 11};
    assert_true(qry_crossover_here(&m, QRY_CROSS_GATES) == 11 * (10 * 512 + 100));
    assert_true(!qry_crossover_find(&m, QRY_CROSS_QUERIES).never);
    m.schedule.of_found = 1;
    m.growth = (qry_growth){0, 1, 0, 2}; /* never by the formula, but at this n */
    qry_crossing here = qry_crossover_find(&m, QRY_CROSS_QUERIES);
    assert_true(!here.never && isnan(here.keys) && here.last == 300);
}

/* Rows of 513 keys: what the formula says, with the factor of few keys found, is what rows take. */
static void padded_rows(void **state)
{
    (void)state;
    enum { KEYS = 513, WIDTH = 4, ROWS = 48 };
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 5, 0);
    qry_array *q = random_array(ctx, ROWS, WIDTH, 2, &random), *k = random_array(ctx, KEYS, WIDTH, 1, &random);
    const qry_array *const arrays[3] = {q, k, k};
    qry_schedule schedule = qry_schedule_measure(ctx, 1e-3, 4);
    const qry_rule rule = {QRY_RULE_DROP, 2};
    qry_crossover_search search = {
        .method = QRY_ATTEND_SPARSE, .rule = &rule, .sample = ROWS, .seed = 1, .schedule = &schedule};
    qry_crossover_head measured;
    qry_crossover_facts facts;
    qry_crossover_factor over;
    assert_true(qry_crossover_head_measure(ctx, arrays, &search, &measured, &facts));
    qry_head *head = qry_head_new(ctx, q, k, k, 0, true);
    assert_true(qry_crossover_factor_measure(head, arrays, &search, &measured, &facts, &over));
    assert_true(over.share <= QRY_CROSS_FEW && over.ratio > 0.9 && over.ratio < 1.5);
    qry_crossover_model m = simple_model(1);
    m.schedule = schedule;
    m.over = over;
    m.growth = (qry_growth){log(measured.found), 0, 0, 1};
    double says = qry_crossover_quantum(&m, QRY_CROSS_QUERIES, KEYS) / 2;
    assert_true(says > 0.9 * measured.calls && says < 1.3 * measured.calls);
    qry_ctx_free(ctx);
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
    qry_oracle_lines narrow = qry_oracle_lines_measure(head, (qry_widths){4, 3}, NULL);
    qry_oracle_lines wide = qry_oracle_lines_measure(head, (qry_widths){4, 6}, NULL);
    assert_true(narrow.deviation < 1e-3 && wide.deviation < 1e-3);
    assert_true(wide.gates.per_row > 1.3 * narrow.gates.per_row && narrow.gates.per_row > 0);
    assert_true(narrow.depth.per_row == 0 && narrow.depth.per_bit > 0 && wide.depth.constant >= narrow.depth.constant);
    assert_true(narrow.qubits.per_row >= 2);
    for (int i = 0; i < QRY_LINE_FROM; i++) {
        assert_true(qry_line_at(&narrow.gates, i) > 0 && qry_line_at(&narrow.t_depth, i) > 0);
        assert_true(i == 0 || qry_line_at(&narrow.gates, i) < qry_line_at(&narrow.gates, i + 1));
    }
    qry_ctx_free(ctx);
}

int main(void)
{
    qry_linalg_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(growths),      cmocka_unit_test(crossings), cmocka_unit_test(never),
        cmocka_unit_test(low_rank),     cmocka_unit_test(padding),   cmocka_unit_test(padded_rows),
        cmocka_unit_test(steep_growth), cmocka_unit_test(schedules), cmocka_unit_test(lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
