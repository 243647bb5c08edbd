/* lift.c: see lift.h. */
#include "sim/sparse/lift.h"

#include "sim/sparse/graph.h"
#include "sim/sparse/in_place.h"

#include <string.h>

/* ---- what a leaf has to do with upper blocks ---- */

enum seen { TOUCHED = 1, UP = 2 };

static void go_up(struct lifts *l, qry_qubit q, uint32_t lift)
{
    l->seen[q] |= UP;
    QRY_GROW(l->ctx, l->up, l->up_room, l->up_count + 1);
    QRY_GROW(l->ctx, l->lift, l->lift_room, l->up_count + 1);
    l->lift[l->up_count] = lift;
    l->up[l->up_count++] = q;
}

static void touch(struct lifts *l, qry_qubit q)
{
    if (l->seen[q] & TOUCHED)
        return;
    l->seen[q] |= TOUCHED;
    QRY_GROW(l->ctx, l->touched, l->touched_room, l->touched_count + 1);
    l->touched[l->touched_count++] = q;
}

struct lifts *lifts_new(struct sparse *sim, const qry_qubit *touched, size_t count)
{
    const struct world *w = sim->world;
    bool any = false;
    for (size_t i = 0; w->slot && i < count; i++)
        any |= world_is_upper(w, touched[i]);
    if (!any)
        return NULL;
    struct lifts *l = qry_alloc(sim->base.ctx, 1, sizeof *l);
    l->ctx = sim->base.ctx;
    l->seen = qry_alloc(l->ctx, w->width, 1);
    for (size_t i = 0; i < count; i++) {
        touch(l, touched[i]);
        if (world_is_upper(w, touched[i]))
            go_up(l, touched[i], NOT_LIFTED);
    }
    return l;
}

void lifts_free(struct lifts *l)
{
    if (!l)
        return;
    void *gone[] = {l->lower.step, l->upper.step, l->control, l->touched, l->up, l->lift, l->seen};
    for (size_t i = 0; i < sizeof gone / sizeof *gone; i++)
        qry_free(l->ctx, gone[i]);
    qry_free(l->ctx, l);
}

static struct step *add_step(struct lifts *l, struct steps *steps, enum step_kind kind, qry_qubit q)
{
    QRY_GROW(l->ctx, steps->step, steps->room, steps->count + 1);
    struct step *step = &steps->step[steps->count++];
    *step = (struct step){.kind = kind, .qubit = q};
    return step;
}

static void lift(struct lifts *l, qry_qubit q)
{
    if (l->seen[q] & UP)
        return;
    touch(l, q);
    go_up(l, q, l->count);
    add_step(l, &l->lower, STEP_LIFT, q)->lift = l->count;
    add_step(l, &l->upper, STEP_LIFT, q)->lift = l->count++;
}

void lifts_gate(struct lifts *l, const struct flat_gate *gate)
{
    const qry_gate_info *info = &qry_gate_table[gate->gate];
    uint32_t targets = gate->controls ? info->targets : info->qubits;
    bool up = false;
    for (uint32_t i = 0; i < targets; i++)
        up |= l->seen[gate->qubit[i]] & UP;
    for (uint32_t i = 0; i < gate->controls; i++)
        up |= l->seen[gate->control[i] & ~QRY_NEGATIVE] & UP;
    for (uint32_t i = 0; up && i < targets; i++)
        lift(l, gate->qubit[i]);
    for (uint32_t i = 0; up && i < gate->controls; i++)
        lift(l, gate->control[i] & ~QRY_NEGATIVE);
    struct step *step = add_step(l, up ? &l->upper : &l->lower, STEP_GATE, 0);
    step->gate = *gate;
    step->control = l->control_count;
    QRY_GROW(l->ctx, l->control, l->control_room, l->control_count + gate->controls);
    for (uint32_t i = 0; i < gate->controls; i++)
        l->control[l->control_count++] = gate->control[i];
}

void lifts_end(struct lifts *l, qry_role role, qry_qubit q)
{
    struct steps *steps = l->seen[q] & UP ? &l->upper : &l->lower;
    if (role == QRY_ROLE_WORK)
        add_step(l, steps, STEP_ZERO, q);
    else if (role == QRY_ROLE_WORD)
        add_step(l, steps, STEP_Z_FRAME, q);
}

/* ---- values from below ---- */

enum { FORGOTTEN = UINT32_MAX };

/* The number of a value among those that upper blocks use. */
static uint32_t export_of(struct block *block, uint32_t id)
{
    QRY_GROW(block->ctx, block->export_number, block->export_number_room, (size_t)id + 1);
    if (!block->export_number[id]) {
        QRY_GROW(block->ctx, block->export, block->export_room, block->export_count + 1);
        block->export[block->export_count++] = id;
        block->export_number[id] = (uint32_t)block->export_count;
    }
    return block->export_number[id] - 1;
}

static struct block *block_below(const struct world *w, uint32_t upper)
{
    return &w->block[(upper - w->lower) % w->lower];
}

literal lift_value(struct world *w, uint32_t upper, literal x)
{
    if (!is_data(x))
        return x;
    struct block *block = &w->block[upper];
    uint32_t number = export_of(block_below(w, upper), literal_id(x));
    QRY_GROW(block->ctx, block->import, block->import_room, (size_t)number + 1);
    struct import *import = &block->import[number];
    if (!import->value) {
        import->storage = graph_storage(block->graph, &block->used);
        import->value = literal_id(graph_input(block->graph, import->storage)) + 1;
        block->unfilled = true;
    }
    return make_literal(import->value - 1, is_inverted(x));
}

/* Planes are aligned, so QRY_GROW does not serve. */
static void reserve_export_planes(struct block *block)
{
    if (block->export_count <= block->export_plane_room)
        return;
    size_t room = 2 * block->export_count;
    plane *larger = qry_alloc_aligned(block->ctx, room, sizeof *larger);
    if (block->exports_computed)
        memcpy(larger, block->export_plane, block->exports_computed * sizeof *larger);
    qry_free(block->ctx, block->export_plane);
    block->export_plane = larger;
    block->export_plane_room = room;
}

/* The planes of all values that upper blocks use. */
static void compute_exports(struct sparse *sim, uint32_t lower)
{
    struct block *block = &sim->world->block[lower];
    size_t from = block->exports_computed, count = block->export_count - from;
    if (!count)
        return;
    reserve_export_planes(block);
    literal *wanted = qry_alloc(block->ctx, count, sizeof *wanted);
    for (size_t i = 0; i < count; i++)
        wanted[i] = block->export[from + i] == FORGOTTEN ? 0 : make_literal(block->export[from + i], false);
    execute_planes(sim, lower, wanted, count, block->export_plane + from);
    qry_free(block->ctx, wanted);
    block->exports_computed = block->export_count;
}

void lift_fill(struct sparse *sim, uint32_t upper)
{
    struct world *w = sim->world;
    struct block *block = &w->block[upper], *below = block_below(w, upper);
    if (!block->unfilled)
        return;
    compute_exports(sim, (upper - w->lower) % w->lower);
    block_reserve(block, block->used);
    for (size_t i = 0; i < block->import_room; i++)
        if (block->import[i].value)
            block->storage[block->import[i].storage] = below->export_plane[i];
    block->unfilled = false;
}

void lift_forget(struct world *w, uint32_t b, size_t values)
{
    struct block *block = &w->block[b];
    for (size_t i = 0; i < block->import_room; i++)
        if (block->import[i].value > values)
            block->import[i] = (struct import){0, 0};
    for (size_t i = 0; i < block->export_count; i++)
        if (block->export[i] != FORGOTTEN && block->export[i] >= values) {
            block->export_number[block->export[i]] = 0;
            block->export[i] = FORGOTTEN; /* no upper block remembers what it made of it */
        }
    while (block->export_count && block->export[block->export_count - 1] == FORGOTTEN)
        block->export_count--;
    if (block->exports_computed > block->export_count)
        block->exports_computed = block->export_count;
}
