/* measured.c: what is measured of a rest keeps the bound above the error wherever the truth lies in the intervals, and the
 * bound is what the proof says it is. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

static const qry_rest_shape shapes[] = {QRY_REST_MOMENTS, QRY_REST_CONSTANT};

/* A row whose best `found` keys were found, as by an exact search. */
static void take_row(qry_rest *rest, size_t row, size_t found, uint32_t *order)
{
    const qry_head *head = rest->moments->head;
    sort_keys(head, row, order);
    qry_rest_of_row(rest, row);
    qry_rest_remove(rest, order, found, found < head->keys ? qry_head_score(head, row, order[found]) : INFINITY);
}

/* The sum of e^(score - shift) over the keys that were not found. */
static double slow_total(const qry_rest *rest, const uint32_t *order)
{
    const qry_head *head = rest->moments->head;
    long double sum = 0;
    for (size_t i = rest->found_count; i < head->keys; i++)
        sum += expl(slow_score(head, rest->row, order[i]) - rest->shift);
    return (double)sum;
}

/* The weight of a key less what stands in for it, by the definition. */
static long double slow_error_of_key(const qry_rest *rest, uint32_t key)
{
    size_t c = rest->moments->group_of[key];
    const qry_rest_group *g = &rest->group[c];
    long double score = slow_score(rest->moments->head, rest->row, key);
    long double stand_in = rest->energy.size[c] + rest->energy.slope[c] * (score - g->mean);
    return expl(score - rest->shift) - g->weight / g->count * stand_in;
}

static double slow_energy(const qry_rest *rest, const uint32_t *order)
{
    long double sum = 0;
    for (size_t i = rest->found_count; i < rest->moments->head->keys; i++) {
        long double error = slow_error_of_key(rest, order[i]);
        sum += rest->energy.factor[rest->moments->group_of[order[i]]] * error * error;
    }
    return (double)sum;
}

/* Intervals of these widths (0: exact up to rounding) with the truth anywhere in them. */
static void measure(qry_rest *rest, const uint32_t *order, double total_width, double energy_width, qry_random *random)
{
    double total = slow_total(rest, order), at = qry_random_unit(random);
    double low = total * (1 - at * total_width) * (1 - 1e-9), high = total * (1 + (1 - at) * total_width) * (1 + 1e-9);
    assert_true(qry_rest_measured_total(rest, low, high));
    assert_true(rest->total_low <= total * (1 + 1e-9) && total <= rest->total_high * (1 + 1e-9));
    qry_rest_choose_energy(rest);
    qry_rest_measured_energy(rest,
                             slow_energy(rest, order) * (1 + qry_random_unit(random) * energy_width) * (1 + 1e-9));
}

static void check_bounds(qry_rest *rest, qry_random *random)
{
    const qry_head *head = rest->moments->head;
    double *output = qry_alloc(head->ctx, head->value_width, sizeof *output);
    for (size_t i = 0; i < 2; i++) {
        qry_answer_output(rest, shapes[i], output);
        assert_true(slow_error(head, rest->row, output) <= qry_bound_output(rest, output));
        for (size_t c = 0; c < head->value_width; c++)
            output[c] += qry_random_normal(random);
        assert_true(slow_error(head, rest->row, output) <= qry_bound_output(rest, output));
    }
    qry_free(head->ctx, output);
}

static void random_heads(void **state)
{
    (void)state;
    static const double deviations[] = {0.01, 0.5, 2, 6}, widths[] = {0, 0.05, 0.5};
    static const size_t keys[] = {2, 3, 11, 60};
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 91, 0);
    uint32_t order[60];
    for (size_t i = 0; i < 4; i++)
        for (size_t e = 0; e < 4; e++)
            for (size_t dv = 1; dv <= 6; dv += 5)
                for (size_t groups = 1; groups <= keys[i]; groups = groups * 3 + 1) {
                    qry_head *head = random_head(ctx, 3, keys[i], 4, dv, deviations[e], 10 * i + e);
                    qry_moments *m = qry_moments_new(head, groups, 2);
                    qry_rest *rest = qry_rest_new(ctx, m);
                    for (size_t row = 0; row < 3; row++)
                        for (size_t found = 0; found < keys[i]; found += keys[i] / 3 + 1)
                            for (size_t width = 0; width < 9; width++) {
                                take_row(rest, row, found, order);
                                measure(rest, order, widths[width / 3], widths[width % 3], &random);
                                check_bounds(rest, &random);
                            }
                    qry_rest_free(rest);
                    qry_moments_free(m);
                    qry_head_free(head);
                }
    qry_ctx_free(ctx);
}

/* ---- the sum ---- */

static double likely_total(const qry_rest *rest)
{
    double sum = 0;
    for (size_t c = 0; c < rest->moments->groups; c++)
        sum += rest->group[c].weight * rest->group[c].law.size;
    return sum;
}

/* Likely sizes follow the interval within their limits; what the moments exclude changes nothing; a new ceiling forgets. */
static void totals(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *head = random_head(ctx, 5, 50, 4, 2, 1.5, 92);
    qry_moments *m = qry_moments_new(head, 7, 1);
    qry_rest *rest = qry_rest_new(ctx, m);
    uint32_t order[50];
    for (size_t row = 0; row < 5; row++) {
        for (int step = 0; step <= 10; step++) {
            take_row(rest, row, 5, order);
            double least = rest->total_low, most = rest->total_high, likely = likely_total(rest);
            double from = least + (most - least) * step / 10, to = fmin(from + (most - least) / 20, most);
            from = fmin(from, to);
            assert_true(qry_rest_measured_total(rest, from, to));
            double sum = likely_total(rest);
            assert_true(sum >= from * (1 - 1e-9) && sum <= to * (1 + 1e-9));
            if (likely >= from && likely <= to)
                assert_true(sum == likely);
            for (size_t c = 0; c < m->groups; c++) {
                const qry_law *law = &rest->group[c].law;
                assert_true(law->size >= law->size_low * (1 - 1e-12) && law->size <= law->size_high * (1 + 1e-12));
                assert_true(rest->group[c].count == 0 ||
                            (law->slope >= law->slope_low && law->slope <= law->slope_high));
            }
            assert_false(qry_rest_measured_total(rest, to * 1.001, 2 * most));
            assert_true(rest->total_low == fmax(from, least) && rest->total_high == to && likely_total(rest) == sum);
            qry_rest_set_ceiling(rest, rest->ceiling);
            assert_true(!rest->total_measured && rest->total_low == least && likely_total(rest) == likely);
        }
    }
    qry_ctx_free(ctx);
}

/* ---- the energy ---- */

/* A term is the largest of an interval, and at a score it is the definition. */
static void terms(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *head = random_head(ctx, 4, 60, 4, 2, 2, 93);
    qry_moments *m = qry_moments_new(head, 5, 1);
    qry_rest *rest = qry_rest_new(ctx, m);
    uint32_t order[60];
    for (size_t row = 0; row < 4; row++) {
        take_row(rest, row, 6, order);
        qry_rest_choose_energy(rest);
        for (size_t i = 6; i < 60; i++) {
            size_t c = m->group_of[order[i]];
            double score = qry_head_score(head, row, order[i]), error = (double)slow_error_of_key(rest, order[i]);
            double term = qry_rest_energy_term(rest, c, score, score);
            assert_true(fabs(term - rest->energy.factor[c] * error * error) < 1e-7 * term + 1e-14);
        }
        for (size_t c = 0; c < m->groups; c++) {
            const qry_rest_group *g = &rest->group[c];
            for (double from = g->mean - g->low; from < g->mean + g->high; from += (g->low + g->high) / 13)
                for (double width = 0.01; width < 4; width *= 3) {
                    double most = 0, term = qry_rest_energy_term(rest, c, from, from + width);
                    for (int i = 0; i <= 500; i++)
                        most =
                            fmax(most, qry_rest_energy_term(rest, c, from + width * i / 500, from + width * i / 500));
                    assert_true(most <= term * (1 + 1e-12) && term < 1.05 * most + 1e-6 * rest->energy.factor[c]);
                }
            assert_true(qry_rest_energy_term(rest, c, g->mean + g->high + 1, g->mean + g->high + 2) == 0);
        }
    }
    qry_ctx_free(ctx);
}

/* With one column the bound of the energy is met: by the least of its dual, found by trying many pulls. */
static void one_column(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 94, 0);
    uint32_t order[60];
    for (size_t groups = 1; groups <= 13; groups += 4) {
        qry_head *head = random_head(ctx, 6, 60, 4, 1, 1, 94);
        qry_moments *m = qry_moments_new(head, groups, 1);
        qry_rest *rest = qry_rest_new(ctx, m);
        for (size_t row = 0; row < 6; row++)
            for (double width = 0.001; width < 1; width *= 4) {
                double y, sum = 0, squares = 0, keys = 0, mean = 0, least = INFINITY;
                take_row(rest, row, 8, order);
                measure(rest, order, width, 0.1, &random);
                for (size_t c = 0; c < groups; c++)
                    sum += rest->group[c].weight * rest->energy.size[c];
                qry_answer_output(rest, QRY_REST_MOMENTS, &y);
                for (size_t i = 8; i < 60; i++) {
                    double v = head->v.at[order[i]] + head->value_mean[0] - y;
                    double factor = rest->energy.factor[m->group_of[order[i]]];
                    squares += v * v / factor;
                    keys += 1 / factor;
                    mean += v / factor;
                }
                double error = fmax(rest->total_high - sum, sum - rest->total_low), limit = rest->energy.limit;
                for (double pull = 1; pull < 1e5; pull *= 1.001)
                    least = fmin(least, (limit + (pull - 1) * error * error / keys) *
                                            (squares - (1 - 1 / pull) * mean * mean / keys));
                double bound = qry_bound_output(rest, &y),
                       expected = sqrt(least) / (rest->found_weight + rest->total_low);
                assert_true(bound <= expected * (1 + 1e-4) + 1e-9);
                rest->energy.limit = INFINITY; /* unless the moments alone are better */
                assert_true(bound >= fmin(expected * (1 - 1e-4), qry_bound_output(rest, &y)));
            }
        qry_rest_free(rest);
        qry_moments_free(m);
        qry_head_free(head);
    }
    qry_ctx_free(ctx);
}

/* ---- ranges ---- */

/* A range for every group, of which the keys outside are found as well; returns how many are found. */
static size_t find_outside(qry_rest *rest, double reach, const uint32_t *order, size_t first, uint32_t *found)
{
    const qry_moments *m = rest->moments;
    size_t count = 0;
    for (size_t c = 0; c < m->groups; c++) {
        rest->least[c] = rest->group[c].mean - reach * sqrt(rest->group[c].variance);
        rest->most[c] = rest->group[c].mean + reach * sqrt(rest->group[c].variance);
    }
    for (size_t i = 0; i < m->head->keys; i++) {
        size_t c = m->group_of[order[i]];
        double score = qry_head_score(m->head, rest->row, order[i]);
        if (i < first || score < rest->least[c] || score > rest->most[c])
            found[count++] = order[i];
    }
    return count;
}

/* Bounds hold with certified ranges, and no range is wider than was certified. One that the moments exclude is forgotten,
 * with all others. */
static void ranges(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 96, 0);
    uint32_t order[60], found[60];
    for (size_t groups = 1; groups <= 9; groups += 4) {
        qry_head *head = random_head(ctx, 8, 60, 4, 3, 1.5, 96 + groups);
        qry_moments *m = qry_moments_new(head, groups, 1);
        qry_rest *rest = qry_rest_new(ctx, m);
        for (size_t row = 0; row < 8; row++)
            for (double reach = 0.3; reach < 4; reach *= 1.5) {
                take_row(rest, row, 4, order);
                double ceiling = rest->ceiling;
                size_t count = find_outside(rest, reach, order, 4, found);
                qry_rest_remove(rest, found, count, ceiling);
                assert_false(rest->contradicted);
                for (size_t c = 0; c < groups; c++) {
                    const qry_rest_group *g = &rest->group[c];
                    assert_true(g->count == 0 || g->mean + g->high <= fmin(rest->most[c], ceiling) + 1e-6);
                    assert_true(g->count == 0 || g->mean - g->low >= rest->least[c] - 1e-6);
                }
                check_bounds(rest, &random);
                rest->most[0] = rest->group[0].mean - 0.1;
                if (rest->group[0].count > 0) {
                    qry_rest_set_ceiling(rest, ceiling);
                    assert_true(rest->contradicted && isinf(rest->most[0]) && isinf(rest->least[groups - 1]));
                }
            }
        qry_rest_free(rest);
        qry_moments_free(m);
        qry_head_free(head);
    }
    qry_ctx_free(ctx);
}

/* ---- plans ---- */

/* A plan is expected to keep what is asked of it, and asking for less costs no more; a lower bound needs a lower threshold. */
static void plans(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_rest *rest = real_rest(ctx);
    uint32_t order[512];
    for (size_t row = 0; row < 512; row += 51)
        for (size_t i = 0; i < 2; i++) {
            double calls = INFINITY, tau = INFINITY;
            take_row(rest, row, 16, order);
            for (double slack = 1.05; slack < 3; slack *= 1.3) {
                qry_rest_plan plan = qry_rest_plan_of(rest, shapes[i], 0, slack, 0);
                assert_true(plan.a_calls <= calls && plan.least > 0);
                assert_true(plan.bound <= slack * plan.least || plan.total == 0.02);
                assert_true(!rest->total_measured && isinf(rest->energy.limit));
                calls = plan.a_calls;
            }
            assert_true(qry_rest_plan_of(rest, shapes[i], INFINITY, 1.05, 0).a_calls == 0);
            for (double wanted = 0.3; wanted > 1e-3; wanted /= 3) {
                double next = qry_rest_threshold_for(rest, shapes[i], wanted, 0.1, 0.2);
                assert_true(next < tau && rest->found_count == 0);
                tau = next;
            }
        }
    qry_ctx_free(ctx);
}

/* ---- a real head ---- */

/* Every row with the best 16 keys found; the sum known to a tenth, the energy to a fifth. The limits are measured ones with a
 * tenth to spare: what the moments alone certify is 16 and 4 times the error. */
static void real_rows(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_rest *rest = real_rest(ctx);
    const qry_head *head = rest->moments->head;
    qry_random random;
    qry_random_seed(&random, 95, 0);
    double ratio[2][512], output[32];
    for (size_t row = 0; row < 512; row++) {
        uint32_t order[512];
        take_row(rest, row, 16, order);
        double total = slow_total(rest, order);
        assert_true(qry_rest_measured_total(rest, 0.9 * total, 1.1 * total));
        qry_rest_choose_energy(rest);
        qry_rest_measured_energy(rest, 1.2 * slow_energy(rest, order));
        for (size_t i = 0; i < 2; i++) {
            qry_answer_output(rest, shapes[i], output);
            ratio[i][row] = qry_bound_output(rest, output) / slow_error(head, row, output);
            assert_true(ratio[i][row] >= 1);
        }
        check_bounds(rest, &random);
    }
    qsort(ratio[0], 512, sizeof(double), rising_numbers);
    qsort(ratio[1], 512, sizeof(double), rising_numbers);
    assert_true(ratio[0][256] < 5.3 && ratio[1][256] < 2.2);
    qry_ctx_free(ctx);
}

int main(void)
{
    qry_linalg_threads(1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_heads), cmocka_unit_test(totals),
                                       cmocka_unit_test(terms),        cmocka_unit_test(one_column),
                                       cmocka_unit_test(ranges),       cmocka_unit_test(plans),
                                       cmocka_unit_test(real_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
