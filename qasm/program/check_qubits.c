/* check_qubits.c: which qubits operands are, as far as that is known before the program runs, and that none is there
 * twice. */
#include "qasm/program/check.h"

#include <stdlib.h>
#include <string.h>

static void add(struct checker *c, const struct tree_symbol *symbol, uint32_t index)
{
    QRY_GROW(c->tree->ctx, c->qubits, c->qubit_room, c->qubit_count + 1);
    c->qubits[c->qubit_count++] = (struct check_qubit){symbol, index};
}

static bool collect(struct checker *c, const struct tree_expr *expr);

/* First, step and last place of a range in a register of `size`; false: not known. */
static bool range_places(const struct tree_expr *range, uint32_t size, qry_i128 number[3])
{
    const struct tree_expr *part = range->first;
    bool back = false;
    number[1] = 1;
    if (part->next->kind != TREE_NONE && !qasm_check_known(part->next, &number[1]))
        return false;
    back = number[1] < 0;
    number[0] = back ? (qry_i128)size - 1 : 0;
    number[2] = back ? 0 : (qry_i128)size - 1;
    for (int i = 0; i < 3; i++, part = part->next) {
        if (i == 1 || part->kind == TREE_NONE)
            continue;
        if (!qasm_check_known(part, &number[i]))
            return false;
        number[i] += number[i] < 0 ? size : 0;
    }
    return number[1] != 0;
}

/* Adds what an index takes out of the qubits from .. from + size - 1 of the list. */
static bool pick(struct checker *c, const struct tree_expr *index, size_t from, uint32_t size)
{
    qry_i128 number[3];
    if (index->kind == TREE_SET) {
        for (const struct tree_expr *place = index->first; place; place = place->next)
            if (!pick(c, place, from, size))
                return false;
        return true;
    }
    if (index->kind == TREE_RANGE) {
        if (!range_places(index, size, number))
            return false;
    } else {
        if (!qasm_check_known(index, &number[0]))
            return false;
        number[0] += number[0] < 0 ? size : 0;
        number[1] = 1;
        number[2] = number[0];
    }
    for (qry_i128 i = number[0]; number[1] > 0 ? i <= number[2] : i >= number[2]; i += number[1]) {
        if (i < 0 || i >= size)
            return false;
        struct check_qubit qubit = c->qubits[from + (size_t)i];
        add(c, qubit.symbol, qubit.index);
    }
    return true;
}

static bool collect_index(struct checker *c, const struct tree_expr *expr)
{
    const struct tree_expr *base = expr->first, *index = base->next;
    size_t from = c->qubit_count;
    qry_i128 place;
    bool plain = index->kind != TREE_RANGE && index->kind != TREE_SET;
    if (plain && !qasm_check_known(index, &place))
        return false;
    if (plain && base->kind == TREE_NAME && base->symbol->kind == SYMBOL_QUBITS) {
        place += place < 0 ? base->type->width : 0;
        add(c, base->symbol, (uint32_t)place);
        return true;
    }
    if (!collect(c, base))
        return false;
    uint32_t size = (uint32_t)(c->qubit_count - from);
    if (!pick(c, index, from, size))
        return false;
    size_t taken = c->qubit_count - from - size;
    memmove(c->qubits + from, c->qubits + from + size, taken * sizeof *c->qubits);
    c->qubit_count = from + taken;
    return true;
}

static bool collect_name(struct checker *c, const struct tree_expr *expr)
{
    const struct tree_symbol *symbol = expr->symbol;
    if (symbol->kind == SYMBOL_ALIAS)
        return collect(c, symbol->stmt->value);
    for (uint32_t i = 0; i < (expr->type->width ? expr->type->width : 1); i++)
        add(c, symbol, i);
    return true;
}

/* Adds the qubits of an operand; false: they are known only when the program runs. */
static bool collect(struct checker *c, const struct tree_expr *expr)
{
    switch (expr->kind) {
    case TREE_NAME:
        return collect_name(c, expr);
    case TREE_PHYSICAL:
        add(c, NULL, (uint32_t)expr->natural);
        return true;
    case TREE_INDEX:
        return collect_index(c, expr);
    case TREE_CONCAT:
        for (const struct tree_expr *part = expr->first; part; part = part->next)
            if (!collect(c, part))
                return false;
        return true;
    default:
        return false;
    }
}

/* ---- none twice ---- */

struct stretch {
    const struct tree_expr *expr;
    size_t from, count;
};

static bool same(struct check_qubit a, struct check_qubit b) { return a.symbol == b.symbol && a.index == b.index; }

static bool say_twice(struct checker *c, struct tree_place place, struct check_qubit qubit, const char *name)
{
    const char *text = !qubit.symbol ? qry_arena_printf(c->arena, "$%u", qubit.index)
                       : qubit.symbol->type->width
                           ? qry_arena_printf(c->arena, "%.60s[%u]", qubit.symbol->name->text, qubit.index)
                           : qubit.symbol->name->text;
    qasm_check_error(c, place, NULL, "'%.60s' gets the qubit %.80s twice", name, text);
    return false;
}

/* Two operands of a gate: registers side by side, a single qubit beside all of the other. */
static bool apart(struct checker *c, const struct stretch *a, const struct stretch *b, const char *name)
{
    size_t most = a->count > b->count ? a->count : b->count;
    for (size_t i = 0; i < most; i++) {
        struct check_qubit x = c->qubits[a->from + (a->count == 1 ? 0 : i)];
        if (same(x, c->qubits[b->from + (b->count == 1 ? 0 : i)]))
            return say_twice(c, b->expr->place, x, name);
    }
    return true;
}

static int by_register(const void *x, const void *y)
{
    const struct check_qubit *a = x, *b = y;
    if (a->symbol != b->symbol)
        return (uintptr_t)a->symbol < (uintptr_t)b->symbol ? -1 : 1;
    return a->index < b->index ? -1 : a->index > b->index;
}

static bool all_apart(struct checker *c, const struct tree_expr *operands, const char *name)
{
    if (c->qubit_count)
        qsort(c->qubits, c->qubit_count, sizeof *c->qubits, by_register);
    for (size_t i = 1; i < c->qubit_count; i++)
        if (same(c->qubits[i - 1], c->qubits[i]))
            return say_twice(c, operands->place, c->qubits[i], name);
    return true;
}

bool qasm_check_distinct(struct checker *c, const struct tree_expr *operands, const char *name, bool at_once)
{
    enum { FEW = 8 };
    uint32_t count = 0, known = 0;
    for (const struct tree_expr *e = operands; e; e = e->next)
        count += e->type->kind == QASM_QUBIT;
    struct stretch few[FEW], *list = count <= FEW ? few : qry_arena_alloc(c->arena, count, sizeof *list);
    c->qubit_count = 0;
    if (count < 2 && !at_once)
        return true;
    for (const struct tree_expr *e = operands; e; e = e->next) {
        size_t from = c->qubit_count;
        if (e->type->kind != QASM_QUBIT)
            continue;
        if (collect(c, e))
            list[known++] = (struct stretch){e, from, c->qubit_count - from};
        else
            c->qubit_count = from;
    }
    if (at_once)
        return all_apart(c, operands, name);
    for (uint32_t k = 1; k < known; k++)
        for (uint32_t i = 0; i < k; i++)
            if (!apart(c, &list[i], &list[k], name))
                return false;
    return true;
}
