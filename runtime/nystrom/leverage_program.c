/* leverage_program.c: ridge leverages, computed by the oracle of a `sample set`. Quantum memory holds the point's
 * coordinates x, and of its weight w both a = w - |x|^2 / 2 and K(x, x) = e^(2 w); the sample's points l, with a, and
 * the inverse F of the triangle are constants. Then
 *
 *     E_b = l_b . x + a + a_b           the logarithm of K(x, l_b), at most 0
 *     e_b = e^(E_b)                     a table for its high bits times one for its low bits
 *     y_m = sum over b <= m of F_mb e_b
 *     p   = min(1, factor (K(x, x) - sum over m of y_m^2) / lambda)
 *
 * all of it in fixed point. What roundings do to p at most is added up as it goes. */
#include "runtime/nystrom/leverage.h"

#include <math.h>
#include <string.h>

/* Below e^-8 the kernel counts as that. */
enum { RANGE = 8, RANGE_BITS = 3 };

/* Fraction bits of E: the fewest for which p is sure to this, if there are any. */
enum { LEAST_FRACTION = 6, MOST_FRACTION = 13 };
static const double wanted_error = 1.0 / 8;

/* A factor beyond this makes 1 of whatever is told from 0. */
static const double greatest_factor = 0x1p20;

/* Samples and coordinates with which a use of the oracle is still a matter of 10^5 gates; and with which there is one
 * at all. */
enum { SMALL_SAMPLE = 8, SMALL_WIDTH = 8, MOST_SAMPLE = 32, MOST_WIDTH = 64 };

/* ---- numbers ---- */

/* What is computed with, in double precision. */
struct numbers {
    const qry_ridge *ridge;
    const uint32_t *a; /* the points; NULL: all of the kernel */
    size_t count, s, d;
    qry_matrix inverse; /* F */
    double factor;      /* by lambda already */
    double widest;      /* coordinate */
    double longest;     /* sum of the absolute coordinates of a point, the most */
    double lowest;      /* logarithm a */
    double tallest;     /* sum of the absolute entries of a row of F */
};

/* Types; those of signed numbers count the sign. */
struct widths {
    int x_integer, x_fraction, a_integer, e_fraction, high_fraction, exp_fraction, f_integer, f_fraction, y_integer,
        y_fraction, rest_fraction, factor_integer, factor_fraction, p_fraction;
};

static double half_logarithm(const struct numbers *n, uint32_t point)
{
    const double *x = n->ridge->kernel->point.at + point * n->d;
    return n->ridge->kernel->weight[point] - qry_dot(n->d, x, x) / 2;
}

static void look_at_point(struct numbers *n, uint32_t point)
{
    double sum = 0;
    for (size_t c = 0; c < n->d; c++) {
        double x = fabs(n->ridge->kernel->point.at[point * n->d + c]);
        n->widest = fmax(n->widest, x);
        sum += x;
    }
    n->longest = fmax(n->longest, sum);
    n->lowest = fmin(n->lowest, half_logarithm(n, point));
}

static struct numbers numbers_of(const qry_ridge *ridge, const uint32_t *a, size_t count, double factor)
{
    qry_ctx *ctx = ridge->kernel->ctx;
    struct numbers n = {.ridge = ridge, .a = a, .count = count, .s = ridge->count, .d = ridge->kernel->width};
    n.factor = fmin(factor / ridge->lambda, greatest_factor);
    qry_matrix columns = qry_matrix_new(ctx, n.s, n.s);
    for (size_t b = 0; b < n.s; b++)
        columns.at[b * n.s + b] = 1;
    qry_matrix_solve(ridge->root, false, columns); /* row b is now column b of F */
    n.inverse = qry_matrix_new(ctx, n.s, n.s);
    for (size_t m = 0; m < n.s; m++) {
        double sum = 0;
        for (size_t b = 0; b <= m; b++) {
            n.inverse.at[m * n.s + b] = columns.at[b * n.s + m];
            sum += fabs(columns.at[b * n.s + m]);
        }
        n.tallest = fmax(n.tallest, sum);
    }
    qry_matrix_free(ctx, &columns);
    for (size_t i = 0; i < count; i++)
        look_at_point(&n, a ? a[i] : (uint32_t)i);
    for (size_t b = 0; b < n.s; b++)
        look_at_point(&n, ridge->point[b]);
    return n;
}

/* ---- widths ---- */

/* Bits before the point of numbers below `most`; with a sign. */
static int integer_bits(double most) { return most < 1 ? 1 : ilogb(most) + 2; }

static struct widths widths_of(const struct numbers *n, int fraction)
{
    struct widths w = {.e_fraction = fraction, .high_fraction = (fraction - RANGE_BITS + 1) / 2};
    w.x_integer = integer_bits(n->widest + 1);
    w.x_fraction = fraction + integer_bits(n->longest);
    w.a_integer = integer_bits(1 - n->lowest);
    w.exp_fraction = fraction + 2;
    w.f_integer = integer_bits(n->tallest + 1);
    w.f_fraction = fraction + 2;
    w.y_integer = integer_bits(2 * n->tallest + 2);
    w.y_fraction = fraction;
    w.rest_fraction = fraction + 2;
    w.factor_integer = integer_bits(n->factor);
    w.factor_fraction = fraction;
    w.p_fraction = qry_stage_bits(n->count);
    return w;
}

static double unit_of(int fraction) { return ldexp(1, -fraction); }

/* The most that all roundings together do to a probability. Where a sum of squares of y is at most 1, theirs that are
 * off by delta are off by 2 |delta| + |delta|^2. */
static double error_of(const struct numbers *n, const struct widths *w)
{
    double ux = unit_of(w->x_fraction), ue = unit_of(w->exp_fraction), square = 0;
    double logarithm = n->longest * ux + (double)n->d * ux * ux / 4 + ux + unit_of(w->e_fraction);
    double entry = expm1(logarithm) + 3 * ue + exp(-RANGE);
    for (size_t m = 0; m < n->s; m++) {
        double off = unit_of(w->y_fraction);
        for (size_t b = 0; b <= m; b++)
            off += fabs(n->inverse.at[m * n->s + b]) * entry + unit_of(w->f_fraction) / 2 * (1 + entry);
        square += off * off;
    }
    double rest = 2 * sqrt(square) + square + ue / 2 + unit_of(w->rest_fraction);
    return n->factor * rest + unit_of(w->factor_fraction) * (1 + rest) + unit_of(w->p_fraction);
}

/* Whether no number on the way has too many bits: products of coordinates, of F, and of y, and their sums. */
static bool fits(const struct numbers *n, const struct widths *w)
{
    int scores = 2 * (w->x_integer + w->x_fraction) + integer_bits((double)n->d) + 2;
    int entries = w->f_integer + w->f_fraction + w->exp_fraction + 2 + integer_bits((double)n->s);
    int squares = 2 * (w->y_integer + w->y_fraction) + integer_bits((double)n->s);
    return scores <= QRY_MAX_WIDTH && entries <= QRY_MAX_WIDTH && squares <= QRY_MAX_WIDTH &&
           w->a_integer + 2 * w->x_fraction + 2 <= QRY_MAX_WIDTH;
}

static struct widths choose_widths(const struct numbers *n)
{
    struct widths w = widths_of(n, LEAST_FRACTION);
    for (int fraction = LEAST_FRACTION + 1; fraction <= MOST_FRACTION && error_of(n, &w) > wanted_error; fraction++) {
        struct widths next = widths_of(n, fraction);
        if (!fits(n, &next))
            break;
        w = next;
    }
    return w;
}

/* With so many fraction bits, whichever points of the kernel are the level. */
static bool fits_with(const qry_ridge *ridge, int fraction)
{
    const qry_kernel *kernel = ridge->kernel;
    struct numbers n = numbers_of(ridge, NULL, kernel->queries + kernel->keys, 1);
    struct widths w = widths_of(&n, fraction);
    qry_matrix_free(kernel->ctx, &n.inverse);
    return fits(&n, &w);
}

bool qry_leverage_program_exists(const qry_ridge *ridge)
{
    return ridge->count <= MOST_SAMPLE && ridge->kernel->width <= MOST_WIDTH && fits_with(ridge, LEAST_FRACTION);
}

bool qry_leverage_program_is_small(const qry_ridge *ridge)
{
    return ridge->count <= SMALL_SAMPLE && ridge->kernel->width <= SMALL_WIDTH && fits_with(ridge, MOST_FRACTION);
}

/* ---- tables ---- */

static int64_t mantissa(double value, int fraction)
{
    bool saturated;
    qry_type type = {.is_signed = true, .integer = QRY_MAX_WIDTH - fraction, .fraction = fraction};
    return qry_type_round(type, value, &saturated);
}

static int64_t *coordinates(const struct numbers *n, const uint32_t *a, size_t count, int fraction, qry_arena *arena)
{
    int64_t *x = qry_arena_alloc(arena, count * n->d, sizeof *x);
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < n->d; c++)
            x[i * n->d + c] = mantissa(n->ridge->kernel->point.at[a[i] * n->d + c], fraction);
    return x;
}

static int64_t *logarithms(const struct numbers *n, const uint32_t *a, size_t count, int fraction, qry_arena *arena)
{
    int64_t *x = qry_arena_alloc(arena, count, sizeof *x);
    for (size_t i = 0; i < count; i++)
        x[i] = mantissa(half_logarithm(n, a[i]), fraction);
    return x;
}

static int64_t *diagonal(const struct numbers *n, int fraction, qry_arena *arena)
{
    int64_t *x = qry_arena_alloc(arena, n->count, sizeof *x);
    for (size_t i = 0; i < n->count; i++)
        x[i] = mantissa(exp(2 * n->ridge->kernel->weight[n->a[i]]), fraction);
    return x;
}

static int64_t *triangle(const struct numbers *n, int fraction, qry_arena *arena)
{
    int64_t *x = qry_arena_alloc(arena, n->s * n->s, sizeof *x);
    for (size_t i = 0; i < n->s * n->s; i++)
        x[i] = mantissa(n->inverse.at[i], fraction);
    return x;
}

/* ---- text ---- */

static const char *declarations(const struct numbers *n, const struct widths *w, qry_arena *arena)
{
    return qry_arena_printf(arena,
                            "%stable X[%zu][%zu] : fixed(%d,%d) = npy(\"points.npy\");\n"
                            "table a[%zu] : fixed(%d,%d) = npy(\"logarithms.npy\");\n"
                            "table k[%zu] : ufixed(1,%d) = npy(\"diagonal.npy\");\n"
                            "const l[%zu][%zu] : fixed(%d,%d) = npy(\"sample.npy\");\n"
                            "const b[%zu] : fixed(%d,%d) = npy(\"sample_logarithms.npy\");\n"
                            "const f[%zu][%zu] : fixed(%d,%d) = npy(\"triangle.npy\");\n"
                            "const factor : ufixed(%d,%d) = %.9f;\n",
                            qry_stage_memory(n->count), n->count, n->d, w->x_integer, w->x_fraction, n->count,
                            w->a_integer, w->x_fraction, n->count, w->exp_fraction, n->s, n->d, w->x_integer,
                            w->x_fraction, n->s, w->a_integer, w->x_fraction, n->s, n->s, w->f_integer, w->f_fraction,
                            w->factor_integer, w->factor_fraction, n->factor);
}

/* What E has above its high bits is from 0 to less than their unit. */
static const char *exponential(const struct widths *w, qry_arena *arena)
{
    const char *type = qry_arena_printf(arena, "fixed(%d,%d)", RANGE_BITS + 2, w->e_fraction);
    const char *high = qry_arena_printf(arena, "fixed(%d,%d)", RANGE_BITS + 2, w->high_fraction);
    return qry_arena_printf(arena,
                            "fn low(E : %s) = clip(E - (E as %s), 0, %.17g);\n"
                            "fn entry(E : %s) = (exp(E as %s) * exp(low(E))) as ufixed(2,%d);\n",
                            type, high, unit_of(w->high_fraction) - unit_of(w->e_fraction), type, high,
                            w->exp_fraction);
}

static const char *program_text(const struct numbers *n, const struct widths *w, double expected, double failure,
                                qry_arena *arena)
{
    return qry_arena_printf(
        arena,
        "%s%srows: sample set j in X with probability min(1, factor * (max(0, k[j] - sum(square(\n"
        "    sum(f[m][i] * entry(clip(dot(l[i], X[j]) + a[j] + b[i], -%d, 0) as fixed(%d,%d)) for i in 0..m)\n"
        "    as fixed(%d,%d)) for m in 0..%zu)) as ufixed(1,%d))) as ufixed(1,%d)\n"
        "    { precision = %d, expect = %.0f, failure = %.9g };\n",
        declarations(n, w, arena), exponential(w, arena), RANGE, RANGE_BITS + 2, w->e_fraction, w->y_integer,
        w->y_fraction, n->s - 1, w->rest_fraction, w->p_fraction, w->exp_fraction,
        fmin(fmax(expected, 1), (double)n->count), failure);
}

qry_leverage_program qry_leverage_program_of(const qry_ridge *ridge, const uint32_t *a, size_t count, double factor,
                                             double expected, double failure, qry_arena *arena)
{
    struct numbers n = numbers_of(ridge, a, count, factor);
    struct widths w = choose_widths(&n);
    qry_leverage_program made = {.error = error_of(&n, &w)};
    made.program = (qry_stage_program){
        .text = program_text(&n, &w, expected, failure, arena),
        .table = {{"X", coordinates(&n, a, count, w.x_fraction, arena), count * n.d},
                  {"a", logarithms(&n, a, count, w.x_fraction, arena), count},
                  {"k", diagonal(&n, w.exp_fraction, arena), count},
                  {"l", coordinates(&n, ridge->point, n.s, w.x_fraction, arena), 0},
                  {"b", logarithms(&n, ridge->point, n.s, w.x_fraction, arena), 0},
                  {"f", triangle(&n, w.f_fraction, arena), 0}},
    };
    qry_matrix_free(ridge->kernel->ctx, &n.inverse);
    return made;
}
