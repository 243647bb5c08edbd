/* threshold.c: what is expected of a row before it is searched. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

static void expected_counts(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (size_t keys = 1; keys <= 200; keys = keys * 3 + 1)
        for (size_t groups = 1; groups <= keys; groups = groups * 5 + 1) {
            qry_head *head = random_head(ctx, 3, keys, 4, 1, 2, keys);
            qry_moments *m = qry_moments_new(head, groups, 1);
            qry_rest *rest = qry_rest_new(ctx, m);
            for (size_t row = 0; row < 3; row++) {
                qry_rest_of_row(rest, row);
                double top = qry_rest_top(rest), before = (double)keys;
                for (size_t j = 0; j < keys; j++)
                    assert_true(qry_head_score(head, row, j) <= top);
                assert_true(qry_rest_expected_above(rest, top + 1) == 0);
                assert_true(fabs(qry_rest_expected_above(rest, -1e9) - (double)keys) < 1e-9);
                for (double tau = -20; tau < 20; tau += 0.37) {
                    double now = qry_rest_expected_above(rest, tau), want = 0;
                    for (size_t c = 0; c < m->groups; c++) {
                        const qry_rest_group *g = &rest->group[c];
                        double x = tau - g->mean;
                        want += x <= -g->low  ? g->count
                                : x > g->high ? 0
                                              : g->count * erfc(x / sqrt(2 * g->variance)) / 2;
                    }
                    assert_true(now <= before + 1e-12 && fabs(now - want) < 1e-9);
                    before = now;
                }
            }
            qry_rest_free(rest);
            qry_moments_free(m);
            qry_head_free(head);
        }
    qry_ctx_free(ctx);
}

/* The threshold for a number is where the expectation passes it, jumps included. */
static void inverse(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (size_t groups = 1; groups <= 50; groups += 7) {
        qry_head *head = random_head(ctx, 4, 50, 3, 1, 2, 6);
        qry_moments *m = qry_moments_new(head, groups, 1);
        qry_rest *rest = qry_rest_new(ctx, m);
        for (size_t row = 0; row < 4; row++) {
            qry_rest_of_row(rest, row);
            double before = INFINITY;
            for (double wanted = 0; wanted <= 50; wanted += 0.5) {
                double tau = qry_rest_threshold(rest, wanted);
                assert_true(tau <= before);
                assert_true(qry_rest_expected_above(rest, tau) >= wanted - 1e-9);
                assert_true(qry_rest_expected_above(rest, tau + 1e-9) <= wanted + 1e-6 || wanted == 0);
                before = tau;
            }
        }
        qry_rest_free(rest);
        qry_moments_free(m);
        qry_head_free(head);
    }
    qry_ctx_free(ctx);
}

/* On the real head, the number of keys above the threshold for 16 is 16 but for a third, nine times of ten. */
static void real_rows(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_rest *rest = real_rest(ctx);
    const qry_head *head = rest->moments->head;
    double above[512];
    for (size_t row = 0; row < 512; row++) {
        qry_rest_of_row(rest, row);
        double tau = qry_rest_threshold(rest, 16);
        above[row] = 0;
        for (size_t j = 0; j < 512; j++)
            above[row] += qry_head_score(head, row, j) >= tau;
    }
    qsort(above, 512, sizeof *above, rising_numbers);
    assert_true(above[26] >= 11 && above[256] >= 14 && above[256] <= 18 && above[486] <= 22);
    qry_ctx_free(ctx);
}

static void rules(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *head = random_head(ctx, 2, 80, 3, 1, 2, 8);
    qry_moments *m = qry_moments_new(head, 5, 1);
    qry_rest *rest = qry_rest_new(ctx, m);
    for (size_t row = 0; row < 2; row++) {
        qry_rest_of_row(rest, row);
        assert_true(fabs(head->offset[row]) > 1e-3);
        assert_true(qry_rule_threshold((qry_rule){QRY_RULE_TAU, 2.5}, rest) == 2.5 - head->offset[row]);
        assert_true(qry_rule_threshold((qry_rule){QRY_RULE_TOP, 7}, rest) == qry_rest_threshold(rest, 7));
        assert_true(qry_rule_threshold((qry_rule){QRY_RULE_DROP, 6}, rest) == qry_rest_threshold(rest, 1) - 6);
    }
    qry_ctx_free(ctx);
}

int main(void)
{
    qry_linalg_threads(1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(expected_counts), cmocka_unit_test(inverse),
                                       cmocka_unit_test(real_rows), cmocka_unit_test(rules)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
