/* answer.c: a row's output and normaliser from the found keys and what stands in for the rest. */
#include "runtime/attend/attend.h"

#include <math.h>

/* Adds the rest, each group with its own mean and covariance; returns its part of the normaliser. */
static double add_moments(const qry_rest *rest, double *sum)
{
    size_t dv = rest->moments->head->value_width;
    double total = 0;
    for (size_t c = 0; c < rest->moments->groups; c++) {
        const qry_rest_group *g = &rest->group[c];
        if (g->count == 0)
            continue;
        total += g->weight * g->law.size;
        qry_add_scaled(dv, g->weight * g->law.size, qry_matrix_row(rest->value_mean, c), sum);
        qry_add_scaled(dv, g->weight * g->law.slope, qry_matrix_row(rest->covariance, c), sum);
    }
    return total;
}

/* The same size, spread evenly over the keys of the rest. */
static double add_constant(const qry_rest *rest, double *sum)
{
    size_t dv = rest->moments->head->value_width;
    double total = 0, count = 0;
    for (size_t c = 0; c < rest->moments->groups; c++) {
        total += rest->group[c].weight * rest->group[c].law.size;
        count += rest->group[c].count;
    }
    for (size_t c = 0; c < rest->moments->groups; c++)
        if (rest->group[c].count > 0)
            qry_add_scaled(dv, total * rest->group[c].count / count, qry_matrix_row(rest->value_mean, c), sum);
    return total;
}

double qry_answer_output(const qry_rest *rest, qry_rest_shape shape, double *output)
{
    const qry_head *head = rest->moments->head;
    for (size_t i = 0; i < head->value_width; i++)
        output[i] = rest->found_value[i];
    double normaliser = rest->found_weight;
    normaliser += shape == QRY_REST_MOMENTS ? add_moments(rest, output) : add_constant(rest, output);
    for (size_t i = 0; i < head->value_width; i++)
        output[i] = head->value_mean[i] + output[i] / normaliser;
    return normaliser;
}

void qry_answer_row(qry_rest *rest, qry_rest_shape shape, double *output, qry_answer *answer)
{
    const qry_head *head = rest->moments->head;
    *answer = (qry_answer){.shift = rest->shift + head->offset[rest->row]};
    answer->normaliser = qry_answer_output(rest, shape, output);
    answer->bound = qry_bound_output(rest, output);
    if (!isfinite(answer->bound))
        answer->no_bound = "scores spread too far within a group";
    else if (answer->bound > 2 * head->value_radius)
        answer->no_bound = "above twice the largest distance of a value from the mean value";
    if (answer->no_bound)
        answer->bound = NAN;
}
