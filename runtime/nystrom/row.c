/* row.c: one row from the landmarks, and its bound (docs/bounds.md, 16 to 18). */
#include "runtime/nystrom/row.h"

#include <math.h>
#include <string.h>

/* Eight times the rounding error of one operation. */
static const double rounding_unit = 0x1p-50;

/* More than the rounding errors of what is added up for the bound. */
static const double guard = 1e-9;

/* A normaliser from a sample that is not this many likely errors above 0 is not used. */
static const double likely_errors = 2;

/* Part of the bound below which it does not matter how the eigenvalue is limited: no more than that is given away, for an
 * eigenvalue of a matrix that a row need not compute. */
static const double negligible = 0.02;

static const char *const within_its_error = "the normaliser cannot be told from 0";

qry_nystrom_place *qry_nystrom_place_new(qry_ctx *ctx, const qry_nystrom *nystrom)
{
    qry_nystrom_place *place = qry_alloc(ctx, 1, sizeof *place);
    size_t rank = nystrom->landmarks, dv = nystrom->value_width;
    *place = (qry_nystrom_place){.ctx = ctx, .nystrom = nystrom};
    place->point = qry_alloc(ctx, nystrom->width, sizeof(double));
    double **of_landmarks[] = {&place->u, &place->slope, &place->along};
    for (size_t i = 0; i < sizeof of_landmarks / sizeof *of_landmarks; i++)
        *of_landmarks[i] = qry_alloc(ctx, rank, sizeof(double));
    double **of_values[] = {&place->value, &place->image, &place->direction, &place->centred};
    for (size_t i = 0; i < sizeof of_values / sizeof *of_values; i++)
        *of_values[i] = qry_alloc(ctx, dv + 1, sizeof(double));
    place->left = qry_matrix_new(ctx, dv + 1, dv + 1);
    place->turned = qry_matrix_new(ctx, dv, dv);
    return place;
}

void qry_nystrom_place_free(qry_nystrom_place *place)
{
    if (!place)
        return;
    qry_ctx *ctx = place->ctx;
    double *all[] = {place->point, place->u,     place->slope,     place->along,
                     place->value, place->image, place->direction, place->centred};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        qry_free(ctx, all[i]);
    qry_matrix_free(ctx, &place->left);
    qry_matrix_free(ctx, &place->turned);
    qry_free(ctx, place);
}

/* ---- the query among the landmarks ---- */

static void find_place(qry_nystrom_place *p, const double *query, double offset)
{
    const qry_nystrom *n = p->nystrom;
    size_t rank = n->landmarks;
    qry_kernel_place(n->kernel, query, p->point);
    p->square = qry_nystrom_near(n, p->point, p->u);
    qry_matrix_solve(n->root, false, (qry_matrix){p->u, 1, rank});
    memcpy(p->slope, p->u, rank * sizeof(double));
    qry_matrix_solve(n->root, true, (qry_matrix){p->slope, 1, rank});
    p->residual = fmin(fmax(1 - qry_dot(rank, p->u, p->u), 0), 1);
    p->own = 1 + qry_norm(rank, p->slope);
    p->shift = p->square / 2 - n->gain + (n->kernel->raw ? 0 : offset);
    double of_product = rounding_unit * (double)(n->width + 8), lengths = qry_norm(n->width, query);
    lengths += qry_norm(n->width, n->kernel->centre);
    p->unit = qry_nystrom_rounding(n, p->square + n->certificate.longest);
    p->unit += 0x1p-53 * (double)n->keys + expm1(of_product * (1 + lengths * n->longest_key));
}

/* ---- sums over all keys ---- */

/* u^T a u, from the matrix of sums of squares; not negative. */
static double square_form(const qry_nystrom_place *p, qry_matrix a)
{
    qry_matrix_apply(a, false, p->u, p->along);
    return fmax(qry_dot(a.rows, p->u, p->along), 0);
}

/* The numerator, less c times what the sample says of the sum of all values, which is 0. The c of the least variance. */
static void take_sample(qry_nystrom_place *p)
{
    const qry_sketch *s = &p->nystrom->sketch;
    size_t rank = p->nystrom->landmarks, dv = p->nystrom->value_width;
    double times = 8 / p->nystrom->failure, control = p->total / (double)p->nystrom->keys;
    p->other = qry_dot(rank, p->u, s->sample_mean);
    p->other_error = p->value_error = p->likely_error = INFINITY;
    if (s->variance.at) {
        double cross = qry_dot(rank, p->u, s->value_cross), constant = s->value_constant;
        double variance = square_form(p, s->variance), of_values = square_form(p, s->of_values);
        control = constant > 0 ? cross / constant : 0;
        p->likely_error = sqrt(variance);
        p->other_error = sqrt(variance * times);
        p->value_error = sqrt(fmax(of_values - cross * control, 0) * times);
    }
    qry_add_scaled(dv, -control, s->sample_value, p->value);
}

static void take_all_keys(qry_nystrom_place *p)
{
    const qry_nystrom *n = p->nystrom;
    const qry_sketch *s = &n->sketch;
    size_t rank = n->landmarks;
    qry_matrix_apply(s->values, true, p->u, p->value);
    p->total = qry_dot(rank, p->u, s->mean);
    qry_matrix_apply(s->spread, false, p->u, p->along);
    p->total_error = 0;
    for (size_t c = 0; c < rank; c++)
        p->total_error += fabs(p->along[c]) * s->half[c];
    p->other = p->total;
    p->likely_error = p->other_error = p->total_error;
    p->value_error = 0;
    if (s->sampled)
        take_sample(p);
    memcpy(p->left.at, n->certificate.left.at, p->left.rows * p->left.columns * sizeof(double));
    p->weights = n->certificate.weights;
    p->values = n->certificate.values;
    p->least_top = p->most_top = n->certificate.top;
}

/* ---- sums over the first keys ---- */

static const qry_prefix *level_of(const qry_prefixes *prefixes, size_t keys)
{
    size_t i = prefixes->count - 1;
    while (prefixes->level[i].keys < keys)
        i--;
    return &prefixes->level[i];
}

static size_t terms_below(const qry_prefix *level, size_t keys)
{
    size_t low = 0, high = level->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        *(level->row[middle] < keys ? &low : &high) = level->row[middle] < keys ? middle + 1 : middle;
    }
    return low;
}

static void take_limits(qry_nystrom_place *p, size_t keys)
{
    const qry_prefixes *prefixes = p->nystrom->prefixes;
    size_t at = (keys - 1) / prefixes->step, width = p->left.rows;
    const double *packed = qry_matrix_row(prefixes->left, at);
    double trace = 0;
    for (size_t i = 0; i < width; i++)
        for (size_t j = 0; j <= i; j++, packed++) {
            p->left.at[i * width + j] = p->left.at[j * width + i] = *packed;
            trace += i == j && i > 0 ? *packed : 0;
        }
    p->most_top = fmax(trace, 0);
    p->least_top = p->most_top / (double)(width - 1);
    p->weights = prefixes->weights[at];
    p->values = prefixes->values[at];
}

static void take_prefix(qry_nystrom_place *p, size_t keys)
{
    const qry_nystrom *n = p->nystrom;
    const qry_prefix *level = level_of(n->prefixes, keys);
    size_t terms = terms_below(level, keys), width = 1 + n->value_width, block = terms / QRY_PREFIX_BLOCK;
    qry_matrix sum = {qry_matrix_row(level->sum, block), n->landmarks, width};
    qry_matrix_apply(sum, true, p->u, p->image);
    for (size_t i = block * QRY_PREFIX_BLOCK; i < terms; i++)
        qry_add_scaled(width, qry_dot(n->landmarks, p->u, qry_matrix_row(level->u, i)), qry_matrix_row(level->v, i),
                       p->image);
    memcpy(p->value, p->image + 1, n->value_width * sizeof(double));
    p->total = p->other = p->image[0];
    p->total_error = p->value_error = p->likely_error = 0;
    if (level->sampled) {
        p->total_error = p->value_error = p->likely_error = INFINITY;
        if (level->mean_variance) {
            size_t at = (keys - 1) / QRY_PREFIX_BLOCK;
            double square = qry_dot(n->landmarks, p->u, p->u), times = 4 / n->failure;
            p->likely_error = sqrt(square * level->mean_variance[at]);
            p->total_error = sqrt(square * level->mean_variance[at] * times);
            p->value_error = sqrt(square * level->value_variance[at] * times);
        }
    }
    p->other_error = p->total_error;
    take_limits(p, keys);
}

void qry_place_query(qry_nystrom_place *p, const double *query, double offset, size_t keys)
{
    find_place(p, query, offset);
    if (p->nystrom->prefixes)
        take_prefix(p, keys);
    else
        take_all_keys(p);
}

/* ---- limits ---- */

void qry_place_clamp(const qry_nystrom_place *p, double *y)
{
    size_t dv = p->nystrom->value_width;
    double length = qry_norm(dv, y);
    for (size_t c = 0; c < dv; c++)
        y[c] =
            isfinite(length) ? y[c] * (length > p->nystrom->value_radius ? p->nystrom->value_radius / length : 1) : 0;
}

double qry_place_rounding_total(const qry_nystrom_place *p)
{
    return p->unit * p->own * p->nystrom->certificate.slope * p->weights;
}

double qry_place_rounding(const qry_nystrom_place *p, const double *y)
{
    double length = qry_norm(p->nystrom->value_width, y);
    return p->unit * p->own * p->nystrom->certificate.slope * (p->values + length * p->weights);
}

/* What is left of the query, at most; and of each key's rounding, squared and summed with weights. */
static double residual(const qry_nystrom_place *p) { return p->residual + p->unit * p->own * p->own; }

static double rounded(const qry_nystrom_place *p, double weights)
{
    double slope = p->nystrom->certificate.slope * weights;
    return p->unit * slope * slope;
}

double qry_place_left_total(const qry_nystrom_place *p)
{
    return sqrt(residual(p) * (fmax(p->left.at[0], 0) + rounded(p, p->weights)));
}

/* The greatest eigenvalue of the part of v - y: left with (1, v) turned to v - y. */
static double top_about(qry_nystrom_place *p, const double *y)
{
    size_t dv = p->nystrom->value_width, width = dv + 1;
    const double *left = p->left.at;
    for (size_t i = 0; i < dv; i++)
        for (size_t j = 0; j < dv; j++)
            p->turned.at[i * dv + j] = left[(i + 1) * width + j + 1] - y[i] * left[j + 1] -
                                       left[(i + 1) * width] * y[j] + left[0] * y[i] * y[j];
    return qry_matrix_top_eigen(p->ctx, p->turned, p->direction);
}

double qry_place_left(qry_nystrom_place *p, const double *y, double hopeless)
{
    double length = qry_norm(p->nystrom->value_width, y), total = length * sqrt(fmax(p->left.at[0], 0));
    double most = sqrt(fmax(p->most_top, 0)) + total, least = fmax(sqrt(fmax(p->least_top, 0)) - total, 0);
    double other = rounded(p, p->values + length * p->weights), factor = residual(p);
    if (!isfinite(most) || factor * least * least > hopeless * hopeless ||
        factor * most * most < negligible * negligible * hopeless * hopeless)
        return sqrt(factor * (most * most + other));
    return sqrt(factor * (fmax(top_about(p, y), 0) + other));
}

/* ---- the answer ---- */

static void put_output(const qry_nystrom_place *p, const double *y, double *output)
{
    for (size_t c = 0; c < p->nystrom->value_width; c++)
        output[c] = p->nystrom->value_mean[c] + y[c];
}

/* What adding the mean value to y may lose, and to the exact row. */
static double rounding_of_output(const qry_nystrom_place *p, const double *y)
{
    size_t dv = p->nystrom->value_width;
    return 0x1p-52 * (qry_norm(dv, p->nystrom->value_mean) + qry_norm(dv, y));
}

void qry_place_set_bound(const qry_nystrom_place *p, const double *y, double error, double least,
                         qry_nystrom_answer *answer)
{
    double of_output = rounding_of_output(p, y);
    answer->bound = error / least * (1 + guard) + of_output;
    if (!isfinite(p->value_error))
        answer->no_bound = "the variance of the sample of values is not known";
    else if (!(least > 0))
        answer->no_bound = "the normaliser may be 0, as far as the landmarks tell";
    else if (!(answer->bound <= 2 * p->nystrom->value_radius * (1 + guard) + of_output))
        answer->no_bound = "above twice the largest distance of a value from the mean value";
    if (answer->no_bound)
        answer->bound = NAN;
}

/* |D (exact - y)| at most, where D is not known: |numerator - D y| with either sum of the row, and what the landmarks leave. */
static double error_of(qry_nystrom_place *p, const double *y, double hopeless)
{
    size_t dv = p->nystrom->value_width;
    double length = qry_norm(dv, y), known = INFINITY, totals[] = {p->total, p->other};
    double errors[] = {p->total_error, p->other_error};
    for (int i = 0; i < 2; i++) {
        memcpy(p->direction, p->value, dv * sizeof(double));
        qry_add_scaled(dv, -totals[i], y, p->direction);
        double error = length > 0 ? errors[i] * length : 0;
        known = fmin(known, qry_norm(dv, p->direction) + error + p->value_error);
    }
    return known + qry_place_rounding(p, y) + qry_place_left(p, y, hopeless);
}

/* The mean value, which no exact row is farther from than a value is. */
static void answer_mean(const qry_nystrom_place *p, double *output, qry_nystrom_answer *answer)
{
    memset(p->centred, 0, p->nystrom->value_width * sizeof(double));
    put_output(p, p->centred, output);
    answer->normaliser = answer->shift = NAN;
    answer->bound = p->nystrom->value_radius * (1 + guard) + rounding_of_output(p, p->centred);
    answer->fallback = within_its_error;
}

void qry_nystrom_answer_row(qry_nystrom_place *p, const double *query, double offset, size_t keys, double *output,
                            qry_nystrom_answer *answer)
{
    size_t dv = p->nystrom->value_width;
    qry_place_query(p, query, offset, keys);
    *answer = (qry_nystrom_answer){.normaliser = p->total, .shift = p->shift, .residual = p->residual};
    double doubt = qry_place_rounding_total(p);
    double over = p->other > likely_errors * p->likely_error + doubt ? p->other : p->total;
    if (!(p->nystrom->prefixes ? over > doubt : p->total > p->total_error + doubt)) {
        answer_mean(p, output, answer);
        return;
    }
    for (size_t c = 0; c < dv; c++)
        p->centred[c] = p->value[c] / over;
    qry_place_clamp(p, p->centred);
    put_output(p, p->centred, output);
    double least = fmax(p->total - p->total_error, p->other - p->other_error) - qry_place_left_total(p) - doubt;
    double hopeless = 2 * p->nystrom->value_radius * least;
    double error = least > 0 ? error_of(p, p->centred, hopeless) : INFINITY;
    qry_place_set_bound(p, p->centred, error, least, answer);
}

double qry_nystrom_shift(const qry_nystrom_place *place) { return place->shift; }

void qry_nystrom_answer_measured(qry_nystrom_place *p, double low, double high, double *output,
                                 qry_nystrom_answer *answer)
{
    size_t dv = p->nystrom->value_width;
    double middle = (low + high) / 2;
    *answer = (qry_nystrom_answer){.normaliser = middle, .residual = p->residual, .fallback = within_its_error};
    answer->shift = p->shift;
    for (size_t c = 0; c < dv; c++)
        p->centred[c] = p->value[c] / middle;
    qry_place_clamp(p, p->centred);
    put_output(p, p->centred, output);
    memcpy(p->direction, p->value, dv * sizeof(double));
    qry_add_scaled(dv, -middle, p->centred, p->direction);
    double known = qry_norm(dv, p->direction) + (high - low) / 2 * qry_norm(dv, p->centred) + p->value_error;
    memset(p->image, 0, dv * sizeof(double)); /* what is left of the numerator is about 0, D being known */
    double left = qry_place_left(p, p->image, 2 * p->nystrom->value_radius * low);
    qry_place_set_bound(p, p->centred, known + qry_place_rounding(p, p->image) + left, low, answer);
}
