/* bound.c: the bound holds on every row of every head that was thought of, and it is what the proof says it is. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const qry_rest_shape shapes[] = {QRY_REST_MOMENTS, QRY_REST_CONSTANT};

/* Both shapes for one found set; returns the larger bound, or INFINITY. */
static double check_answer(qry_rest *rest)
{
    const qry_head *head = rest->moments->head;
    double *output = qry_alloc(head->ctx, head->value_width, sizeof *output), worst = 0;
    long double *exact = qry_alloc(head->ctx, head->value_width, sizeof *exact);
    for (size_t i = 0; i < 2; i++) {
        qry_answer answer;
        qry_answer_row(rest, shapes[i], output, &answer);
        double bound = qry_bound_output(rest, output), error = slow_error(head, rest->row, output);
        assert_true(error <= bound);
        assert_true(answer.no_bound ? isnan(answer.bound) : answer.bound == bound);
        assert_true(!answer.no_bound == (isfinite(bound) && bound <= 2 * head->value_radius));
        worst = fmax(worst, bound);
        if (rest->found_count == head->keys && rest->rounding < 1e-10) {
            long double normaliser = slow_row(head, rest->row, exact, answer.shift);
            assert_true(fabsl(answer.normaliser / normaliser - 1) < 1e-9);
        }
    }
    qry_free(head->ctx, output);
    qry_free(head->ctx, exact);
    return worst;
}

/* The best keys, arbitrary keys, and none, with and without a ceiling. */
static void check_rows(const qry_head *head, size_t groups)
{
    qry_moments *m = qry_moments_new(head, groups, 5);
    qry_rest *rest = qry_rest_new(head->ctx, m);
    qry_random random;
    qry_random_seed(&random, groups, head->keys);
    uint32_t *order = qry_alloc(head->ctx, head->keys, sizeof *order);
    size_t n = head->keys, counts[] = {0, 1, 2, n / 8, n / 2, n - 1, n};
    for (size_t row = 0; row < head->rows; row++) {
        qry_rest_of_row(rest, row);
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            size_t k = counts[i] < n ? counts[i] : n;
            sort_keys(head, row, order);
            qry_rest_remove(rest, order, k, k < n ? qry_head_score(head, row, order[k]) : INFINITY);
            double bound = check_answer(rest);
            if (k == n)
                assert_true(bound < 1e-9 *
                                        (1 + head->longest_key * qry_norm(head->width, qry_matrix_row(head->q, row))) *
                                        (1 + head->longest_value));
            qry_rest_set_ceiling(rest, INFINITY);
            check_answer(rest);
            for (size_t j = n - 1; j > 0; j--) { /* shuffle */
                size_t other = qry_random_below(&random, j + 1);
                uint32_t key = order[j];
                order[j] = order[other];
                order[other] = key;
            }
            double ceiling = -INFINITY;
            for (size_t j = k; j < n; j++)
                ceiling = fmax(ceiling, qry_head_score(head, row, order[j]));
            qry_rest_remove(rest, order, k, k < n ? ceiling : INFINITY);
            check_answer(rest);
        }
    }
    qry_free(head->ctx, order);
    qry_rest_free(rest);
    qry_moments_free(m);
}

static void random_heads(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    size_t keys[] = {1, 2, 3, 9, 50};
    double deviations[] = {0.01, 1, 5, 200, 1e5, 1e100};
    for (size_t i = 0; i < 5; i++)
        for (size_t e = 0; e < 6; e++)
            for (size_t d = 1; d <= 8; d += 7)
                for (size_t dv = 1; dv <= 6; dv += 5) {
                    qry_head *head = random_head(ctx, 3, keys[i], d, dv, deviations[e], 100 * i + e);
                    for (size_t groups = 1; groups <= keys[i]; groups = groups * 4 + 1)
                        check_rows(head, groups);
                    qry_head_free(head);
                }
    qry_ctx_free(ctx);
}

/* Keys and values with structure: repeated, constant, in few directions, with one far away. */
static void special_heads(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    enum { N = 40, D = 4, DV = 3, KINDS = 7 };
    for (int kind = 0; kind < KINDS; kind++) {
        qry_random random;
        qry_random_seed(&random, 77, (uint64_t)kind);
        qry_array *q = random_array(ctx, 4, D, 3, &random), *k = random_array(ctx, N, D, 1, &random);
        qry_array *v = random_array(ctx, N, DV, 1, &random);
        for (size_t j = 0; j < N; j++)
            for (size_t c = 0; c < D; c++) {
                double *key = &k->item.real[j * D + c], *value = c < DV ? &v->item.real[j * DV + c] : NULL;
                if (kind == 0 || kind == 1) /* equal keys; equal values */
                    *(kind == 0 ? key : value ? value : key) = 1.25;
                else if (kind == 2 && j >= 5) /* five different keys */
                    *key = k->item.real[(j % 5) * D + c];
                else if (kind == 3 && value) /* values are a function of the keys */
                    *value = 2 * *key;
                else if (kind == 4) /* one direction */
                    *key = k->item.real[j * D] * (double)(c + 1);
                else if (kind == 5 && j == 7) /* one far away */
                    *key = 300;
                else if (kind == 6 && value) /* values follow e^key */
                    *value = exp(*key);
            }
        qry_head *head = qry_head_new(ctx, q, k, v, 0, true);
        check_rows(head, 1);
        check_rows(head, 6);
        check_rows(head, N);
        qry_head_free(head);
    }
    qry_ctx_free(ctx);
}

/* Constant values come out exactly, with a bound of nearly nothing, however badly the rest is known. */
static void constant_values(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 78, 0);
    qry_array *q = random_array(ctx, 5, 4, 1, &random), *k = random_array(ctx, 100, 4, 1, &random);
    qry_array *v = random_array(ctx, 100, 2, 0, &random);
    for (size_t i = 0; i < v->count; i++)
        v->item.real[i] = 7;
    qry_head *head = qry_head_new(ctx, q, k, v, 0, true);
    qry_moments *m = qry_moments_new(head, 3, 1);
    qry_rest *rest = qry_rest_new(ctx, m);
    for (size_t row = 0; row < 5; row++) {
        double output[2];
        qry_rest_of_row(rest, row);
        qry_answer_output(rest, QRY_REST_MOMENTS, output);
        assert_true(fabs(output[0] - 7) < 1e-14 && fabs(output[1] - 7) < 1e-14);
        assert_true(qry_bound_output(rest, output) < 1e-9);
    }
    qry_ctx_free(ctx);
}

/* Two keys, and groups of two: the size is certain, and so is the residual, which is none. */
static void pairs(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *head = random_head(ctx, 20, 2, 3, 2, 1, 79);
    qry_moments *m = qry_moments_new(head, 1, 1);
    qry_rest *rest = qry_rest_new(ctx, m);
    for (size_t row = 0; row < 20; row++) {
        double output[2];
        qry_answer answer;
        qry_rest_of_row(rest, row);
        const qry_law *law = &rest->group[0].law;
        assert_true(law->size_high - law->size_low < 1e-7 * law->size_high && law->residual < 1e-7);
        qry_answer_row(rest, QRY_REST_CONSTANT, output, &answer);
        check_answer(rest);
        double scores[2], exact[2], normaliser, shift;
        qry_head_exact(head, row, scores, exact, &normaliser, &shift);
        assert_true(fabs(answer.normaliser * exp(answer.shift - shift) / normaliser - 1) < 1e-7);
    }
    qry_ctx_free(ctx);
}

/* ---- what the proof says ---- */

/* In any direction e, the known vector, the residuals turned along W e, and the errors of the weights add up to no more
 * than the bound; W is built here from the keys that are left. */
static void check_directions(const qry_rest *rest, const double *output, double bound, const bool *found)
{
    const qry_moments *m = rest->moments;
    const qry_head *head = m->head;
    size_t dv = head->value_width;
    double least = rest->found_weight, best = 0;
    for (size_t c = 0; c < m->groups; c++)
        if (rest->group[c].count > 0)
            least += rest->group[c].weight * rest->group[c].law.size_low;
    qry_random random;
    qry_random_seed(&random, rest->row, 0);
    for (int trial = 0; trial < 200; trial++) {
        double e[16], length = 0, along = 0;
        for (size_t i = 0; i < dv; i++)
            e[i] = qry_random_normal(&random);
        length = qry_norm(dv, e);
        for (size_t i = 0; i < dv; i++) {
            e[i] /= length;
            along += e[i] * (rest->found_value[i] - rest->found_weight * (output[i] - head->value_mean[i]));
        }
        for (size_t c = 0; c < m->groups; c++) {
            const qry_rest_group *g = &rest->group[c];
            if (g->count == 0)
                continue;
            double square = 0, away = 0, covariance = 0;
            for (size_t i = 0; i < dv; i++) {
                away += e[i] * (rest->value_mean.at[c * dv + i] + head->value_mean[i] - output[i]);
                covariance += e[i] * rest->covariance.at[c * dv + i];
            }
            for (size_t j = 0; j < head->keys; j++)
                if (m->group_of[j] == c && !found[j]) {
                    double y = 0;
                    for (size_t i = 0; i < dv; i++)
                        y += e[i] * (head->v.at[j * dv + i] - rest->value_mean.at[c * dv + i]);
                    square += y * y;
                }
            along += g->weight * ((g->law.size_low + g->law.size_high) / 2 * away +
                                  (g->law.slope_low + g->law.slope_high) / 2 * covariance +
                                  sqrt(g->law.residual / g->count * square) +
                                  (g->law.size_high - g->law.size_low) / 2 * fabs(away));
        }
        best = fmax(best, along / least);
    }
    assert_true(best <= bound * (1 + 1e-9) + 1e-12);
    assert_true(dv > 1 || best > 0.999 * bound - 1e-9); /* with one column there are two directions: it is met */
}

static void every_direction(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (size_t dv = 1; dv <= 5; dv += 2)
        for (size_t groups = 1; groups <= 40; groups += 13) {
            qry_head *head = random_head(ctx, 4, 40, 5, dv, 1.5, dv);
            qry_moments *m = qry_moments_new(head, groups, 1);
            qry_rest *rest = qry_rest_new(ctx, m);
            for (size_t row = 0; row < 4; row++)
                for (size_t k = 0; k < 40; k += 13) {
                    uint32_t order[40];
                    bool found[40] = {0};
                    double output[5];
                    sort_keys(head, row, order);
                    for (size_t i = 0; i < k; i++)
                        found[order[i]] = true;
                    qry_rest_of_row(rest, row);
                    qry_rest_remove(rest, order, k, k ? qry_head_score(head, row, order[k]) : INFINITY);
                    for (size_t i = 0; i < 2; i++) {
                        qry_answer_output(rest, shapes[i], output);
                        check_directions(rest, output, qry_bound_output(rest, output), found);
                    }
                }
            qry_rest_free(rest);
            qry_moments_free(m);
            qry_head_free(head);
        }
    qry_ctx_free(ctx);
}

/* The found keys' values are 10^4 times the others', so that nothing is left of their spread when it is subtracted. */
static void lost_spread(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (size_t dv = 1; dv <= 3; dv++) {
        qry_random random;
        qry_random_seed(&random, 85, dv);
        qry_array *q = random_array(ctx, 6, 3, 1, &random), *k = random_array(ctx, 20, 3, 1, &random);
        qry_array *v = random_array(ctx, 20, dv, 1, &random);
        for (size_t i = 0; i < 3 * dv; i++)
            v->item.real[i] *= 1e4; /* of the keys 0, 1 and 2 */
        qry_head *head = qry_head_new(ctx, q, k, v, 0, true);
        qry_moments *m = qry_moments_new(head, 1, 1);
        qry_rest *rest = qry_rest_new(ctx, m);
        bool found[20] = {true, true, true};
        for (size_t row = 0; row < 6; row++) {
            double output[3];
            qry_rest_of_row(rest, row);
            qry_rest_remove(rest, (uint32_t[]){0, 1, 2}, 3, INFINITY);
            assert_false(rest->group[0].spread_known);
            qry_answer_output(rest, QRY_REST_MOMENTS, output);
            check_directions(rest, output, qry_bound_output(rest, output), found);
            check_answer(rest);
        }
    }
    qry_ctx_free(ctx);
}

/* The bound is of any output, not only of those that the moments suggest. */
static void any_output(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *head = random_head(ctx, 10, 60, 4, 3, 1, 80);
    qry_moments *m = qry_moments_new(head, 6, 1);
    qry_rest *rest = qry_rest_new(ctx, m);
    qry_random random;
    qry_random_seed(&random, 81, 0);
    for (size_t row = 0; row < 10; row++) {
        qry_rest_of_row(rest, row);
        for (int trial = 0; trial < 20; trial++) {
            double output[3];
            for (size_t i = 0; i < 3; i++)
                output[i] = 3 * qry_random_normal(&random);
            assert_true(slow_error(head, row, output) <= qry_bound_output(rest, output));
        }
    }
    qry_ctx_free(ctx);
}

/* ---- invariance ---- */

/* Centring, shifts of keys and values, and the order of the found keys change outputs and bounds by rounding only. */
static void invariance(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 82, 0);
    qry_array *q = random_array(ctx, 6, 5, 2, &random), *k = random_array(ctx, 50, 5, 1, &random);
    qry_array *v = random_array(ctx, 50, 3, 1, &random);
    qry_head *heads[3] = {qry_head_new(ctx, q, k, v, 0, true), qry_head_new(ctx, q, k, v, 0, false)};
    for (size_t i = 0; i < k->count; i++)
        k->item.real[i] += 1.5;
    for (size_t i = 0; i < v->count; i++)
        v->item.real[i] += 4;
    heads[2] = qry_head_new(ctx, q, k, v, 0, true);
    double output[3][3];
    qry_answer answer[3];
    for (size_t row = 0; row < 6; row++)
        for (size_t h = 0; h < 3; h++) {
            qry_moments *m = qry_moments_new(heads[h], 7, 1);
            qry_rest *rest = qry_rest_new(ctx, m);
            uint32_t order[50];
            sort_keys(heads[h], row, order);
            qry_rest_of_row(rest, row);
            double ceiling = qry_head_score(heads[h], row, order[8]);
            for (size_t i = 0; h == 2 && i < 4; i++) { /* the same keys in another order */
                uint32_t key = order[i];
                order[i] = order[7 - i];
                order[7 - i] = key;
            }
            qry_rest_remove(rest, order, 8, ceiling);
            qry_answer_row(rest, QRY_REST_MOMENTS, output[h], &answer[h]);
            assert_null(answer[h].no_bound);
            if (h > 0) {
                assert_true(fabs(answer[h].bound / answer[0].bound - 1) < 1e-6);
                for (size_t i = 0; i < 3; i++)
                    assert_true(fabs(output[h][i] - (h == 2 ? 4 : 0) - output[0][i]) < 1e-9);
                double moved = 0;
                for (size_t c = 0; h == 2 && c < 5; c++)
                    moved += 1.5 * q->item.real[row * 5 + c] / sqrt(5);
                assert_true(fabs(log(answer[h].normaliser / answer[0].normaliser) + answer[h].shift - answer[0].shift -
                                 moved) < 1e-9);
            }
        }
    qry_ctx_free(ctx);
}

/* ---- a real head ---- */

/* Every row, the best 16 keys found. The limits on the medians are measured ones with a tenth to spare. */
static void real_rows(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_rest *rest = real_rest(ctx);
    const qry_head *head = rest->moments->head;
    double error[512], bound[512], output[32], exact[32], scores[512], normaliser, shift;
    for (size_t row = 0; row < 512; row++) {
        uint32_t order[512];
        sort_keys(head, row, order);
        qry_rest_of_row(rest, row);
        qry_rest_remove(rest, order, 16, qry_head_score(head, row, order[16]));
        check_answer(rest);
        qry_head_exact(head, row, scores, exact, &normaliser, &shift);
        double length = qry_norm(32, exact);
        qry_answer answer;
        qry_answer_row(rest, QRY_REST_MOMENTS, output, &answer);
        assert_null(answer.no_bound);
        assert_true(fabs(log(answer.normaliser / normaliser) + answer.shift - shift) < 0.2);
        error[row] = slow_error(head, row, output) / length;
        bound[row] = answer.bound / length;
    }
    qsort(error, 512, sizeof *error, rising_numbers);
    qsort(bound, 512, sizeof *bound, rising_numbers);
    assert_true(error[256] < 0.030 && error[486] < 0.063);
    assert_true(bound[256] < 0.48 && bound[486] < 1.15);
    qry_ctx_free(ctx);
}

/* Keys found by integer scores, so that some above the threshold are missed and some below are not. */
static void rounded_search(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_rest *rest = real_rest(ctx);
    const qry_head *head = rest->moments->head;
    for (int bits = 3; bits <= 8; bits += 5) {
        qry_codes *codes = qry_codes_new(head, bits);
        int32_t code[32];
        qry_query_code query = {.code = code};
        for (size_t row = 0; row < 512; row += 5)
            for (int sure = 0; sure < 2; sure++) {
                qry_codes_query(codes, row, bits, &query);
                qry_rest_of_row(rest, row);
                int64_t comparator = qry_query_comparator(&query, qry_rest_threshold(rest, 16), sure);
                uint32_t found[512];
                size_t count = 0;
                for (uint32_t j = 0; j < 512; j++) {
                    int64_t sum = 0;
                    for (size_t c = 0; c < 32; c++)
                        sum += (int64_t)code[c] * codes->code[j * 32 + c];
                    if (sum >= comparator)
                        found[count++] = j;
                }
                qry_rest_remove(rest, found, count, qry_query_ceiling(&query, comparator));
                assert_false(rest->contradicted);
                check_answer(rest);
            }
        qry_codes_free(codes);
    }
    qry_ctx_free(ctx);
}

/* A bound that says nothing is withheld with the reason. */
static void reasons(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *wild = random_head(ctx, 1, 200, 6, 2, 20, 83), *huge = random_head(ctx, 1, 200, 6, 2, 1e9, 84);
    const qry_head *heads[] = {wild, huge};
    const char *reason[] = {"above twice the largest distance of a value from the mean value",
                            "scores spread too far within a group"};
    for (size_t i = 0; i < 2; i++) {
        qry_moments *m = qry_moments_new(heads[i], 1, 1);
        qry_rest *rest = qry_rest_new(ctx, m);
        double output[2];
        qry_answer answer;
        qry_rest_of_row(rest, 0);
        qry_answer_row(rest, QRY_REST_MOMENTS, output, &answer);
        assert_true(isnan(answer.bound) && isfinite(output[0]) && isfinite(output[1]));
        assert_string_equal(answer.no_bound, reason[i]);
    }
    qry_ctx_free(ctx);
}

int main(void)
{
    qry_linalg_threads(1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_heads),   cmocka_unit_test(special_heads), cmocka_unit_test(constant_values),
        cmocka_unit_test(pairs),          cmocka_unit_test(any_output),    cmocka_unit_test(every_direction),
        cmocka_unit_test(lost_spread),    cmocka_unit_test(invariance),    cmocka_unit_test(real_rows),
        cmocka_unit_test(rounded_search), cmocka_unit_test(reasons)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
