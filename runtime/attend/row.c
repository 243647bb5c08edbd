/* row.c: one row, from its threshold to its answer.
 *
 * The threshold is not known when the search begins: the maximum from which a drop is taken, and where the top keys end,
 * depend on scores that nobody has computed. So the search starts at what the moments lead to expect, the threshold moves
 * with what is found, and found keys stay found. Only when it need not move any more is the search certified.
 *
 * That also finds the maximum: a drop below the best key found is never above a drop below the maximum, so the
 * comparator may rise with every better key; and once no key is left above it, the best key found is the maximum. */
#include "runtime/attend/pipeline.h"

#include <math.h>
#include <string.h>

/* Fewer keys are never expected: expectations err. */
static const double least_expected = 0.5;

/* Certificates of a row that the moments may prove wrong before its answer does without them. */
enum { MOST_DOUBTED = 3 };

static const qry_attend_facts *facts_of(const qry_worker *w) { return &w->attend->facts; }

/* ---- thresholds ---- */

/* The score of which the comparator is the integer. */
static double score_of(const qry_worker *w, int64_t comparator)
{
    return w->query.base + w->query.unit * (double)comparator;
}

/* Every key that scores tau passes, where users mean a score; else those of which the rounded score is at least tau. */
static int64_t comparator_of(const qry_worker *w, double tau)
{
    qry_rule_kind kind = facts_of(w)->rule.kind;
    return qry_query_comparator(&w->query, tau, kind == QRY_RULE_TAU || kind == QRY_RULE_DROP);
}

/* How many keys the rule asks for, whatever they score: a drop needs the highest. */
static size_t keys_wanted(const qry_worker *w)
{
    const qry_rule rule = facts_of(w)->rule;
    switch (rule.kind) {
    case QRY_RULE_TOP:
        return rule.value < (double)w->keys ? (size_t)rule.value : w->keys;
    case QRY_RULE_DROP:
        return 1;
    default:
        return 0;
    }
}

static double best_score(const qry_worker *w)
{
    double best = -INFINITY;
    for (size_t i = 0; i < w->found_count; i++)
        best = fmax(best, w->score[i]);
    return best;
}

/* How many keys are expected above a comparator of those that the moments of the rest are about. */
static double expected_above(const qry_worker *w, int64_t comparator)
{
    const qry_rest *rest = w->rest;
    double above = qry_rest_expected_above(rest, score_of(w, comparator));
    return isfinite(rest->ceiling) ? above - qry_rest_expected_above(rest, rest->ceiling) : above;
}

void qry_row_aim(qry_worker *w, int64_t comparator, double expected)
{
    qry_worker_aim(w, comparator, fmax(expected, least_expected));
}

/* Too few keys cost more than too many: most of a second search. The number of keys above a threshold has a deviation of
 * about its root. */
static double wanted_at_first(double number) { return number + sqrt(number); }

static void aim_first(qry_worker *w)
{
    qry_rule rule = facts_of(w)->rule;
    if (rule.kind == QRY_RULE_TOP)
        rule.value = wanted_at_first(rule.value);
    int64_t comparator = comparator_of(w, qry_rule_threshold(rule, w->rest));
    if (keys_wanted(w) == w->keys) /* all: there is nothing to search for */
        comparator = w->low;
    if (rule.kind != QRY_RULE_TAU && comparator > w->high)
        comparator = w->high;
    qry_row_aim(w, comparator, expected_above(w, comparator));
}

/* A key was found: the comparator may rise. What the searcher has learnt about how many keys are left stays of use. */
static void aim_higher(qry_worker *w)
{
    if (facts_of(w)->rule.kind != QRY_RULE_DROP)
        return;
    int64_t comparator = comparator_of(w, best_score(w) - facts_of(w)->rule.value);
    if (comparator <= w->comparator)
        return;
    double share = expected_above(w, comparator) / fmax(expected_above(w, w->comparator), least_expected);
    qry_row_aim(w, comparator,
                w->begun ? fmin(share, 1) * qry_searcher_left(w->searcher) : expected_above(w, comparator));
}

/* The comparator of an answer: above all scores one is as good as another. */
static int64_t last_comparator(const qry_worker *w) { return w->comparator <= w->high ? w->comparator : w->high + 1; }

bool qry_row_stopped(const qry_worker *w)
{
    return w->begun && w->comparator > w->low && w->found_count < w->keys && qry_searcher_stopped(w->searcher);
}

/* Takes what was found out of the moments, given that no other key is above the comparator, of which a search that was
 * stopped says nothing. False if they prove that one is. */
static bool take_out_found(qry_worker *w)
{
    double ceiling = qry_row_stopped(w) ? INFINITY : qry_query_ceiling(&w->query, last_comparator(w));
    qry_rest_remove_scored(w->rest, w->found, w->score, w->found_count, ceiling);
    w->scored += w->rest->rescored;
    return !w->rest->contradicted;
}

/* For how many more keys to aim where so many are missing: for twice as many with every attempt in vain. */
static double keys_to_aim_for(size_t missing, int attempts)
{
    return ldexp(wanted_at_first((double)missing), attempts);
}

/* Where so many more keys are to be expected. */
int64_t qry_row_comparator_for_more(const qry_worker *w, double keys)
{
    double tau = qry_rest_threshold(w->rest, keys + qry_rest_expected_above(w->rest, w->rest->ceiling));
    int64_t comparator = comparator_of(w, tau);
    return comparator < w->comparator ? comparator : w->comparator - 1;
}

/* No key seems to be left above the comparator: it may have to fall, because too few keys were found, or because the best
 * of them is below what was expected. Whether it did. */
static bool aim_lower(qry_worker *w, int attempts)
{
    const qry_rule rule = facts_of(w)->rule;
    size_t wanted = keys_wanted(w);
    int64_t comparator = w->comparator;
    bool is_fixed = rule.kind == QRY_RULE_TAU || rule.kind == QRY_RULE_TARGET;
    if (is_fixed || w->found_count == w->keys || qry_row_stopped(w))
        return false;
    take_out_found(w);
    if (w->found_count < wanted)
        comparator = qry_row_comparator_for_more(w, keys_to_aim_for(wanted - w->found_count, attempts));
    else if (rule.kind == QRY_RULE_DROP)
        comparator = comparator_of(w, best_score(w) - rule.value);
    if (comparator >= w->comparator)
        return false;
    qry_row_aim(w, comparator, expected_above(w, comparator));
    return true;
}

static bool find(qry_worker *w, bool certified)
{
    if (!qry_worker_find(w, certified))
        return false;
    aim_higher(w);
    return true;
}

/* Until no key seems to be left above a comparator that suits the rule. */
static void seek_keys(qry_worker *w)
{
    int attempts = 0; /* to come lower since a key was found */
    do {
        while (find(w, false))
            attempts = 0;
    } while (aim_lower(w, attempts++));
}

/* Until it is certified that no key is left, and the moments do not prove the opposite. The searcher's certificates share
 * the failure probability, however many there are, so searching on makes a miss only less likely. */
void qry_row_search(qry_worker *w)
{
    int doubted = 0;
    do
        seek_keys(w);
    while (find(w, true) || (!take_out_found(w) && doubted++ < MOST_DOUBTED));
}

/* ---- the answer ---- */

static double threshold(const qry_worker *w)
{
    const qry_rule rule = facts_of(w)->rule;
    double offset = w->attend->head->offset[w->rest->row];
    if (rule.kind == QRY_RULE_TAU)
        return rule.value;
    return offset + (rule.kind == QRY_RULE_DROP ? best_score(w) - rule.value : score_of(w, w->comparator));
}

void qry_row_answer(qry_worker *w, qry_attend_row *result, double *output)
{
    qry_row_answer_rest(w, result, output);
    result->hits = w->found_count;
    result->tau = threshold(w);
    result->comparator = last_comparator(w);
    result->missed = w->rest->contradicted;
    if (qry_row_stopped(w)) {
        result->bound = NAN;
        result->bound_reason = "the search ended at the limit of queries";
    }
}

/* All circuits of the row; names of tables are those that last. */
static void copy_ledger(qry_worker *w, qry_ledger *to)
{
    qry_ledger_query *query = to->query;
    qry_arena *arena = qry_arena_new(w->ctx);
    qry_ledger all = {.shots = 0};
    if (w->begun)
        qry_ledger_add(arena, &all, qry_searcher_ledger(w->searcher));
    for (int s = 0; s < QRY_SUMS; s++)
        if (w->meter[s].used)
            qry_ledger_add(arena, &all, qry_estimator_ledger(w->meter[s].estimator));
    *to = all;
    to->query = query;
    to->query_count = 0;
    for (size_t i = 0; i < all.query_count; i++)
        for (int t = 0; t < QRY_ATTEND_TABLES; t++)
            if (strcmp(all.query[i].table, qry_attend_tables[t]) == 0)
                query[to->query_count++] = (qry_ledger_query){qry_attend_tables[t], all.query[i].loads};
    qry_must(to->query_count == all.query_count);
    to->score_evaluations += w->scored;
    to->classical_score_evaluations = w->keys;
    qry_arena_free(arena);
}

static void compute_exactly(qry_worker *w, qry_attend_row *result, double *output)
{
    qry_head_exact(w->attend->head, result->row, w->scores, output, &result->normaliser, &result->shift);
    result->hits = qry_head_keys_of(w->attend->head, result->row);
    result->tau = result->bound = NAN;
    result->bound_reason = "all scores were computed: what is left is rounding";
    result->ledger.score_evaluations = result->ledger.classical_score_evaluations = result->hits;
}

static void check(qry_worker *w, qry_attend_row *result, const double *output)
{
    size_t dv = w->attend->head->value_width;
    double normaliser, shift;
    qry_head_exact(w->attend->head, result->row, w->scores, w->exact, &normaliser, &shift);
    result->normaliser_exact = normaliser * exp(shift - result->shift);
    result->exact_length = qry_norm(dv, w->exact);
    qry_add_scaled(dv, -1, output, w->exact);
    double error = qry_norm(dv, w->exact);
    result->error = isfinite(error) ? error : INFINITY;
}

static void compute_once(qry_worker *w, qry_attend_row *result, double *output)
{
    aim_first(w);
    qry_row_search(w);
    result->thresholds = 1;
    qry_row_measure(w, 0, facts_of(w)->failure / 2, result);
    qry_row_answer(w, result, output);
}

void qry_row_compute(qry_worker *w, qry_attend_row *result, double *output)
{
    qry_row_forget_estimates(result);
    result->residual = NAN;
    result->fallback = NULL;
    if (w->attend->options.method == QRY_ATTEND_NYSTROM) {
        qry_low_rank_row(w, result, output);
        copy_ledger(w, &result->ledger);
    } else if (w->attend->tree) {
        qry_row_by_tree(w, result, output);
    } else if (w->rest) {
        qry_worker_take_row(w, result->row);
        if (facts_of(w)->rule.kind == QRY_RULE_TARGET)
            qry_row_reach_target(w, result, output);
        else
            compute_once(w, result, output);
        if (result->found)
            memcpy(result->found, w->found, w->found_count * sizeof *w->found);
        copy_ledger(w, &result->ledger);
    } else {
        compute_exactly(w, result, output);
    }
    result->normaliser_exact = result->error = result->exact_length = NAN;
    if (w->attend->options.check)
        check(w, result, output);
}
