/* linalg.h: dense linear algebra in double precision, in the order of C, on OpenBLAS and LAPACKE.
 *
 * A qry_matrix is a view: copying one copies no numbers. Functions write only what their comments say they write.
 * Errors: shapes that do not fit together, and dimensions beyond INT_MAX, are bugs of the caller (qry_must). An
 * eigenvalue iteration that does not converge, or finds no memory, reports and gives up. Numbers must be finite where a
 * comment says so. */
#ifndef QRY_RUNTIME_LINALG_H
#define QRY_RUNTIME_LINALG_H

#include "base/base.h"

/** at[i * columns + j] is entry (i, j). */
typedef struct qry_matrix {
    double *at;
    size_t rows, columns;
} qry_matrix;

/** Zeros, from the context. qry_matrix_free is early return of memory, as everywhere. */
qry_matrix qry_matrix_new(qry_ctx *ctx, size_t rows, size_t columns);
void qry_matrix_free(qry_ctx *ctx, qry_matrix *a);
double *qry_matrix_row(qry_matrix a, size_t row);
/** The rows first .. first + count - 1, in place. */
qry_matrix qry_matrix_rows(qry_matrix a, size_t first, size_t count);

double qry_dot(size_t n, const double *x, const double *y);
/** The Euclidean norm; no overflow on the way. */
double qry_norm(size_t n, const double *x);
/** y += t x */
void qry_add_scaled(size_t n, double t, const double *x, double *y);

/** c = t op(a) op(b) + keep c, op(x) being x or its transpose. c must not overlap a or b. */
void qry_matrix_multiply(double t, qry_matrix a, bool a_transposed, qry_matrix b, bool b_transposed, double keep,
                         qry_matrix c);
/** y = op(a) x */
void qry_matrix_apply(qry_matrix a, bool transposed, const double *x, double *y);
/** Adds t x x^T to the lower triangle of a square matrix; the upper one stays. */
void qry_matrix_add_square(qry_matrix a, double t, const double *x);

/** The eigenvalues of a symmetric matrix, ascending; row i of a becomes the unit eigenvector of values[i]. Reads the
 *  lower triangle, which must be finite. */
void qry_matrix_eigen(qry_ctx *ctx, qry_matrix a, double *values);
/** The largest eigenvalue alone, and its unit eigenvector. Reads the lower triangle, which must be finite; a is spent. */
double qry_matrix_top_eigen(qry_ctx *ctx, qry_matrix a, double *vector);

/** Factors a symmetric matrix that has no negative eigenvalue but by rounding, by the largest pivots: reads the lower triangle,
 *  which must be finite, and leaves L, zeros above it, with L L^T = its rows and columns in the order order[0], order[1], ... .
 *  Stops where no pivot is above `tolerance`; returns how many there were: so many columns of L count. */
size_t qry_matrix_cholesky(qry_ctx *ctx, qry_matrix a, double tolerance, uint32_t *order);
/** Every row x of b becomes l^-1 x, or l^-T x, l lower triangular. */
void qry_matrix_solve(qry_matrix l, bool transposed, qry_matrix b);
/** The singular values, falling, min(rows, columns) of them; left: rows x as many, whose columns are the left singular
 *  vectors. a must be finite, and is spent. */
void qry_matrix_singular(qry_ctx *ctx, qry_matrix a, double *values, qry_matrix left);
/** The diagonal of the inverse of a positive symmetric matrix, and about the matrix's condition in the 1-norm. Reads the
 *  lower triangle, which must be finite; a is spent. False if a is not positive, as far as double precision can tell. */
bool qry_matrix_inverse_diagonal(qry_ctx *ctx, qry_matrix a, double *diagonal, double *condition);

/** Threads inside OpenBLAS, for the whole process. With one, results do not depend on how many threads Quarry runs;
 *  programs call this once at their start. */
void qry_linalg_threads(int threads);

#endif
