/* support.c: see support.h. Slow and plain on purpose. */
#include "support.h"

#include <math.h>
#include <stdlib.h>

qry_array *random_array(qry_ctx *ctx, size_t rows, size_t columns, double size, qry_random *random)
{
    qry_array *a = qry_array_new(ctx, 2, (size_t[]){rows, columns});
    for (size_t i = 0; i < a->count; i++)
        a->item.real[i] = size * qry_random_normal(random);
    return a;
}

struct input random_input(qry_ctx *ctx, size_t rows, size_t keys, size_t width, double deviation, uint64_t seed)
{
    enum { VALUES = 3 };
    qry_random random;
    qry_random_seed(&random, seed, 0);
    struct input in = {random_array(ctx, rows, width, deviation, &random), random_array(ctx, keys, width, 1, &random),
                       random_array(ctx, keys, VALUES, 1, &random)};
    return in;
}

qry_head *random_head(qry_ctx *ctx, size_t rows, size_t keys, size_t width, size_t value_width, double deviation,
                      uint64_t seed)
{
    qry_random random;
    qry_random_seed(&random, seed, 0);
    qry_array *q = random_array(ctx, rows, width, deviation, &random), *k = random_array(ctx, keys, width, 1, &random);
    qry_array *v = random_array(ctx, keys, value_width, 1, &random);
    for (size_t i = 0; i < k->count; i++)
        k->item.real[i] += 3; /* a common part, which centring takes away */
    qry_head *head = qry_head_new(ctx, q, k, v, 0, true);
    qry_array_free(ctx, q);
    qry_array_free(ctx, k);
    qry_array_free(ctx, v);
    return head;
}

qry_head *real_head(qry_ctx *ctx)
{
    const char *folder = QUARRY_SOURCE_DIR "/examples/attend/l2h10-512";
    qry_arena *arena = qry_arena_new(ctx);
    qry_array *array[3];
    for (int i = 0; i < 3; i++) {
        array[i] = qry_npy_read(ctx, qry_arena_printf(arena, "%s/%c.npy", folder, "qkv"[i]), (qry_span){0});
        assert_non_null(array[i]);
    }
    qry_head *head = qry_head_new(ctx, array[0], array[1], array[2], 0, true);
    for (int i = 0; i < 3; i++)
        qry_array_free(ctx, array[i]);
    qry_arena_free(arena);
    return head;
}

qry_rest *real_rest(qry_ctx *ctx) { return qry_rest_new(ctx, qry_moments_new(real_head(ctx), 0, 1)); }

long double slow_score(const qry_head *head, size_t row, size_t key)
{
    long double score = 0;
    for (size_t c = 0; c < head->width; c++)
        score += (long double)head->q.at[row * head->width + c] * head->k.at[key * head->width + c];
    return score;
}

long double slow_row(const qry_head *head, size_t row, long double *output, long double shift)
{
    long double top = -INFINITY, sum = 0;
    for (size_t j = 0; j < head->keys; j++)
        top = fmaxl(top, slow_score(head, row, j));
    for (size_t i = 0; i < head->value_width; i++)
        output[i] = 0;
    for (size_t j = 0; j < head->keys; j++) {
        long double weight = expl(slow_score(head, row, j) - top);
        sum += weight;
        for (size_t i = 0; i < head->value_width; i++)
            output[i] += weight * head->v.at[j * head->value_width + i];
    }
    for (size_t i = 0; i < head->value_width; i++)
        output[i] = output[i] / sum + head->value_mean[i];
    return sum * expl(top + head->offset[row] - shift);
}

double slow_error(const qry_head *head, size_t row, const double *output)
{
    long double *exact = calloc(head->value_width, sizeof *exact), sum = 0;
    slow_row(head, row, exact, 0);
    for (size_t i = 0; i < head->value_width; i++)
        sum += (output[i] - exact[i]) * (output[i] - exact[i]);
    free(exact);
    return (double)sqrtl(sum);
}

struct scored {
    long double score;
    uint32_t key;
};

static int higher_first(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    return x->score < y->score ? 1 : x->score > y->score ? -1 : x->key < y->key ? -1 : x->key > y->key;
}

void sort_keys(const qry_head *head, size_t row, uint32_t *order)
{
    struct scored *sorted = calloc(head->keys, sizeof *sorted);
    for (size_t j = 0; j < head->keys; j++)
        sorted[j] = (struct scored){slow_score(head, row, j), (uint32_t)j};
    qsort(sorted, head->keys, sizeof *sorted, higher_first);
    for (size_t j = 0; j < head->keys; j++)
        order[j] = sorted[j].key;
    free(sorted);
}

int rising_numbers(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}
