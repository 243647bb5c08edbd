/* planner.c: see planner.h. A cell (v, f) of a row is |v> if f = 0 and H|v> if f = 1, so H turns f, a Pauli is a flip
 * of v in one frame and a sign in the other, and a control must have f = 0. */
#include "sim/sparse/planner.h"

#include "sim/sparse/graph.h"
#include "sim/sparse/in_place.h"

#include <math.h>
#include <string.h>

static struct cell *cell_of(const struct planner *p, qry_qubit q)
{
    if (!p->slot)
        return &p->block->cell[q];
    return &p->block->cell[p->slot[q] ? p->slot[q] - 1 : 0];
}

static literal sum(struct planner *p, literal a, literal b)
{
    return p->in_place ? in_place_xor(p->in_place, a, b) : graph_xor(p->block->graph, a, b);
}

/* t ^ (x & y), in t's place. */
static literal add_product(struct planner *p, literal t, literal x, literal y)
{
    struct graph *g = p->block->graph;
    return p->in_place ? in_place_add_product(p->in_place, t, x, y) : graph_xor(g, t, graph_and(g, x, y));
}

static void exchange_planes(struct planner *p, literal r, literal *a, literal *b)
{
    if (p->in_place)
        in_place_exchange(p->in_place, r, a, b);
    else
        graph_exchange(p->block->graph, r, a, b);
}

static void add_sign(struct planner *p, literal x, literal y)
{
    literal *sign = &p->effect->sign;
    *sign = p->in_place ? in_place_add_sign(p->in_place, *sign, x, y) : add_product(p, *sign, x, y);
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
    if (p->in_place)
        in_place_expect_zero(p->in_place, *x, kind);
    else
        keep_literal(p, list, *x);
    *x = 0;
}

/* The qubit as a control: its value in the Z frame. */
static literal control(struct planner *p, struct cell *c)
{
    expect_zero(p, &c->f, PLAN_GUARD, &p->effect->guards);
    return c->v;
}

/* The product of two, for the time of one gate: end_product afterwards. */
static literal product(struct planner *p, literal x, literal y)
{
    return p->in_place ? in_place_product(p->in_place, x, y) : graph_and(p->block->graph, x, y);
}

static void end_product(struct planner *p, literal x, literal y, literal product)
{
    if (p->in_place)
        in_place_end_product(p->in_place, x, y, product);
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
    else if (p->in_place)
        in_place_pauli(p->in_place, c, x, z);
    else {
        struct graph *g = p->block->graph;
        literal flipped = graph_and(g, flips, x), turned = graph_and(g, flips ^ 1, x);
        add_sign(p, c->v, turned);
        c->v = graph_xor(g, c->v, flipped);
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
    end_product(p, x, y, xy);
}

/* exp(i angle) where x is 1. Recorded even if that is nowhere, so that all blocks have the same list. */
static void add_phase(struct planner *p, qry_angle angle, literal x)
{
    if (angle.factor == 0)
        return;
    if (p->in_place) /* its storage will change */
        x = in_place_copy(p->in_place, x);
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

/* Where r is 1. */
static void exchange_cells(struct planner *p, literal r, struct cell *a, struct cell *b)
{
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

/* diag(1, 1, 1, e^(i angle)), with e^(i angle on_first) on the first qubit alone. */
static void controlled_phase(struct planner *p, qry_angle angle, double on_first, struct cell *a, struct cell *b)
{
    literal x = control(p, a), y = control(p, b);
    add_phase(p, (qry_angle){angle.factor * on_first, angle.formal}, x);
    literal xy = product(p, x, y);
    add_phase(p, angle, xy);
    end_product(p, x, y, xy);
}

/* The angle of the gates that are diag(1, e^(i angle)), up to a global phase; false for others. */
static bool is_phase(qry_gate gate, qry_angle *angle)
{
    double eighths = 0; /* of a turn */
    switch (gate) {
    case QRY_GATE_s:
        eighths = 2;
        break;
    case QRY_GATE_sdg:
        eighths = -2;
        break;
    case QRY_GATE_t:
        eighths = 1;
        break;
    case QRY_GATE_tdg:
        eighths = -1;
        break;
    case QRY_GATE_rz:
    case QRY_GATE_p: /* the angle that they have */
        return true;
    default:
        return false;
    }
    *angle = (qry_angle){eighths * M_PI_4, -1};
    return true;
}

/* ---- gates with any number of controls ---- */

/* The controls of a gate as literals, and the products of the first one, two, and so on, of them. */
struct chain {
    literal *factor, *product;
    uint32_t count, done; /* products made */
};

static struct chain begin_chain(struct planner *p, const struct flat_gate *g)
{
    struct chain c = {.count = g->controls};
    c.factor = qry_alloc(p->block->ctx, 2 * (size_t)c.count, sizeof *c.factor);
    c.product = c.factor + c.count;
    for (uint32_t i = 0; i < c.count; i++) {
        qry_qubit q = g->control[i];
        c.factor[i] = control(p, cell_of(p, q & ~QRY_NEGATIVE)) ^ (q & QRY_NEGATIVE ? 1 : 0);
    }
    return c;
}

/* The product of the first `count` controls. */
static literal multiply(struct planner *p, struct chain *c, uint32_t count)
{
    if (!count)
        return 1;
    for (; c->done < count; c->done++)
        c->product[c->done] = c->done ? product(p, c->product[c->done - 1], c->factor[c->done]) : c->factor[0];
    return c->product[count - 1];
}

static void end_chain(struct planner *p, struct chain *c)
{
    while (c->done > 1) {
        c->done--;
        end_product(p, c->product[c->done - 1], c->factor[c->done], c->product[c->done]);
    }
    qry_free(p->block->ctx, c->factor);
}

/* exp(i angle) on the rows where `on` and the target are 1, exp(i angle alone) where `on` is. Where `on` never is, the
 * target may be in any frame. */
static void turn_under(struct planner *p, literal on, struct cell *target, qry_angle angle, double alone)
{
    add_phase(p, (qry_angle){angle.factor * alone, angle.formal}, on);
    literal t = on ? control(p, target) : 0, both = product(p, on, t);
    add_phase(p, angle, both);
    end_product(p, on, t, both);
}

static void plan_controlled(struct planner *p, const struct flat_gate *g)
{
    struct cell *a = cell_of(p, g->qubit[0]), *b = cell_of(p, g->qubit[1]);
    struct chain chain = begin_chain(p, g);
    qry_angle angle = g->angle[0];
    if (g->gate == QRY_GATE_x) {
        literal most = multiply(p, &chain, chain.count - 1);
        pauli_x_product(p, a, most, chain.factor[chain.count - 1]);
        end_chain(p, &chain);
        return;
    }
    literal on = multiply(p, &chain, chain.count);
    if (is_phase(g->gate, &angle))
        turn_under(p, on, a, angle, g->gate == QRY_GATE_rz ? -0.5 : 0);
    else if (g->gate == QRY_GATE_gphase)
        add_phase(p, angle, on);
    else if (g->gate == QRY_GATE_swap)
        exchange_cells(p, on, a, b);
    else if (g->gate == QRY_GATE_z)
        pauli(p, a, on, true);
    else if (g->gate == QRY_GATE_y) { /* i X Z */
        add_phase(p, (qry_angle){M_PI_2, -1}, on);
        pauli(p, a, on, true);
        pauli(p, a, on, false);
    } else
        qry_must(g->gate == QRY_GATE_id);
    end_chain(p, &chain);
}

/* ---- all gates ---- */

void planner_gate(struct planner *p, const struct flat_gate *g)
{
    const qry_qubit *qubit = g->qubit;
    struct cell *a = cell_of(p, qubit[0]), *b = cell_of(p, qubit[1]), *c = cell_of(p, qubit[2]);
    qry_angle angle = g->angle[0];
    if (g->controls) {
        plan_controlled(p, g);
        return;
    }
    if (is_phase(g->gate, &angle)) {
        add_phase(p, angle, control(p, a));
        return;
    }
    switch (g->gate) {
    case QRY_GATE_id:
    case QRY_GATE_gphase: /* the same for all rows */
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
    case QRY_GATE_cx:
        controlled_x(p, a, b);
        break;
    case QRY_GATE_cy: /* controlled i X Z */
        add_phase(p, (qry_angle){M_PI_2, -1}, control(p, a));
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
        controlled_phase(p, angle, -0.5, a, b);
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
        exchange_cells(p, control(p, a), b, c);
        break;
    default:
        qry_must(!"a dense gate is not planned");
    }
}

void planner_assert_zero(struct planner *p, qry_qubit qubit)
{
    struct cell *c = cell_of(p, qubit);
    expect_zero(p, &c->f, PLAN_ASSERT, &p->effect->asserts);
    expect_zero(p, &c->v, PLAN_ASSERT, &p->effect->asserts);
}

/* A word that is |+> or |-> in all rows alike is that, and stays it: only a frame that varies is expected to be 0. */
void planner_expect_z_frame(struct planner *p, qry_qubit qubit)
{
    struct cell *c = cell_of(p, qubit);
    if (is_data(c->f))
        control(p, c);
}

void planner_fold(struct planner *p, literal *plane, literal constant)
{
    if (p->in_place) {
        literal zero = *plane ^ constant; /* the same storage, seen so that it is zero */
        expect_zero(p, &zero, PLAN_ASSERT, &p->effect->asserts);
    }
    *plane = constant;
}
