/* transition.c: makes what a stretch does to the cells, if it is not found. A leaf is planned gate by gate; a
 * composite is a list of leaves and of the transitions of large calls, which are found again on their own. */
#include "sim/sparse/engine.h"

#include "sim/sparse/leaf.h"
#include "sim/sparse/scout.h"
#include "sim/sparse/table.h"

#include <string.h>

/* Calls of fewer gates are planned as part of their caller. */
enum { PART_GATES = 24, MAX_CHILDREN = 1 << 20 };

/* ---- moving the cells ---- */

void transition_move(struct sparse *sim, struct transition *t, bool backwards)
{
    struct world *w = sim->world;
    for (uint32_t b = 0; b < t->block_count; b++) {
        const struct effect *e = &t->effect[b];
        struct block *block = &w->block[b];
        for (size_t i = 0; i < e->change_count; i++)
            *world_cell(w, b, e->change[i].qubit) = backwards ? e->change[i].before : e->change[i].after;
        for (size_t i = 0; i < e->tagged_count; i++)
            block->tag[e->tagged[i].storage] = backwards ? e->tagged[i].before : e->tagged[i].after;
    }
    w->state = backwards ? t->key.from : t->to;
}

/* ---- making a composite ---- */

struct making {
    struct sparse *sim;
    const struct stretch *stretch;
    struct transition *t;
    bool failed;
};

static void add_child(struct making *m, struct child child)
{
    struct transition *t = m->t;
    QRY_GROW(m->sim->base.ctx, t->child, t->child_room, t->child_count + 1);
    t->child[t->child_count++] = child;
    const struct executed *add = &child.transition->executed;
    for (int g = 0; g < QRY_GATES; g++)
        t->executed.gate[child.backwards ? (int)qry_gate_table[g].inverse : g] += add->gate[g];
    t->executed.controlled += add->controlled;
    t->executed.controlled_t += add->controlled_t;
    t->executed.controlled_toffoli += add->controlled_toffoli;
    t->executed.controlled_rotations += add->controlled_rotations;
}

/* Why it failed; what is needed as axes from here on may not be what is needed at the beginning (name_needs). */
static void fail(struct making *m, enum outcome outcome, const qry_qubit *needs, size_t need_count)
{
    m->failed = true;
    struct transition *t = m->t;
    t->outcome = outcome;
    if (outcome != OUTCOME_NEEDS)
        return;
    t->needs = qry_alloc(m->sim->base.ctx, need_count, sizeof *t->needs);
    memcpy(t->needs, needs, need_count * sizeof *needs);
    t->need_count = need_count;
}

/* Back at the beginning: any qubit that is a constant here may become an axis here, and need not later. */
static void name_needs(struct sparse *sim, struct transition *t)
{
    size_t count = 0;
    for (size_t i = 0; i < t->need_count; i++)
        if (world_is_constant(sim->world, t->needs[i]))
            t->needs[count++] = t->needs[i];
    t->need_count = count;
    if (t->outcome == OUTCOME_NEEDS && !count)
        t->outcome = OUTCOME_DESCEND;
}

static void add_leaf(struct making *m, uint32_t from, uint32_t to)
{
    if (m->failed || from == to)
        return;
    struct stretch part = *m->stretch;
    part.begin = from;
    part.end = to;
    struct findings f = scout_look(m->sim, &part, WHOLE);
    if (f.need_count)
        fail(m, OUTCOME_NEEDS, f.needs, f.need_count);
    else if (f.descend)
        fail(m, OUTCOME_DESCEND, NULL, 0);
    else {
        struct transition *leaf = leaf_plan(m->sim, &part, f.touched, f.touched_count);
        add_child(m, (struct child){.transition = leaf, .is_part = true});
        transition_move(m->sim, leaf, false);
    }
}

static void add_call(struct making *m, const qry_op *op)
{
    if (m->failed)
        return;
    struct stretch call = stretch_of_call(m->sim, m->stretch, op);
    struct child child = transition_get(m->sim, &call, WHOLE);
    struct transition *t = child.transition;
    if (t->outcome != OUTCOME_RUNS)
        fail(m, t->outcome, t->needs, t->need_count);
    else if (m->t->child_count >= MAX_CHILDREN)
        fail(m, OUTCOME_DESCEND, NULL, 0);
    else {
        child.angle_count = call.definition->angle_count;
        if (child.angle_count) {
            size_t size = child.angle_count * sizeof *child.angle;
            child.angle = qry_alloc(m->sim->base.ctx, child.angle_count, sizeof *child.angle);
            memcpy(child.angle, m->stretch->definition->angles + op->c, size);
        }
        add_child(m, child);
        transition_move(m->sim, t, child.backwards);
    }
}

static bool is_large_call(const struct sparse *sim, const qry_op *op)
{
    return op->kind == QRY_OP_CALL &&
           stretch_knowledge(sim, qry_circuit_definition(sim->base.circuit, op->a))->gates >= PART_GATES;
}

static bool has_large_call(const struct sparse *sim, const qry_op *ops, size_t from, size_t to)
{
    for (size_t i = from; i < to; i++)
        if (is_large_call(sim, &ops[i]))
            return true;
    return false;
}

static void add_range(struct making *m, size_t from, size_t to);

/* The block, or the large call, at i. */
static void add_one(struct making *m, size_t i)
{
    const qry_op *op = &m->stretch->definition->ops[i];
    if (op->kind == QRY_OP_CALL) {
        add_call(m, op);
        return;
    }
    uint64_t times = op->kind == QRY_OP_REPEAT ? (op->a | (uint64_t)op->b << 32) : 1;
    for (uint64_t k = 0; k < times && !m->failed; k++)
        add_range(m, i + 1, op->c);
}

/* Cuts operations from .. to-1 into leaves and large calls, in the direction of the stretch. */
static void add_range(struct making *m, size_t from, size_t to)
{
    const qry_op *ops = m->stretch->definition->ops;
    bool down = m->stretch->inverse;
    size_t i = down ? to : from, pending = i; /* what lies between pending and i waits to become a leaf */
    while (!m->failed && (down ? i > from : i < to)) {
        size_t begin = down ? i - 1 : i, last = begin;
        if (ops[begin].kind == QRY_OP_END)
            begin = ops[begin].c;
        if (ops[begin].kind == QRY_OP_REPEAT || ops[begin].kind == QRY_OP_SECTION)
            last = ops[begin].c;
        size_t next = down ? begin : last + 1;
        if (has_large_call(m->sim, ops, begin, last + 1)) {
            add_leaf(m, (uint32_t)(down ? i : pending), (uint32_t)(down ? pending : i));
            add_one(m, begin);
            pending = next;
        }
        i = next;
    }
    add_leaf(m, (uint32_t)(down ? i : pending), (uint32_t)(down ? pending : i));
}

/* Marks the operands of a group, map[0 .. count-1], of which the end of a call has something to assert: work that is
 * not 0, a word in an unknown frame. Block by block, because that is how cells lie in memory. */
static void mark_asserted(const struct world *w, qry_role role, const qry_qubit *map, uint32_t count, bool *mark)
{
    for (uint32_t b = 0; b < w->lower; b++) {
        const struct cell *cell = w->block[b].cell;
        for (uint32_t k = 0; k < count; k++) {
            struct cell c = cell[map[k]];
            mark[k] |= role == QRY_ROLE_WORK ? c.v || c.f : is_data(c.f);
        }
    }
}

static void add_end(struct making *m)
{
    if (m->failed)
        return;
    struct sparse *sim = m->sim;
    const qry_definition *d = m->stretch->definition;
    const qry_qubit *map = sim->binding[m->stretch->binding].map;
    qry_qubit *operand = qry_alloc(sim->base.ctx, d->width, sizeof *operand);
    qry_role *role = qry_alloc(sim->base.ctx, d->width, sizeof *role);
    bool *mark = qry_alloc(sim->base.ctx, d->width, sizeof *mark);
    size_t count = 0;
    for (size_t g = 0; g < d->group_count; g++) {
        const qry_group *group = &d->groups[g];
        if (group->role == QRY_ROLE_WORK || group->role == QRY_ROLE_WORD)
            mark_asserted(sim->world, group->role, map + group->first, group->size, mark + group->first);
        for (uint32_t k = group->first; k < group->first + group->size; k++)
            if (mark[k]) {
                role[count] = group->role;
                operand[count++] = map[k];
            }
    }
    if (count) {
        struct transition *leaf = leaf_end_call(sim, operand, role, count);
        add_child(m, (struct child){.transition = leaf, .is_part = true});
        transition_move(sim, leaf, false);
    }
    qry_free(sim->base.ctx, mark);
    qry_free(sim->base.ctx, role);
    qry_free(sim->base.ctx, operand);
}

static void go_back(struct making *m)
{
    struct transition *t = m->t;
    while (t->child_count) {
        struct child *child = &t->child[--t->child_count];
        transition_move(m->sim, child->transition, !child->backwards);
        table_free_child(m->sim, m->sim->world, child);
    }
    t->executed = (struct executed){{0}, 0, 0, 0, 0};
}

/* Address operands become axes at once: a part of the call may route them before another uses them as controls. */
static void need_address(struct making *m)
{
    struct sparse *sim = m->sim;
    const qry_definition *d = m->stretch->definition;
    const qry_qubit *map = sim->binding[m->stretch->binding].map;
    qry_qubit *needs = qry_alloc(sim->base.ctx, d->width, sizeof *needs);
    size_t count = 0;
    for (size_t g = 0; g < d->group_count; g++)
        for (uint32_t k = 0; d->groups[g].role == QRY_ROLE_ADDRESS && k < d->groups[g].size; k++) {
            qry_qubit q = map[d->groups[g].first + k];
            struct cell c = sim->world->block[0].cell[q];
            if (c.f == 1 && !is_data(c.v))
                needs[count++] = q;
        }
    if (count)
        fail(m, OUTCOME_NEEDS, needs, count);
    qry_free(sim->base.ctx, needs);
}

static struct transition *make_call(struct sparse *sim, const struct stretch *stretch, const struct key *key)
{
    struct transition *t = qry_alloc(sim->base.ctx, 1, sizeof *t);
    t->key = *key;
    struct making m = {sim, stretch, t, false};
    if (stretch_knowledge(sim, stretch->definition)->classical)
        fail(&m, OUTCOME_DESCEND, NULL, 0);
    else
        need_address(&m);
    add_range(&m, 0, stretch->definition->op_count);
    add_end(&m);
    if (m.failed) {
        go_back(&m);
        name_needs(sim, t);
        return t;
    }
    t->to = sim->world->state;
    composite_finish(sim, t);
    if (!t->one_way) {
        t->reverse = *key;
        t->reverse.from = t->to;
        t->reverse.inverse = !key->inverse;
    }
    for (size_t i = t->child_count; i-- > 0;)
        transition_move(sim, t->child[i].transition, !t->child[i].backwards);
    return t;
}

/* ---- gates of a body, up to where a dense one must act ---- */

static struct transition *make_steps(struct sparse *sim, const struct stretch *stretch, const struct key *key)
{
    struct findings f = scout_look(sim, stretch, key->manner);
    struct stretch cut = *stretch;
    if (stretch->inverse)
        cut.begin = f.stop;
    else
        cut.end = f.stop;
    struct transition *t;
    if (f.need_count) {
        t = qry_alloc(sim->base.ctx, 1, sizeof *t);
        t->outcome = OUTCOME_NEEDS;
        t->needs = qry_alloc(sim->base.ctx, f.need_count, sizeof *t->needs);
        memcpy(t->needs, f.needs, f.need_count * sizeof *t->needs);
        t->need_count = f.need_count;
    } else if (cut.begin == cut.end) {
        t = qry_alloc(sim->base.ctx, 1, sizeof *t);
        t->outcome = OUTCOME_DESCEND;
    } else
        t = leaf_plan(sim, &cut, f.touched, f.touched_count);
    t->key = *key;
    t->stop = f.stop;
    t->must_resolve = f.must_resolve;
    t->resolve = f.resolve;
    return t;
}

struct child transition_get(struct sparse *sim, const struct stretch *stretch, enum manner manner)
{
    struct key key = {.from = sim->world->state,
                      .version = stretch_knowledge(sim, stretch->definition)->version,
                      .definition = stretch->definition->number,
                      .binding = stretch->binding,
                      .begin = stretch->begin,
                      .end = stretch->end,
                      .inverse = stretch->inverse,
                      .manner = manner};
    struct child found = table_find(sim->world, &key);
    if (found.transition)
        return found;
    double started = sim->planning++ ? 0 : qry_seconds();
    found.transition = manner == WHOLE ? make_call(sim, stretch, &key) : make_steps(sim, stretch, &key);
    table_keep(sim, found.transition);
    if (!--sim->planning)
        sim->planning_seconds += qry_seconds() - started;
    return found;
}

/* ---- planes that turned out to be constant ---- */

struct transition *transition_fold(struct sparse *sim)
{
    struct key key = {.from = sim->world->state, .version = 1, .definition = FOLD};
    struct transition *t = table_find(sim->world, &key).transition;
    if (!t) {
        t = leaf_fold(sim);
        t->key = key;
        table_keep(sim, t);
    }
    return t;
}
