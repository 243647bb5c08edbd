/* linalg.c: the wrappers against plain loops, on all small shapes. */
#include "support.h"

#include <math.h>

static qry_matrix random_matrix(qry_ctx *ctx, size_t rows, size_t columns, qry_random *random)
{
    qry_matrix m = qry_matrix_new(ctx, rows, columns);
    for (size_t i = 0; i < rows * columns; i++)
        m.at[i] = qry_random_normal(random);
    return m;
}

static double entry(qry_matrix a, bool transposed, size_t i, size_t j)
{
    return transposed ? qry_matrix_row(a, j)[i] : qry_matrix_row(a, i)[j];
}

static void check_product(qry_ctx *ctx, size_t n, size_t k, size_t m, bool at, bool bt, qry_random *random)
{
    qry_matrix a = at ? random_matrix(ctx, k, n, random) : random_matrix(ctx, n, k, random);
    qry_matrix b = bt ? random_matrix(ctx, m, k, random) : random_matrix(ctx, k, m, random);
    qry_matrix c = random_matrix(ctx, n, m, random), before = qry_matrix_new(ctx, n, m);
    for (size_t i = 0; i < n * m; i++)
        before.at[i] = c.at[i];
    qry_matrix_multiply(1.5, a, at, b, bt, -0.5, c);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++) {
            double want = -0.5 * qry_matrix_row(before, i)[j];
            for (size_t l = 0; l < k; l++)
                want += 1.5 * entry(a, at, i, l) * entry(b, bt, l, j);
            assert_true(fabs(qry_matrix_row(c, i)[j] - want) < 1e-12);
        }
    qry_matrix_free(ctx, &a);
    qry_matrix_free(ctx, &b);
    qry_matrix_free(ctx, &c);
    qry_matrix_free(ctx, &before);
}

static void products(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 1, 0);
    for (size_t n = 1; n <= 5; n++)
        for (size_t k = 1; k <= 5; k++)
            for (size_t m = 1; m <= 5; m++)
                for (int t = 0; t < 4; t++)
                    check_product(ctx, n, k, m, t & 1, t & 2, &random);
    qry_ctx_free(ctx);
}

static void vectors(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 2, 0);
    qry_matrix a = random_matrix(ctx, 4, 3, &random);
    double x[4] = {1, -2, 3, 0.5}, y[4];
    qry_matrix_apply(a, true, x, y);
    for (size_t j = 0; j < 3; j++) {
        double want = 0;
        for (size_t i = 0; i < 4; i++)
            want += a.at[i * 3 + j] * x[i];
        assert_true(fabs(y[j] - want) < 1e-14);
    }
    qry_matrix_apply(a, false, x, y);
    for (size_t i = 0; i < 4; i++)
        assert_true(fabs(y[i] - (a.at[i * 3] * x[0] + a.at[i * 3 + 1] * x[1] + a.at[i * 3 + 2] * x[2])) < 1e-14);
    assert_true(qry_dot(4, x, x) == 1 + 4 + 9 + 0.25);
    double large[2] = {3e200, 4e200};
    assert_true(fabs(qry_norm(2, large) / 5e200 - 1) < 1e-14);
    qry_matrix part = qry_matrix_rows(a, 1, 2);
    assert_ptr_equal(qry_matrix_row(part, 1), qry_matrix_row(a, 2));
    qry_ctx_free(ctx);
}

/* A random symmetric matrix; add_square writes the lower triangle alone, which is all that eigen may read. */
static qry_matrix symmetric(qry_ctx *ctx, size_t n, qry_random *random)
{
    qry_matrix a = qry_matrix_new(ctx, n, n), x = random_matrix(ctx, n, n, random);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            a.at[i * n + j] = NAN;
    for (size_t i = 0; i < n; i++)
        qry_matrix_add_square(a, i % 2 ? -1 : 1, qry_matrix_row(x, i));
    qry_matrix_free(ctx, &x);
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            assert_true(isnan(a.at[i * n + j]));
    return a;
}

static void eigenvalues(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 3, 0);
    for (size_t n = 1; n <= 12; n++) {
        qry_matrix a = symmetric(ctx, n, &random), full = qry_matrix_new(ctx, n, n), spent = qry_matrix_new(ctx, n, n);
        double values[12], vector[12], image[12];
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++) {
                full.at[i * n + j] = a.at[i > j ? i * n + j : j * n + i];
                spent.at[i * n + j] = a.at[i * n + j] = full.at[i * n + j];
            }
        qry_matrix_eigen(ctx, a, values);
        for (size_t i = 0; i < n; i++) {
            assert_true(i == 0 || values[i] >= values[i - 1]);
            qry_matrix_apply(full, false, qry_matrix_row(a, i), image);
            for (size_t j = 0; j < n; j++)
                assert_true(fabs(image[j] - values[i] * qry_matrix_row(a, i)[j]) < 1e-12 * n);
            assert_true(fabs(qry_norm(n, qry_matrix_row(a, i)) - 1) < 1e-13);
        }
        double top = qry_matrix_top_eigen(ctx, spent, vector);
        assert_true(fabs(top - values[n - 1]) < 1e-12 * n);
        qry_matrix_apply(full, false, vector, image);
        for (size_t j = 0; j < n; j++)
            assert_true(fabs(image[j] - top * vector[j]) < 1e-12 * n);
    }
    qry_ctx_free(ctx);
}

/* A = U S W^T, with the columns of U and W orthonormal. */
static void singular_values(void **state)
{
    (void)state;
    enum { MOST = 5 };
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 4, 0);
    for (size_t rows = 1; rows <= MOST; rows++)
        for (size_t columns = 1; columns <= MOST; columns++) {
            size_t least = rows < columns ? rows : columns;
            qry_matrix a = random_matrix(ctx, rows, columns, &random), spent = qry_matrix_new(ctx, rows, columns);
            qry_matrix left = qry_matrix_new(ctx, rows, least), right = qry_matrix_new(ctx, least, columns);
            double values[MOST];
            for (size_t i = 0; i < rows * columns; i++)
                spent.at[i] = a.at[i];
            qry_matrix_singular(ctx, spent, values, left);
            qry_matrix_multiply(1, left, true, a, false, 0,
                                right); /* S W^T: rows of length values[i], across each other */
            for (size_t i = 0; i < least; i++)
                for (size_t j = 0; j <= i; j++) {
                    double product = qry_dot(columns, qry_matrix_row(right, i), qry_matrix_row(right, j));
                    assert_true(fabs(product - (i == j ? values[i] * values[i] : 0)) < 1e-12);
                    assert_true(j == i || values[j] >= values[i]);
                }
            qry_matrix_multiply(-1, left, false, right, false, 1, a);
            for (size_t i = 0; i < rows * columns; i++)
                assert_true(fabs(a.at[i]) < 1e-13);
        }
    qry_ctx_free(ctx);
}

/* Of A = X X^T + 1 / 10: e_i = A (A^-1)_i, so that the diagonal of the inverse solves for unit vectors. */
static void inverse_diagonals(void **state)
{
    (void)state;
    enum { MOST = 6 };
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 5, 0);
    for (size_t n = 1; n <= MOST; n++) {
        qry_matrix x = random_matrix(ctx, n, n, &random), a = qry_matrix_new(ctx, n, n),
                   copy = qry_matrix_new(ctx, n, n);
        double values[MOST], diagonal[MOST], condition;
        for (size_t i = 0; i < n; i++)
            a.at[i * n + i] = 0.1;
        qry_matrix_multiply(1, x, false, x, true, 1, a);
        for (size_t i = 0; i < n * n; i++)
            copy.at[i] = a.at[i];
        assert_true(qry_matrix_inverse_diagonal(ctx, a, diagonal, &condition));
        qry_matrix_eigen(ctx, copy, values);
        for (size_t i = 0; i < n; i++) {
            double want = 0;
            for (size_t k = 0; k < n; k++)
                want += qry_matrix_row(copy, k)[i] * qry_matrix_row(copy, k)[i] / values[k];
            assert_true(fabs(diagonal[i] / want - 1) < 1e-11);
        }
        double spread = values[n - 1] / values[0]; /* the condition in the other norm */
        assert_true(condition >= spread / (double)n * 0.99 && condition <= spread * (double)n * 1.01);
        copy.at[0] = -1;
        assert_false(qry_matrix_inverse_diagonal(ctx, copy, diagonal, &condition));
    }
    qry_ctx_free(ctx);
}

struct sink {
    size_t count;
};

/* Matrices of every rank: the factor gives them back in its order, its rank is theirs, and solving undoes multiplying. */
static void pivoted_factors(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 5, 0);
    for (size_t n = 1; n <= 8; n++)
        for (size_t rank = 1; rank <= n; rank++) {
            qry_matrix half = random_matrix(ctx, n, rank, &random), a = qry_matrix_new(ctx, n, n);
            qry_matrix l = qry_matrix_new(ctx, n, n);
            uint32_t order[8];
            qry_matrix_multiply(1, half, false, half, true, 0, a);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++)
                    l.at[i * n + j] = j <= i ? a.at[i * n + j] : NAN; /* what it must not read */
            assert_int_equal(qry_matrix_cholesky(ctx, l, 1e-9, order), rank);
            for (size_t i = 0; i < n; i++)
                for (size_t j = 0; j < n; j++) {
                    double product = qry_dot(rank, qry_matrix_row(l, i), qry_matrix_row(l, j));
                    assert_true(fabs(product - a.at[order[i] * n + order[j]]) < 1e-9);
                    assert_true(j <= i || l.at[i * n + j] == 0);
                }
        }
    qry_ctx_free(ctx);
}

static void triangles(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 6, 0);
    for (size_t n = 1; n <= 6; n++)
        for (size_t rows = 1; rows <= 3; rows++)
            for (int transposed = 0; transposed < 2; transposed++) {
                qry_matrix l = random_matrix(ctx, n, n, &random), b = random_matrix(ctx, rows, n, &random);
                qry_matrix x = qry_matrix_new(ctx, rows, n), back = qry_matrix_new(ctx, rows, n);
                for (size_t i = 0; i < n; i++)
                    for (size_t j = i; j < n; j++)
                        l.at[i * n + j] = i == j ? 2 : 0;
                for (size_t i = 0; i < rows * n; i++)
                    x.at[i] = b.at[i];
                qry_matrix_solve(l, transposed, x);
                qry_matrix_multiply(1, x, false, l, !transposed, 0, back);
                for (size_t i = 0; i < rows * n; i++)
                    assert_true(fabs(back.at[i] - b.at[i]) < 1e-9);
            }
    qry_ctx_free(ctx);
}

static void count_reports(void *state, const qry_diagnostic *diagnostic)
{
    (void)diagnostic;
    ((struct sink *)state)->count++;
}

static void decompose_nan(void *ctx)
{
    qry_matrix a = qry_matrix_new(ctx, 3, 3);
    double values[3];
    a.at[0] = NAN;
    qry_matrix_eigen(ctx, a, values);
}

static void give_up_on_nan(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct sink sink = {0};
    qry_ctx_on_diagnostic(ctx, count_reports, &sink);
    assert_false(qry_protect(ctx, decompose_nan, ctx));
    assert_int_equal(sink.count, 1);
    qry_ctx_free(ctx);
}

int main(void)
{
    qry_linalg_threads(1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(products),          cmocka_unit_test(vectors),
                                       cmocka_unit_test(eigenvalues),       cmocka_unit_test(singular_values),
                                       cmocka_unit_test(inverse_diagonals), cmocka_unit_test(pivoted_factors),
                                       cmocka_unit_test(triangles),         cmocka_unit_test(give_up_on_nan)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
