/* measured.c: what amplitude estimation says of the keys that were not found (docs/bounds.md, 11): the sum of their
 * weights, and the energy of what stands in for them. Both are sums over keys of a function of group and score, which a
 * circuit can look up. */
#include "runtime/attend/attend.h"

#include <math.h>

/* No group is expected to err by less than this fraction of what the worst one does: expectations err, too. */
static const double least_error = 1e-2;

/* Terms are enlarged by this fraction, far more than their rounding errors. */
static const double guard = 1e-9;

/* ---- the sum of the weights ---- */

/* Moves every likely size by the same fraction of its way to the limit on the side of `wanted`, so that their sum is
 * that: where the moments leave no doubt, nothing moves. Slopes keep their proportion. */
static void move_sizes(qry_rest *rest, double wanted)
{
    double sum = 0, limit = 0;
    for (size_t c = 0; c < rest->moments->groups; c++)
        sum += rest->group[c].weight * rest->group[c].law.size;
    if (sum == wanted)
        return;
    for (size_t c = 0; c < rest->moments->groups; c++) {
        const qry_rest_group *g = &rest->group[c];
        limit += g->weight * (wanted > sum ? g->law.size_high : g->law.size_low);
    }
    if (limit == sum)
        return;
    double share = fmin((wanted - sum) / (limit - sum), 1);
    for (size_t c = 0; c < rest->moments->groups; c++) {
        qry_law *law = &rest->group[c].law;
        double size = law->size + share * ((wanted > sum ? law->size_high : law->size_low) - law->size);
        if (law->size > 0)
            law->slope = fmin(fmax(law->slope * size / law->size, law->slope_low), law->slope_high);
        law->size = size;
    }
}

bool qry_rest_measured_total(qry_rest *rest, double low, double high)
{
    low = fmax(low, rest->total_low);
    high = fmin(high, rest->total_high);
    if (!(low <= high))
        return false;
    rest->total_measured = true;
    rest->total_low = low;
    rest->total_high = high;
    double sum = 0;
    for (size_t c = 0; c < rest->moments->groups; c++)
        sum += rest->group[c].weight * rest->group[c].law.size;
    move_sizes(rest, fmin(fmax(sum, low), high));
    return true;
}

/* ---- the energy ---- */

/* How far a key's weight is likely to be from what stands in for it; relative to e^shift. */
static double likely_error(const qry_rest_group *g)
{
    return g->count > 0 ? g->weight / g->count * sqrt(g->law.scatter) : 0;
}

void qry_rest_choose_energy(qry_rest *rest)
{
    double worst = 0;
    for (size_t c = 0; c < rest->moments->groups; c++)
        worst = fmax(worst, likely_error(&rest->group[c]));
    for (size_t c = 0; c < rest->moments->groups; c++) {
        const qry_rest_group *g = &rest->group[c];
        bool likely = likely_error(g) > least_error * worst;
        rest->energy.size[c] = g->law.size;
        rest->energy.slope[c] = g->law.slope;
        rest->energy.factor[c] = g->count == 0 ? 0 : likely ? worst / likely_error(g) : worst > 0 ? 1 / least_error : 1;
    }
    rest->energy.limit = INFINITY;
}

double qry_rest_energy_term(const qry_rest *rest, size_t group, double low, double high)
{
    const qry_rest_group *g = &rest->group[group];
    const qry_rest_energy *energy = &rest->energy;
    double from = fmax(low - g->mean - g->doubt, -g->low), to = fmin(high - g->mean + g->doubt, g->high);
    if (g->count == 0 || from > to)
        return 0;
    double size = energy->size[group], slope = energy->slope[group], least = g->high + log(slope);
    double at[] = {from, to, fmin(fmax(least, from), to)}, most = 0; /* e^x less a line is convex; least: its minimum */
    for (int i = 0; i < 3; i++)
        most = fmax(most, fabs(exp(at[i] - g->high) - size - slope * at[i]));
    double error = g->weight / g->count * most;
    return energy->factor[group] * error * error * (1 + guard);
}

void qry_rest_measured_energy(qry_rest *rest, double limit) { rest->energy.limit = fmin(rest->energy.limit, limit); }
