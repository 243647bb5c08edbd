/* plan.c: what to measure of a rest, and how low a threshold a wanted bound needs, before it is done (docs/bounds.md, 7
 * and 11). Likely values stand for what is to be measured. */
#include "runtime/attend/attend.h"

#include <math.h>

/* Relative precisions that are tried; 0 is not to measure. */
static const double total_precisions[] = {0, 0.4, 0.2, 0.1, 0.05, 0.02};
static const double energy_precisions[] = {0, 0.5, 0.2, 0.1, 0.05};
static const double loosest = 0.5; /* of precisions that follow from a wanted one */
enum {
    TOTALS = sizeof total_precisions / sizeof *total_precisions,
    ENERGIES = sizeof energy_precisions / sizeof *energy_precisions,
    HALVINGS = 30 /* of the interval in which a threshold is searched */
};

/* A-calls of an estimate to relative precision epsilon are this much / (epsilon sqrt(probability of a mark)). */
static const double calls_constant = 40;

static double likely_total(const qry_rest *rest)
{
    double sum = 0;
    for (size_t c = 0; c < rest->moments->groups; c++)
        sum += rest->group[c].weight * rest->group[c].law.size;
    return sum;
}

double qry_rest_likely_energy(const qry_rest *rest)
{
    double sum = 0;
    for (size_t c = 0; c < rest->moments->groups; c++) {
        const qry_rest_group *g = &rest->group[c];
        if (g->count > 0)
            sum += rest->energy.factor[c] * g->weight / g->count * g->weight * g->law.scatter;
    }
    return sum;
}

/* The largest weight of a key, and the largest term of the energy, that the tables of a circuit must hold. */
static double largest_weight(const qry_rest *rest)
{
    double most = 0;
    for (size_t c = 0; c < rest->moments->groups; c++)
        if (rest->group[c].count > 0)
            most = fmax(most, rest->group[c].weight / rest->group[c].count);
    return most;
}

static double largest_term(const qry_rest *rest)
{
    double most = 0;
    for (size_t c = 0; c < rest->moments->groups; c++)
        most = fmax(most, qry_rest_energy_term(rest, c, -INFINITY, INFINITY));
    return most;
}

static double calls(const qry_rest *rest, double precision, double sum, double largest)
{
    double rows = exp2(ceil(log2((double)rest->moments->head->keys)));
    return precision > 0 && sum > 0 ? calls_constant / (precision * sqrt(sum / (rows * largest))) : 0;
}

/* Forgets what was measured, but not what is known of the search. */
static void forget(qry_rest *rest)
{
    bool contradicted = rest->contradicted;
    qry_rest_set_ceiling(rest, rest->ceiling);
    rest->contradicted = contradicted;
}

/* The bound to expect of the shape's output when the sums are measured to these precisions: negative ones are exact. */
static double expected_bound(qry_rest *rest, qry_rest_shape shape, double total, double energy, double *output)
{
    double sum = likely_total(rest);
    forget(rest);
    if (total != 0)
        qry_rest_measured_total(rest, sum * (1 - fmax(total, 0)), sum * (1 + fmax(total, 0)));
    qry_rest_choose_energy(rest);
    if (energy != 0)
        qry_rest_measured_energy(rest, qry_rest_likely_energy(rest) * (1 + fmax(energy, 0)));
    qry_answer_output(rest, shape, output);
    return qry_bound_output(rest, output);
}

qry_rest_plan qry_rest_plan_of(qry_rest *rest, qry_rest_shape shape, double wanted, double slack, double blur)
{
    double *output = qry_alloc(rest->ctx, rest->moments->head->value_width, sizeof *output);
    forget(rest);
    qry_rest_plan best = {.a_calls = INFINITY};
    best.least = expected_bound(rest, shape, -1, -1, output);
    double enough = fmax(wanted, slack * best.least), sum = likely_total(rest), energy = qry_rest_likely_energy(rest);
    double weight = largest_weight(rest), term = largest_term(rest);
    for (int i = 0; i < TOTALS; i++)
        for (int j = 0; j < ENERGIES; j++) {
            double t = total_precisions[i], e = energy_precisions[j];
            double cost = calls(rest, t, sum, weight) + calls(rest, e, energy, term);
            bool last = i == TOTALS - 1 && j == ENERGIES - 1;
            if (cost >= best.a_calls)
                continue;
            double bound = expected_bound(rest, shape, t > 0 ? t + blur : 0, e, output);
            if (bound <= enough || (last && isinf(best.a_calls)))
                best = (qry_rest_plan){t, e, cost, bound, best.least};
        }
    forget(rest);
    qry_free(rest->ctx, output);
    return best;
}

/* The precision of the estimate that makes that of the whole normaliser epsilon, or half of that where the blur takes
 * more; 0 where the moments leave it no wider. */
static double precision_of_rest(const qry_rest *rest, double epsilon, double blur)
{
    double low = rest->found_weight + rest->total_low, high = rest->found_weight + rest->total_high;
    double sum = likely_total(rest), part = sum / (rest->found_weight + sum);
    if (high - low <= epsilon * (high + low) || !(part > 0))
        return 0;
    return fmin(fmax(epsilon / part - blur, epsilon / part / 2), loosest);
}

qry_rest_plan qry_rest_plan_to(qry_rest *rest, qry_rest_shape shape, double epsilon, double blur)
{
    double *output = qry_alloc(rest->ctx, rest->moments->head->value_width, sizeof *output);
    forget(rest);
    qry_rest_plan plan = {.total = precision_of_rest(rest, epsilon, blur), .energy = fmin(2 * epsilon, loosest)};
    double known = plan.total > 0 ? plan.total + blur : 0;
    double with = expected_bound(rest, shape, known, plan.energy, output);
    plan.bound = expected_bound(rest, shape, known, 0, output);
    plan.least = expected_bound(rest, shape, -1, -1, output);
    if (with < (1 - epsilon) * plan.bound)
        plan.bound = with;
    else
        plan.energy = 0;
    plan.a_calls = calls(rest, plan.total, likely_total(rest), largest_weight(rest)) +
                   calls(rest, plan.energy, qry_rest_likely_energy(rest), largest_term(rest));
    forget(rest);
    qry_free(rest->ctx, output);
    return plan;
}

double qry_rest_threshold_for(qry_rest *rest, qry_rest_shape shape, double wanted, double total, double energy)
{
    double *output = qry_alloc(rest->ctx, rest->moments->head->value_width, sizeof *output);
    qry_rest_of_row(rest, rest->row);
    double high = qry_rest_top(rest), low = qry_rest_threshold(rest, (double)rest->moments->keys);
    for (int i = 0; i < HALVINGS && low < high; i++) {
        double middle = low + (high - low) / 2;
        qry_rest_expect(rest, middle);
        if (expected_bound(rest, shape, total, energy, output) <= wanted)
            low = middle;
        else
            high = middle;
    }
    qry_rest_of_row(rest, rest->row);
    qry_free(rest->ctx, output);
    return low;
}
