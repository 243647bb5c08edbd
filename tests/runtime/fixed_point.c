/* fixed_point.c: the fixed-point search against a simulation in the plane of marked and unmarked states. */
#include "searches.h"

#include <complex.h>
#include <math.h>

/* S_t(beta) multiplies what is marked by e^(i beta); S_s(alpha) = 1 - (1 - e^(-i alpha)) |s><s|. */
static double simulated(size_t count, const double *alpha, const double *beta, double marked)
{
    double complex hit = sqrt(marked), miss = sqrt(1 - marked);
    for (size_t j = 0; j < count; j++) {
        hit *= cexp(I * beta[j]);
        double complex overlap = (1 - cexp(-I * alpha[j])) * (sqrt(marked) * hit + sqrt(1 - marked) * miss);
        hit = -(hit - overlap * sqrt(marked));
        miss = -(miss - overlap * sqrt(1 - marked));
    }
    double p = pow(cabs(hit), 2);
    assert_true(fabs(p + pow(cabs(miss), 2) - 1) < 1e-12);
    return p;
}

static void every_fraction(void **state)
{
    (void)state;
    static const double failures[] = {0.5, 0.1, 1e-2, 1e-3, 1e-6, 1e-12};
    qry_ctx *ctx = qry_ctx_new();
    for (size_t f = 0; f < sizeof failures / sizeof *failures; f++)
        for (int states = 64; states <= 256; states *= 2) {
            qry_arena *arena = qry_arena_new(ctx);
            size_t count;
            double *alpha, *beta;
            qry_fixed_point_angles(arena, failures[f], 1.0 / states, &count, &alpha, &beta);
            for (int t = 1; t <= states; t++) {
                double marked = (double)t / states, p = simulated(count, alpha, beta, marked);
                assert_true(fabs(p - qry_fixed_point_success(failures[f], count, marked)) < 1e-12);
                assert_true(p >= 1 - failures[f] - 1e-12);
            }
            assert_true(fabs(qry_fixed_point_success(failures[f], count, 0)) < 1e-9);
            qry_arena_free(arena);
        }
    qry_ctx_free(ctx);
}

/* One iteration fewer would not do; and what is promised for more marked states costs less. */
static void as_few_as_possible(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    double *alpha, *beta;
    for (double failure = 0.3; failure > 1e-9; failure /= 5)
        for (int marked = 1, last = 1 << 20; marked <= 64; marked++) {
            size_t count;
            double fraction = marked / 64.0;
            qry_fixed_point_angles(arena, failure, fraction, &count, &alpha, &beta);
            assert_true((int)count <= last);
            last = (int)count;
            assert_true(qry_fixed_point_success(failure, count, fraction) >= 1 - failure - 1e-12);
            if (count > 0)
                assert_true(qry_fixed_point_success(failure, count - 1, fraction) < 1 - failure);
        }
    qry_ctx_free(ctx);
}

/* Lengths 2 count + 1 that were computed by others. */
static void known_lengths(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    double *alpha, *beta;
    size_t count;
    qry_fixed_point_angles(arena, 1e-3, 1.0 / 1024, &count, &alpha, &beta);
    assert_int_equal(2 * count + 1, 133);
    qry_fixed_point_angles(arena, 1e-6, 1.0 / 1024, &count, &alpha, &beta);
    assert_int_equal(2 * count + 1, 245);
    qry_fixed_point_angles(arena, 1e-3, 1.0 / 256, &count, &alpha, &beta);
    assert_int_equal(2 * count + 1, 67);
    qry_fixed_point_angles(arena, 1e-3, 1, &count, &alpha, &beta);
    assert_int_equal(count, 0);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_fraction), cmocka_unit_test(as_few_as_possible),
                                       cmocka_unit_test(known_lengths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
