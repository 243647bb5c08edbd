/* nystrom_stand_in.c: what circuits do for the low-rank kernel, done classically: uniform landmarks, sums that are off by as much as
 * their precision allows, values by their exact leverages. For suites about what is made of it. */
#include <math.h>
#include <stdlib.h>

#include "runtime/nystrom/nystrom.h"

bool qry_landmarks_sample(const qry_stage_run *run, const qry_kernel *kernel, size_t wanted, double lambda,
                          qry_landmarks *landmarks)
{
    size_t points = kernel->queries + kernel->keys;
    qry_random random;
    qry_random_seed(&random, run->run.seed, 1);
    *landmarks = (qry_landmarks){.count = wanted ? wanted : points, .lambda = lambda > 0 ? lambda : 1};
    landmarks->point = qry_arena_alloc(run->arena, points, sizeof *landmarks->point);
    for (size_t i = 0; i < points; i++)
        landmarks->point[i] = (uint32_t)i;
    for (size_t i = 0; i < landmarks->count; i++) {
        size_t other = i + qry_random_below(&random, points - i);
        uint32_t point = landmarks->point[other];
        landmarks->point[other] = landmarks->point[i];
        landmarks->point[i] = point;
    }
    return true;
}

bool qry_sums_estimate(const qry_stage_run *run, qry_matrix columns, double precision, double *low, double *high)
{
    qry_random random;
    qry_random_seed(&random, run->run.seed, 2);
    for (size_t c = 0; c < columns.columns; c++) {
        double sum = 0, off = precision * (2 * qry_random_unit(&random) - 1);
        for (size_t i = 0; i < columns.rows; i++)
            sum += columns.at[i * columns.columns + c];
        low[c] = sum + off - precision;
        high[c] = sum + off + precision;
    }
    return true;
}

static void leverages(qry_ctx *ctx, qry_matrix values, double *leverage)
{
    size_t width = values.columns;
    qry_matrix gram = qry_matrix_new(ctx, width, width), row = qry_matrix_new(ctx, 1, width);
    double *eigenvalue = qry_alloc(ctx, width, sizeof *eigenvalue);
    qry_matrix_multiply(1, values, true, values, false, 0, gram);
    qry_matrix_eigen(ctx, gram, eigenvalue);
    for (size_t i = 0; i < values.rows; i++) {
        qry_matrix_apply(gram, false, qry_matrix_row(values, i), row.at);
        for (size_t c = 0; c < width; c++)
            if (eigenvalue[c] > 1e-12 * eigenvalue[width - 1])
                leverage[i] += row.at[c] * row.at[c] / eigenvalue[c];
    }
}

bool qry_values_sample(const qry_stage_run *run, qry_matrix values, size_t wanted, qry_value_samples *samples)
{
    qry_random random;
    qry_random_seed(&random, run->run.seed, 3 + values.rows);
    double *every = qry_arena_alloc(run->arena, values.rows, sizeof *every), sum = 0;
    leverages(run->ctx, values, every);
    for (size_t i = 0; i < values.rows; i++)
        sum += every[i];
    *samples = (qry_value_samples){.every = every};
    samples->row = qry_arena_alloc(run->arena, values.rows, sizeof *samples->row);
    samples->probability = qry_arena_alloc(run->arena, values.rows, sizeof(double));
    for (size_t i = 0; i < values.rows; i++) {
        every[i] = fmin(1, every[i] * (double)wanted / sum);
        if (qry_random_unit(&random) < every[i]) {
            samples->row[samples->count] = (uint32_t)i;
            samples->probability[samples->count++] = every[i];
        }
    }
    return true;
}
