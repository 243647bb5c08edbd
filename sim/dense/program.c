/* program.c: the gates of a batch become programs, each of them one pass over a chunk in L2 with a few qubits in registers:
 * the lanes of the vectors, always, and a tile of two or three more. */
#include "sim/dense/engine.h"

#include <complex.h>
#include <math.h>
#include <string.h>

enum { LOOK_AHEAD = 512 }; /* gates that are looked through for one program */

static const double tiny = 4e-16;

/* What is being planned: gates in order; those not done yet begin at `first`. */
struct planner {
    struct dense *d;
    struct local_gate *gates;
    size_t count, first;
    uint64_t targets; /* of all gates */
    struct tile tile;
    struct local_gate *phases; /* taken for the program, not appended yet: all commute with what was appended */
    size_t phase_count;
};

/* ---- tiles ---- */

uint8_t tile_registers(const struct tile *t, uint32_t mask, uint32_t values)
{
    uint8_t registers = 0;
    for (int a = 0; a < 1 << t->tile_bits; a++) {
        bool holds = true;
        for (int k = 0; k < t->tile_bits; k++)
            if (mask >> t->bit[k] & 1)
                holds &= (values >> t->bit[k] & 1) == ((uint32_t)a >> k & 1);
        registers |= (uint8_t)(holds << a);
    }
    return registers;
}

uint16_t tile_lanes(const struct tile *t, uint32_t mask, uint32_t values)
{
    uint32_t low = (1u << t->lane_bits) - 1, lanes = 0;
    for (uint32_t lane = 0; lane <= low; lane++)
        lanes |= (uint32_t)((lane & mask) == (values & mask & low)) << lane;
    return (uint16_t)lanes;
}

static int tile_number(const struct tile *t, uint8_t bit)
{
    int k = 0;
    while (t->bit[k] != bit)
        k++;
    return k;
}

static uint8_t target_of(const struct local_gate *g) { return (uint8_t)LOWEST_BIT(g->action.target); }

/* The tile bits: targets in the order in which they come, then local bits of phases that have none in the tile, then the
 * lowest. */
static void choose_tile(struct planner *p)
{
    struct tile *t = &p->tile;
    uint32_t lanes = (1u << t->lane_bits) - 1, mask = 0, wanted = 0, count = 0;
    struct passed passed = {0};
    size_t looked = 0;
    for (size_t i = p->first; i < p->count && looked < LOOK_AHEAD; i++) {
        struct local_gate *g = &p->gates[i];
        if (g->done)
            continue;
        looked++;
        uint32_t target = (uint32_t)g->action.target, controls = (uint32_t)g->action.controls;
        bool fits = target & (lanes | mask) || count < t->tile_bits;
        if (passed_blocks(&passed, g->action) || (target && !fits)) {
            passed_add(&passed, g->action);
            if (passed_targets(&passed) == p->targets)
                break;
        } else if (target) {
            count += !(target & (lanes | mask));
            mask |= target & ~lanes;
        } else if (!(controls & (lanes | wanted)))
            wanted |= controls & -controls;
    }
    for (wanted &= ~mask; wanted && count < t->tile_bits; wanted &= wanted - 1, count++)
        mask |= wanted & -wanted;
    uint32_t rest = (uint32_t)positions_below(p->d->plan.chunk_bits) & ~lanes & ~mask;
    for (; count < t->tile_bits; rest &= rest - 1, count++)
        mask |= rest & -rest;
    t->inner = lanes | mask;
    for (int k = 0; mask; mask &= mask - 1)
        t->bit[k++] = (uint8_t)LOWEST_BIT(mask);
}

/* ---- operations ---- */

struct op *dense_new_op(struct dense *d, int code, size_t constants)
{
    struct plan *plan = &d->plan;
    QRY_GROW(d->sim.ctx, plan->ops, plan->op_room, plan->op_count + 1);
    struct op *op = &plan->ops[plan->op_count++];
    *op = (struct op){.code = (uint8_t)code, .registers = 0xff, .lanes = 0xffff};
    op->constants = (uint32_t)plan->constants;
    plan->constants += constants;
    return op;
}

static struct op *new_op(struct planner *p, int code) { return dense_new_op(p->d, code, VECTOR_BYTES); }

/* An operation under the conditions of a gate. */
static struct op *new_conditional_op(struct planner *p, int code, const struct local_gate *g, size_t constants)
{
    struct op *op = dense_new_op(p->d, code, constants);
    uint32_t controls = (uint32_t)g->action.controls;
    op->registers = tile_registers(&p->tile, controls, g->values);
    op->lanes = tile_lanes(&p->tile, controls, g->values);
    op->base_mask = controls & ~p->tile.inner;
    op->base_value = g->values & ~p->tile.inner;
    op->outside_mask = g->outside_mask;
    op->outside_value = g->outside_values;
    memcpy(op->matrix, g->matrix, sizeof op->matrix);
    return op;
}

static void append_phases(struct planner *p)
{
    if (p->phase_count)
        dense_diagonal(p->d, &p->tile, p->phases, p->phase_count);
    p->phase_count = 0;
}

static bool is_conditional(const struct local_gate *g) { return g->action.controls || g->outside_mask; }

static void on_lane(struct planner *p, const struct local_gate *g)
{
    const double *m = g->matrix;
    int code = OP_LANE_MATRIX;
    if (g->kind == GATE_FLIP)
        code = OP_LANE_FLIP;
    else if (!is_conditional(g) && m[1] == 0 && m[3] == 0 && m[5] == 0 && m[7] == 0)
        code = OP_LANE_REAL;
    else if (!is_conditional(g) && m[1] == 0 && m[2] == 0 && m[4] == 0 && m[7] == 0)
        code = OP_LANE_IMAGINARY;
    new_conditional_op(p, code, g, 5 * VECTOR_BYTES)->lane_target = target_of(g);
}

static void flip_in_tile(struct planner *p, const struct local_gate *g, int k)
{
    uint32_t lanes = (1u << p->tile.lane_bits) - 1;
    uint32_t inner = (uint32_t)g->action.controls & p->tile.inner;
    int code = OP_FLIP_WHERE + k;
    if (inner == 0)
        code = OP_FLIP + k;
    else if (ones(inner) == 1 && !(inner & lanes) && g->values & inner)
        code = OP_CX + 3 * tile_number(&p->tile, (uint8_t)LOWEST_BIT(inner)) + k;
    new_conditional_op(p, code, g, VECTOR_BYTES);
}

/* Scales the numbers in memory by a power of two before they leave the range of single precision: gates of the tile make
 * them larger, measurements smaller. */
static void tame(struct planner *p)
{
    struct dense *d = p->d;
    if (d->growth > 0x1p-20 && d->growth < 0x1p40)
        return;
    int exponent;
    frexp(d->growth, &exponent);
    double scale = ldexp(1, exponent < -80 ? 40 : -exponent / 2);
    new_op(p, OP_SCALE)->matrix[0] = scale;
    d->growth *= scale * scale;
    d->now.factor[0] /= scale;
    d->now.factor[1] /= scale;
}

/* The window has seen to it that the entry on the diagonal is the larger. */
static void matrix_in_tile(struct planner *p, const struct local_gate *g, int k)
{
    const double *m = g->matrix;
    double complex a = m[0] + I * m[1], b = m[2] + I * m[3], s = m[6] + I * m[7];
    struct dense *d = p->d;
    double complex ratio = b / a, turn = s / a, factor = a * (d->now.factor[0] + I * d->now.factor[1]);
    d->now.factor[0] = creal(factor);
    d->now.factor[1] = cimag(factor);
    bool real = fabs(cimag(ratio)) < tiny, imaginary = fabs(creal(ratio)) < tiny, mirror = cabs(turn + 1) < tiny;
    if (cabs(ratio) >= tiny) {
        int code = real && mirror ? OP_MIRROR_REAL : real ? OP_TURN_REAL : imaginary ? OP_TURN_IMAGINARY : OP_TURN;
        struct op *op = new_op(p, code + k);
        op->matrix[0] = creal(ratio);
        op->matrix[1] = cimag(ratio);
    }
    d->growth /= creal(a) * creal(a) + cimag(a) * cimag(a);
    tame(p);
    if (cabs(turn - 1) >= tiny && !(real && mirror && cabs(ratio) >= tiny)) {
        p->phases[p->phase_count++] = (struct local_gate){.kind = GATE_PHASE,
                                                          .action = {.controls = g->action.target},
                                                          .values = (uint32_t)g->action.target,
                                                          .matrix = {creal(turn), cimag(turn)}};
    }
}

static void append_gate(struct planner *p, const struct local_gate *g)
{
    if (g->kind == GATE_PHASE) {
        p->phases[p->phase_count++] = *g;
        return;
    }
    for (size_t i = 0; i < p->phase_count; i++)
        if (p->phases[i].action.controls & g->action.target) {
            append_phases(p);
            break;
        }
    if (target_of(g) < p->tile.lane_bits) {
        on_lane(p, g);
        return;
    }
    int k = tile_number(&p->tile, target_of(g));
    if (g->kind == GATE_FLIP)
        flip_in_tile(p, g, k);
    else if (is_conditional(g))
        new_conditional_op(p, OP_MATRIX_WHERE + k, g, VECTOR_BYTES);
    else
        matrix_in_tile(p, g, k);
}

/* ---- programs ---- */

/* Appends what the tile allows. Phases that have no qubit in it can wait for one that has: nothing that could be taken
 * here must come after them. */
static size_t take_gates(struct planner *p, bool any_phase)
{
    struct passed passed = {0};
    size_t looked = 0, taken = 0;
    for (size_t i = p->first; i < p->count && looked < LOOK_AHEAD; i++) {
        struct local_gate *g = &p->gates[i];
        if (g->done)
            continue;
        looked++;
        uint32_t needed = (uint32_t)(g->kind == GATE_PHASE ? g->action.controls : g->action.target);
        if ((needed & p->tile.inner || (any_phase && g->kind == GATE_PHASE)) && !passed_blocks(&passed, g->action)) {
            append_gate(p, g);
            g->done = true;
            taken++;
            continue;
        }
        passed_add(&passed, g->action);
        if (passed_targets(&passed) == p->targets)
            break;
    }
    append_phases(p);
    while (p->first < p->count && p->gates[p->first].done)
        p->first++;
    return taken;
}

static void add_program(struct planner *p)
{
    struct plan *plan = &p->d->plan;
    choose_tile(p);
    uint32_t first = (uint32_t)plan->op_count;
    tame(p);
    size_t taken = take_gates(p, false);
    if (!taken)
        taken = take_gates(p, true);
    qry_must(taken > 0);
    if (plan->op_count == first)
        return;
    QRY_GROW(p->d->sim.ctx, plan->programs, plan->program_room, plan->program_count + 1);
    struct program *program = &plan->programs[plan->program_count++];
    memcpy(program->tile_bit, p->tile.bit, sizeof program->tile_bit);
    program->first = first;
    program->count = (uint32_t)plan->op_count - first;
}

static struct local_gate localized(const struct plan *plan, const struct gate *g)
{
    struct local_gate l = {.kind = g->kind, .action.axis = g->axis};
    l.action.controls = extract(g->controls, plan->inside);
    l.action.target = extract(gate_target(g), plan->inside);
    l.values = (uint32_t)extract(g->values, plan->inside);
    l.outside_mask = g->controls & ~plan->inside;
    l.outside_values = g->values & ~plan->inside;
    memcpy(l.matrix, g->matrix, sizeof l.matrix);
    return l;
}

/* The tables of the diagonals in the precision of the state. */
static void pack_tables(struct dense *d)
{
    struct plan *plan = &d->plan;
    if (d->kernels->real_size == sizeof(double)) {
        plan->packed = plan->table;
        return;
    }
    float *packed = plan->packed;
    QRY_GROW(d->sim.ctx, packed, plan->packed_room, plan->table_count);
    for (size_t i = 0; i < plan->table_count; i++)
        packed[i] = (float)plan->table[i];
    plan->packed = packed;
}

void dense_plan(struct dense *d, size_t chosen)
{
    struct plan *plan = &d->plan;
    plan->program_count = plan->op_count = plan->diagonal_count = 0;
    plan->targets = 0;
    plan->group_count = plan->factor_count = plan->table_count = plan->constants = 0;
    struct planner p = {.d = d, .gates = d->local, .count = chosen, .phases = d->phases};
    p.tile.lane_bits = d->kernels->lane_bits;
    p.tile.tile_bits = d->kernels->tile_bits;
    for (size_t i = 0; i < chosen; i++) {
        p.gates[i] = localized(plan, &d->window[d->chosen[i]]);
        p.targets |= p.gates[i].action.target;
        plan->targets |= gate_target(&d->window[d->chosen[i]]);
    }
    while (p.first < p.count)
        add_program(&p);
    pack_tables(d);
}
