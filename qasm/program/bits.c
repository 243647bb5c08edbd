/* bits.c: measured bits, which are known as late as possible. A bit of a variable is 0, 1 or 2 + m: what the circuit's bit
 * m holds. As long as that is so, m must not be measured into again for another variable.
 *
 * Registers of the program have bits of their own in the circuit, their homes, so that circuits read as one expects. What
 * is measured elsewhere, or where the home still holds something that another variable refers to, gets a hidden bit. A
 * live circuit has a fixed number of those: when they are used up, all are made known and they begin anew. */
#include "qasm/program/interpret.h"

#include <string.h>

struct qasm_bit_state *qasm_bit_state(struct qasm_run *run, uint32_t bit)
{
    size_t old = run->bit_room;
    QRY_GROW(run->ctx, run->bits, run->bit_room, (size_t)bit + 1);
    if (run->bit_room > old)
        memset(run->bits + old, 0, (run->bit_room - old) * sizeof *run->bits);
    if (run->bit_count <= bit)
        run->bit_count = (size_t)bit + 1;
    return &run->bits[bit];
}

static void flush(struct qasm_run *run)
{
    if (run->flushed < run->position)
        run->machine->flush(run->machine->state);
    run->flushed = run->position;
}

static bool is_measured(qasm_bit bit) { return bit >= 2 && bit != QASM_UNKNOWN_BIT; }

qasm_bit qasm_know_bit(struct qasm_run *run, qasm_bit bit)
{
    if (!is_measured(bit))
        return bit;
    if (!run->machine)
        return QASM_UNKNOWN_BIT;
    if (qasm_bit_state(run, bit - 2)->last > run->flushed)
        flush(run);
    return run->machine->bits[bit - 2];
}

void qasm_know(struct qasm_run *run, struct qasm_value *value)
{
    const struct qasm_type *type = value->type;
    if (type->kind != QASM_BIT || value->unknown)
        return;
    if (type->width == 0) {
        value->bit = qasm_know_bit(run, value->bit);
        value->unknown = value->bit == QASM_UNKNOWN_BIT;
        return;
    }
    uint32_t known = 0;
    while (known < type->width && value->bits[known] < 2)
        known++;
    if (known == type->width)
        return;
    qasm_bit *bits = qry_arena_alloc(run->scratch, type->width, sizeof *bits);
    for (uint32_t i = 0; i < type->width; i++) {
        bits[i] = qasm_know_bit(run, value->bits[i]);
        value->unknown |= bits[i] == QASM_UNKNOWN_BIT;
    }
    value->bits = bits;
}

/* ---- where a measurement goes ---- */

static void settle_bits(struct qasm_run *run, qasm_bit *bits, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (is_measured(bits[i]))
            bits[i] = run->machine->bits[bits[i] - 2];
}

static void settle(struct qasm_run *run, struct qasm_value *value)
{
    const struct qasm_type *type = value->type;
    if (!type)
        return;
    if (type->kind == QASM_BIT && (value->bits || !type->width)) /* an alias has none of its own */
        settle_bits(run, type->width ? value->bits : &value->bit, type->width ? type->width : 1);
    if (type->kind == QASM_ARRAY && type->base->kind == QASM_BIT && value->items)
        for (size_t i = 0, n = qasm_item_count(type); i < n; i++)
            settle(run, &value->items[i]);
}

/* Makes every bit of every variable known, so that the circuit's bits are free. */
static void settle_all(struct qasm_run *run)
{
    flush(run);
    for (struct qasm_cell *c = run->program->cells; c; c = c->next) {
        settle(run, &c->value);
        settle(run, &c->own);
    }
    for (size_t i = 0; i < run->bit_count; i++)
        run->bits[i].copied = false;
}

enum { FIRST_CHUNK = 16, LAST_CHUNK = 1 << 16 };

static uint32_t hidden_bit(struct qasm_run *run)
{
    if (run->next_hidden == run->hidden_end && run->machine) {
        settle_all(run);
        run->next_hidden = run->writer->first_hidden;
    } else if (run->next_hidden == run->hidden_end) {
        run->chunk = !run->chunk ? FIRST_CHUNK : run->chunk < LAST_CHUNK ? 2 * run->chunk : run->chunk;
        run->next_hidden = qry_circuit_bit_register(run->writer->circuit, "hidden", run->chunk);
        run->hidden_end = run->next_hidden + run->chunk;
    }
    return run->next_hidden++;
}

void qasm_store_bit(struct qasm_run *run, const struct qasm_ref *ref, qasm_bit bit)
{
    if (is_measured(bit) && bit - 2 != ref->home) {
        struct qasm_bit_state *state = qasm_bit_state(run, bit - 2);
        if (run->machine && state->last <= run->flushed)
            bit = run->machine->bits[bit - 2];
        else
            state->copied = true;
    }
    *ref->bit = bit;
}

qasm_bit qasm_measure_bit(struct qasm_run *run, qry_qubit qubit, const struct qasm_ref *ref)
{
    uint32_t bit = ref ? ref->home : QASM_NO_HOME;
    if (bit == QASM_NO_HOME || qasm_bit_state(run, bit)->copied)
        bit = hidden_bit(run);
    if (qasm_write(run, 1))
        qry_add_measure(run->body, qubit, bit);
    struct qasm_bit_state *state = qasm_bit_state(run, bit);
    state->last = run->position;
    if (!state->first)
        state->first = run->position;
    return bit + 2;
}

/* The place for bit i of what is measured, in *one when it has to be made up; NULL: none. */
static const struct qasm_ref *target(const struct qasm_spot *into, uint32_t i, struct qasm_ref *one)
{
    if (!into || into->kind == SPOT_UNKNOWN)
        return NULL;
    if (into->kind == SPOT_BITS)
        return &qasm_spot_refs(into)[i];
    const struct qasm_cell *cell = into->cell;
    bool home = into->value == &cell->value && cell->home != QASM_NO_HOME;
    *one = (struct qasm_ref){into->type->width ? &into->value->bits[i] : &into->value->bit,
                             home ? cell->home + i : QASM_NO_HOME, into->cell};
    return one;
}

bool qasm_measure(struct qasm_run *run, const struct tree_expr *measure, const struct qasm_spot *into,
                  struct qasm_value *value)
{
    struct qasm_qubits qubits;
    if (!qasm_qubits_of(run, measure->first, &qubits))
        return false;
    uint32_t count = qubits.count;
    qasm_bit *bits = qry_arena_alloc(run->scratch, count + 1, sizeof *bits);
    bool into_bits =
        into && into->type->kind == QASM_BIT &&
        (into->kind == SPOT_BITS ? into->count == count
                                 : into->kind == SPOT_VALUE && (into->type->width ? into->type->width : 1) == count);
    for (uint32_t i = 0; i < count; i++) {
        struct qasm_ref one;
        const struct qasm_ref *ref = into_bits ? target(into, i, &one) : NULL;
        if (ref)
            qasm_touch(run, ref->cell);
        if (run->machine && !ref && run->next_hidden == run->hidden_end) {
            flush(run); /* hidden bits begin anew below: those in hand are no variable's yet */
            settle_bits(run, bits, i);
        }
        bits[i] = qasm_measure_bit(run, qasm_qubit(&qubits, i), ref);
        if (ref)
            qasm_store_bit(run, ref, bits[i]);
    }
    bool unsized = measure->type->width == QASM_UNSIZED;
    *value = (struct qasm_value){.type = unsized ? qasm_type_make(run->scratch, QASM_BIT, count) : measure->type};
    if (value->type->width)
        value->bits = bits;
    else
        value->bit = bits[0];
    if (!into || into_bits)
        return true;
    return into->kind == SPOT_UNKNOWN ? qasm_spot_store(run, into, value)
                                      : qasm_assign(run, into, measure->place, value);
}
