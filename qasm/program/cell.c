/* cell.c: what names stand for while the program runs. Cells keep their memory from one declaration to the next, and from
 * one run to the next. */
#include "qasm/program/interpret.h"

#include <string.h>

struct qasm_cell *qasm_cell_of(struct qasm_run *run, struct tree_symbol *symbol)
{
    struct qry_qasm *program = run->program;
    if (!symbol->cell) {
        symbol->cell = QRY_NEW(program->arena, struct qasm_cell);
        symbol->cell->home = QASM_NO_HOME;
        symbol->cell->next = program->cells;
        program->cells = symbol->cell;
    }
    return symbol->cell;
}

size_t qasm_item_count(const struct qasm_type *type)
{
    size_t count = 1;
    for (uint32_t i = 0; i < type->dims; i++)
        count *= type->shape[i];
    return count;
}

static void zero(struct qasm_value *value)
{
    const struct qasm_type *type = value->type;
    value->unknown = false;
    if (type->kind == QASM_ARRAY)
        for (size_t i = 0, n = qasm_item_count(type); i < n; i++)
            zero(&value->items[i]);
    else if (type->kind == QASM_BIT && type->width)
        memset(value->bits, 0, type->width * sizeof *value->bits);
    else
        *value = (struct qasm_value){.type = type};
}

void qasm_cell_clear(struct qasm_run *run, struct qasm_cell *cell, const struct qasm_type *type)
{
    qasm_touch(run, cell);
    if (!cell->own.type || (cell->own.type != type && !qasm_type_equal(cell->own.type, type)))
        cell->own = qasm_value_zero(run->program->arena, type);
    else
        zero(&cell->own);
    cell->value = cell->own;
    cell->value.type = type;
    cell->of = NULL;
    cell->refs = NULL;
    cell->view = NULL;
}

void qasm_forget(struct qasm_value *value)
{
    const struct qasm_type *type = value->type;
    if (type->kind == QASM_ARRAY)
        for (size_t i = 0, n = qasm_item_count(type); i < n; i++)
            qasm_forget(&value->items[i]);
    else if (type->kind == QASM_BIT && type->width)
        for (uint32_t i = 0; i < type->width; i++)
            value->bits[i] = QASM_UNKNOWN_BIT;
    else if (type->kind == QASM_BIT)
        value->bit = QASM_UNKNOWN_BIT;
    else
        value->unknown = true;
}

bool qasm_is_unknown(const struct qasm_value *value)
{
    const struct qasm_type *type = value->type;
    bool unknown = value->unknown;
    if (type->kind == QASM_ARRAY)
        for (size_t i = 0, n = qasm_item_count(type); i < n; i++)
            unknown |= qasm_is_unknown(&value->items[i]);
    else if (type->kind == QASM_BIT && type->width)
        for (uint32_t i = 0; i < type->width; i++)
            unknown |= value->bits[i] >= 2;
    else if (type->kind == QASM_BIT)
        unknown |= value->bit >= 2;
    return unknown;
}

struct qasm_value qasm_copy(qry_arena *arena, const struct qasm_value *value)
{
    const struct qasm_type *type = value->type;
    struct qasm_value copy = *value;
    if (!type)
        return copy;
    if (type->kind == QASM_ARRAY) {
        size_t count = qasm_item_count(type);
        copy.items = qry_arena_alloc(arena, count + 1, sizeof *copy.items);
        for (size_t i = 0; i < count; i++)
            copy.items[i] = qasm_copy(arena, &value->items[i]);
    } else if (type->kind == QASM_BIT && type->width) {
        copy.bits = qry_arena_alloc(arena, type->width, sizeof *copy.bits);
        memcpy(copy.bits, value->bits, type->width * sizeof *copy.bits);
    }
    return copy;
}

/* Puts a value of the same type in the place of another; home: of its first bit. */
static void put(struct qasm_run *run, struct qasm_cell *cell, uint32_t home, struct qasm_value *to,
                const struct qasm_value *from)
{
    const struct qasm_type *type = to->type;
    if (from->unknown) {
        qasm_forget(to);
        return;
    }
    if (type->kind == QASM_ARRAY) {
        for (size_t i = 0, n = qasm_item_count(type); i < n; i++)
            put(run, cell, QASM_NO_HOME, &to->items[i], &from->items[i]);
    } else if (type->kind == QASM_BIT && type->width) {
        const qasm_bit *bits = from->type->width ? from->bits : &from->bit;
        for (uint32_t i = 0; i < type->width; i++)
            qasm_store_bit(run, &(struct qasm_ref){&to->bits[i], home == QASM_NO_HOME ? home : home + i, cell},
                           bits[i]);
    } else if (type->kind == QASM_BIT)
        qasm_store_bit(run, &(struct qasm_ref){&to->bit, home, cell}, from->type->width ? from->bits[0] : from->bit);
    else {
        *to = *from;
        to->type = type;
    }
}

void qasm_cell_store(struct qasm_run *run, struct qasm_cell *cell, const struct qasm_value *value)
{
    qasm_touch(run, cell);
    put(run, cell, cell->home, &cell->value, value);
}

void qasm_put(struct qasm_run *run, const struct qasm_spot *spot, struct qasm_value *to, const struct qasm_value *from)
{
    bool whole = to == &spot->cell->value;
    put(run, spot->cell, whole ? spot->cell->home : QASM_NO_HOME, to, from);
}
