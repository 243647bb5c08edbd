/* circuit.c: builds and owns a circuit. Everything here appends; what is appended is checked at once (qry_must),
 * so that walkers need not check anything. */
#include "qasm/clock.h"
#include "qasm/identifier.h"
#include "qasm/map.h"
#include "qasm/walk.h"

#include <math.h>
#include <string.h>

struct qry_circuit {
    qry_ctx *ctx;
    qry_arena *texts;
    qry_definition **definitions;
    size_t definition_count, definition_room;
    qry_names names; /* of sections and operand groups; rewriting a definition adds none twice */
    uint32_t bits;
    qry_bit_register *registers; /* of the bits */
    size_t register_count, register_room;
    uint64_t versions; /* handed out so far */
    uint64_t *seen;    /* by operand: the list that last took it, to find one given twice */
    size_t seen_room;
    uint64_t lists;
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
        qry_free(ctx, d->counted);
        qry_free(ctx, d);
    }
    qry_free(ctx, circuit->definitions);
    qry_free(ctx, circuit->registers);
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
    qry_free(d->circuit->ctx, d->counted);
    d->counted = NULL;
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

/* ---- registers ---- */

static bool has_group(const qry_definition *d, const char *name)
{
    for (size_t i = 0; i < d->group_count; i++)
        if (strcmp(d->groups[i].name, name) == 0)
            return true;
    return false;
}

static bool has_bit_register(const qry_circuit *circuit, const char *name)
{
    for (size_t i = 0; i < circuit->register_count; i++)
        if (strcmp(circuit->registers[i].name, name) == 0)
            return true;
    return false;
}

/* Names may not repeat, nor mean something to a reader: they are printed as they are. Registers of qubits and of bits
 * stand in one scope; c is kept for bits. */
static bool name_is_free(const qry_definition *d, const char *name, bool bits)
{
    if (has_group(d, name) || (d->number == 0 && has_bit_register(d->circuit, name)))
        return false;
    return (bits && strcmp(name, "c") == 0) || !qry_identifier_is_reserved(name);
}

/* A name as near to `name` as can be; kept by the circuit. */
static const char *legal_name(const qry_definition *d, const char *name, bool bits)
{
    qry_circuit *circuit = d->circuit;
    char identifier[QRY_IDENTIFIER_ROOM];
    qry_identifier(name, identifier);
    size_t length = strlen(identifier);
    for (int k = 2; !name_is_free(d, identifier, bits); k++)
        snprintf(identifier + length, sizeof identifier - length, "_%d", k);
    return qry_circuit_name(circuit, qry_names_number(&circuit->names, identifier));
}

qry_qubit qry_definition_group(qry_definition *d, const char *name, uint32_t size, qry_role role)
{
    qry_must(size <= QRY_NEGATIVE - d->width);
    const char *kept = legal_name(d, name, false);
    QRY_GROW(d->circuit->ctx, d->groups, d->group_room, d->group_count + 1);
    d->groups[d->group_count++] = (qry_group){kept, d->width, size, role};
    d->width += size;
    return d->width - size;
}

uint32_t qry_circuit_bit_register(qry_circuit *circuit, const char *name, uint32_t size)
{
    uint32_t first = circuit->bits;
    qry_must(size && size <= UINT32_MAX - first);
    const char *kept = legal_name(circuit->definitions[0], name, true);
    QRY_GROW(circuit->ctx, circuit->registers, circuit->register_room, circuit->register_count + 1);
    circuit->registers[circuit->register_count++] = (qry_bit_register){kept, first, size};
    circuit->bits += size;
    return first;
}

uint32_t qry_circuit_bits(qry_circuit *circuit, uint32_t size)
{
    uint32_t first = circuit->bits;
    if (!size)
        return first;
    if (!has_bit_register(circuit, "c"))
        return qry_circuit_bit_register(circuit, "c", size);
    qry_bit_register *last = &circuit->registers[circuit->register_count - 1];
    qry_must(strcmp(last->name, "c") == 0 && size <= UINT32_MAX - first);
    last->size += size;
    circuit->bits += size;
    return first;
}

const qry_bit_register *qry_circuit_bit_registers(const qry_circuit *circuit, size_t *count)
{
    *count = circuit->register_count;
    return circuit->registers;
}

/* ---- gates and calls ---- */

static void append(qry_definition *d, qry_op op)
{
    qry_must(d->op_count < UINT32_MAX);
    if (QRY_UNLIKELY(d->counter && d->op_count == QRY_COUNTED_STRETCH))
        qry_counted_take(d);
    QRY_GROW(d->circuit->ctx, d->ops, d->op_room, d->op_count + 1);
    d->ops[d->op_count++] = op;
}

static void check_qubits(const qry_definition *d, const qry_op *op)
{
    const uint8_t qubits = qry_gate_table[op->kind].qubits;
    qry_must(qubits < 1 || op->a < d->width);
    qry_must(qubits < 2 || (op->b < d->width && op->b != op->a));
    qry_must(qubits < 3 || (op->c < d->width && op->c != op->a && op->c != op->b));
}

static void check_angle(const qry_definition *d, qry_angle angle)
{
    qry_must(angle.formal < (int64_t)d->angle_count && isfinite(angle.factor));
}

/* Keeps `count` angles; returns where the first is. */
static uint32_t keep_angles(qry_definition *d, const qry_angle *angles, size_t count)
{
    size_t first = d->angle_pool_count;
    qry_must(count <= UINT32_MAX - first);
    QRY_GROW(d->circuit->ctx, d->angles, d->angle_room, first + count);
    for (size_t i = 0; i < count; i++) {
        check_angle(d, angles[i]);
        d->angles[first + i] = angles[i];
    }
    d->angle_pool_count += count;
    return (uint32_t)first;
}

void qry_add_gate(qry_definition *d, qry_gate gate, const qry_angle *angles, const qry_qubit *qubits)
{
    qry_must(gate < QRY_GATES);
    const qry_gate_info *info = &qry_gate_table[gate];
    qry_op op = {.kind = (uint16_t)gate};
    op.a = info->qubits > 0 ? qubits[0] : 0;
    op.b = info->qubits > 1 ? qubits[1] : 0;
    op.c = info->qubits > 2 ? qubits[2] : 0;
    check_qubits(d, &op);
    if (info->angles)
        op.c = keep_angles(d, angles, info->angles);
    append(d, op);
}

void qry_add(qry_definition *d, qry_gate gate, qry_qubit a, qry_qubit b, qry_qubit c)
{
    qry_must(gate < QRY_GATES && !qry_gate_table[gate].angles);
    const uint8_t qubits = qry_gate_table[gate].qubits;
    const qry_op op = {(uint16_t)gate, 0, a, qubits > 1 ? b : 0, qubits > 2 ? c : 0};
    check_qubits(d, &op);
    append(d, op);
}

void qry_add_angle(qry_definition *d, qry_gate gate, qry_angle angle, qry_qubit a, qry_qubit b)
{
    qry_must(gate < QRY_GATES && qry_gate_table[gate].angles == 1);
    qry_add_gate(d, gate, &angle, (qry_qubit[]){a, b, 0});
}

/* Room for `more` numbers in the list of operands; a long round over a large memory has billions of them. */
static void make_operand_room(qry_definition *d, size_t more)
{
    qry_ctx *ctx = d->circuit->ctx;
    size_t needed = d->operand_count + more;
    if (needed > UINT32_MAX) {
        qry_error(ctx, "the circuit is too large: the calls of one subroutine have more than 2^32 operands");
        qry_give_up(ctx);
    }
    if (needed > d->operand_room)
        qry_memory_require(ctx, 2.0 * sizeof *d->operands * (double)needed, "the circuit");
    QRY_GROW(ctx, d->operands, d->operand_room, needed);
}

/* Begins a list of at most `room` operands, all different, that has `count` in front; returns its place. */
static uint32_t begin_list(qry_definition *d, uint32_t count, size_t room)
{
    qry_circuit *circuit = d->circuit;
    make_operand_room(d, 1 + room);
    QRY_GROW(circuit->ctx, circuit->seen, circuit->seen_room, (size_t)d->width);
    circuit->lists++;
    d->operands[d->operand_count++] = count;
    return (uint32_t)d->operand_count - 1;
}

static void keep_operands(qry_definition *d, const qry_qubit *operands, uint32_t count, qry_qubit flags)
{
    qry_circuit *circuit = d->circuit;
    for (uint32_t i = 0; i < count; i++) {
        qry_qubit operand = operands[i] & ~flags;
        qry_must(operand < d->width && circuit->seen[operand] != circuit->lists);
        circuit->seen[operand] = circuit->lists;
        d->operands[d->operand_count++] = operands[i];
    }
}

void qry_add_call(qry_definition *d, const qry_definition *callee, bool inverse, const qry_qubit *operands,
                  const qry_angle *angles)
{
    qry_must(callee->circuit == d->circuit && callee != d);
    uint32_t list = begin_list(d, callee->width, callee->width);
    keep_operands(d, operands, callee->width, 0);
    uint32_t angle = keep_angles(d, angles, callee->angle_count);
    append(d, (qry_op){QRY_OP_CALL, inverse ? QRY_OP_INVERSE : 0, callee->number, list, angle});
}

void qry_add_call_again(qry_definition *d, size_t call, const qry_angle *angles)
{
    qry_must(call < d->op_count && d->ops[call].kind == QRY_OP_CALL);
    qry_op op = d->ops[call];
    qry_call_operands(d, &op); /* looks whether they still fit */
    op.flags = (op.flags & QRY_OP_INVERSE) | QRY_OP_SAME_QUBITS;
    op.c = keep_angles(d, angles, qry_circuit_definition(d->circuit, op.a)->angle_count);
    append(d, op);
}

void qry_add_controlled(qry_definition *d, qry_gate gate, const qry_angle *angles, const qry_qubit *qubits,
                        const qry_qubit *controls, uint32_t count)
{
    qry_must(gate < QRY_GATES);
    qry_gate plain = gate;
    for (uint32_t i = 0; i < count && plain != QRY_GATES; i++)
        plain = controls[i] & QRY_NEGATIVE ? QRY_GATES : qry_gate_under_control(plain);
    const qry_gate_info *info = &qry_gate_table[gate];
    if (plain != QRY_GATES) { /* it has room for all of them */
        qry_qubit all[3];
        for (uint32_t i = 0; i < qry_gate_table[plain].qubits; i++)
            all[i] = i < count ? controls[i] : qubits[i - count];
        qry_add_gate(d, plain, angles, all);
        return;
    }
    uint32_t list = begin_list(d, count, (size_t)count + info->qubits);
    keep_operands(d, controls, count, QRY_NEGATIVE);
    keep_operands(d, qubits, info->qubits, 0);
    uint32_t angle = info->angles ? keep_angles(d, angles, info->angles) : 0;
    append(d, (qry_op){QRY_OP_CONTROLLED, 0, (uint32_t)gate, list, angle});
}

void qry_add_barrier(qry_definition *d, const qry_qubit *qubits, uint32_t count)
{
    uint32_t list = begin_list(d, count, count);
    keep_operands(d, qubits, count, 0);
    append(d, (qry_op){QRY_OP_BARRIER, 0, 0, list, 0});
}

/* A call of a stretch, of which `operands` and `angles` are all there are. */
static void check_call(const qry_definition *d, const qry_op *op, const qry_qubit *operands, size_t operand_count,
                       size_t angle_count)
{
    const qry_definition *callee = qry_circuit_definition(d->circuit, op->a);
    qry_must(op->kind == QRY_OP_CALL && callee != d && op->b < operand_count && operands[op->b] == callee->width);
    qry_must(callee->width < operand_count - op->b && op->c <= angle_count &&
             callee->angle_count <= angle_count - op->c);
    for (uint32_t i = 1; i <= callee->width; i++)
        qry_must(operands[op->b + i] < d->width);
}

/* Room for `more` operations: for a long stretch as much as it takes, since there will hardly be another one. */
static void make_op_room(qry_definition *d, size_t more)
{
    qry_ctx *ctx = d->circuit->ctx;
    size_t needed = d->op_count + more;
    qry_must(needed <= UINT32_MAX);
    if (needed > d->op_room && more > d->op_count) {
        d->ops = qry_resize(ctx, d->ops, needed, sizeof *d->ops);
        d->op_room = needed;
    }
    QRY_GROW(ctx, d->ops, d->op_room, needed);
}

void qry_add_ops(qry_definition *d, const qry_op *ops, size_t count, const qry_qubit *operands, size_t operand_count,
                 const qry_angle *angles, size_t angle_count)
{
    uint32_t first_operand = (uint32_t)d->operand_count;
    make_operand_room(d, operand_count);
    if (operand_count)
        memcpy(d->operands + first_operand, operands, operand_count * sizeof *operands);
    d->operand_count += operand_count;
    uint32_t first_angle = keep_angles(d, angles, angle_count);
    make_op_room(d, count);
    qry_op *to = d->ops + d->op_count;
    for (size_t i = 0; i < count; i++) {
        qry_op op = ops[i];
        if (op.kind < QRY_GATES) {
            check_qubits(d, &op);
            if (qry_gate_table[op.kind].angles) {
                qry_must(op.c <= angle_count && qry_gate_table[op.kind].angles <= angle_count - op.c);
                op.c += first_angle;
            }
        } else {
            check_call(d, &op, operands, operand_count, angle_count);
            op.b += first_operand;
            op.c += first_angle;
        }
        to[i] = op;
    }
    d->op_count += count;
}

const qry_qubit *qry_call_operands(const qry_definition *caller, const qry_op *call)
{
    const qry_definition *callee = qry_circuit_definition(caller->circuit, call->a);
    const qry_qubit *kept = caller->operands + call->b;
    qry_must(kept[0] == callee->width); /* else it has changed since */
    qry_must(!callee->counted);         /* else it cannot be gone through */
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

/* A gate of the body, plain or controlled, becomes the one that undoes it. */
static void invert_gate(qry_definition *d, qry_op *op)
{
    qry_gate gate = qry_op_gate(op);
    qry_angle angles[QRY_MAX_ANGLES];
    const uint8_t count = qry_gate_table[gate].angles;
    for (uint8_t i = 0; i < count; i++)
        angles[i] = d->angles[op->c + i];
    gate = qry_gate_invert(gate, angles);
    if (op->kind == QRY_OP_CONTROLLED)
        op->a = (uint32_t)gate;
    else
        op->kind = (uint16_t)gate;
    if (count)
        op->c = keep_angles(d, angles, count);
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
        qry_must(op.kind <= QRY_OP_CALL || op.kind >= QRY_OP_CONTROLLED);
        if (op.kind == QRY_OP_CALL)
            op.flags ^= QRY_OP_INVERSE;
        if (op.kind >= QRY_OP_CALL)
            op.flags |= QRY_OP_SHARED;
        if (qry_op_gate(&op) != QRY_GATES)
            invert_gate(d, &op);
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

/* What it has in the lists of operands and angles begins where the first of the dropped operations has its own: they are in
 * the order of the operations. */
void qry_definition_truncate(qry_definition *d, size_t op_count)
{
    qry_must(op_count <= d->op_count && !d->open);
    bool operands = false, angles = false; /* found */
    for (size_t i = op_count; i < d->op_count; i++) {
        const qry_op *op = &d->ops[i];
        qry_must(op->kind != QRY_OP_END || op->c >= op_count); /* else a block is cut */
        const bool has_list = op->kind == QRY_OP_CALL || op->kind >= QRY_OP_CONTROLLED;
        const bool has_angles = op->kind == QRY_OP_CALL
                                    ? !(op->flags & QRY_OP_SHARED)
                                    : qry_op_gate(op) != QRY_GATES && qry_gate_table[qry_op_gate(op)].angles;
        if (has_list && !(op->flags & (QRY_OP_SHARED | QRY_OP_SAME_QUBITS)) && !operands) {
            d->operand_count = op->b;
            operands = true;
        }
        if (has_angles && !angles) {
            d->angle_pool_count = op->c;
            angles = true;
        }
    }
    d->op_count = op_count;
    d->cuts++;
}

double qry_angle_value(qry_angle angle, const double *formals)
{
    return angle.formal < 0 ? angle.factor : angle.factor * formals[angle.formal];
}
