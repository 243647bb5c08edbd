/* estimator.c: estimates of compiled statements against sums done plainly, by both engines, and what they are charged. */
#include "searches.h"

#include "runtime/drive/estimator.h"

#include <math.h>
#include <string.h>

static const qry_run_options oracle = {.engine = QRY_ENGINE_ORACLE, .seed = 1};
static const qry_run_options gates = {.engine = QRY_ENGINE_SPARSE, .seed = 1};

enum { ROWS = 13 };

/* Statements over a small table; `truth` is what they are about. */
static const struct {
    const char *statement;
    double truth;
} statements[] = {
    {"count j in T where T[j] > 2", 6},
    {"count j in T where T[j] > 1 && T[j] < 0", 0},
    {"count j in T where T[j] == T[j] * T[j]", 1},
    {"estimate sum of T[j] for j in T", 8.25},
    {"estimate mean of T[j] for j in T", 8.25 / 13},
    {"estimate sum of T[j] for j in T where T[j] > 0", 20.75},
    {"estimate mean of T[j] for j in T where T[j] > 0", 20.75 / 8},
    {"estimate sum of T[j] for j in T where T[j] < 1", -12.25},
    {"estimate mean of T[j] for j in T where T[j] < 3", -6.5 / 9},
    {"estimate sum of max(T[j], 3) for j in T", 41.75},
};
enum { STATEMENTS = sizeof statements / sizeof *statements };

static qry_search *statement_of(qry_ctx *ctx, const char *statement, const char *settings)
{
    char text[512];
    snprintf(text, sizeof text,
             "table T[13] : fixed(4,2) = [3, -1.5, 2.5, 0.25, -4, 3.75, 1, -2, 3, 2.25, -3, 5, -2];\n"
             "qram bucket_brigade;\n%s { %s };\n",
             statement, settings);
    return search_of(ctx, text);
}

/* Misses of `runs` estimates; every one is reached. */
static int misses(qry_ctx *ctx, qry_search *search, double truth, const qry_run_options *options, int runs)
{
    int missed = 0;
    for (int r = 0; r < runs; r++) {
        qry_estimate e;
        qry_estimator *h = qry_estimator_new(ctx, search, options, (uint64_t)r);
        assert_true(qry_estimator_run(h, &e));
        const qry_ledger *l = qry_estimator_ledger(h);
        double half = search->epsilon * (search->absolute ? 1 : fabs(e.low + e.high) / 2);
        assert_true(e.reached && (e.high - e.low) / 2 <= half * (1 + 1e-9));
        assert_true(e.low <= e.value && e.value <= e.high && e.classical_samples <= ROWS);
        assert_true(e.a_calls == l->a_calls && l->a_calls == 2 * l->oracle_calls + l->shots);
        missed += truth < e.low - 1e-9 || truth > e.high + 1e-9;
        qry_estimator_free(h);
    }
    return missed;
}

static void intervals(void **state)
{
    (void)state;
    enum { RUNS = 30 };
    static const char *const settings[] = {
        "failure = 0.05, epsilon = 0.2", "failure = 0.05, epsilon = 0.3, absolute = 1",
        "failure = 0.05, epsilon = 0.2, method = mlae", "failure = 0.05, epsilon = 0.3, method = canonical"};
    qry_ctx *ctx = qry_ctx_new();
    for (int i = 0; i < STATEMENTS; i++)
        for (int s = 0; s < 4; s++) {
            qry_search *search = statement_of(ctx, statements[i].statement, settings[s]);
            int missed = misses(ctx, search, statements[i].truth, &oracle, RUNS);
            assert_true(failures_are_plausible(missed, RUNS, 0.05));
            qry_search_free(search);
        }
    qry_ctx_free(ctx);
}

/* The same gate by gate. */
static void by_gates(void **state)
{
    (void)state;
    static const char *const settings[] = {"failure = 0.001, epsilon = 0.3",
                                           "failure = 0.001, epsilon = 0.5, method = mlae",
                                           "failure = 0.001, epsilon = 0.6, method = canonical"};
    qry_ctx *ctx = qry_ctx_new();
    for (int i = 0; i < STATEMENTS; i++)
        for (int s = 0; s < (i % 4 == 0 ? 3 : 1); s++) {
            qry_search *search = statement_of(ctx, statements[i].statement, settings[s]);
            assert_int_equal(misses(ctx, search, statements[i].truth, &gates, 1), 0);
            qry_search_free(search);
        }
    qry_ctx_free(ctx);
}

/* Summands alone, with a floor and without. */
static void summands(void **state)
{
    (void)state;
    static const struct {
        qry_summand summand;
        double truth;
    } parts[] = {{QRY_SUMMAND_ROWS, 9}, {QRY_SUMMAND_POSITIVE, 6}, {QRY_SUMMAND_NEGATIVE, 12.5}};
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = statement_of(ctx, "estimate mean of T[j] for j in T where T[j] < 3", "failure = 0.01");
    qry_estimator *h = qry_estimator_new(ctx, search, &oracle, 0);
    double positive = 0;
    for (uint64_t j = 0; j < ROWS; j++)
        positive += qry_search_matches(search, j) ? fmax((double)qry_search_key(search, j) / 4, 0) : 0;
    assert_true(fabs(parts[1].truth - positive) < 1e-9);
    for (int i = 0; i < 3; i++)
        for (int with = 0; with < 2; with++) {
            qry_goal goal = {.epsilon = 0.05, .failure = 1e-6, .method = QRY_METHOD_ITERATIVE};
            goal.floor = with ? parts[i].truth * 0.9 : 0;
            qry_estimate e = qry_estimator_summand(h, parts[i].summand, &goal);
            assert_true(e.reached && e.low <= parts[i].truth && parts[i].truth <= e.high && e.low >= goal.floor - 0.25);
        }
    qry_estimator_free(h);
    qry_search_free(search);
    qry_ctx_free(ctx);
}

/* The circuits' outcomes have the law from which the other engine draws, and which the methods believe. */
static void laws(void **state)
{
    (void)state;
    enum { SHOTS = 3000, RUNS = 300, BITS = 3 };
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = statement_of(ctx, "estimate sum of T[j] for j in T where T[j] > 0", "failure = 0.01");
    qry_estimator *h = qry_estimator_new(ctx, search, &gates, 5);
    qry_estimator_use(h, QRY_SUMMAND_POSITIVE);
    qry_experiment experiment = qry_estimator_experiment(h);
    double p = 20.75 / qry_search_measure(search, QRY_SUMMAND_POSITIVE).scale, theta = asin(sqrt(p));
    assert_true(fabs(qry_search_probability(search) - p) < 1e-12);
    for (uint64_t k = 0; k < 5; k++) {
        uint64_t marked;
        double chance = pow(sin((2 * (double)k + 1) * theta), 2);
        assert_int_equal(experiment.toss(h, k, SHOTS, &marked), SHOTS);
        assert_true(failures_are_plausible((int)marked, SHOTS, chance));
        assert_true(failures_are_plausible(SHOTS - (int)marked, SHOTS, 1 - chance));
    }
    int seen[1 << BITS] = {0};
    double x = theta / acos(-1) * (1 << BITS);
    for (int r = 0; r < RUNS; r++) {
        uint64_t y;
        assert_true(experiment.phase(h, BITS, &y) && y < 1 << BITS);
        seen[y]++;
    }
    for (int y = 0; y < 1 << BITS; y++) {
        double chance = (qry_phase_law(1 << BITS, x - y) + qry_phase_law(1 << BITS, x + y)) / 2;
        assert_true(failures_are_plausible(seen[y], RUNS, chance));
        assert_true(failures_are_plausible(RUNS - seen[y], RUNS, 1 - chance));
    }
    assert_int_equal(qry_estimator_ledger(h)->simulated, 6);
    qry_estimator_free(h);
    qry_search_free(search);
    qry_ctx_free(ctx);
}

/* ---- the bill ---- */

/* Both engines charge the same for the same shots, and a circuit is simulated once for all of its shots. */
static void ledgers(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = statement_of(ctx, "count j in T where T[j] > 2", "failure = 0.01, epsilon = 0.1");
    qry_u128 others[2]; /* loads of a shot that its oracle calls do not make */
    for (int engine = 0; engine < 2; engine++) {
        qry_estimate e;
        qry_estimator *h = qry_estimator_new(ctx, search, engine ? &gates : &oracle, 3);
        assert_true(qry_estimator_run(h, &e));
        const qry_ledger *l = qry_estimator_ledger(h);
        assert_string_equal(l->query[0].table, "T");
        assert_int_equal(l->query_count, 1);
        assert_true(engine ? l->simulated > 0 && l->simulated < l->shots && l->rows > 0 : l->simulated == 0);
        assert_true(l->tally.measurements == l->shots && l->qubits > 0);
        others[engine] = (l->query[0].loads - 2 * l->oracle_calls) / l->shots;
        assert_true(l->query[0].loads == 2 * l->oracle_calls + others[engine] * l->shots);
        qry_estimator_restart(h, 3);
        assert_true(qry_estimator_ledger(h)->shots == 0);
        qry_estimate again;
        assert_true(qry_estimator_run(h, &again));
        assert_true(again.low == e.low && again.high == e.high && again.value == e.value && again.a_calls == e.a_calls);
        qry_estimator_free(h);
    }
    assert_true(others[0] == others[1] && others[0] > 0);
    qry_search_free(search);
    qry_ctx_free(ctx);
}

/* No shot goes beyond what is allowed, and what was found by then is said. */
static void budgets(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int i = 0; i < STATEMENTS; i++)
        for (uint64_t allowed = 1; allowed < 3000; allowed *= 7) {
            qry_run_options options = oracle;
            options.max_queries = allowed;
            qry_search *search = statement_of(ctx, statements[i].statement, "failure = 1e-6, epsilon = 0.001");
            qry_estimator *h = qry_estimator_new(ctx, search, &options, 0);
            qry_estimate e;
            qry_u128 used = 0;
            assert_true(qry_estimator_run(h, &e));
            const qry_ledger *l = qry_estimator_ledger(h);
            for (size_t q = 0; q < l->query_count; q++)
                used += l->query[q].loads;
            assert_true(used <= allowed && (e.reached || allowed < 3000));
            assert_true(e.low <= statements[i].truth + 1e-9 && e.high >= statements[i].truth - 1e-9);
            qry_estimator_free(h);
            qry_search_free(search);
        }
    qry_ctx_free(ctx);
}

/* ---- a mean over nothing ---- */

static void keep_message(void *state, const qry_diagnostic *diagnostic)
{
    snprintf(state, 128, "%s", diagnostic->message);
}

static void mean_of_nothing(void **state)
{
    (void)state;
    char message[128] = "";
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = statement_of(ctx, "estimate mean of T[j] for j in T where T[j] * T[j] == 2", "failure = 0.01");
    qry_ctx_on_diagnostic(ctx, keep_message, message);
    for (int engine = 0; engine < 2; engine++) {
        qry_estimator *h = qry_estimator_new(ctx, search, engine ? &gates : &oracle, 0);
        qry_estimate e;
        message[0] = 0;
        assert_false(qry_estimator_run(h, &e));
        assert_string_equal(
            message, "with probability at least 0.9966666667, no row matches: there is nothing to take the mean of");
        qry_estimator_free(h);
    }
    qry_search_free(search);
    qry_ctx_free(ctx);
}

/* A difference of equal sums is 0: no relative error is small enough, and the estimate ends all the same. */
static void nought(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = search_of(ctx, "table T[4] : fixed(3,0) = [1, -3, 2, 3];\nqram select;\n"
                                        "estimate sum of T[j] for j in T where T[j] < 3 { epsilon = 0.1 };\n");
    qry_estimator *h = qry_estimator_new(ctx, search, &oracle, 0);
    qry_estimate e;
    assert_true(qry_estimator_run(h, &e));
    assert_true(e.low <= 0 && e.high >= 0 && e.high - e.low < 0.01);
    qry_estimator_free(h);
    qry_search_free(search);
    qry_ctx_free(ctx);
}

/* ---- ends ---- */

static qry_estimate estimate_of(qry_ctx *ctx, const char *text, uint64_t max_queries, uint64_t *a_calls)
{
    qry_run_options options = {.engine = QRY_ENGINE_ORACLE, .seed = 3, .max_queries = max_queries};
    qry_search *search = search_of(ctx, text);
    qry_estimator *h = qry_estimator_new(ctx, search, &options, 0);
    qry_estimate e;
    assert_true(qry_estimator_run(h, &e));
    *a_calls = qry_estimator_ledger(h)->a_calls;
    qry_estimator_free(h);
    qry_search_free(search);
    return e;
}

#define FOUR "table T[4] : fixed(5,3) = [1, -3, 2, 3]; qram select; "
static void ends(void **state)
{
    (void)state;
    static const struct {
        const char *statement;
        uint64_t max_queries;
        qry_estimate_end end;
    } cases[] = {
        {FOUR "count j in T where T[j] > 1;", 0, QRY_END_REACHED},
        {FOUR "count j in T where T[j] > 1;", 3, QRY_END_LIMIT},
        {FOUR "estimate sum of T[j] for j in T { encoding = flags, epsilon = 0.0000000001, absolute = 1 };", 0,
         QRY_END_ROUNDING},
        {"table U[2] : uint(40) = [1099511627775, 3]; qram select;"
         "estimate sum of U[j] for j in U where U[j] < 5 { epsilon = 0.01 };",
         0, QRY_END_FINEST},
    };
    qry_ctx *ctx = qry_ctx_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint64_t calls;
        qry_estimate e = estimate_of(ctx, cases[i].statement, cases[i].max_queries, &calls);
        assert_int_equal(e.end, cases[i].end);
        assert_int_equal(e.reached, e.end == QRY_END_REACHED);
        assert_true(e.end != QRY_END_ROUNDING || calls == 0); /* nothing is run in vain */
    }
    qry_ctx_free(ctx);
}

/* Means are among their values, sums among what those allow; values that are all alike leave only rows to be found. */
static void ranges(void **state)
{
    (void)state;
    uint64_t calls;
    qry_ctx *ctx = qry_ctx_new();
    qry_estimate e =
        estimate_of(ctx, FOUR "estimate mean of T[j] for j in T where T[j] > 2 { epsilon = 1 };", 0, &calls);
    assert_true(e.low >= -3 && e.high <= 3 && e.low <= 3 && e.high >= 3);
    e = estimate_of(ctx, FOUR "estimate sum of T[j] for j in T { epsilon = 60, absolute = 1 };", 0, &calls);
    assert_true(e.low >= -12 && e.high <= 12 && calls == 0);
    e = estimate_of(ctx, FOUR "estimate mean of 2.5 for j in T where T[j] > 2;", 0, &calls);
    assert_true(e.low == 2.5 && e.high == 2.5 && e.reached && calls > 0 && calls < 100);
    e = estimate_of(ctx, FOUR "estimate mean of exp(1) for j in T;", 0, &calls);
    assert_true(e.low == e.high && fabs(e.low - exp(1)) < 1e-3 && e.reached && calls == 0);
    e = estimate_of(ctx,
                    "table P[4] : uint(40) = [1000000000005, 1000000000005, 1000000000006, 1000000000005];"
                    "qram select; estimate mean of P[j] for j in P { epsilon = 0.000000000001 };",
                    0, &calls);
    assert_true(e.low <= 1000000000005.25 && 1000000000005.25 <= e.high && e.low >= 1000000000005);
    qry_ctx_free(ctx);
}

struct attempt {
    qry_ctx *ctx;
    const char *text;
    const qry_run_options *options;
};

static void attempt(void *argument)
{
    struct attempt *a = argument;
    qry_estimate e;
    qry_search *search = search_of(a->ctx, a->text);
    qry_estimator_run(qry_estimator_new(a->ctx, search, a->options, 0), &e);
}

/* What cannot be run is refused at once. */
static void too_large(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        const qry_run_options *options;
        const char *begins;
    } cases[] = {
        {"count j in 0..1099511627775 where j > 5;", &oracle, "--engine oracle scans all rows"},
        {"table T[4] : uint(50) = [0, 1, 2, 1125899906842623]; qram select;"
         "estimate sum of T[j] for j in T where T[j] > 1;",
         &gates, "2^52 amplitudes take"},
    };
    for (int i = 0; i < 2; i++) {
        char message[128] = "";
        qry_ctx *ctx = qry_ctx_new();
        qry_ctx_on_diagnostic(ctx, keep_message, message);
        struct attempt a = {ctx, cases[i].text, cases[i].options};
        assert_false(qry_protect(ctx, attempt, &a));
        assert_memory_equal(message, cases[i].begins, strlen(cases[i].begins));
        qry_ctx_free(ctx);
    }
}

/* Rows and axes are those of one simulation. */
static void states_noted(void **state)
{
    (void)state;
    qry_ledger ledger = {0};
    qry_ledger_note_state(&ledger, 100, 1);
    qry_ledger_note_state(&ledger, 3, 7);
    assert_true(ledger.rows == 3 && ledger.axes == 7);
    qry_ledger_note_state(&ledger, 300, 0);
    assert_true(ledger.rows == 3 && ledger.axes == 7);
}

/* A key of 60 bits comes through, which no double holds. */
static void exact_keys(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    qry_search *search = search_of(ctx, "table T[2] : ufixed(58,2) = [288230376151711743.25, 288230376151711743.5];"
                                        "qram select; search max j in T by T[j];");
    qry_runner *runner = qry_runner_new(ctx, search, &oracle, 0);
    qry_result result;
    assert_true(qry_runner_run(runner, arena, &result));
    assert_true(result.rows.count == 1 && ldexp((double)result.key, -result.fraction) == result.value);
    assert_true(result.key >> (result.fraction - 1) == INT64_C(576460752303423487));
    qry_runner_free(runner);
    qry_search_free(search);
    qry_arena_free(arena);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(intervals),
                                       cmocka_unit_test(by_gates),
                                       cmocka_unit_test(summands),
                                       cmocka_unit_test(laws),
                                       cmocka_unit_test(ledgers),
                                       cmocka_unit_test(budgets),
                                       cmocka_unit_test(mean_of_nothing),
                                       cmocka_unit_test(nought),
                                       cmocka_unit_test(ends),
                                       cmocka_unit_test(ranges),
                                       cmocka_unit_test(too_large),
                                       cmocka_unit_test(states_noted),
                                       cmocka_unit_test(exact_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
