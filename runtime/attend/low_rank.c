/* low_rank.c: rows of the low-rank kernel, and what stands in for the keys that a search did not find where there is a choice. */
#include "runtime/attend/pipeline.h"

#include <math.h>
#include <string.h>

/* Of a row's failure probability, the part of the stages' circuits: of a row that may be measured, too; of one that is searched.
 * Repetitions of circuits grow with the logarithm of either, so halves and eighths cost nearly the same. */
static const double part_of_row = 0.5, part_of_search = 0.125;

/* The relative precision to which a row is measured whose normaliser the low-rank kernel does not tell. */
static const double fallback_epsilon = 0.1;

/* ---- once ---- */

bool qry_low_rank_wanted(const qry_attend_options *o)
{
    bool given = o->nystrom.landmarks > 0 || o->nystrom.lambda > 0;
    return o->method == QRY_ATTEND_NYSTROM ||
           (o->method == QRY_ATTEND_HYBRID &&
            (o->rest == QRY_ATTEND_REST_NYSTROM || (o->rest == QRY_ATTEND_REST_BEST && given)));
}

double qry_low_rank_failure(const qry_attend *attend)
{
    if (!qry_low_rank_wanted(&attend->options))
        return 0;
    return attend->facts.failure * (attend->options.method == QRY_ATTEND_NYSTROM ? part_of_row : part_of_search);
}

uint64_t qry_low_rank_operations(const qry_attend_facts *f)
{
    return f->nystrom.landmarks * (f->nystrom.landmarks + f->width + f->value_width);
}

bool qry_low_rank_prepare(qry_attend *attend)
{
    qry_attend_facts *f = &attend->facts;
    qry_attend_stage stages[4];
    size_t count = 0;
    attend->nystrom = qry_nystrom_new(attend->head, &attend->options, qry_low_rank_failure(attend), stages, &count);
    if (!attend->nystrom)
        return false;
    for (size_t i = 0; i < count; i++)
        qry_attend_add_stage(attend, &stages[i]);
    f->nystrom = qry_nystrom_facts_of(attend->nystrom);
    f->row_operations += qry_low_rank_operations(f);
    return true;
}

/* ---- a row without a search ---- */

bool qry_low_rank_may_measure(const qry_attend *attend, const qry_attend_row *result)
{
    return result->fallback && !attend->facts.loaded && !attend->moments;
}

/* The row's sum by amplitude estimation, nothing being found; what the moments tell is enough where circuits tell no more. What is
 * below all that can be told from 0 among the landmarks leaves the mean value. */
static void measure(qry_worker *w, qry_attend_row *result, double *output, qry_nystrom_answer *a)
{
    double offset = w->attend->head->offset[result->row];
    qry_worker_take_row(w, result->row);
    qry_row_measure_whole(w, fallback_epsilon, w->attend->facts.failure * (1 - part_of_row), result);
    double shift = w->rest->shift + offset, times = exp(shift - qry_nystrom_shift(w->place));
    double low = times * w->rest->total_low, high = times * w->rest->total_high;
    if (isnormal(low) && isfinite(high)) {
        qry_nystrom_answer_measured(w->place, low, high, output, a);
        result->rest = "nystrom";
    } else {
        a->normaliser = (w->rest->total_low + w->rest->total_high) / 2;
        a->shift = shift;
    }
}

static void put(qry_attend_row *result, const qry_nystrom_answer *a)
{
    result->normaliser = a->normaliser;
    result->shift = a->shift;
    result->bound = a->bound;
    result->bound_reason = a->no_bound;
    result->fallback = a->fallback;
    result->residual = a->residual;
}

void qry_low_rank_row(qry_worker *w, qry_attend_row *result, double *output)
{
    const qry_head *head = w->attend->head;
    qry_nystrom_answer a;
    w->begun = false;
    w->scored = 0;
    w->keys = qry_head_keys_of(head, result->row);
    for (int s = 0; s < QRY_SUMS; s++)
        w->meter[s].used = false;
    qry_nystrom_answer_row(w->place, qry_matrix_row(head->q, result->row), head->offset[result->row], w->keys, output,
                           &a);
    result->rest = a.fallback ? "mean" : "nystrom";
    if (a.fallback && w->rest)
        measure(w, result, output, &a);
    result->tau = NAN;
    put(result, &a);
}

/* ---- what stands in for the keys that were not found ---- */

static void answer_by_moments(qry_worker *w, qry_rest_shape shape, qry_attend_row *result, double *output)
{
    static const char *const names[] = {[QRY_REST_MOMENTS] = "moments", [QRY_REST_CONSTANT] = "rank1"};
    qry_answer a;
    qry_answer_row(w->rest, shape, output, &a);
    result->rest = w->found_count < w->keys ? names[shape] : NULL;
    put(result,
        &(qry_nystrom_answer){
            .normaliser = a.normaliser, .shift = a.shift, .bound = a.bound, .no_bound = a.no_bound, .residual = NAN});
}

/* The bound is the landmarks', or what the moments say of that output if that is less. False, with the reason in the result, if
 * the landmarks say nothing of the row. */
static bool answer_by_landmarks(qry_worker *w, qry_attend_row *result, double *output)
{
    qry_nystrom_answer a;
    qry_nystrom_answer_rest(w->place, w->rest, w->found, w->found_count, output, &a);
    result->residual = a.residual;
    if (a.fallback) {
        result->fallback = a.fallback;
        return false;
    }
    double bound = qry_bound_output(w->rest, output);
    if (bound <= 2 * w->attend->head->value_radius && !(a.bound <= bound)) {
        a.bound = bound;
        a.no_bound = NULL;
    }
    result->rest = "nystrom";
    put(result, &a);
    return true;
}

/* Keeps what has the smaller bound; `other` came later, with its output where w->exact is. */
static void keep_better(qry_worker *w, const qry_attend_row *other, qry_attend_row *result, double *output)
{
    if (!(other->bound < result->bound) && !(isnan(result->bound) && !isnan(other->bound)))
        return;
    *result = *other;
    memcpy(output, w->exact, w->attend->head->value_width * sizeof *output);
}

static void answer_by_best(qry_worker *w, qry_attend_row *result, double *output)
{
    answer_by_moments(w, QRY_REST_MOMENTS, result, output);
    qry_attend_row other = *result;
    answer_by_moments(w, QRY_REST_CONSTANT, &other, w->exact);
    keep_better(w, &other, result, output);
    other = *result;
    if (w->place && answer_by_landmarks(w, &other, w->exact))
        keep_better(w, &other, result, output);
    result->residual = other.residual;
}

qry_rest_shape qry_row_shape(const qry_worker *w)
{
    const qry_attend_options *o = &w->attend->options;
    return o->method == QRY_ATTEND_HYBRID && o->rest != QRY_ATTEND_REST_RANK1 ? QRY_REST_MOMENTS : QRY_REST_CONSTANT;
}

void qry_row_answer_rest(qry_worker *w, qry_attend_row *result, double *output)
{
    const qry_attend_options *o = &w->attend->options;
    bool choice = o->method == QRY_ATTEND_HYBRID && w->found_count < w->keys;
    if (choice && o->rest == QRY_ATTEND_REST_BEST)
        answer_by_best(w, result, output);
    else if (!choice || o->rest != QRY_ATTEND_REST_NYSTROM)
        answer_by_moments(w, qry_row_shape(w), result, output);
    else if (!answer_by_landmarks(w, result, output)) {
        const char *fallback = result->fallback;
        answer_by_moments(w, QRY_REST_MOMENTS, result, output);
        result->fallback = fallback;
    }
}
