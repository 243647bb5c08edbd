/* params.c: everything about a head. */
#include "runtime/params/params.h"

#include <float.h>
#include <math.h>

qry_quantity qry_quantity_missing(const char *why) { return (qry_quantity){NAN, why}; }

void qry_params_tell(const qry_params_watch *watch, const char *label, size_t done, size_t total)
{
    if (watch && watch->progress)
        watch->progress(watch->state, label, done, total);
}

/* ---- A ---- */

/* e^log_value, unless that is no number. */
static qry_quantity from_log(double log_value)
{
    if (log_value < log(DBL_MIN))
        return qry_quantity_missing("smaller than any number of double precision; its logarithm is known");
    return qry_quantity_of(exp(log_value));
}

static qry_quantity ratio(double log_above, qry_quantity log_below)
{
    return log_below.missing ? log_below : from_log(log_above - log_below.value);
}

static double least(const double *a, const double *less, size_t count)
{
    double found = INFINITY;
    for (size_t i = 0; i < count; i++)
        found = fmin(found, a[i] - (less ? less[i] : 0));
    return found;
}

static double greatest(const double *a, size_t count)
{
    double found = -INFINITY;
    for (size_t i = 0; i < count; i++)
        found = fmax(found, a[i]);
    return found;
}

static double log_of_sum(const double *logs, size_t count)
{
    double top = greatest(logs, count), sum = exp(logs[0] - top);
    for (size_t i = 1; i < count; i++)
        sum += exp(logs[i] - top);
    return top + log(sum);
}

static qry_spread concentration(const qry_weights *w, size_t rows)
{
    qry_ctx *ctx = w->head->ctx;
    double *part = qry_alloc(ctx, rows, sizeof *part);
    for (size_t i = 0; i < rows; i++)
        part[i] = exp(w->log_squares[i] / 2 - w->log_sum[i]);
    qry_spread spread = qry_spread_of(part, rows);
    qry_free(ctx, part);
    return spread;
}

static void measure_weights(const qry_weights *w, const qry_params_watch *watch, qry_params *params)
{
    size_t rows = w->head->rows;
    double top = greatest(w->top, rows), *shift = qry_alloc(w->head->ctx, rows, sizeof *shift);
    for (size_t i = 0; i < rows; i++)
        shift[i] = top;
    qry_quantity norm = qry_weights_log_norm(w->head, shift, "norm of A", watch);
    norm.value += top;
    qry_quantity shifted = qry_weights_log_norm(w->head, w->top, "norm of A with shifted rows", watch);
    double least_sum = least(w->log_sum, NULL, rows);
    params->log_eps_max = norm.missing ? norm : qry_quantity_of(least_sum - norm.value);
    params->eps_max = ratio(least_sum, norm);
    params->eps_max_shifted = ratio(least(w->log_sum, w->top, rows), shifted);
    params->a_fro_over_spec = ratio(log_of_sum(w->log_squares, rows) / 2, norm);
    params->a_inf_over_spec = ratio(greatest(w->log_sum, rows), norm);
    params->row_concentration = concentration(w, rows);
    qry_free(w->head->ctx, shift);
}

/* ---- s_lambda ---- */

static void measure_kernel(const qry_weights *w, bool raw, const qry_params_watch *watch, qry_params *params)
{
    const char *label = raw ? "s_lambda, raw kernel" : "s_lambda, balanced kernel";
    qry_kernel *kernel = qry_kernel_new(w->head, raw);
    static const double lambdas[QRY_RIDGES] = {1, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6};
    double needed = qry_needed_log_lambda(kernel, w);
    for (size_t i = 0; i < QRY_RIDGES; i++) {
        qry_check_interrupt(w->head->ctx);
        qry_params_tell(watch, label, i, QRY_RIDGES + 1);
        params->ridge[i].lambda = lambdas[i];
        *(raw ? &params->ridge[i].raw : &params->ridge[i].balanced) = qry_effective_dimension(kernel, log(lambdas[i]));
    }
    qry_params_tell(watch, label, QRY_RIDGES, QRY_RIDGES + 1);
    *(raw ? &params->needed_log_lambda_raw : &params->needed_log_lambda_balanced) = needed;
    *(raw ? &params->needed_raw : &params->needed_balanced) = qry_effective_dimension(kernel, needed);
    qry_kernel_free(kernel);
}

/* ---- all of it ---- */

static qry_matrix copy(qry_ctx *ctx, const qry_array *a)
{
    qry_matrix m = qry_matrix_new(ctx, a->shape[0], a->shape[1]);
    for (size_t i = 0; i < a->count; i++)
        m.at[i] = qry_array_get(a, i);
    return m;
}

bool qry_params_measure(qry_ctx *ctx, qry_arena *arena, const qry_array *q, const qry_array *k, const qry_array *v,
                        double scale, const qry_params_watch *watch, qry_params *params)
{
    static const double drops[QRY_DROPS] = {2, 4, 6, 8, 10};
    qry_head *head = qry_head_new(ctx, q, k, v, scale, true);
    if (!head)
        return false;
    *params = (qry_params){.queries = head->rows, .keys = head->keys, .width = head->width};
    params->value_width = head->value_width;
    params->scale = head->scale;
    double *room = qry_alloc(ctx, 3, head->rows * sizeof *room);
    qry_weights weights = {.top = room, .log_sum = room + head->rows, .log_squares = room + 2 * head->rows};
    for (size_t i = 0; i < QRY_DROPS; i++)
        params->drop[i].drop = drops[i];
    qry_drops_measure(head, &weights, params->drop, QRY_DROPS, watch);
    measure_weights(&weights, watch, params);
    qry_matrix values = copy(ctx, v);
    params->values = qry_value_facts_of(ctx, arena, values);
    qry_matrix_free(ctx, &values);
    measure_kernel(&weights, true, watch, params);
    measure_kernel(&weights, false, watch, params);
    qry_free(ctx, room);
    qry_head_free(head);
    return true;
}
