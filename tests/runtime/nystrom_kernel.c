/* kernel.c: the kernel's entries against scores by the definition, both forms, and points that are hard. */
#include "support.h"

#include <math.h>

#include "runtime/nystrom/nystrom.h"

/* The logarithm of an entry by plain loops. */
static long double slow_entry(const qry_kernel *kernel, size_t a, size_t b, bool plain)
{
    long double square = 0;
    for (size_t c = 0; c < kernel->width; c++) {
        long double difference =
            (long double)kernel->point.at[a * kernel->width + c] - kernel->point.at[b * kernel->width + c];
        square += difference * difference;
    }
    return (plain ? 0 : (long double)kernel->weight[a] + kernel->weight[b]) - square / 2;
}

static long double square_of(const qry_kernel *kernel, size_t a)
{
    long double square = 0;
    for (size_t c = 0; c < kernel->width; c++)
        square += (long double)kernel->point.at[a * kernel->width + c] * kernel->point.at[a * kernel->width + c];
    return square;
}

/* Entries of queries and keys are e^score up to the row's factor; as large as rounding allows for scores of `size`. */
static void check_scores(const qry_head *head, const qry_kernel *kernel, double size)
{
    for (size_t i = 0; i < head->rows; i++)
        for (size_t j = 0; j < head->keys; j++) {
            long double score = slow_score(head, i, j) + (kernel->raw ? head->offset[i] : 0);
            long double expected = score - square_of(kernel, i) / 2 + kernel->weight[i] + kernel->gain;
            long double found = slow_entry(kernel, i, head->rows + j, false);
            if (!(fabsl(found - expected) <= 1e-13L * (1 + size)))
                fail_msg("row %zu, key %zu: %Lg instead of %Lg", i, j, found, expected);
        }
}

static void check_weights(const qry_kernel *kernel)
{
    double greatest = -INFINITY;
    for (size_t i = 0; i < kernel->queries + kernel->keys; i++) {
        assert_true(kernel->weight[i] <= 0);
        greatest = fmax(greatest, kernel->weight[i]);
        if (!kernel->raw && i < kernel->queries)
            assert_true(kernel->weight[i] == 0);
    }
    assert_true(greatest == 0);
}

static void check_block(const qry_kernel *kernel, bool plain)
{
    size_t points = kernel->queries + kernel->keys;
    qry_matrix whole = qry_matrix_new(kernel->ctx, points, points), part = qry_matrix_new(kernel->ctx, 2, points - 1);
    uint32_t list[2] = {(uint32_t)points - 1, 0};
    qry_kernel_block(kernel, NULL, 0, NULL, 0, plain, whole);
    qry_kernel_block(kernel, list, 0, NULL, 1, plain, part);
    for (size_t i = 0; i < points; i++)
        for (size_t j = 0; j < points; j++) {
            double expected = (double)expl(slow_entry(kernel, i, j, plain));
            assert_true(fabs(whole.at[i * points + j] - expected) <= 1e-12 * (expected + 1e-3));
        }
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 1; j < points; j++)
            assert_true(fabs(part.at[i * (points - 1) + j - 1] - whole.at[list[i] * points + j]) <= 1e-13);
}

static void check_places(const qry_head *head, const qry_kernel *kernel)
{
    double *point = qry_alloc(kernel->ctx, kernel->width, sizeof *point);
    for (size_t i = 0; i < head->rows; i++) {
        double weight = qry_kernel_place(kernel, qry_matrix_row(head->q, i), point);
        assert_true(fabs(weight - kernel->weight[i]) <= 1e-12 * (1 + fabs(weight)));
        for (size_t c = 0; c < kernel->width; c++)
            assert_true(point[c] == kernel->point.at[i * kernel->width + c]);
    }
}

static void check_head(const qry_head *head, double size)
{
    for (int raw = 0; raw < 2; raw++) {
        qry_kernel *kernel = qry_kernel_new(head, raw);
        check_scores(head, kernel, size);
        check_weights(kernel);
        check_block(kernel, true);
        check_block(kernel, false);
        check_places(head, kernel);
        qry_kernel_free(kernel);
    }
}

static void random_heads(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_head *head = random_head(ctx, 1 + seed % 7, 1 + seed % 11, 1 + seed % 5, 2, seed % 2 ? 1 : 4, seed);
        check_head(head, 100);
        qry_head_free(head);
        qry_ctx_free(ctx);
    }
}

/* Scales of every sign and size, with and without centring. */
static void scales(void **state)
{
    (void)state;
    double scale[] = {-1, 1e-3, 0.7, 3};
    for (size_t s = 0; s < 4; s++)
        for (int centred = 0; centred < 2; centred++) {
            qry_ctx *ctx = qry_ctx_new();
            struct input in = random_input(ctx, 5, 9, 3, 2, 7 + s);
            qry_head *head = qry_head_new(ctx, in.q, in.k, in.v, scale[s], centred);
            check_head(head, 100);
            qry_ctx_free(ctx);
        }
}

static void balanced(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *head = random_head(ctx, 40, 60, 6, 2, 5, 3);
    qry_kernel *kernel = qry_kernel_new(head, false);
    long double sum[2] = {0}, mean[6] = {0};
    for (size_t i = 0; i < 100; i++)
        sum[i >= 40] += square_of(kernel, i) / (i < 40 ? 40 : 60);
    assert_true(fabsl(sum[0] - sum[1]) <= 1e-12L * sum[0]);
    for (size_t i = 0; i < 40 * 6; i++)
        mean[i % 6] += kernel->point.at[i];
    for (size_t c = 0; c < 6; c++)
        assert_true(fabsl(mean[c]) < 1e-12L);
    qry_ctx_free(ctx);
}

/* Scores of 1e3 to 1e6, all queries the same, all keys the same, points that repeat: entries are numbers, and 1 where points
 * are the same. */
static void hard_points(void **state)
{
    (void)state;
    double sizes[] = {1e3, 1e6, 1e60};
    for (int kind = 0; kind < 6; kind++)
        for (int raw = 0; raw < 2; raw++) {
            qry_ctx *ctx = qry_ctx_new();
            struct input in = random_input(ctx, 4, 8, 3, kind < 3 ? sizes[kind] : 1, 5);
            for (size_t i = 0; i < in.q->count && kind == 3; i++)
                in.q->item.real[i] = 0.1 * (double)(i % 3);
            for (size_t i = 0; i < in.k->count && kind == 4; i++)
                in.k->item.real[i] = 0.1 * (double)(i % 3);
            for (size_t i = 3; i < in.k->count && kind == 5; i++)
                in.k->item.real[i] = in.k->item.real[i - 3];
            qry_head *head = qry_head_new(ctx, in.q, in.k, in.v, 0, true);
            qry_kernel *kernel = qry_kernel_new(head, raw);
            qry_matrix whole = qry_matrix_new(ctx, 12, 12);
            qry_kernel_block(kernel, NULL, 0, NULL, 0, true, whole);
            for (size_t i = 0; i < 12 * 12; i++)
                assert_true(whole.at[i] >= 0 && whole.at[i] <= 1);
            for (size_t i = 0; i < 12; i++)
                assert_true(whole.at[i * 13] == 1);
            for (size_t j = 5; j < 12 && kind == 5; j++)
                assert_true(whole.at[4 * 12 + j] == 1);
            check_weights(kernel);
            qry_ctx_free(ctx);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_heads), cmocka_unit_test(scales),
                                       cmocka_unit_test(balanced), cmocka_unit_test(hard_points)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
