/* stretch.c: parts of a circuit as the engine names and walks them. */
#include "sim/sparse/engine.h"

#include <string.h>

/* ---- bindings: operand lists, numbered by content ---- */

static uint64_t mix(uint64_t h, uint64_t x)
{
    h = (h ^ x ^ 0x2545f4914f6cdd1du) * 0x9e3779b97f4a7c15u;
    return h ^ h >> 32;
}

/* Operand lists are long, and one is hashed at every call: four chains, so that a step need not wait for the last. */
static uint64_t binding_hash(const struct binding *b)
{
    uint64_t lane[4] = {b->width, 1, 2, 3};
    for (uint32_t i = 0; i < b->width; i++)
        lane[i % 4] = mix(lane[i % 4], b->map[i]);
    return mix(mix(lane[0], lane[1]), mix(lane[2], lane[3]));
}

static bool same_bytes(const void *a, const void *b, size_t size) { return !size || !memcmp(a, b, size); }

static bool same_binding(const struct binding *a, const struct binding *b)
{
    return a->hash == b->hash && a->width == b->width && same_bytes(a->map, b->map, a->width * sizeof *a->map);
}

static void rebuild_binding_hash(struct sparse *sim, size_t size)
{
    qry_free(sim->base.ctx, sim->binding_hash);
    sim->binding_hash = NULL;
    sim->binding_hash = qry_alloc(sim->base.ctx, size, sizeof *sim->binding_hash);
    sim->binding_mask = size - 1;
    for (size_t i = 0; i < sim->binding_count; i++) {
        if (!sim->binding[i].alive)
            continue;
        size_t slot = sim->binding[i].hash & sim->binding_mask;
        while (sim->binding_hash[slot])
            slot = (slot + 1) & sim->binding_mask;
        sim->binding_hash[slot] = (uint32_t)i + 1;
    }
}

/* The number of a binding with this content; it takes the map over, or frees it. */
static uint32_t intern_binding(struct sparse *sim, struct binding b)
{
    b.hash = binding_hash(&b);
    if (2 * (sim->binding_count + 1) > sim->binding_mask)
        rebuild_binding_hash(sim, sim->binding_mask ? 2 * (sim->binding_mask + 1) : 256);
    size_t slot = b.hash & sim->binding_mask;
    for (; sim->binding_hash[slot]; slot = (slot + 1) & sim->binding_mask)
        if (same_binding(&sim->binding[sim->binding_hash[slot] - 1], &b)) {
            qry_free(sim->base.ctx, b.map);
            return sim->binding_hash[slot] - 1;
        }
    QRY_GROW(sim->base.ctx, sim->binding, sim->binding_room, sim->binding_count + 1);
    uint32_t number = sim->spare_binding;
    if (number)
        sim->spare_binding = sim->binding[number].width; /* the next one in the list of spare numbers */
    else
        number = (uint32_t)sim->binding_count++;
    sim->binding_hash[slot] = number + 1;
    sim->binding[number] = b;
    sim->binding[number].alive = true;
    return number;
}

void stretch_sweep_bindings(struct sparse *sim)
{
    for (uint32_t i = 1; i < sim->binding_count; i++) { /* 0 is the program's own */
        struct binding *b = &sim->binding[i];
        if (b->used || !b->alive)
            continue;
        qry_free(sim->base.ctx, b->map);
        *b = (struct binding){.width = sim->spare_binding};
        sim->spare_binding = i;
    }
    rebuild_binding_hash(sim, sim->binding_mask + 1);
}

/* Operands of a call as qubits of the program, from those of its caller. */
static void bind(const qry_definition *caller, const qry_qubit *around, const qry_op *call, qry_qubit *map)
{
    uint32_t width = qry_circuit_definition(caller->circuit, call->a)->width;
    const qry_qubit *operand = qry_call_operands(caller, call);
    for (uint32_t i = 0; i < width; i++)
        map[i] = around ? around[operand[i]] : operand[i];
}

struct stretch stretch_of_call(struct sparse *sim, const struct stretch *caller, const qry_op *call)
{
    const qry_definition *callee = qry_circuit_definition(sim->base.circuit, call->a);
    struct binding b = {.width = callee->width};
    b.map = qry_alloc(sim->base.ctx, b.width, sizeof *b.map);
    bind(caller->definition, sim->binding[caller->binding].map, call, b.map);
    bool inverse = caller->inverse != !!(call->flags & QRY_OP_INVERSE);
    return (struct stretch){callee, intern_binding(sim, b), 0, (uint32_t)callee->op_count, inverse, NULL};
}

struct stretch stretch_of_program(struct sparse *sim)
{
    const qry_definition *program = qry_circuit_program(sim->base.circuit);
    return (struct stretch){program, intern_binding(sim, (struct binding){0}), 0, (uint32_t)program->op_count, false,
                            NULL};
}

/* ---- knowledge of definitions ---- */

static void note_call(struct sparse *sim, struct knowledge *k, uint32_t definition, qry_u128 times)
{
    for (size_t i = k->called_count; i-- > 0;)
        if (k->called[i].definition == definition) {
            k->called[i].times = qry_sum(k->called[i].times, times);
            return;
        }
    QRY_GROW(sim->base.ctx, k->called, k->called_room, k->called_count + 1);
    k->called[k->called_count++] = (struct called){definition, times};
}

/* Adds to *k what the operations from .. to-1 are, each `times` times. */
static void read_range(struct sparse *sim, const qry_definition *d, size_t from, size_t to, qry_u128 times,
                       struct knowledge *k)
{
    for (size_t i = from; i < to; i++) {
        const qry_op *op = &d->ops[i];
        if (op->kind < QRY_GATES || op->kind == QRY_OP_CONTROLLED)
            k->own_gates = qry_sum(k->own_gates, times);
        else if (op->kind == QRY_OP_CALL)
            note_call(sim, k, op->a, times);
        else if (op->kind == QRY_OP_REPEAT) {
            read_range(sim, d, i + 1, op->c, qry_product(times, op->a | (uint64_t)op->b << 32), k);
            i = op->c;
        } else
            k->own_classical |= op->kind == QRY_OP_MEASURE || op->kind == QRY_OP_RESET || op->kind == QRY_OP_IF;
    }
}

static void read_body(struct sparse *sim, const qry_definition *d, struct knowledge *k)
{
    if (k->own_version == d->version) {
        qry_must(k->own_ops == d->op_count || !d->number); /* bodies are cleared before they are written anew */
        return;
    }
    k->own_version = d->version;
    k->own_ops = d->op_count;
    k->own_gates = k->called_count = 0;
    k->own_classical = false;
    read_range(sim, d, 0, d->op_count, 1, k);
}

/* What follows from the body and from what it calls, all of which is known. A definition and all that it calls have the
 * version of the newest of them: versions only grow, so when one of them changes, that is above all earlier ones. */
static void put_together(struct sparse *sim, const qry_definition *d, struct knowledge *k)
{
    k->version = d->version;
    k->gates = k->own_gates;
    k->classical = k->own_classical;
    k->nesting = 1;
    for (size_t i = 0; i < k->called_count; i++) {
        const struct knowledge *callee = &sim->knowledge[k->called[i].definition];
        k->version = callee->version > k->version ? callee->version : k->version;
        k->gates = qry_sum(k->gates, qry_product(k->called[i].times, callee->gates));
        k->classical |= callee->classical;
        k->nesting = callee->nesting >= k->nesting ? callee->nesting + 1 : k->nesting;
    }
}

/* Brings knowledge of a definition and of all that it calls to this round. Without recursion: chains may be long. */
static void learn(struct sparse *sim, uint32_t start, uint64_t round)
{
    size_t count = qry_circuit_definitions(sim->base.circuit), depth = 0;
    uint32_t next = start;
    for (;;) {
        struct knowledge *k = &sim->knowledge[next];
        if (k->round != round) {
            qry_must(depth < count); /* else definitions call each other in a circle */
            read_body(sim, qry_circuit_definition(sim->base.circuit, next), k);
            k->round = round;
            k->met = 0;
            QRY_GROW(sim->base.ctx, sim->learning, sim->learning_room, depth + 1);
            sim->learning[depth++] = next;
        }
        if (!depth)
            return;
        struct knowledge *top = &sim->knowledge[sim->learning[depth - 1]];
        if (top->met < top->called_count)
            next = top->called[top->met++].definition;
        else
            put_together(sim, qry_circuit_definition(sim->base.circuit, next = sim->learning[--depth]), top);
    }
}

bool stretch_learn(struct sparse *sim)
{
    size_t count = qry_circuit_definitions(sim->base.circuit);
    uint64_t newest = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t version = qry_circuit_definition(sim->base.circuit, (uint32_t)i)->version;
        newest = version > newest ? version : newest;
    }
    if (newest == sim->knowledge_round)
        return false;
    size_t before = sim->knowledge_room;
    QRY_GROW(sim->base.ctx, sim->knowledge, sim->knowledge_room, count);
    if (before < sim->knowledge_room)
        memset(sim->knowledge + before, 0, (sim->knowledge_room - before) * sizeof *sim->knowledge);
    for (size_t i = 0; i < count; i++)
        learn(sim, (uint32_t)i, newest);
    sim->knowledge_round = newest;
    return true;
}

const struct knowledge *stretch_knowledge(const struct sparse *sim, const qry_definition *d)
{
    return &sim->knowledge[d->number];
}

/* ---- gates ---- */

/* What the controls of a gate control. */
static qry_gate without_controls(qry_gate gate)
{
    switch (gate) {
    case QRY_GATE_cx:
    case QRY_GATE_ccx:
        return QRY_GATE_x;
    case QRY_GATE_cy:
        return QRY_GATE_y;
    case QRY_GATE_cz:
        return QRY_GATE_z;
    case QRY_GATE_ch:
        return QRY_GATE_h;
    case QRY_GATE_cp:
        return QRY_GATE_p;
    case QRY_GATE_crx:
        return QRY_GATE_rx;
    case QRY_GATE_cry:
        return QRY_GATE_ry;
    case QRY_GATE_crz:
        return QRY_GATE_rz;
    case QRY_GATE_cswap:
        return QRY_GATE_swap;
    default:
        qry_must(qry_gate_table[gate].qubits == qry_gate_table[gate].targets);
        return gate;
    }
}

/* The qubits of a gate with controls of its own: those, then the table's, then the targets. */
static void take_controlled(struct gate_reader *r, const qry_definition *d, const qry_qubit *map, const qry_op *op)
{
    const qry_gate_info *info = &qry_gate_table[op->a];
    const qry_qubit *from = d->operands + op->b;
    uint32_t own = *from++, all = own + info->qubits - info->targets;
    QRY_GROW(r->scratch, r->list, r->room, (size_t)all + 1);
    for (uint32_t i = 0; i < all + info->targets; i++) {
        qry_qubit negative = i < own ? from[i] & QRY_NEGATIVE : 0, q = from[i] & ~negative;
        q = map ? map[q] : q;
        if (i < all)
            r->list[i] = q | negative;
        else
            r->gate.qubit[i - all] = q;
    }
    r->gate.control = r->list;
    r->gate.controls = all;
    r->gate.gate = without_controls(r->gate.gate);
}

const struct flat_gate *gate_read(struct gate_reader *r, const qry_definition *d, const qry_qubit *map,
                                  const qry_angle *given, bool inverse, const qry_op *op)
{
    struct flat_gate *gate = &r->gate; /* what is not written here stays from the gate before and means nothing */
    gate->gate = (qry_gate)(op->kind < QRY_GATES ? op->kind : op->a);
    const qry_gate_info *info = &qry_gate_table[gate->gate];
    for (uint32_t i = 0; i < info->angles; i++)
        gate->angle[i] = given ? angle_by(d->angles[op->c + i], given) : d->angles[op->c + i];
    if (inverse)
        gate->gate = qry_gate_invert(gate->gate, gate->angle);
    if (op->kind == QRY_OP_CONTROLLED) {
        take_controlled(r, d, map, op);
        return gate;
    }
    gate->controls = 0;
    if (info->qubits > 0)
        gate->qubit[0] = map ? map[op->a] : op->a;
    if (info->qubits > 1)
        gate->qubit[1] = map ? map[op->b] : op->b;
    if (info->qubits > 2)
        gate->qubit[2] = map ? map[op->c] : op->c;
    return gate;
}

/* ---- walking ---- */

/* A call in progress. */
struct level {
    const qry_definition *definition;
    const qry_qubit *map;   /* operands as qubits of the program; NULL: it is the program */
    const qry_angle *angle; /* its angles in terms of those of the stretch's definition */
    bool inverse;
    uint32_t top; /* the operation of the stretch's own body in which we are; set once below the top */
    bool is_top;
};

struct walk {
    qry_ctx *scratch;
    const struct sparse *sim;
    const struct flat_visitor *visitor;
    struct gate_reader reader;
};

static bool walk_range(struct walk *w, const struct level *l, size_t from, size_t to);

static bool walk_gate(struct walk *w, const struct level *l, const qry_op *op, uint32_t top)
{
    const struct flat_gate *gate = gate_read(&w->reader, l->definition, l->map, l->angle, l->inverse, op);
    return w->visitor->gate(w->visitor->state, gate, top);
}

static bool walk_call(struct walk *w, const struct level *l, const qry_op *op, uint32_t top)
{
    const qry_definition *callee = qry_circuit_definition(l->definition->circuit, op->a);
    qry_qubit *map = qry_alloc(w->scratch, callee->width, sizeof *map);
    qry_angle *angle = callee->angle_count ? qry_alloc(w->scratch, callee->angle_count, sizeof *angle) : NULL;
    bind(l->definition, l->map, op, map);
    for (uint32_t i = 0; i < callee->angle_count; i++)
        angle[i] = angle_by(l->definition->angles[op->c + i], l->angle);
    struct level inner = {callee, map, angle, l->inverse != !!(op->flags & QRY_OP_INVERSE), top, false};
    bool go_on = walk_range(w, &inner, 0, callee->op_count) &&
                 (!w->visitor->leave || w->visitor->leave(w->visitor->state, callee, map));
    qry_free(w->scratch, angle);
    qry_free(w->scratch, map);
    return go_on;
}

/* The operation, or the block that begins, at i. */
static bool walk_one(struct walk *w, const struct level *l, size_t i)
{
    const qry_op *op = &l->definition->ops[i];
    uint32_t top = l->is_top ? (uint32_t)i : l->top;
    if (op->kind < QRY_GATES || op->kind == QRY_OP_CONTROLLED)
        return walk_gate(w, l, op, top);
    if (op->kind == QRY_OP_CALL)
        return walk_call(w, l, op, top);
    if (op->kind == QRY_OP_BARRIER)
        return true;
    qry_must(op->kind == QRY_OP_REPEAT || op->kind == QRY_OP_SECTION);
    uint64_t times = op->kind == QRY_OP_REPEAT ? (op->a | (uint64_t)op->b << 32) : 1;
    for (uint64_t k = 0; k < times; k++)
        if (!walk_range(w, l, i + 1, op->c))
            return false;
    return true;
}

static bool walk_range(struct walk *w, const struct level *l, size_t from, size_t to)
{
    const qry_op *ops = l->definition->ops;
    if (l->inverse) {
        for (size_t i = to; i-- > from;) {
            if (ops[i].kind == QRY_OP_END)
                i = ops[i].c;
            if (!walk_one(w, l, i))
                return false;
        }
        return true;
    }
    for (size_t i = from; i < to; i++) {
        if (!walk_one(w, l, i))
            return false;
        if (ops[i].kind == QRY_OP_REPEAT || ops[i].kind == QRY_OP_SECTION)
            i = ops[i].c;
    }
    return true;
}

bool stretch_walk(qry_ctx *scratch, const struct sparse *sim, const struct stretch *s,
                  const struct flat_visitor *visitor)
{
    uint32_t count = s->definition->angle_count;
    qry_angle *own = count ? qry_alloc(scratch, count, sizeof *own) : NULL;
    for (uint32_t i = 0; i < count; i++)
        own[i] = (qry_angle){1, (int32_t)i};
    struct walk w = {scratch, sim, visitor, {.scratch = scratch}};
    struct level top = {s->definition, sim->binding[s->binding].map, own, s->inverse, 0, true};
    bool finished = walk_range(&w, &top, s->begin, s->end);
    qry_free(scratch, w.reader.list);
    qry_free(scratch, own);
    return finished;
}
