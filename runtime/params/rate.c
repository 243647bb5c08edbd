/* rate.c: how fast the classical computer is. */
#include "runtime/params/crossover.h"

#include <math.h>

double qry_classical_rate(qry_ctx *ctx, size_t width)
{
    enum { KEYS = 16384, TRIES = 5 };
    static const double enough = 0.01; /* seconds a try */
    qry_matrix keys = qry_matrix_new(ctx, KEYS, width);
    double *query = qry_alloc(ctx, width, sizeof *query), *scores = qry_alloc(ctx, KEYS, sizeof *scores), best = 0;
    for (size_t i = 0; i < KEYS * width; i++)
        keys.at[i] = 1 / (double)(i + 1);
    for (size_t i = 0; i < width; i++)
        query[i] = 1 / (double)(i + 1);
    for (int i = 0; i < TRIES; i++) {
        double start = qry_seconds(), taken = 0, products = 0;
        while (taken < enough) {
            qry_matrix_apply(keys, false, query, scores);
            products++;
            taken = qry_seconds() - start;
        }
        best = fmax(best, products * KEYS * (double)width / taken);
    }
    qry_free(ctx, query);
    qry_free(ctx, scores);
    qry_matrix_free(ctx, &keys);
    return best;
}
