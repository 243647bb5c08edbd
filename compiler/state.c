/* state.c: which states an oracle marks, as a formula: the statement's predicate, the ends of its domain, and what its
 * kind adds, all with comparisons of integers.
 *
 *   max, min           key > bar; key < bar
 *   sample set         r_j < p, r_j a hash of j or a random number in QRAM
 *   sample one, race   exponent + variate > bar
 *   summands           r < v - base, r < base - v with r the uniform register: of its 2^b values v - base are marked
 *
 * Requires: a statement after the pass widths. Leaves: the registers of the state; where, matches, key. */
#include "compiler/state.h"

#include "compiler/formula_build.h"

#include <math.h>
#include <string.h>

/* ---- the statement ---- */

static qry_formula *copy_node(qry_lowered *l, const qry_formula *node, qry_formula *const *now)
{
    qry_formula *copy = QRY_NEW(l->formulas, qry_formula);
    *copy = *node;
    copy->arg = qry_arena_alloc(l->formulas, node->arg_count + (size_t)1, sizeof *copy->arg);
    for (uint32_t k = 0; k < node->arg_count; k++)
        copy->arg[k] = now[node->arg[k]->number];
    if (node->kind == QRY_FORMULA_SUM && node->arg_count) {
        copy->factor = qry_arena_alloc(l->formulas, node->arg_count, sizeof *copy->factor);
        memcpy(copy->factor, node->factor, node->arg_count * sizeof *copy->factor);
    }
    if (node->kind == QRY_FORMULA_LOOKUP) {
        int64_t *values = qry_arena_alloc(l->formulas, node->value_count, sizeof *values);
        memcpy(values, node->values, node->value_count * sizeof *values);
        copy->values = values;
    }
    return copy;
}

void qry_keep_statement(qry_lowered *l, const qry_statement *statement)
{
    const qry_formula_list *from = &statement->where;
    qry_arena_free(l->formulas);
    l->formulas = NULL;
    l->formulas = qry_arena_new(l->ctx);
    l->written = *statement;
    qry_formula **now = qry_arena_alloc(l->formulas, from->count, sizeof(qry_formula *));
    for (size_t i = 0; i < from->count; i++)
        now[i] = copy_node(l, from->node[i], now);
    l->written.where = (qry_formula_list){.node = now, .count = from->count, .room = from->count};
    l->written.where.root = now[from->root->number];
    l->written.where.by = from->by ? now[from->by->number] : NULL;
}

qry_formula *qry_by(const qry_lowered *l)
{
    qry_must(l->written.where.by);
    return l->written.where.by;
}

bool qry_is_estimate(qry_search_kind kind)
{
    return kind == QRY_COUNT || kind == QRY_ESTIMATE_MEAN || kind == QRY_ESTIMATE_SUM;
}

bool qry_has_values(const qry_lowered *l)
{
    const qry_statement *s = &l->written;
    return s->kind == QRY_ESTIMATE_MEAN || s->kind == QRY_ESTIMATE_SUM ||
           (s->kind == QRY_SAMPLE_ONE && s->method != QRY_METHOD_RACE);
}

bool qry_is_value(const qry_lowered *l) { return qry_has_values(l) && l->summand != QRY_SUMMAND_ROWS; }

bool qry_may_fail(const qry_lowered *l) { return !qry_formula_is_truth(l->written.where.root, true); }

int qry_bits_of(uint64_t value)
{
    int bits = 0;
    for (; value; value >>= 1)
        bits++;
    return bits;
}

const qry_formula *qry_exponential_in(const qry_formula *node, double *unit)
{
    double factor = ldexp(1, -node->fraction);
    while (node->kind == QRY_FORMULA_SUM && node->arg_count == 1 && node->constant == 0 && node->factor[0] > 0) {
        factor *= (double)node->factor[0];
        node = node->arg[0];
    }
    *unit = factor;
    return node->kind == QRY_FORMULA_LOOKUP && node->is_exp ? node : NULL;
}

bool qry_never_matches(const qry_lowered *l) { return qry_formula_is_truth(l->written.where.root, false); }

/* ---- summands ---- */

int64_t qry_base_of(const qry_lowered *l)
{
    bool powers = l->encoder.way == QRY_WAY_FACTORS || l->encoder.way == QRY_WAY_EXPONENT;
    return l->written.kind == QRY_SAMPLE_ONE || powers || qry_may_fail(l) ? 0 : qry_by(l)->low;
}

uint64_t qry_greatest(const qry_lowered *l, qry_summand summand)
{
    if (summand == QRY_SUMMAND_ROWS)
        return 1;
    int64_t base = qry_base_of(l);
    if (summand == QRY_SUMMAND_POSITIVE)
        return qry_by(l)->high > base ? (uint64_t)(qry_by(l)->high - base) : 0;
    return qry_by(l)->low < base ? (uint64_t)(base - qry_by(l)->low) : 0;
}

uint32_t qry_uniform_bits(const qry_lowered *l, qry_summand summand)
{
    uint64_t greatest = qry_greatest(l, summand);
    return greatest ? (uint32_t)qry_bits_of(greatest - 1) : 0;
}

bool qry_plan_state(qry_lowered *l)
{
    qry_search *search = &l->search;
    search->encoding = QRY_ENCODING_NONE;
    search->uniform = search->flags = 0;
    if (qry_is_value(l))
        qry_place_value(l);
    l->state = search->address + search->uniform + search->flags;
    if (l->state <= QRY_MAX_WIDTH)
        return true;
    qry_error_at(l->ctx, qry_by(l)->span, "drop low bits with \"as\", or cut values off with min or clip",
                 "values of %u bits over 2^%u rows: more than %d together", search->uniform, search->address,
                 QRY_MAX_WIDTH);
    return false;
}

/* ---- nodes ---- */

qry_formula *qry_add_node(qry_lowered *l, qry_formula node, uint32_t arg_count, qry_formula *const *args,
                          const int64_t *factors)
{
    qry_formula_list *list = &l->where;
    qry_formula *copy = QRY_NEW(l->arena, qry_formula);
    qry_must(list->count < list->room);
    *copy = node;
    copy->number = (uint32_t)list->count;
    copy->arg_count = arg_count;
    copy->arg = qry_arena_alloc(l->arena, arg_count + (size_t)1, sizeof *copy->arg);
    if (arg_count)
        memcpy(copy->arg, args, arg_count * sizeof *args);
    if (factors) {
        copy->factor = qry_arena_alloc(l->arena, arg_count + (size_t)1, sizeof *copy->factor);
        memcpy(copy->factor, factors, arg_count * sizeof *factors);
    }
    list->node[list->count++] = copy;
    return copy;
}

/* The statement's nodes, and room for more. */
static void begin_list(qry_lowered *l)
{
    enum { ROOM_FOR_MORE = 24 };
    const qry_formula_list *from = &l->written.where;
    l->where = (qry_formula_list){.count = from->count, .room = from->count + ROOM_FOR_MORE};
    l->where.node = qry_arena_alloc(l->arena, l->where.room, sizeof(qry_formula *));
    l->scratch = qry_arena_alloc(l->arena, l->where.room, sizeof *l->scratch);
    memcpy(l->where.node, from->node, from->count * sizeof(qry_formula *));
    l->where.root = from->root;
    l->where.by = from->by;
    l->coded = NULL;
}

/* By what is required so far. */
static bool is_used(const qry_lowered *l, const qry_formula *node)
{
    const bool *reached = qry_find_reached(l);
    for (size_t i = node->number + (size_t)1; i < l->where.count; i++)
        for (uint32_t k = 0; reached[i] && k < l->where.node[i]->arg_count; k++)
            if (l->where.node[i]->arg[k] == node)
                return true;
    return false;
}

/* constant + factor * x - less, factor 1 or -1, less NULL: 0. The terms of a sum are taken one by one if nobody else uses
 * the sum, so that a comparison with a constant adds them up as one with a threshold in the program would. */
qry_formula *qry_add_difference(qry_lowered *l, int64_t constant, int64_t factor, qry_formula *x, qry_formula *less)
{
    bool open = x->kind == QRY_FORMULA_SUM && !is_used(l, x);
    uint32_t count = 0, terms = open ? x->arg_count : 1;
    qry_formula **args = qry_arena_alloc(l->arena, terms + (size_t)1, sizeof(qry_formula *));
    int64_t *factors = qry_arena_alloc(l->arena, terms + (size_t)1, sizeof *factors);
    for (; count < terms; count++) {
        args[count] = open ? x->arg[count] : x;
        factors[count] = open ? factor * x->factor[count] : factor;
    }
    qry_formula sum = {.kind = QRY_FORMULA_SUM, .fraction = x->fraction, .width = QRY_MAX_WIDTH, .span = x->span};
    sum.constant = constant + (open ? factor * x->constant : 0);
    sum.low = constant + (factor > 0 ? x->low : -x->high);
    sum.high = constant + (factor > 0 ? x->high : -x->low);
    if (less) {
        args[count] = less;
        factors[count++] = -1;
        sum.low -= less->high;
        sum.high -= less->low;
    }
    return qry_add_node(l, sum, count, args, factors);
}

qry_formula *qry_add_not_negative(qry_lowered *l, qry_formula *x)
{
    qry_formula ge0 = {.kind = QRY_FORMULA_GE0, .is_bool = true, .high = 1, .width = 1};
    return qry_add_node(l, ge0, 1, &x, NULL);
}

static qry_formula *add_truth(qry_lowered *l, bool value)
{
    qry_formula truth = {.kind = QRY_FORMULA_TRUTH, .is_bool = true, .constant = value, .high = 1, .width = 1};
    return qry_add_node(l, truth, 0, NULL, NULL);
}

/* The root := the root and this, too. */
void qry_require(qry_lowered *l, qry_formula *condition)
{
    qry_formula *both[] = {l->where.root, condition};
    qry_formula and = {.kind = QRY_FORMULA_AND, .is_bool = true, .high = 1, .width = 1};
    l->where.root = qry_add_node(l, and, 2, both, NULL);
}

/* ---- the ends of the domain ---- */

/* What padding adds to the domain never matches: compare the address with the ends where they are not its own. */
static void require_bounds(qry_lowered *l)
{
    const qry_search *search = &l->search;
    uint64_t last = (UINT64_C(1) << search->address) - 1;
    if (search->low == 0 && search->high == last)
        return;
    qry_formula index = {.kind = QRY_FORMULA_INDEX, .high = (int64_t)last, .width = (int)search->address};
    qry_formula *j = qry_add_node(l, index, 0, NULL, NULL);
    if (search->low > 0)
        qry_require(l, qry_add_not_negative(l, qry_add_difference(l, -(int64_t)search->low, 1, j, NULL)));
    if (search->high < last)
        qry_require(l, qry_add_not_negative(l, qry_add_difference(l, (int64_t)search->high, -1, j, NULL)));
}

/* ---- summands and bars ---- */

qry_formula *qry_add_uniform(qry_lowered *l, int first, int bits)
{
    qry_formula r = {.kind = QRY_FORMULA_UNIFORM, .drop = first, .width = bits};
    r.high = (int64_t)((UINT64_C(1) << bits) - 1);
    return qry_add_node(l, r, 0, NULL, NULL);
}

/* r < v - base or r < base - v: of the 2^b values of r as many as the summand has units. */
void qry_require_uniform(qry_lowered *l)
{
    uint32_t bits = l->search.uniform;
    int64_t factor = l->summand == QRY_SUMMAND_POSITIVE ? 1 : -1, base = qry_base_of(l);
    qry_formula *r = bits ? qry_add_uniform(l, 0, (int)bits) : NULL;
    qry_require(l, qry_add_not_negative(l, qry_add_difference(l, -factor * base - 1, factor, qry_by(l), r)));
}

static void require_bar(qry_lowered *l, qry_formula *key, bool below)
{
    int64_t bar = l->bar, factor = below ? -1 : 1;
    if (bar == QRY_NO_BAR)
        return;
    /* Nothing changes beyond the values that there are, and differences stay small. */
    bar = bar < key->low - 1 ? key->low - 1 : bar > key->high + 1 ? key->high + 1 : bar;
    qry_require(l, qry_add_not_negative(l, qry_add_difference(l, -factor * bar - 1, factor, key, NULL)));
}

/* ---- the predicate ---- */

bool qry_write_predicate(qry_lowered *l)
{
    qry_search_kind kind = l->written.kind;
    bool race = kind == QRY_SAMPLE_ONE && l->written.method == QRY_METHOD_RACE;
    begin_list(l);
    if ((kind == QRY_SAMPLE_SET && !qry_prepare_chances(l)) || (race && !qry_prepare_race(l)))
        return false;
    if (kind == QRY_SAMPLE_SET)
        qry_require_chance(l);
    l->matches = l->where.root;
    l->key = race ? qry_add_race_key(l) : l->written.where.by;
    if (!l->has_alive)
        require_bounds(l);
    if (race || kind == QRY_SEARCH_MAX || kind == QRY_SEARCH_MIN)
        require_bar(l, l->key, kind == QRY_SEARCH_MIN);
    if (qry_is_value(l) && qry_greatest(l, l->summand) == 0)
        qry_require(l, add_truth(l, false));
    else if (qry_is_value(l))
        qry_require_value(l);
    return true;
}
