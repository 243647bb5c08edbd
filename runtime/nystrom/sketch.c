/* sketch.c: the sums over all keys that rows are made of: of the values, classically or from a sample of them; and of the keys
 * themselves, by amplitude estimation (docs/bounds.md, 16, 17). */
#include <math.h>
#include <string.h>

#include "runtime/nystrom/factor.h"

/* Keys at a time. */
enum { BLOCK = 512 };

/* Columns shorter than this part of the longest are not estimated: they are rounding errors. */
static const double negligible = 1e-13;

struct sums {
    qry_nystrom *nystrom;
    qry_sketch *sketch;
    qry_matrix u; /* keys x landmarks: L_j u_j */
};

static qry_matrix block_of(qry_matrix a, size_t first)
{
    return qry_matrix_rows(a, first, a.rows - first < BLOCK ? a.rows - first : BLOCK);
}

static void scale_row(qry_matrix a, size_t row, double factor)
{
    double *at = qry_matrix_row(a, row);
    for (size_t c = 0; c < a.columns; c++)
        at[c] *= factor;
}

static void place_keys(struct sums *s)
{
    for (size_t first = 0; first < s->u.rows; first += BLOCK) {
        qry_matrix block = block_of(s->u, first);
        qry_nystrom_solve_keys(s->nystrom, first, block);
        for (size_t i = 0; i < block.rows; i++)
            scale_row(block, i, s->nystrom->weight[first + i]);
        qry_check_interrupt(s->nystrom->ctx);
    }
}

/* ---- values ---- */

bool qry_sketch_sample(const qry_nystrom *nystrom, qry_stage_run *run, size_t keys, size_t wanted,
                       qry_value_samples *samples)
{
    const qry_head *head = nystrom->head;
    qry_matrix values = qry_matrix_new(nystrom->ctx, keys, head->value_width + 1);
    for (size_t j = 0; j < keys; j++) {
        double *row = qry_matrix_row(values, j);
        row[0] = 1;
        memcpy(row + 1, qry_matrix_row(head->v, j), head->value_width * sizeof(double));
    }
    *samples = (qry_value_samples){.count = 0};
    bool done = qry_values_sample(run, values, wanted, samples);
    qry_matrix_free(nystrom->ctx, &values);
    return done;
}

static void sum_sample(struct sums *s, const qry_value_samples *samples)
{
    qry_sketch *sketch = s->sketch;
    size_t rank = s->nystrom->landmarks, dv = s->nystrom->value_width;
    sketch->sampled = true;
    sketch->sample_mean = qry_alloc(s->nystrom->ctx, rank, sizeof(double));
    sketch->sample_value = qry_alloc(s->nystrom->ctx, dv, sizeof(double));
    for (size_t i = 0; i < samples->count; i++) {
        const double *u = qry_matrix_row(s->u, samples->row[i]);
        const double *v = qry_matrix_row(s->nystrom->head->v, samples->row[i]);
        double times = 1 / samples->probability[i];
        qry_add_scaled(rank, times, u, sketch->sample_mean);
        qry_add_scaled(dv, times, v, sketch->sample_value);
        for (size_t l = 0; l < rank; l++)
            qry_add_scaled(dv, times * u[l], v, qry_matrix_row(sketch->values, l));
    }
}

/* What each key adds to the variances, in blocks; `every` are probabilities. */
static void sum_variances(struct sums *s, const double *every)
{
    qry_ctx *ctx = s->nystrom->ctx;
    qry_sketch *sketch = s->sketch;
    size_t rank = s->nystrom->landmarks, dv = s->nystrom->value_width;
    qry_matrix scaled = qry_matrix_new(ctx, BLOCK, rank);
    sketch->variance = qry_matrix_new(ctx, rank, rank);
    sketch->of_values = qry_matrix_new(ctx, rank, rank);
    sketch->value_cross = qry_alloc(ctx, rank, sizeof(double));
    for (size_t first = 0; first < s->u.rows; first += BLOCK) {
        qry_matrix block = block_of(s->u, first), part = qry_matrix_rows(scaled, 0, block.rows);
        memcpy(part.at, block.at, block.rows * rank * sizeof(double));
        for (size_t i = 0; i < block.rows; i++)
            scale_row(part, i, sqrt(fmax(1 / every[first + i] - 1, 0)));
        qry_matrix_multiply(1, part, true, part, false, 1, sketch->variance);
        for (size_t i = 0; i < block.rows; i++) {
            double length = qry_norm(dv, qry_matrix_row(s->nystrom->head->v, first + i));
            double factor = fmax(1 / every[first + i] - 1, 0) * length * length;
            scale_row(part, i, length);
            qry_add_scaled(rank, factor, qry_matrix_row(block, i), sketch->value_cross);
            sketch->value_constant += factor;
        }
        qry_matrix_multiply(1, part, true, part, false, 1, sketch->of_values);
        qry_check_interrupt(ctx);
    }
    qry_matrix_free(ctx, &scaled);
}

static bool make_values(struct sums *s, qry_stage_run *run, size_t wanted)
{
    qry_nystrom *nystrom = s->nystrom;
    qry_value_samples samples;
    nystrom->facts.value_samples = nystrom->keys;
    s->sketch->values = qry_matrix_new(nystrom->ctx, nystrom->landmarks, nystrom->value_width);
    run->stage->operations += (qry_u128)nystrom->keys * nystrom->landmarks * nystrom->value_width;
    if (wanted == 0) {
        run->stage->note = "all values, classically";
        qry_matrix_multiply(1, s->u, true, nystrom->head->v, false, 0, s->sketch->values);
        return true;
    }
    if (!qry_sketch_sample(nystrom, run, nystrom->keys, wanted, &samples))
        return false;
    nystrom->facts.value_samples = samples.count;
    if (samples.count == 0 && nystrom->value_radius > 0)
        qry_warning(nystrom->ctx,
                    "no row of V was sampled: every answer is the mean value; ask for more --value-samples");
    sum_sample(s, &samples);
    if (samples.every)
        sum_variances(s, samples.every);
    return true;
}

/* ---- the mean ---- */

/* The directions of the keys become the rows of sketch->spread, and u the keys along them. */
static void turn(struct sums *s)
{
    qry_ctx *ctx = s->nystrom->ctx;
    size_t rank = s->nystrom->landmarks;
    double *squares = qry_alloc(ctx, rank, sizeof *squares);
    qry_matrix directions = s->sketch->spread = qry_matrix_new(ctx, rank, rank);
    qry_matrix scratch = qry_matrix_new(ctx, BLOCK, rank);
    qry_matrix_multiply(1, s->u, true, s->u, false, 0, directions);
    qry_matrix_eigen(ctx, directions, squares);
    for (size_t first = 0; first < s->u.rows; first += BLOCK) {
        qry_matrix block = block_of(s->u, first), part = qry_matrix_rows(scratch, 0, block.rows);
        qry_matrix_multiply(1, block, false, directions, true, 0, part);
        memcpy(block.at, part.at, block.rows * rank * sizeof(double));
        qry_check_interrupt(ctx);
    }
    qry_matrix_free(ctx, &scratch);
    qry_free(ctx, squares);
}

/* The lengths of u's columns, at least what rounding leaves of the longest. Measured, for eigenvalues tell the root of that only. */
static void measure_columns(const struct sums *s, double *length)
{
    size_t rank = s->nystrom->landmarks;
    double longest = 0;
    for (size_t j = 0; j < s->u.rows; j++)
        for (size_t c = 0; c < rank; c++)
            length[c] += s->u.at[j * rank + c] * s->u.at[j * rank + c];
    for (size_t c = 0; c < rank; c++)
        longest = fmax(longest, length[c] = sqrt(length[c]));
    for (size_t c = 0; c < rank; c++)
        length[c] = fmax(length[c], negligible * longest);
}

/* The columns that are longer than that, each divided by its length, in the same memory; which: their numbers. */
static qry_matrix normal_columns(struct sums *s, const double *length, size_t *which)
{
    size_t rank = s->nystrom->landmarks, used = 0;
    double longest = 0;
    for (size_t c = 0; c < rank; c++)
        longest = fmax(longest, length[c]);
    for (size_t c = 0; c < rank; c++)
        if (length[c] > negligible * longest)
            which[used++] = c;
    for (size_t j = 0; j < s->u.rows; j++)
        for (size_t k = 0; k < used; k++)
            s->u.at[j * used + k] = s->u.at[j * rank + which[k]] / length[which[k]];
    return (qry_matrix){s->u.at, s->u.rows, used};
}

static bool make_mean(struct sums *s, const qry_stage_run *run)
{
    qry_nystrom *nystrom = s->nystrom;
    qry_sketch *sketch = s->sketch;
    qry_ctx *ctx = nystrom->ctx;
    size_t rank = nystrom->landmarks, *which = qry_alloc(ctx, rank, sizeof *which);
    double *length = qry_alloc(ctx, rank, sizeof *length), *sum = qry_alloc(ctx, rank, sizeof *sum);
    double *low = qry_alloc(ctx, rank, sizeof *low), *high = qry_alloc(ctx, rank, sizeof *high);
    sketch->mean = qry_alloc(ctx, rank, sizeof(double));
    sketch->half = qry_alloc(ctx, rank, sizeof(double));
    turn(s);
    measure_columns(s, length);
    qry_matrix columns = normal_columns(s, length, which);
    run->stage->operations += 2 * (qry_u128)nystrom->keys * rank * rank;
    bool done = columns.columns == 0 ||
                qry_sums_estimate(run, columns, nystrom->facts.mean_epsilon / sqrt((double)rank), low, high);
    for (size_t c = 0; c < rank; c++) {
        scale_row(sketch->spread, c, length[c]);
        sketch->half[c] = sqrt((double)nystrom->keys); /* of a column of length 1 */
    }
    for (size_t k = 0; k < columns.columns; k++) {
        sum[which[k]] = (low[k] + high[k]) / 2;
        sketch->half[which[k]] = (high[k] - low[k]) / 2;
    }
    qry_matrix_apply(sketch->spread, true, sum, sketch->mean);
    void *all[] = {which, length, sum, low, high};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        qry_free(ctx, all[i]);
    return done;
}

bool qry_sketch_make(qry_nystrom *nystrom, qry_stage_run *run, const qry_nystrom_options *options,
                     qry_attend_stage *stages, size_t *count)
{
    struct sums s = {.nystrom = nystrom, .sketch = &nystrom->sketch};
    double failure = run->failure, start;
    qry_memory_require(nystrom->ctx, 8.0 * (double)nystrom->keys * (double)nystrom->landmarks,
                       "the keys among the landmarks");
    run->stage = qry_stage_begin(stages, count, "values", &start);
    run->stage->operations = (qry_u128)nystrom->keys * nystrom->landmarks * (nystrom->landmarks + nystrom->width);
    s.u = qry_matrix_new(nystrom->ctx, nystrom->keys, nystrom->landmarks);
    place_keys(&s);
    run->failure = failure / 4;
    bool done = make_values(&s, run, options->value_samples);
    qry_stage_end(run->stage, start);
    if (done) {
        run->stage = qry_stage_begin(stages, count, "mean", &start);
        run->failure = options->value_samples ? failure / 2 : failure;
        done = make_mean(&s, run);
        qry_stage_end(run->stage, start);
    }
    qry_matrix_free(nystrom->ctx, &s.u);
    return done;
}
