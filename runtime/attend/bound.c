/* bound.c: how far an output can be from the exact one, given what is known of the rest (docs/bounds.md, 4 to 6).
 *
 * With D the exact normaliser and y the output, D (exact - y) is a vector that is known, plus for every group two parts
 * of which only a size is known: the residuals r of its keys, W^T r with |r| <= residual, W the centred values; and an
 * error of the group's weight times u = mean value - y. Their sum is as long as these sizes allow in the worst
 * direction, which a weighted Cauchy-Schwarz inequality turns into the largest eigenvalue of a sum of all W^T W and
 * u u^T. Any weights are valid; they are improved from the eigenvector that comes out. */
#include "runtime/attend/attend.h"

#include <math.h>
#include <string.h>

enum { PASSES = 2 }; /* more gain a few thousandths */

/* Lengths along the eigenvector are taken as at least this fraction of what they can be, so that weights stay finite. */
static const double least_share = 1e-2;

/* The error of a sum of errors is taken as at least this fraction of what their squares allow, to divide by it. */
static const double smallest_error = 1e-9;

/* More than the rounding errors of all that is added up here. */
static const double guard = 1e-9;

struct parts {
    const qry_rest *rest;
    const double *y;     /* the output, less the mean value */
    double *known;       /* value_width numbers */
    double *residual;    /* of a group: |r| */
    double *error;       /* of a group: of its weight, either way; after the last group: of the sum of all */
    qry_matrix away;     /* groups + 1 x value_width: u */
    double *away_length; /* |u| */
    double *weight;      /* of a group's W^T W in the sum */
    double *away_weight; /* of a group's u u^T */
    qry_matrix sum;      /* value_width x value_width, lower triangle */
    double *direction;   /* its eigenvector */
    double *image;       /* groups * value_width numbers, at least 2 groups */
    double *difference;  /* value_width numbers */
    double *reference;   /* value_width numbers: from where u is taken */
};

static size_t groups_of(const struct parts *p) { return p->rest->moments->groups; }
static size_t width_of(const struct parts *p) { return p->rest->moments->head->value_width; }

static void new_parts(struct parts *p, qry_rest *rest)
{
    qry_ctx *ctx = rest->ctx;
    size_t groups = rest->moments->groups, dv = rest->moments->head->value_width;
    *p = (struct parts){.rest = rest, .away = qry_matrix_new(ctx, groups + 1, dv), .sum = qry_matrix_new(ctx, dv, dv)};
    double **numbers[] = {&p->residual, &p->error, &p->away_length, &p->weight, &p->away_weight};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        *numbers[i] = qry_alloc(ctx, groups + 1, sizeof(double));
    double **vectors[] = {&p->known, &p->direction, &p->difference, &p->reference};
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        *vectors[i] = qry_alloc(ctx, dv, sizeof(double));
    p->image = qry_alloc(ctx, groups * (dv > 2 ? dv : 2), sizeof(double));
}

static void free_parts(struct parts *p)
{
    qry_ctx *ctx = p->rest->ctx;
    double *all[] = {p->residual, p->error,     p->away_length, p->weight,    p->away_weight,
                     p->known,    p->direction, p->difference,  p->reference, p->image};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        qry_free(ctx, all[i]);
    qry_matrix_free(ctx, &p->away);
    qry_matrix_free(ctx, &p->sum);
}

/* What is known when a key of group c is stood in for by weight / count (size[c] + slope[c] x); returns the sum of their
 * weights. */
static double add_known(struct parts *p, const double *size, const double *slope)
{
    const qry_rest *rest = p->rest;
    size_t dv = width_of(p);
    double total = 0;
    memcpy(p->known, rest->found_value, dv * sizeof(double));
    qry_add_scaled(dv, -rest->found_weight, p->y, p->known);
    for (size_t c = 0; c < groups_of(p); c++) {
        const qry_rest_group *g = &rest->group[c];
        if (g->count == 0)
            continue;
        total += g->weight * size[c];
        qry_add_scaled(dv, g->weight * size[c], qry_matrix_row(rest->value_mean, c), p->known);
        qry_add_scaled(dv, -g->weight * size[c], p->y, p->known);
        qry_add_scaled(dv, g->weight * slope[c], qry_matrix_row(rest->covariance, c), p->known);
    }
    return total;
}

static void measure_away(struct parts *p, size_t i, const double *from, const double *to)
{
    size_t dv = width_of(p);
    double *away = qry_matrix_row(p->away, i);
    memcpy(away, to, dv * sizeof *away);
    qry_add_scaled(dv, -1, from, away);
    p->away_length[i] = qry_norm(dv, away);
    p->away_weight[i] = p->away_length[i] > 0 ? p->error[i] / p->away_length[i] : 0;
}

/* Fills the known vector and the sizes of the unknown parts, and the first weights. With `total`, errors of the groups'
 * weights are taken about a mean of their values, and what they sum up to is a part of its own. */
static void measure(struct parts *p, bool total)
{
    const qry_rest *rest = p->rest;
    size_t dv = width_of(p), last = groups_of(p);
    double *size = p->image, *slope = p->image + last, errors = 0;
    for (size_t c = 0; c < last; c++) {
        const qry_rest_group *g = &rest->group[c];
        const qry_law *law = &g->law;
        size[c] = (law->size_low + law->size_high) / 2;
        slope[c] = (law->slope_low + law->slope_high) / 2;
        p->residual[c] = g->count > 0 ? g->weight * sqrt(law->residual / g->count) : 0;
        p->error[c] = g->weight * (law->size_high - law->size_low) / 2;
        p->weight[c] = g->energy > 0 ? p->residual[c] / sqrt(g->energy) : 0;
        errors += p->error[c];
    }
    double sum = add_known(p, size, slope);
    memcpy(p->reference, p->y, dv * sizeof(double));
    p->error[last] = p->away_weight[last] = 0;
    if (total && errors > 0) {
        memset(p->reference, 0, dv * sizeof(double));
        for (size_t c = 0; c < last; c++)
            qry_add_scaled(dv, p->error[c] / errors, qry_matrix_row(rest->value_mean, c), p->reference);
        p->error[last] = (rest->total_high - rest->total_low) / 2;
        measure_away(p, last, p->y, p->reference);
        qry_add_scaled(dv, (rest->total_low + rest->total_high) / 2 - sum, qry_matrix_row(p->away, last), p->known);
    }
    for (size_t c = 0; c < last; c++)
        measure_away(p, c, p->reference, qry_matrix_row(rest->value_mean, c));
}

/* The value of a found key, less the mean of its whole group. */
static const double *found_difference(struct parts *p, size_t i)
{
    const qry_rest_found *f = &p->rest->found[i];
    memcpy(p->difference, f->value, width_of(p) * sizeof(double));
    qry_add_scaled(width_of(p), -1, qry_matrix_row(p->rest->moments->value_mean, f->group), p->difference);
    return p->difference;
}

/* How far a group's mean value moved when the found keys left. */
static const double *mean_difference(struct parts *p, size_t c)
{
    memcpy(p->difference, qry_matrix_row(p->rest->value_mean, c), width_of(p) * sizeof(double));
    qry_add_scaled(width_of(p), -1, qry_matrix_row(p->rest->moments->value_mean, c), p->difference);
    return p->difference;
}

/* The sum of weight W^T W and away_weight u u^T. W^T W of a rest is that of the whole group, less the found keys', less
 * what the moved mean takes; where it is not known, it is at most the energy in every direction. */
static void add_up(struct parts *p)
{
    const qry_rest *rest = p->rest;
    size_t dv = width_of(p);
    double *coefficient = p->image, everywhere = 0;
    for (size_t c = 0; c < groups_of(p); c++) {
        coefficient[c] = rest->group[c].spread_known ? p->weight[c] : 0;
        everywhere += (p->weight[c] - coefficient[c]) * rest->group[c].energy;
    }
    qry_matrix_apply(rest->moments->spread, true, coefficient, p->sum.at);
    for (size_t i = 0; i < rest->found_count; i++)
        if (coefficient[rest->found[i].group] > 0)
            qry_matrix_add_square(p->sum, -coefficient[rest->found[i].group], found_difference(p, i));
    for (size_t c = 0; c < groups_of(p); c++) {
        if (coefficient[c] > 0)
            qry_matrix_add_square(p->sum, -coefficient[c] * rest->group[c].count, mean_difference(p, c));
    }
    for (size_t c = 0; c <= groups_of(p); c++)
        if (p->away_weight[c] > 0)
            qry_matrix_add_square(p->sum, p->away_weight[c], qry_matrix_row(p->away, c));
    for (size_t i = 0; i < dv; i++)
        p->sum.at[i * dv + i] += everywhere;
}

/* The limit that the weights give: sqrt(sum of size^2 / weight) times the root of the largest eigenvalue. */
static double limit(struct parts *p)
{
    double sizes = 0;
    for (size_t c = 0; c < groups_of(p); c++)
        if (p->weight[c] > 0)
            sizes += p->residual[c] / p->weight[c] * p->residual[c];
    for (size_t c = 0; c <= groups_of(p); c++)
        if (p->away_weight[c] > 0)
            sizes += p->error[c] / p->away_weight[c] * p->error[c];
    if (sizes == 0 || !isfinite(sizes))
        return sizes;
    add_up(p);
    return sqrt(sizes * fmax(qry_matrix_top_eigen(p->rest->ctx, p->sum, p->direction), 0));
}

/* Weights for which the inequality would be an equality, if the worst direction were the eigenvector. */
static void improve_weights(struct parts *p)
{
    const qry_rest *rest = p->rest;
    size_t dv = width_of(p);
    qry_matrix stacked = {rest->moments->spread.at, groups_of(p) * dv, dv};
    double *square = p->weight; /* |W e|^2, until it becomes the weight */
    qry_matrix_apply(stacked, false, p->direction, p->image);
    for (size_t c = 0; c < groups_of(p); c++) {
        const qry_rest_group *g = &rest->group[c];
        double moved = qry_dot(dv, mean_difference(p, c), p->direction);
        bool used = p->weight[c] > 0;
        square[c] = qry_dot(dv, p->direction, p->image + c * dv) - g->count * moved * moved;
        square[c] = used ? g->spread_known ? square[c] : g->energy : INFINITY;
    }
    for (size_t i = 0; i < rest->found_count; i++) {
        double along = qry_dot(dv, found_difference(p, i), p->direction);
        if (rest->group[rest->found[i].group].spread_known)
            square[rest->found[i].group] -= along * along;
    }
    for (size_t c = 0; c < groups_of(p); c++) {
        double least = least_share * sqrt(rest->group[c].energy);
        p->weight[c] = p->residual[c] / fmax(sqrt(fmax(square[c], 0)), least);
    }
    for (size_t c = 0; c <= groups_of(p); c++) {
        double along = fabs(qry_dot(dv, qry_matrix_row(p->away, c), p->direction));
        if (p->away_weight[c] > 0)
            p->away_weight[c] = p->error[c] / fmax(along, least_share * p->away_length[c]);
    }
}

/* |known| and what the unknown parts add to it at most. */
static double from_moments(struct parts *p, bool total)
{
    measure(p, total);
    double worst = limit(p);
    for (int pass = 1; pass < PASSES && worst > 0 && isfinite(worst); pass++) {
        improve_weights(p);
        worst = fmin(worst, limit(p));
    }
    return qry_norm(width_of(p), p->known) + worst;
}

/* ---- with a measured energy ---- */

/* The errors of all keys are one vector, of which a weighted square is known and, up to `error`, its sum. `pull` is how much
 * of the sum's direction is taken away again: (1 - 1 / pull) of it. */
struct whole {
    double square, error;
    double keys;  /* sum over the keys of 1 / factor */
    double *mean; /* value_width numbers: sum over the keys of (v - y) / factor */
};

/* Weights with which add_up gives the sum over the keys of (v - y)(v - y)^T / factor. */
static void weigh_keys(struct parts *p, struct whole *w)
{
    const qry_rest *rest = p->rest;
    size_t dv = width_of(p), last = groups_of(p);
    memset(w->mean, 0, dv * sizeof(double));
    w->keys = 0;
    p->error[last] = p->away_weight[last] = 0;
    for (size_t c = 0; c < last; c++) {
        const qry_rest_group *g = &rest->group[c];
        p->weight[c] = p->away_weight[c] = 0;
        if (g->count == 0)
            continue;
        measure_away(p, c, p->y, qry_matrix_row(rest->value_mean, c));
        p->weight[c] = 1 / rest->energy.factor[c];
        p->away_weight[c] = g->count * p->weight[c];
        w->keys += p->away_weight[c];
        qry_add_scaled(dv, p->away_weight[c], qry_matrix_row(p->away, c), w->mean);
    }
}

/* The best pull if the worst direction were p->direction; `top` is its value with the present one. */
static double improve_pull(const struct parts *p, const struct whole *w, double pull, double top)
{
    double along = qry_dot(width_of(p), w->mean, p->direction), part = along * along / w->keys;
    double others = top - part / pull; /* without the sum's direction */
    double square = w->square - w->error * w->error / w->keys;
    if (!(square > 0) || !(others > 0))
        return pull;
    return fmax(sqrt(w->keys * part / others * square) / w->error, 1);
}

/* For any pull >= 1: the square plus (pull - 1) error^2 / keys, times the largest eigenvalue of the sum over the keys less
 * (1 - 1 / pull) mean mean^T / keys. */
static double from_energy(struct parts *p)
{
    const qry_rest *rest = p->rest;
    size_t dv = width_of(p);
    struct whole w = {.square = rest->energy.limit, .mean = qry_alloc(rest->ctx, dv, sizeof(double))};
    double sum = add_known(p, rest->energy.size, rest->energy.slope), worst = INFINITY, pull = 1;
    weigh_keys(p, &w);
    w.error = fmax(fmax(rest->total_high - sum, sum - rest->total_low), smallest_error * sqrt(w.square * w.keys));
    for (int pass = 0; pass <= PASSES && w.square > 0 && w.keys > 0; pass++) {
        add_up(p);
        qry_matrix_add_square(p->sum, -(1 - 1 / pull) / w.keys, w.mean);
        double top = fmax(qry_matrix_top_eigen(rest->ctx, p->sum, p->direction), 0);
        worst = fmin(worst, sqrt((w.square + (pull - 1) * w.error / w.keys * w.error) * top));
        pull = improve_pull(p, &w, pull, top);
    }
    qry_free(rest->ctx, w.mean);
    return qry_norm(dv, p->known) + (w.square > 0 && w.keys > 0 ? worst : 0);
}

double qry_bound_output(qry_rest *rest, const double *output)
{
    const qry_head *head = rest->moments->head;
    size_t dv = head->value_width;
    double least = rest->found_weight, rounding = rest->found_weight * rest->rounding; /* of the normaliser */
    double from_groups = 0;
    for (size_t c = 0; c < rest->moments->groups; c++)
        if (rest->group[c].count > 0) {
            from_groups += rest->group[c].weight * rest->group[c].law.size_low;
            rounding += rest->group[c].weight * rest->group[c].doubt;
        }
    least += fmax(from_groups, rest->total_low);
    if (!(least > 0))
        return INFINITY;
    struct parts p;
    new_parts(&p, rest);
    double *y = qry_alloc(rest->ctx, dv, sizeof *y);
    memcpy(y, output, dv * sizeof *y);
    qry_add_scaled(dv, -1, head->value_mean, y);
    p.y = y;
    double worst = from_moments(&p, false);
    if (rest->total_measured)
        worst = fmin(worst, from_moments(&p, true));
    if (isfinite(rest->energy.limit))
        worst = fmin(worst, from_energy(&p));
    double length = worst + rounding * (head->longest_value + qry_norm(dv, y));
    qry_free(rest->ctx, y);
    free_parts(&p);
    return length / least * (1 + guard);
}
