/* head.c: checks of the shapes, the exact row, and that centring changes nothing but precision. */
#include "support.h"

#include <math.h>
#include <string.h>

struct sink {
    char message[256];
    size_t count;
};

static void keep_message(void *state, const qry_diagnostic *diagnostic)
{
    struct sink *sink = state;
    snprintf(sink->message, sizeof sink->message, "%s", diagnostic->message);
    sink->count++;
}

/* A head of these shapes is refused with a message that has `part` in it. */
static void refuse(const size_t q[2], const size_t k[2], const size_t v[2], double entry, const char *part)
{
    qry_ctx *ctx = qry_ctx_new();
    struct sink sink = {0};
    qry_ctx_on_diagnostic(ctx, keep_message, &sink);
    qry_array *aq = qry_array_new(ctx, 2, q), *ak = qry_array_new(ctx, 2, k), *av = qry_array_new(ctx, 2, v);
    if (ak->count)
        ak->item.real[ak->count - 1] = entry;
    if (aq->count)
        aq->item.real[0] = 1;
    assert_null(qry_head_new(ctx, aq, ak, av, 0, true));
    assert_int_equal(sink.count, 1);
    if (!strstr(sink.message, part))
        fail_msg("\"%s\" does not say \"%s\"", sink.message, part);
    qry_ctx_free(ctx);
}

static void shapes(void **state)
{
    (void)state;
    size_t good[2] = {4, 3}, narrow[2] = {4, 2}, empty[2] = {0, 3}, shorter[2] = {3, 3}, wide[2] = {1, 4097};
    refuse(good, narrow, good, 0, "Q has 3 columns but K has 2");
    refuse(good, good, shorter, 0, "K has 4 rows but V has 3");
    refuse(empty, good, good, 0, "Q is empty");
    refuse(good, empty, empty, 0, "K is empty");
    refuse(wide, wide, good, 0, "4097 columns");
    refuse(good, good, good, 1e200, "row 3");
    refuse(good, good, good, NAN, "row 3");
}

static void dimensions(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct sink sink = {0};
    qry_ctx_on_diagnostic(ctx, keep_message, &sink);
    qry_array *flat = qry_array_new(ctx, 1, (size_t[]){4}), *good = qry_array_new(ctx, 2, (size_t[]){4, 1});
    assert_null(qry_head_new(ctx, good, good, flat, 0, true));
    assert_non_null(strstr(sink.message, "V has 1 dimension"));
    qry_array *large = qry_array_new(ctx, 2, (size_t[]){4, 1});
    large->item.real[0] = 1e100;
    assert_null(qry_head_new(ctx, large, large, good, 0, true));
    assert_non_null(strstr(sink.message, "scores may reach"));
    qry_ctx_free(ctx);
}

/* Integers are read as numbers, and the default scale is 1/sqrt(width). */
static void integers_and_scale(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_array *q = qry_array_new(ctx, 2, (size_t[]){1, 4}), *k = qry_array_new(ctx, 2, (size_t[]){2, 4});
    qry_array *v = qry_array_new(ctx, 2, (size_t[]){2, 1});
    k->kind = QRY_ARRAY_SIGNED;
    for (size_t c = 0; c < 4; c++) {
        q->item.real[c] = 1;
        k->item.integer[c] = -3;
        k->item.integer[4 + c] = 1;
    }
    v->item.real[1] = 1;
    for (int centred = 0; centred < 2; centred++) {
        qry_head *head = qry_head_new(ctx, q, k, v, 0, centred);
        assert_true(fabs(qry_head_score(head, 0, 0) + head->offset[0] + 6) < 1e-14);
        assert_true(fabs(qry_head_score(head, 0, 1) + head->offset[0] - 2) < 1e-14);
        assert_true(fabs(head->value_radius - 0.5) < 1e-15);
        qry_head_free(head);
        head = qry_head_new(ctx, q, k, v, 2, centred);
        assert_true(fabs(qry_head_score(head, 0, 1) + head->offset[0] - 8) < 1e-14);
        qry_head_free(head);
    }
    qry_ctx_free(ctx);
}

/* The exact row of a head, centred or not, against long double on the uncentred one. */
static void check_exact(size_t rows, size_t keys, size_t width, size_t value_width, double deviation, uint64_t seed)
{
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, seed, 1);
    qry_array *q = random_array(ctx, rows, width, deviation, &random), *k = random_array(ctx, keys, width, 1, &random);
    qry_array *v = random_array(ctx, keys, value_width, 1, &random);
    for (size_t i = 0; i < v->count; i++)
        v->item.real[i] += 10;
    qry_head *plain = qry_head_new(ctx, q, k, v, 0, false), *centred = qry_head_new(ctx, q, k, v, 0, true);
    double *scores = qry_alloc(ctx, keys, sizeof *scores), *output = qry_alloc(ctx, value_width, sizeof *output);
    long double *want = qry_alloc(ctx, value_width, sizeof *want);
    double tolerance = 1e-14 * (1 + deviation) * (double)width;
    for (size_t row = 0; row < rows; row++)
        for (int i = 0; i < 2; i++) {
            double normaliser, shift;
            qry_head_exact(i ? centred : plain, row, scores, output, &normaliser, &shift);
            long double exact = slow_row(plain, row, want, shift);
            assert_true(fabsl(normaliser / exact - 1) < tolerance);
            for (size_t j = 0; j < value_width; j++)
                assert_true(fabsl(output[j] - want[j]) < 20 * tolerance);
            assert_true(normaliser >= 1 && normaliser <= (double)keys * (1 + 1e-12));
        }
    qry_ctx_free(ctx);
}

static void centring(void **state)
{
    (void)state;
    size_t sizes[] = {1, 2, 3, 17, 64};
    for (size_t i = 0; i < 5; i++)
        for (size_t width = 1; width <= 9; width += 4)
            for (size_t value_width = 1; value_width <= 5; value_width += 2) {
                check_exact(3, sizes[i], width, value_width, 1, i);
                check_exact(3, sizes[i], width, value_width, 100, i);
            }
}

/* A constant added to every key, value or score changes only what it must. */
static void shifts(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 5, 0);
    qry_array *q = random_array(ctx, 4, 6, 2, &random), *k = random_array(ctx, 20, 6, 1, &random);
    qry_array *v = random_array(ctx, 20, 3, 1, &random);
    qry_head *before = qry_head_new(ctx, q, k, v, 0, true);
    for (size_t i = 0; i < k->count; i++)
        k->item.real[i] += 0.75;
    for (size_t i = 0; i < v->count; i++)
        v->item.real[i] -= 2;
    qry_head *after = qry_head_new(ctx, q, k, v, 0, true);
    double scores[20], first[3], second[3], d1, d2, s1, s2;
    for (size_t row = 0; row < 4; row++) {
        qry_head_exact(before, row, scores, first, &d1, &s1);
        qry_head_exact(after, row, scores, second, &d2, &s2);
        double moved = 0;
        for (size_t c = 0; c < 6; c++)
            moved += 0.75 * q->item.real[row * 6 + c] / sqrt(6);
        assert_true(fabs(d1 - d2) < 1e-12 && fabs(s2 - s1 - moved) < 1e-12);
        for (size_t i = 0; i < 3; i++)
            assert_true(fabs(first[i] - 2 - second[i]) < 1e-12);
    }
    qry_ctx_free(ctx);
}

int main(void)
{
    qry_linalg_threads(1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(shapes), cmocka_unit_test(dimensions),
                                       cmocka_unit_test(integers_and_scale), cmocka_unit_test(centring),
                                       cmocka_unit_test(shifts)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
