/* belief.c: the odds against Bayes' rule done plainly, and what searches by them cost beside others. */
#include "searches.h"

#include "runtime/drive/drive.h"

#include <math.h>
#include <string.h>

static double success_of(double states, double marked, uint64_t iterations)
{
    return pow(sin((2 * (double)iterations + 1) * asin(sqrt(marked / states))), 2);
}

static double sum_of_odds(const qry_belief *b)
{
    double sum = 0;
    for (size_t i = 0; i < b->levels; i++)
        sum += b->odds[i];
    return sum;
}

/* Up to 256 states every number is told apart. */
static void bayes_rule(void **state)
{
    (void)state;
    enum { STATES = 64 };
    qry_ctx *ctx = qry_ctx_new();
    qry_belief b;
    qry_belief_init(&b, ctx, 6, false);
    assert_int_equal(b.levels, STATES + 1);
    for (double expected = -1; expected < 64; expected = 2 * expected + 2.7) {
        double odds[STATES + 1];
        qry_random random;
        qry_random_seed(&random, 5, (uint64_t)(expected + 1));
        qry_belief_expect(&b, expected);
        memcpy(odds, b.odds, sizeof odds);
        for (int shot = 0; shot < 60; shot++) {
            uint64_t iterations = qry_belief_choose(&b);
            double best = 0, chosen = 0, sum = 0, mean = 0;
            for (uint64_t j = 0; j <= b.iterations[b.choices - 1]; j++) {
                double p = 0;
                for (int t = 1; t <= STATES; t++)
                    p += odds[t] * success_of(STATES, t, j);
                best = fmax(best, p / ((double)j + 0.5));
                if (j == iterations)
                    chosen = p / ((double)j + 0.5);
            }
            assert_true(chosen >= best * (1 - 1e-9) || odds[0] > 1 - 1e-6);
            bool found = odds[0] < 0.9 && qry_random_below(&random, 3) == 0;
            for (int t = 0; t <= STATES; t++) {
                double p = success_of(STATES, t, iterations);
                odds[t] *= found ? p : 1 - p;
            }
            if (found) {
                memmove(odds, odds + 1, STATES * sizeof *odds);
                odds[STATES] = 0;
            }
            for (int t = 0; t <= STATES; t++)
                sum += odds[t];
            for (int t = 0; t <= STATES; t++) {
                odds[t] /= sum;
                mean += t * odds[t];
            }
            qry_belief_learn(&b, found);
            for (int t = 0; t <= STATES; t++)
                assert_true(fabs(odds[t] - b.odds[t]) < 1e-9);
            assert_true(fabs(mean - qry_belief_mean(&b)) < 1e-9);
            assert_true(fabs(odds[0] - qry_belief_empty(&b)) < 1e-9);
        }
    }
    qry_belief_free(&b);
    qry_ctx_free(ctx);
}

/* Beyond 256, finding a row makes the mean one less. */
static void coarse_levels(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_belief b;
    qry_belief_init(&b, ctx, 20, false);
    assert_true(b.levels < 500 && b.left[b.levels - 1] == 1 << 20);
    assert_true(b.iterations[b.choices - 1] > 500 && b.choices < 100);
    for (double expected = 100; expected < 1e6; expected *= 7) {
        qry_belief_expect(&b, expected);
        double near = 0;
        for (size_t i = 0; i < b.levels; i++)
            near += b.left[i] > expected / 3 && b.left[i] < expected * 3 ? b.odds[i] : 0;
        assert_true(near > 0.98);
        for (int k = 0; k < 50; k++) {
            double without = b.odds[0], mean = qry_belief_mean(&b);
            qry_belief_take(&b);
            assert_true(fabs(sum_of_odds(&b) - 1) < 1e-9);
            assert_true(fabs(qry_belief_mean(&b) - (mean / (1 - without) - 1)) < 1e-6 * mean);
        }
    }
    qry_belief_free(&b);
    qry_ctx_free(ctx);
}

/* A row of uniform rank was found: by the definition, number by number. */
static void ranks(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_belief b;
    qry_belief_init(&b, ctx, 6, false);
    qry_belief_expect_below(&b, 40);
    assert_true(fabs(b.odds[0] - 1 / 40.0) < 1e-12 && fabs(b.odds[39] - 1 / 40.0) < 1e-12 && b.odds[40] == 0);
    qry_belief_expect(&b, 10);
    for (int find = 0; find < 3; find++) {
        double before[65], sum = 0;
        memcpy(before, b.odds, sizeof before);
        qry_belief_rank(&b);
        for (int s = 0; s <= 64; s++) {
            double odds = 0;
            for (int t = s + 1; t <= 64; t++)
                odds += before[t] / t;
            sum += b.odds[s];
            assert_true(fabs(b.odds[s] - odds / (1 - before[0])) < 1e-12);
        }
        assert_true(fabs(sum - 1) < 1e-12);
    }
    qry_belief_free(&b);
    qry_ctx_free(ctx);
}

/* What may be found again is not taken away. */
static void stays(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_belief b;
    qry_belief_init(&b, ctx, 6, true);
    qry_belief_expect(&b, 1);
    for (int find = 0; find < 50; find++) {
        qry_belief_choose(&b);
        qry_belief_learn(&b, true);
        assert_true(b.odds[0] == 0);
    }
    assert_true(qry_belief_mean(&b) >= 1);
    qry_belief_free(&b);
    qry_ctx_free(ctx);
}

/* What cannot be is forgotten, not believed: one state of two, found twice. */
static void impossible_news(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_belief b;
    qry_belief_init(&b, ctx, 1, false);
    qry_belief_expect(&b, 1);
    for (int k = 0; k < 5; k++) {
        qry_belief_choose(&b);
        qry_belief_learn(&b, true);
        assert_true(fabs(sum_of_odds(&b) - 1) < 1e-9);
    }
    qry_belief_free(&b);
    qry_ctx_free(ctx);
}

/* Iterations until a row is found, with nothing known: on average no more than Boyer, Brassard, Hoyer and Tapp prove for
 * their search, 9/2 sqrt(N/t) for t <= 3N/4; and with the number known within a factor of 1.3, hardly more than with the
 * number known, 0.69 sqrt(N/t) where t is small. */
static void cost_of_one(void **state)
{
    (void)state;
    enum { RUNS = 300 };
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 1, 0);
    for (uint32_t address = 4; address <= 12; address += 4) {
        double states = ldexp(1, (int)address);
        qry_belief b;
        qry_belief_init(&b, ctx, address, false);
        for (double t = 1; t <= 0.75 * states; t = t < 16 ? t + 1 : floor(t * 1.5)) {
            double calls[2] = {0, 0};
            for (int run = 0; run < 2 * RUNS; run++) {
                qry_belief_expect(&b, run % 2 ? t * (run % 4 == 1 ? 1.3 : 1 / 1.3) : -1);
                for (bool found = false; !found;) {
                    uint64_t iterations = qry_belief_choose(&b);
                    calls[run % 2] += (double)iterations;
                    found = qry_random_unit(&random) < success_of(states, t, iterations);
                    if (!found)
                        qry_belief_learn(&b, false);
                }
            }
            double unit = RUNS * sqrt(states / t);
            assert_true(calls[0] <= 4.5 * unit);
            if (t < states / 16)
                assert_true(calls[1] <= 0.69 * 1.5 * unit);
        }
        qry_belief_free(&b);
    }
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bayes_rule),      cmocka_unit_test(coarse_levels),
                                       cmocka_unit_test(ranks),           cmocka_unit_test(stays),
                                       cmocka_unit_test(impossible_news), cmocka_unit_test(cost_of_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
