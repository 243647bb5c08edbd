/* amplitude.c: intervals of probabilities against the probabilities: how often they miss, what they cost, and that they come
 * to an end whatever is asked. */
#include "searches.h"

#include "runtime/drive/amplitude.h"

#include <math.h>

/* A circuit that is only a probability, and how many shots it may be run. */
struct coin {
    qry_random random;
    double theta;
    uint64_t shots, allowed;
};

static uint64_t toss(void *state, uint64_t iterations, uint64_t shots, uint64_t *marked)
{
    struct coin *coin = state;
    uint64_t made = coin->allowed - coin->shots < shots ? coin->allowed - coin->shots : shots;
    coin->shots += made;
    *marked = qry_toss_draw(coin->theta, iterations, made, &coin->random);
    return made;
}

static bool phase(void *state, uint32_t bits, uint64_t *y)
{
    struct coin *coin = state;
    if (coin->shots == coin->allowed)
        return false;
    coin->shots++;
    *y = qry_phase_draw(coin->theta, bits, &coin->random);
    return true;
}

struct result {
    double low, high, value;
    uint64_t a_calls;
    bool met, stopped;
};

static struct result estimate(qry_ctx *ctx, qry_method method, double p, double failure, double least, double grain,
                              const qry_aim *aim, uint64_t allowed, uint64_t stream)
{
    struct coin coin = {.theta = asin(sqrt(p)), .allowed = allowed};
    struct result result;
    qry_amplitude a;
    qry_random_seed(&coin.random, (uint64_t)method, stream);
    qry_amplitude_init(&a, ctx, method, (qry_experiment){&coin, toss, phase}, failure, least, 1, grain);
    qry_amplitude_narrow(&a, aim);
    qry_amplitude_limits(&a, &result.low, &result.high);
    result.value = qry_amplitude_value(&a);
    result.a_calls = a.a_calls;
    result.stopped = a.stopped;
    result.met = qry_aim_is_met(aim, result.low, result.high);
    assert_true(result.low <= result.value && result.value <= result.high);
    qry_amplitude_free(&a);
    return result;
}

static const qry_method methods[] = {QRY_METHOD_ITERATIVE, QRY_METHOD_MLAE, QRY_METHOD_CANONICAL};
static const double probabilities[] = {0, 1.0 / 1024, 1.0 / 256, 0.1, 0.5, 0.9, 1};
enum { METHODS = 3, PROBABILITIES = 7 };

/* ---- counts ---- */

static double direct_tail(int shots, int marked, double p)
{
    double sum = 0;
    for (int k = marked; k <= shots; k++) {
        double term = 1;
        for (int i = 0; i < k; i++)
            term *= (double)(shots - i) / (k - i) * p;
        sum += term * pow(1 - p, shots - k);
    }
    return sum;
}

static void binomial_tails(void **state)
{
    (void)state;
    for (int n = 1; n <= 24; n++)
        for (int k = 1; k <= n; k++)
            for (double p = (double)k / n; p > 1e-6; p *= 0.37)
                assert_true(fabs(exp(qry_binomial_log_tail(n, k, p)) / direct_tail(n, k, p) - 1) < 1e-9);
    assert_true(fabs(qry_binomial_log_tail(1000, 1000, 1e-3) - 1000 * log(1e-3)) < 1e-6);
    assert_true(qry_binomial_log_tail(5, 0, 0) == 0 && isinf(qry_binomial_log_tail(5, 1, 0)));
}

/* Coverage, summed exactly over all counts; and no limit could be nearer. */
static void clopper_pearson(void **state)
{
    (void)state;
    static const double failures[] = {0.3, 0.05, 1e-4};
    for (int f = 0; f < 3; f++)
        for (int n = 1; n <= 20; n++) {
            double low[21], high[21];
            for (int k = 0; k <= n; k++) {
                qry_clopper_pearson(n, k, failures[f], &low[k], &high[k]);
                assert_true(low[k] >= 0 && low[k] < high[k] && high[k] <= 1);
                assert_true(k == 0 || fabs(direct_tail(n, k, low[k]) / (failures[f] / 2) - 1) < 1e-6);
                assert_true(k == n || fabs((1 - direct_tail(n, k + 1, high[k])) / (failures[f] / 2) - 1) < 1e-6);
            }
            for (double p = 0; p <= 1; p += 1.0 / 64) {
                double outside = 0;
                for (int k = 0; k <= n; k++)
                    outside += p < low[k] || p > high[k] ? direct_tail(n, k, p) - direct_tail(n, k + 1, p) : 0;
                assert_true(outside <= failures[f] * (1 + 1e-9));
            }
        }
}

static double samples(qry_ctx *ctx, double mean, double variance, double width)
{
    return qry_classical_samples(ctx, mean, variance, width, 0.05, INFINITY);
}

static void classical_samples(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    double low, high, n = samples(ctx, 0.5, 0.25, 0.02);
    qry_clopper_pearson(n, n / 2, 0.05, &low, &high);
    assert_true(high - low <= 0.02 * 1.001 && high - low > 0.02 * 0.998);
    assert_true(samples(ctx, 0.5, 0.25, 1) == 0);
    assert_true(samples(ctx, 0, 0, 0.01) < 600); /* ln(40) / 0.01 is 369 */
    /* Numbers that are all alike tell their mean sooner than tosses do. */
    assert_true(samples(ctx, 0.5, 0, 0.01) < 0.1 * samples(ctx, 0.5, 0.25, 0.01));
    assert_true(samples(ctx, 1.0 / 1024, 1.0 / 1024, 0.1 / 1024) > 1e6);
    qry_ctx_free(ctx);
}

/* However narrow the interval, the number is there at once: by the law of large numbers, or all rows. */
static void many_samples(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    double start = qry_seconds(), z = 1.959964;
    for (double p = 0.5; p > 1e-4; p /= 7)
        for (double width = 1e-3 * p; width > 1e-9; width /= 10) {
            double normal = 4 * z * z * p * (1 - p) / (width * width);
            assert_true(fabs(samples(ctx, p, p * (1 - p), width) / normal - 1) < 0.02);
            assert_true(qry_classical_samples(ctx, p, p * (1 - p), width, 0.05, 1000) == 1000);
        }
    assert_true(qry_seconds() - start < 20);
    qry_ctx_free(ctx);
}

/* ---- the law of phase estimation ---- */

static void phases(void **state)
{
    (void)state;
    enum { DRAWS = 20000, BITS = 3, SIZE = 1 << BITS };
    static const double thetas[] = {0, 0.2, 0.7853981633974483, 1.1, 1.5707963267948966};
    for (int t = 0; t < 5; t++) {
        double x = thetas[t] / 3.14159265358979323846 * SIZE, law[SIZE], sum = 0;
        int seen[SIZE] = {0};
        qry_random random;
        qry_random_seed(&random, 9, (uint64_t)t);
        for (int y = 0; y < SIZE; y++) {
            law[y] = (qry_phase_law(SIZE, x - y) + qry_phase_law(SIZE, x + y)) / 2;
            sum += law[y];
        }
        assert_true(fabs(sum - 1) < 1e-12);
        for (int i = 0; i < DRAWS; i++)
            seen[qry_phase_draw(thetas[t], BITS, &random)]++;
        for (int y = 0; y < SIZE; y++) {
            double p = fmin(fmax(law[y], 1e-12), 1 - 1e-12);
            assert_true(failures_are_plausible(seen[y], DRAWS, p));
            assert_true(failures_are_plausible(DRAWS - seen[y], DRAWS, 1 - p));
        }
    }
}

/* ---- the promise ---- */

static int misses(qry_ctx *ctx, qry_method method, double p, double failure, const qry_aim *aim, uint64_t allowed,
                  int runs)
{
    int missed = 0;
    for (int r = 0; r < runs; r++) {
        struct result e = estimate(ctx, method, p, failure, 0, 0, aim, allowed, (uint64_t)r);
        missed += p < e.low - 1e-12 || p > e.high + 1e-12;
        if (allowed == UINT64_MAX)
            assert_true(e.met || p == 0);
    }
    return missed;
}

static void coverage(void **state)
{
    (void)state;
    enum { RUNS = 100 };
    static const double failure = 0.05;
    qry_ctx *ctx = qry_ctx_new();
    for (int m = 0; m < METHODS; m++)
        for (int i = 0; i < PROBABILITIES; i++)
            for (int absolute = 0; absolute < 2; absolute++) {
                qry_aim aim = {.scale = 3, .epsilon = absolute ? 0.03 : 0.1, .absolute = absolute};
                if (probabilities[i] > 0 || absolute) {
                    int missed = misses(ctx, methods[m], probabilities[i], failure, &aim, UINT64_MAX, RUNS);
                    assert_true(failures_are_plausible(missed, RUNS, failure));
                }
            }
    qry_ctx_free(ctx);
}

/* Estimates that may fail often do so now and then: the test above could fail. */
static void failures_are_used(void **state)
{
    (void)state;
    enum { RUNS = 300 };
    qry_ctx *ctx = qry_ctx_new();
    for (int m = 0; m < METHODS; m++) {
        qry_aim aim = {.scale = 1, .epsilon = 0.1};
        int missed = misses(ctx, methods[m], 0.3, 0.8, &aim, UINT64_MAX, RUNS);
        assert_true(missed > 0 && failures_are_plausible(missed, RUNS, 0.8));
    }
    qry_ctx_free(ctx);
}

/* What was said on the way was right as well: estimates that are narrowed again and again, and looked at each time. */
static void looking_often(void **state)
{
    (void)state;
    enum { RUNS = 150, LOOKS = 6 };
    static const double failure = 0.1, p = 0.07;
    qry_ctx *ctx = qry_ctx_new();
    for (int m = 0; m < METHODS; m++) {
        int missed = 0;
        for (int r = 0; r < RUNS; r++) {
            struct coin coin = {.theta = asin(sqrt(p)), .allowed = UINT64_MAX};
            qry_amplitude a;
            bool right = true;
            qry_random_seed(&coin.random, 70 + (uint64_t)m, (uint64_t)r);
            qry_amplitude_init(&a, ctx, methods[m], (qry_experiment){&coin, toss, phase}, failure, 0, 1, 0);
            for (int look = 0; look < LOOKS; look++) {
                qry_aim aim = {.scale = 1, .epsilon = ldexp(1, -look - 1), .share = look < LOOKS - 1 ? 0.2 : 0};
                double low, high;
                qry_amplitude_narrow(&a, &aim);
                qry_amplitude_limits(&a, &low, &high);
                right = right && low <= p && p <= high;
            }
            missed += !right;
            qry_amplitude_free(&a);
        }
        assert_true(failures_are_plausible(missed, RUNS, failure));
    }
    qry_ctx_free(ctx);
}

/* ---- the cost ---- */

static void cost(void **state)
{
    (void)state;
    enum { RUNS = 100 };
    static const double epsilons[] = {0.1, 0.05, 0.01}, some[] = {0.5, 0.1, 1.0 / 256, 1.0 / 1024};
    qry_ctx *ctx = qry_ctx_new();
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 3; j++) {
            double calls = 0;
            qry_aim aim = {.scale = 1, .epsilon = epsilons[j]};
            for (int r = 0; r < RUNS; r++)
                calls += (double)estimate(ctx, QRY_METHOD_ITERATIVE, some[i], 0.05, 0, 0, &aim, UINT64_MAX,
                                          1000 + (uint64_t)r)
                             .a_calls;
            assert_true(calls / RUNS <= 45 / (epsilons[j] * sqrt(some[i])));
        }
    qry_ctx_free(ctx);
}

/* Knowing that p is large saves the rounds that would find it out. */
static void floors(void **state)
{
    (void)state;
    double calls[2] = {0, 0};
    qry_ctx *ctx = qry_ctx_new();
    qry_aim aim = {.scale = 1, .epsilon = 0.05};
    for (int r = 0; r < 200; r++)
        for (int with = 0; with < 2; with++) {
            struct result e =
                estimate(ctx, QRY_METHOD_ITERATIVE, 0.01, 0.05, with ? 0.0095 : 0, 0, &aim, UINT64_MAX, (uint64_t)r);
            calls[with] += (double)e.a_calls;
            assert_true(!with || e.low >= 0.0095);
        }
    assert_true(calls[1] < calls[0]);
    qry_ctx_free(ctx);
}

/* ---- ends ---- */

/* A relative error of 0 is never small enough: without a grain the interval becomes tiny, with one it is 0. */
static void nothing_marked(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int m = 0; m < METHODS; m++)
        for (uint64_t r = 0; r < 20; r++) {
            qry_aim relative = {.scale = 8, .epsilon = 0.1}, absolute = {.scale = 8, .epsilon = 0.1, .absolute = true};
            qry_aim rounded = {.scale = 8, .epsilon = 0.1, .rounding = 0.01};
            struct result e = estimate(ctx, methods[m], 0, 1e-3, 0, 0, &relative, UINT64_MAX, r);
            assert_true(e.low == 0 && e.high > 0 && e.high <= 0x1p-30 && !e.met && !e.stopped);
            e = estimate(ctx, methods[m], 0, 1e-3, 0, 1.0 / 1024, &relative, UINT64_MAX, r);
            assert_true(e.low == 0 && e.high == 0 && e.value == 0 && e.met && e.a_calls < 4000);
            if (methods[m] == QRY_METHOD_ITERATIVE) { /* a grain below what limits are else told apart by */
                e = estimate(ctx, methods[m], 0, 1e-3, 0, 0x1p-36, &relative, UINT64_MAX, r);
                assert_true(e.low == 0 && e.high == 0 && e.met);
            }
            e = estimate(ctx, methods[m], 0, 1e-3, 0, 0, &absolute, UINT64_MAX, r);
            assert_true(e.low == 0 && e.high > 0 && e.high <= 0.025 && e.met);
            e = estimate(ctx, methods[m], 0, 1e-3, 0, 0, &rounded, UINT64_MAX, r);
            assert_true(e.low == 0 && e.high <= 0.01 / 0.8 && !e.met && !e.stopped);
        }
    qry_ctx_free(ctx);
}

/* Of a multiple of a grain, small errors say which. */
static void grains(void **state)
{
    (void)state;
    enum { RUNS = 60, STATES = 64 };
    qry_ctx *ctx = qry_ctx_new();
    for (int m = 0; m < METHODS; m++) {
        int wrong = 0;
        for (int r = 0; r < RUNS; r++) {
            double marked = (double)(r * 7 % (STATES + 1));
            qry_aim aim = {.scale = STATES, .epsilon = 0.001};
            struct result e =
                estimate(ctx, methods[m], marked / STATES, 0.01, 0, 1.0 / STATES, &aim, UINT64_MAX, (uint64_t)r);
            assert_true(e.low == e.high && e.met);
            wrong += e.value * STATES != marked;
        }
        assert_true(failures_are_plausible(wrong, RUNS, 0.01));
    }
    qry_ctx_free(ctx);
}

static void budgets(void **state)
{
    (void)state;
    enum { RUNS = 50 };
    static const double failure = 0.05;
    qry_ctx *ctx = qry_ctx_new();
    qry_aim aim = {.scale = 1, .epsilon = 1e-8};
    for (int m = 0; m < METHODS; m++)
        for (uint64_t allowed = 0; allowed < 200; allowed = allowed * 3 + 1) {
            struct result e = estimate(ctx, methods[m], 0.3, failure, 0, 0, &aim, allowed, 1);
            assert_true(e.stopped == !e.met && (e.stopped || allowed > 10));
            assert_true(allowed > 0 || (e.low == 0 && e.high == 1 && e.a_calls == 0));
            int missed = misses(ctx, methods[m], 0.3, failure, &aim, allowed, RUNS);
            assert_true(failures_are_plausible(missed, RUNS, failure));
        }
    qry_ctx_free(ctx);
}

/* What is asked is held against the number, rounding and all. */
static void aims(void **state)
{
    (void)state;
    qry_aim aim = {.scale = 10, .offset = -2, .rounding = 0.1, .epsilon = 0.2};
    assert_true(fabs(qry_aim_width(&aim, 0.5, 0) - 2 * (0.2 * 3 - 0.1) / 10) < 1e-12);
    assert_true(qry_aim_is_met(&aim, 0.451, 0.549) && !qry_aim_is_met(&aim, 0.449, 0.551));
    assert_true(fabs(qry_aim_width(&aim, 0.2, 0) - 0.1 / 8 / 10) < 1e-12);
    aim.absolute = true;
    assert_true(qry_aim_is_met(&aim, 0.191, 0.209) && !qry_aim_is_met(&aim, 0.189, 0.211));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(binomial_tails),
                                       cmocka_unit_test(clopper_pearson),
                                       cmocka_unit_test(classical_samples),
                                       cmocka_unit_test(many_samples),
                                       cmocka_unit_test(phases),
                                       cmocka_unit_test(coverage),
                                       cmocka_unit_test(failures_are_used),
                                       cmocka_unit_test(looking_often),
                                       cmocka_unit_test(cost),
                                       cmocka_unit_test(floors),
                                       cmocka_unit_test(nothing_marked),
                                       cmocka_unit_test(grains),
                                       cmocka_unit_test(budgets),
                                       cmocka_unit_test(aims)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
