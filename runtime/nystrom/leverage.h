/* leverage.h: ridge leverages by a sample of the points. Private to runtime/nystrom/.
 *
 * With a sample S of points, point i of it taken with probability p_i, and a ridge lambda, the leverage of a point x is taken for
 *
 *     l(x) = (K(x, x) - k^T (K_S + lambda P)^-1 k) / lambda,      k = K(x, S),  P = diag(p)
 *
 * (Musco and Musco 2017, equation 4), at most by a constant factor below what it is by all points. */
#ifndef QRY_RUNTIME_LEVERAGE_H
#define QRY_RUNTIME_LEVERAGE_H

#include "runtime/nystrom/circuits.h"

/** A sample, and what leverages follow from. */
typedef struct qry_ridge {
    const qry_kernel *kernel;
    uint32_t *point; /* count of them */
    double *probability;
    size_t count;
    double lambda;
    qry_matrix root; /* L, lower triangular: L L^T = K_S + lambda P */
} qry_ridge;

/** The leverages of points a[0] .. a[count - 1]. */
void qry_ridge_leverages(const qry_ridge *ridge, const uint32_t *a, size_t count, double *leverage);

/** `sample set` of the points a[0] .. a[count - 1] with probability min(1, factor leverage), which the oracle computes from the
 *  coordinates of the point (leverage_program.c). */
typedef struct qry_leverage_program {
    qry_stage_program program;
    double error; /* no probability is farther from that in double precision */
} qry_leverage_program;

/** Whether such an oracle is small. */
bool qry_leverage_program_is_small(const qry_ridge *ridge);
/** Whether there is one: few enough points and coordinates, and no number of more than QRY_MAX_WIDTH bits. */
bool qry_leverage_program_exists(const qry_ridge *ridge);
/** For a ridge for which there is one. `expected` rows; arena memory. */
qry_leverage_program qry_leverage_program_of(const qry_ridge *ridge, const uint32_t *a, size_t count, double factor,
                                             double expected, double failure, qry_arena *arena);

#endif
