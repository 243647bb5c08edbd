/* values.c: singular values and leverages of V. */
#include "runtime/params/params.h"

#include <float.h>
#include <math.h>

/* Singular values below this part of the greatest are rounding: the usual rule of numerical rank. */
static size_t rank_of(const double *values, size_t count, size_t rows, size_t columns)
{
    double least = values[0] * DBL_EPSILON * (double)(rows > columns ? rows : columns);
    size_t rank = 0;
    while (rank < count && values[rank] > least)
        rank++;
    return rank;
}

/* Relative to the greatest singular value, whose square may not be a number. */
static double distortion_of(qry_matrix left, const double *lengths, size_t rank, double frobenius, size_t width)
{
    double most = 0;
    for (size_t j = 0; j < left.rows; j++) {
        double leverage = qry_norm(rank, qry_matrix_row(left, j)), ratio = lengths[j] / frobenius / leverage;
        if (lengths[j] > 0 && leverage > 0)
            most = fmax(most, ratio * ratio);
    }
    return (double)width * most;
}

qry_value_facts qry_value_facts_of(qry_ctx *ctx, qry_arena *arena, qry_matrix values)
{
    size_t count = values.rows < values.columns ? values.rows : values.columns;
    qry_value_facts facts = {.rank = 0};
    qry_memory_require(ctx, 16.0 * (double)values.rows * (double)count, "the singular values of V");
    qry_matrix left = qry_matrix_new(ctx, values.rows, count);
    double *singular = qry_alloc(ctx, count, sizeof *singular), *lengths = qry_alloc(ctx, values.rows, sizeof *lengths);
    for (size_t j = 0; j < values.rows; j++)
        lengths[j] = qry_norm(values.columns, qry_matrix_row(values, j));
    qry_matrix_singular(ctx, values, singular, left);
    facts.rank = rank_of(singular, count, values.rows, values.columns);
    if (facts.rank > 0) {
        double frobenius = qry_norm(count, singular), ratio = frobenius / singular[0];
        facts.fro_over_spec = qry_quantity_of(ratio);
        facts.d_over_srank = qry_quantity_of((double)values.columns / (ratio * ratio));
        facts.distortion = qry_quantity_of(distortion_of(left, lengths, facts.rank, frobenius, values.columns));
        facts.log_kappa = qry_quantity_of(log(singular[0]) - log(singular[facts.rank - 1]));
        if (facts.rank < values.columns)
            facts.log_kappa = qry_quantity_missing(qry_arena_printf(
                arena, "V has rank %zu and %zu columns: its condition is infinite", facts.rank, values.columns));
    } else {
        facts.fro_over_spec = facts.d_over_srank = facts.log_kappa = facts.distortion =
            qry_quantity_missing("V is zero");
    }
    qry_free(ctx, singular);
    qry_free(ctx, lengths);
    qry_matrix_free(ctx, &left);
    return facts;
}
