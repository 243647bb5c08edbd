/* execute.c: runs transitions: planes first, then what they say about the amplitudes. */
#include "sim/sparse/engine.h"

#include "sim/sparse/graph.h"
#include "sim/sparse/in_place.h"

#include <math.h>
#include <string.h>

/* ---- amplitudes of one block ---- */

static size_t block_rows(const struct world *w, uint32_t b)
{
    size_t first = (size_t)b * PLANE_ROWS, rest = w->rows - first;
    return rest < PLANE_ROWS ? rest : PLANE_ROWS;
}

static void flip_block(struct sparse *sim, uint32_t b, const uint64_t *sign)
{
    size_t first = (size_t)b * PLANE_ROWS;
    sim->kernels->flip(sim->re + first, sim->complex ? sim->im + first : NULL, block_rows(sim->world, b), sign);
}

static void turn_block(struct sparse *sim, uint32_t b, const uint64_t *where, double angle)
{
    size_t first = (size_t)b * PLANE_ROWS;
    sim->kernels->turn(sim->re + first, sim->im + first, block_rows(sim->world, b), where, cos(angle), sin(angle));
}

static bool is_zero(const plane *p)
{
    uint64_t all = 0;
    for (int w = 0; w < PLANE_WORDS; w++)
        all |= p->word[w];
    return !all;
}

/* ---- in place ---- */

struct run {
    struct sparse *sim;
    struct transition *transition;
    uint32_t b;
    bool backwards;
    const double *angle; /* of the transition's definition */
    bool strayed, dirty;
};

static double angle_of(const struct phase *phase, const double *angle, bool backwards)
{
    double x = qry_angle_value(phase->angle, angle);
    return backwards ? -x : x;
}

static void apply_phases(const struct run *r, const struct effect *e, bool backwards, const double *angle)
{
    const struct block *block = &r->sim->world->block[r->b];
    for (size_t i = 0; i < e->phase_count; i++) {
        literal where = e->phase[i].where;
        if (where)
            turn_block(r->sim, r->b, block->storage[is_data(where) ? literal_id(where) : STORE_ONES].word,
                       angle_of(&e->phase[i], angle, backwards));
    }
}

/* A plan that is run that often gets a better order. */
enum { OFTEN = 3 };

static bool run_leaves(const struct run *r, const struct transition *t, bool backwards, const double *angle);

static bool run_child(const struct run *r, const struct child *c, bool backwards, const double *angle)
{
    if (!c->angle)
        return run_leaves(r, c->transition, c->backwards != backwards, angle);
    enum { USUAL = 8 };
    qry_ctx *ctx = r->sim->world->block[r->b].ctx;
    double few[USUAL], *value = c->angle_count > USUAL ? qry_alloc(ctx, c->angle_count, sizeof *value) : few;
    for (uint32_t i = 0; i < c->angle_count; i++)
        value[i] = qry_angle_value(c->angle[i], angle);
    bool inverted = run_leaves(r, c->transition, c->backwards != backwards, value);
    if (value != few)
        qry_free(ctx, value);
    return inverted;
}

/* Runs the leaves of a transition in a block; true when the sign came out inverted. */
static bool run_leaves(const struct run *r, const struct transition *t, bool backwards, const double *angle)
{
    struct block *block = &r->sim->world->block[r->b];
    bool inverted = false;
    if (t->is_leaf) {
        struct effect *e = &t->effect[r->b];
        if (e->runs < OFTEN && ++e->runs == OFTEN)
            plan_schedule(block->ctx, &e->plan, block->used);
        r->sim->kernels->run(&e->plan, block->storage, backwards);
        apply_phases(r, e, backwards, angle);
        return is_inverted(e->sign);
    }
    for (size_t i = 0; i < t->child_count; i++)
        inverted ^= run_child(r, &t->child[backwards ? t->child_count - 1 - i : i], backwards, angle);
    return inverted;
}

static void run_in_block(void *state)
{
    struct run *r = state;
    plane *storage = r->sim->world->block[r->b].storage;
    bool inverted = run_leaves(r, r->transition, r->backwards, r->angle);
    r->strayed = !is_zero(&storage[STORE_STRAYED]);
    r->dirty = !is_zero(&storage[STORE_DIRTY]);
    if (inverted)
        for (int w = 0; w < PLANE_WORDS; w++)
            storage[STORE_SIGN].word[w] = ~storage[STORE_SIGN].word[w];
    if (!is_zero(&storage[STORE_SIGN]))
        flip_block(r->sim, r->b, storage[STORE_SIGN].word);
    memset(&storage[STORE_SIGN], 0, sizeof(plane));
    memset(&storage[STORE_STRAYED], 0, sizeof(plane));
    memset(&storage[STORE_DIRTY], 0, sizeof(plane));
}

static void run_all_blocks(struct sparse *sim, struct transition *t, bool backwards, const double *angle, bool *strayed,
                           bool *dirty)
{
    struct world *w = sim->world;
    struct run *runs = qry_alloc(sim->base.ctx, w->block_count, sizeof *runs);
    for (uint32_t b = 0; b < w->block_count; b++)
        runs[b] = (struct run){sim, t, b, backwards, angle, false, false};
    world_each_block(sim, run_in_block, runs, sizeof *runs);
    *strayed = *dirty = false;
    for (uint32_t b = 0; b < w->block_count; b++) {
        *strayed |= runs[b].strayed;
        *dirty |= runs[b].dirty;
    }
    qry_free(sim->base.ctx, runs);
}

/* All blocks have the same phases. */
static bool has_phases(const struct transition *t, uint32_t blocks) { return blocks && t->effect[0].phase_count > 0; }

static bool is_guarded(const struct transition *t, uint32_t blocks)
{
    for (uint32_t b = 0; b < blocks; b++)
        if (t->effect[b].guarded)
            return true;
    return false;
}

/* Whether something holds for a leaf of the transition, in one of the blocks. */
static bool any_leaf(const struct transition *t, uint32_t blocks,
                     bool (*holds)(const struct transition *leaf, uint32_t blocks))
{
    if (t->is_leaf)
        return holds(t, blocks);
    for (size_t i = 0; i < t->child_count; i++)
        if (any_leaf(t->child[i].transition, blocks, holds))
            return true;
    return false;
}

/* The state as it was, in case that a transition strays. */
struct backup {
    plane **storage; /* by block */
    double *re, *im;
};

static struct backup save(struct sparse *sim)
{
    const struct world *w = sim->world;
    struct backup saved = {.storage = qry_alloc(sim->base.ctx, w->block_count, sizeof *saved.storage),
                           .re = qry_alloc(sim->base.ctx, w->rows, sizeof(double)),
                           .im = qry_alloc(sim->base.ctx, w->rows, sizeof(double))};
    memcpy(saved.re, sim->re, w->rows * sizeof(double));
    memcpy(saved.im, sim->im, w->rows * sizeof(double));
    for (uint32_t b = 0; b < w->block_count; b++) {
        saved.storage[b] = qry_alloc_aligned(sim->base.ctx, w->block[b].used, sizeof(plane));
        memcpy(saved.storage[b], w->block[b].storage, w->block[b].used * sizeof(plane));
    }
    return saved;
}

/* Takes the state back to what was saved, if `back`; frees it. */
static void drop(struct sparse *sim, struct backup *saved, bool back)
{
    const struct world *w = sim->world;
    for (uint32_t b = 0; b < w->block_count; b++) {
        if (back)
            memcpy(w->block[b].storage, saved->storage[b], w->block[b].used * sizeof(plane));
        qry_free(sim->base.ctx, saved->storage[b]);
    }
    if (back) {
        memcpy(sim->re, saved->re, w->rows * sizeof(double));
        memcpy(sim->im, saved->im, w->rows * sizeof(double));
    }
    qry_free(sim->base.ctx, saved->storage);
    qry_free(sim->base.ctx, saved->re);
    qry_free(sim->base.ctx, saved->im);
}

static void report_dirty(struct sparse *sim, const struct transition *t)
{
    const char *name = t->key.version && t->key.definition < qry_circuit_definitions(sim->base.circuit)
                           ? qry_circuit_definition(sim->base.circuit, t->key.definition)->name
                           : "a subroutine";
    qry_error(sim->base.ctx, "%s, or what it calls, leaves work qubits that are not |0>: they were not uncomputed",
              name);
    qry_give_up(sim->base.ctx);
}

static bool run_in_place(struct sparse *sim, struct transition *t, bool backwards, const double *angle)
{
    uint32_t blocks = sim->world->block_count;
    bool strayed, dirty, unsure = !t->proved && any_leaf(t, blocks, is_guarded);
    struct backup saved;
    if (any_leaf(t, blocks, has_phases))
        sim->complex = true;
    if (unsure)
        saved = save(sim);
    run_all_blocks(sim, t, backwards, angle, &strayed, &dirty);
    qry_must(unsure || !strayed);
    if (unsure)
        drop(sim, &saved, strayed);
    if (strayed) {
        t->outcome = OUTCOME_DESCEND;
        return false;
    }
    t->proved = true;
    if (dirty)
        report_dirty(sim, t);
    transition_move(sim, t, backwards);
    return true;
}

/* ---- numbered ---- */

static void run_evaluation(struct sparse *sim, struct block *block, const struct plan *plan, uint32_t scratch)
{
    block_reserve(block, scratch);
    sim->kernels->run(plan, block->storage, false);
}

void execute_planes(struct sparse *sim, struct block *block, const literal *wanted, size_t count, plane *planes)
{
    if (!block->graph) {
        for (size_t i = 0; i < count; i++) {
            planes[i] = block->storage[is_data(wanted[i]) ? literal_id(wanted[i])
                                       : wanted[i]        ? STORE_ONES
                                                          : STORE_ZERO];
            if (is_data(wanted[i]) && is_inverted(wanted[i]))
                for (int w = 0; w < PLANE_WORDS; w++)
                    planes[i].word[w] = ~planes[i].word[w];
        }
        return;
    }
    struct plan_builder builder = {0};
    struct plan plan;
    uint32_t *result = qry_alloc(block->ctx, count, sizeof *result);
    uint32_t scratch = graph_plan(block->graph, wanted, count, false, &block->used, &builder, result);
    plan_finish(block->ctx, &builder, &plan);
    run_evaluation(sim, block, &plan, scratch);
    for (size_t i = 0; i < count; i++)
        planes[i] = block->storage[result[i]];
    plan_free(block->ctx, &plan);
    plan_builder_free(block->ctx, &builder);
    qry_free(block->ctx, result);
}

/* What an effect wants computed, in the order sign, phases, guards, asserts. */
static size_t wanted_count(const struct effect *e) { return 1 + e->phase_count + e->guards.count + e->asserts.count; }

static void list_wanted(const struct effect *e, literal *wanted)
{
    *wanted++ = e->sign;
    for (size_t i = 0; i < e->phase_count; i++)
        *wanted++ = e->phase[i].where;
    for (size_t i = 0; i < e->guards.count; i++)
        *wanted++ = e->guards.item[i];
    for (size_t i = 0; i < e->asserts.count; i++)
        *wanted++ = e->asserts.item[i];
}

static void plan_evaluation(void *state)
{
    struct run *r = state;
    struct block *block = &r->sim->world->block[r->b];
    struct effect *e = &r->transition->effect[r->b];
    size_t count = wanted_count(e);
    literal *wanted = qry_alloc(block->ctx, count, sizeof *wanted);
    struct plan_builder builder = {0};
    list_wanted(e, wanted);
    qry_free(block->ctx, e->result);
    plan_free(block->ctx, &e->evaluation);
    e->result = qry_alloc(block->ctx, count, sizeof *e->result);
    e->scratch = graph_plan(block->graph, wanted, count, r->sim->replay, &block->used, &builder, e->result);
    plan_finish(block->ctx, &builder, &e->evaluation);
    plan_builder_free(block->ctx, &builder);
    qry_free(block->ctx, wanted);
}

static void evaluate_block(void *state)
{
    struct run *r = state;
    struct block *block = &r->sim->world->block[r->b];
    struct effect *e = &r->transition->effect[r->b];
    if (e->runs < OFTEN && ++e->runs == OFTEN)
        plan_schedule(block->ctx, &e->evaluation, e->scratch);
    run_evaluation(r->sim, block, &e->evaluation, e->scratch);
    const uint32_t *check = e->result + 1 + e->phase_count;
    for (size_t i = 0; i < e->guards.count + e->asserts.count; i++)
        if (!is_zero(&block->storage[check[i]])) {
            if (i < e->guards.count)
                r->strayed = true;
            else
                r->dirty = true;
        }
}

static size_t phases_of(const struct transition *t) { return t->effect[0].phase_count; }

/* Copies the planes of sign and phases side by side, all blocks of each together. */
static void keep_for_replay(struct sparse *sim, struct transition *t)
{
    struct world *w = sim->world;
    size_t words = (size_t)w->block_count * PLANE_WORDS, planes = 1 + phases_of(t);
    t->replay = qry_alloc(sim->base.ctx, planes * words, sizeof *t->replay);
    for (uint32_t b = 0; b < w->block_count; b++)
        for (size_t i = 0; i < planes; i++)
            memcpy(t->replay + i * words + b * PLANE_WORDS, w->block[b].storage[t->effect[b].result[i]].word,
                   sizeof(plane));
}

static void apply_block(void *state)
{
    struct run *r = state;
    const struct block *block = &r->sim->world->block[r->b];
    const struct effect *e = &r->transition->effect[r->b];
    if (e->sign)
        flip_block(r->sim, r->b, block->storage[e->result[0]].word);
    for (size_t i = 0; i < e->phase_count; i++)
        turn_block(r->sim, r->b, block->storage[e->result[1 + i]].word, angle_of(&e->phase[i], r->angle, r->backwards));
}

static void apply_replay(struct sparse *sim, const struct transition *t, bool backwards, const double *angle)
{
    const struct world *w = sim->world;
    size_t words = (size_t)w->block_count * PLANE_WORDS;
    sim->complex |= phases_of(t) > 0;
    sim->kernels->flip(sim->re, sim->complex ? sim->im : NULL, w->rows, t->replay);
    for (size_t i = 0; i < phases_of(t); i++) {
        double x = angle_of(&t->effect[0].phase[i], angle, backwards);
        sim->kernels->turn(sim->re, sim->im, w->rows, t->replay + (i + 1) * words, cos(x), sin(x));
    }
}

/* Computes what a transition wants; false when it strayed. */
static bool evaluate(struct sparse *sim, struct transition *t, struct run *runs)
{
    struct world *w = sim->world;
    if (!t->evaluated)
        world_each_block(sim, plan_evaluation, runs, sizeof *runs);
    t->evaluated = true;
    world_each_block(sim, evaluate_block, runs, sizeof *runs);
    for (uint32_t b = 0; b < w->block_count; b++) {
        if (runs[b].strayed) {
            t->outcome = OUTCOME_DESCEND;
            return false;
        }
        if (runs[b].dirty)
            report_dirty(sim, t);
    }
    return true;
}

static bool run_numbered(struct sparse *sim, struct transition *t, bool backwards, const double *angle)
{
    struct world *w = sim->world;
    if (t->acts && t->replay)
        apply_replay(sim, t, backwards, angle);
    else if (t->acts) {
        struct run *runs = qry_alloc(sim->base.ctx, w->block_count, sizeof *runs);
        for (uint32_t b = 0; b < w->block_count; b++)
            runs[b] = (struct run){sim, t, b, backwards, angle, false, false};
        bool ran = evaluate(sim, t, runs);
        if (ran) {
            sim->complex |= phases_of(t) > 0;
            if (sim->replay)
                keep_for_replay(sim, t);
            world_each_block(sim, apply_block, runs, sizeof *runs);
        }
        qry_free(sim->base.ctx, runs);
        if (!ran)
            return false;
    }
    transition_move(sim, t, backwards);
    return true;
}

bool transition_run(struct sparse *sim, struct transition *t, bool backwards, const double *angle)
{
    if (!(sim->numbered ? run_numbered(sim, t, backwards, angle) : run_in_place(sim, t, backwards, angle)))
        return false;
    const struct executed *e = &t->executed;
    for (int g = 0; g < QRY_GATES; g++)
        if (e->gate[g])
            sim->executed.gate[backwards ? (int)qry_gate_table[g].inverse : g] += e->gate[g];
    sim->executed.controlled += e->controlled;
    sim->executed.controlled_t += e->controlled_t;
    sim->executed.controlled_toffoli += e->controlled_toffoli;
    sim->executed.controlled_rotations += e->controlled_rotations;
    return true;
}
