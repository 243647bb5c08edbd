/* summary.c: many rows in a few numbers. */
#include "runtime/attend/pipeline.h"

#include <math.h>
#include <stdlib.h>

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

qry_spread qry_spread_of(double *numbers, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(numbers[i]))
            numbers[n++] = numbers[i];
    if (n == 0)
        return (qry_spread){0, NAN, NAN, NAN};
    qsort(numbers, n, sizeof *numbers, compare);
    size_t p95 = (size_t)ceil(0.95 * (double)n) - 1;
    return (qry_spread){n, (numbers[(n - 1) / 2] + numbers[n / 2]) / 2, numbers[p95], numbers[n - 1]};
}

static double hits_of(const qry_attend_row *row) { return (double)row->hits; }
static double calls_of(const qry_attend_row *row) { return (double)row->ledger.oracle_calls; }
static double error_of(const qry_attend_row *row) { return row->error; }
static double bound_of(const qry_attend_row *row) { return row->bound; }
static double residual_of(const qry_attend_row *row) { return row->residual; }
static double scores_of(const qry_attend_row *row) { return (double)row->ledger.score_evaluations; }
static double relative_error_of(const qry_attend_row *row) { return row->error / row->exact_length; }

/* Of rows that were measured. */
static double of_estimate(const qry_attend_estimate *estimate, double number)
{
    return estimate->a_calls > 0 ? number : NAN;
}
static double normaliser_calls_of(const qry_attend_row *row)
{
    return of_estimate(&row->rest_normaliser, (double)row->rest_normaliser.a_calls);
}
static double normaliser_samples_of(const qry_attend_row *row)
{
    return of_estimate(&row->rest_normaliser, row->rest_normaliser.classical_samples);
}
static double energy_calls_of(const qry_attend_row *row)
{
    return of_estimate(&row->energy, (double)row->energy.a_calls);
}
static double energy_samples_of(const qry_attend_row *row)
{
    return of_estimate(&row->energy, row->energy.classical_samples);
}

qry_attend_summary qry_attend_summarise(qry_arena *arena, const qry_attend_row *rows, size_t count)
{
    qry_attend_summary s = {.without_bound = 0};
    const struct {
        double (*of)(const qry_attend_row *);
        qry_spread *to;
    } columns[] = {{hits_of, &s.hits},
                   {calls_of, &s.oracle_calls},
                   {error_of, &s.error},
                   {bound_of, &s.bound},
                   {relative_error_of, &s.relative_error},
                   {normaliser_calls_of, &s.normaliser_calls},
                   {normaliser_samples_of, &s.normaliser_samples},
                   {energy_calls_of, &s.energy_calls},
                   {energy_samples_of, &s.energy_samples},
                   {residual_of, &s.residual},
                   {scores_of, &s.scores}};
    double *numbers = qry_arena_alloc(arena, count + 1, sizeof *numbers);
    for (size_t c = 0; c < sizeof columns / sizeof *columns; c++) {
        for (size_t i = 0; i < count; i++)
            numbers[i] = columns[c].of(&rows[i]);
        *columns[c].to = qry_spread_of(numbers, count);
    }
    for (size_t i = 0; i < count; i++) {
        s.without_bound += !isfinite(rows[i].bound);
        s.over_bound += rows[i].error > rows[i].bound || isinf(rows[i].error);
        s.fallbacks += rows[i].fallback != NULL;
        qry_ledger_add(arena, &s.ledger, &rows[i].ledger);
    }
    return s;
}
