/* readout.c: where a circuit measures, and whether one simulation answers for all shots: it does when nothing happens to a
 * qubit after it was measured, when no measured bit decides anything, and when nothing that is in use is reset. */
#include "sim/sim.h"

#include <string.h>

enum condition { FRESH, USED, MEASURED }; /* of a qubit: FRESH has met no gate and is zero */

enum purity { UNKNOWN, PURE, MIXED }; /* of a definition: MIXED measures, resets or decides, itself or what it calls */

struct reading {
    qry_arena *arena;
    const qry_circuit *circuit;
    qry_readout *result;
    uint8_t *condition; /* by qubit of the program */
    uint8_t *purity;    /* by definition */
};

static bool is_mixed(struct reading *r, const qry_definition *definition)
{
    uint8_t *purity = &r->purity[definition->number];
    if (*purity == UNKNOWN) {
        *purity = PURE;
        for (size_t i = 0; i < definition->op_count && *purity == PURE; i++) {
            const qry_op *op = &definition->ops[i];
            if (op->kind == QRY_OP_MEASURE || op->kind == QRY_OP_RESET || op->kind == QRY_OP_IF ||
                (op->kind == QRY_OP_CALL && is_mixed(r, qry_circuit_definition(r->circuit, op->a))))
                *purity = MIXED;
        }
    }
    return *purity == MIXED;
}

/* A qubit as people name it: "q[2]". */
static const char *name_of(const struct reading *r, qry_qubit qubit)
{
    const qry_definition *program = qry_circuit_program(r->circuit);
    for (size_t i = 0; i < program->group_count; i++) {
        const qry_group *group = &program->groups[i];
        if (qubit >= group->first && qubit - group->first < group->size)
            return qry_arena_printf(r->arena, "%s[%u]", group->name, qubit - group->first);
    }
    return qry_arena_printf(r->arena, "qubit %u", qubit);
}

/* The first reason is the one that is told. */
static void refuse(struct reading *r, const char *why)
{
    if (r->result->final)
        r->result->why = why;
    r->result->final = false;
}

/* A gate acts on a qubit. */
static void touch(struct reading *r, qry_qubit qubit)
{
    if (r->condition[qubit] == MEASURED)
        refuse(r, qry_arena_printf(r->arena, "%s is used again after it was measured", name_of(r, qubit)));
    r->condition[qubit] = USED;
}

/* Resetting what is zero is nothing. */
static void read_reset(struct reading *r, qry_qubit qubit)
{
    if (r->condition[qubit] != FRESH)
        refuse(r, qry_arena_printf(r->arena, "%s is reset after it was used", name_of(r, qubit)));
}

static void read_measurement(struct reading *r, qry_qubit qubit, uint32_t bit)
{
    r->condition[qubit] = MEASURED;
    r->result->shown[bit] = qubit;
    r->result->measures = true;
}

static void read_body(struct reading *r, const qry_definition *definition, size_t from, size_t to,
                      const qry_qubit *map);

/* map: the qubits of the program that the operands of the caller are. */
static void read_call(struct reading *r, const qry_definition *caller, const qry_op *op, const qry_qubit *map)
{
    const qry_definition *callee = qry_circuit_definition(r->circuit, op->a);
    const qry_qubit *operand = qry_call_operands(caller, op);
    if (!is_mixed(r, callee)) {
        for (uint32_t i = 0; i < callee->width; i++)
            touch(r, map[operand[i]]);
        return;
    }
    qry_qubit *inner = qry_arena_alloc(r->arena, callee->width, sizeof *inner);
    for (uint32_t i = 0; i < callee->width; i++)
        inner[i] = map[operand[i]];
    read_body(r, callee, 0, callee->op_count, inner);
}

static void read_gate(struct reading *r, const qry_op *op, const qry_qubit *map)
{
    const qry_qubit qubit[] = {op->a, op->b, op->c};
    for (int i = 0; i < qry_gate_table[op->kind].qubits; i++)
        touch(r, map[qubit[i]]);
}

static void read_controlled(struct reading *r, const qry_definition *definition, const qry_op *op, const qry_qubit *map)
{
    const qry_qubit *operand = definition->operands + op->b;
    uint32_t count = operand[0] + qry_gate_table[op->a].qubits;
    for (uint32_t i = 1; i <= count; i++)
        touch(r, map[operand[i] & ~QRY_NEGATIVE]);
}

/* What a loop measures it measures again. */
static bool measures(struct reading *r, const qry_definition *definition, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        const qry_op *op = &definition->ops[i];
        if (op->kind == QRY_OP_MEASURE || op->kind == QRY_OP_RESET || op->kind == QRY_OP_IF ||
            (op->kind == QRY_OP_CALL && is_mixed(r, qry_circuit_definition(r->circuit, op->a))))
            return true;
    }
    return false;
}

static void read_body(struct reading *r, const qry_definition *definition, size_t from, size_t to, const qry_qubit *map)
{
    for (size_t i = from; i < to; i++) {
        const qry_op *op = &definition->ops[i];
        if (op->kind < QRY_GATES)
            read_gate(r, op, map);
        else if (op->kind == QRY_OP_CONTROLLED)
            read_controlled(r, definition, op, map);
        else if (op->kind == QRY_OP_CALL)
            read_call(r, definition, op, map);
        else if (op->kind == QRY_OP_MEASURE)
            read_measurement(r, map[op->a], op->b);
        else if (op->kind == QRY_OP_RESET)
            read_reset(r, map[op->a]);
        else if (op->kind == QRY_OP_IF)
            refuse(r, "a measured bit decides what is done");
        else if (op->kind == QRY_OP_REPEAT) {
            if (measures(r, definition, i, op->c))
                refuse(r, "a loop measures or resets");
            if (op->a == 0 && op->b == 0)
                i = op->c;
        }
    }
}

/* Where the operation or the block ends that begins at i. */
static size_t end_of(const qry_definition *definition, size_t i)
{
    const qry_op *op = &definition->ops[i];
    bool block = op->kind == QRY_OP_REPEAT || op->kind == QRY_OP_SECTION || op->kind == QRY_OP_IF;
    return block ? (size_t)op->c + 1 : i + 1;
}

const qry_readout *qry_circuit_readout(qry_arena *arena, const qry_circuit *circuit)
{
    const qry_definition *program = qry_circuit_program(circuit);
    qry_readout *result = QRY_NEW(arena, qry_readout);
    struct reading r = {.arena = arena, .circuit = circuit, .result = result};
    uint32_t bits = qry_circuit_bit_count(circuit);
    qry_qubit *map = qry_arena_alloc(arena, program->width, sizeof *map);
    for (qry_qubit q = 0; q < program->width; q++)
        map[q] = q;
    r.condition = qry_arena_alloc(arena, program->width, 1);
    r.purity = qry_arena_alloc(arena, qry_circuit_definitions(circuit), 1);
    result->final = true;
    result->shown = qry_arena_alloc(arena, bits, sizeof *result->shown);
    for (uint32_t b = 0; b < bits; b++)
        result->shown[b] = QRY_UNMEASURED;
    for (size_t i = 0, next; i < program->op_count; i = next) {
        next = end_of(program, i);
        read_body(&r, program, i, next, map);
        if (result->final && !result->measures)
            result->prefix = next;
    }
    return result;
}
