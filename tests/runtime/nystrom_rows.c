/* factor.c to row.c: rows from the low-rank kernel against the definition, and their bounds against their errors, over heads,
 * kernels, landmarks and seeds; and heads that are hard. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nystrom/factor.h"

static const double failure = 1e-3;

struct made {
    qry_ctx *ctx;
    qry_head *head;
    qry_nystrom *nystrom;
    qry_nystrom_place *place;
    double *output;
};

static struct made make_of(qry_ctx *ctx, qry_head *head, const qry_attend_options *options)
{
    struct made m = {.ctx = ctx, .head = head};
    qry_attend_stage stages[4];
    size_t count;
    m.nystrom = qry_nystrom_new(head, options, failure, stages, &count);
    assert_non_null(m.nystrom);
    assert_in_range(count, 3, 4);
    m.place = qry_nystrom_place_new(ctx, m.nystrom);
    m.output = qry_alloc(ctx, head->value_width, sizeof(double));
    return m;
}

static void free_made(struct made *m)
{
    qry_ctx *ctx = m->ctx;
    qry_nystrom_place_free(m->place);
    qry_nystrom_free(m->nystrom);
    qry_free(ctx, m->output);
    qry_head_free(m->head);
    qry_ctx_free(ctx);
}

static qry_nystrom_answer answer(struct made *m, size_t row)
{
    qry_nystrom_answer a;
    qry_nystrom_answer_row(m->place, qry_matrix_row(m->head->q, row), m->head->offset[row],
                           m->nystrom->causal ? row + 1 : m->head->keys, m->output, &a);
    return a;
}

/* The exact row over the first keys. */
static double error_of(const struct made *m, size_t row)
{
    qry_head head = *m->head;
    if (m->nystrom->causal)
        head.keys = row + 1;
    return slow_error(&head, row, m->output);
}

struct tally {
    size_t rows, bounded, fallen;
    double worst; /* error over bound */
};

/* All rows: finite outputs in the ball of the values, bounds above errors but for `missed` that may fail. */
static struct tally check_rows(struct made *m)
{
    struct tally t = {0};
    for (size_t row = 0; row < m->head->rows; row++) {
        qry_nystrom_answer a = answer(m, row);
        double error = error_of(m, row), from_mean = 0;
        for (size_t c = 0; c < m->head->value_width; c++) {
            assert_true(isfinite(m->output[c]));
            from_mean = hypot(from_mean, m->output[c] - m->head->value_mean[c]);
        }
        assert_true(from_mean <= m->head->value_radius * (1 + 1e-9) + 1e-300);
        assert_true(isnan(a.bound) == (a.no_bound != NULL));
        assert_true(a.residual >= 0 && a.residual <= 1);
        t.rows++;
        t.fallen += a.fallback != NULL;
        if (!isnan(a.bound)) {
            t.bounded++;
            double rounding = 1e-15 * qry_norm(m->head->value_width, m->head->value_mean);
            assert_true(a.bound <= 2 * m->head->value_radius * (1 + 1e-8) + rounding);
            t.worst = fmax(t.worst, error > 0 ? error / a.bound : 0);
        }
    }
    return t;
}

static qry_attend_options options_of(size_t landmarks, bool raw, bool causal, size_t samples, uint64_t seed)
{
    return (qry_attend_options){.method = QRY_ATTEND_NYSTROM,
                                .causal = causal,
                                .nystrom = {.landmarks = landmarks, .raw = raw, .value_samples = samples},
                                .run = {.engine = QRY_ENGINE_ORACLE, .seed = seed}};
}

/* Bounds over many heads, never below the error. That of sampled values may be with probability `failure` a row, by
 * Chebyshev's inequality, which is far from what happens. */
static void bounds(void **state)
{
    (void)state;
    size_t rows = 0, bounded = 0;
    for (uint64_t seed = 1; seed <= 240; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        bool causal = seed % 3 == 0, raw = seed % 2, sampled = seed % 5 == 0;
        size_t keys = 5 + seed % 90;
        double deviation = seed % 4 == 0 ? 3 : seed % 4 == 1 ? 0.1 : 0.7;
        qry_head *head =
            random_head(ctx, causal ? keys : 1 + seed % 23, keys, 1 + seed % 4, 1 + seed % 5, deviation, seed);
        qry_attend_options o = options_of(1 + seed % 60, raw, causal, sampled ? keys / 2 + 1 : 0, seed);
        struct made m = make_of(ctx, head, &o);
        struct tally t = check_rows(&m);
        if (t.worst > 1)
            fail_msg("seed %d: error %g times the bound", (int)seed, t.worst);
        rows += t.rows;
        bounded += t.bounded;
        free_made(&m);
    }
    print_message("%zu of %zu rows have a bound\n", bounded, rows);
    assert_true(bounded > rows / 10);
}

/* All points are landmarks: nothing is left, and the row is exact but for the normaliser, known to its precision. */
static void all_landmarks(void **state)
{
    (void)state;
    for (int causal = 0; causal < 2; causal++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_head *head = random_head(ctx, 30, 30, 3, 4, 1, 5);
        qry_attend_options o = options_of(60, false, causal, 0, 1);
        o.nystrom.mean_epsilon = 1e-6;
        struct made m = make_of(ctx, head, &o);
        for (size_t row = 0; row < head->rows; row++) {
            qry_nystrom_answer a = answer(&m, row);
            assert_true(a.residual < 1e-9);
            assert_true(error_of(&m, row) < 1e-6);
            assert_true(a.bound < 1e-4 * head->value_radius);
        }
        free_made(&m);
    }
}

/* ---- the factor by dense algebra ---- */

/* What the landmarks leave of the kernel of all points, without weights, in long double: rows of landmarks are taken out one after
 * the other. */
static void dense_residual(const qry_kernel *kernel, const struct made *m, size_t points, long double *left)
{
    size_t d = kernel->width;
    for (size_t i = 0; i < points; i++)
        for (size_t j = 0; j < points; j++) {
            long double square = 0;
            for (size_t c = 0; c < d; c++)
                square += ((long double)kernel->point.at[i * d + c] - kernel->point.at[j * d + c]) *
                          ((long double)kernel->point.at[i * d + c] - kernel->point.at[j * d + c]);
            left[i * points + j] = expl(-square / 2);
        }
    for (size_t l = 0; l < m->nystrom->landmarks; l++) {
        size_t at = 0;
        while (memcmp(qry_matrix_row(kernel->point, at), qry_matrix_row(m->nystrom->landmark, l), d * sizeof(double)))
            at++;
        long double pivot = left[at * points + at], *row = malloc(points * sizeof *row);
        memcpy(row, left + at * points, points * sizeof *row);
        for (size_t i = 0; i < points; i++)
            for (size_t j = 0; j < points && pivot > 0; j++)
                left[i * points + j] -= row[i] * row[j] / pivot;
        free(row);
    }
}

/* H^T M H of the first keys, H of rows L_j (1, v_j). */
static qry_matrix dense_limit(const struct made *m, const long double *left, size_t points, size_t keys)
{
    size_t width = m->head->value_width + 1, rows = m->head->rows;
    qry_matrix limit = qry_matrix_new(m->ctx, width, width);
    for (size_t i = 0; i < keys; i++)
        for (size_t j = 0; j < keys; j++) {
            long double entry = left[(rows + i) * points + rows + j] * m->nystrom->weight[i] * m->nystrom->weight[j];
            for (size_t a = 0; a < width; a++)
                for (size_t b = 0; b < width; b++) {
                    double x = a ? m->head->v.at[i * (width - 1) + a - 1] : 1;
                    double y = b ? m->head->v.at[j * (width - 1) + b - 1] : 1;
                    limit.at[a * width + b] += (double)(entry * x * y);
                }
        }
    return limit;
}

/* u(x).u(y) is what the dense residual says, on all rows; residuals agree; and so do the limits, all of them. */
static void dense(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++)
        for (int causal = 0; causal < 2; causal++) {
            qry_ctx *ctx = qry_ctx_new();
            size_t keys = 10 + seed, rows = causal ? keys : 6, points = rows + keys;
            qry_head *head = random_head(ctx, rows, keys, 3, 2, 1, seed);
            qry_attend_options o = options_of(3 + seed, seed % 2, causal, 0, seed);
            o.method = QRY_ATTEND_HYBRID;
            struct made m = make_of(ctx, head, &o);
            long double *left = malloc(points * points * sizeof *left);
            dense_residual(m.nystrom->kernel, &m, points, left);
            for (size_t row = 0; row < rows; row++)
                assert_true(fabsl(answer(&m, row).residual - left[row * points + row]) < 1e-8L);
            qry_matrix u = qry_matrix_new(ctx, keys, m.nystrom->landmarks);
            qry_nystrom_solve_keys(m.nystrom, 0, u);
            for (size_t j = 0; j < keys; j++)
                assert_true(fabsl(1 - qry_dot(u.columns, qry_matrix_row(u, j), qry_matrix_row(u, j)) -
                                  left[(rows + j) * points + rows + j]) < 1e-8L);
            for (size_t some = 1; some <= keys; some++) {
                qry_matrix limit = dense_limit(&m, left, points, some);
                size_t width = limit.rows;
                const double *packed = causal ? qry_matrix_row(m.nystrom->prefixes->left, some - 1) : NULL;
                for (size_t a = 0; a < width; a++)
                    for (size_t b = 0; b <= a; b++) {
                        double found = causal ? *packed++ : m.nystrom->certificate.left.at[a * width + b];
                        assert_true((!causal && some < keys) || fabs(found - limit.at[a * width + b]) < 1e-7);
                    }
            }
            free(left);
            free_made(&m);
        }
}

/* Lemma 1: a block off the diagonal of a positive matrix has at most half its norm. Lemma 2: a row has at most
 * sqrt(r (norm - r)), r its diagonal entry. The residual is positive. */
static void lemmas(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        enum { ROWS = 12, KEYS = 15, POINTS = ROWS + KEYS };
        qry_head *head = random_head(ctx, ROWS, KEYS, 4, 1, 1, seed);
        qry_attend_options o = options_of(seed, false, false, 0, seed);
        o.method = QRY_ATTEND_HYBRID;
        struct made m = make_of(ctx, head, &o);
        long double *left = malloc(sizeof *left * POINTS * POINTS);
        dense_residual(m.nystrom->kernel, &m, POINTS, left);
        qry_matrix all = qry_matrix_new(ctx, POINTS, POINTS), square = qry_matrix_new(ctx, ROWS, ROWS);
        double value[POINTS], row_square[ROWS] = {0};
        for (size_t i = 0; i < (size_t)POINTS * POINTS; i++)
            all.at[i] = (double)left[i];
        for (size_t i = 0; i < ROWS; i++)
            for (size_t j = 0; j < ROWS; j++)
                for (size_t k = ROWS; k < POINTS; k++)
                    square.at[i * ROWS + j] += all.at[i * POINTS + k] * all.at[j * POINTS + k];
        for (size_t i = 0; i < ROWS; i++)
            row_square[i] = square.at[i * ROWS + i];
        qry_matrix_eigen(ctx, all, value);
        double norm = value[POINTS - 1], block[ROWS];
        qry_matrix_eigen(ctx, square, block);
        assert_true(value[0] > -1e-9);
        assert_true(sqrt(block[ROWS - 1]) <= norm / 2 + 1e-9);
        for (size_t i = 0; i < ROWS; i++) {
            double r = (double)left[i * POINTS + i];
            assert_true(row_square[i] <= r * (norm - r) + 1e-9);
        }
        free(left);
        free_made(&m);
    }
}

/* Fewer entries of the keys' kernel: what limits the others is larger in the order of matrices. */
static void parts(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_head *head = random_head(ctx, 5, 60, 3, 3, 1, 4);
    qry_attend_options o = options_of(6, false, false, 0, 1);
    o.method = QRY_ATTEND_HYBRID;
    struct made m = make_of(ctx, head, &o);
    qry_certificate all = m.nystrom->certificate;
    for (size_t each = 1; each < 60; each += 7) {
        qry_attend_stage stage = {0};
        double value[4];
        m.nystrom->certificate = (qry_certificate){0};
        qry_certificate_make(m.nystrom, false, 60 * each, &stage);
        qry_matrix difference = m.nystrom->certificate.left;
        for (size_t i = 0; i < 16; i++)
            difference.at[i] -= all.left.at[i];
        qry_matrix_eigen(ctx, difference, value);
        assert_true(value[0] > -1e-8);
        assert_true(value[3] > 1e-6);
    }
    m.nystrom->certificate = all;
    free_made(&m);
}

/* ---- invariances ---- */

static double *outputs(qry_ctx *ctx, struct input in, bool causal)
{
    qry_head *head = qry_head_new(ctx, in.q, in.k, in.v, 0, true);
    head->causal = causal;
    qry_attend_options o = options_of(20, false, causal, 0, 3);
    o.nystrom.mean_epsilon = 1e-9;
    struct made m = make_of(ctx, head, &o);
    double *all = qry_alloc(ctx, head->rows * head->value_width, sizeof *all);
    for (size_t row = 0; row < head->rows; row++) {
        answer(&m, row);
        memcpy(all + row * head->value_width, m.output, head->value_width * sizeof *all);
    }
    qry_nystrom_place_free(m.place);
    qry_nystrom_free(m.nystrom);
    return all;
}

static void expect_same(const double *a, const double *b, size_t count, double shift)
{
    for (size_t i = 0; i < count; i++)
        if (!(fabs(a[i] + shift - b[i]) < 1e-6 * (1 + fabs(shift))))
            fail_msg("output %zu: %.12g instead of %.12g", i, b[i], a[i] + shift);
}

/* A constant added to all keys changes nothing; one added to all values moves the output by it. */
static void invariances(void **state)
{
    (void)state;
    for (int causal = 0; causal < 2; causal++) {
        qry_ctx *ctx = qry_ctx_new();
        struct input in = random_input(ctx, 25, 25, 3, 0.7, 8);
        double *plain = outputs(ctx, in, causal);
        for (size_t i = 0; i < in.k->count; i++)
            in.k->item.real[i] += 2;
        expect_same(plain, outputs(ctx, in, causal), 75, 0);
        for (size_t i = 0; i < in.v->count; i++)
            in.v->item.real[i] += 5;
        expect_same(plain, outputs(ctx, in, causal), 75, 5);
        qry_ctx_free(ctx);
    }
}

/* ---- hard heads ---- */

enum hard {
    CONSTANT_KEYS,
    CONSTANT_VALUES,
    ZERO_VALUES,
    ZERO_QUERIES,
    ONE_ROW,
    ONE_KEY,
    REPEATED,
    SCORES_1E3,
    SCORES_1E6,
    FAR_QUERY,
    HARD_HEADS
};

static struct input hard_input(qry_ctx *ctx, int kind, bool causal)
{
    size_t keys = kind == ONE_KEY ? 1 : 20, rows = causal ? keys : kind == ONE_ROW ? 1 : 7;
    double deviation = kind == SCORES_1E3 ? 1e3 : kind == SCORES_1E6 ? 1e6 : 1;
    struct input in = random_input(ctx, rows, keys, 3, deviation, 11);
    for (size_t i = 0; i < in.k->count && kind == CONSTANT_KEYS; i++)
        in.k->item.real[i] = (double)(i % 3) + 0.1;
    for (size_t i = 0; i < in.v->count && (kind == CONSTANT_VALUES || kind == ZERO_VALUES); i++)
        in.v->item.real[i] = kind == ZERO_VALUES ? 0 : (double)(i % 3) + 0.1;
    for (size_t i = 0; i < in.q->count && kind == ZERO_QUERIES; i++)
        in.q->item.real[i] = 0;
    for (size_t i = 6; i < in.k->count && kind == REPEATED; i++)
        in.k->item.real[i] = in.k->item.real[i % 6];
    for (size_t i = 0; i < 3 && kind == FAR_QUERY; i++)
        in.q->item.real[i] = 300;
    return in;
}

/* Rows are numbers, in the ball of the values, no farther from the exact ones than their bounds; exact where all values or all
 * scores are the same. */
static void hard_heads(void **state)
{
    (void)state;
    for (int kind = 0; kind < HARD_HEADS; kind++)
        for (int form = 0; form < 8; form++) {
            bool raw = form & 1, causal = form & 2, sampled = form & 4;
            qry_ctx *ctx = qry_ctx_new();
            struct input in = hard_input(ctx, kind, causal);
            qry_head *head = qry_head_new(ctx, in.q, in.k, in.v, 0, true);
            head->causal = causal;
            qry_attend_options o =
                options_of(kind == REPEATED ? 27 : 9, raw, causal, sampled && head->keys > 1 ? 10 : 0, 2);
            o.nystrom.landmarks = head->rows + head->keys < 9 ? head->rows + head->keys : 9;
            struct made m = make_of(ctx, head, &o);
            assert_true(check_rows(&m).worst <= 1);
            bool same_values = kind == CONSTANT_VALUES || kind == ZERO_VALUES || kind == ONE_KEY;
            for (size_t row = 0; row < head->rows; row++) {
                answer(&m, row);
                if (same_values)
                    assert_true(error_of(&m, row) < 1e-12);
                if (kind == ZERO_QUERIES && !raw && !sampled && !causal)
                    assert_true(error_of(&m, row) < 0.05);
            }
            free_made(&m);
        }
}

/* The first row of causal attention is the first value. */
static void first_row(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_head *head = random_head(ctx, 40, 40, 3, 2, 1, seed);
        head->causal = true;
        qry_attend_options o = options_of(80, false, true, 0, seed);
        struct made m = make_of(ctx, head, &o);
        qry_nystrom_answer a = answer(&m, 0);
        assert_true(error_of(&m, 0) < 1e-9);
        assert_true(a.bound < 1e-3 * head->value_radius);
        free_made(&m);
    }
}

/* A row that is told its normaliser from elsewhere. */
static void measured(void **state)
{
    (void)state;
    size_t bounded = 0;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_head *head = random_head(ctx, 10, 40, 3, 2, 0.5, seed);
        qry_attend_options o = options_of(5 + seed, seed % 2, false, seed % 3 ? 0 : 30, seed);
        struct made m = make_of(ctx, head, &o);
        double *scores = qry_alloc(ctx, head->keys, sizeof *scores), normaliser, shift;
        for (size_t row = 0; row < head->rows; row++) {
            qry_nystrom_answer a = answer(&m, row);
            double residual = a.residual;
            qry_head_exact(head, row, scores, m.output, &normaliser, &shift);
            normaliser *= exp(shift - qry_nystrom_shift(m.place));
            qry_nystrom_answer_measured(m.place, normaliser * 0.9, normaliser * 1.05, m.output, &a);
            assert_true(a.residual == residual);
            assert_true(!(error_of(&m, row) > a.bound));
            bounded += !isnan(a.bound);
        }
        free_made(&m);
    }
    assert_true(bounded > 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds),     cmocka_unit_test(all_landmarks), cmocka_unit_test(dense),
        cmocka_unit_test(lemmas),     cmocka_unit_test(parts),         cmocka_unit_test(invariances),
        cmocka_unit_test(hard_heads), cmocka_unit_test(first_row),     cmocka_unit_test(measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
