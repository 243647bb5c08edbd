/* measure.c: what marks say: classically, which states are marked and how probable that is; how the probability of a
 * mark is read as a number; and what drivers change between circuits: bars, summands, random numbers. */
#include "compiler/state.h"

#include <math.h>

/* ---- what is marked ---- */

/* Whether the circuit can mark row j, whatever the uniform register holds. */
static bool is_in(const qry_lowered *l, uint64_t j)
{
    return j >= l->search.low && j <= l->search.high && (!l->has_alive || l->plane.mantissas[j]);
}

bool qry_search_marks(qry_search *search, uint64_t state)
{
    qry_lowered *l = qry_lowered_of(search);
    uint64_t j = state & ((UINT64_C(1) << search->address) - 1);
    return is_in(l, j) && qry_formula_evaluate(&l->where, l->where.root, j, state >> search->address, l->scratch);
}

double qry_search_weight(qry_search *search, uint64_t j)
{
    qry_lowered *l = qry_lowered_of(search);
    if (!qry_is_value(l))
        return qry_search_marks(search, j);
    if (!is_in(l, j) || l->score.never || !qry_formula_evaluate(&l->where, l->matches, j, 0, l->scratch))
        return 0;
    return (double)qry_value_weight(l, qry_formula_evaluate(&l->where, qry_weighed_node(l), j, 0, l->scratch));
}

/* ---- the same for many rows ---- */

static const int64_t *values_of(qry_lowered *l, qry_rows **rows, const qry_formula *node, uint64_t first)
{
    if (!*rows)
        *rows = qry_rows_new(l->arena, &l->narrow, node);
    return qry_rows_values(*rows, first);
}

void qry_search_mark_rows(qry_search *search, uint64_t first, uint8_t *marked)
{
    qry_lowered *l = qry_lowered_of(search);
    const int64_t *value = values_of(l, &l->marked_rows, l->where.root, first);
    for (uint64_t k = 0; k < QRY_ROWS; k++)
        marked[k] = value[k] && is_in(l, first + k);
}

static void weigh(qry_lowered *l, uint64_t first, long double *weight)
{
    uint8_t marked[QRY_ROWS];
    if (!qry_is_value(l)) {
        qry_search_mark_rows(&l->search, first, marked);
        for (int k = 0; k < QRY_ROWS; k++)
            weight[k] = marked[k];
        return;
    }
    const int64_t *matches = values_of(l, &l->matching_rows, l->matches, first);
    const int64_t *value = values_of(l, &l->weighed_rows, qry_weighed_node(l), first);
    for (uint64_t k = 0; k < QRY_ROWS; k++)
        weight[k] = matches[k] && is_in(l, first + k) && !l->score.never ? qry_value_weight(l, value[k]) : 0;
}

void qry_search_weigh_rows(qry_search *search, uint64_t first, double *weight)
{
    long double each[QRY_ROWS];
    weigh(qry_lowered_of(search), first, each);
    for (int k = 0; k < QRY_ROWS; k++)
        weight[k] = (double)each[k];
}

/* By inequality test at most 2^62 states are marked: a sum of them is exact. */
double qry_search_probability(qry_search *search)
{
    long double sum = 0, weight[QRY_ROWS];
    for (uint64_t first = search->low / QRY_ROWS * QRY_ROWS; first <= search->high; first += QRY_ROWS) {
        qry_check_interrupt(search->program->ctx);
        weigh(qry_lowered_of(search), first, weight);
        for (int k = 0; k < QRY_ROWS; k++)
            sum += weight[k];
    }
    return (double)ldexpl(sum, -(int)search->address);
}

uint64_t qry_search_count_matches(qry_search *search)
{
    qry_lowered *l = qry_lowered_of(search);
    uint64_t count = 0;
    for (uint64_t first = search->low / QRY_ROWS * QRY_ROWS; first <= search->high; first += QRY_ROWS) {
        qry_check_interrupt(l->ctx);
        const int64_t *matches = values_of(l, &l->matching_rows, l->matches, first);
        for (uint64_t k = 0; k < QRY_ROWS; k++)
            count += matches[k] && first + k >= search->low && first + k <= search->high;
    }
    return count;
}

/* ---- numbers ---- */

double qry_search_grain(const qry_search *search)
{
    const qry_lowered *l = qry_lowered_of_const(search);
    return l->key ? ldexp(1, -l->key->fraction) : 1; /* rows have no parts */
}

int64_t qry_search_key(qry_search *search, uint64_t j)
{
    qry_lowered *l = qry_lowered_of(search);
    qry_must(l->key);
    return qry_formula_evaluate(&l->where, l->key, j, 0, l->scratch);
}

void qry_search_values(const qry_search *search, double *low, double *high)
{
    const qry_formula *by = qry_by(qry_lowered_of_const(search));
    *low = ldexp((double)by->low, -by->fraction);
    *high = ldexp((double)by->high, -by->fraction);
}

double qry_search_base(const qry_search *search)
{
    const qry_lowered *l = qry_lowered_of_const(search);
    return qry_has_values(l) ? (double)qry_base_of(l) * qry_search_grain(search) : 0;
}

qry_measure qry_search_measure(const qry_search *search, qry_summand summand)
{
    const qry_lowered *l = qry_lowered_of_const(search);
    if (summand == QRY_SUMMAND_ROWS) {
        qry_measure rows = {.scale = ldexp(1, (int)search->address), .grain = 1, .greatest = 1};
        rows.none = qry_never_matches(l);
        rows.known = !search->has_where || rows.none;
        rows.number = rows.none ? 0 : (double)(search->high - search->low) + 1;
        return rows;
    }
    return qry_value_measure(l, summand);
}

/* ---- changes ---- */

bool qry_search_set_summand(qry_search *search, qry_summand summand)
{
    qry_lowered *l = qry_lowered_of(search);
    qry_must(summand == QRY_SUMMAND_ROWS || qry_has_values(l));
    if (summand == l->summand)
        return true;
    l->summand = summand;
    return qry_lower_again(l);
}

void qry_search_set_bar(qry_search *search, int64_t bar)
{
    qry_lowered *l = qry_lowered_of(search);
    if (bar == l->bar)
        return;
    l->bar = bar;
    qry_must(qry_lower_again(l)); /* nothing is larger than it was */
}

void qry_search_draw(qry_search *search, qry_random *random)
{
    qry_lowered *l = qry_lowered_of(search);
    if (!l->has_draws)
        return; /* probabilities without bits behind the point: 0 and 1 */
    qry_draw(l, random);
    if (l->masks) {
        qry_must(qry_lower_again(l));
        return;
    }
    for (size_t i = 0; i < l->load_count; i++)
        if (l->loads[i].used && l->loads[i].words.table == &l->draws)
            qry_write_fetch(l, &l->loads[i]);
}
