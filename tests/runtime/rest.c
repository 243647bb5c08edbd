/* rest.c: what is left of a row when keys are taken out, against plain loops in long double. */
#include "support.h"

#include <math.h>
#include <string.h>

/* Everything that a rest says about one group, checked against its keys that are not found. */
static void check_group(const qry_rest *rest, size_t c, const bool *found, double tolerance)
{
    const qry_moments *m = rest->moments;
    const qry_head *head = m->head;
    const qry_rest_group *g = &rest->group[c];
    size_t dv = head->value_width;
    long double count = 0, mean = 0, variance = 0, energy = 0, value_mean[16] = {0}, covariance[16] = {0};
    for (size_t j = 0; j < head->keys; j++)
        if (m->group_of[j] == c && !found[j]) {
            count++;
            mean += slow_score(head, rest->row, j);
            for (size_t i = 0; i < dv; i++)
                value_mean[i] += head->v.at[j * dv + i];
        }
    assert_true(g->count == (double)count);
    if (count == 0)
        return;
    mean /= count;
    for (size_t i = 0; i < dv; i++)
        value_mean[i] /= count;
    for (size_t j = 0; j < head->keys; j++)
        if (m->group_of[j] == c && !found[j]) {
            long double x = slow_score(head, rest->row, j) - mean;
            variance += x * x / count;
            for (size_t i = 0; i < dv; i++) {
                long double y = head->v.at[j * dv + i] - value_mean[i];
                energy += y * y;
                covariance[i] += x * y / count;
            }
            assert_true(x >= -g->low - tolerance && (rest->contradicted || x <= g->high + tolerance));
        }
    double deviation = (double)sqrtl(variance);
    assert_true(fabsl(g->mean - mean) <= tolerance);
    assert_true(fabsl(g->variance - variance) <= tolerance * (1 + deviation));
    assert_true(fabsl(g->energy - energy) <= tolerance * (1 + (double)energy));
    for (size_t i = 0; i < dv; i++) {
        assert_true(fabsl(rest->value_mean.at[c * dv + i] - value_mean[i]) <= tolerance);
        assert_true(fabsl(rest->covariance.at[c * dv + i] - covariance[i]) <= tolerance * (1 + deviation));
    }
}

static void check_rest(const qry_rest *rest, const bool *found, double tolerance)
{
    const qry_head *head = rest->moments->head;
    long double weight = 0, value[16] = {0};
    for (size_t c = 0; c < rest->moments->groups; c++)
        check_group(rest, c, found, tolerance);
    for (size_t j = 0; j < head->keys; j++)
        if (found[j]) {
            long double w = expl(slow_score(head, rest->row, j) - rest->shift);
            weight += w;
            for (size_t i = 0; i < head->value_width; i++)
                value[i] += w * head->v.at[j * head->value_width + i];
        }
    assert_true(fabsl(rest->found_weight - weight) <= tolerance * (double)weight);
    for (size_t i = 0; i < head->value_width; i++)
        assert_true(fabsl(rest->found_value[i] - value[i]) <= tolerance * (double)(1 + weight));
}

/* Random sets of every size, and the best keys, with the ceiling that they leave. */
static void check_head(const qry_head *head, size_t groups, double tolerance)
{
    qry_moments *m = qry_moments_new(head, groups, 1);
    qry_rest *rest = qry_rest_new(head->ctx, m);
    qry_random random;
    qry_random_seed(&random, head->keys, groups);
    uint32_t order[64];
    for (size_t row = 0; row < head->rows; row++) {
        qry_rest_of_row(rest, row);
        sort_keys(head, row, order);
        for (size_t k = 0; k <= head->keys; k += k < 4 ? 1 : 5) {
            bool found[64] = {0};
            for (size_t i = 0; i < k; i++)
                found[order[i]] = true;
            double ceiling = k < head->keys ? (double)slow_score(head, row, order[k]) : INFINITY;
            qry_rest_remove(rest, order, k, ceiling);
            assert_false(rest->contradicted);
            check_rest(rest, found, tolerance);
            qry_rest_set_ceiling(rest, INFINITY);
            check_rest(rest, found, tolerance);
            uint32_t list[64];
            size_t count = 0;
            for (uint32_t j = 0; j < head->keys; j++) {
                found[j] = qry_random_below(&random, head->keys) < k;
                if (found[j])
                    list[count++] = j;
            }
            qry_rest_remove(rest, list, count, INFINITY);
            check_rest(rest, found, tolerance);
        }
    }
    qry_rest_free(rest);
    qry_moments_free(m);
}

static void against_loops(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    size_t keys[] = {1, 2, 3, 7, 40, 64};
    for (size_t i = 0; i < 6; i++)
        for (size_t d = 1; d <= 7; d += 3)
            for (size_t dv = 1; dv <= 5; dv += 4) {
                qry_head *head = random_head(ctx, 3, keys[i], d, dv, i % 2 ? 1 : 4, 10 * i + d);
                for (size_t groups = 1; groups <= keys[i]; groups += 1 + keys[i] / 3)
                    check_head(head, groups, 1e-11);
                qry_head_free(head);
            }
    qry_ctx_free(ctx);
}

/* Keys and values that repeat: variances and energies are exactly nothing, or nearly. */
static void duplicates(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 4, 0);
    qry_array *q = random_array(ctx, 2, 4, 2, &random), *k = random_array(ctx, 40, 4, 1, &random);
    qry_array *v = random_array(ctx, 40, 3, 1, &random);
    for (size_t distinct = 1; distinct <= 8; distinct++) {
        for (size_t j = distinct; j < 40; j++)
            memcpy(k->item.real + 4 * j, k->item.real + 4 * (j % distinct), 4 * sizeof(double));
        qry_head *head = qry_head_new(ctx, q, k, v, 0, true);
        check_head(head, 1, 1e-11);
        check_head(head, distinct, 1e-11);
        check_head(head, 40, 1e-11);
        qry_head_free(head);
    }
    qry_ctx_free(ctx);
}

/* A few keys whose scores are 10^7 beside many near 0: after the few are found, the others' variance is lost in the
 * rounding of the subtraction, and they are summed again. */
static void cancellation(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 6, 0);
    qry_array *q = random_array(ctx, 1, 3, 1, &random), *k = random_array(ctx, 30, 3, 1, &random);
    qry_array *v = random_array(ctx, 30, 2, 1, &random);
    for (size_t j = 0; j < 4; j++)
        for (size_t c = 0; c < 3; c++)
            k->item.real[3 * j + c] = 1e7 * q->item.real[c] + qry_random_normal(&random);
    qry_head *head = qry_head_new(ctx, q, k, v, 1, false);
    qry_moments *m = qry_moments_new(head, 1, 1);
    qry_rest *rest = qry_rest_new(ctx, m);
    bool found[30] = {true, true, true, true};
    uint32_t list[] = {0, 1, 2, 3};
    qry_rest_of_row(rest, 0);
    assert_int_equal(rest->rescored, 0);
    qry_rest_remove(rest, list, 4, INFINITY);
    assert_int_equal(rest->rescored, 26);
    check_group(rest, 0, found, 1e-7);
    qry_ctx_free(ctx);
}

/* Keys that are all but equal beside a few that are not: when the few are found, the variance of the rest drowns in the
 * rounding of the subtraction, by too little to sum it again, and may come out as nothing. The range and the law must
 * still hold all that the rest may be. */
static void a_lost_variance_is_still_doubted(void **state)
{
    enum { KEYS = 30, FOUND = 4, SEEDS = 40 };
    size_t lost = 0;
    (void)state;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, 13, seed);
        qry_array *q = random_array(ctx, 1, 3, 1, &random), *k = random_array(ctx, KEYS, 3, 1e-7, &random);
        qry_array *v = random_array(ctx, KEYS, 2, 1, &random);
        for (size_t i = 0; i < 3 * FOUND; i++)
            k->item.real[i] = 30 * q->item.real[i % 3] + qry_random_normal(&random);
        qry_head *head = qry_head_new(ctx, q, k, v, 1, false);
        qry_rest *rest = qry_rest_new(ctx, qry_moments_new(head, 1, 1));
        qry_rest_of_row(rest, 0);
        qry_rest_remove(rest, (uint32_t[]){0, 1, 2, 3}, FOUND, INFINITY);
        assert_int_equal(rest->rescored, 0);
        const qry_rest_group *g = &rest->group[0];
        long double mean = 0, size = 0;
        for (size_t j = FOUND; j < KEYS; j++)
            mean += slow_score(head, 0, j) / (KEYS - FOUND);
        lost += g->variance == 0;
        for (int sign = -1; sign <= 1; sign++) {
            double above = qry_rest_expected_above(rest, g->mean + sign * g->low / 2);
            assert_true(above >= 0 && above <= g->count);
        }
        for (size_t j = FOUND; j < KEYS; j++) {
            long double x = slow_score(head, 0, j) - mean;
            assert_true(x <= g->high + g->doubt && x >= -g->low - g->doubt);
            size += expl(x - g->high) / (KEYS - FOUND);
        }
        assert_true(size <= g->law.size_high * (1 + g->doubt) && size >= g->law.size_low * (1 - g->doubt));
        qry_ctx_free(ctx);
    }
    assert_in_range(lost, 5, SEEDS - 5);
}

/* On ordinary data no score of the rest is ever computed. */
static void nothing_rescored(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_rest *rest = real_rest(ctx);
    const qry_head *head = rest->moments->head;
    uint32_t order[512];
    for (size_t row = 0; row < 512; row += 8) {
        qry_rest_of_row(rest, row);
        sort_keys(head, row, order);
        for (size_t k = 0; k <= 512; k += 64) {
            qry_rest_remove(rest, order, k, INFINITY);
            assert_int_equal(rest->rescored, 0);
        }
    }
    qry_ctx_free(ctx);
}

/* A ceiling below a group's mean, or below what its variance needs, is noticed and no longer used. */
static void contradictions(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *head = random_head(ctx, 4, 60, 4, 3, 2, 9);
    for (size_t groups = 1; groups <= 60; groups += 10) {
        qry_moments *m = qry_moments_new(head, groups, 1);
        qry_rest *rest = qry_rest_new(ctx, m);
        for (size_t row = 0; row < 4; row++) {
            uint32_t order[64];
            sort_keys(head, row, order);
            qry_rest_of_row(rest, row);
            double mean = 0;
            for (size_t j = 0; j < 60; j++)
                mean += (double)slow_score(head, row, j) / 60;
            qry_rest_remove(rest, NULL, 0, mean - 1e-6);
            assert_true(rest->contradicted && isinf(rest->ceiling));
            qry_rest_remove(rest, NULL, 0, (double)slow_score(head, row, order[0]));
            assert_false(rest->contradicted);
            for (size_t c = 0; c < m->groups; c++)
                if (rest->group[c].count == 1) { /* a single key's score is known, so missing it is certain to show */
                    qry_rest_remove(rest, NULL, 0, rest->group[c].mean - 1e-6);
                    assert_true(rest->contradicted);
                    break;
                }
        }
        qry_rest_free(rest);
        qry_moments_free(m);
    }
    qry_ctx_free(ctx);
}

/* One Gaussian group of 40,000 keys whose values follow the keys: what is expected is what is found. */
static void expectation(void **state)
{
    (void)state;
    enum { KEYS = 40000 };
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 8, 0);
    qry_array *q = random_array(ctx, 1, 3, 1, &random), *k = random_array(ctx, KEYS, 3, 1, &random);
    qry_array *v = random_array(ctx, KEYS, 2, 1, &random);
    for (size_t j = 0; j < KEYS; j++)
        v->item.real[2 * j] += 3 * k->item.real[3 * j];
    qry_head *head = qry_head_new(ctx, q, k, v, 1, true);
    qry_moments *m = qry_moments_new(head, 1, 1);
    qry_rest *rest = qry_rest_new(ctx, m);
    qry_rest_of_row(rest, 0);
    double deviation = sqrt(rest->group[0].variance);
    uint32_t *list = qry_alloc(ctx, KEYS, sizeof *list);
    for (double t = 0; t <= 2; t += 0.5) {
        double tau = t * deviation;
        size_t count = 0;
        for (uint32_t j = 0; j < KEYS; j++)
            if (qry_head_score(head, 0, j) >= tau)
                list[count++] = j;
        assert_true(fabs(qry_rest_expected_above(rest, tau) / (double)count - 1) < 0.1);
        qry_rest_remove(rest, list, count, tau);
        qry_rest_group exact = rest->group[0];
        double weight = rest->found_weight * exp(rest->shift), first = rest->found_value[0] / rest->found_weight;
        double value = rest->value_mean.at[0], covariance = rest->covariance.at[0];
        qry_rest_expect(rest, tau);
        assert_true(fabs(rest->group[0].count / exact.count - 1) < 0.01);
        assert_true(fabs(rest->group[0].mean - exact.mean) < 0.02 * deviation);
        assert_true(fabs(rest->group[0].variance / exact.variance - 1) < 0.03);
        assert_true(fabs(rest->value_mean.at[0] - value) < 0.05);
        assert_true(fabs(rest->covariance.at[0] / covariance - 1) < 0.05);
        assert_true(fabs(rest->found_weight * exp(rest->shift) / weight - 1) < 0.1);
        assert_true(fabs(rest->found_value[0] / rest->found_weight / first - 1) < 0.05);
        qry_rest_of_row(rest, 0);
    }
    qry_ctx_free(ctx);
}

int main(void)
{
    qry_linalg_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(against_loops),  cmocka_unit_test(duplicates),
        cmocka_unit_test(cancellation),   cmocka_unit_test(nothing_rescored),
        cmocka_unit_test(contradictions), cmocka_unit_test(a_lost_variance_is_still_doubted),
        cmocka_unit_test(expectation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
