/* circuit.c: builds and owns a circuit. Everything here appends; what is appended is checked at once (qry_must),
 * so that walkers need not check anything. */
#include "qasm/identifier.h"
#include "qasm/map.h"
#include "qasm/qasm.h"

#include <math.h>
#include <string.h>

struct qry_circuit {
    qry_ctx *ctx;
    qry_arena *texts;
    qry_definition **definitions;
    size_t definition_count, definition_room;
    qry_names names; /* of sections and operand groups; rewriting a definition adds none twice */
    uint32_t bits;
    uint64_t versions; /* handed out so far */
    uint64_t *seen;    /* by operand: the call that last took it, to find one given twice */
    size_t seen_room;
    uint64_t calls;
};

qry_circuit *qry_circuit_new(qry_ctx *ctx)
{
    qry_circuit *circuit = qry_alloc(ctx, 1, sizeof *circuit);
    circuit->ctx = ctx;
    circuit->texts = qry_arena_new(ctx);
    qry_names_init(&circuit->names, circuit->texts);
    qry_circuit_define(circuit, "program", 0);
    return circuit;
}

void qry_circuit_free(qry_circuit *circuit)
{
    if (!circuit)
        return;
    qry_ctx *ctx = circuit->ctx;
    for (size_t i = 0; i < circuit->definition_count; i++) {
        qry_definition *d = circuit->definitions[i];
        qry_free(ctx, d->groups);
        qry_free(ctx, d->ops);
        qry_free(ctx, d->operands);
        qry_free(ctx, d->angles);
        qry_free(ctx, d);
    }
    qry_free(ctx, circuit->definitions);
    qry_free(ctx, circuit->seen);
    qry_names_free(&circuit->names);
    qry_arena_free(circuit->texts);
    qry_free(ctx, circuit);
}

qry_ctx *qry_circuit_ctx(const qry_circuit *circuit) { return circuit->ctx; }
qry_definition *qry_circuit_program(const qry_circuit *circuit) { return circuit->definitions[0]; }
size_t qry_circuit_definitions(const qry_circuit *circuit) { return circuit->definition_count; }
uint32_t qry_circuit_bit_count(const qry_circuit *circuit) { return circuit->bits; }

qry_definition *qry_circuit_definition(const qry_circuit *circuit, uint32_t number)
{
    qry_must(number < circuit->definition_count);
    return circuit->definitions[number];
}

const char *qry_circuit_name(const qry_circuit *circuit, uint32_t name)
{
    qry_must(name < circuit->names.count);
    return circuit->names.text[name];
}

uint32_t qry_circuit_bits(qry_circuit *circuit, uint32_t size)
{
    uint32_t first = circuit->bits;
    qry_must(size <= UINT32_MAX - first);
    circuit->bits += size;
    return first;
}

qry_definition *qry_circuit_define(qry_circuit *circuit, const char *name, uint32_t angles)
{
    QRY_GROW(circuit->ctx, circuit->definitions, circuit->definition_room, circuit->definition_count + 1);
    qry_must(circuit->definition_count < UINT32_MAX);
    qry_definition *d = qry_alloc(circuit->ctx, 1, sizeof *d);
    *d = (qry_definition){.circuit = circuit,
                          .number = (uint32_t)circuit->definition_count,
                          .name = qry_arena_text(circuit->texts, name, strlen(name)),
                          .angle_count = angles,
                          .version = ++circuit->versions};
    circuit->definitions[circuit->definition_count++] = d;
    return d;
}

void qry_definition_clear(qry_definition *d)
{
    d->width = 0;
    d->group_count = d->op_count = d->operand_count = d->angle_pool_count = 0;
    d->open = 0;
    d->version = ++d->circuit->versions;
}

void qry_definition_set_query(qry_definition *d, const qry_query_part *part)
{
    qry_arena *texts = d->circuit->texts;
    qry_query_part *copy = QRY_NEW(texts, qry_query_part);
    *copy = *part;
    copy->table = qry_arena_text(texts, part->table, strlen(part->table));
    copy->arch = qry_arena_text(texts, part->arch, strlen(part->arch));
    d->query = copy;
}

/* Names may not repeat, nor mean something to a reader: they are printed as they are. */
static bool group_name_is_free(const qry_definition *d, const char *name)
{
    for (size_t i = 0; i < d->group_count; i++)
        if (strcmp(d->groups[i].name, name) == 0)
            return false;
    return !qry_identifier_is_reserved(name);
}

qry_qubit qry_definition_group(qry_definition *d, const char *name, uint32_t size, qry_role role)
{
    qry_circuit *circuit = d->circuit;
    char identifier[QRY_IDENTIFIER_ROOM];
    qry_identifier(name, identifier);
    size_t length = strlen(identifier);
    for (int k = 2; !group_name_is_free(d, identifier); k++)
        snprintf(identifier + length, sizeof identifier - length, "_%d", k);
    qry_must(size <= UINT32_MAX - d->width);
    QRY_GROW(circuit->ctx, d->groups, d->group_room, d->group_count + 1);
    const char *kept = qry_circuit_name(circuit, qry_names_number(&circuit->names, identifier));
    d->groups[d->group_count++] = (qry_group){kept, d->width, size, role};
    d->width += size;
    return d->width - size;
}

static void append(qry_definition *d, qry_op op)
{
    qry_must(d->op_count < UINT32_MAX);
    QRY_GROW(d->circuit->ctx, d->ops, d->op_room, d->op_count + 1);
    d->ops[d->op_count++] = op;
}

void qry_add(qry_definition *d, qry_gate gate, qry_qubit a, qry_qubit b, qry_qubit c)
{
    const qry_gate_info *info = &qry_gate_table[gate];
    qry_must(gate < QRY_GATES && !info->angles && a < d->width);
    if (info->qubits < 2)
        b = 0;
    else
        qry_must(b < d->width && b != a);
    if (info->qubits < 3)
        c = 0;
    else
        qry_must(c < d->width && c != a && c != b);
    append(d, (qry_op){(uint16_t)gate, 0, a, b, c});
}

static uint32_t keep_angle(qry_definition *d, qry_angle angle)
{
    qry_must(angle.formal < (int64_t)d->angle_count && isfinite(angle.factor));
    qry_must(d->angle_pool_count < UINT32_MAX);
    QRY_GROW(d->circuit->ctx, d->angles, d->angle_room, d->angle_pool_count + 1);
    d->angles[d->angle_pool_count] = angle;
    return (uint32_t)d->angle_pool_count++;
}

void qry_add_angle(qry_definition *d, qry_gate gate, qry_angle angle, qry_qubit a, qry_qubit b)
{
    const qry_gate_info *info = &qry_gate_table[gate];
    qry_must(gate < QRY_GATES && info->angles == 1 && a < d->width);
    if (info->qubits < 2)
        b = 0;
    else
        qry_must(b < d->width && b != a);
    append(d, (qry_op){(uint16_t)gate, 0, a, b, keep_angle(d, angle)});
}

static void keep_operand(qry_definition *d, qry_qubit operand)
{
    qry_circuit *circuit = d->circuit;
    qry_must(operand < d->width && circuit->seen[operand] != circuit->calls);
    circuit->seen[operand] = circuit->calls;
    d->operands[d->operand_count++] = operand;
}

/* Room for the operands of one more call; a long round over a large memory has billions of them. */
static void make_operand_room(qry_definition *d, uint32_t width)
{
    qry_ctx *ctx = d->circuit->ctx;
    size_t needed = d->operand_count + 1 + width;
    if (needed > UINT32_MAX) {
        qry_error(ctx, "the circuit is too large: the calls of one subroutine have more than 2^32 operands");
        qry_give_up(ctx);
    }
    if (needed > d->operand_room)
        qry_memory_require(ctx, 2.0 * sizeof *d->operands * (double)needed, "the circuit");
    QRY_GROW(ctx, d->operands, d->operand_room, needed);
}

void qry_add_call(qry_definition *d, const qry_definition *callee, bool inverse, const qry_qubit *operands,
                  const qry_angle *angles)
{
    qry_circuit *circuit = d->circuit;
    qry_must(callee->circuit == circuit && callee != d);
    make_operand_room(d, callee->width);
    QRY_GROW(circuit->ctx, circuit->seen, circuit->seen_room, d->width);
    circuit->calls++;
    uint32_t first = (uint32_t)d->operand_count, first_angle = (uint32_t)d->angle_pool_count;
    d->operands[d->operand_count++] = callee->width;
    for (uint32_t i = 0; i < callee->width; i++)
        keep_operand(d, operands[i]);
    for (uint32_t i = 0; i < callee->angle_count; i++)
        keep_angle(d, angles[i]);
    append(d, (qry_op){QRY_OP_CALL, inverse ? QRY_OP_INVERSE : 0, callee->number, first, first_angle});
}

const qry_qubit *qry_call_operands(const qry_definition *caller, const qry_op *call)
{
    const qry_qubit *kept = caller->operands + call->b;
    qry_must(kept[0] == qry_circuit_definition(caller->circuit, call->a)->width); /* else it has changed since */
    return kept + 1;
}

void qry_add_measure(qry_definition *d, qry_qubit qubit, uint32_t bit)
{
    qry_must(qubit < d->width && bit < d->circuit->bits);
    append(d, (qry_op){QRY_OP_MEASURE, 0, qubit, bit, 0});
}

void qry_add_reset(qry_definition *d, qry_qubit qubit)
{
    qry_must(qubit < d->width);
    append(d, (qry_op){QRY_OP_RESET, 0, qubit, 0, 0});
}

/* While a block is open, its c holds the index + 1 of the block around it. */
static void open_block(qry_definition *d, qry_op op)
{
    op.c = d->open;
    append(d, op);
    d->open = (uint32_t)d->op_count;
}

void qry_begin_repeat(qry_definition *d, uint64_t count)
{
    open_block(d, (qry_op){QRY_OP_REPEAT, 0, (uint32_t)count, (uint32_t)(count >> 32), 0});
}

void qry_begin_section(qry_definition *d, const char *name)
{
    open_block(d, (qry_op){QRY_OP_SECTION, 0, qry_names_number(&d->circuit->names, name), 0, 0});
}

void qry_begin_if(qry_definition *d, uint32_t bit, bool value)
{
    qry_must(bit < d->circuit->bits);
    open_block(d, (qry_op){QRY_OP_IF, 0, bit, value, 0});
}

void qry_end(qry_definition *d)
{
    qry_must(d->open);
    uint32_t begin = d->open - 1;
    append(d, (qry_op){QRY_OP_END, 0, 0, 0, begin});
    d->open = d->ops[begin].c;
    d->ops[begin].c = (uint32_t)d->op_count - 1;
}

void qry_add_inverse(qry_definition *d, size_t from, size_t to)
{
    qry_must(from <= to && to <= d->op_count);
    uint32_t open = d->open;
    for (size_t i = to; i-- > from;) {
        qry_op op = d->ops[i]; /* a copy: appending moves the array */
        if (op.kind == QRY_OP_END) {
            open_block(d, d->ops[op.c]);
            continue;
        }
        if (op.kind == QRY_OP_REPEAT || op.kind == QRY_OP_SECTION) {
            qry_end(d);
            continue;
        }
        qry_must(op.kind <= QRY_OP_CALL);
        if (op.kind == QRY_OP_CALL)
            op.flags ^= QRY_OP_INVERSE;
        else {
            const qry_gate_info *info = &qry_gate_table[op.kind];
            op.kind = (uint16_t)info->inverse;
            if (info->negate) {
                qry_angle angle = d->angles[op.c];
                angle.factor = -angle.factor;
                op.c = keep_angle(d, angle);
            }
        }
        append(d, op);
    }
    qry_must(d->open == open); /* else a block was only half in from .. to-1 */
}

void qry_set_repeat(qry_definition *d, size_t op, uint64_t count)
{
    qry_must(op < d->op_count && d->ops[op].kind == QRY_OP_REPEAT);
    uint32_t low = (uint32_t)count, high = (uint32_t)(count >> 32);
    if (d->number && (d->ops[op].a != low || d->ops[op].b != high))
        d->version = ++d->circuit->versions;
    d->ops[op].a = low;
    d->ops[op].b = high;
}

double qry_angle_value(qry_angle angle, const double *formals)
{
    return angle.formal < 0 ? angle.factor : angle.factor * formals[angle.formal];
}
