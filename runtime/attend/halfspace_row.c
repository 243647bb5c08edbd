/* halfspace_row.c: one row without a circuit: a tree reports the keys that score high (arXiv:2307.08045, its Algorithm 3: the
 * tree is of the keys, and a query asks it), and one constant stands in for the others. The report is exact, so nothing is
 * left to chance. */
#include "runtime/attend/pipeline.h"

#include <math.h>
#include <string.h>

/* Leaves what no other key's score is above. */
static double ask_tree(qry_worker *w, size_t row)
{
    const qry_attend *attend = w->attend;
    const double *q = qry_matrix_row(attend->head->q, row);
    qry_rule rule = attend->facts.rule;
    double threshold;
    if (rule.kind == QRY_RULE_TAU) {
        threshold = rule.value - attend->head->offset[row];
        qry_halfspace_query(attend->tree, q, threshold, w->keys, w->hits);
    } else if (rule.kind == QRY_RULE_DROP) {
        qry_halfspace_within(attend->tree, q, rule.value, w->keys, w->hits);
        threshold = -INFINITY;
        for (size_t i = 0; i < w->hits->count; i++)
            threshold = fmax(threshold, w->hits->hit[i].score - rule.value);
    } else {
        size_t most = rule.value < (double)w->keys ? (size_t)rule.value : w->keys;
        qry_halfspace_best(attend->tree, q, most, w->keys, w->hits);
        threshold = w->hits->hit[w->hits->count - 1].score;
    }
    return threshold;
}

/* A key that the tree was sure of has not been scored. */
static void take_hits(qry_worker *w)
{
    w->scored += w->hits->nodes + w->hits->scores;
    w->found_count = w->hits->count;
    for (size_t i = 0; i < w->hits->count; i++) {
        const qry_halfspace_hit *hit = &w->hits->hit[i];
        w->found[i] = hit->id;
        w->score[i] = hit->score;
        if (!isnan(hit->score))
            continue;
        w->score[i] = qry_head_score(w->attend->head, w->rest->row, hit->id);
        w->scored++;
    }
}

/* Scores so large that rounding alone may be worth a factor of e: moments of such scores say nothing, and no key is left to
 * them. */
static bool needs_all(const qry_worker *w) { return w->rest->rounding > 1; }

void qry_row_by_tree(qry_worker *w, qry_attend_row *result, double *output)
{
    const qry_head *head = w->attend->head;
    qry_rest_of_row(w->rest, result->row);
    w->scored = w->rest->rescored;
    w->keys = qry_head_keys_of(head, result->row);
    double threshold = ask_tree(w, result->row);
    if (needs_all(w))
        qry_halfspace_query(w->attend->tree, qry_matrix_row(head->q, result->row), -INFINITY, w->keys, w->hits);
    take_hits(w);
    qry_rest_remove_scored(w->rest, w->found, w->score, w->found_count, threshold);
    w->scored += w->rest->rescored;
    qry_answer a;
    qry_answer_row(w->rest, QRY_REST_CONSTANT, output, &a);
    result->rest = w->found_count < w->keys ? "rank1" : NULL;
    result->hits = w->found_count;
    result->tau = w->attend->facts.rule.kind == QRY_RULE_TAU ? w->attend->facts.rule.value
                                                             : threshold + head->offset[result->row];
    result->normaliser = a.normaliser;
    result->shift = a.shift;
    result->bound = a.bound;
    result->bound_reason = a.no_bound;
    result->missed = w->rest->contradicted;
    result->thresholds = 1;
    if (result->found)
        memcpy(result->found, w->found, w->found_count * sizeof *w->found);
    result->ledger.score_evaluations = w->scored;
    result->ledger.classical_score_evaluations = w->keys;
}
