/* score.c: the predicate as arithmetic on the words. Nodes are visited in the order of the list, arguments before what
 * uses them. Most become bits or numbers at once, each by a part of its own; a sum, product or absolute value whose only
 * use is a sum or a comparison waits, and goes into the heap of that. A tall heap is added up without its constant first
 * ("dot", "sum") and compared afterwards ("compare", "equal"), so that a new threshold leaves the long part as it is.
 *
 * Requires: where; loads that are used, with their words placed. Leaves: parts, the score, its marks. */
#include "compiler/lower.h"

#include <string.h>

/* What became of a node. */
struct value {
    bool reached, waits; /* used by the root; computed by its only user */
    uint32_t uses;
    qry_bit bit;
    qry_number number;
};

struct scoring {
    qry_lowered *l;
    qry_arith *a;
    struct value *values; /* by node */
};

static struct value *value_of(const struct scoring *s, const qry_formula *node) { return &s->values[node->number]; }

/* ---- which nodes are needed, and which wait ---- */

static void count_uses(struct scoring *s)
{
    const qry_formula_list *list = &s->l->where;
    value_of(s, list->root)->reached = true;
    if (s->l->coded) {
        value_of(s, s->l->coded)->reached = true;
        value_of(s, s->l->coded)->uses = 2; /* it does not wait: the rotations need it as it is */
    }
    for (size_t i = list->count; i-- > 0;) {
        const qry_formula *node = list->node[i];
        for (uint32_t k = 0; value_of(s, node)->reached && k < node->arg_count; k++) {
            value_of(s, node->arg[k])->reached = true;
            value_of(s, node->arg[k])->uses++;
        }
    }
}

static bool is_power_of_two(int64_t factor)
{
    uint64_t size = factor < 0 ? -(uint64_t)factor : (uint64_t)factor;
    return (size & (size - 1)) == 0;
}

/* A product with a factor of several digits is worth computing first. */
static bool may_wait_in_sum(const qry_formula *arg, int64_t factor)
{
    return arg->kind == QRY_FORMULA_ABS || (arg->kind == QRY_FORMULA_PRODUCT && is_power_of_two(factor));
}

static void find_waiting(struct scoring *s)
{
    const qry_formula_list *list = &s->l->where;
    for (size_t i = 0; i < list->count; i++) {
        const qry_formula *node = list->node[i];
        bool compares = node->kind == QRY_FORMULA_GE0 || node->kind == QRY_FORMULA_EQ0;
        for (uint32_t k = 0; value_of(s, node)->reached && k < node->arg_count; k++) {
            const qry_formula *arg = node->arg[k];
            bool waits = compares ? arg->kind == QRY_FORMULA_SUM || may_wait_in_sum(arg, 1)
                                  : node->kind == QRY_FORMULA_SUM && may_wait_in_sum(arg, node->factor[k]);
            value_of(s, arg)->waits |= waits && value_of(s, arg)->uses == 1;
        }
    }
}

/* ---- values ---- */

static qry_number number_of(const struct scoring *s, const qry_formula *node)
{
    const struct value *v = value_of(s, node);
    if (!node->is_bool)
        return v->number;
    return (qry_number){&v->bit, 1, false};
}

static qry_number on_qubits(const struct scoring *s, qry_qubit first, int width, bool is_signed)
{
    qry_bit *bits = qry_arena_alloc(s->l->arena, (size_t)width, sizeof *bits);
    for (int i = 0; i < width; i++)
        bits[i] = qry_bit_on(first + (qry_qubit)i);
    return (qry_number){bits, width, is_signed};
}

static int smaller(int a, int b) { return a < b ? a : b; }

static qry_number entry(const struct scoring *s, const qry_formula *node)
{
    const struct qry_load *load = s->l->loads;
    while (load->words.table != node->table || !load->used)
        load++;
    int width = qry_type_width(node->table->type);
    qry_qubit first = load->word + load->place[node->column] * (uint32_t)width;
    return on_qubits(s, first, smaller(node->width, width), node->low < 0);
}

static void add_written_out(const struct scoring *s, qry_heap *heap, const qry_formula *node, int64_t factor);

/* + factor * arg. */
static void add_argument(const struct scoring *s, qry_heap *heap, const qry_formula *arg, int64_t factor)
{
    if (value_of(s, arg)->waits) {
        add_written_out(s, heap, arg, factor);
    } else {
        qry_number x = number_of(s, arg);
        qry_heap_add_number(heap, &x, factor);
    }
}

/* + factor * node, a sum, product or absolute value, in terms of its arguments. */
static void add_written_out(const struct scoring *s, qry_heap *heap, const qry_formula *node, int64_t factor)
{
    if (node->kind == QRY_FORMULA_ABS) {
        qry_number x = number_of(s, node->arg[0]);
        qry_heap_add_abs(heap, &x, factor);
    } else if (node->kind == QRY_FORMULA_PRODUCT) {
        qry_number x = number_of(s, node->arg[0]), y = number_of(s, node->arg[1]);
        bool square = node->arg[0] == node->arg[1];
        qry_heap_add_product(heap, &x, square ? &x : &y, __builtin_ctzll((uint64_t)factor), factor < 0);
    } else {
        qry_must(node->kind == QRY_FORMULA_SUM && factor == 1);
        qry_heap_add_constant(heap, node->constant);
        for (uint32_t k = 0; k < node->arg_count; k++)
            add_argument(s, heap, node->arg[k], node->factor[k]);
    }
}

/* ---- parts ---- */

/* What a part that adds this up is called. */
static const char *sum_name(const qry_formula *node)
{
    if (node->kind == QRY_FORMULA_ABS)
        return "abs";
    if (node->kind == QRY_FORMULA_PRODUCT)
        return node->arg[0] == node->arg[1] ? "square" : "product";
    if (node->kind == QRY_FORMULA_SUM && node->arg_count == 1 && node->arg[0]->kind == QRY_FORMULA_PRODUCT)
        return sum_name(node->arg[0]);
    for (uint32_t k = 0; k < node->arg_count; k++)
        if (node->arg_count < 2 ||
            (node->arg[k]->kind != QRY_FORMULA_ENTRY && node->arg[k]->kind != QRY_FORMULA_PRODUCT))
            return "sum";
    return "dot";
}

/* A sum, product or absolute value that does not wait. */
static void add_up(struct scoring *s, const qry_formula *node)
{
    qry_begin_part(s->l);
    qry_heap *heap = qry_heap_new(s->a, node->width);
    add_written_out(s, heap, node, 1);
    value_of(s, node)->number = qry_heap_number(heap, node->low < 0);
    qry_end_part(s->l, sum_name(node));
}

/* Columns of a heap whose sum is compared with zero. Zero is among low .. high, so no value is farther from it than the
 * two from each other; and that distance, unlike the two, does not depend on the threshold. */
static int compared_width(const qry_formula *x, bool zero)
{
    int width = !zero; /* the sign's own */
    for (uint64_t span = (uint64_t)x->high - (uint64_t)x->low; span; span >>= 1)
        width++;
    return width > 0 ? width : 1;
}

static void compare(struct scoring *s, const qry_formula *node)
{
    const qry_formula *x = node->arg[0];
    struct value *v = value_of(s, node);
    bool zero = node->kind == QRY_FORMULA_EQ0;
    if (x->high < 0 || x->low > 0 || (x->low == 0 && !zero)) { /* decided */
        v->bit = qry_bit_constant(!zero && x->low >= 0);
        return;
    }
    qry_begin_part(s->l);
    qry_heap *heap = qry_heap_new(s->a, compared_width(x, zero));
    add_argument(s, heap, x, 1);
    if (qry_heap_is_tall(heap)) {
        qry_heap_collect(heap);
        qry_end_part(s->l, sum_name(x));
        qry_begin_part(s->l);
    }
    v->bit = zero ? qry_heap_is_zero(heap) : qry_bit_not(qry_heap_is_negative(heap));
    qry_end_part(s->l, zero ? "equal" : "compare");
}

static void choose_extreme(struct scoring *s, const qry_formula *node)
{
    qry_number x = number_of(s, node->arg[0]), y = number_of(s, node->arg[1]);
    bool most = node->kind == QRY_FORMULA_MAX;
    qry_begin_part(s->l);
    value_of(s, node)->number = (most ? qry_number_max : qry_number_min)(s->a, &x, &y, node->width, node->low < 0);
    qry_end_part(s->l, most ? "max" : "min");
}

static void choose(struct scoring *s, const qry_formula *node)
{
    qry_bit choice = value_of(s, node->arg[0])->bit;
    qry_number x = number_of(s, node->arg[1]), y = number_of(s, node->arg[2]);
    struct value *v = value_of(s, node);
    qry_begin_part(s->l);
    if (node->is_bool)
        v->bit = qry_bit_select(s->a, choice, x.bits[0], y.bits[0]);
    else
        v->number = qry_number_select(s->a, choice, &x, &y, node->width, node->low < 0);
    qry_end_part(s->l, "choose");
}

/* A table far from zero has an index of many bits, few of which vary: then what counts is how far it is from the first. */
static void look_up(struct scoring *s, const qry_formula *node)
{
    const qry_formula *arg = node->arg[0];
    qry_number index = number_of(s, arg);
    int64_t first = node->first;
    int bits = node->value_count > 1 ? qry_bits_of(node->value_count - 1) : 1;
    index = qry_number_resize(s->a, &index, arg->width, arg->low < 0);
    qry_begin_part(s->l);
    if (arg->width > bits + 1) {
        qry_heap *distance = qry_heap_new(s->a, bits);
        qry_heap_add_number(distance, &index, 1);
        qry_heap_add_constant(distance, -first);
        index = qry_heap_number(distance, false);
        first = 0;
    }
    value_of(s, node)->number =
        qry_number_lookup(s->a, &index, first, node->values, node->value_count, node->width, node->low < 0);
    qry_end_part(s->l, "lookup");
}

/* Every bit the parity of some bits of the address, in place on one new qubit. */
static void hash(struct scoring *s, const qry_formula *node)
{
    qry_bit *bits = qry_arena_alloc(s->l->arena, (size_t)node->width, sizeof *bits);
    qry_begin_part(s->l);
    for (int i = 0; i < node->width; i++) {
        qry_qubit bit = qry_arith_take(s->a);
        for (uint32_t k = 0; k < s->l->search.address; k++)
            if (node->masks[i] >> k & 1)
                qry_arith_cx(s->a, k, bit);
        bits[i] = (qry_bit){bit, node->constant >> i & 1};
    }
    value_of(s, node)->number = (qry_number){bits, node->width, false};
    qry_end_part(s->l, "hash");
}

static void join(struct scoring *s, const qry_formula *node)
{
    bool all = node->kind == QRY_FORMULA_AND;
    qry_bit *bits = qry_arena_alloc(s->l->arena, node->arg_count + (size_t)1, sizeof *bits);
    for (uint32_t k = 0; k < node->arg_count; k++)
        bits[k] = value_of(s, node->arg[k])->bit;
    qry_begin_part(s->l);
    value_of(s, node)->bit = (all ? qry_bits_and : qry_bits_or)(s->a, bits, node->arg_count);
    qry_end_part(s->l, all ? "and" : "or");
}

static void visit(struct scoring *s, const qry_formula *node)
{
    struct value *v = value_of(s, node);
    switch (node->kind) {
    case QRY_FORMULA_TRUTH:
        v->bit = qry_bit_constant(node->constant);
        return;
    case QRY_FORMULA_ENTRY:
        v->number = entry(s, node);
        v->bit = v->number.bits[0];
        return;
    case QRY_FORMULA_INDEX:
        v->number = on_qubits(s, 0, smaller(node->width, (int)s->l->search.address), false);
        return;
    case QRY_FORMULA_SUM:
        if (node->arg_count == 0)
            v->number = qry_number_constant(s->a, node->constant);
        else
            add_up(s, node);
        return;
    case QRY_FORMULA_PRODUCT:
    case QRY_FORMULA_ABS:
        add_up(s, node);
        return;
    case QRY_FORMULA_MIN:
    case QRY_FORMULA_MAX:
        choose_extreme(s, node);
        return;
    case QRY_FORMULA_CHOOSE:
        choose(s, node);
        return;
    case QRY_FORMULA_FLOOR: {
        qry_number x = number_of(s, node->arg[0]);
        v->number = qry_number_floor(s->a, &x, node->drop);
        return;
    }
    case QRY_FORMULA_LOOKUP:
        look_up(s, node);
        return;
    case QRY_FORMULA_UNIFORM:
        v->number = on_qubits(s, s->l->search.address + (qry_qubit)node->drop, node->width, false);
        return;
    case QRY_FORMULA_HASH:
        hash(s, node);
        return;
    case QRY_FORMULA_GE0:
    case QRY_FORMULA_EQ0:
        compare(s, node);
        return;
    case QRY_FORMULA_AND:
    case QRY_FORMULA_OR:
        join(s, node);
        return;
    case QRY_FORMULA_NOT:
        v->bit = qry_bit_not(value_of(s, node->arg[0])->bit);
        return;
    }
}

/* ---- the root ---- */

/* A conjunction at the root is left to the phase: its bits, and those of conjunctions in it, are the marks. */
static void find_root_bits(struct scoring *s, const qry_formula *node)
{
    struct value *v = value_of(s, node);
    if (node->kind != QRY_FORMULA_AND || v->uses > 1)
        return;
    v->waits = true;
    for (uint32_t k = 0; k < node->arg_count; k++)
        find_root_bits(s, node->arg[k]);
}

/* Every qubit at most once; seen: by qubit, 1 for itself, 2 for its complement. */
static void add_mark(struct scoring *s, uint8_t *seen, qry_bit bit)
{
    struct qry_score *score = &s->l->score;
    if (qry_bit_is_constant(bit)) {
        score->never |= !bit.inverted;
        return;
    }
    if (!seen[bit.qubit])
        score->marks[score->mark_count++] = bit;
    seen[bit.qubit] |= bit.inverted ? 2 : 1;
    score->never |= seen[bit.qubit] == 3;
}

static void collect_marks(struct scoring *s, uint8_t *seen, const qry_formula *node)
{
    if (node->kind != QRY_FORMULA_AND || !value_of(s, node)->waits) {
        add_mark(s, seen, value_of(s, node)->bit);
        return;
    }
    for (uint32_t k = 0; k < node->arg_count; k++)
        collect_marks(s, seen, node->arg[k]);
}

void qry_write_score(qry_lowered *l, qry_cost around)
{
    const qry_formula_list *list = &l->where;
    qry_qubit first_work = l->state;
    for (size_t i = 0; i < l->load_count; i++)
        if (l->loads[i].used)
            first_work += (qry_qubit)qry_words_width(&l->loads[i].words);
    struct scoring s = {.l = l, .a = &l->arith};
    s.values = qry_arena_alloc(l->arena, list->count, sizeof *s.values);
    qry_arith_begin(&l->arith, l->ctx, l->arena, first_work, around);
    l->call_count = 0;
    qry_begin_parts(l);
    l->score = (struct qry_score){.definition = l->score.definition};
    l->score.marks = qry_arena_alloc(l->arena, list->count + 1, sizeof *l->score.marks);
    count_uses(&s);
    find_waiting(&s);
    find_root_bits(&s, list->root);
    for (size_t i = 0; i < list->count; i++)
        if (s.values[i].reached && !s.values[i].waits)
            visit(&s, list->node[i]);
    uint8_t *seen = qry_arena_alloc(l->arena, (size_t)first_work + l->arith.work, 1);
    collect_marks(&s, seen, list->root);
    if (l->score.never)
        l->score.mark_count = 0;
    if (l->coded)
        l->score.code = s.values[l->coded->number].number;
    l->score.used = !l->score.never && qry_write_score_definition(l);
}
