/* control.c: definitions under controls. Every operation of the body gets the controls, which are the first operands; what
 * the body calls gets a controlled definition of its own. Made once for a definition and the kinds of its controls. */
#include "qasm/program/interpret.h"

#include <string.h>

enum { MAX_LEVELS = 1000 };

struct control {
    struct qasm_run *run;
    const struct qasm_use *use;
    const bool *negative;
    uint32_t count;
    uint32_t level;
};

static const qry_definition *controlled(struct control *c, const qry_definition *from);

/* "ctrl(2) @ negctrl @ g" */
static const char *name_of(const struct control *c, const char *name)
{
    qry_arena *arena = c->run->scratch;
    for (uint32_t i = c->count, same = 1; i > 0; i -= same, same = 1) {
        while (same < i && c->negative[i - 1 - same] == c->negative[i - 1])
            same++;
        const char *word = c->negative[i - 1] ? "negctrl" : "ctrl";
        name = same > 1 ? qry_arena_printf(arena, "%s(%u) @ %s", word, same, name)
                        : qry_arena_printf(arena, "%s @ %s", word, name);
    }
    return name;
}

/* The controls themselves and behind them, shifted, those that an operation of the body has. */
static qry_qubit *with_controls(const struct control *c, const qry_qubit *own, uint32_t count)
{
    qry_qubit *all = qry_arena_alloc(c->run->scratch, c->count + count + 1, sizeof *all);
    for (uint32_t i = 0; i < c->count; i++)
        all[i] = i | (c->negative[i] ? QRY_NEGATIVE : 0);
    for (uint32_t i = 0; i < count; i++)
        all[c->count + i] = own[i] + c->count; /* the mark of a negative one stays */
    return all;
}

static bool control_call(struct control *c, qry_definition *to, const qry_definition *from, const qry_op *op)
{
    const qry_definition *callee = controlled(c, qry_circuit_definition(from->circuit, op->a));
    if (!callee)
        return false;
    qry_qubit *operands = with_controls(c, qry_call_operands(from, op), callee->width - c->count);
    for (uint32_t i = 0; i < c->count; i++)
        operands[i] = i;
    qry_add_call(to, callee, op->flags & QRY_OP_INVERSE, operands, from->angles + op->c);
    return true;
}

static void control_gate(struct control *c, qry_definition *to, const qry_definition *from, const qry_op *op)
{
    bool more = op->kind == QRY_OP_CONTROLLED;
    qry_gate gate = (qry_gate)(more ? op->a : op->kind);
    const qry_gate_info *info = &qry_gate_table[gate];
    const qry_qubit plain[3] = {op->a, op->b, op->c};
    const qry_qubit *own = more ? from->operands + op->b + 1 : plain;
    uint32_t own_count = more ? from->operands[op->b] : 0;
    const qry_angle *angles = info->angles ? from->angles + op->c : NULL;
    qry_qubit *controls = with_controls(c, own, own_count);
    qry_qubit target[3] = {0};
    for (uint32_t i = 0; i < info->qubits; i++)
        target[i] = own[own_count + i] + c->count;
    qry_angle copy[QRY_MAX_ANGLES];
    for (uint32_t i = 0; i < info->angles; i++)
        copy[i] = angles[i];
    qry_add_controlled(to, gate, copy, target, controls, c->count + own_count);
}

static bool control_op(struct control *c, qry_definition *to, const qry_definition *from, const qry_op *op)
{
    switch (op->kind) {
    case QRY_OP_CALL:
        return control_call(c, to, from, op);
    case QRY_OP_REPEAT:
        qry_begin_repeat(to, (uint64_t)op->b << 32 | op->a);
        return true;
    case QRY_OP_SECTION:
        qry_begin_section(to, qry_circuit_name(from->circuit, op->a));
        return true;
    case QRY_OP_END:
        qry_end(to);
        return true;
    case QRY_OP_BARRIER:
        if (from->operands[op->b]) {
            const qry_qubit *all = with_controls(c, from->operands + op->b + 1, from->operands[op->b]);
            qry_add_barrier(to, all + c->count, from->operands[op->b]);
        } else
            qry_add_barrier(to, NULL, 0);
        return true;
    default:
        qry_must(op->kind < QRY_GATES || op->kind == QRY_OP_CONTROLLED);
        control_gate(c, to, from, op);
        return true;
    }
}

static const qry_definition *write_controlled(struct control *c, const qry_definition *from)
{
    qry_circuit *circuit = from->circuit;
    qry_definition *to = qry_circuit_define(circuit, name_of(c, from->name), from->angle_count);
    for (uint32_t i = 0; i < c->count; i++)
        qry_definition_group(to, c->count > 1 ? qry_arena_printf(c->run->scratch, "ctrl%u", i) : "ctrl", 1,
                             QRY_ROLE_DATA);
    for (size_t g = 0; g < from->group_count; g++)
        qry_definition_group(to, from->groups[g].name, from->groups[g].size, from->groups[g].role);
    for (size_t i = 0; i < from->op_count; i++) {
        qry_arena_mark mark = qry_arena_marked(c->run->scratch);
        bool good = control_op(c, to, from, &from->ops[i]);
        qry_arena_rewind(c->run->scratch, mark);
        if (!good)
            return NULL;
    }
    return to;
}

static const qry_definition *controlled(struct control *c, const qry_definition *from)
{
    char *key = qry_arena_printf(c->run->scratch, "%u under ", from->number);
    char *kinds = qry_arena_alloc(c->run->scratch, c->count + 1, 1);
    for (uint32_t i = 0; i < c->count; i++)
        kinds[i] = c->negative[i] ? '-' : '+';
    key = qry_arena_printf(c->run->scratch, "%s%s", key, kinds);
    uint32_t made = *qasm_made(c->run, key);
    if (made)
        return qry_circuit_definition(from->circuit, made);
    if (++c->level > MAX_LEVELS) {
        qasm_fail(c->run, c->use->stmt->place, NULL, "'%s' is nested more than %d gates deep: too deep for controls",
                  c->use->symbol->name->text, MAX_LEVELS);
        return NULL;
    }
    const qry_definition *to = write_controlled(c, from);
    c->level--;
    if (to)
        *qasm_made(c->run, key) = to->number;
    return to;
}

const qry_definition *qasm_controlled(struct qasm_run *run, const struct qasm_use *use,
                                      const qry_definition *definition, const bool *negative, uint32_t controls)
{
    struct control c = {.run = run, .use = use, .negative = negative, .count = controls};
    return controlled(&c, definition);
}
