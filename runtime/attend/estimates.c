/* estimates.c: the normaliser of a row's rest, and the energy of what stands in for it, by amplitude estimation. Each has a
 * program that is compiled once a worker; a row changes its constants and the table of the keys that are not found. */
#include "runtime/attend/pipeline.h"

#include <math.h>
#include <string.h>

/* Bounds may be this much above what exact sums would give, where precisions are chosen. */
static const double plan_slack = 1.2;

/* Below 1, so that an estimate says something. */
static const double coarsest = 0.9;

/* A row that is expected to end so far above what is wanted is not measured: its threshold falls first. */
static const double hopeless = 1.5;

/* Random numbers of a row's estimates are not those of its search. */
static uint64_t stream_of(const qry_worker *w, qry_rest_sum sum) { return w->rest->row | ((uint64_t)sum + 1) << 48; }

bool qry_row_measures(const qry_attend *attend) { return attend->options.epsilon > 0 || attend->options.automatic; }

double qry_search_failure(const qry_attend *attend)
{
    double all = qry_row_measures(attend) ? attend->facts.failure / 2 : attend->facts.failure;
    return all - qry_low_rank_failure(attend);
}

/* ---- programs ---- */

void qry_meter_free(qry_meter *m, qry_ctx *ctx)
{
    qry_estimator_free(m->estimator);
    qry_search_free(m->search);
    qry_program_free(m->program);
    qry_free(ctx, m->cells.value);
    qry_free(ctx, m->cells.exact);
    qry_free(ctx, m->cells.first);
}

static void compile(qry_worker *w, qry_meter *m, const qry_goal *goal)
{
    qry_arena *arena = qry_arena_new(w->ctx);
    const char *text = qry_cells_program(w->attend, "", "keys.npy", w->query.code, &m->cells, w->is_found, goal, arena);
    m->program = qry_program_read(w->ctx, qry_source_from_text(w->ctx, "estimate.qry", text, strlen(text)));
    if (!m->program)
        qry_give_up(w->ctx);
    qry_worker_bind_keys(w, m->program);
    bool counted = w->attend->options.run.engine == QRY_ENGINE_ORACLE;
    m->search = qry_program_compile(m->program, &(qry_compile_options){.count_memory = counted});
    if (!m->search)
        qry_give_up(w->ctx);
    qry_arena_free(arena);
    qry_run_options run = qry_worker_run(w);
    m->estimator = qry_estimator_new(w->ctx, m->search, &run, stream_of(w, m->cells.sum));
}

static void refresh(qry_worker *w, qry_meter *m)
{
    const qry_cells *cells = &m->cells;
    bool weights = cells->sum == QRY_SUM_WEIGHTS;
    int64_t *left = qry_alloc(w->ctx, w->attend->facts.keys, sizeof *left);
    qry_cells_left(w->attend, w->is_found, left);
    bool done = qry_program_bind(m->program, "rest", left) && qry_program_bind(m->program, "q", qry_worker_query(w)) &&
                qry_program_bind(m->program, weights ? "weight" : "term", cells->value) &&
                qry_program_set_param(m->program, "drop", (qry_rational){cells->drop, 1});
    done = done && (weights ? qry_program_set_param(m->program, "top", (qry_rational){cells->top, 1})
                            : qry_program_bind(m->program, "first", cells->first));
    qry_free(w->ctx, left);
    if (!done || !qry_search_refresh(m->search))
        qry_give_up(w->ctx);
}

static void prepare(qry_worker *w, qry_meter *m, const qry_goal *goal)
{
    if (!m->program)
        compile(w, m, goal);
    else
        refresh(w, m);
    if (!m->used)
        qry_estimator_restart(m->estimator, stream_of(w, m->cells.sum));
    m->used = true;
}

/* ---- one sum ---- */

static void estimate(qry_worker *w, qry_rest_sum sum, double epsilon, double failure, qry_attend_estimate *to)
{
    qry_meter *m = &w->meter[sum];
    qry_goal goal = {.epsilon = epsilon, .failure = failure};
    prepare(w, m, &goal);
    goal.method = m->search->method;
    qry_estimate e = qry_estimator_summand(m->estimator, QRY_SUMMAND_POSITIVE, &goal);
    double base = qry_search_base(m->search) * (double)(w->keys - w->found_count); /* 0, but all are left */
    to->epsilon = epsilon;
    to->failure = failure;
    to->a_calls += e.a_calls;
    to->classical_samples = e.classical_samples;
    qry_cells_limits(&m->cells, w->rest, base + e.low, base + e.high, &to->low, &to->high);
}

/* To which precision the cells of the weights, which are filled, blur their sum; INFINITY if they leave more of it open
 * than the moments do. */
static double blur_of(qry_worker *w)
{
    const qry_rest *rest = w->rest;
    qry_cells *cells = &w->meter[QRY_SUM_WEIGHTS].cells;
    qry_cells_fill(cells, rest, &w->query, w->low, w->high);
    double blur = qry_cells_blur(cells, rest);
    return blur * (rest->total_high + rest->total_low) < rest->total_high - rest->total_low ? blur : INFINITY;
}

/* What the moments exclude is not used. */
static void measure_normaliser(qry_worker *w, double epsilon, double failure, qry_attend_estimate *to)
{
    estimate(w, QRY_SUM_WEIGHTS, epsilon, failure, to);
    qry_rest_measured_total(w->rest, to->low, to->high);
}

/* Numbers of cells are rounded, half a unit each in the circuit: what that leaves open is not worth uses of A. */
static double energy_epsilon(const qry_worker *w, const qry_cells *cells, double wanted)
{
    double keys = (double)(w->keys - w->found_count);
    double likely = qry_rest_likely_energy(w->rest) / cells->unit;
    return likely > 0 ? fmin(wanted + keys / 2 / likely, coarsest) : coarsest;
}

static void measure_energy(qry_worker *w, double wanted, double failure, qry_attend_estimate *to)
{
    qry_cells *cells = &w->meter[QRY_SUM_ENERGY].cells;
    qry_rest_choose_energy(w->rest);
    qry_cells_fill(cells, w->rest, &w->query, w->low, w->high);
    if (cells->unit > 0) {
        estimate(w, QRY_SUM_ENERGY, energy_epsilon(w, cells, wanted), failure, to);
        qry_rest_measured_energy(w->rest, to->high);
    } else {
        qry_rest_measured_energy(w->rest, 0); /* what stands in leaves no error */
    }
}

/* ---- a row ---- */

void qry_row_forget_estimates(qry_attend_row *result)
{
    qry_attend_estimate *all[] = {&result->rest_normaliser, &result->energy};
    for (int i = 0; i < 2; i++) {
        all[i]->epsilon = 0;
        all[i]->low = all[i]->high = NAN;
    }
}

void qry_row_measure(qry_worker *w, double wanted, double failure, qry_attend_row *result)
{
    const qry_attend_options *options = &w->attend->options;
    if (!qry_row_measures(w->attend) || w->found_count == w->keys)
        return;
    double blur = blur_of(w);
    qry_rest_plan plan = options->automatic ? qry_rest_plan_of(w->rest, qry_row_shape(w), wanted, plan_slack, blur)
                                            : qry_rest_plan_to(w->rest, qry_row_shape(w), options->epsilon, blur);
    if (wanted > 0 && plan.bound > hopeless * wanted)
        return;
    if (plan.total > 0 && isfinite(blur))
        measure_normaliser(w, plan.total, failure / 2, &result->rest_normaliser);
    if (plan.energy > 0)
        measure_energy(w, plan.energy, failure / 2, &result->energy);
}

void qry_row_measure_whole(qry_worker *w, double epsilon, double failure, qry_attend_row *result)
{
    if (isfinite(blur_of(w)))
        measure_normaliser(w, epsilon, failure, &result->rest_normaliser);
}
