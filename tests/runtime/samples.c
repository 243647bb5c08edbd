/* samples.c: sets and draws against the probabilities that programs ask for. Every test of a frequency fails about once in
 * a million runs of a right program: deviations are compared with 5.6 standard deviations, or with the quantile of chi^2 by
 * Laurent and Massart (2000): at most d + 2 sqrt(d x) + 2 x but with probability e^-x. */
#include "searches.h"

#include <math.h>
#include <string.h>

static const double e_to_minus_a_million = 14.5; /* a little more than ln 10^6 */

static const qry_run_options oracle = {.engine = QRY_ENGINE_ORACLE, .seed = 1};
static const qry_run_options gates = {.engine = QRY_ENGINE_SPARSE, .seed = 1};

static double most_of_chi_square(double degrees)
{
    return degrees + 2 * sqrt(degrees * e_to_minus_a_million) + 2 * e_to_minus_a_million;
}

/* ---- sets ---- */

enum { ROWS = 24 };

/* Probabilities in 1/32: 0 and 1 among them. */
static const int parts[ROWS] = {0, 1, 32, 5, 9, 16, 31, 2, 0, 32, 8, 8, 12, 20, 25, 3, 7, 11, 13, 17, 19, 23, 29, 30};

static const char *table_text(qry_arena *arena)
{
    const char *text = "table T[24] : ufixed(1,5) = [";
    for (int j = 0; j < ROWS; j++)
        text = qry_arena_printf(arena, "%s%g, ", text, parts[j] / 32.0);
    return qry_arena_printf(arena, "%s]; qram select;\n", text);
}

/* Row frequencies and, of every pair, how often both are in. */
static void count_sets(qry_ctx *ctx, qry_search *search, const qry_run_options *options, int runs, double *in,
                       double (*both)[ROWS])
{
    qry_searcher *h = qry_searcher_new(ctx, search, options, 0);
    for (int run = 0; run < runs; run++) {
        qry_arena *arena = qry_arena_new(ctx);
        qry_searcher_restart(h, (uint64_t)run);
        qry_found found = qry_searcher_run(h, arena);
        for (size_t i = 0; i < found.count; i++) {
            in[found.row[i]]++;
            for (size_t k = 0; k < i; k++)
                both[found.row[k]][found.row[i]]++;
        }
        qry_arena_free(arena);
    }
    qry_searcher_free(h);
}

/* Frequencies are the probabilities, up to what the search misses; any two rows are independent; 0 never, 1 always. */
static void sets(void **state)
{
    (void)state;
    enum { RUNS = 4000 };
    static const char *const methods[] = {"hash", "stored"};
    qry_ctx *ctx = qry_ctx_new();
    for (int m = 0; m < 2; m++) {
        qry_arena *arena = qry_arena_new(ctx);
        double in[ROWS] = {0}, both[ROWS][ROWS] = {{0}}, chi = 0;
        qry_search *search = search_of(
            ctx, qry_arena_printf(arena, "%ssample set j in T with probability T[j] { method = %s, failure = 1e-9 };",
                                  table_text(arena), methods[m]));
        count_sets(ctx, search, &oracle, RUNS, in, both);
        for (int j = 0; j < ROWS; j++) {
            double p = parts[j] / 32.0, variance = RUNS * p * (1 - p);
            if (p == 0 || p == 1)
                assert_int_equal((int)in[j], p * RUNS);
            else
                chi += pow(in[j] - RUNS * p, 2) / variance;
            for (int k = 0; k < j; k++) {
                double q = parts[k] / 32.0;
                assert_true(fabs(both[k][j] - RUNS * p * q) <= 6.5 * sqrt(RUNS * p * q * (1 - p * q)));
            }
        }
        assert_true(chi <= most_of_chi_square(ROWS - 4) * 1.05);
        qry_search_free(search);
        qry_arena_free(arena);
    }
    qry_ctx_free(ctx);
}

/* The same from circuits. */
static void sets_gate_by_gate(void **state)
{
    (void)state;
    enum { RUNS = 60 };
    double in[ROWS] = {0}, both[ROWS][ROWS] = {{0}}, all = 0;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    qry_search *search = search_of(
        ctx, qry_arena_printf(arena, "%ssample set j in T with probability min(1, 1.5 * T[j]);", table_text(arena)));
    count_sets(ctx, search, &gates, RUNS, in, both);
    for (int j = 0; j < ROWS; j++) {
        double p = fmin(1, 1.5 * parts[j] / 32.0);
        assert_true(p != 0 || in[j] == 0);
        assert_true(p != 1 || in[j] > RUNS - 3);
        assert_true(fabs(in[j] - RUNS * p) <= 6.5 * sqrt(RUNS * p * (1 - p)) + 2);
        all += in[j];
    }
    assert_true(all > 0);
    qry_ctx_free(ctx);
}

/* ---- draws ---- */

static void check_draws(qry_ctx *ctx, const char *text, const qry_run_options *options, const double *p, int rows,
                        size_t draws)
{
    double total = 0, chi = 0, degrees = -1;
    size_t times[64] = {0};
    qry_search *search = search_of(ctx, text);
    qry_arena *arena = qry_arena_new(ctx);
    qry_searcher *h = qry_searcher_new(ctx, search, options, 5);
    qry_found found = qry_searcher_draw(h, draws, 1e-6, arena);
    assert_int_equal(found.count, draws);
    for (size_t i = 0; i < draws; i++)
        times[found.row[i]]++;
    for (int j = 0; j < rows; j++)
        total += p[j];
    for (int j = 0; j < rows; j++) {
        double expected = (double)draws * p[j] / total;
        assert_true(expected > 0 || times[j] == 0);
        if (expected > 0) {
            chi += pow((double)times[j] - expected, 2) / expected;
            degrees++;
        }
    }
    assert_true(chi <= most_of_chi_square(degrees) * 1.1);
    qry_searcher_free(h);
    qry_arena_free(arena);
    qry_search_free(search);
}

static void draws_by_amplification(void **state)
{
    (void)state;
    double p[ROWS];
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    for (int j = 0; j < ROWS; j++)
        p[j] = parts[j];
    const char *text =
        qry_arena_printf(arena, "%ssample one j in T with probability T[j] { shots = 3 };", table_text(arena));
    check_draws(ctx, text, &oracle, p, ROWS, 20000);
    check_draws(ctx, text, &gates, p, ROWS, 1000);
    qry_ctx_free(ctx);
}

static void draws_by_race(void **state)
{
    (void)state;
    static const char text[] = "table S[8] : fixed(3,4) = [0, -0.5, -3, -1, -1.25, -2, 0, -0.0625]; qram select;\n"
                               "sample one j in S with probability exp(S[j]) { method = race };";
    static const double s[8] = {0, -0.5, -3, -1, -1.25, -2, 0, -0.0625};
    double p[8];
    for (int j = 0; j < 8; j++)
        p[j] = exp(s[j]);
    qry_ctx *ctx = qry_ctx_new();
    check_draws(ctx, text, &oracle, p, 8, 2000);
    check_draws(ctx, text, &gates, p, 8, 100);
    qry_ctx_free(ctx);
}

/* No row has any probability: no draws, and no endless loop. */
static void nothing_to_draw(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int engine = 0; engine < 2; engine++) {
        qry_search *search =
            search_of(ctx, "table T[8] : ufixed(1,4) = [1, 1, 1, 0.5, 1, 1, 0.25, 1]; qram select;\n"
                           "sample one j in T with probability if T[j] + T[j] < 0.25 then T[j] else 0;");
        qry_arena *arena = qry_arena_new(ctx);
        qry_searcher *h = qry_searcher_new(ctx, search, engine ? &gates : &oracle, 0);
        assert_int_equal(qry_searcher_draw(h, 3, 1e-3, arena).count, 0);
        qry_searcher_free(h);
        qry_arena_free(arena);
        qry_search_free(search);
    }
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(sets), cmocka_unit_test(sets_gate_by_gate),
                                       cmocka_unit_test(draws_by_amplification), cmocka_unit_test(draws_by_race),
                                       cmocka_unit_test(nothing_to_draw)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
