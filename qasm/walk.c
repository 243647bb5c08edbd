/* walk.c: goes through a circuit as if everything were written out: a level per open call or block, nothing more. */
#include "qasm/walk.h"

/* An open call or block. Memory of a call's operands and angles stays with the level for the next call there. */
struct level {
    uint16_t kind;       /* of the operation that opened it; the start counts as a call */
    size_t at, from, to; /* the next operation (of an inverse the one before it), and the body */
    uint64_t left;       /* of a repeat: how many times after this one */
    qry_frame frame;
    qry_qubit *map;
    qry_angle *angles;
    size_t map_room, angle_room;
};

struct walk {
    qry_ctx *ctx;
    const qry_tour *tour;
    struct level *levels;
    size_t depth, room;
};

static void free_levels(struct walk *w)
{
    for (size_t i = 0; i < w->room; i++) {
        qry_free(w->ctx, w->levels[i].map);
        qry_free(w->ctx, w->levels[i].angles);
    }
    qry_free(w->ctx, w->levels);
}

static struct level *push(struct walk *w, uint16_t kind)
{
    QRY_GROW(w->ctx, w->levels, w->room, w->depth + 1);
    struct level *l = &w->levels[w->depth++];
    l->kind = kind;
    return l;
}

static void set_body(struct level *l, size_t from, size_t to)
{
    l->from = from;
    l->to = to;
    l->at = l->frame.inverse ? to : from;
}

static void push_definition(struct walk *w, const qry_definition *d, bool inverse)
{
    struct level *l = push(w, QRY_OP_CALL);
    QRY_GROW(w->ctx, l->map, l->map_room, (size_t)d->width);
    QRY_GROW(w->ctx, l->angles, l->angle_room, (size_t)d->angle_count);
    l->frame = (qry_frame){d, inverse, l->map, l->angles};
    set_body(l, 0, d->op_count);
}

static qry_angle angle_in(const qry_angle *formals, qry_angle angle)
{
    if (angle.formal < 0)
        return angle;
    qry_angle outer = formals[angle.formal];
    return (qry_angle){angle.factor * outer.factor, outer.formal};
}

qry_gate qry_frame_gate(const qry_frame *frame, const qry_op *op, qry_angle angles[QRY_MAX_ANGLES])
{
    qry_gate gate = qry_op_gate(op);
    for (int i = 0; i < qry_gate_table[gate].angles; i++)
        angles[i] = angle_in(frame->angles, frame->definition->angles[op->c + (uint32_t)i]);
    return frame->inverse ? qry_gate_invert(gate, angles) : gate;
}

/* The frame of the caller comes by value, here and below: a push may move the levels that hold it. */
static qry_turn call(struct walk *w, const qry_frame outer, const qry_op *op)
{
    const qry_definition *caller = outer.definition;
    const qry_definition *callee = qry_circuit_definition(caller->circuit, op->a);
    qry_check_interrupt(w->ctx);
    push_definition(w, callee, outer.inverse != !!(op->flags & QRY_OP_INVERSE));
    struct level *l = &w->levels[w->depth - 1];
    const qry_qubit *operands = qry_call_operands(caller, op);
    for (uint32_t i = 0; i < callee->width; i++)
        l->map[i] = outer.map[operands[i]];
    for (uint32_t i = 0; i < callee->angle_count; i++)
        l->angles[i] = angle_in(outer.angles, caller->angles[op->c + i]);
    return w->tour->call ? w->tour->call(w->tour->state, &l->frame) : QRY_GO_ON;
}

static qry_turn enter_block(const qry_tour *tour, const qry_frame *frame, const qry_op *op)
{
    if (op->kind == QRY_OP_SECTION && tour->section)
        return tour->section(tour->state, frame, qry_circuit_name(frame->definition->circuit, op->a));
    if (op->kind == QRY_OP_IF)
        qry_must(!frame->inverse);
    if (op->kind == QRY_OP_IF && tour->begin_if)
        return tour->begin_if(tour->state, op->a, op->b);
    if (op->kind == QRY_OP_REPEAT && qry_op_count(op) == 0)
        return QRY_SKIP;
    if (op->kind == QRY_OP_REPEAT && tour->repeat)
        tour->repeat(tour->state);
    return QRY_GO_ON;
}

/* Enters what stands at `begin`; a block reaches to its END. */
static qry_turn open_one(struct walk *w, const qry_frame frame, size_t begin)
{
    const qry_op *op = &frame.definition->ops[begin];
    qry_turn turn;
    if (op->kind == QRY_OP_CALL)
        turn = call(w, frame, op);
    else {
        struct level *l = push(w, op->kind);
        l->frame = frame;
        l->left = op->kind == QRY_OP_REPEAT ? qry_op_count(op) - 1 : 0;
        set_body(l, begin + 1, op->c);
        turn = enter_block(w->tour, &frame, op);
    }
    if (turn != QRY_SKIP)
        return turn;
    w->depth--;
    return QRY_GO_ON;
}

/* At the end of a body. */
static qry_turn close_one(struct walk *w, struct level *l)
{
    const qry_tour *tour = w->tour;
    if (l->kind == QRY_OP_REPEAT) {
        qry_check_interrupt(w->ctx);
        uint64_t left = tour->again ? tour->again(tour->state, l->left) : l->left;
        if (left) {
            l->left = left - 1;
            set_body(l, l->from, l->to);
            return QRY_GO_ON;
        }
    }
    w->depth--;
    if (l->kind == QRY_OP_IF)
        return tour->end_if ? tour->end_if(tour->state) : QRY_GO_ON;
    bool left = l->kind == QRY_OP_SECTION || (l->kind == QRY_OP_CALL && w->depth > 0);
    return left && tour->leave ? tour->leave(tour->state) : QRY_GO_ON;
}

/* Takes the next stretch, call or block of the innermost level, which has one. */
static qry_turn step(struct walk *w, struct level *l)
{
    const qry_op *ops = l->frame.definition->ops;
    size_t at = l->at, begin;
    if (l->frame.inverse) {
        while (l->at > l->from && qry_op_is_plain(&ops[l->at - 1]))
            l->at--;
        if (l->at < at)
            return w->tour->stretch ? w->tour->stretch(w->tour->state, &l->frame, l->at, at) : QRY_GO_ON;
        const qry_op *last = &ops[at - 1];
        begin = l->at = last->kind == QRY_OP_END ? last->c : at - 1;
    } else {
        while (l->at < l->to && qry_op_is_plain(&ops[l->at]))
            l->at++;
        if (l->at > at)
            return w->tour->stretch ? w->tour->stretch(w->tour->state, &l->frame, at, l->at) : QRY_GO_ON;
        begin = at;
        l->at = ops[at].kind == QRY_OP_CALL ? at + 1 : (size_t)ops[at].c + 1;
    }
    return open_one(w, l->frame, begin);
}

bool qry_tour_walk_ops(const qry_definition *d, size_t from, size_t to, bool inverse, const qry_tour *tour)
{
    struct walk w = {.ctx = qry_circuit_ctx(d->circuit), .tour = tour};
    push_definition(&w, d, inverse);
    set_body(&w.levels[0], from, to);
    for (uint32_t i = 0; i < d->width; i++)
        w.levels[0].map[i] = i;
    for (uint32_t i = 0; i < d->angle_count; i++)
        w.levels[0].angles[i] = (qry_angle){1, (int32_t)i};
    qry_turn turn = QRY_GO_ON;
    while (w.depth && turn != QRY_STOP) {
        struct level *l = &w.levels[w.depth - 1];
        turn = l->at == (l->frame.inverse ? l->from : l->to) ? close_one(&w, l) : step(&w, l);
    }
    free_levels(&w);
    return turn != QRY_STOP;
}

bool qry_tour_walk(const qry_definition *d, bool inverse, const qry_tour *tour)
{
    return qry_tour_walk_ops(d, 0, d->op_count, inverse, tour);
}

/* ---- operation by operation ---- */

struct visit {
    qry_ctx *ctx;
    const qry_visitor *visitor;
    const double *angles;
    qry_qubit *list; /* controls of a gate, or qubits of a barrier */
    size_t list_room;
};

static qry_turn turn_of(bool go_on) { return go_on ? QRY_GO_ON : QRY_STOP; }

/* The first `count` qubits of an operation's list where the walk began. */
static void map_list(struct visit *v, const qry_frame *f, const qry_op *op, uint32_t count)
{
    const qry_qubit *from = f->definition->operands + op->b + 1;
    QRY_GROW(v->ctx, v->list, v->list_room, (size_t)count);
    for (uint32_t i = 0; i < count; i++)
        v->list[i] = f->map[from[i] & ~QRY_NEGATIVE] | (from[i] & QRY_NEGATIVE);
}

static qry_turn visit_step(struct visit *v, const qry_frame *f, const qry_op *op)
{
    qry_step step = {.kind = op->kind};
    if (op->kind == QRY_OP_MEASURE || op->kind == QRY_OP_RESET) {
        qry_must(!f->inverse);
        step.qubit[0] = f->map[op->a];
        step.bit = op->b;
    } else {
        qry_angle angles[QRY_MAX_ANGLES];
        const qry_gate gate = qry_frame_gate(f, op, angles);
        const qry_gate_info *info = &qry_gate_table[gate];
        step.kind = (uint16_t)gate;
        for (int i = 0; i < info->angles; i++)
            step.angle[i] = qry_angle_value(angles[i], v->angles);
        if (op->kind == QRY_OP_CONTROLLED) {
            step.controls = f->definition->operands[op->b];
            map_list(v, f, op, step.controls);
            step.control = v->list;
        }
        for (uint32_t i = 0; i < info->qubits; i++)
            step.qubit[i] = f->map[qry_op_qubit(f->definition, op, step.controls + i)];
    }
    return turn_of(v->visitor->step(v->visitor->state, &step));
}

static qry_turn visit_barrier(struct visit *v, const qry_frame *f, const qry_op *op)
{
    uint32_t count = qry_op_qubits(f->definition, op);
    map_list(v, f, op, count);
    return turn_of(v->visitor->barrier(v->visitor->state, v->list, count));
}

static qry_turn visit_stretch(void *state, const qry_frame *f, size_t from, size_t to)
{
    struct visit *v = state;
    qry_turn turn = QRY_GO_ON;
    for (size_t i = from; i < to && turn == QRY_GO_ON; i++) {
        const qry_op *op = &f->definition->ops[f->inverse ? to - 1 - (i - from) : i];
        if (op->kind == QRY_OP_BARRIER)
            turn = v->visitor->barrier ? visit_barrier(v, f, op) : QRY_GO_ON;
        else if (v->visitor->step)
            turn = visit_step(v, f, op);
    }
    return turn;
}

static qry_turn visit_call(void *state, const qry_frame *callee)
{
    const qry_visitor *v = ((const struct visit *)state)->visitor;
    return turn_of(!v->enter || v->enter(v->state, callee->definition->name, callee->definition, callee->inverse));
}

static qry_turn visit_section(void *state, const qry_frame *f, const char *name)
{
    const qry_visitor *v = ((const struct visit *)state)->visitor;
    return turn_of(!v->enter || v->enter(v->state, name, NULL, f->inverse));
}

static qry_turn visit_leave(void *state)
{
    const qry_visitor *v = ((const struct visit *)state)->visitor;
    return turn_of(!v->leave || v->leave(v->state));
}

static qry_turn visit_begin_if(void *state, uint32_t bit, bool value)
{
    const qry_visitor *v = ((const struct visit *)state)->visitor;
    return turn_of(!v->begin_if || v->begin_if(v->state, bit, value));
}

static qry_turn visit_end_if(void *state)
{
    const qry_visitor *v = ((const struct visit *)state)->visitor;
    return turn_of(!v->end_if || v->end_if(v->state));
}

bool qry_walk_ops(const qry_definition *definition, size_t from, size_t to, bool inverse, const double *angles,
                  const qry_visitor *visitor)
{
    struct visit visit = {.ctx = qry_circuit_ctx(definition->circuit), .visitor = visitor, .angles = angles};
    bool finished = qry_tour_walk_ops(definition, from, to, inverse,
                                      &(qry_tour){.state = &visit,
                                                  .stretch = visit_stretch,
                                                  .call = visit_call,
                                                  .section = visit_section,
                                                  .leave = visit_leave,
                                                  .begin_if = visit_begin_if,
                                                  .end_if = visit_end_if});
    qry_free(visit.ctx, visit.list);
    return finished;
}

bool qry_walk(const qry_definition *definition, bool inverse, const double *angles, const qry_visitor *visitor)
{
    return qry_walk_ops(definition, 0, definition->op_count, inverse, angles, visitor);
}
