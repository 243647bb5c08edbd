/* threshold.c: what is known of a row's scores before any of them is computed: each group is taken for a Gaussian with
 * its exact mean and variance, within its certified range. */
#include "runtime/attend/attend.h"

#include <math.h>

double qry_rest_expected_above(const qry_rest *rest, double tau)
{
    double expected = 0;
    for (size_t c = 0; c < rest->moments->groups; c++) {
        const qry_rest_group *g = &rest->group[c];
        double x = tau - g->mean;
        if (x <= -g->low || (x <= 0 && g->variance == 0)) /* a range may be left where a variance is lost */
            expected += g->count;
        else if (x <= g->high && g->variance > 0)
            expected += g->count * qry_normal_below(-x / sqrt(g->variance));
    }
    return expected;
}

double qry_rest_top(const qry_rest *rest)
{
    double top = -INFINITY;
    for (size_t c = 0; c < rest->moments->groups; c++)
        if (rest->group[c].count > 0)
            top = fmax(top, rest->group[c].mean + rest->group[c].high + rest->group[c].doubt);
    return top;
}

double qry_rest_threshold(const qry_rest *rest, double wanted)
{
    double low = INFINITY, high = qry_rest_top(rest);
    for (size_t c = 0; c < rest->moments->groups; c++)
        if (rest->group[c].count > 0)
            low = fmin(low, rest->group[c].mean - rest->group[c].low - rest->group[c].doubt);
    if (!(low < high) || qry_rest_expected_above(rest, high) >= wanted)
        return high;
    for (int i = 0; i < 60; i++) { /* above high fewer are expected, from low on enough */
        double middle = low + (high - low) / 2;
        if (qry_rest_expected_above(rest, middle) >= wanted)
            low = middle;
        else
            high = middle;
    }
    return low;
}

double qry_rule_threshold(qry_rule rule, const qry_rest *rest)
{
    double offset = rest->moments->head->offset[rest->row];
    switch (rule.kind) {
    case QRY_RULE_TAU:
        return rule.value - offset;
    case QRY_RULE_DROP:
        return qry_rest_threshold(rest, 1) - rule.value;
    default:
        return qry_rest_threshold(rest, rule.value);
    }
}
