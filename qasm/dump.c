/* dump.c: a circuit as it stands in memory, for people who look for a fault in what made it. */
#include "qasm/qasm.h"
#include "qasm/walk.h"

/* What is not a gate, by kind. */
static const char *const op_names[QRY_OP_KINDS] = {[QRY_OP_CALL] = "call",       [QRY_OP_REPEAT] = "repeat",
                                                   [QRY_OP_SECTION] = "section", [QRY_OP_IF] = "if",
                                                   [QRY_OP_END] = "end",         [QRY_OP_MEASURE] = "measure",
                                                   [QRY_OP_RESET] = "reset",     [QRY_OP_CONTROLLED] = "controlled",
                                                   [QRY_OP_BARRIER] = "barrier"};

static const char *const roles[] = {
    [QRY_ROLE_DATA] = "data", [QRY_ROLE_ADDRESS] = "address", [QRY_ROLE_WORD] = "word", [QRY_ROLE_WORK] = "work"};

static void dump_angle(const qry_angle *angle, FILE *stream)
{
    fprintf(stream, angle->formal < 0 ? " (%.17g)" : " (%.17g * angle %d)", angle->factor, angle->formal);
}

static void dump_call(const qry_definition *d, const qry_op *op, FILE *stream)
{
    const qry_definition *callee = qry_circuit_definition(d->circuit, op->a);
    fprintf(stream, "%s %u \"%s\"", op->flags & QRY_OP_INVERSE ? " inverse of" : "", callee->number, callee->name);
    for (uint32_t i = 0; i < callee->angle_count; i++)
        dump_angle(&d->angles[op->c + i], stream);
    const qry_qubit *operands = qry_call_operands(d, op);
    for (uint32_t i = 0; i < callee->width; i++)
        fprintf(stream, " %u", operands[i]);
}

/* A gate, plain or controlled. */
static void dump_gate(const qry_definition *d, const qry_op *op, FILE *stream)
{
    const qry_gate_info *info = &qry_gate_table[qry_op_gate(op)];
    if (op->kind == QRY_OP_CONTROLLED)
        fprintf(stream, " %s", info->name);
    for (uint32_t i = 0; i < info->angles; i++)
        dump_angle(&d->angles[op->c + i], stream);
    uint32_t controls = op->kind == QRY_OP_CONTROLLED ? d->operands[op->b] : 0, count = qry_op_qubits(d, op);
    for (uint32_t i = 0; i < count; i++) {
        const char *before = i >= controls ? "" : d->operands[op->b + 1 + i] & QRY_NEGATIVE ? "not " : "if ";
        fprintf(stream, " %s%u", before, qry_op_qubit(d, op, i));
    }
}

static void dump_barrier(const qry_definition *d, const qry_op *op, FILE *stream)
{
    uint32_t count = qry_op_qubits(d, op);
    if (!count)
        fputs(" all", stream);
    for (uint32_t i = 0; i < count; i++)
        fprintf(stream, " %u", qry_op_qubit(d, op, i));
}

static void dump_op(const qry_definition *d, const qry_op *op, FILE *stream)
{
    fputs(op->kind < QRY_GATES ? qry_gate_table[op->kind].name : op_names[op->kind], stream);
    switch (op->kind) {
    case QRY_OP_CALL:
        dump_call(d, op, stream);
        break;
    case QRY_OP_REPEAT:
        fprintf(stream, " %llu", (unsigned long long)qry_op_count(op));
        break;
    case QRY_OP_SECTION:
        fprintf(stream, " \"%s\"", qry_circuit_name(d->circuit, op->a));
        break;
    case QRY_OP_IF:
        fprintf(stream, " bit %u is %u", op->a, op->b);
        break;
    case QRY_OP_END:
        break;
    case QRY_OP_MEASURE:
        fprintf(stream, " %u to bit %u", op->a, op->b);
        break;
    case QRY_OP_RESET:
        fprintf(stream, " %u", op->a);
        break;
    case QRY_OP_BARRIER:
        dump_barrier(d, op, stream);
        break;
    default:
        dump_gate(d, op, stream);
    }
    putc('\n', stream);
}

static void dump_definition(const qry_definition *d, FILE *stream)
{
    fprintf(stream, "definition %u \"%s\", version %llu, angles %u\n", d->number, d->name,
            (unsigned long long)d->version, d->angle_count);
    if (d->query)
        fprintf(stream, "  part of a query of %s by %s, %u address bits, %u word bits%s%s\n", d->query->table,
                d->query->arch, d->query->address, d->query->word, d->query->loads_address ? ", moves the address" : "",
                d->query->loads_word ? ", fetches the word" : "");
    for (size_t i = 0; i < d->group_count; i++)
        fprintf(stream, "  %s %s: %u from %u\n", roles[d->groups[i].role], d->groups[i].name, d->groups[i].size,
                d->groups[i].first);
    int depth = 2;
    for (size_t i = 0; i < d->op_count; i++) {
        const qry_op *op = &d->ops[i];
        depth -= 2 * (op->kind == QRY_OP_END);
        fprintf(stream, "%*s", depth, "");
        dump_op(d, op, stream);
        depth += 2 * (op->kind == QRY_OP_REPEAT || op->kind == QRY_OP_SECTION || op->kind == QRY_OP_IF);
    }
}

void qry_circuit_dump(const qry_circuit *circuit, FILE *stream)
{
    for (size_t i = 0; i < qry_circuit_definitions(circuit); i++)
        dump_definition(qry_circuit_definition(circuit, (uint32_t)i), stream);
}
