/* run.c: executes the program: plans where it can, dense gates and measurements where it must. */
#include "sim/sparse/engine.h"

#include "sim/sparse/reflect.h"
#include "sim/sparse/scout.h"

#include <math.h>
#include <string.h>

/* ---- gates ---- */

static qry_qubit qubit_of(const struct sparse *sim, const struct stretch *s, qry_qubit q)
{
    const qry_qubit *map = sim->binding[s->binding].map;
    return map ? map[q] : q;
}

/* Hadamards on different axes from operation i on, in the direction of the stretch, done together; returns how many. */
static uint32_t run_hadamards(struct sparse *sim, const struct stretch *s, uint32_t i, uint32_t count)
{
    uint64_t axes = 0;
    uint32_t done = 0;
    for (; done < count; done++) {
        const qry_op *op = &s->definition->ops[s->inverse ? i - done : i + done];
        int axis = op->kind == QRY_GATE_h ? world_axis(sim->world, qubit_of(sim, s, op->a)) : -1;
        if (axis < 0 || axes >> axis & 1)
            break;
        axes |= (uint64_t)1 << axis;
    }
    reflect_delay(sim, axes);
    sim->executed.gate[QRY_GATE_h] += done;
    return done;
}

/* A dense gate, by its matrix. */
static void run_general(struct sparse *sim, const struct stretch *s, const qry_op *op)
{
    struct gate_reader reader = {.scratch = sim->base.ctx};
    const qry_qubit *map = sim->binding[s->binding].map;
    const struct flat_gate *g = gate_read(&reader, s->definition, map, NULL, s->inverse, op);
    const qry_gate_info *info = &qry_gate_table[g->gate];
    qry_must(info->class == QRY_DENSE && info->targets == 1);
    double value[QRY_MAX_ANGLES], matrix[8];
    for (int i = 0; i < info->angles; i++)
        value[i] = qry_angle_value(g->angle[i], s->angle);
    qry_gate_matrix(g->gate, value, matrix);
    if (g->controls) {
        rows_apply(sim, matrix, g->qubit[0], g->control, g->controls);
        qry_tally_add_controlled(&sim->executed, g->gate, g->controls, 1);
    } else {
        rows_apply(sim, matrix, g->qubit[info->qubits - 1], g->qubit, info->qubits - 1u);
        sim->executed.gate[g->gate]++;
    }
    qry_free(sim->base.ctx, reader.list);
}

/* Of a part of a body what comes first in its direction, up to where something is measured or asked, or a block. */
static struct stretch unconditional(const struct sparse *sim, const struct stretch *s)
{
    struct stretch part = *s;
    const qry_op *ops = s->definition->ops;
    if (s->inverse)
        part.begin = s->end;
    else
        part.end = s->begin;
    while (s->inverse ? part.begin > s->begin : part.end < s->end) {
        const qry_op *op = &ops[s->inverse ? part.begin - 1 : part.end];
        bool is_call = op->kind == QRY_OP_CALL;
        if (!is_call && !is_step(op))
            break;
        if (is_call && stretch_knowledge(sim, qry_circuit_definition(sim->base.circuit, op->a))->classical)
            break;
        if (s->inverse)
            part.begin--;
        else
            part.end++;
    }
    return part;
}

/* A list of qubits that outlives the transitions and looks that it is from. */
static qry_qubit *copy_qubits(struct sparse *sim, const qry_qubit *qubits, size_t count)
{
    qry_qubit *copy = qry_alloc(sim->base.ctx, count, sizeof *copy);
    if (count)
        memcpy(copy, qubits, count * sizeof *copy);
    return copy;
}

/* What is needed later as axes had better be made so while the world is settled, after what is needed first. */
static void add_axes_ahead(struct sparse *sim, const struct stretch *ahead)
{
    struct stretch part = unconditional(sim, ahead);
    struct findings f = scout_look(sim, &part, AHEAD);
    qry_qubit *needs = copy_qubits(sim, f.needs, f.need_count);
    size_t count = 0;
    for (size_t i = 0; i < f.need_count; i++)
        if (world_is_constant(sim->world, needs[i]))
            needs[count++] = needs[i];
    if (count)
        axes_add(sim, needs, count);
    qry_free(sim->base.ctx, needs);
}

/* Whether a qubit waits in |+> or |->. Looking ahead takes as long as planning all that follows; and a search has none but those
 * that its first query needs. */
static bool any_waits(const struct sparse *sim)
{
    for (qry_qubit q = 0; q < sim->world->width; q++)
        if (world_is_constant(sim->world, q) && sim->world->block[0].cell[q].f == 1)
            return true;
    return false;
}

/* What a transition needs as axes becomes that. In the middle of a computation only qubits in the X frame can, as rows.
 * ahead: what is run from here on. */
static void make_needed_axes(struct sparse *sim, struct transition *t, const struct stretch *ahead)
{
    size_t count = t->need_count;
    qry_qubit *needs = copy_qubits(sim, t->needs, count); /* t may go with its world */
    bool any = axes_settle(sim);
    if (any) {
        axes_add(sim, needs, count);
        if (any_waits(sim))
            add_axes_ahead(sim, ahead);
    }
    for (size_t i = 0; !any && i < count; i++) {
        uint32_t first;
        world_blocks(sim->world, needs[i], &first);
        any = world_cell(sim->world, first, needs[i])->f;
    }
    if (!any)
        t->outcome = OUTCOME_DESCEND;
    for (size_t i = 0; i < count; i++)
        rows_resolve(sim, needs[i]);
    qry_free(sim->base.ctx, needs);
}

/* One gate, or some Hadamards, that no plan takes; returns how many operations that was. */
static uint32_t run_dense(struct sparse *sim, const struct stretch *s, uint32_t i, uint32_t count)
{
    const qry_op *op = &s->definition->ops[i];
    if (op->kind == QRY_GATE_h && axes_settle(sim) && world_axis(sim->world, qubit_of(sim, s, op->a)) >= 0)
        return run_hadamards(sim, s, i, count);
    run_general(sim, s, op);
    return 1;
}

/* Gates begin .. end-1 of a body; ahead: they, and what follows. */
static void run_gates(struct sparse *sim, const struct stretch *stretch, struct stretch ahead)
{
    struct stretch rest = *stretch;
    enum manner manner = STEPS;
    measure_settle(sim);
    while (rest.begin < rest.end) {
        transition_forget_if_many(sim);
        struct transition *t = transition_get(sim, &rest, manner).transition;
        if (rest.inverse)
            ahead.end = rest.end;
        else
            ahead.begin = rest.begin;
        if (t->outcome == OUTCOME_NEEDS)
            make_needed_axes(sim, t, &ahead);
        else if (t->outcome == OUTCOME_RUNS && transition_run(sim, t, false, stretch->angle)) {
            if (rest.inverse)
                rest.end = t->stop;
            else
                rest.begin = t->stop;
        } else if (t->is_leaf) /* it strayed */
            manner = CAREFUL_STEPS;
        else if (t->must_resolve)
            rows_resolve(sim, t->resolve);
        else {
            uint32_t first = rest.inverse ? rest.end - 1 : rest.begin;
            uint32_t done = run_dense(sim, &rest, first, rest.end - rest.begin);
            if (rest.inverse)
                rest.end -= done;
            else
                rest.begin += done;
        }
    }
}

/* ---- bodies ---- */

static void run_range(struct sparse *sim, const struct stretch *s, uint32_t from, uint32_t to);

static void run_call(struct sparse *sim, const struct stretch *caller, const qry_op *op, const struct stretch *ahead)
{
    struct stretch call = stretch_of_call(sim, caller, op);
    uint32_t count = call.definition->angle_count;
    double *angle = count ? qry_alloc(sim->base.ctx, count, sizeof *angle) : NULL;
    for (uint32_t i = 0; i < count; i++)
        angle[i] = qry_angle_value(caller->definition->angles[op->c + i], caller->angle);
    call.angle = angle;
    measure_settle(sim);
    for (bool done = false; !done;) {
        struct child found = transition_get(sim, &call, WHOLE);
        struct transition *t = found.transition;
        if (t->outcome == OUTCOME_NEEDS)
            make_needed_axes(sim, t, ahead);
        else if (t->outcome == OUTCOME_DESCEND) {
            run_range(sim, &call, call.begin, call.end);
            done = true;
        } else
            done = transition_run(sim, t, found.backwards, angle);
    }
    qry_free(sim->base.ctx, angle);
}

/* The block, or the single operation that is no gate, at i; ahead: it, and what follows. */
static void run_one(struct sparse *sim, const struct stretch *s, uint32_t i, const struct stretch *ahead)
{
    const qry_op *op = &s->definition->ops[i];
    uint64_t times = 1;
    qry_check_interrupt(sim->base.ctx);
    switch (op->kind) {
    case QRY_OP_CALL:
        run_call(sim, s, op, ahead);
        return;
    case QRY_OP_MEASURE:
        if (sim->random)
            measure_into(sim, qubit_of(sim, s, op->a), op->b);
        return;
    case QRY_OP_RESET:
        measure_reset(sim, qubit_of(sim, s, op->a));
        return;
    case QRY_OP_IF:
        if (sim->bits[op->a] != op->b)
            return;
        break;
    case QRY_OP_REPEAT:
        times = op->a | (uint64_t)op->b << 32;
        break;
    default:
        break;
    }
    for (uint64_t k = 0; k < times; k++)
        run_range(sim, s, i + 1, op->c);
}

static struct stretch part_of(const struct stretch *s, uint32_t from, uint32_t to)
{
    struct stretch part = *s;
    part.begin = from;
    part.end = to;
    return part;
}

/* Operations from .. to-1 of a body, in the direction of the stretch. */
static void run_range(struct sparse *sim, const struct stretch *s, uint32_t from, uint32_t to)
{
    const qry_op *ops = s->definition->ops;
    while (from < to) {
        uint32_t i = s->inverse ? to - 1 : from;
        if (is_step(&ops[i])) {
            struct stretch gates = *s;
            gates.begin = gates.end = s->inverse ? to : from;
            if (s->inverse)
                while (gates.begin > from && is_step(&ops[gates.begin - 1]))
                    gates.begin--;
            else
                while (gates.end < to && is_step(&ops[gates.end]))
                    gates.end++;
            run_gates(sim, &gates, part_of(s, from, to));
            if (s->inverse)
                to = gates.begin;
            else
                from = gates.end;
            continue;
        }
        if (ops[i].kind == QRY_OP_END)
            i = ops[i].c;
        uint32_t last = i;
        if (ops[i].kind == QRY_OP_REPEAT || ops[i].kind == QRY_OP_SECTION || ops[i].kind == QRY_OP_IF)
            last = ops[i].c;
        struct stretch ahead = part_of(s, from, to);
        run_one(sim, s, i, &ahead);
        if (s->inverse)
            to = i;
        else
            from = last + 1;
    }
}

void run_program(struct sparse *sim, size_t from, size_t to)
{
    struct stretch program = stretch_of_program(sim);
    run_range(sim, &program, (uint32_t)from, (uint32_t)to);
}
