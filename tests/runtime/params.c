/* params.c: runtime/params against the definitions in long double, on small heads of every shape; what cannot be represented; the
 * figures that are known of the bundled head. */
#include "support.h"

#include "runtime/params/params.h"

#include <math.h>
#include <string.h>

enum { MOST = 12 };
typedef long double square[2 * MOST][2 * MOST];

/* ---- slow definitions ---- */

/* The largest singular value of a positive matrix: the power method, long after it has settled. */
static long double slow_norm(long double a[MOST][MOST], size_t rows, size_t columns)
{
    long double x[MOST], y[MOST], norm = 0;
    for (size_t j = 0; j < columns; j++)
        x[j] = 1;
    for (int step = 0; step < 20000; step++) {
        long double length = 0;
        for (size_t i = 0; i < rows; i++) {
            y[i] = 0;
            for (size_t j = 0; j < columns; j++)
                y[i] += a[i][j] * x[j];
        }
        for (size_t j = 0; j < columns; j++) {
            x[j] = 0;
            for (size_t i = 0; i < rows; i++)
                x[j] += a[i][j] * y[i];
            length += x[j] * x[j];
        }
        length = sqrtl(length);
        for (size_t j = 0; j < columns; j++)
            x[j] /= length;
        norm = sqrtl(length);
    }
    return norm;
}

/* tr E (E + lambda)^-1, E positive, by elimination. */
static long double slow_dimension(square e, size_t n, long double lambda)
{
    square a, right;
    long double trace = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            a[i][j] = e[i][j] + (i == j ? lambda : 0);
            right[i][j] = e[i][j];
        }
    for (size_t p = 0; p < n; p++)
        for (size_t i = 0; i < n; i++)
            if (i != p) {
                long double f = a[i][p] / a[p][p];
                for (size_t j = 0; j < n; j++) {
                    a[i][j] -= f * a[p][j];
                    right[i][j] -= f * right[p][j];
                }
            }
    for (size_t p = 0; p < n; p++)
        trace += right[p][p] / a[p][p];
    return trace;
}

struct slow {
    long double score[MOST][MOST], top[MOST], sum[MOST], a[MOST][MOST], shifted[MOST][MOST];
    long double most; /* score */
};

static struct slow slow_weights(const struct input *in, long double scale)
{
    struct slow s = {.most = -INFINITY};
    size_t rows = in->q->shape[0], keys = in->k->shape[0], width = in->k->shape[1];
    for (size_t i = 0; i < rows; i++) {
        s.top[i] = -INFINITY;
        for (size_t j = 0; j < keys; j++) {
            for (size_t c = 0; c < width; c++)
                s.score[i][j] += scale * in->q->item.real[i * width + c] * in->k->item.real[j * width + c];
            s.top[i] = fmaxl(s.top[i], s.score[i][j]);
        }
        s.most = fmaxl(s.most, s.top[i]);
    }
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < keys; j++) {
            s.a[i][j] = expl(s.score[i][j] - s.most);
            s.shifted[i][j] = expl(s.score[i][j] - s.top[i]);
            s.sum[i] += s.a[i][j];
        }
    return s;
}

static void near(qry_quantity found, long double wanted, double tolerance)
{
    assert_null(found.missing);
    if (!(fabsl(found.value - wanted) <= tolerance * fmaxl(1e-3L, fabsl(wanted))))
        fail_msg("%.17g is not %.17Lg", found.value, wanted);
}

/* ---- against them ---- */

static void check_weights(const struct slow *s, const qry_params *p)
{
    long double a[MOST][MOST], least = INFINITY, least_shifted = INFINITY, most = 0, squares = 0;
    for (size_t i = 0; i < p->queries; i++) {
        long double shifted = 0;
        for (size_t j = 0; j < p->keys; j++) {
            squares += s->a[i][j] * s->a[i][j];
            shifted += s->shifted[i][j];
        }
        least = fminl(least, s->sum[i]);
        least_shifted = fminl(least_shifted, shifted);
        most = fmaxl(most, s->sum[i]);
    }
    memcpy(a, s->a, sizeof a);
    long double norm = slow_norm(a, p->queries, p->keys);
    near(p->eps_max, least / norm, 1e-10);
    near(p->log_eps_max, logl(least / norm), 1e-10);
    near(p->a_fro_over_spec, sqrtl(squares) / norm, 1e-10);
    near(p->a_inf_over_spec, most / norm, 1e-10);
    memcpy(a, s->shifted, sizeof a);
    near(p->eps_max_shifted, least_shifted / slow_norm(a, p->queries, p->keys), 1e-10);
}

static void check_concentration(const struct slow *s, const qry_params *p)
{
    long double most = 0;
    for (size_t i = 0; i < p->queries; i++) {
        long double squares = 0;
        for (size_t j = 0; j < p->keys; j++)
            squares += s->a[i][j] * s->a[i][j];
        most = fmaxl(most, sqrtl(squares) / s->sum[i]);
    }
    near((qry_quantity){p->row_concentration.max, NULL}, most, 1e-10);
    assert_int_equal(p->row_concentration.count, p->queries);
}

/* Keys below the drop by one constant, the values as the user has them. */
static void check_drop(const struct slow *s, const struct input *in, const qry_params *p, const qry_drop *drop)
{
    long double keys = 0, errors = 0;
    size_t width = p->value_width;
    for (size_t i = 0; i < p->queries; i++) {
        long double exact[MOST] = {0}, output[MOST] = {0}, left = 0, plain[MOST] = {0}, error = 0, length = 0;
        size_t kept = 0;
        for (size_t j = 0; j < p->keys; j++) {
            bool keep = s->top[i] - s->score[i][j] <= drop->drop;
            kept += keep;
            left += keep ? 0 : s->a[i][j];
            for (size_t c = 0; c < width; c++) {
                long double v = in->v->item.real[j * width + c];
                exact[c] += s->a[i][j] * v / s->sum[i];
                output[c] += keep ? s->a[i][j] * v / s->sum[i] : 0;
                plain[c] += keep ? 0 : v;
            }
        }
        for (size_t c = 0; c < width; c++) {
            output[c] += kept < p->keys ? left / (long double)(p->keys - kept) * plain[c] / s->sum[i] : 0;
            error += (output[c] - exact[c]) * (output[c] - exact[c]);
            length += exact[c] * exact[c];
        }
        keys += (long double)kept / (long double)p->queries;
        errors += sqrtl(error / length) / (long double)p->queries;
    }
    near((qry_quantity){drop->k, NULL}, keys, 1e-12);
    near(drop->error, errors, 1e-9);
}

/* The raw kernel by its definition: points times the root of the scale, divided by its greatest diagonal entry. */
static void raw_kernel(const struct input *in, long double scale, square e)
{
    size_t rows = in->q->shape[0], points = rows + in->k->shape[0], width = in->k->shape[1];
    long double most = -INFINITY;
    for (size_t i = 0; i < points; i++)
        for (size_t j = 0; j < points; j++) {
            const double *x = i < rows ? in->q->item.real + i * width : in->k->item.real + (i - rows) * width;
            const double *y = j < rows ? in->q->item.real + j * width : in->k->item.real + (j - rows) * width;
            e[i][j] = 0;
            for (size_t c = 0; c < width; c++)
                e[i][j] += scale * x[c] * y[c];
            most = i == j ? fmaxl(most, e[i][j]) : most;
        }
    for (size_t i = 0; i < points; i++)
        for (size_t j = 0; j < points; j++)
            e[i][j] = expl(e[i][j] - most);
}

static void check_dimensions(const struct slow *s, const struct input *in, const qry_params *p)
{
    square e;
    long double least = INFINITY;
    raw_kernel(in, p->scale, e);
    for (int i = 0; i < QRY_RIDGES; i++)
        near(p->ridge[i].raw, slow_dimension(e, p->queries + p->keys, p->ridge[i].lambda), 1e-6);
    for (size_t i = 0; i < p->queries; i++) {
        long double sum = 0;
        for (size_t j = 0; j < p->keys; j++)
            sum += e[i][p->queries + j];
        least = fminl(least, sum);
    }
    near((qry_quantity){p->needed_log_lambda_raw, NULL}, logl(0.1L * least / sqrtl((long double)p->keys)), 1e-10);
    near(p->needed_raw, slow_dimension(e, p->queries + p->keys, expl(p->needed_log_lambda_raw)), 1e-6);
    (void)s;
}

static void small_heads(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    uint64_t seed = 1;
    for (size_t rows = 1; rows <= 8; rows += 3)
        for (size_t keys = 1; keys <= 10; keys += 3)
            for (double deviation = 0.5; deviation < 5; deviation *= 3) {
                struct input in = random_input(ctx, rows, keys, 2, deviation, seed++);
                qry_params p;
                assert_true(qry_params_measure(ctx, arena, in.q, in.k, in.v, seed % 2 ? 0.4 : 0, NULL, &p));
                assert_true(p.scale == (seed % 2 ? 0.4 : 1 / sqrt(2)));
                struct slow s = slow_weights(&in, p.scale);
                check_weights(&s, &p);
                check_concentration(&s, &p);
                check_dimensions(&s, &in, &p);
                for (int i = 0; i < QRY_DROPS; i++)
                    check_drop(&s, &in, &p, &p.drop[i]);
            }
    qry_ctx_free(ctx);
}

/* The balanced kernel, from its entries. */
static void balanced_dimension(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *head = random_head(ctx, 7, 9, 3, 2, 1.5, 5);
    qry_kernel *kernel = qry_kernel_new(head, false);
    size_t points = head->rows + head->keys;
    qry_matrix block = qry_matrix_new(ctx, points, points);
    square e;
    qry_kernel_block(kernel, NULL, 0, NULL, 0, false, block);
    for (size_t i = 0; i < points; i++)
        for (size_t j = 0; j < points; j++)
            e[i][j] = qry_matrix_row(block, i)[j];
    for (double lambda = 1; lambda > 1e-5; lambda /= 7)
        near(qry_effective_dimension(kernel, log(lambda)), slow_dimension(e, points, lambda), 1e-7);
    qry_ctx_free(ctx);
}

/* V = U diag(3, 2, 1) W^T with orthonormal columns of few rows: all is known. */
static void known_values(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    double u[4][3] = {{.5, .5, .5}, {.5, -.5, .5}, {.5, .5, -.5}, {.5, -.5, -.5}};
    qry_matrix v = qry_matrix_new(ctx, 5, 3);
    for (size_t i = 0; i < 4; i++)
        for (size_t c = 0; c < 3; c++)
            qry_matrix_row(v, i)[c] = u[i][c] * (double)(3 - c); /* the last row is zero: no leverage */
    qry_value_facts f = qry_value_facts_of(ctx, arena, v);
    assert_int_equal(f.rank, 3);
    near(f.fro_over_spec, sqrtl(14) / 3, 1e-13);
    near(f.d_over_srank, 3 * 9 / 14.0L, 1e-13);
    near(f.log_kappa, logl(3), 1e-13);
    near(f.distortion, 3 / 14.0L * (14 / 4.0L) / (3 / 4.0L), 1e-13);
    qry_matrix dependent = qry_matrix_new(ctx, 4, 3);
    for (size_t i = 0; i < 4; i++)
        for (size_t c = 0; c < 3; c++)
            qry_matrix_row(dependent, i)[c] = u[i][0] * 3 + (c > 0 ? u[i][1] : 0);
    f = qry_value_facts_of(ctx, arena, dependent);
    assert_int_equal(f.rank, 2);
    assert_null(f.distortion.missing);
    assert_true(isnan(f.log_kappa.value) && strstr(f.log_kappa.missing, "rank 2"));
    qry_matrix zero = qry_matrix_new(ctx, 4, 3);
    f = qry_value_facts_of(ctx, arena, zero);
    assert_int_equal(f.rank, 0);
    assert_string_equal(f.fro_over_spec.missing, "V is zero");
    assert_string_equal(f.distortion.missing, "V is zero");
    qry_ctx_free(ctx);
}

/* Scores of thousands: ratios are as of long double, where they can be; numbers that are none have their logarithm. */
static void huge_scores(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    struct input in = random_input(ctx, 6, 7, 2, 1000, 3);
    qry_params p;
    assert_true(qry_params_measure(ctx, arena, in.q, in.k, in.v, 1, NULL, &p));
    struct slow s = slow_weights(&in, 1);
    long double a[MOST][MOST], least = INFINITY;
    memcpy(a, s.a, sizeof a);
    for (size_t i = 0; i < 6; i++)
        least = fminl(least, s.top[i]);
    assert_true(s.most - least > 800);
    assert_true(isnan(p.eps_max.value) && strstr(p.eps_max.missing, "logarithm"));
    near(p.log_eps_max, logl(s.sum[0] > 0 ? 1 : 1) + least - s.most - logl(slow_norm(a, 6, 7)), 1e-3);
    assert_true(isfinite(p.eps_max_shifted.value) && isfinite(p.a_inf_over_spec.value));
    assert_true(p.needed_log_lambda_raw < -1000);
    qry_ctx_free(ctx);
}

/* Equal keys: A has rank one, its rows are constant. */
static void constant_keys(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    struct input in = random_input(ctx, 5, 8, 2, 1, 9);
    qry_params p;
    for (size_t i = 0; i < in.k->count; i++)
        in.k->item.real[i] = 1;
    assert_true(qry_params_measure(ctx, arena, in.q, in.k, in.v, 0, NULL, &p));
    near(p.a_fro_over_spec, 1, 1e-12);
    near(p.eps_max_shifted, 8 / sqrtl(40), 1e-12);
    assert_true(fabs(p.row_concentration.median - sqrt(1 / 8.0)) < 1e-12);
    for (int i = 0; i < QRY_DROPS; i++) {
        assert_true(p.drop[i].k == 8);
        near(p.drop[i].error, 0, 1e-12);
    }
    qry_ctx_free(ctx);
}

int main(void)
{
    qry_linalg_threads(1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(small_heads), cmocka_unit_test(balanced_dimension),
                                       cmocka_unit_test(known_values), cmocka_unit_test(huge_scores),
                                       cmocka_unit_test(constant_keys)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
