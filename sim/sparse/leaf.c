/* leaf.c: see leaf.h. */
#include "sim/sparse/leaf.h"

#include "sim/sparse/graph.h"
#include "sim/sparse/in_place.h"
#include "sim/sparse/planner.h"

#include <string.h>

void effect_free(qry_ctx *ctx, struct effect *e)
{
    qry_free(ctx, e->change);
    qry_free(ctx, e->phase);
    plan_free(ctx, &e->plan);
    qry_free(ctx, e->tagged);
    qry_free(ctx, e->guards.item);
    qry_free(ctx, e->asserts.item);
    plan_free(ctx, &e->evaluation);
    qry_free(ctx, e->result);
}

size_t effect_size(const struct effect *e)
{
    size_t operation = 4 * (e->plan.wide ? sizeof(uint32_t) : sizeof(uint16_t));
    return sizeof *e + e->plan.operation_count * operation + e->change_room * sizeof *e->change +
           e->phase_room * sizeof *e->phase + e->tagged_room * sizeof *e->tagged;
}

bool effect_acts(const struct effect *e)
{
    return e->sign != 0 || e->phase_count || e->guards.count || e->asserts.count;
}

/* ---- one block of a leaf ---- */

/* What is planned for the touched qubits. */
enum task { PLAN_STRETCH, END_CALL, FOLD_CONSTANTS };

struct job {
    struct sparse *sim;
    enum task task;
    const struct stretch *stretch;
    const qry_qubit *touched;
    size_t touched_count;
    struct transition *leaf;
    uint64_t tag; /* names the contents that it writes */
};

struct block_job {
    const struct job *job;
    struct planner planner;
    uint32_t b;
    struct cell *before;
    identity difference; /* between the states around the leaf, this block's part */
};

static void count_gate(struct executed *e, const struct flat_gate *gate)
{
    if (!gate->controls) {
        e->gate[gate->gate]++;
        return;
    }
    const qry_controlled_cost cost = qry_cost_of_controlled(gate->gate, gate->controls);
    e->controlled++;
    e->controlled_t += cost.t;
    e->controlled_toffoli += cost.toffoli;
    e->controlled_rotations += cost.rotation;
}

static bool on_gate(void *state, const struct flat_gate *gate, uint32_t op)
{
    struct block_job *j = state;
    (void)op;
    planner_gate(&j->planner, gate);
    if (!j->b)
        count_gate(&j->job->leaf->executed, gate);
    return true;
}

static bool on_leave(void *state, const qry_definition *callee, const qry_qubit *map)
{
    struct block_job *j = state;
    for (size_t g = 0; g < callee->group_count; g++) {
        const qry_group *group = &callee->groups[g];
        for (uint32_t k = 0; k < group->size; k++)
            if (group->role == QRY_ROLE_WORK)
                planner_assert_zero(&j->planner, map[group->first + k]);
            else if (group->role == QRY_ROLE_WORD)
                planner_expect_z_frame(&j->planner, map[group->first + k]);
    }
    return true;
}

static void add_identity(identity *to, identity x)
{
    to->a ^= x.a;
    to->b ^= x.b;
}

static void add_cells_identity(struct block_job *j)
{
    const struct world *w = j->job->sim->world;
    for (size_t i = 0; i < j->job->touched_count; i++) {
        qry_qubit q = j->job->touched[i];
        add_identity(&j->difference, world_cell_identity(w, j->b, q, w->block[j->b].cell[q]));
    }
}

enum storage_use { USED_BEFORE = 1, USED_AFTER = 2, WRITTEN = 4 };

static void mark_cell(uint8_t *use, struct cell c, uint8_t mark)
{
    if (is_data(c.v))
        use[literal_id(c.v)] |= mark;
    if (is_data(c.f))
        use[literal_id(c.f)] |= mark;
}

/* Which of its operands an operation writes, as bits. */
static unsigned written_operands(enum plan_kind kind)
{
    switch (kind) {
    case PLAN_GUARD:
    case PLAN_ASSERT:
        return 0;
    case PLAN_SWAP:
    case PLAN_SWAP_N:
    case PLAN_SPLIT:
    case PLAN_SPLIT_N:
        return 1 | 2;
    case PLAN_XOR3:
    case PLAN_AND3:
    case PLAN_AND3_N:
    case PLAN_AND3_NN:
        return 4;
    default:
        return 1;
    }
}

static void mark_written(uint8_t *use, const struct plan_builder *b)
{
    const uint32_t *o = b->operation;
    for (size_t r = 0; r < b->run_count; r++) {
        unsigned written = written_operands((enum plan_kind)b->run[r].kind);
        for (uint32_t i = 0; i < b->run[r].count; i++, o += 4)
            for (int k = 0; k < 3; k++)
                if (written >> k & 1)
                    use[o[k]] |= WRITTEN;
    }
}

/* In place: new names for the contents that the plan changes; what no cell refers to has none. */
static void name_contents(struct block_job *j)
{
    struct block *block = &j->job->sim->world->block[j->b];
    struct effect *e = &j->job->leaf->effect[j->b];
    uint8_t *use = qry_alloc(block->ctx, block->used, 1);
    for (size_t i = 0; i < j->job->touched_count; i++) {
        mark_cell(use, j->before[i], USED_BEFORE);
        mark_cell(use, block->cell[j->job->touched[i]], USED_AFTER);
    }
    mark_written(use, in_place_builder(j->planner.in_place));
    for (uint32_t s = STORE_FIRST; s < block->used; s++) {
        if (!use[s])
            continue;
        uint64_t after = !(use[s] & USED_AFTER) ? 0 : use[s] & WRITTEN ? j->job->tag : block->tag[s];
        if (after == block->tag[s])
            continue;
        QRY_GROW(block->ctx, e->tagged, e->tagged_room, e->tagged_count + 1);
        e->tagged[e->tagged_count++] = (struct tag_change){s, block->tag[s], after};
        block->tag[s] = after;
    }
    qry_free(block->ctx, use);
}

static void record_changes(struct block_job *j)
{
    struct block *block = &j->job->sim->world->block[j->b];
    struct effect *e = &j->job->leaf->effect[j->b];
    for (size_t i = 0; i < j->job->touched_count; i++) {
        qry_qubit q = j->job->touched[i];
        struct cell before = j->before[i], after = block->cell[q];
        if (before.v == after.v && before.f == after.f)
            continue;
        QRY_GROW(block->ctx, e->change, e->change_room, e->change_count + 1);
        e->change[e->change_count++] = (struct change){q, before, after};
    }
}

/* Back to where the cells stood. */
static void restore(struct block_job *j)
{
    struct block *block = &j->job->sim->world->block[j->b];
    const struct effect *e = &j->job->leaf->effect[j->b];
    for (size_t i = 0; i < e->change_count; i++)
        block->cell[e->change[i].qubit] = e->change[i].before;
    for (size_t i = 0; i < e->tagged_count; i++)
        block->tag[e->tagged[i].storage] = e->tagged[i].before;
}

/* 0 or 1 if all rows hold that bit, else -1. */
static int constant_of(const plane *p)
{
    for (int w = 1; w < PLANE_WORDS; w++)
        if (p->word[w] != p->word[0])
            return -1;
    return p->word[0] == 0 ? 0 : p->word[0] == UINT64_MAX ? 1 : -1;
}

static void fold_block(struct block_job *j)
{
    struct block *block = &j->job->sim->world->block[j->b];
    literal *wanted = qry_alloc(block->ctx, 2 * j->job->touched_count, sizeof *wanted);
    literal **place = qry_alloc(block->ctx, 2 * j->job->touched_count, sizeof *place);
    size_t count = 0;
    for (size_t i = 0; i < j->job->touched_count; i++) {
        struct cell *c = &block->cell[j->job->touched[i]];
        literal *const both[2] = {&c->v, &c->f};
        for (int k = 0; k < 2; k++)
            if (is_data(*both[k])) {
                place[count] = both[k];
                wanted[count++] = *both[k];
            }
    }
    plane *planes = qry_alloc_aligned(block->ctx, count, sizeof *planes);
    execute_planes(j->job->sim, block, wanted, count, planes);
    for (size_t i = 0; i < count; i++) {
        int constant = constant_of(&planes[i]);
        if (constant >= 0)
            planner_fold(&j->planner, place[i], (literal)constant);
    }
    qry_free(block->ctx, planes);
    qry_free(block->ctx, place);
    qry_free(block->ctx, wanted);
}

static void plan_block(void *state)
{
    struct block_job *j = state;
    const struct job *job = j->job;
    struct block *block = &job->sim->world->block[j->b];
    struct effect *e = &job->leaf->effect[j->b];
    e->sign = block->graph ? 0 : make_literal(STORE_SIGN, false);
    j->planner = (struct planner){.block = block, .effect = e};
    if (!block->graph)
        j->planner.in_place = in_place_new(block, job->sim->world->width);
    j->before = qry_alloc(block->ctx, job->touched_count, sizeof *j->before);
    for (size_t i = 0; i < job->touched_count; i++)
        j->before[i] = block->cell[job->touched[i]];
    add_cells_identity(j);
    if (job->task == PLAN_STRETCH) {
        struct flat_visitor visitor = {j, on_gate, on_leave};
        stretch_walk(block->ctx, job->sim, job->stretch, &visitor);
    } else if (job->task == FOLD_CONSTANTS)
        fold_block(j);
    else
        on_leave(j, job->stretch->definition, job->sim->binding[job->stretch->binding].map);
    if (j->planner.in_place) {
        name_contents(j);
        plan_finish(block->ctx, in_place_builder(j->planner.in_place), &e->plan);
        e->guarded = plan_has(&e->plan, PLAN_GUARD);
        in_place_free(j->planner.in_place);
    }
    add_cells_identity(j);
    record_changes(j);
    restore(j);
    qry_free(block->ctx, j->before);
}

/* ---- a leaf ---- */

static struct transition *plan_all_blocks(struct job *job)
{
    struct sparse *sim = job->sim;
    struct world *w = sim->world;
    struct transition *t = job->leaf = qry_alloc(sim->base.ctx, 1, sizeof *t);
    t->is_leaf = true;
    t->effect = qry_alloc(sim->base.ctx, w->block_count, sizeof *t->effect);
    t->key.from = t->to = w->state;
    job->tag = ++sim->next_tag;
    struct block_job *j = qry_alloc(sim->base.ctx, w->block_count, sizeof *j);
    for (uint32_t b = 0; b < w->block_count; b++)
        j[b] = (struct block_job){.job = job, .b = b};
    world_each_block(sim, plan_block, j, sizeof *j);
    for (uint32_t b = 0; b < w->block_count; b++) {
        add_identity(&t->to, j[b].difference);
        t->acts |= effect_acts(&t->effect[b]);
        w->planned += effect_size(&t->effect[b]);
    }
    qry_free(sim->base.ctx, j);
    return t;
}

struct transition *leaf_plan(struct sparse *sim, const struct stretch *stretch, const qry_qubit *touched, size_t count)
{
    struct job job = {sim, PLAN_STRETCH, stretch, touched, count, NULL, 0};
    return plan_all_blocks(&job);
}

struct transition *leaf_end_call(struct sparse *sim, const struct stretch *stretch, const qry_qubit *touched,
                                 size_t count)
{
    struct job job = {sim, END_CALL, stretch, touched, count, NULL, 0};
    return plan_all_blocks(&job);
}

static bool has_data(const struct world *w, qry_qubit q)
{
    for (uint32_t b = 0; b < w->block_count; b++)
        if (is_data(w->block[b].cell[q].v) || is_data(w->block[b].cell[q].f))
            return true;
    return false;
}

struct transition *leaf_fold(struct sparse *sim)
{
    const struct world *w = sim->world;
    qry_qubit *touched = qry_alloc(sim->base.ctx, w->width, sizeof *touched);
    size_t count = 0;
    for (qry_qubit q = 0; q < w->width; q++)
        if (world_axis(w, q) < 0 && has_data(w, q))
            touched[count++] = q;
    struct job job = {sim, FOLD_CONSTANTS, NULL, touched, count, NULL, 0};
    struct transition *t = plan_all_blocks(&job);
    qry_free(sim->base.ctx, touched);
    return t;
}
