/* linalg.c: the wrappers. A symmetric matrix is the same in the order of C and of Fortran but for the name of the
 * triangle, so eigenvectors come out as rows without a transposition. */
#include "runtime/linalg.h"

#include <cblas.h>
#include <lapacke.h>
#include <limits.h>

static int dimension(size_t n)
{
    qry_must(n <= INT_MAX);
    return (int)n;
}

/* The distance of two rows; the library wants at least one even where there is nothing. */
static int stride(qry_matrix a) { return a.columns ? dimension(a.columns) : 1; }

qry_matrix qry_matrix_new(qry_ctx *ctx, size_t rows, size_t columns)
{
    size_t count;
    if (QRY_MUL_OVERFLOWS(rows, columns, &count))
        count = SIZE_MAX; /* qry_alloc reports it */
    return (qry_matrix){qry_alloc_aligned(ctx, count, sizeof(double)), rows, columns};
}

void qry_matrix_free(qry_ctx *ctx, qry_matrix *a)
{
    qry_free(ctx, a->at);
    *a = (qry_matrix){0};
}

double *qry_matrix_row(qry_matrix a, size_t row)
{
    qry_must(row < a.rows);
    return a.at + row * a.columns;
}

qry_matrix qry_matrix_rows(qry_matrix a, size_t first, size_t count)
{
    qry_must(first <= a.rows && count <= a.rows - first);
    return (qry_matrix){a.at + first * a.columns, count, a.columns};
}

double qry_dot(size_t n, const double *x, const double *y) { return cblas_ddot(dimension(n), x, 1, y, 1); }

double qry_norm(size_t n, const double *x) { return cblas_dnrm2(dimension(n), x, 1); }

void qry_add_scaled(size_t n, double t, const double *x, double *y) { cblas_daxpy(dimension(n), t, x, 1, y, 1); }

void qry_matrix_multiply(double t, qry_matrix a, bool a_transposed, qry_matrix b, bool b_transposed, double keep,
                         qry_matrix c)
{
    size_t rows = a_transposed ? a.columns : a.rows, inner = a_transposed ? a.rows : a.columns;
    size_t columns = b_transposed ? b.rows : b.columns;
    qry_must(rows == c.rows && columns == c.columns && inner == (b_transposed ? b.columns : b.rows));
    cblas_dgemm(CblasRowMajor, a_transposed ? CblasTrans : CblasNoTrans, b_transposed ? CblasTrans : CblasNoTrans,
                dimension(rows), dimension(columns), dimension(inner), t, a.at, stride(a), b.at, stride(b), keep, c.at,
                stride(c));
}

void qry_matrix_apply(qry_matrix a, bool transposed, const double *x, double *y)
{
    cblas_dgemv(CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, dimension(a.rows), dimension(a.columns), 1, a.at,
                stride(a), x, 1, 0, y, 1);
}

void qry_matrix_add_square(qry_matrix a, double t, const double *x)
{
    qry_must(a.rows == a.columns);
    cblas_dsyr(CblasRowMajor, CblasLower, dimension(a.rows), t, x, 1, a.at, stride(a));
}

static void check_found(qry_ctx *ctx, lapack_int info, const char *what, qry_matrix a)
{
    if (info == 0)
        return;
    if (info == LAPACK_WORK_MEMORY_ERROR || info == LAPACK_TRANSPOSE_MEMORY_ERROR)
        qry_error(ctx, "out of memory for the %s of a %zu x %zu matrix", what, a.rows, a.columns);
    else
        qry_error(ctx, "the %s of a %zu x %zu matrix could not be computed (LAPACK says %d)", what, a.rows, a.columns,
                  (int)info);
    qry_give_up(ctx);
}

void qry_matrix_eigen(qry_ctx *ctx, qry_matrix a, double *values)
{
    qry_must(a.rows == a.columns);
    if (a.rows > 0)
        check_found(ctx, LAPACKE_dsyevd(LAPACK_COL_MAJOR, 'V', 'U', dimension(a.rows), a.at, stride(a), values),
                    "eigenvalues", a);
}

double qry_matrix_top_eigen(qry_ctx *ctx, qry_matrix a, double *vector)
{
    qry_must(a.rows == a.columns && a.rows > 0);
    int n = dimension(a.rows);
    lapack_int found = 0, support[2];
    double *values = qry_alloc(ctx, a.rows, sizeof *values);
    check_found(
        ctx,
        LAPACKE_dsyevr(LAPACK_COL_MAJOR, 'V', 'I', 'U', n, a.at, n, 0, 0, n, n, 0, &found, values, vector, n, support),
        "eigenvalues", a);
    double top = values[0];
    qry_free(ctx, values);
    return top;
}

size_t qry_matrix_cholesky(qry_ctx *ctx, qry_matrix a, double tolerance, uint32_t *order)
{
    qry_must(a.rows == a.columns);
    size_t n = a.rows;
    lapack_int rank = 0, *pivot = qry_alloc(ctx, n + 1, sizeof *pivot);
    lapack_int info =
        n > 0 ? LAPACKE_dpstrf(LAPACK_COL_MAJOR, 'U', dimension(n), a.at, dimension(n), pivot, &rank, tolerance) : 0;
    qry_must(info >= 0);
    for (size_t i = 0; i < n; i++) {
        order[i] = (uint32_t)(pivot[i] - 1);
        for (size_t j = i + 1; j < n; j++)
            a.at[i * n + j] = 0;
    }
    qry_free(ctx, pivot);
    return (size_t)rank;
}

void qry_matrix_solve(qry_matrix l, bool transposed, qry_matrix b)
{
    qry_must(l.rows == l.columns && b.columns == l.rows);
    if (b.rows == 1)
        cblas_dtrsv(CblasRowMajor, CblasLower, transposed ? CblasTrans : CblasNoTrans, CblasNonUnit, dimension(l.rows),
                    l.at, stride(l), b.at, 1);
    else
        cblas_dtrsm(CblasRowMajor, CblasRight, CblasLower, transposed ? CblasNoTrans : CblasTrans, CblasNonUnit,
                    dimension(b.rows), dimension(b.columns), 1, l.at, stride(l), b.at, stride(b));
}

/* LAPACK takes a for its transpose, of which our left vectors are the right ones. */
void qry_matrix_singular(qry_ctx *ctx, qry_matrix a, double *values, qry_matrix left)
{
    size_t least = a.rows < a.columns ? a.rows : a.columns;
    qry_must(least > 0 && left.rows == a.rows && left.columns == least);
    double *right = qry_alloc(ctx, least, a.columns * sizeof *right);
    check_found(ctx,
                LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'S', dimension(a.columns), dimension(a.rows), a.at, stride(a), values,
                               right, stride(a), left.at, stride(left)),
                "singular values", a);
    qry_free(ctx, right);
}

/* With a = L L^T, entry i is the sum of the squares of column i of L^-1. */
bool qry_matrix_inverse_diagonal(qry_ctx *ctx, qry_matrix a, double *diagonal, double *condition)
{
    qry_must(a.rows == a.columns && a.rows > 0);
    int n = dimension(a.rows);
    double reciprocal = 0, norm = LAPACKE_dlansy(LAPACK_COL_MAJOR, '1', 'U', n, a.at, n);
    if (LAPACKE_dpotrf(LAPACK_COL_MAJOR, 'U', n, a.at, n) != 0)
        return false;
    check_found(ctx, LAPACKE_dpocon(LAPACK_COL_MAJOR, 'U', n, a.at, n, norm, &reciprocal), "condition", a);
    check_found(ctx, LAPACKE_dtrtri(LAPACK_COL_MAJOR, 'U', 'N', n, a.at, n), "inverse", a);
    for (size_t i = 0; i < a.rows; i++)
        diagonal[i] = 0;
    for (size_t i = 0; i < a.rows; i++) {
        const double *row = qry_matrix_row(a, i);
        for (size_t j = 0; j <= i; j++)
            diagonal[j] += row[j] * row[j];
    }
    *condition = 1 / reciprocal;
    return true;
}

void qry_linalg_threads(int threads) { openblas_set_num_threads(threads); }
