/* random_test.c: the generator, its streams and its distributions. Seeds are fixed; the bounds are those that a true
 * random source would break about once in a million runs of the suite. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

enum { SEEDS = 20 };

/* First outputs from the state 1, 2, 3, 4, by the authors' reference code. */
static void test_known_numbers(void **state)
{
    (void)state;
    static const uint64_t known[] = {
        11520, 0, 1509978240, 1215971899390074240, 1216172134540287360, 607988272756665600};
    qry_random random = {{1, 2, 3, 4}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        assert_true(qry_random_next(&random) == known[i]);
}

static void test_repeatable(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 50; seed++) {
        qry_random a, b;
        qry_random_seed(&a, seed, seed * 7);
        qry_random_seed(&b, seed, seed * 7);
        for (int i = 0; i < 100; i++)
            assert_true(qry_random_next(&a) == qry_random_next(&b));
    }
}

static int by_value(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

static void test_streams_differ(void **state)
{
    (void)state;
    enum { EACH = 300 };
    static uint64_t first[EACH * EACH];
    for (uint64_t seed = 0; seed < EACH; seed++)
        for (uint64_t stream = 0; stream < EACH; stream++) {
            qry_random random;
            qry_random_seed(&random, seed, stream);
            first[seed * EACH + stream] = qry_random_next(&random);
        }
    qsort(first, EACH * EACH, sizeof *first, by_value);
    for (size_t i = 1; i < EACH * EACH; i++)
        assert_true(first[i] != first[i - 1]);
}

/* The generator is linear: were the state a sum of a part of the seed and a part of the stream, these four sequences
 * would always add up to zero. */
static void test_streams_are_not_sums(void **state)
{
    (void)state;
    for (uint64_t k = 1; k < 100; k++) {
        qry_random a, b, c, d;
        qry_random_seed(&a, 0, 0);
        qry_random_seed(&b, k, 0);
        qry_random_seed(&c, 0, k);
        qry_random_seed(&d, k, k);
        for (int i = 0; i < 4; i++)
            assert_true((a.state[i] ^ b.state[i] ^ c.state[i] ^ d.state[i]) != 0);
    }
}

/* Bits of neighbouring streams agree in half of the places: 64 * 10,000 of them, 4.9 standard deviations. */
static void test_streams_are_independent(void **state)
{
    (void)state;
    long agree = 0;
    for (uint64_t stream = 0; stream < 10000; stream++) {
        qry_random a, b;
        qry_random_seed(&a, 1, stream);
        qry_random_seed(&b, 1, stream + 1);
        for (uint64_t same = ~(qry_random_next(&a) ^ qry_random_next(&b)); same; same &= same - 1)
            agree++;
    }
    assert_true(labs(agree - 320000) < 4.9 * 400);
}

/* Chi-square: the 1 - 1e-6/60 quantile for bound - 1 degrees of freedom, for 3 bounds times 20 seeds. */
static void test_below(void **state)
{
    (void)state;
    static const struct {
        uint64_t bound;
        double limit;
    } cases[] = {{3, 35.82}, {10, 54.29}, {100, 197.3}};
    enum { DRAWS = 100000 };
    for (int k = 0; k < 3; k++)
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            qry_random random;
            qry_random_seed(&random, seed, 5);
            static long seen[100];
            for (uint64_t i = 0; i < cases[k].bound; i++)
                seen[i] = 0;
            for (int i = 0; i < DRAWS; i++)
                seen[qry_random_below(&random, cases[k].bound)]++;
            double expected = (double)DRAWS / (double)cases[k].bound, chi_square = 0;
            for (uint64_t i = 0; i < cases[k].bound; i++)
                chi_square += (seen[i] - expected) * (seen[i] - expected) / expected;
            assert_true(chi_square < cases[k].limit);
        }
}

/* Below 3 * 2^62: a mere remainder of 64 bits would fall into the first third half of the time. */
static void test_below_is_unbiased_for_large_bounds(void **state)
{
    (void)state;
    enum { DRAWS = 100000 };
    long low = 0;
    qry_random random;
    qry_random_seed(&random, 3, 3);
    for (int i = 0; i < DRAWS; i++) {
        uint64_t x = qry_random_below(&random, UINT64_C(3) << 62);
        assert_true(x < UINT64_C(3) << 62);
        low += x < UINT64_C(1) << 62;
    }
    assert_true(fabs(low - DRAWS / 3.0) < 4.9 * sqrt(DRAWS * 2.0 / 9));
    assert_int_equal(qry_random_below(&random, 1), 0);
    for (int i = 0; i < 100; i++)
        assert_true(qry_random_below(&random, UINT64_MAX) < UINT64_MAX);
}

static void test_unit(void **state)
{
    (void)state;
    enum { DRAWS = 1000000 };
    qry_random random;
    qry_random_seed(&random, 4, 4);
    double sum = 0, squares = 0, least = 1, most = 0;
    for (int i = 0; i < DRAWS; i++) {
        double x = qry_random_unit(&random);
        assert_true(x >= 0 && x < 1);
        assert_true(ldexp(x, 53) == floor(ldexp(x, 53)));
        sum += x;
        squares += x * x;
        least = fmin(least, x);
        most = fmax(most, x);
    }
    assert_true(fabs(sum / DRAWS - 1.0 / 2) < 5.7 * sqrt(1.0 / 12 / DRAWS));
    assert_true(fabs(squares / DRAWS - 1.0 / 3) < 5.7 * sqrt(4.0 / 45 / DRAWS));
    assert_true(least < 20.0 / DRAWS && most > 1 - 20.0 / DRAWS); /* exp(-20) each */
}

/* Mean, second to fourth moment and the tails, each within 5.7 standard deviations of its estimate (1e-6 / 100). */
static void test_normal(void **state)
{
    (void)state;
    enum { DRAWS = 200000 };
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        qry_random random;
        qry_random_seed(&random, seed, 6);
        double moment[5] = {0}, tail = 0;
        for (int i = 0; i < DRAWS; i++) {
            double x = qry_random_normal(&random), power = 1;
            assert_true(isfinite(x));
            for (int k = 1; k <= 4; k++)
                moment[k] += (power *= x) / DRAWS;
            tail += (fabs(x) > 2) / (double)DRAWS;
        }
        const double expected[5] = {0, 0, 1, 0, 3}, variance[5] = {0, 1, 2, 15, 96}, beyond = 0.04550026;
        for (int k = 1; k <= 4; k++)
            assert_true(fabs(moment[k] - expected[k]) < 5.7 * sqrt(variance[k] / DRAWS));
        assert_true(fabs(tail - beyond) < 5.7 * sqrt(beyond * (1 - beyond) / DRAWS));
    }
}

static void draw_below_nothing(void *nothing)
{
    (void)nothing;
    qry_random random = {{1, 2, 3, 4}};
    qry_random_below(&random, 0);
}

static void test_below_nothing(void **state)
{
    (void)state;
    assert_true(in_child(draw_below_nothing, NULL, NULL) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_known_numbers),
        TEST(test_repeatable),
        TEST(test_streams_differ),
        TEST(test_streams_are_not_sums),
        TEST(test_streams_are_independent),
        TEST(test_below),
        TEST(test_below_is_unbiased_for_large_bounds),
        TEST(test_unit),
        TEST(test_normal),
        TEST(test_below_nothing),
    };
    return cmocka_run_group_tests_name("random", tests, NULL, NULL);
}
