/* formula_build.c: the constructors of formulas. */
#include "compiler/formula_build.h"

#include <stdlib.h>
#include <string.h>

void qry_formula_begin(struct formula_builder *builder, qry_arena *arena, qry_formula_list *list)
{
    enum { FIRST_SLOTS = 128 };
    *list = (qry_formula_list){0};
    *builder = (struct formula_builder){.arena = arena, .list = list, .slot_count = FIRST_SLOTS};
    builder->slots = qry_arena_alloc(arena, FIRST_SLOTS, sizeof *builder->slots);
}

bool qry_formula_fits(int64_t number)
{
    const int64_t limit = INT64_C(1) << 62;
    return number >= -limit && number <= limit;
}

bool qry_formula_is_number(const qry_formula *node) { return node->kind == QRY_FORMULA_SUM && node->arg_count == 0; }

bool qry_formula_is_truth(const qry_formula *node, bool value)
{
    return node->kind == QRY_FORMULA_TRUTH && (node->constant != 0) == value;
}

/* ---- equal nodes are one node ---- */

static uint64_t stir(uint64_t hash, uint64_t value)
{
    hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 29;
}

static uint64_t hash_node(const qry_formula *node)
{
    uint64_t hash = stir((uint64_t)node->kind, (uint64_t)node->constant);
    hash = stir(hash, (uint64_t)(uint32_t)node->fraction << 32 | (uint32_t)node->drop);
    hash = stir(hash, (uint64_t)(uintptr_t)node->table + node->column);
    for (uint32_t i = 0; i < node->arg_count; i++)
        hash = stir(hash, (uint64_t)node->arg[i]->number << 32 ^ (uint64_t)(node->factor ? node->factor[i] : 0));
    return hash;
}

/* What exp holds follows from where it begins and ends; tables are told apart by their memory. */
static bool same_values(const qry_formula *a, const qry_formula *b)
{
    return a->is_exp == b->is_exp && (a->is_exp || a->values == b->values) && a->first == b->first &&
           a->value_count == b->value_count;
}

static bool same_node(const qry_formula *a, const qry_formula *b)
{
    size_t count = a->arg_count;
    return a->kind == b->kind && a->fraction == b->fraction && a->table == b->table && a->column == b->column &&
           a->drop == b->drop && a->constant == b->constant && same_values(a, b) && count == b->arg_count &&
           (count == 0 || memcmp(a->arg, b->arg, count * sizeof *a->arg) == 0) &&
           (count == 0 || !a->factor || memcmp(a->factor, b->factor, count * sizeof *a->factor) == 0);
}

static qry_formula **find_slot(const struct formula_builder *builder, const qry_formula *node)
{
    size_t i = hash_node(node) & (builder->slot_count - 1);
    while (builder->slots[i] && !same_node(builder->slots[i], node))
        i = (i + 1) & (builder->slot_count - 1);
    return &builder->slots[i];
}

/* The list is at most half as long as the hash table, so that both grow together. */
static void make_room(struct formula_builder *builder)
{
    qry_formula_list *list = builder->list;
    if (list->count < list->room)
        return;
    size_t room = list->room ? list->room * 2 : builder->slot_count / 2;
    qry_formula **node = qry_arena_alloc(builder->arena, room, sizeof *node);
    if (list->count)
        memcpy(node, list->node, list->count * sizeof *node);
    list->node = node;
    list->room = room;
    builder->slot_count = room * 2;
    builder->slots = qry_arena_alloc(builder->arena, builder->slot_count, sizeof *builder->slots);
    for (size_t i = 0; i < list->count; i++)
        *find_slot(builder, node[i]) = node[i];
}

/* The node that looks like this one. Its arguments and factors are memory of the arena. */
static qry_formula *intern(struct formula_builder *builder, const qry_formula *like)
{
    make_room(builder);
    qry_formula **slot = find_slot(builder, like);
    if (*slot)
        return *slot;
    qry_formula *node = QRY_NEW(builder->arena, qry_formula);
    *node = *like;
    node->number = (uint32_t)builder->list->count;
    builder->list->node[builder->list->count++] = node;
    return *slot = node;
}

/* A node of one, two or three arguments. */
static qry_formula *intern_with(struct formula_builder *builder, qry_formula like, qry_formula *a, qry_formula *b,
                                qry_formula *c)
{
    qry_formula *const all[] = {a, b, c};
    like.arg_count = c ? 3 : b ? 2 : 1;
    like.arg = qry_arena_alloc(builder->arena, like.arg_count, sizeof(qry_formula *));
    memcpy(like.arg, all, like.arg_count * sizeof(qry_formula *));
    return intern(builder, &like);
}

/* ---- leaves ---- */

qry_formula *qry_formula_truth(struct formula_builder *builder, qry_span span, bool value)
{
    return intern(builder, &(qry_formula){.kind = QRY_FORMULA_TRUTH, .is_bool = true, .constant = value, .span = span});
}

qry_formula *qry_formula_number(struct formula_builder *builder, qry_span span, int64_t mantissa, int fraction)
{
    return intern(builder,
                  &(qry_formula){.kind = QRY_FORMULA_SUM, .fraction = fraction, .constant = mantissa, .span = span});
}

qry_formula *qry_formula_entry(struct formula_builder *builder, qry_span span, const qry_table *table, uint32_t column,
                               bool by_row)
{
    bool is_bool = table->type.is_bool;
    qry_formula *node = intern(builder, &(qry_formula){.kind = QRY_FORMULA_ENTRY,
                                                       .is_bool = is_bool,
                                                       .fraction = is_bool ? 0 : table->type.fraction,
                                                       .table = table,
                                                       .column = column,
                                                       .span = span});
    node->by_row |= by_row;
    return node;
}

qry_formula *qry_formula_index(struct formula_builder *builder, qry_span span)
{
    return intern(builder, &(qry_formula){.kind = QRY_FORMULA_INDEX, .span = span});
}

/* ---- numbers ---- */

static int by_number(const void *a, const void *b)
{
    uint32_t x = ((const struct formula_term *)a)->arg->number, y = ((const struct formula_term *)b)->arg->number;
    return (x > y) - (x < y);
}

bool qry_formula_merge(struct formula_term *terms, uint32_t *count)
{
    bool sorted = true;
    for (uint32_t i = 1; i < *count && sorted; i++)
        sorted = terms[i - 1].arg->number <= terms[i].arg->number;
    if (!sorted)
        qsort(terms, *count, sizeof *terms, by_number);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *count; i++) {
        if (kept && terms[kept - 1].arg == terms[i].arg) {
            if (QRY_ADD_OVERFLOWS(terms[kept - 1].factor, terms[i].factor, &terms[kept - 1].factor) ||
                !qry_formula_fits(terms[kept - 1].factor))
                return false;
        } else
            terms[kept++] = terms[i];
        if (terms[kept - 1].factor == 0)
            kept--;
    }
    *count = kept;
    return true;
}

/* Terms of numbers go into the constant. */
static bool absorb_numbers(struct formula_term *terms, uint32_t *count, int64_t *constant)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *count; i++) {
        int64_t part;
        if (!qry_formula_is_number(terms[i].arg)) {
            terms[kept++] = terms[i];
            continue;
        }
        if (QRY_MUL_OVERFLOWS(terms[i].factor, terms[i].arg->constant, &part) ||
            QRY_ADD_OVERFLOWS(*constant, part, constant) || !qry_formula_fits(*constant))
            return false;
    }
    *count = kept;
    return true;
}

qry_formula *qry_formula_sum(struct formula_builder *builder, qry_span span, int fraction, int64_t constant,
                             struct formula_term *terms, uint32_t count)
{
    if (!absorb_numbers(terms, &count, &constant) || !qry_formula_merge(terms, &count))
        return NULL;
    if (count == 1 && constant == 0 && terms[0].factor == 1 && terms[0].arg->fraction == fraction)
        return terms[0].arg;
    qry_formula like = {
        .kind = QRY_FORMULA_SUM, .fraction = fraction, .constant = constant, .arg_count = count, .span = span};
    if (count) {
        like.arg = qry_arena_alloc(builder->arena, count, sizeof *like.arg);
        like.factor = qry_arena_alloc(builder->arena, count, sizeof *like.factor);
    }
    for (uint32_t i = 0; i < count; i++) {
        like.arg[i] = terms[i].arg;
        like.factor[i] = terms[i].factor;
    }
    return intern(builder, &like);
}

static void sort_two(qry_formula **a, qry_formula **b)
{
    if ((*a)->number > (*b)->number) {
        qry_formula *first = *b;
        *b = *a;
        *a = first;
    }
}

qry_formula *qry_formula_product(struct formula_builder *builder, qry_span span, qry_formula *a, qry_formula *b)
{
    int fraction = a->fraction + b->fraction;
    if (qry_formula_is_number(a))
        return qry_formula_sum(builder, span, fraction, 0, &(struct formula_term){b, a->constant}, 1);
    if (qry_formula_is_number(b))
        return qry_formula_sum(builder, span, fraction, 0, &(struct formula_term){a, b->constant}, 1);
    sort_two(&a, &b);
    return intern_with(builder, (qry_formula){.kind = QRY_FORMULA_PRODUCT, .fraction = fraction, .span = span}, a, b,
                       NULL);
}

qry_formula *qry_formula_abs(struct formula_builder *builder, qry_span span, qry_formula *a)
{
    if (a->kind == QRY_FORMULA_ABS)
        return a;
    if (!qry_formula_is_number(a))
        return intern_with(builder, (qry_formula){.kind = QRY_FORMULA_ABS, .fraction = a->fraction, .span = span}, a,
                           NULL, NULL);
    return qry_formula_number(builder, span, a->constant < 0 ? -a->constant : a->constant, a->fraction);
}

qry_formula *qry_formula_extreme(struct formula_builder *builder, qry_span span, qry_formula_kind min_or_max,
                                 qry_formula *a, qry_formula *b)
{
    qry_must(a->fraction == b->fraction);
    if (a == b)
        return a;
    if (qry_formula_is_number(a) && qry_formula_is_number(b))
        return (a->constant < b->constant) == (min_or_max == QRY_FORMULA_MIN) ? a : b;
    sort_two(&a, &b);
    return intern_with(builder, (qry_formula){.kind = min_or_max, .fraction = a->fraction, .span = span}, a, b, NULL);
}

qry_formula *qry_formula_floor(struct formula_builder *builder, qry_span span, qry_formula *a, int drop)
{
    int fraction = a->fraction - drop;
    if (drop == 0)
        return a;
    if (qry_formula_is_number(a))
        return qry_formula_number(builder, span, a->constant >> (drop < 63 ? drop : 63), fraction);
    if (a->kind == QRY_FORMULA_FLOOR)
        return qry_formula_floor(builder, span, a->arg[0], a->drop + drop);
    return intern_with(builder,
                       (qry_formula){.kind = QRY_FORMULA_FLOOR, .fraction = fraction, .drop = drop, .span = span}, a,
                       NULL, NULL);
}

qry_formula *qry_formula_lookup(struct formula_builder *builder, const qry_formula *like, qry_formula *a)
{
    if (qry_formula_is_number(a) && a->constant >= like->first && a->constant - like->first < like->value_count)
        return qry_formula_number(builder, like->span, like->values[a->constant - like->first], like->fraction);
    qry_formula node = {
        .kind = QRY_FORMULA_LOOKUP, .fraction = like->fraction, .values = like->values, .span = like->span};
    node.value_count = like->value_count;
    node.first = like->first;
    node.is_exp = like->is_exp;
    return intern_with(builder, node, a, NULL, NULL);
}

/* ---- booleans ---- */

qry_formula *qry_formula_compare(struct formula_builder *builder, qry_span span, qry_formula_kind kind, qry_formula *a)
{
    if (qry_formula_is_number(a))
        return qry_formula_truth(builder, span, kind == QRY_FORMULA_GE0 ? a->constant >= 0 : a->constant == 0);
    return intern_with(builder, (qry_formula){.kind = kind, .is_bool = true, .span = span}, a, NULL, NULL);
}

qry_formula *qry_formula_not(struct formula_builder *builder, qry_span span, qry_formula *a)
{
    if (a->kind == QRY_FORMULA_NOT)
        return a->arg[0];
    if (a->kind == QRY_FORMULA_TRUTH)
        return qry_formula_truth(builder, span, !a->constant);
    return intern_with(builder, (qry_formula){.kind = QRY_FORMULA_NOT, .is_bool = true, .span = span}, a, NULL, NULL);
}

static int node_by_number(const void *a, const void *b)
{
    uint32_t x = (*(qry_formula *const *)a)->number, y = (*(qry_formula *const *)b)->number;
    return (x > y) - (x < y);
}

/* Sorted, each once, without those that decide nothing. True when one of them decides everything: a truth, or a node
 * beside its negation. */
static bool tidy(qry_formula **args, uint32_t *count, bool deciding)
{
    qsort(args, *count, sizeof *args, node_by_number);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *count; i++) {
        if (qry_formula_is_truth(args[i], deciding))
            return true;
        if (args[i]->kind != QRY_FORMULA_TRUTH && (!kept || args[kept - 1] != args[i]))
            args[kept++] = args[i];
    }
    *count = kept;
    for (uint32_t i = 0; i < kept; i++)
        if (args[i]->kind == QRY_FORMULA_NOT && bsearch(args[i]->arg, args, kept, sizeof *args, node_by_number))
            return true;
    return false;
}

qry_formula *qry_formula_join(struct formula_builder *builder, qry_span span, qry_formula_kind and_or_or,
                              qry_formula **args, uint32_t count)
{
    bool deciding = and_or_or == QRY_FORMULA_OR;
    uint32_t total = 0;
    for (uint32_t i = 0; i < count; i++)
        total += args[i]->kind == and_or_or ? args[i]->arg_count : 1;
    qry_formula like = {.kind = and_or_or, .is_bool = true, .span = span};
    like.arg = qry_arena_alloc(builder->arena, total, sizeof *like.arg);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t own = args[i]->kind == and_or_or ? args[i]->arg_count : 1;
        memcpy(like.arg + like.arg_count, own == 1 ? &args[i] : args[i]->arg, own * sizeof *like.arg);
        like.arg_count += own;
    }
    if (tidy(like.arg, &like.arg_count, deciding))
        return qry_formula_truth(builder, span, deciding);
    if (like.arg_count == 0)
        return qry_formula_truth(builder, span, !deciding);
    return like.arg_count == 1 ? like.arg[0] : intern(builder, &like);
}

static qry_formula *choose_truth(struct formula_builder *builder, qry_span span, qry_formula *condition,
                                 qry_formula *yes, qry_formula *no)
{
    qry_formula *other = qry_formula_not(builder, span, condition);
    if (qry_formula_is_truth(yes, true))
        return qry_formula_join(builder, span, QRY_FORMULA_OR, (qry_formula *[]){condition, no}, 2);
    if (qry_formula_is_truth(yes, false))
        return qry_formula_join(builder, span, QRY_FORMULA_AND, (qry_formula *[]){other, no}, 2);
    if (qry_formula_is_truth(no, true))
        return qry_formula_join(builder, span, QRY_FORMULA_OR, (qry_formula *[]){other, yes}, 2);
    return qry_formula_join(builder, span, QRY_FORMULA_AND, (qry_formula *[]){condition, yes}, 2);
}

qry_formula *qry_formula_choose(struct formula_builder *builder, qry_span span, qry_formula *condition,
                                qry_formula *yes, qry_formula *no)
{
    qry_must(yes->is_bool == no->is_bool && (yes->is_bool || yes->fraction == no->fraction));
    if (condition->kind == QRY_FORMULA_TRUTH)
        return condition->constant ? yes : no;
    if (yes == no)
        return yes;
    if (condition->kind == QRY_FORMULA_NOT)
        return qry_formula_choose(builder, span, condition->arg[0], no, yes);
    if (yes->kind == QRY_FORMULA_TRUTH || no->kind == QRY_FORMULA_TRUTH)
        return choose_truth(builder, span, condition, yes, no);
    return intern_with(
        builder,
        (qry_formula){.kind = QRY_FORMULA_CHOOSE, .is_bool = yes->is_bool, .fraction = yes->fraction, .span = span},
        condition, yes, no);
}

/* ---- whole formulas ---- */

static qry_formula *sum_again(struct formula_builder *builder, const qry_formula *node, qry_formula *const *now)
{
    struct formula_term *terms = qry_arena_alloc(builder->arena, node->arg_count, sizeof *terms);
    for (uint32_t i = 0; i < node->arg_count; i++)
        terms[i] = (struct formula_term){now[node->arg[i]->number], node->factor[i]};
    return qry_formula_sum(builder, node->span, node->fraction, node->constant, terms, node->arg_count);
}

static qry_formula *join_again(struct formula_builder *builder, const qry_formula *node, qry_formula *const *now)
{
    qry_formula **args = qry_arena_alloc(builder->arena, node->arg_count, sizeof *args);
    for (uint32_t i = 0; i < node->arg_count; i++)
        args[i] = now[node->arg[i]->number];
    return qry_formula_join(builder, node->span, node->kind, args, node->arg_count);
}

qry_formula *qry_formula_again(struct formula_builder *builder, const qry_formula *node, qry_formula *const *now)
{
    qry_formula *a = node->arg_count > 0 ? now[node->arg[0]->number] : NULL;
    qry_formula *b = node->arg_count > 1 ? now[node->arg[1]->number] : NULL;
    switch (node->kind) {
    case QRY_FORMULA_TRUTH:
        return qry_formula_truth(builder, node->span, node->constant != 0);
    case QRY_FORMULA_ENTRY:
        return qry_formula_entry(builder, node->span, node->table, node->column, node->by_row);
    case QRY_FORMULA_INDEX:
        return qry_formula_index(builder, node->span);
    case QRY_FORMULA_SUM:
        return sum_again(builder, node, now);
    case QRY_FORMULA_PRODUCT:
        return qry_formula_product(builder, node->span, a, b);
    case QRY_FORMULA_ABS:
        return qry_formula_abs(builder, node->span, a);
    case QRY_FORMULA_MIN:
    case QRY_FORMULA_MAX:
        return qry_formula_extreme(builder, node->span, node->kind, a, b);
    case QRY_FORMULA_CHOOSE:
        return qry_formula_choose(builder, node->span, a, b, now[node->arg[2]->number]);
    case QRY_FORMULA_FLOOR:
        return qry_formula_floor(builder, node->span, a, node->drop);
    case QRY_FORMULA_LOOKUP:
        return qry_formula_lookup(builder, node, a);
    case QRY_FORMULA_GE0:
    case QRY_FORMULA_EQ0:
        return qry_formula_compare(builder, node->span, node->kind, a);
    case QRY_FORMULA_AND:
    case QRY_FORMULA_OR:
        return join_again(builder, node, now);
    case QRY_FORMULA_NOT:
        return qry_formula_not(builder, node->span, a);
    case QRY_FORMULA_UNIFORM:
    case QRY_FORMULA_HASH:
        break;
    }
    qry_must(!"a kind of formula that the language has");
    return NULL;
}

/* Arguments have smaller numbers: one walk downwards reaches everything. */
void qry_formula_mark(const qry_formula_list *list, bool *marked)
{
    marked[list->root->number] = true;
    if (list->by)
        marked[list->by->number] = true;
    for (size_t i = list->count; i-- > 0;)
        for (uint32_t k = 0; marked[i] && k < list->node[i]->arg_count; k++)
            marked[list->node[i]->arg[k]->number] = true;
}
