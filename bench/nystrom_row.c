/* nystrom_row.c: a row from the low-rank kernel, whatever the number of keys. Usage:
 *
 *   nystrom_row [landmarks [width [keys [mean epsilon]]]]
 *
 * Heads of 64 queries and of 1024, 4096, ... keys up to `keys`, with values of the same width; scores of deviation 1. Landmarks are
 * sampled and the mean is estimated by the oracle engine. Prints what each stage took by the clock, and in seconds of the
 * processor, so that other work on the machine does not count, what all of them took and what a row takes with its bound. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "runtime/nystrom/nystrom.h"

enum { QUERIES = 64, ROUNDS = 200 };

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static qry_array *normal_array(qry_ctx *ctx, size_t rows, size_t columns, qry_random *random)
{
    qry_array *a = qry_array_new(ctx, 2, (size_t[]){rows, columns});
    for (size_t i = 0; i < a->count; i++)
        a->item.real[i] = qry_random_normal(random);
    return a;
}

/* Microseconds a row. */
static double time_rows(qry_ctx *ctx, const qry_head *head, const qry_nystrom *nystrom)
{
    qry_nystrom_place *place = qry_nystrom_place_new(ctx, nystrom);
    double *output = qry_alloc(ctx, head->value_width, sizeof *output), start = seconds();
    qry_nystrom_answer answer;
    for (int round = 0; round < ROUNDS; round++)
        for (size_t row = 0; row < QUERIES; row++)
            qry_nystrom_answer_row(place, qry_matrix_row(head->q, row), head->offset[row], head->keys, output, &answer);
    return 1e6 * (seconds() - start) / (ROUNDS * QUERIES);
}

static void measure(size_t keys, size_t width, const qry_attend_options *options)
{
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 1, keys);
    qry_array *q = normal_array(ctx, QUERIES, width, &random), *k = normal_array(ctx, keys, width, &random);
    qry_array *v = normal_array(ctx, keys, width, &random);
    qry_head *head = qry_head_new(ctx, q, k, v, 0, true);
    qry_attend_stage stages[4];
    size_t count = 0;
    double start = seconds();
    qry_nystrom *nystrom = head ? qry_nystrom_new(head, options, 1e-3, stages, &count) : NULL;
    if (!nystrom)
        exit(1);
    printf("%8zu keys, %zu landmarks: %8.2f s in all", keys, qry_nystrom_facts_of(nystrom).landmarks,
           seconds() - start);
    for (size_t i = 0; i < count; i++)
        printf(", %s %.2f", stages[i].name, stages[i].seconds);
    printf("; a row %.1f us\n", time_rows(ctx, head, nystrom));
    qry_nystrom_free(nystrom);
    qry_ctx_free(ctx);
}

int main(int argc, char **argv)
{
    qry_attend_options options = {.method = QRY_ATTEND_NYSTROM, .run = {.engine = QRY_ENGINE_ORACLE, .seed = 1}};
    options.nystrom.landmarks = argc > 1 ? strtoull(argv[1], NULL, 10) : 128;
    size_t width = argc > 2 ? strtoull(argv[2], NULL, 10) : 32;
    size_t most = argc > 3 ? strtoull(argv[3], NULL, 10) : 16384;
    options.nystrom.mean_epsilon = argc > 4 ? strtod(argv[4], NULL) : 1;
    qry_linalg_threads(1);
    for (size_t keys = 1024; keys <= most; keys *= 4)
        measure(keys, width, &options);
    return 0;
}
