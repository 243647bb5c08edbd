/* scout.c: see scout.h. */
#include "sim/sparse/scout.h"

/* Gates times blocks that steps are planned for at once: every one may take 64 bytes for the copy of a plane. */
enum { MOST_AT_ONCE = 1 << 22 };

enum { UNKNOWN = 2 };
enum { NOWHERE = UINT32_MAX };

/* What the scout knows of a qubit. */
struct view {
    uint8_t v, f;     /* 0, 1 or UNKNOWN */
    qry_qubit origin; /* the |+> or |-> input that this is, or a part of in some rows; or NOWHERE */
    uint64_t look;    /* in which look this was found */
};

struct scout {
    qry_ctx *ctx;
    struct view *view;
    uint64_t *needed; /* in which look this input was found to be needed as an axis */
    size_t room, needed_room;
    uint64_t look;
    qry_qubit *needs, *touched;
    size_t need_room, need_count, touched_room, touched_count;
    /* of the look in progress */
    const struct sparse *sim;
    enum manner manner;
    size_t left; /* gates that may still be planned at once */
    struct findings found;
};

struct scout *scout_new(qry_ctx *ctx)
{
    struct scout *s = qry_alloc(ctx, 1, sizeof *s);
    s->ctx = ctx;
    return s;
}

void scout_free(struct scout *s)
{
    if (!s)
        return;
    qry_free(s->ctx, s->view);
    qry_free(s->ctx, s->needed);
    qry_free(s->ctx, s->needs);
    qry_free(s->ctx, s->touched);
    qry_free(s->ctx, s);
}

/* A constant that is the same in all blocks, or UNKNOWN. */
static uint8_t common(literal x, literal so_far) { return is_data(x) || x != so_far ? UNKNOWN : (uint8_t)x; }

static struct view *see(struct scout *s, qry_qubit q)
{
    struct view *view = &s->view[q];
    if (view->look == s->look)
        return view;
    const struct world *w = s->sim->world;
    uint32_t begin, count = world_blocks(w, q, &begin);
    struct cell first = *world_cell(w, begin, q);
    *view = (struct view){common(first.v, first.v), common(first.f, first.f), NOWHERE, s->look};
    for (uint32_t b = begin + 1; b < begin + count && (view->v != UNKNOWN || view->f != UNKNOWN); b++) {
        struct cell c = *world_cell(w, b, q);
        view->v = view->v == UNKNOWN ? UNKNOWN : common(c.v, first.v);
        view->f = view->f == UNKNOWN ? UNKNOWN : common(c.f, first.f);
    }
    if (view->f == 1 && view->v != UNKNOWN)
        view->origin = q;
    QRY_GROW(s->ctx, s->touched, s->touched_room, s->touched_count + 1);
    s->touched[s->touched_count++] = q;
    return view;
}

static uint8_t exclusive(uint8_t a, uint8_t b) { return a == UNKNOWN || b == UNKNOWN ? UNKNOWN : a ^ b; }

static uint8_t both(uint8_t a, uint8_t b) { return !a || !b ? 0 : a == 1 && b == 1 ? 1 : UNKNOWN; }

/* The input must be an axis; the look goes on as if it were. */
static void need(struct scout *s, qry_qubit input)
{
    if (s->needed[input] == s->look)
        return;
    s->needed[input] = s->look;
    QRY_GROW(s->ctx, s->needs, s->need_room, s->need_count + 1);
    s->needs[s->need_count++] = input;
}

/* Whether a qubit may be a control here. False: the look ends. */
static bool as_control(struct scout *s, qry_qubit q)
{
    struct view *x = see(s, q);
    if (x->f == 0)
        return true;
    if (x->origin != NOWHERE) {
        need(s, x->origin);
        x->v = UNKNOWN;
        x->f = 0;
        x->origin = NOWHERE;
        return true;
    }
    if (x->f == UNKNOWN && s->manner != CAREFUL_STEPS) {
        x->f = 0;
        return true;
    }
    s->found.resolve = q;
    s->found.must_resolve = true;
    return false;
}

static void see_pauli(struct view *x, uint8_t where, bool z)
{
    uint8_t flips = x->f == UNKNOWN ? UNKNOWN : z ? x->f : x->f ^ 1;
    x->v = exclusive(x->v, both(flips, where));
}

static void see_swap(struct view *a, struct view *b)
{
    struct view t = *a;
    *a = *b;
    *b = t;
}

static void see_controlled_swap(uint8_t where, struct view *a, struct view *b)
{
    if (where == 0)
        return;
    if (where == 1) {
        see_swap(a, b);
        return;
    }
    if (a->v == b->v && a->f == b->f && a->v != UNKNOWN && a->f != UNKNOWN)
        return;
    a->v = b->v = a->v == b->v ? a->v : UNKNOWN;
    a->f = b->f = a->f == b->f ? a->f : UNKNOWN;
    a->origin = b->origin = a->origin != NOWHERE ? a->origin : b->origin;
}

static bool see_h(struct scout *s, qry_qubit q)
{
    struct view *x = see(s, q);
    if (s->manner == AHEAD && x->v == UNKNOWN)
        return true; /* whatever it is then, it is no input */
    if (s->manner != WHOLE && x->v == UNKNOWN && x->f == 0)
        return false; /* on an axis, or on data: not a matter of frames alone */
    x->f = exclusive(x->f, 1);
    x->origin = NOWHERE;
    return true;
}

static bool see_controlled_z(struct scout *s, qry_qubit first, qry_qubit second)
{
    struct view *a = see(s, first), *b = see(s, second);
    if (a->f != 0 && b->f == 0) {
        see_pauli(a, b->v, true);
        return true;
    }
    if (!as_control(s, first))
        return false;
    see_pauli(b, a->v, true);
    return true;
}

static bool see_controlled_x(struct scout *s, qry_qubit first, qry_qubit second)
{
    struct view *a = see(s, first), *b = see(s, second);
    if (a->f == 1 && b->f == 1) {
        a->v = exclusive(a->v, b->v);
        return true;
    }
    if (!as_control(s, first))
        return false;
    see_pauli(b, a->v, false);
    return true;
}

static bool is_dense(qry_gate gate) { return qry_gate_table[gate].class == QRY_DENSE; }

/* The look ends at a dense gate. On a qubit that is a constant so far it makes an axis, which had better be there
 * before anything else depends on others. */
static bool see_dense(struct scout *s, qry_qubit target)
{
    struct view *x = see(s, target);
    bool ahead = s->manner == AHEAD;
    if ((ahead || s->manner == WHOLE) && x->v != UNKNOWN && x->f != UNKNOWN && world_is_constant(s->sim->world, target))
        need(s, target);
    if (ahead)
        *x = (struct view){UNKNOWN, 0, NOWHERE, s->look};
    return ahead;
}

/* A gate with a list of controls. */
static bool see_controlled(struct scout *s, const struct flat_gate *g)
{
    if (is_dense(g->gate))
        return see_dense(s, g->qubit[0]);
    uint8_t where = 1;
    for (uint32_t i = 0; i < g->controls; i++) {
        qry_qubit q = g->control[i] & ~QRY_NEGATIVE;
        if (!as_control(s, q))
            return false;
        where = both(where, exclusive(see(s, q)->v, g->control[i] & QRY_NEGATIVE ? 1 : 0));
    }
    for (uint32_t i = 0; i < qry_gate_table[g->gate].targets; i++)
        see(s, g->qubit[i]); /* operands of a lifted gate are lifted, even of one that does nothing */
    if (!where || g->gate == QRY_GATE_gphase || g->gate == QRY_GATE_id)
        return true;
    struct view *target = see(s, g->qubit[0]);
    switch (g->gate) {
    case QRY_GATE_x:
        see_pauli(target, where, false);
        return true;
    case QRY_GATE_y:
        see_pauli(target, where, true);
        see_pauli(target, where, false);
        return true;
    case QRY_GATE_z:
        see_pauli(target, where, true);
        return true;
    case QRY_GATE_swap:
        see_controlled_swap(where, target, see(s, g->qubit[1]));
        return true;
    default:
        return as_control(s, g->qubit[0]);
    }
}

/* Moves the views on by one gate; false when the permutation ends before it. */
static bool see_gate(struct scout *s, const struct flat_gate *g)
{
    const qry_qubit *q = g->qubit;
    if (g->controls)
        return see_controlled(s, g);
    switch (g->gate) {
    case QRY_GATE_id:
    case QRY_GATE_gphase:
        return true;
    case QRY_GATE_h:
        return see_h(s, q[0]);
    case QRY_GATE_x:
        see_pauli(see(s, q[0]), 1, false);
        return true;
    case QRY_GATE_z:
        see_pauli(see(s, q[0]), 1, true);
        return true;
    case QRY_GATE_y:
        see_pauli(see(s, q[0]), 1, true);
        see_pauli(see(s, q[0]), 1, false);
        return true;
    case QRY_GATE_s:
    case QRY_GATE_sdg:
    case QRY_GATE_t:
    case QRY_GATE_tdg:
    case QRY_GATE_p:
    case QRY_GATE_rz:
        return as_control(s, q[0]);
    case QRY_GATE_cp:
    case QRY_GATE_crz:
        return as_control(s, q[0]) && as_control(s, q[1]);
    case QRY_GATE_cz:
        return see_controlled_z(s, q[0], q[1]);
    case QRY_GATE_cx:
        return see_controlled_x(s, q[0], q[1]);
    case QRY_GATE_cy:
        if (!as_control(s, q[0]))
            return false;
        see_pauli(see(s, q[1]), see(s, q[0])->v, true);
        see_pauli(see(s, q[1]), see(s, q[0])->v, false);
        return true;
    case QRY_GATE_ccx:
        if (!as_control(s, q[0]) || !as_control(s, q[1]))
            return false;
        see_pauli(see(s, q[2]), both(see(s, q[0])->v, see(s, q[1])->v), false);
        return true;
    case QRY_GATE_swap:
        see_swap(see(s, q[0]), see(s, q[1]));
        return true;
    case QRY_GATE_cswap: {
        if (!as_control(s, q[0]))
            return false;
        struct view *a = see(s, q[1]), *b = see(s, q[2]);
        see_controlled_swap(see(s, q[0])->v, a, b);
        return true;
    }
    default:
        return see_dense(s, q[qry_gate_table[g->gate].qubits - 1]);
    }
}

static bool on_gate(void *state, const struct flat_gate *gate, uint32_t op)
{
    struct scout *s = state;
    s->found.stop = op;
    if (s->manner != WHOLE && !s->left--)
        return false;
    return see_gate(s, gate);
}

/* Work qubits are asserted to be zero at the end of a call, and words to be in the Z frame; from there on they are. */
static bool on_leave(void *state, const qry_definition *callee, const qry_qubit *map)
{
    struct scout *s = state;
    for (size_t i = 0; i < callee->group_count; i++) {
        const qry_group *group = &callee->groups[i];
        for (uint32_t k = 0; k < group->size; k++) {
            if (group->role == QRY_ROLE_WORD && !as_control(s, map[group->first + k]))
                return false;
            if (group->role != QRY_ROLE_WORK)
                continue;
            struct view *x = see(s, map[group->first + k]);
            x->v = x->f = 0;
            x->origin = NOWHERE;
        }
    }
    return true;
}

struct findings scout_look(struct sparse *sim, const struct stretch *stretch, enum manner manner)
{
    struct scout *s = sim->scout;
    QRY_GROW(s->ctx, s->view, s->room, sim->world->width);
    QRY_GROW(s->ctx, s->needed, s->needed_room, sim->world->width);
    s->look++;
    s->need_count = s->touched_count = 0;
    s->sim = sim;
    s->manner = manner;
    s->found = (struct findings){0};
    s->left = MOST_AT_ONCE / sim->world->block_count + 64;
    struct flat_visitor visitor = {s, on_gate, on_leave};
    bool through = stretch_walk(s->ctx, sim, stretch, &visitor);
    struct findings *f = &s->found;
    if (through)
        f->stop = stretch->inverse ? stretch->begin : stretch->end;
    else if (stretch->inverse)
        f->stop++; /* going down, it ends above the operation that could not be taken */
    f->descend = !through && manner == WHOLE;
    f->must_resolve = f->must_resolve && !through;
    f->needs = s->needs;
    f->need_count = s->need_count;
    f->touched = s->touched;
    f->touched_count = s->touched_count;
    return *f;
}
