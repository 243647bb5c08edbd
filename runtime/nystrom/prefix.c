/* prefix.c: causal rows: the sums of sketch.c over the keys up to each (docs/bounds.md, 18). A sample serves the second half of its
 * keys; for the first half there is another of as many rows. */
#include <math.h>
#include <string.h>

#include "runtime/nystrom/factor.h"

void qry_prefixes_free(qry_ctx *ctx, qry_prefixes *prefixes)
{
    if (!prefixes)
        return;
    for (size_t i = 0; i < prefixes->count; i++) {
        qry_prefix *p = &prefixes->level[i];
        qry_matrix_free(ctx, &p->u);
        qry_matrix_free(ctx, &p->v);
        qry_matrix_free(ctx, &p->sum);
        qry_free(ctx, p->row);
        qry_free(ctx, p->mean_variance);
        qry_free(ctx, p->value_variance);
    }
    qry_matrix_free(ctx, &prefixes->left);
    qry_free(ctx, prefixes->weights);
    qry_free(ctx, prefixes->values);
    qry_free(ctx, prefixes);
}

/* Every key, or the sample. What each counts: one over its probability. */
static double *choose_rows(qry_ctx *ctx, qry_prefix *p, const qry_value_samples *samples)
{
    p->count = samples ? samples->count : p->keys;
    p->sampled = samples != NULL;
    p->row = qry_alloc(ctx, p->count, sizeof *p->row);
    double *times = qry_alloc(ctx, p->count, sizeof *times);
    for (size_t i = 0; i < p->count; i++) {
        p->row[i] = samples ? samples->row[i] : (uint32_t)i;
        times[i] = samples ? 1 / samples->probability[i] : 1;
    }
    return times;
}

static void scale(double factor, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++)
        x[i] *= factor;
}

static void place_rows(const qry_nystrom *nystrom, qry_prefix *p, const double *times)
{
    const qry_head *head = nystrom->head;
    p->u = qry_matrix_new(nystrom->ctx, p->count, nystrom->landmarks);
    p->v = qry_matrix_new(nystrom->ctx, p->count, 1 + nystrom->value_width);
    for (size_t i = 0; i < p->count; i++) {
        size_t j = p->row[i];
        qry_nystrom_solve_keys(nystrom, j, qry_matrix_rows(p->u, i, 1));
        scale(times[i] * nystrom->weight[j], nystrom->landmarks, qry_matrix_row(p->u, i));
        double *v = qry_matrix_row(p->v, i);
        v[0] = 1;
        memcpy(v + 1, qry_matrix_row(head->v, j), head->value_width * sizeof(double));
        qry_check_interrupt(nystrom->ctx);
    }
}

static void add_blocks(const qry_nystrom *nystrom, qry_prefix *p)
{
    size_t blocks = p->count / QRY_PREFIX_BLOCK + 1, rank = nystrom->landmarks, width = p->v.columns;
    p->sum = qry_matrix_new(nystrom->ctx, blocks, rank * width);
    for (size_t b = 1; b < blocks; b++) {
        qry_matrix sum = {qry_matrix_row(p->sum, b), rank, width};
        memcpy(sum.at, qry_matrix_row(p->sum, b - 1), rank * width * sizeof(double));
        size_t first = (b - 1) * QRY_PREFIX_BLOCK;
        qry_matrix_multiply(1, qry_matrix_rows(p->u, first, QRY_PREFIX_BLOCK), true,
                            qry_matrix_rows(p->v, first, QRY_PREFIX_BLOCK), false, 1, sum);
    }
}

/* Over all keys of the level, taken or not; (L_j u.u_j)^2 <= |u|^2 |L_j u_j|^2. */
static void add_variances(const qry_nystrom *nystrom, qry_prefix *p, const double *every)
{
    size_t blocks = (p->keys + QRY_PREFIX_BLOCK - 1) / QRY_PREFIX_BLOCK;
    double mean = 0, value = 0;
    qry_matrix u = qry_matrix_new(nystrom->ctx, 1, nystrom->landmarks);
    p->mean_variance = qry_alloc(nystrom->ctx, blocks, sizeof(double));
    p->value_variance = qry_alloc(nystrom->ctx, blocks, sizeof(double));
    for (size_t j = 0; j < p->keys; j++) {
        qry_nystrom_solve_keys(nystrom, j, u);
        double size = nystrom->weight[j] * qry_norm(u.columns, u.at);
        double length = qry_norm(nystrom->value_width, qry_matrix_row(nystrom->head->v, j));
        double part = fmax(1 / every[j] - 1, 0) * size * size;
        p->mean_variance[j / QRY_PREFIX_BLOCK] = mean += part;
        p->value_variance[j / QRY_PREFIX_BLOCK] = value += part * length * length;
        qry_check_interrupt(nystrom->ctx);
    }
    qry_matrix_free(nystrom->ctx, &u);
}

static void make_level(const qry_nystrom *nystrom, qry_prefix *p, const qry_value_samples *samples)
{
    double *times = choose_rows(nystrom->ctx, p, samples);
    double width = (double)(1 + nystrom->value_width), rank = (double)nystrom->landmarks;
    qry_memory_require(nystrom->ctx, 8 * (double)p->count * (rank + width + rank * width / QRY_PREFIX_BLOCK),
                       "sums over the keys up to each");
    place_rows(nystrom, p, times);
    add_blocks(nystrom, p);
    if (samples && samples->every)
        add_variances(nystrom, p, samples->every);
    qry_free(nystrom->ctx, times);
}

/* Prefixes of half as many keys each, down to one that is taken whole. */
static bool sample_levels(qry_nystrom *nystrom, qry_stage_run *run, size_t wanted)
{
    qry_prefixes *prefixes = nystrom->prefixes;
    size_t keys = nystrom->keys;
    nystrom->facts.value_samples = 0;
    for (bool whole = false; !whole; keys = (keys + 1) / 2) {
        qry_prefix *p = &prefixes->level[prefixes->count++];
        qry_value_samples samples;
        p->keys = keys;
        whole = keys <= wanted;
        if (!whole && !qry_sketch_sample(nystrom, run, keys, wanted, &samples))
            return false;
        make_level(nystrom, p, whole ? NULL : &samples);
        nystrom->facts.value_samples += p->count;
    }
    return true;
}

bool qry_prefixes_make(qry_nystrom *nystrom, qry_stage_run *run, const qry_nystrom_options *options,
                       qry_attend_stage *stages, size_t *count)
{
    size_t n = nystrom->keys, rank = nystrom->landmarks;
    bool done = true;
    double start;
    run->stage = qry_stage_begin(stages, count, "values", &start);
    run->stage->operations = (qry_u128)n * rank * (rank + nystrom->width + nystrom->value_width);
    run->failure /= 2;
    nystrom->facts.mean_epsilon = 0;
    nystrom->prefixes = qry_alloc(nystrom->ctx, 1, sizeof *nystrom->prefixes);
    if (options->value_samples > 0 && options->value_samples < n) {
        done = sample_levels(nystrom, run, options->value_samples);
    } else {
        run->stage->note = "all values and keys, classically";
        nystrom->facts.value_samples = n;
        nystrom->prefixes->count = 1;
        nystrom->prefixes->level[0].keys = n;
        make_level(nystrom, &nystrom->prefixes->level[0], NULL);
    }
    qry_stage_end(run->stage, start);
    return done;
}
