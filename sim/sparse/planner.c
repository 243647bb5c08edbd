/* planner.c: see planner.h. A cell (v, f) of a row is |v> if f = 0 and H|v> if f = 1, so H turns f, a Pauli is a flip of v
 * in one frame and a sign in the other, and a control must have f = 0. */
#include "sim/sparse/planner.h"

#include "sim/sparse/graph.h"

#include <math.h>
#include <string.h>

/* ---- storages ---- */

void block_reserve(struct block *b, uint32_t storages)
{
    if (storages <= b->room)
        return;
    uint32_t room = b->room ? b->room : 64;
    while (room < storages)
        room *= 2;
    plane *larger = qry_alloc_aligned(b->ctx, room, sizeof *larger);
    if (b->room)
        memcpy(larger, b->storage, b->room * sizeof *larger);
    qry_free(b->ctx, b->storage);
    b->storage = larger;
    if (!b->graph) {
        b->tag = qry_resize(b->ctx, b->tag, room, sizeof *b->tag);
        memset(b->tag + b->room, 0, (room - b->room) * sizeof *b->tag);
    }
    b->room = room;
}

uint32_t block_new_storage(struct block *b)
{
    block_reserve(b, b->used + 1);
    return b->used++;
}

/* ---- in place: an operation on storages for every step ---- */

static void emit(struct planner *p, enum plan_kind kind, uint32_t a, uint32_t b, uint32_t c, uint32_t e)
{
    plan_add(p->block->ctx, &p->builder, kind, a, b, c, e);
}

/* A constant becomes data: a storage of zeros, inverted for 1. */
static literal as_data(struct planner *p, literal x)
{
    return is_data(x) ? x : make_literal(block_new_storage(p->block), x);
}

/* Data without inversion. */
static literal as_plain(struct planner *p, literal x)
{
    x = as_data(p, x);
    if (is_inverted(x))
        emit(p, PLAN_XOR, literal_id(x), STORE_ONES, 0, 0);
    return x & ~1u;
}

static literal in_place_xor(struct planner *p, literal t, literal x)
{
    if (!is_data(x))
        return t ^ x;
    t = as_data(p, t);
    emit(p, PLAN_XOR, literal_id(t), literal_id(x), 0, 0);
    return t ^ is_inverted(x);
}

/* t ^= x & y */
static literal in_place_add_product(struct planner *p, literal t, literal x, literal y)
{
    if (!x || !y)
        return t;
    if (!is_data(x))
        return in_place_xor(p, t, y);
    if (!is_data(y))
        return in_place_xor(p, t, x);
    t = as_data(p, t);
    literal plain = is_inverted(x) ? y : x, other = is_inverted(x) ? x : y;
    enum plan_kind kind = is_inverted(plain) ? PLAN_AND_NN : is_inverted(other) ? PLAN_AND_N : PLAN_AND;
    emit(p, kind, literal_id(t), literal_id(plain), literal_id(other), 0);
    return t;
}

static void in_place_exchange(struct planner *p, literal r, literal *a, literal *b)
{
    if (!is_data(*a) && *a == *b)
        return;
    bool both_inverted = is_data(*a) && is_data(*b) && is_inverted(*a) && is_inverted(*b);
    if (!both_inverted) {
        *a = as_plain(p, *a);
        *b = as_plain(p, *b);
    }
    emit(p, is_inverted(r) ? PLAN_SWAP_N : PLAN_SWAP, literal_id(*a), literal_id(*b), literal_id(r), 0);
}

/* A Pauli on a cell whose frame is data. Two in a row, of which one is unconditional, are one: the leaves of a query. */
static void emit_pauli(struct planner *p, enum plan_kind kind, uint32_t v, uint32_t f, uint32_t where, bool inverted)
{
    struct plan_builder *b = &p->builder;
    uint32_t *last = b->count ? b->operation + 4 * (b->count - 1) : NULL;
    bool again = last && b->run[b->run_count - 1].kind == kind && last[0] == v && last[1] == f;
    if (again && (last[2] == STORE_ZERO || where == STORE_ZERO)) {
        last[2] = where == STORE_ZERO ? last[2] : where;
        last[3] = (last[3] == STORE_ONES) != inverted ? STORE_ONES : STORE_ZERO;
    } else
        emit(p, kind, v, f, where, inverted ? STORE_ONES : STORE_ZERO);
}

/* ---- either way ---- */

static literal sum(struct planner *p, literal a, literal b)
{
    return p->block->graph ? graph_xor(p->block->graph, a, b) : in_place_xor(p, a, b);
}

/* t ^ (x & y), in t's place. */
static literal add_product(struct planner *p, literal t, literal x, literal y)
{
    struct graph *g = p->block->graph;
    return g ? graph_xor(g, t, graph_and(g, x, y)) : in_place_add_product(p, t, x, y);
}

static void exchange_planes(struct planner *p, literal r, literal *a, literal *b)
{
    if (p->block->graph)
        graph_exchange(p->block->graph, r, a, b);
    else
        in_place_exchange(p, r, a, b);
}

static void add_sign(struct planner *p, literal x, literal y)
{
    p->effect->sign = add_product(p, p->effect->sign, x, y);
}

static void keep_literal(struct planner *p, struct literals *list, literal x)
{
    QRY_GROW(p->block->ctx, list->item, list->room, list->count + 1);
    list->item[list->count++] = x;
}

/* A plane that must be zero: checked when the plan runs, a constant from here on. */
static void expect_zero(struct planner *p, literal *x, enum plan_kind kind, struct literals *list)
{
    if (!*x)
        return;
    if (p->block->graph)
        keep_literal(p, list, *x);
    else
        emit(p, kind, is_data(*x) ? literal_id(as_plain(p, *x)) : STORE_ONES, 0, 0, 0);
    *x = 0;
}

/* The qubit as a control: its value in the Z frame. */
static literal control(struct planner *p, struct cell *c)
{
    expect_zero(p, &c->f, PLAN_GUARD, &p->effect->guards);
    return c->v;
}

/* The product of two, for the time of one gate: in place it is taken back by calling again. */
static literal product(struct planner *p, literal x, literal y)
{
    if (p->block->graph)
        return graph_and(p->block->graph, x, y);
    if (!is_data(x) || !is_data(y))
        return x == 1 ? y : y == 1 ? x : 0;
    if (!p->block->spare)
        p->block->spare = make_literal(block_new_storage(p->block), false);
    return in_place_add_product(p, p->block->spare, x, y);
}

static void take_back_product(struct planner *p, literal x, literal y)
{
    if (!p->block->graph && is_data(x) && is_data(y))
        product(p, x, y);
}

/* X (or Z) on a cell where x is 1: a flip of v where the frame is Z (or X), else a sign where v is 1. */
static void pauli(struct planner *p, struct cell *c, literal x, bool z)
{
    if (!x)
        return;
    literal flips = z ? c->f : c->f ^ 1;
    if (!flips)
        add_sign(p, c->v, x);
    else if (flips == 1)
        c->v = sum(p, c->v, x);
    else if (p->block->graph) {
        struct graph *g = p->block->graph;
        literal flipped = graph_and(g, flips, x), turned = graph_and(g, flips ^ 1, x);
        add_sign(p, c->v, turned);
        c->v = graph_xor(g, c->v, flipped);
    } else {
        c->f = as_plain(p, c->f);
        c->v = as_plain(p, c->v);
        uint32_t storage = is_data(x) ? literal_id(x) : STORE_ZERO;
        bool inverted = is_data(x) ? is_inverted(x) : x;
        emit_pauli(p, z ? PLAN_Z : PLAN_X, literal_id(c->v), literal_id(c->f), storage, inverted);
    }
}

/* X where both x and y are 1. */
static void pauli_x_product(struct planner *p, struct cell *c, literal x, literal y)
{
    if (!c->f) {
        c->v = add_product(p, c->v, x, y);
        return;
    }
    literal xy = product(p, x, y);
    pauli(p, c, xy, false);
    take_back_product(p, x, y);
}

/* exp(i angle) where x is 1. Recorded even if that is nowhere, so that all blocks have the same list. */
static void add_phase(struct planner *p, double angle, literal x)
{
    if (angle == 0)
        return;
    if (!p->block->graph && is_data(x)) /* a copy, since its storage will change */
        x = in_place_xor(p, make_literal(block_new_storage(p->block), false), x);
    struct effect *e = p->effect;
    QRY_GROW(p->block->ctx, e->phase, e->phase_room, e->phase_count + 1);
    e->phase[e->phase_count++] = (struct phase){angle, x};
}

static void swap_cells(struct cell *a, struct cell *b)
{
    struct cell t = *a;
    *a = *b;
    *b = t;
}

static void controlled_swap(struct planner *p, struct cell *c, struct cell *a, struct cell *b)
{
    literal r = control(p, c);
    if (r == 1)
        swap_cells(a, b);
    else if (r) {
        exchange_planes(p, r, &a->v, &b->v);
        exchange_planes(p, r, &a->f, &b->f);
    }
}

static void controlled_x(struct planner *p, struct cell *c, struct cell *t)
{
    if (c->f == 1 && t->f == 1) /* between |+> and |->, target and control change parts */
        c->v = sum(p, c->v, t->v);
    else
        pauli(p, t, control(p, c), false);
}

static void controlled_z(struct planner *p, struct cell *a, struct cell *b)
{
    if (a->f && !b->f) { /* either may be the control: the one in the Z frame */
        struct cell *t = a;
        a = b;
        b = t;
    }
    pauli(p, b, control(p, a), true);
}

/* diag(1, 1, 1, e^(i angle)), with e^(i on_first) on the first qubit alone. */
static void controlled_phase(struct planner *p, double angle, double on_first, struct cell *a, struct cell *b)
{
    literal x = control(p, a), y = control(p, b);
    add_phase(p, on_first, x);
    add_phase(p, angle, product(p, x, y));
    take_back_product(p, x, y);
}

void planner_gate(struct planner *p, qry_gate gate, double angle, const qry_qubit qubit[3])
{
    struct cell *cell = p->block->cell, *a = &cell[qubit[0]], *b = &cell[qubit[1]], *c = &cell[qubit[2]];
    switch (gate) {
    case QRY_GATE_id:
        break;
    case QRY_GATE_h:
        a->f ^= 1;
        break;
    case QRY_GATE_x:
        pauli(p, a, 1, false);
        break;
    case QRY_GATE_y: /* X Z up to a global phase */
        pauli(p, a, 1, true);
        pauli(p, a, 1, false);
        break;
    case QRY_GATE_z:
        pauli(p, a, 1, true);
        break;
    case QRY_GATE_s:
        add_phase(p, M_PI_2, control(p, a));
        break;
    case QRY_GATE_sdg:
        add_phase(p, -M_PI_2, control(p, a));
        break;
    case QRY_GATE_t:
        add_phase(p, M_PI_4, control(p, a));
        break;
    case QRY_GATE_tdg:
        add_phase(p, -M_PI_4, control(p, a));
        break;
    case QRY_GATE_rz: /* p up to a global phase */
    case QRY_GATE_p:
        add_phase(p, angle, control(p, a));
        break;
    case QRY_GATE_cx:
        controlled_x(p, a, b);
        break;
    case QRY_GATE_cy: /* controlled i X Z */
        add_phase(p, M_PI_2, control(p, a));
        pauli(p, b, a->v, true);
        pauli(p, b, a->v, false);
        break;
    case QRY_GATE_cz:
        controlled_z(p, a, b);
        break;
    case QRY_GATE_cp:
        controlled_phase(p, angle, 0, a, b);
        break;
    case QRY_GATE_crz:
        controlled_phase(p, angle, -angle / 2, a, b);
        break;
    case QRY_GATE_swap:
        swap_cells(a, b);
        break;
    case QRY_GATE_ccx: {
        literal x = control(p, a), y = control(p, b);
        pauli_x_product(p, c, x, y);
        break;
    }
    case QRY_GATE_cswap:
        controlled_swap(p, a, b, c);
        break;
    default:
        qry_must(!"a dense gate is not planned");
    }
}

void planner_assert_zero(struct planner *p, qry_qubit qubit)
{
    struct cell *c = &p->block->cell[qubit];
    expect_zero(p, &c->f, PLAN_ASSERT, &p->effect->asserts);
    expect_zero(p, &c->v, PLAN_ASSERT, &p->effect->asserts);
}

void planner_expect_z_frame(struct planner *p, qry_qubit qubit) { control(p, &p->block->cell[qubit]); }

void planner_fold(struct planner *p, literal *plane, literal constant)
{
    if (!p->block->graph) {
        literal zero = *plane ^ constant; /* the same storage, seen so that it is zero */
        expect_zero(p, &zero, PLAN_ASSERT, &p->effect->asserts);
    }
    *plane = constant;
}
