/* law.c: the limits hold for every law, random or adversarial; the likely law is that of a cut Gaussian. */
#include "support.h"

#include <math.h>

enum { MOST = 12, TRIALS = 100000 };

/* What the law of `count` weighted numbers is, directly. */
struct truth {
    size_t count;
    const long double *x, *weight;
    double variance, low, high, size, slope;
};

/* Moves the numbers to mean 0 and the weights to sum 1, and measures them. */
static struct truth measure(size_t count, long double *x, long double *weight)
{
    long double total = 0, mean = 0;
    for (size_t i = 0; i < count; i++)
        total += weight[i];
    for (size_t i = 0; i < count; i++) {
        weight[i] /= total;
        mean += weight[i] * x[i];
    }
    struct truth t = {.count = count, .x = x, .weight = weight};
    for (size_t i = 0; i < count; i++) {
        x[i] -= mean;
        t.low = fmax(t.low, (double)-x[i]);
        t.high = fmax(t.high, (double)x[i]);
    }
    long double variance = 0, size = 0, slope = 0;
    for (size_t i = 0; i < count; i++) {
        variance += weight[i] * x[i] * x[i];
        size += weight[i] * expl(x[i]);
        slope += weight[i] * x[i] * expl(x[i]);
    }
    t.variance = (double)variance;
    t.size = (double)size;
    t.slope = (double)(slope / variance);
    return t;
}

/* mean((e^x - mean(e^x) - s x)^2), s the middle of the law's slopes, in the law's units. */
static double residual(const struct truth *t, const qry_law *law, double high)
{
    long double slope = ((long double)law->slope_low + law->slope_high) / 2 * expl(high), sum = 0;
    for (size_t i = 0; i < t->count; i++)
        sum += t->weight[i] * powl(expl(t->x[i]) - t->size - slope * t->x[i], 2);
    return (double)(sum / expl(2 * (long double)high));
}

/* Widens the range at random, so that the limits are not always at the ends of the data. */
static void check_limits(struct truth t, double wider_low, double wider_high, double end)
{
    double high = t.high + wider_high, low = t.low + wider_low, unit = exp(high), tolerance = 1e-11;
    qry_law law = qry_law_of(t.variance, 0, low, high, end);
    double size = t.size / unit, slope = t.slope / unit;
    assert_true(law.size_low <= size * (1 + tolerance) && size <= law.size_high * (1 + tolerance));
    assert_true(law.slope_low <= slope * (1 + tolerance) + tolerance / unit);
    assert_true(slope <= law.slope_high * (1 + tolerance) + tolerance / unit);
    assert_true(law.size >= law.size_low && law.size <= law.size_high);
    assert_true(law.slope >= law.slope_low && law.slope <= law.slope_high);
    assert_true(residual(&t, &law, high) <= law.residual * (1 + 1e-9) + 1e-15);
}

static void random_laws(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 1, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        long double x[MOST], weight[MOST];
        size_t count = 2 + qry_random_below(&random, MOST - 1);
        double scale = exp(6 * qry_random_unit(&random) - 4);
        for (size_t i = 0; i < count; i++) {
            x[i] = scale * qry_random_normal(&random);
            weight[i] = exp(3 * qry_random_normal(&random));
        }
        struct truth t = measure(count, x, weight);
        bool wider = qry_random_below(&random, 2);
        check_limits(t, wider ? scale * qry_random_unit(&random) : 0, wider ? scale * qry_random_unit(&random) : 0,
                     t.high + qry_random_unit(&random));
    }
}

/* Two atoms, one of them on an end of the range: the limits are met. */
static void two_point_laws(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 2, 0);
    for (int trial = 0; trial < TRIALS; trial++) {
        double far = exp(7 * qry_random_unit(&random) - 4), near = far * exp(-6 * qry_random_unit(&random));
        bool up = trial % 2;
        long double x[2] = {up ? far : -far, up ? -near : near}, weight[2] = {near, far};
        struct truth t = measure(2, x, weight);
        check_limits(t, 0, 0, t.high);
        double other = 3 * qry_random_unit(&random);
        qry_law law = qry_law_of(t.variance, 0, t.low + (up ? other : 0), t.high + (up ? 0 : other), t.high + other);
        double met = t.size / exp(t.high + (up ? 0 : other));
        assert_true(fabs((up ? law.size_high : law.size_low) / met - 1) < 1e-9);
    }
}

/* Three atoms, at both ends and at 0: the residual reaches the limit but for what the found size takes from it. */
static void three_point_laws(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 3, 0);
    double least = INFINITY;
    for (int trial = 0; trial < TRIALS / 10; trial++) {
        double high = exp(4 * qry_random_unit(&random) - 3), low = exp(4 * qry_random_unit(&random) - 3);
        double share = 0.3 * qry_random_unit(&random);
        long double x[3] = {high, -low, 0}, weight[3] = {share * low, share * high, (1 - share) * (low + high)};
        struct truth t = measure(3, x, weight);
        check_limits(t, 0, 0, t.high);
        qry_law law = qry_law_of(t.variance, 0, t.low, t.high, t.high);
        least = fmin(least, law.residual / residual(&t, &law, t.high));
    }
    assert_true(least < 1.01);
}

/* A doubt about the variance widens the limits to those of the variances within it. */
static void doubts(void **state)
{
    (void)state;
    qry_law law = qry_law_of(1, 0.25, 2, 3, 3), less = qry_law_of(0.75, 0, 2, 3, 3),
            more = qry_law_of(1.25, 0, 2, 3, 3);
    assert_true(law.size_low == less.size_low && law.size_high == more.size_high);
    assert_true(law.residual >= more.residual - 1e-15);
}

/* The integral over y < t of y^power e^(deviation (y - t)) times the standard normal density relative to that at t, by
 * Simpson's rule in u = t - y. */
static long double cut_integral(long double t, int power, long double deviation)
{
    enum { STEPS = 4000 };
    long double rate = deviation - t, width = (rate > 4 ? 45 / rate : fmaxl(-rate, 0) + 12) / STEPS, sum = 0;
    for (int i = 0; i <= STEPS; i++) {
        long double u = i * width, factor = i == 0 || i == STEPS ? 1 : i % 2 ? 4 : 2;
        sum += factor * expl(-rate * u - u * u / 2) * powl(t - u, power);
    }
    return sum * width / 3;
}

/* Against quadrature: for cuts and deviations all over, the size and slope of what remains. */
static void cut_gaussians(void **state)
{
    (void)state;
    size_t sizes = 0, slopes = 0;
    for (double t = -25; t <= 7.5; t += 0.5)
        for (double deviation = 0.01; deviation < 12; deviation *= 1.5) {
            long double mass = cut_integral(t, 0, 0), mean = cut_integral(t, 1, 0) / mass;
            long double variance = cut_integral(t, 2, 0) / mass - mean * mean;
            double s = deviation / (double)sqrtl(variance); /* of the Gaussian before the cut */
            long double tilted = cut_integral(t, 0, s);
            double end = s * (double)(t - mean), low = 40 * s;
            double log_size = end + (double)logl(tilted / mass); /* everything is relative to the cut */
            double slope = (s * (double)(cut_integral(t, 1, s) / tilted) - s * (double)mean) / (deviation * deviation);
            qry_law law = qry_law_of(deviation * deviation, 0, low, end, end);
            if (!(exp(log_size - end) > law.size_low * 1.0001 && exp(log_size - end) < law.size_high * 0.9999))
                continue; /* clipped to the limits */
            assert_true(fabs(log(law.size) + end - log_size) < 1e-5);
            sizes++;
            if (slope * law.size > law.slope_low * 1.0001 && slope * law.size < law.slope_high * 0.9999) {
                assert_true(fabs(law.slope / law.size - slope) < 1e-4 * slope);
                slopes++;
            }
        }
    assert_true(sizes > 600 && slopes > 600);
}

/* Where one formula takes over from another, nothing jumps. */
static void seams(void **state)
{
    (void)state;
    for (double deviation = 0.05; deviation < 6; deviation *= 2) {
        double seam[] = {1 + 1e-5, 8, 8 + deviation};
        for (size_t i = 0; i < 3; i++) {
            double end = seam[i] * deviation, tolerance = i ? 1e-9 : 1e-4;
            qry_law below = qry_law_of(deviation * deviation, 0, 50, 50, end * (1 - 1e-12));
            qry_law above = qry_law_of(deviation * deviation, 0, 50, 50, end * (1 + 1e-12));
            assert_true(fabs(below.size / above.size - 1) < tolerance);
            assert_true(fabs(below.slope / above.slope - 1) < 2 * tolerance);
        }
    }
}

/* Nothing overflows or turns into NaN, however large or small the scores are; no spread at all is exact. */
static void extremes(void **state)
{
    (void)state;
    for (double deviation = 1e-150; deviation < 1e130; deviation *= 1e5)
        for (double ratio = 1; ratio < 1e6; ratio *= 7)
            for (double end = 0.3; end < 1e9; end *= 30) {
                qry_law law =
                    qry_law_of(deviation * deviation, 0, deviation * ratio, deviation * ratio, deviation * end);
                const double numbers[] = {law.size, law.slope, law.size_low, law.size_high, law.residual};
                for (size_t i = 0; i < 5; i++)
                    assert_true(numbers[i] >= 0 && numbers[i] <= 1 + 1e-12);
                assert_true(law.size_low <= law.size_high && law.slope_low <= law.slope_high);
            }
    qry_law none = qry_law_of(0, 0, 0, 0, 0);
    assert_true(none.size == 1 && none.size_low == 1 && none.size_high == 1 && none.residual == 0);
}

static void normal_functions(void **state)
{
    (void)state;
    assert_true(fabs(qry_normal_below(0) - 0.5) < 1e-16);
    assert_true(fabs(qry_normal_below(-1.959963984540054) - 0.025) < 1e-15);
    assert_true(fabs(qry_normal_hazard(0) - sqrt(2 / M_PI)) < 1e-15);
    for (double t = -30; t < 8; t += 0.01) { /* p(t) / P(t) grows less the greater t is, and P' = p */
        double step = 1e-5, slope = (log(qry_normal_below(t + step)) - log(qry_normal_below(t - step))) / (2 * step);
        assert_true(fabs(slope - qry_normal_hazard(t)) < 1e-7 * fmax(1, -t * t * t));
    }
    assert_true(fabs(qry_normal_hazard(-4 - 1e-12) / qry_normal_hazard(-4 + 1e-12) - 1) < 1e-10);
    assert_true(fabs(qry_normal_hazard(-1e6) / 1e6 - 1) < 1e-11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_laws),      cmocka_unit_test(two_point_laws),
                                       cmocka_unit_test(three_point_laws), cmocka_unit_test(doubts),
                                       cmocka_unit_test(cut_gaussians),    cmocka_unit_test(seams),
                                       cmocka_unit_test(extremes),         cmocka_unit_test(normal_functions)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
