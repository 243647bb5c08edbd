/* target.c: a row whose bound is to be at most a part of its output's length. The moments tell what threshold to begin with,
 * and what the last bound was tells how far they were off; the threshold falls until the bound is small enough, and at last
 * all keys are found. */
#include "runtime/attend/pipeline.h"

#include <math.h>

/* Precisions to which sums are thought to be measured where they are chosen later. */
static const double usual_total = 0.1, usual_energy = 0.2;

/* Of what a bound should be, how much is aimed at after a failure; and how much lower, where there was no bound. */
static const double margin = 0.9, no_bound = 0.25;

/* Keys that are thought to be found where the length of the output is foreseen. */
static const double usual_keys = 16;

/* Both estimates together, of the i-th attempt: the parts of all attempts are no more than the half that is not the
 * search's. */
static double failure_of(const qry_worker *w, int attempt) { return ldexp(w->attend->facts.failure / 2, -attempt); }

static double expected_length(qry_worker *w)
{
    qry_rest_expect(w->rest, qry_rest_threshold(w->rest, usual_keys));
    qry_answer_output(w->rest, qry_row_shape(w), w->exact);
    return qry_norm(w->attend->head->value_width, w->exact);
}

/* Where a bound of `wanted` is expected, below what was searched; forgets what was taken out. */
static int64_t next_comparator(qry_worker *w, double wanted, int64_t most)
{
    const qry_attend_options *options = &w->attend->options;
    bool measures = qry_row_measures(w->attend);
    double total = !measures ? 0 : options->automatic ? usual_total : options->epsilon;
    double energy = !measures ? 0 : options->automatic ? usual_energy : fmin(2 * options->epsilon, 1);
    double tau = qry_rest_threshold_for(w->rest, qry_row_shape(w), wanted, total, energy);
    int64_t comparator = qry_query_comparator(&w->query, tau, false);
    return comparator < most ? comparator : most;
}

static void aim(qry_worker *w, int64_t comparator)
{
    double expected = qry_rest_expected_above(w->rest, w->query.base + w->query.unit * (double)comparator);
    qry_row_aim(w, comparator, expected - (double)w->found_count);
}

void qry_row_reach_target(qry_worker *w, qry_attend_row *result, double *output)
{
    double target = w->attend->facts.rule.value, wanted = target * expected_length(w);
    int64_t most = w->high;
    for (int attempt = 1;; attempt++) {
        aim(w, next_comparator(w, wanted, most));
        qry_row_search(w);
        result->thresholds = (size_t)attempt;
        qry_row_forget_estimates(result);
        qry_row_answer(w, result, output);
        double enough = target * qry_norm(w->attend->head->value_width, output);
        if (result->bound <= enough || w->found_count == w->keys || qry_row_stopped(w))
            return;
        qry_row_measure(w, enough, failure_of(w, attempt), result);
        qry_row_answer(w, result, output);
        enough = target * qry_norm(w->attend->head->value_width, output);
        if (result->bound <= enough)
            return;
        wanted *= isfinite(result->bound) ? margin * enough / result->bound : no_bound;
        most = qry_row_comparator_for_more(w, ldexp(1, attempt));
    }
}
