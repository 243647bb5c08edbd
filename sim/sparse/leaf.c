/* leaf.c: see leaf.h. */
#include "sim/sparse/leaf.h"

#include "sim/sparse/graph.h"
#include "sim/sparse/in_place.h"
#include "sim/sparse/lift.h"
#include "sim/sparse/planner.h"

#include <string.h>

void effect_free(qry_ctx *ctx, struct effect *e)
{
    qry_free(ctx, e->change);
    qry_free(ctx, e->phase);
    plan_free(ctx, &e->plan);
    qry_free(ctx, e->tagged);
    qry_free(ctx, e->copied);
    qry_free(ctx, e->guards.item);
    qry_free(ctx, e->asserts.item);
    plan_free(ctx, &e->evaluation);
    qry_free(ctx, e->result);
}

static size_t plan_size(const struct plan *plan)
{
    size_t operation = 4 * (plan->wide ? sizeof(uint32_t) : sizeof(uint16_t));
    return plan->operation_count * operation + plan->run_count * sizeof *plan->runs;
}

size_t effect_size(const struct effect *e)
{
    size_t results = e->planned ? 1 + e->phase_count + e->guards.count + e->asserts.count : 0;
    return sizeof *e + plan_size(&e->plan) + plan_size(&e->evaluation) + e->change_room * sizeof *e->change +
           e->phase_room * sizeof *e->phase + e->tagged_room * sizeof *e->tagged + e->copied_room * sizeof *e->copied +
           (e->guards.room + e->asserts.room) * sizeof(literal) + results * sizeof *e->result;
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
    const qry_role *role; /* END_CALL: of what is touched */
    size_t touched_count;
    struct transition *leaf;
    uint64_t tag;            /* names the contents that it writes */
    struct lifts *lifts;     /* NULL: the upper blocks have no part in it */
    struct block_job *block; /* by block */
    const bool *comes_down;  /* by place in lifts->up */
};

struct block_job {
    const struct job *job;
    struct planner planner;
    uint32_t b;
    const qry_qubit *touched;
    size_t touched_count;
    struct cell *before;
    struct cell
        *lifted;  /* by lift: of a lower block, what upper ones begin with; of an upper one, what it made of that */
    uint8_t *use; /* in place: of storages */
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

static void end_operand(struct block_job *j, qry_role role, qry_qubit q)
{
    if (role == QRY_ROLE_WORK)
        planner_assert_zero(&j->planner, q);
    else if (role == QRY_ROLE_WORD)
        planner_expect_z_frame(&j->planner, q);
}

static bool on_leave(void *state, const qry_definition *callee, const qry_qubit *map)
{
    struct block_job *j = state;
    for (size_t g = 0; g < callee->group_count; g++) {
        const qry_group *group = &callee->groups[g];
        for (uint32_t k = 0; k < group->size; k++)
            end_operand(j, group->role, map[group->first + k]);
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
    for (size_t i = 0; i < j->touched_count; i++) {
        qry_qubit q = j->touched[i];
        add_identity(&j->difference, world_cell_identity(w, j->b, q, *world_cell(w, j->b, q)));
    }
}

enum storage_use { USED_BEFORE = 1, USED_AFTER = 2, WRITTEN = 4 };

static void mark_cell(uint8_t *use, struct cell c, uint8_t mark)
{
    literal f = frame_of(c);
    if (is_data(c.v))
        use[literal_id(c.v)] |= mark;
    if (is_data(f))
        use[literal_id(f)] |= mark;
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
    uint8_t *use = j->use;
    for (size_t i = 0; i < j->touched_count; i++) {
        mark_cell(use, j->before[i], USED_BEFORE);
        mark_cell(use, *world_cell(j->job->sim->world, j->b, j->touched[i]), USED_AFTER);
    }
    for (size_t i = 0; i < e->copied_count; i++)
        use[e->copied[i].to] |= WRITTEN;
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
}

static void record_changes(struct block_job *j)
{
    struct block *block = &j->job->sim->world->block[j->b];
    struct effect *e = &j->job->leaf->effect[j->b];
    for (size_t i = 0; i < j->touched_count; i++) {
        qry_qubit q = j->touched[i];
        struct cell before = j->before[i], after = *world_cell(j->job->sim->world, j->b, q);
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
        *world_cell(j->job->sim->world, j->b, e->change[i].qubit) = e->change[i].before;
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
    const struct world *w = j->job->sim->world;
    struct block *block = &w->block[j->b];
    literal *wanted = qry_alloc(block->ctx, 2 * j->touched_count, sizeof *wanted);
    literal **place = qry_alloc(block->ctx, 2 * j->touched_count, sizeof *place);
    size_t count = 0;
    for (size_t i = 0; i < j->touched_count; i++) {
        struct cell *c = world_cell(w, j->b, j->touched[i]);
        literal *const both[2] = {&c->v, &c->f};
        for (int k = 0; k < 2 && !is_upper(*c); k++)
            if (is_data(*both[k])) {
                place[count] = both[k];
                wanted[count++] = *both[k];
            }
    }
    plane *planes = qry_alloc_aligned(block->ctx, count, sizeof *planes);
    execute_planes(j->job->sim, j->b, wanted, count, planes);
    for (size_t i = 0; i < count; i++) {
        int constant = constant_of(&planes[i]);
        if (constant >= 0)
            planner_fold(&j->planner, place[i], (literal)constant);
    }
    qry_free(block->ctx, planes);
    qry_free(block->ctx, place);
    qry_free(block->ctx, wanted);
}

static void begin_block(struct block_job *j)
{
    const struct job *job = j->job;
    const struct world *w = job->sim->world;
    struct block *block = &w->block[j->b];
    struct effect *e = &job->leaf->effect[j->b];
    bool upper = j->b >= w->lower;
    j->touched = !job->lifts ? job->touched : upper ? job->lifts->up : job->lifts->touched;
    j->touched_count = !job->lifts ? job->touched_count : upper ? job->lifts->up_count : job->lifts->touched_count;
    e->sign = block->graph ? 0 : make_literal(STORE_SIGN, false);
    j->planner = (struct planner){.block = block, .slot = upper ? w->slot : NULL, .effect = e};
    if (!block->graph)
        j->planner.in_place = in_place_new(block, upper ? w->slot_count : w->width);
    j->before = qry_alloc(block->ctx, j->touched_count, sizeof *j->before);
    for (size_t i = 0; i < j->touched_count; i++)
        j->before[i] = *world_cell(w, j->b, j->touched[i]);
    j->lifted = job->lifts ? qry_alloc(block->ctx, job->lifts->count, sizeof *j->lifted) : NULL;
    add_cells_identity(j);
}

/* A qubit leaves the lower block; what it was stays there, and a copy goes up. */
static void lift_from(struct block_job *j, const struct step *step)
{
    struct cell *c = world_cell(j->job->sim->world, j->b, step->qubit), *out = &j->lifted[step->lift];
    qry_must(!is_upper(*c));
    *out = *c;
    if (j->planner.in_place) {
        out->v = in_place_copy(j->planner.in_place, c->v);
        out->f = in_place_copy(j->planner.in_place, c->f);
    }
    c->f |= CELL_IS_UPPER;
}

static literal copy_up(struct block_job *j, literal from)
{
    if (!is_data(from))
        return from;
    struct effect *e = j->planner.effect;
    literal to = in_place_import(j->planner.in_place);
    QRY_GROW(j->planner.block->ctx, e->copied, e->copied_room, e->copied_count + 1);
    e->copied[e->copied_count++] = (struct copied){literal_id(from), literal_id(to), false};
    return to;
}

static void lift_to(struct block_job *j, const struct step *step)
{
    struct world *w = j->job->sim->world;
    struct cell from = j->job->block[(j->b - w->lower) % w->lower].lifted[step->lift], to;
    if (j->planner.in_place)
        to = (struct cell){copy_up(j, from.v), copy_up(j, from.f)};
    else
        to = (struct cell){lift_value(w, j->b, from.v), lift_value(w, j->b, from.f)};
    *world_cell(w, j->b, step->qubit) = j->lifted[step->lift] = to;
}

static void plan_steps(struct block_job *j, const struct steps *steps)
{
    for (size_t i = 0; i < steps->count; i++) {
        const struct step *step = &steps->step[i];
        struct flat_gate gate = step->gate;
        gate.control = j->job->lifts->control + step->control;
        if (step->kind == STEP_GATE)
            planner_gate(&j->planner, &gate);
        else if (step->kind == STEP_ZERO)
            planner_assert_zero(&j->planner, step->qubit);
        else if (step->kind == STEP_Z_FRAME)
            planner_expect_z_frame(&j->planner, step->qubit);
        else if (j->planner.slot)
            lift_to(j, step);
        else
            lift_from(j, step);
    }
}

static void plan_block(struct block_job *j)
{
    const struct job *job = j->job;
    struct block *block = &job->sim->world->block[j->b];
    begin_block(j);
    if (job->task == FOLD_CONSTANTS)
        fold_block(j);
    else if (job->lifts)
        plan_steps(j, j->planner.slot ? &job->lifts->upper : &job->lifts->lower);
    else if (job->task == PLAN_STRETCH) {
        struct flat_visitor visitor = {j, on_gate, on_leave};
        stretch_walk(block->ctx, job->sim, job->stretch, &visitor);
    } else
        for (size_t i = 0; i < job->touched_count; i++)
            end_operand(j, job->role[i], job->touched[i]);
    if (!j->planner.in_place)
        return;
    j->use = qry_alloc(block->ctx, block->used, 1);
    mark_written(j->use, in_place_builder(j->planner.in_place));
}

static void finish_block(struct block_job *j)
{
    struct block *block = &j->job->sim->world->block[j->b];
    struct effect *e = &j->job->leaf->effect[j->b];
    if (j->planner.in_place) {
        name_contents(j);
        plan_finish(block->ctx, in_place_builder(j->planner.in_place), &e->plan);
        e->guarded = plan_has(&e->plan, PLAN_GUARD);
        in_place_free(j->planner.in_place);
    }
    add_cells_identity(j);
    record_changes(j);
    restore(j);
    qry_free(block->ctx, j->use);
    qry_free(block->ctx, j->lifted);
    qry_free(block->ctx, j->before);
}

/* ---- coming down again ---- */

/* How a qubit may come down in a family of blocks. */
enum { STAYS_UP, AS_A_CONSTANT, AS_IT_WAS /* plus 1 if v is inverted, 2 if f is */ };

/* A lower block and the upper ones that belong to it. */
struct family_job {
    struct job *job;
    uint32_t lower;
    uint8_t *way; /* by place in lifts->up */
};

/* Of a part of a cell: 0 if it is what went up, 1 if that is inverted, else NOT_AS_IT_WAS. */
enum { NOT_AS_IT_WAS = 2 };
static unsigned compare(const struct block_job *j, literal now, literal to)
{
    bool written = j->planner.in_place && is_data(now) && j->use[literal_id(now)] & WRITTEN;
    return (now | 1) != (to | 1) || written ? NOT_AS_IT_WAS : now ^ to;
}

/* The way down for an upper cell that is known to be what the lower one was when the qubit went up, but for
 * inversions. */
static uint8_t as_it_was(const struct block_job *j, size_t up)
{
    struct world *w = j->job->sim->world;
    qry_qubit q = j->job->lifts->up[up];
    struct cell now = *world_cell(w, j->b, q), to = w->block[(j->b - w->lower) % w->lower].cell[q];
    uint32_t lift = j->job->lifts->lift[up];
    to.f = frame_of(to);
    if (!j->planner.in_place)
        to = (struct cell){lift_value(w, j->b, to.v), lift_value(w, j->b, to.f)};
    else if (is_data(to.v) || is_data(to.f)) {
        if (lift == NOT_LIFTED)
            return STAYS_UP;
        to = j->lifted[lift];
    }
    unsigned v = compare(j, now.v, to.v), f = compare(j, now.f, to.f);
    return v == NOT_AS_IT_WAS || f == NOT_AS_IT_WAS ? STAYS_UP : (uint8_t)(AS_IT_WAS + v + 2 * f);
}

static uint8_t way_down(const struct family_job *f, size_t up)
{
    const struct world *w = f->job->sim->world;
    qry_qubit q = f->job->lifts->up[up];
    struct cell first = *world_cell(w, w->lower + f->lower, q);
    uint8_t way = as_it_was(&f->job->block[w->lower + f->lower], up);
    bool constant = !is_data(first.v) && !is_data(first.f);
    for (uint32_t b = w->lower + f->lower; b < w->block_count && (way || constant); b += w->lower) {
        struct cell c = *world_cell(w, b, q);
        constant = constant && c.v == first.v && c.f == first.f;
        if (way && way != as_it_was(&f->job->block[b], up))
            way = STAYS_UP;
    }
    return way ? way : constant ? AS_A_CONSTANT : STAYS_UP;
}

static void plan_family(void *state)
{
    struct family_job *f = state;
    const struct world *w = f->job->sim->world;
    plan_block(&f->job->block[f->lower]);
    if (!f->job->lifts)
        return;
    for (uint32_t b = w->lower + f->lower; b < w->block_count; b += w->lower)
        plan_block(&f->job->block[b]);
    f->way = qry_alloc(w->block[f->lower].ctx, f->job->lifts->up_count, 1);
    for (size_t i = 0; i < f->job->lifts->up_count; i++)
        f->way[i] = way_down(f, i);
}

/* The copies of a qubit that comes down as it was are made backwards, too. */
static void copy_both_ways(struct block_job *j, uint32_t lift)
{
    struct effect *e = j->planner.effect;
    const struct cell *c = &j->lifted[lift];
    for (size_t i = 0; i < e->copied_count; i++) {
        uint32_t to = e->copied[i].to;
        e->copied[i].back |= (is_data(c->v) && to == literal_id(c->v)) || (is_data(c->f) && to == literal_id(c->f));
    }
}

static void come_down(struct family_job *f, size_t up)
{
    const struct world *w = f->job->sim->world;
    qry_qubit q = f->job->lifts->up[up];
    uint32_t lift = f->job->lifts->lift[up];
    struct cell *low = &w->block[f->lower].cell[q];
    uint8_t way = f->way[up];
    if (way >= AS_IT_WAS) {
        low->f = frame_of(*low) ^ ((way - AS_IT_WAS) >> 1);
        low->v ^= (way - AS_IT_WAS) & 1;
    } else
        *low = *world_cell(w, w->lower + f->lower, q);
    for (uint32_t b = w->lower + f->lower; b < w->block_count; b += w->lower) {
        if (way >= AS_IT_WAS && lift != NOT_LIFTED)
            copy_both_ways(&f->job->block[b], lift);
        *world_cell(w, b, q) = (struct cell){0, 0};
    }
}

static void finish_family(void *state)
{
    struct family_job *f = state;
    const struct world *w = f->job->sim->world;
    if (f->job->lifts)
        for (size_t i = 0; i < f->job->lifts->up_count; i++)
            if (f->job->comes_down[i])
                come_down(f, i);
    finish_block(&f->job->block[f->lower]);
    for (uint32_t b = w->lower + f->lower; f->job->lifts && b < w->block_count; b += w->lower)
        finish_block(&f->job->block[b]);
    qry_free(w->block[f->lower].ctx, f->way);
}

/* ---- a leaf ---- */

/* Which qubits come down: those that may in all families. In place, one whose plane below falls into disuse cannot be
 * taken up again backwards. */
static bool *agree(struct job *job, const struct family_job *family)
{
    const struct world *w = job->sim->world;
    bool *down = qry_alloc(job->sim->base.ctx, job->lifts->up_count, sizeof *down);
    for (size_t i = 0; i < job->lifts->up_count; i++) {
        bool loses = false;
        down[i] = true;
        for (uint32_t c = 0; c < w->lower; c++) {
            struct cell was = w->block[c].cell[job->lifts->up[i]];
            down[i] = down[i] && family[c].way[i] != STAYS_UP;
            loses |= family[c].way[i] == AS_A_CONSTANT && (is_data(was.v) || is_data(frame_of(was)));
        }
        job->leaf->one_way |= down[i] && loses && !job->sim->numbered;
    }
    return down;
}

static bool list_gate(void *state, const struct flat_gate *gate, uint32_t op)
{
    struct job *job = state;
    (void)op;
    lifts_gate(job->lifts, gate);
    count_gate(&job->leaf->executed, gate);
    return true;
}

static bool list_leave(void *state, const qry_definition *callee, const qry_qubit *map)
{
    struct job *job = state;
    for (size_t g = 0; g < callee->group_count; g++) {
        const qry_group *group = &callee->groups[g];
        for (uint32_t k = 0; k < group->size; k++)
            lifts_end(job->lifts, group->role, map[group->first + k]);
    }
    return true;
}

static void list_steps(struct job *job)
{
    struct sparse *sim = job->sim;
    job->lifts = lifts_new(sim, job->touched, job->touched_count);
    if (!job->lifts)
        return;
    struct flat_visitor visitor = {job, list_gate, list_leave};
    if (job->task == PLAN_STRETCH)
        stretch_walk(sim->base.ctx, sim, job->stretch, &visitor);
    for (size_t i = 0; job->task == END_CALL && i < job->touched_count; i++)
        lifts_end(job->lifts, job->role[i], job->touched[i]);
    world_give_slots(sim, sim->world, job->lifts->up, job->lifts->up_count);
}

static struct transition *plan_all_blocks(struct job *job)
{
    struct sparse *sim = job->sim;
    struct world *w = sim->world;
    struct transition *t = job->leaf = qry_alloc(sim->base.ctx, 1, sizeof *t);
    t->is_leaf = true;
    list_steps(job);
    t->block_count = job->lifts ? w->block_count : w->lower;
    t->effect = qry_alloc(sim->base.ctx, t->block_count, sizeof *t->effect);
    t->key.from = t->to = w->state;
    job->tag = ++sim->next_tag;
    struct block_job *j = job->block = qry_alloc(sim->base.ctx, t->block_count, sizeof *j);
    struct family_job *family = qry_alloc(sim->base.ctx, w->lower, sizeof *family);
    for (uint32_t b = 0; b < t->block_count; b++)
        j[b] = (struct block_job){.job = job, .b = b};
    for (uint32_t c = 0; c < w->lower; c++)
        family[c] = (struct family_job){.job = job, .lower = c};
    world_each_family(sim, plan_family, family, sizeof *family);
    bool *down = job->lifts ? agree(job, family) : NULL;
    job->comes_down = down;
    world_each_family(sim, finish_family, family, sizeof *family);
    for (uint32_t b = 0; b < t->block_count; b++) {
        add_identity(&t->to, j[b].difference);
        t->acts |= effect_acts(&t->effect[b]);
    }
    transition_account(w, t);
    qry_free(sim->base.ctx, down);
    qry_free(sim->base.ctx, family);
    qry_free(sim->base.ctx, j);
    lifts_free(job->lifts);
    return t;
}

struct transition *leaf_plan(struct sparse *sim, const struct stretch *stretch, const qry_qubit *touched, size_t count)
{
    struct job job = {.sim = sim, .task = PLAN_STRETCH, .stretch = stretch, .touched = touched, .touched_count = count};
    return plan_all_blocks(&job);
}

struct transition *leaf_end_call(struct sparse *sim, const qry_qubit *operands, const qry_role *roles, size_t count)
{
    struct job job = {.sim = sim, .task = END_CALL, .touched = operands, .role = roles, .touched_count = count};
    return plan_all_blocks(&job);
}

static bool has_data(const struct world *w, qry_qubit q)
{
    for (uint32_t b = 0; b < w->lower; b++) /* or is in the upper blocks */
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
    struct job job = {.sim = sim, .task = FOLD_CONSTANTS, .touched = touched, .touched_count = count};
    struct transition *t = plan_all_blocks(&job);
    qry_free(sim->base.ctx, touched);
    return t;
}
