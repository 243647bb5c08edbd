/* cells.c: what a circuit adds up over the keys that were not found, and what its sum says of the rest (docs/bounds.md,
 * 11). A key's integer score, less its low bits, is a cell, and a table has a number for every cell. For the sum of the
 * weights that is the weight in the middle of the cell, rounded; how far a key's own weight may be from it is added to
 * what the sum leaves open. For the energy it is the largest term of any score in the cell, rounded up. */
#include "runtime/attend/pipeline.h"

#include <math.h>

enum {
    WEIGHT_CELLS = 1024,
    ENERGY_CELLS = 256, /* of a group */
    GREATEST = (1 << QRY_CELL_BITS) - 1,
    NARROWINGS = 60 /* of the range of a factor */
};

/* Keys below all cells together have at most this fraction of the likely sum. */
static const double beyond = 0.005;

void qry_cells_init(qry_cells *cells, qry_ctx *ctx, const qry_moments *moments, qry_rest_sum sum)
{
    *cells = (qry_cells){.sum = sum, .each = sum == QRY_SUM_WEIGHTS ? WEIGHT_CELLS : ENERGY_CELLS};
    cells->count = sum == QRY_SUM_WEIGHTS ? WEIGHT_CELLS : ENERGY_CELLS * moments->groups;
    cells->value = qry_alloc(ctx, cells->count, sizeof *cells->value);
    cells->exact = qry_alloc(ctx, cells->count, sizeof *cells->exact);
    cells->first = qry_alloc(ctx, moments->groups, sizeof *cells->first);
}

static int64_t between(double x, int64_t low, int64_t high)
{
    return !(x > (double)low) ? low : x < (double)high ? (int64_t)x : high;
}

static double cell_width(const qry_cells *cells) { return ldexp(1, cells->drop); }

/* ---- the weights ---- */

static double likely_total(const qry_rest *rest)
{
    double sum = 0;
    for (size_t c = 0; c < rest->moments->groups; c++)
        sum += rest->group[c].weight * rest->group[c].law.size;
    return sum;
}

static double keys_left(const qry_rest *rest) { return (double)(rest->moments->keys - rest->found_count); }

static void fill_weights(qry_cells *cells, const qry_rest *rest, const qry_query_code *query)
{
    double top_score = query->base + query->unit * (double)cells->top;
    double reach = log(keys_left(rest) / beyond) + top_score - rest->shift - log(likely_total(rest));
    reach = fmin(reach / query->unit, (double)(cells->top - cells->bottom) + 1);
    for (cells->drop = 0; cell_width(cells) * WEIGHT_CELLS < reach; cells->drop++)
        ;
    double half = query->unit * (cell_width(cells) - 1) / 2;
    cells->doubt = half + query->error;
    cells->unit = exp(top_score - half - rest->shift) / GREATEST;
    for (size_t i = 0; i < cells->count; i++) {
        cells->exact[i] = GREATEST * exp(-query->unit * cell_width(cells) * (double)i);
        cells->value[i] = (int64_t)rint(cells->exact[i]);
    }
}

/* By how much a key's weight may be above `factor` times its cell's number, in units of the table; below, if not `above`. A
 * key of the last cell may weigh nothing. */
static double excess(const qry_cells *cells, double factor, bool above)
{
    double most = 0, stretch = exp(above ? cells->doubt : -cells->doubt);
    for (size_t i = 0; i < cells->count; i++) {
        double exact = !above && i + 1 == cells->count ? 0 : cells->exact[i] * stretch;
        double difference = exact - factor * (double)cells->value[i];
        most = fmax(most, above ? difference : -difference);
    }
    return most;
}

/* The limit of the sum of the weights that a factor gives, in units of the table. Any factor is right. */
static double limit(const qry_cells *cells, double keys, double sum, double factor, bool above)
{
    double other = keys * excess(cells, factor, above);
    return factor * sum + (above ? other : -other);
}

/* The best one: the limit is convex in the factor from above, concave from below. */
static double best_limit(const qry_cells *cells, double keys, double sum, bool above)
{
    double low = above ? 1 : 0, high = above ? exp(2 * cells->doubt) + 1 : 1;
    for (int i = 0; i < NARROWINGS; i++) {
        double a = low + (high - low) / 3, b = high - (high - low) / 3;
        bool first = (limit(cells, keys, sum, a, above) < limit(cells, keys, sum, b, above)) == above;
        *(first ? &high : &low) = first ? b : a;
    }
    return limit(cells, keys, sum, (low + high) / 2, above);
}

/* ---- the energy ---- */

struct span {
    int64_t low, high; /* integer scores */
};

/* The integer scores that keys of a group's rest can have. */
static struct span span_of(const qry_cells *cells, const qry_rest *rest, const qry_query_code *query, size_t c)
{
    const qry_rest_group *g = &rest->group[c];
    double low = (g->mean - g->low - g->doubt - query->error - query->base) / query->unit;
    double high = (g->mean + g->high + g->doubt + query->error - query->base) / query->unit;
    struct span span;
    span.low = between(floor(low), cells->bottom, cells->top);
    span.high = between(ceil(high), span.low, cells->top);
    return span;
}

static bool group_fits(const qry_cells *cells, struct span span)
{
    return (span.high >> cells->drop) - (span.low >> cells->drop) < ENERGY_CELLS;
}

static bool all_fit(const qry_cells *cells, const qry_rest *rest, const qry_query_code *query)
{
    for (size_t c = 0; c < rest->moments->groups; c++)
        if (rest->group[c].count > 0 && !group_fits(cells, span_of(cells, rest, query, c)))
            return false;
    return true;
}

/* The largest term of a score in cell i of a group; integers beyond the first and the last count as those. */
static double term_of(const qry_cells *cells, const qry_rest *rest, const qry_query_code *query, size_t c, int i)
{
    double start = (double)(cells->first[c] + i) * cell_width(cells), end = start + cell_width(cells) - 1;
    double low = i == 0 ? -INFINITY : query->base + query->unit * start - query->error;
    double high = i == ENERGY_CELLS - 1 ? INFINITY : query->base + query->unit * end + query->error;
    return qry_rest_energy_term(rest, c, low, high);
}

static void fill_energy(qry_cells *cells, const qry_rest *rest, const qry_query_code *query)
{
    double largest = 0;
    for (cells->drop = 0; !all_fit(cells, rest, query); cells->drop++)
        ;
    for (size_t c = 0; c < rest->moments->groups; c++) {
        cells->first[c] = rest->group[c].count > 0 ? span_of(cells, rest, query, c).low >> cells->drop : 0;
        for (int i = 0; i < ENERGY_CELLS; i++) {
            double term = term_of(cells, rest, query, c, i);
            cells->exact[c * ENERGY_CELLS + (size_t)i] = term;
            largest = fmax(largest, term);
        }
    }
    cells->unit = largest / GREATEST;
    for (size_t i = 0; i < cells->count; i++)
        cells->value[i] = largest > 0 ? (int64_t)fmin(ceil(cells->exact[i] / cells->unit), GREATEST) : 0;
}

/* ---- both ---- */

void qry_cells_fill(qry_cells *cells, const qry_rest *rest, const qry_query_code *query, int64_t low, int64_t high)
{
    cells->bottom = low;
    cells->top = between(floor((qry_rest_top(rest) + query->error - query->base) / query->unit), low, high);
    if (cells->sum == QRY_SUM_WEIGHTS)
        fill_weights(cells, rest, query);
    else
        fill_energy(cells, rest, query);
}

void qry_cells_limits(const qry_cells *cells, const qry_rest *rest, double low, double high, double *least,
                      double *most)
{
    bool weights = cells->sum == QRY_SUM_WEIGHTS;
    double keys = keys_left(rest);
    *least = cells->unit * (weights ? fmax(best_limit(cells, keys, low, false), 0) : low);
    *most = cells->unit * (weights ? best_limit(cells, keys, high, true) : high);
}

double qry_cells_blur(const qry_cells *cells, const qry_rest *rest)
{
    double least, most, sum = likely_total(rest) / cells->unit;
    if (cells->sum != QRY_SUM_WEIGHTS)
        return 0;
    qry_cells_limits(cells, rest, sum, sum, &least, &most);
    return (most - least) / (most + least);
}
