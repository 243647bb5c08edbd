/* codes.c: integer scores stay within their certified error, comparators do what they promise, and the default widths
 * lose what they may. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

static int64_t integer_score(const qry_codes *codes, const qry_query_code *query, size_t key)
{
    int64_t sum = 0;
    for (size_t c = 0; c < codes->head->width; c++)
        sum += (int64_t)query->code[c] * codes->code[key * codes->head->width + c];
    return sum;
}

/* Of the terms of a score, before they cancel. */
static double size_before(const qry_head *head, size_t row)
{
    double most = 0;
    for (size_t j = 0; j < head->keys; j++) {
        double size = 0;
        for (size_t c = 0; c < head->width; c++)
            size += fabs(head->q.at[row * head->width + c] * head->k.at[j * head->width + c]);
        most = fmax(most, size);
    }
    return most;
}

/* One row at one pair of widths: ranges, errors, and both kinds of comparator at thresholds all over. */
static void check_query(const qry_codes *codes, const qry_query_code *query, size_t row)
{
    const qry_head *head = codes->head;
    double most = 0, low = INFINITY, high = -INFINITY;
    for (size_t c = 0; c < head->width; c++)
        assert_true(abs(query->code[c]) <= (1 << (query->bits - 1)) - 1);
    for (size_t j = 0; j < head->keys; j++) {
        int64_t sum = integer_score(codes, query, j);
        long double score = slow_score(head, row, j), error = score - (query->base + query->unit * (double)sum);
        assert_true(llabs(sum) <= query->reach && fabsl(error) <= query->error);
        most = fmax(most, (double)fabsl(error));
        low = fmin(low, (double)score);
        high = fmax(high, (double)score);
    }
    assert_true(head->keys < 20 || head->width > 8 || query->error < 12 * most + 1e-9 + 1e-13 * size_before(head, row));
    const double taus[] = {low - 1, low, (low + high) / 2, 0.1 * low + 0.9 * high, high, high + 1, -INFINITY, INFINITY};
    for (size_t i = 0; i < sizeof taus / sizeof *taus; i++)
        for (int sure = 0; sure < 2; sure++) {
            int64_t comparator = qry_query_comparator(query, taus[i], sure);
            assert_true(comparator >= -query->reach && comparator <= query->reach + 1);
            for (size_t j = 0; j < head->keys; j++) {
                double score = (double)slow_score(head, row, j);
                bool passes = integer_score(codes, query, j) >= comparator;
                assert_true(passes || score <= qry_query_ceiling(query, comparator));
                assert_true(passes || !sure || score < taus[i]);
                assert_true(!passes || score >= taus[i] - 2 * query->error - query->unit || taus[i] > high);
            }
            assert_true(isinf(taus[i]) || sure || comparator == query->reach + 1 ||
                        qry_query_ceiling(query, comparator) <= taus[i] + query->error + 1e-9 ||
                        comparator == -query->reach);
        }
}

static void check_head(const qry_head *head)
{
    for (int bits = QRY_CODE_MIN_BITS; bits <= QRY_CODE_MAX_BITS; bits += bits < 8 ? 1 : 4) {
        qry_codes *codes = qry_codes_new(head, bits);
        int32_t *code = qry_alloc(head->ctx, head->width, sizeof *code), half = 1 << (bits - 1);
        for (size_t i = 0; i < head->keys * head->width; i++) {
            size_t c = i % head->width;
            double back = codes->centre[c] + codes->step[c] * codes->code[i];
            assert_true(codes->code[i] >= -half && codes->code[i] < half);
            assert_true(fabs(back - head->k.at[i]) <= codes->step[c] * (0.5 + 1e-9) + 1e-12);
        }
        for (int query_bits = QRY_CODE_MIN_BITS; query_bits <= QRY_CODE_MAX_BITS; query_bits += 3)
            for (size_t row = 0; row < head->rows; row++) {
                qry_query_code query = {.code = code};
                qry_codes_query(codes, row, query_bits, &query);
                check_query(codes, &query, row);
            }
        qry_free(head->ctx, code);
        qry_codes_free(codes);
    }
}

static void random_heads(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (size_t keys = 1; keys <= 64; keys = keys * 4)
        for (size_t d = 1; d <= 16; d *= 4) {
            qry_head *head = random_head(ctx, 3, keys, d, 1, 2, keys + d);
            check_head(head);
            qry_head_free(head);
        }
    qry_ctx_free(ctx);
}

/* Constant columns, constant keys, and a query of zeros. */
static void special_heads(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int kind = 0; kind < 3; kind++) {
        qry_random random;
        qry_random_seed(&random, 9, (uint64_t)kind);
        qry_array *q = random_array(ctx, 2, 3, 1, &random), *k = random_array(ctx, 20, 3, 1, &random);
        qry_array *v = random_array(ctx, 20, 1, 1, &random);
        for (size_t i = 0; i < k->count; i++)
            if (kind == 1 || (kind == 0 && i % 3 == 1))
                k->item.real[i] = 2;
        for (size_t i = 0; i < 3; i++)
            q->item.real[i] *= kind == 2 ? 0 : 1;
        check_head(qry_head_new(ctx, q, k, v, 0, true));
        check_head(qry_head_new(ctx, q, k, v, 0, false));
    }
    qry_ctx_free(ctx);
}

/* Queries and keys so small that the squares of rounding errors vanish, or the steps themselves are not normal numbers:
 * codes stay in their ranges, and the errors are not lost. */
static void tiny_heads(void **state)
{
    static const double scales[] = {1e-100, 1e-160, 1e-170, 1e-300, 1e-303, 1e-306, 1e-308, 1e-310, 1e-320, 1e-323};
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
        for (int kind = 0; kind < 3; kind++) {
            qry_random random;
            qry_random_seed(&random, 11, i);
            qry_array *q = random_array(ctx, 2, 3, 1, &random), *k = random_array(ctx, 20, 3, 1, &random);
            qry_array *v = random_array(ctx, 20, 1, 1, &random);
            for (size_t j = 0; j < q->count; j++)
                q->item.real[j] *= kind == 0 ? scales[i] : kind == 2 ? 1e100 : 1;
            for (size_t j = 0; j < k->count; j++)
                k->item.real[j] *= kind == 0 ? 1 : scales[i];
            check_head(qry_head_new(ctx, q, k, v, 1, true));
        }
    qry_ctx_free(ctx);
}

/* Columns whose products all but cancel: what double precision loses on the way is part of the error. */
static void cancelling_columns(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (double large = 1e3; large < 1e18; large *= 10)
        for (int centred = 0; centred < 2; centred++) {
            qry_random random;
            qry_random_seed(&random, 10, (uint64_t)large);
            qry_array *q = random_array(ctx, 2, 3, 1, &random), *k = random_array(ctx, 20, 3, 1, &random);
            qry_array *v = random_array(ctx, 20, 1, 1, &random);
            for (size_t i = 0; i < q->count; i++)
                q->item.real[i] = 1;
            for (size_t i = 0; i < k->count; i++)
                k->item.real[i] = i % 3 == 1 ? k->item.real[i] : i % 3 ? large : -large;
            qry_head *head = qry_head_new(ctx, q, k, v, 1, centred);
            check_head(head);
            qry_head_free(head);
        }
    qry_ctx_free(ctx);
}

/* ---- default widths ---- */

struct ranked {
    double score;
    uint32_t key;
};

static int higher_first(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return x->score < y->score ? 1 : x->score > y->score ? -1 : x->key < y->key ? -1 : x->key > y->key;
}

/* The bound when the k keys of the highest scores are found, integer scores if query is given, exact ones if not. */
static double bound_of_best(qry_rest *rest, const qry_codes *codes, const qry_query_code *query, size_t k)
{
    const qry_head *head = rest->moments->head;
    struct ranked ranked[512];
    uint32_t list[512];
    double output[32];
    for (uint32_t j = 0; j < 512; j++)
        ranked[j] =
            (struct ranked){query ? (double)integer_score(codes, query, j) : qry_head_score(head, rest->row, j), j};
    qsort(ranked, 512, sizeof *ranked, higher_first);
    for (size_t i = 0; i < k; i++)
        list[i] = ranked[i].key;
    double ceiling = ranked[k].score;
    qry_rest_remove(rest, list, k, query ? qry_query_ceiling(query, (int64_t)ceiling + 1) : ceiling);
    qry_answer_output(rest, QRY_REST_MOMENTS, output);
    return qry_bound_output(rest, output);
}

/* Median and 95 % quantile of the loss over the rows of the real head. */
static void losses(qry_rest *rest, qry_widths bits, double quantile[2])
{
    const qry_head *head = rest->moments->head;
    qry_codes *codes = qry_codes_new(head, bits.key);
    int32_t code[32];
    double ratio[128];
    for (size_t i = 0; i < 128; i++) {
        qry_query_code query = {.code = code};
        qry_codes_query(codes, 4 * i + 1, bits.query, &query);
        qry_rest_of_row(rest, 4 * i + 1);
        double exact = bound_of_best(rest, NULL, NULL, 16);
        ratio[i] = bound_of_best(rest, codes, &query, 16) / exact;
    }
    qsort(ratio, 128, sizeof *ratio, rising_numbers);
    quantile[0] = ratio[64];
    quantile[1] = ratio[121];
    qry_codes_free(codes);
}

/* The widths keep their promise on rows that were not looked at, and one bit less a key does not. */
static void default_widths(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *head = real_head(ctx);
    qry_moments *m = qry_moments_new(head, 0, 1);
    qry_rest *rest = qry_rest_new(ctx, m);
    qry_widths bits = qry_widths_choose(m, (qry_rule){QRY_RULE_TOP, 16}, 1.2, INFINITY);
    double quantile[2];
    losses(rest, bits, quantile);
    assert_true(quantile[0] <= 1.2 && quantile[1] <= 1.25);
    losses(rest, (qry_widths){QRY_CODE_MAX_BITS, bits.key - 1}, quantile);
    assert_true(quantile[1] > 1.25);
    qry_widths wider = qry_widths_choose(m, (qry_rule){QRY_RULE_TOP, 16}, 1.02, INFINITY);
    assert_true(wider.key > bits.key);
    qry_ctx_free(ctx);
}

/* Heads for which no bound is finite still get widths. */
static void usual_widths(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *huge = random_head(ctx, 2, 200, 4, 2, 1e9, 1);
    qry_widths bits = qry_widths_choose(qry_moments_new(huge, 1, 1), (qry_rule){QRY_RULE_TAU, 1e300}, 1.2, INFINITY);
    assert_true(bits.key >= QRY_CODE_MIN_BITS && bits.key <= QRY_CODE_MAX_BITS);
    qry_head *one = random_head(ctx, 1, 1, 1, 1, 1, 1);
    bits = qry_widths_choose(qry_moments_new(one, 1, 1), (qry_rule){QRY_RULE_TOP, 1}, 1.2, INFINITY);
    assert_true(bits.key >= QRY_CODE_MIN_BITS && bits.key <= QRY_CODE_MAX_BITS);
    qry_ctx_free(ctx);
}

int main(void)
{
    qry_linalg_threads(1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_heads),   cmocka_unit_test(cancelling_columns),
                                       cmocka_unit_test(special_heads),  cmocka_unit_test(tiny_heads),
                                       cmocka_unit_test(default_widths), cmocka_unit_test(usual_widths)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
