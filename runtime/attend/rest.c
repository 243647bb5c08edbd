/* rest.c: one row's moments, group by group, with the found keys taken out.
 *
 * Everything a group's rest needs follows from the group's moments and the found keys, at a cost that does not depend on
 * how many keys were not found. What subtraction may have lost is kept as a doubt and ends up in the bound; a group
 * whose doubt would matter is summed again from its keys, and they are counted. */
#include "runtime/attend/attend.h"

#include <math.h>
#include <string.h>

/* Ranges are widened by this fraction, far more than their rounding errors. */
static const double guard = 1e-9;

/* A variance that may be wrong by more than this, and by more than this fraction, is computed again. */
static const double largest_doubt = 1e-8;

/* Eight times the rounding error of one operation. */
static const double rounding_unit = 0x1p-50;

/* Below this fraction of the group's energy, the spread of what is left is no longer taken by subtraction. */
static const double spread_lost = 1e-4;

struct qry_rest_work {
    double *mean, *squares; /* of every group in this row: mean score, sum of (score - mean)^2 */
    qry_matrix cross;       /* groups x value_width: sum of (score - mean)(v - mean) */
    double query_length;    /* |q| */
    double *product;        /* groups * width numbers */
    double *difference;     /* value_width numbers */
    double *score;          /* of keys, by place in the groups' list of members */
    uint8_t *taken;         /* of a key: found */
    qry_matrix expected;    /* groups x value_width: values of what is expected to be found */
    qry_moments *prefix;    /* of the row's keys, where rows are causal; else NULL */
};

static const qry_head *head_of(const qry_rest *rest) { return rest->moments->head; }

qry_rest *qry_rest_new(qry_ctx *ctx, const qry_moments *moments)
{
    const qry_head *head = moments->head;
    size_t groups = moments->groups, dv = head->value_width;
    qry_rest *rest = qry_alloc(ctx, 1, sizeof *rest);
    *rest = (qry_rest){.ctx = ctx, .moments = moments, .ceiling = INFINITY};
    rest->found_value = qry_alloc(ctx, dv, sizeof(double));
    rest->group = qry_alloc(ctx, groups, sizeof *rest->group);
    rest->value_mean = qry_matrix_new(ctx, groups, dv);
    rest->covariance = qry_matrix_new(ctx, groups, dv);
    double **numbers[] = {&rest->energy.size, &rest->energy.slope, &rest->energy.factor, &rest->least, &rest->most};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = qry_alloc(ctx, groups, sizeof(double));
    struct qry_rest_work *work = rest->work = qry_alloc(ctx, 1, sizeof *work);
    work->mean = qry_alloc(ctx, groups, sizeof(double));
    work->squares = qry_alloc(ctx, groups, sizeof(double));
    work->cross = qry_matrix_new(ctx, groups, dv);
    work->product = qry_alloc(ctx, groups * head->width, sizeof(double));
    work->difference = qry_alloc(ctx, dv, sizeof(double));
    work->score = qry_alloc(ctx, head->keys, sizeof(double));
    work->taken = qry_alloc(ctx, head->keys, 1);
    work->expected = qry_matrix_new(ctx, groups, dv);
    if (head->causal)
        rest->moments = work->prefix = qry_moments_prefix(ctx, moments);
    return rest;
}

void qry_rest_free(qry_rest *rest)
{
    if (!rest)
        return;
    qry_ctx *ctx = rest->ctx;
    struct qry_rest_work *work = rest->work;
    qry_free(ctx, work->mean);
    qry_free(ctx, work->squares);
    qry_matrix_free(ctx, &work->cross);
    qry_free(ctx, work->product);
    qry_free(ctx, work->difference);
    qry_free(ctx, work->score);
    qry_free(ctx, work->taken);
    qry_matrix_free(ctx, &work->expected);
    qry_moments_free(work->prefix);
    qry_free(ctx, work);
    qry_free(ctx, rest->found);
    qry_free(ctx, rest->found_value);
    qry_free(ctx, rest->group);
    qry_free(ctx, rest->least);
    qry_free(ctx, rest->most);
    qry_free(ctx, rest->energy.size);
    qry_free(ctx, rest->energy.slope);
    qry_free(ctx, rest->energy.factor);
    qry_matrix_free(ctx, &rest->value_mean);
    qry_matrix_free(ctx, &rest->covariance);
    qry_free(ctx, rest);
}

/* ---- ranges and laws ---- */

/* The variance that ranges and laws start from: where it drowned in rounding, as much as it may be. One key has none, and
 * none is above the square of the radius. */
static double variance_to_trust(const qry_rest_group *g, double radius)
{
    return g->count == 1 ? g->variance : fmax(g->variance, fmin(g->variance_doubt, radius * radius));
}

/* The range of the scores around their mean: by the group's radius, by Samuelson's inequality, and by the ceiling.
 * False when the moments contradict the ceiling. */
static bool set_range(qry_rest *rest, size_t c)
{
    qry_rest_group *g = &rest->group[c];
    double doubt = g->variance_doubt, shift = g->mean - rest->work->mean[c];
    double radius = rest->work->query_length * rest->moments->radius[c] + g->doubt;
    double variance = variance_to_trust(g, radius);
    double samuelson = sqrt(fmax(g->count - 1, 0) * (variance + doubt));
    double room = fmin(rest->ceiling, rest->most[c]) + g->doubt - g->mean, end = 0;
    double depth = g->mean + g->doubt - rest->least[c];
    g->low = g->high = 0;
    if (variance > 0) {
        g->low = fmax(fmin(radius + shift, samuelson), sqrt(variance)) * (1 + guard);
        g->low = fmin(g->low, fmax(depth, 0));
        g->high = end = g->low > 0 ? fmax(fmin(radius - shift, samuelson) * (1 + guard), variance / g->low) : 0;
    }
    if (room < 0 || depth < 0 || room * g->low < g->variance - doubt)
        return false; /* Bhatia and Davis: variance <= low * high for any numbers in the range */
    if (variance > 0 && isfinite(room)) {
        end = fmax(room, variance / g->low);
        g->high = fmin(g->high, end);
    }
    g->law = qry_law_of(variance, doubt, g->low, g->high, end);
    return true;
}

static bool set_ranges(qry_rest *rest)
{
    for (size_t c = 0; c < rest->moments->groups; c++)
        if (rest->group[c].count > 0 && !set_range(rest, c))
            return false;
    return true;
}

static void forget_limits(qry_rest *rest)
{
    for (size_t c = 0; c < rest->moments->groups; c++) {
        rest->least[c] = -INFINITY;
        rest->most[c] = INFINITY;
    }
}

/* What the moments say of the sum of all weights; what was measured of another rest is forgotten. */
static void set_total(qry_rest *rest)
{
    rest->total_low = rest->total_high = 0;
    for (size_t c = 0; c < rest->moments->groups; c++) {
        const qry_rest_group *g = &rest->group[c];
        rest->total_low += g->weight * g->law.size_low * fmax(1 - g->doubt, 0);
        rest->total_high += g->weight * g->law.size_high * (1 + g->doubt);
    }
    rest->total_measured = false;
    rest->energy.limit = INFINITY;
}

void qry_rest_set_ceiling(qry_rest *rest, double ceiling)
{
    const qry_head *head = head_of(rest);
    rest->ceiling = ceiling;
    rest->contradicted = !set_ranges(rest);
    if (rest->contradicted) { /* then it says nothing about the other groups either */
        rest->ceiling = INFINITY;
        forget_limits(rest);
        qry_must(set_ranges(rest));
    }
    rest->shift = -INFINITY;
    for (size_t c = 0; c < rest->moments->groups; c++)
        if (rest->group[c].count > 0)
            rest->shift = fmax(rest->shift, rest->group[c].mean + rest->group[c].high);
    for (size_t i = 0; i < rest->found_count; i++)
        rest->shift = fmax(rest->shift, rest->found[i].score);
    for (size_t c = 0; c < rest->moments->groups; c++) {
        qry_rest_group *g = &rest->group[c];
        g->weight = g->count > 0 ? g->count * exp(g->mean + g->high - rest->shift) : 0;
    }
    set_total(rest);
    rest->found_weight = 0;
    memset(rest->found_value, 0, head->value_width * sizeof(double));
    for (size_t i = 0; i < rest->found_count; i++) {
        double weight = exp(rest->found[i].score - rest->shift);
        rest->found_weight += weight;
        qry_add_scaled(head->value_width, weight, rest->found[i].value, rest->found_value);
    }
}

/* ---- a row as a whole ---- */

void qry_rest_of_row(qry_rest *rest, size_t row)
{
    const qry_moments *m = rest->moments;
    const qry_head *head = m->head;
    struct qry_rest_work *work = rest->work;
    const double *q = qry_matrix_row(head->q, row);
    rest->row = row;
    if (work->prefix)
        qry_moments_extend(work->prefix, qry_head_keys_of(head, row));
    work->query_length = qry_norm(head->width, q);
    rest->rounding =
        rounding_unit * (double)(head->width + head->value_width + 8) * (1 + work->query_length * head->longest_key);
    qry_matrix_apply(m->key_mean, false, q, work->mean);
    qry_matrix_apply(m->cross, false, q, work->cross.at);
    qry_matrix_apply(m->scatter, false, q, work->product);
    for (size_t c = 0; c < m->groups; c++)
        work->squares[c] = fmax(qry_dot(head->width, q, work->product + c * head->width), 0);
    forget_limits(rest);
    qry_rest_remove(rest, NULL, 0, INFINITY);
}

/* ---- taking out found keys ---- */

static void add_found(qry_rest *rest, double score, const double *value, size_t group)
{
    QRY_GROW(rest->ctx, rest->found, rest->found_room, rest->found_count + 1);
    rest->found[rest->found_count++] = (qry_rest_found){score, value, (uint32_t)group};
}

/* A group's sums, about the group's own means, from which every found key takes its part. */
static void begin_sums(qry_rest *rest)
{
    const qry_moments *m = rest->moments;
    const struct qry_rest_work *work = rest->work;
    for (size_t c = 0; c < m->groups; c++)
        rest->group[c] =
            (qry_rest_group){.count = (double)m->size[c], .variance = work->squares[c], .energy = m->energy[c]};
    memset(rest->value_mean.at, 0, m->groups * m->head->value_width * sizeof(double));
    memcpy(rest->covariance.at, work->cross.at, m->groups * m->head->value_width * sizeof(double));
}

/* Takes one key from the sums of its group. */
static void take_key(qry_rest *rest, size_t c, double score, const double *value)
{
    const qry_moments *m = rest->moments;
    size_t dv = m->head->value_width;
    qry_rest_group *g = &rest->group[c];
    double *y = rest->work->difference, x = score - rest->work->mean[c];
    memcpy(y, value, dv * sizeof *y);
    qry_add_scaled(dv, -1, qry_matrix_row(m->value_mean, c), y);
    g->count -= 1;
    g->mean -= x;
    g->variance -= x * x;
    g->energy -= qry_dot(dv, y, y);
    qry_add_scaled(dv, -1, y, qry_matrix_row(rest->value_mean, c));
    qry_add_scaled(dv, -x, y, qry_matrix_row(rest->covariance, c));
}

/* From sums about the group's means to moments about the rest's own. */
static void end_sums(qry_rest *rest, size_t c)
{
    const qry_moments *m = rest->moments;
    size_t dv = m->head->value_width;
    qry_rest_group *g = &rest->group[c];
    double *value_mean = qry_matrix_row(rest->value_mean, c), *covariance = qry_matrix_row(rest->covariance, c);
    double shift = g->mean / g->count;
    for (size_t i = 0; i < dv; i++) {
        value_mean[i] /= g->count;
        covariance[i] = covariance[i] / g->count - shift * value_mean[i];
    }
    g->variance = fmax(g->variance / g->count - shift * shift, 0);
    g->energy = fmax(g->energy - g->count * qry_dot(dv, value_mean, value_mean), 0) + rounding_unit * m->energy[c];
    g->mean = rest->work->mean[c] + shift;
    g->doubt = rest->rounding * (double)m->size[c] / g->count;
    g->variance_doubt = g->doubt * (1 + rest->work->query_length * m->radius[c]);
    g->spread_known = g->energy > spread_lost * m->energy[c];
    qry_add_scaled(dv, 1, qry_matrix_row(m->value_mean, c), value_mean);
    if (g->count == 1) { /* one key is known by its mean */
        g->variance = g->energy = 0;
        memset(covariance, 0, dv * sizeof *covariance);
    }
}

/* The moments of one group from the keys that are left, in two passes. */
static void sum_again(qry_rest *rest, size_t c)
{
    const qry_moments *m = rest->moments;
    const qry_head *head = m->head;
    size_t dv = head->value_width;
    qry_rest_group *g = &rest->group[c];
    double *value_mean = qry_matrix_row(rest->value_mean, c), *covariance = qry_matrix_row(rest->covariance, c);
    double *y = rest->work->difference;
    g->mean = g->variance = g->energy = 0;
    memset(value_mean, 0, dv * sizeof *value_mean);
    memset(covariance, 0, dv * sizeof *covariance);
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = m->first[c]; i < m->first[c] + m->size[c]; i++) {
            uint32_t key = m->members[i];
            if (rest->work->taken[key])
                continue;
            double *score = &rest->work->score[i];
            if (pass == 0) {
                *score = qry_head_score(head, rest->row, key);
                g->mean += *score / g->count;
                qry_add_scaled(dv, 1 / g->count, qry_matrix_row(head->v, key), value_mean);
                rest->rescored++;
                continue;
            }
            memcpy(y, qry_matrix_row(head->v, key), dv * sizeof *y);
            qry_add_scaled(dv, -1, value_mean, y);
            g->variance += (*score - g->mean) * (*score - g->mean) / g->count;
            g->energy += qry_dot(dv, y, y);
            qry_add_scaled(dv, (*score - g->mean) / g->count, y, covariance);
        }
    g->doubt = rest->rounding;
    g->variance_doubt = rest->rounding * (1 + 2 * sqrt(g->variance));
}

void qry_rest_remove(qry_rest *rest, const uint32_t *keys, size_t count, double ceiling)
{
    qry_rest_remove_scored(rest, keys, NULL, count, ceiling);
}

void qry_rest_remove_scored(qry_rest *rest, const uint32_t *keys, const double *scores, size_t count, double ceiling)
{
    const qry_moments *m = rest->moments;
    const qry_head *head = m->head;
    rest->found_count = rest->rescored = 0;
    begin_sums(rest);
    for (size_t i = 0; i < count; i++) {
        qry_must(keys[i] < m->keys && !rest->work->taken[keys[i]]);
        rest->work->taken[keys[i]] = 1;
        size_t c = m->group_of[keys[i]];
        const double *value = qry_matrix_row(head->v, keys[i]);
        double score = scores ? scores[i] : qry_head_score(head, rest->row, keys[i]);
        add_found(rest, score, value, c);
        take_key(rest, c, score, value);
    }
    for (size_t c = 0; c < m->groups; c++) {
        qry_rest_group *g = &rest->group[c];
        if (g->count < 1)
            continue;
        end_sums(rest, c);
        if (g->count > 1 && g->variance_doubt > largest_doubt * fmax(g->variance, 1))
            sum_again(rest, c);
    }
    for (size_t i = 0; i < count; i++)
        rest->work->taken[keys[i]] = 0;
    qry_rest_set_ceiling(rest, ceiling);
}

/* ---- what is to be expected ---- */

/* One group, a Gaussian of m keys, of which those above tau are found: they become one found key that has all their
 * weight, and the rest keeps the moments of the Gaussian cut off at tau. */
static void expect_group(qry_rest *rest, size_t c, double tau)
{
    const qry_moments *m = rest->moments;
    size_t dv = m->head->value_width;
    qry_rest_group *g = &rest->group[c];
    double *value_mean = qry_matrix_row(rest->value_mean, c), *covariance = qry_matrix_row(rest->covariance, c);
    double *found = qry_matrix_row(rest->work->expected, c);
    double deviation = sqrt(g->variance), high = g->high;
    memcpy(found, value_mean, dv * sizeof *found);
    if (deviation == 0) {
        if (g->mean > tau) {
            add_found(rest, g->mean + log(g->count), found, c);
            g->count = 0;
        }
        return;
    }
    double t = (tau - g->mean) / deviation, below = qry_normal_below(t), hazard = qry_normal_hazard(t);
    double tilted = qry_normal_below(deviation - t); /* share of the weight that is above */
    if (below < 1 && tilted > 0) {
        double above = deviation + qry_normal_hazard(deviation - t); /* their mean under e^score, in deviations */
        double weight = fmin(g->variance / 2 + log(tilted), high + log1p(-below));
        add_found(rest, g->mean + log(g->count) + weight, found, c);
        qry_add_scaled(dv, fmin(above, high / deviation) / deviation, covariance, found);
    }
    g->count = below * g->count < 1 ? 0 : below * g->count;
    g->energy *= below;
    g->spread_known = false;
    qry_add_scaled(dv, -hazard / deviation, covariance, value_mean);
    double left = fmax(1 - hazard * (t + hazard), 0);
    g->mean -= deviation * hazard;
    g->variance *= left;
    for (size_t i = 0; i < dv; i++)
        covariance[i] *= left;
}

void qry_rest_expect(qry_rest *rest, double tau)
{
    forget_limits(rest);
    qry_rest_remove(rest, NULL, 0, INFINITY);
    for (size_t c = 0; c < rest->moments->groups; c++)
        if (rest->group[c].count > 0)
            expect_group(rest, c, tau);
    qry_rest_set_ceiling(rest, tau);
}
