/* walk.c: visits a circuit gate by gate without writing it out: a frame per open call, a counter per open repeat. */
#include "qasm/qasm.h"

/* One definition being walked. */
struct frame {
    const qry_definition *definition;
    const qry_qubit *map; /* its operands as qubits of the start; NULL: they are the same */
    const double *angles; /* values of its own angles */
    const qry_visitor *visitor;
    bool inverse;
};

static qry_qubit mapped(const struct frame *f, qry_qubit q) { return f->map ? f->map[q] : q; }

static bool walk_body(const struct frame *f);
static bool walk_range(const struct frame *f, size_t from, size_t to);

static bool visit_step(const struct frame *f, const qry_op *op)
{
    if (!f->visitor->step)
        return true;
    qry_step step = {.kind = op->kind, .qubit = {mapped(f, op->a)}};
    if (op->kind < QRY_GATES) {
        const qry_gate_info *info = &qry_gate_table[op->kind];
        if (info->qubits > 1)
            step.qubit[1] = mapped(f, op->b);
        if (info->qubits > 2)
            step.qubit[2] = mapped(f, op->c);
        if (info->angles)
            step.angle = qry_angle_value(f->definition->angles[op->c], f->angles);
        if (f->inverse) {
            step.kind = (uint16_t)info->inverse;
            if (info->negate)
                step.angle = -step.angle;
        }
    } else {
        qry_must(!f->inverse);
        step.bit = op->b;
    }
    return f->visitor->step(f->visitor->state, &step);
}

static bool walk_call(const struct frame *f, const qry_op *op)
{
    const qry_definition *caller = f->definition;
    const qry_definition *callee = qry_circuit_definition(caller->circuit, op->a);
    qry_ctx *ctx = qry_circuit_ctx(caller->circuit);
    qry_qubit *map = qry_alloc(ctx, callee->width + 1, sizeof *map);
    double *angles = callee->angle_count ? qry_alloc(ctx, callee->angle_count, sizeof *angles) : NULL;
    for (uint32_t i = 0; i < callee->width; i++)
        map[i] = mapped(f, caller->operands[op->b + i]);
    for (uint32_t i = 0; i < callee->angle_count; i++)
        angles[i] = qry_angle_value(caller->angles[op->c + i], f->angles);
    bool inverse = f->inverse != !!(op->flags & QRY_OP_INVERSE);
    struct frame inner = {callee, map, angles, f->visitor, inverse};
    const qry_visitor *v = f->visitor;
    bool go_on = (!v->enter || v->enter(v->state, callee->name, callee, inverse)) && walk_body(&inner) &&
                 (!v->leave || v->leave(v->state));
    qry_free(ctx, angles);
    qry_free(ctx, map);
    return go_on;
}

static bool walk_repeat(const struct frame *f, const qry_op *op, size_t from, size_t to)
{
    uint64_t count = op->a | (uint64_t)op->b << 32;
    for (uint64_t k = 0; k < count; k++)
        if (!walk_range(f, from, to))
            return false;
    return true;
}

static bool walk_section(const struct frame *f, const qry_op *op, size_t from, size_t to)
{
    const qry_visitor *v = f->visitor;
    const char *name = qry_circuit_name(f->definition->circuit, op->a);
    return (!v->enter || v->enter(v->state, name, NULL, f->inverse)) && walk_range(f, from, to) &&
           (!v->leave || v->leave(v->state));
}

static bool walk_if(const struct frame *f, const qry_op *op, size_t from, size_t to)
{
    const qry_visitor *v = f->visitor;
    qry_must(!f->inverse);
    return (!v->begin_if || v->begin_if(v->state, op->a, op->b)) && walk_range(f, from, to) &&
           (!v->end_if || v->end_if(v->state));
}

/* A block or a single operation at index begin; block bodies reach to the END. */
static bool walk_one(const struct frame *f, size_t begin)
{
    const qry_op *op = &f->definition->ops[begin];
    switch (op->kind) {
    case QRY_OP_CALL:
        return walk_call(f, op);
    case QRY_OP_REPEAT:
        return walk_repeat(f, op, begin + 1, op->c);
    case QRY_OP_SECTION:
        return walk_section(f, op, begin + 1, op->c);
    case QRY_OP_IF:
        return walk_if(f, op, begin + 1, op->c);
    default:
        return visit_step(f, op);
    }
}

static bool is_block(const qry_op *op)
{
    return op->kind == QRY_OP_REPEAT || op->kind == QRY_OP_SECTION || op->kind == QRY_OP_IF;
}

static bool walk_range(const struct frame *f, size_t from, size_t to)
{
    const qry_op *ops = f->definition->ops;
    if (f->inverse) {
        for (size_t i = to; i-- > from;) {
            if (ops[i].kind == QRY_OP_END)
                i = ops[i].c;
            if (!walk_one(f, i))
                return false;
        }
        return true;
    }
    for (size_t i = from; i < to; i++) {
        if (!walk_one(f, i))
            return false;
        if (is_block(&ops[i]))
            i = ops[i].c;
    }
    return true;
}

static bool walk_body(const struct frame *f) { return walk_range(f, 0, f->definition->op_count); }

bool qry_walk(const qry_definition *definition, bool inverse, const double *angles, const qry_visitor *visitor)
{
    return walk_body(&(struct frame){definition, NULL, angles, visitor, inverse});
}
