/* check_index.c: what stands between brackets: places, ranges and sets; slices, and values joined by ++. */
#include "qasm/program/check.h"

/* What one index takes out of `size` places. */
struct taken {
    bool one;
    uint32_t count; /* QASM_UNSIZED: known only when the program runs */
};

/* "'q' has 3 qubits" */
static const char *describe(struct checker *c, const struct tree_expr *base, const struct qasm_type *type,
                            uint32_t size)
{
    const char *noun = type->kind == QASM_QUBIT ? "qubit" : type->kind == QASM_ARRAY ? "item" : "bit";
    const char *name = base->kind == TREE_NAME ? qry_arena_printf(c->arena, "'%.60s'", base->name->text) : "this";
    return qry_arena_printf(c->arena, "%s has %u %s%s", name, size, noun, size == 1 ? "" : "s");
}

struct indexed {
    struct tree_expr *base;
    const struct qasm_type *type;
    uint32_t size; /* of the dimension; QASM_UNSIZED: not known */
};

/* A place that is known: negative ones count from the end. */
static bool check_place(struct checker *c, const struct indexed *of, struct tree_expr *index, qry_i128 *place)
{
    qry_i128 size = of->size;
    if (of->size == QASM_UNSIZED || (*place >= -size && *place < size)) {
        *place += *place < 0 && of->size != QASM_UNSIZED ? size : 0;
        return true;
    }
    const char *hint = of->size == 1 ? "the only one has number 0"
                                     : qry_arena_printf(c->arena, "they are numbered from 0 to %u", of->size - 1);
    qasm_check_error(c, index->place, hint, "index %s, but %s", qasm_value_text(c->arena, index->constant),
                     describe(c, of->base, of->type, of->size));
    return false;
}

static bool step_is_zero(struct checker *c, struct tree_expr *step)
{
    qry_i128 number;
    if (step->kind == TREE_NONE || !qasm_check_known(step, &number) || number != 0)
        return false;
    qasm_check_error(c, step->place, NULL, "a range with step 0 has no end");
    return true;
}

/* Checks start, step and stop; missing ones are fine where `open`. */
static bool check_ends(struct checker *c, struct tree_expr *range, bool open)
{
    bool fine = true;
    struct tree_expr *step = range->first->next;
    for (struct tree_expr *part = range->first; part; part = part->next) {
        if (part->kind != TREE_NONE) {
            fine = qasm_check_integer(c, part, part == step ? "the step of a range" : "the end of a range") && fine;
        } else if (!open && part != step) {
            qasm_check_error(c, range->place, "write both: [0:3]", "this range needs a beginning and an end");
            return false;
        }
    }
    range->type = range->first->type;
    return fine && !step_is_zero(c, step);
}

bool qasm_check_range(struct checker *c, struct tree_expr *range) { return check_ends(c, range, false); }

/* How many places a range takes, both ends included. */
static bool check_slice(struct checker *c, const struct indexed *of, struct tree_expr *range, struct taken *taken)
{
    struct tree_expr *parts[3] = {range->first, range->first->next, range->first->next->next};
    qry_i128 number[3] = {0, 1, 0};
    *taken = (struct taken){false, QASM_UNSIZED};
    if (!check_ends(c, range, true))
        return false;
    bool known = of->size != QASM_UNSIZED;
    if (parts[1]->kind != TREE_NONE)
        known = qasm_check_known(parts[1], &number[1]) && known;
    bool back = number[1] < 0;
    number[0] = back ? (qry_i128)of->size - 1 : 0;
    number[2] = back ? 0 : (qry_i128)of->size - 1;
    for (int i = 0; i < 3; i += 2) {
        if (parts[i]->kind == TREE_NONE)
            continue;
        if (!qasm_check_known(parts[i], &number[i]))
            known = false;
        else if (!check_place(c, of, parts[i], &number[i]))
            return false;
    }
    if (!known)
        return true;
    if (back ? number[0] < number[2] : number[0] > number[2]) {
        qasm_check_error(c, range->place, "both ends are included, and without a step it goes upwards",
                         "there is nothing in this range");
        return false;
    }
    taken->count = (uint32_t)((number[2] - number[0]) / number[1]) + 1;
    return true;
}

static bool check_set(struct checker *c, const struct indexed *of, struct tree_expr *set, struct taken *taken)
{
    bool fine = true;
    *taken = (struct taken){false, set->count};
    for (struct tree_expr *place = set->first; place; place = place->next) {
        qry_i128 number;
        if (!qasm_check_integer(c, place, "an index"))
            fine = false;
        else if (qasm_check_known(place, &number))
            fine = check_place(c, of, place, &number) && fine;
    }
    set->type = set->first ? set->first->type : NULL;
    return fine;
}

static bool check_one_index(struct checker *c, const struct indexed *of, struct tree_expr *index, struct taken *taken)
{
    qry_i128 number;
    if (index->kind == TREE_RANGE)
        return check_slice(c, of, index, taken);
    if (index->kind == TREE_SET)
        return check_set(c, of, index, taken);
    *taken = (struct taken){true, 1};
    if (!qasm_check_integer(c, index, "an index"))
        return false;
    return !qasm_check_known(index, &number) || check_place(c, of, index, &number);
}

/* ---- indices of arrays ---- */

static const struct qasm_type *index_array(struct checker *c, struct tree_expr *expr, const struct qasm_type *array)
{
    uint32_t shape[QASM_MAX_DIMS] = {0}, dims = 0, d = 0;
    bool unsized = false, fine = true;
    for (struct tree_expr *index = expr->first->next; index; index = index->next, d++) {
        if (d == array->dims) {
            qasm_check_error(c, index->place, NULL, "one index too many: the array has %u dimension%s", array->dims,
                             array->dims == 1 ? "" : "s");
            return NULL;
        }
        struct taken taken;
        struct indexed of = {expr->first, array, array->shape[0] ? array->shape[d] : QASM_UNSIZED};
        if (!check_one_index(c, &of, index, &taken)) {
            fine = false;
            continue;
        }
        if (!taken.one)
            shape[dims++] = taken.count;
        unsized = unsized || taken.count == QASM_UNSIZED;
    }
    for (; d < array->dims; d++) {
        shape[dims++] = array->shape[d];
        unsized = unsized || !array->shape[d];
    }
    if (!fine || !dims)
        return fine ? array->base : NULL;
    return qasm_type_array(c->arena, array->base, dims, unsized ? NULL : shape, array->access);
}

/* a[i][j] is a[i, j], so that a[0:1][0] takes the first column of two rows. */
static void join_indices(struct tree_expr *expr)
{
    struct tree_expr *base = expr->first, *last = base->first;
    uint32_t before = base->count - 1;
    const struct qasm_type *array = base->kind == TREE_INDEX ? base->first->type : NULL;
    if (!array || array->kind != QASM_ARRAY || before + expr->count - 1 > array->dims)
        return;
    while (last->next)
        last = last->next;
    last->next = base->next;
    expr->first = base->first;
    expr->count += before;
}

/* ---- indices of bits and qubits ---- */

static uint32_t places_of(const struct qasm_type *type)
{
    switch (type->kind) {
    case QASM_BIT:
    case QASM_QUBIT:
    case QASM_INT:
    case QASM_UINT:
    case QASM_ANGLE:
        return type->width;
    default:
        return 0;
    }
}

static const struct qasm_type *not_indexable(struct checker *c, const struct tree_expr *base,
                                             const struct qasm_type *type)
{
    bool lone = type->kind == QASM_BIT || type->kind == QASM_QUBIT;
    const char *hint = "registers, arrays, integers and angles have indices";
    if (lone && base->kind == TREE_NAME && base->symbol->kind == SYMBOL_OPERAND)
        hint = "the operands of a gate are single qubits: gate g a, b { ... }";
    else if (lone)
        hint = qry_arena_printf(c->arena, "a register of one is declared as %s[1]", qasm_check_text(c, type));
    if (base->kind == TREE_NAME)
        qasm_check_error(c, base->place, hint, "'%.60s' has no indices: it is %s %s", base->name->text,
                         lone ? "a single" : "of type", qasm_check_text(c, type));
    else
        qasm_check_error(c, base->place, hint, "no index can be taken of %s", qasm_check_text(c, type));
    return NULL;
}

/* A single bit of a constant is a constant. */
static void know_bit(struct checker *c, struct tree_expr *expr, uint32_t width)
{
    const struct qasm_value *of = expr->first->constant;
    struct tree_expr *index = expr->first->next;
    qry_i128 place;
    if (!of || index->kind == TREE_RANGE || index->kind == TREE_SET || !qasm_check_known(index, &place))
        return;
    struct qasm_value *bit = QRY_NEW(c->arena, struct qasm_value);
    place += place < 0 ? width : 0;
    bit->type = expr->type;
    bit->bit = of->type->kind == QASM_BIT ? of->bits[(size_t)place] : (qasm_bit)(of->natural >> place & 1);
    expr->constant = bit;
}

static const struct qasm_type *index_places(struct checker *c, struct tree_expr *expr, const struct qasm_type *type)
{
    struct tree_expr *index = expr->first->next;
    uint32_t size = places_of(type);
    struct taken taken;
    if (!size || type->weak)
        return not_indexable(c, expr->first, type);
    if (index->next) {
        qasm_check_error(c, index->next->place, "several places are a set: {0, 2}", "one index too many for %s",
                         qasm_check_text(c, type));
        return NULL;
    }
    struct indexed of = {expr->first, type, size};
    if (!check_one_index(c, &of, index, &taken))
        return NULL;
    enum qasm_kind kind = type->kind == QASM_QUBIT ? QASM_QUBIT : QASM_BIT;
    expr->type = qasm_type_make(c->arena, kind, taken.one ? 0 : taken.count);
    if (kind == QASM_BIT)
        know_bit(c, expr, size);
    return expr->type;
}

const struct qasm_type *qasm_check_index(struct checker *c, struct tree_expr *expr)
{
    if (!qasm_check_expression(c, expr->first))
        return NULL;
    join_indices(expr);
    const struct qasm_type *type = expr->first->type;
    expr->constant = NULL;
    return type->kind == QASM_ARRAY ? index_array(c, expr, type) : index_places(c, expr, type);
}

/* ---- ++ ---- */

static const struct qasm_type *join_arrays(struct checker *c, struct tree_expr *expr, const struct qasm_type *first)
{
    uint32_t shape[QASM_MAX_DIMS] = {0};
    bool unsized = !first->shape[0];
    for (uint32_t d = 1; d < first->dims; d++)
        shape[d] = first->shape[d];
    for (struct tree_expr *part = expr->first; part; part = part->next) {
        const struct qasm_type *type = part->type;
        bool alike = type->kind == QASM_ARRAY && type->dims == first->dims && qasm_type_equal(type->base, first->base);
        for (uint32_t d = 1; alike && d < first->dims && !unsized && type->shape[0]; d++)
            alike = type->shape[d] == shape[d];
        if (!alike) {
            qasm_check_error(c, part->place, "only the first size may differ", "%s and %s cannot be joined by ++",
                             qasm_check_text(c, first), qasm_check_text(c, type));
            return NULL;
        }
        unsized = unsized || !type->shape[0];
        shape[0] += type->shape[0];
    }
    return qasm_type_array(c->arena, first->base, first->dims, unsized ? NULL : shape, QASM_OWN);
}

const struct qasm_type *qasm_check_concat(struct checker *c, struct tree_expr *expr)
{
    uint32_t width = 0;
    bool fine = true;
    for (struct tree_expr *part = expr->first; part; part = part->next)
        fine = qasm_check_expression(c, part) && fine;
    if (!fine)
        return NULL;
    const struct qasm_type *first = expr->first->type;
    if (first->kind == QASM_ARRAY)
        return join_arrays(c, expr, first);
    for (struct tree_expr *part = expr->first; part; part = part->next) {
        const struct qasm_type *type = part->type;
        if (type->kind != first->kind || (type->kind != QASM_BIT && type->kind != QASM_QUBIT)) {
            qasm_check_error(c, part->place, "++ joins qubits with qubits, bits with bits, arrays with arrays",
                             "%s and %s cannot be joined by ++", qasm_check_text(c, first), qasm_check_text(c, type));
            return NULL;
        }
        bool unsized = width == QASM_UNSIZED || type->width == QASM_UNSIZED;
        width = unsized ? QASM_UNSIZED : width + (type->width ? type->width : 1);
    }
    return qasm_type_make(c->arena, first->kind, width);
}

/* ---- what can be assigned ---- */

bool qasm_check_target(struct checker *c, struct tree_expr *target)
{
    const struct tree_expr *root = target;
    if (!qasm_check_expression(c, target))
        return false;
    while (root->kind == TREE_INDEX)
        root = root->first;
    const struct tree_symbol *symbol = root->kind == TREE_NAME ? root->symbol : NULL;
    const char *hint = NULL, *why = "this is no variable";
    if (symbol && symbol->kind == SYMBOL_CONST)
        why = "it is a constant";
    else if (symbol && symbol->io == TREE_INPUT)
        why = "it is an input", hint = "copy it to a variable";
    else if (symbol && symbol->type->kind == QASM_ARRAY && symbol->type->access == QASM_READONLY)
        why = "it is readonly", hint = "declare the parameter as mutable";
    else if (symbol && symbol->type->kind == QASM_QUBIT)
        why = "qubits are no variables", hint = "reset q; and gates change them";
    else if (symbol && (symbol->kind == SYMBOL_VARIABLE || symbol->kind == SYMBOL_ALIAS)) {
        if (c->where == CHECK_DEF && (symbol->global || symbol->type->access == QASM_MUTABLE))
            c->subroutine->writes = true;
        return true;
    }
    if (symbol)
        qasm_check_error(c, target->place, hint, "'%.60s' cannot be assigned: %s", symbol->name->text, why);
    else
        qasm_check_error(c, target->place, hint, "%s", why);
    return false;
}
