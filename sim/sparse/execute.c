/* execute.c: runs transitions: planes first, then what they say about the amplitudes. */
#include "sim/sparse/engine.h"

#include "sim/sparse/graph.h"
#include "sim/sparse/in_place.h"
#include "sim/sparse/lift.h"
#include "sim/sparse/reflect.h"

#include <math.h>
#include <string.h>

/* ---- amplitudes ---- */

static size_t part_rows(const struct world *w, uint32_t part)
{
    size_t first = (size_t)part * PLANE_ROWS, rest = w->rows - first;
    return rest < PLANE_ROWS ? rest : PLANE_ROWS;
}

static void flip_part(struct sparse *sim, uint32_t part, const uint64_t *sign)
{
    size_t first = (size_t)part * PLANE_ROWS;
    sim->kernels->flip(sim->re + first, sim->complex ? sim->im + first : NULL, part_rows(sim->world, part), sign);
}

/* A phase on the amplitudes of a block: of a lower one, those of its whole family. */
static void turn_block(struct sparse *sim, uint32_t b, const uint64_t *where, double angle)
{
    const struct world *w = sim->world;
    uint32_t part = b < w->lower ? b : b - w->lower, end = b < w->lower ? w->parts : part + 1;
    double cosine = cos(angle), sine = sin(angle);
    for (; part < end; part += w->lower) {
        size_t first = (size_t)part * PLANE_ROWS;
        sim->kernels->turn(sim->re + first, sim->im + first, part_rows(w, part), where, cosine, sine);
    }
}

static void invert(plane *p)
{
    for (int w = 0; w < PLANE_WORDS; w++)
        p->word[w] = ~p->word[w];
}

static void add_plane(plane *to, const plane *p)
{
    for (int w = 0; w < PLANE_WORDS; w++)
        to->word[w] ^= p->word[w];
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
    uint32_t lower; /* the family's block */
    bool backwards;
    const double *angle; /* of the transition's definition */
    bool strayed, dirty;
    uint64_t *sign; /* while Hadamards wait: gets the rows whose sign changes, instead of the amplitudes */
};

static double angle_of(const struct phase *phase, const double *angle, bool backwards)
{
    double x = qry_angle_value(phase->angle, angle);
    return backwards ? -x : x;
}

static void apply_phases(const struct run *r, uint32_t b, const struct effect *e, bool backwards, const double *angle)
{
    const struct block *block = &r->sim->world->block[b];
    for (size_t i = 0; i < e->phase_count; i++) {
        literal where = e->phase[i].where;
        if (where)
            turn_block(r->sim, b, block->storage[is_data(where) ? literal_id(where) : STORE_ONES].word,
                       angle_of(&e->phase[i], angle, backwards));
    }
}

/* A plan that is run that often gets a better order. */
enum { OFTEN = 3 };

static void run_leaves(const struct run *r, const struct transition *t, bool backwards, const double *angle);

static void run_child(const struct run *r, const struct child *c, bool backwards, const double *angle)
{
    if (!c->angle) {
        run_leaves(r, c->transition, c->backwards != backwards, angle);
        return;
    }
    enum { USUAL = 8 };
    qry_ctx *ctx = r->sim->world->block[r->lower].ctx;
    double few[USUAL], *value = c->angle_count > USUAL ? qry_alloc(ctx, c->angle_count, sizeof *value) : few;
    for (uint32_t i = 0; i < c->angle_count; i++)
        value[i] = qry_angle_value(c->angle[i], angle);
    run_leaves(r, c->transition, c->backwards != backwards, value);
    if (value != few)
        qry_free(ctx, value);
}

static void run_leaf(const struct run *r, const struct transition *t, uint32_t b, bool backwards, const double *angle)
{
    const struct world *w = r->sim->world;
    struct block *block = &w->block[b];
    struct effect *e = &t->effect[b];
    if (e->runs < OFTEN && ++e->runs == OFTEN)
        plan_schedule(block->ctx, &e->plan, block->used);
    for (size_t i = 0; i < e->copied_count; i++)
        if (!backwards || e->copied[i].back)
            block->storage[e->copied[i].to] = w->block[(b - w->lower) % w->lower].storage[e->copied[i].from];
    r->sim->kernels->run(&e->plan, block->storage, backwards);
    apply_phases(r, b, e, backwards, angle);
    if (is_inverted(e->sign))
        invert(&block->storage[STORE_SIGN]);
}

/* Runs the leaves of a transition in a family of blocks. */
static void run_leaves(const struct run *r, const struct transition *t, bool backwards, const double *angle)
{
    const struct world *w = r->sim->world;
    if (t->is_leaf) {
        run_leaf(r, t, r->lower, backwards, angle);
        for (uint32_t b = w->lower + r->lower; b < t->block_count; b += w->lower)
            run_leaf(r, t, b, backwards, angle);
        return;
    }
    for (size_t i = 0; i < t->child_count; i++)
        run_child(r, &t->child[backwards ? t->child_count - 1 - i : i], backwards, angle);
}

static void run_family(void *state)
{
    struct run *r = state;
    const struct world *w = r->sim->world;
    run_leaves(r, r->transition, r->backwards, r->angle);
    const plane *below = &w->block[r->lower].storage[STORE_SIGN];
    for (uint32_t part = r->lower; part < w->parts; part += w->lower) {
        plane sign = *below;
        if (r->transition->block_count > w->lower)
            add_plane(&sign, &w->block[w->lower + part].storage[STORE_SIGN]);
        if (r->sign)
            memcpy(r->sign + (size_t)part * PLANE_WORDS, sign.word, sizeof sign);
        else if (!is_zero(&sign))
            flip_part(r->sim, part, sign.word);
    }
    for (uint32_t b = r->lower; b < r->transition->block_count; b += w->lower) {
        plane *storage = w->block[b].storage;
        r->strayed |= !is_zero(&storage[STORE_STRAYED]);
        r->dirty |= !is_zero(&storage[STORE_DIRTY]);
        memset(&storage[STORE_SIGN], 0, sizeof(plane));
        memset(&storage[STORE_STRAYED], 0, sizeof(plane));
        memset(&storage[STORE_DIRTY], 0, sizeof(plane));
    }
}

static struct run *runs_new(struct sparse *sim, struct transition *t, bool backwards, const double *angle)
{
    struct run *runs = qry_alloc(sim->base.ctx, sim->world->lower, sizeof *runs);
    for (uint32_t c = 0; c < sim->world->lower; c++)
        runs[c] = (struct run){.sim = sim, .transition = t, .lower = c, .backwards = backwards, .angle = angle};
    return runs;
}

static void run_all_blocks(struct sparse *sim, struct transition *t, bool backwards, const double *angle,
                           uint64_t *sign, bool *strayed, bool *dirty)
{
    struct run *runs = runs_new(sim, t, backwards, angle);
    for (uint32_t c = 0; c < sim->world->lower; c++)
        runs[c].sign = sign;
    world_each_family(sim, run_family, runs, sizeof *runs);
    *strayed = *dirty = false;
    for (uint32_t c = 0; c < sim->world->lower; c++) {
        *strayed |= runs[c].strayed;
        *dirty |= runs[c].dirty;
    }
    qry_free(sim->base.ctx, runs);
}

/* Lower blocks all have the same phases, and so have upper ones. */
static bool has_phases(const struct transition *t, uint32_t lower)
{
    return t->effect[0].phase_count || (t->block_count > lower && t->effect[lower].phase_count);
}

static bool is_guarded(const struct transition *t)
{
    for (uint32_t b = 0; b < t->block_count; b++)
        if (t->effect[b].guarded)
            return true;
    return false;
}

static bool any_leaf_guarded(const struct transition *t)
{
    if (t->is_leaf)
        return is_guarded(t);
    for (size_t i = 0; i < t->child_count; i++)
        if (any_leaf_guarded(t->child[i].transition))
            return true;
    return false;
}

static bool any_leaf_has_phases(const struct transition *t, uint32_t lower)
{
    if (t->is_leaf)
        return has_phases(t, lower);
    for (size_t i = 0; i < t->child_count; i++)
        if (any_leaf_has_phases(t->child[i].transition, lower))
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

/* While Hadamards wait, or after they had to be done. */
static void apply_sign(struct sparse *sim, const uint64_t *sign)
{
    if (reflect_is_empty(sim, sign))
        return;
    if (reflect_fits(sim, sign)) {
        reflect(sim, sign, -1, 0);
        return;
    }
    reflect_settle(sim);
    sim->kernels->flip(sim->re, sim->complex ? sim->im : NULL, sim->world->rows, sign);
}

static bool run_in_place(struct sparse *sim, struct transition *t, bool backwards, const double *angle)
{
    uint32_t lower = sim->world->lower;
    bool strayed, dirty, unsure = !t->proved && any_leaf_guarded(t);
    struct backup saved;
    if (any_leaf_has_phases(t, lower)) {
        sim->complex = true;
        reflect_settle(sim);
    }
    uint64_t *sign = NULL;
    if (sim->delayed)
        sign = qry_alloc(sim->base.ctx, (size_t)sim->world->parts * PLANE_WORDS, sizeof *sign);
    if (unsure)
        saved = save(sim);
    run_all_blocks(sim, t, backwards, angle, sign, &strayed, &dirty);
    if (sign && !strayed)
        apply_sign(sim, sign);
    qry_free(sim->base.ctx, sign);
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

/* In place. */
static void read_planes(const struct block *block, const literal *wanted, size_t count, plane *planes)
{
    for (size_t i = 0; i < count; i++) {
        planes[i] = block->storage[is_data(wanted[i]) ? literal_id(wanted[i]) : wanted[i] ? STORE_ONES : STORE_ZERO];
        if (is_data(wanted[i]) && is_inverted(wanted[i]))
            invert(&planes[i]);
    }
}

static void compute_planes(struct sparse *sim, struct block *block, const literal *wanted, size_t count, bool keep,
                           plane *planes)
{
    struct plan_builder builder = {0};
    struct plan plan;
    uint32_t *result = qry_alloc(block->ctx, count, sizeof *result);
    uint32_t scratch = graph_plan(block->graph, wanted, count, keep, &block->used, &builder, result);
    plan_finish(block->ctx, &builder, &plan);
    run_evaluation(sim, block, &plan, scratch);
    for (size_t i = 0; i < count; i++)
        planes[i] = block->storage[result[i]];
    plan_free(block->ctx, &plan);
    plan_builder_free(block->ctx, &builder);
    qry_free(block->ctx, result);
}

void execute_planes(struct sparse *sim, uint32_t b, const literal *wanted, size_t count, plane *planes)
{
    struct block *block = &sim->world->block[b];
    if (!block->graph) {
        read_planes(block, wanted, count, planes);
        return;
    }
    if (b >= sim->world->lower)
        lift_fill(sim, b);
    compute_planes(sim, block, wanted, count, false, planes);
}

void execute_kept(struct sparse *sim, uint32_t b, literal wanted, plane *values)
{
    struct block *block = &sim->world->block[b];
    if (block->graph && is_data(wanted)) {
        if (b >= sim->world->lower)
            lift_fill(sim, b);
        if (!graph_place(block->graph, wanted))
            compute_planes(sim, block, &wanted, 1, true, values);
        wanted = make_literal(graph_place(block->graph, wanted), is_inverted(wanted));
    }
    read_planes(block, &wanted, 1, values);
}

void execute_columns(struct sparse *sim, uint32_t part, const qry_qubit *qubits, const bool *frame, size_t count,
                     plane *planes)
{
    const struct world *w = sim->world;
    literal *wanted = qry_alloc(sim->base.ctx, count, sizeof *wanted);
    plane *found = qry_alloc_aligned(sim->base.ctx, count, sizeof *found);
    for (int upper = 0; upper < (w->slot ? 2 : 1); upper++) {
        uint32_t b = upper ? w->lower + part : part % w->lower;
        size_t here = 0;
        for (size_t i = 0; i < count; i++)
            if (world_is_upper(w, qubits[i]) == upper) {
                const struct cell *c = world_cell(w, b, qubits[i]);
                wanted[here++] = frame && frame[i] ? c->f : c->v;
            }
        execute_planes(sim, b, wanted, here, found);
        for (size_t i = count; i-- > 0;)
            if (world_is_upper(w, qubits[i]) == upper)
                planes[i] = found[--here];
    }
    qry_free(sim->base.ctx, found);
    qry_free(sim->base.ctx, wanted);
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

static void plan_evaluation(const struct run *r, uint32_t b)
{
    struct block *block = &r->sim->world->block[b];
    struct effect *e = &r->transition->effect[b];
    size_t count = wanted_count(e);
    literal *wanted = qry_alloc(block->ctx, count, sizeof *wanted);
    struct plan_builder builder = {0};
    list_wanted(e, wanted);
    qry_free(block->ctx, e->result);
    plan_free(block->ctx, &e->evaluation);
    e->result = qry_alloc(block->ctx, count, sizeof *e->result);
    e->scratch = graph_plan(block->graph, wanted, count, r->sim->replay, &block->used, &builder, e->result);
    e->planned = graph_scratch(block->graph);
    e->runs = 0;
    plan_finish(block->ctx, &builder, &e->evaluation);
    plan_builder_free(block->ctx, &builder);
    qry_free(block->ctx, wanted);
}

static void evaluate_block(struct run *r, uint32_t b)
{
    struct block *block = &r->sim->world->block[b];
    struct effect *e = &r->transition->effect[b];
    if (!e->planned || e->planned != graph_scratch(block->graph))
        plan_evaluation(r, b);
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

/* What goes up comes first: it is computed in storages that the lower block's own results take later. */
static void evaluate_family(void *state)
{
    struct run *r = state;
    uint32_t lower = r->sim->world->lower, end = r->transition->block_count;
    for (uint32_t b = lower + r->lower; b < end; b += lower)
        lift_fill(r->sim, b);
    for (uint32_t b = r->lower; b < end; b += lower)
        evaluate_block(r, b);
}

static size_t phases_of(const struct transition *t, uint32_t b)
{
    return b < t->block_count ? t->effect[b].phase_count : 0;
}

/* Plane number `which` of what was evaluated for a part: the sign, then the phases of the lower block, then of the
 * upper. */
static plane evaluated_plane(const struct sparse *sim, const struct transition *t, uint32_t part, size_t which)
{
    const struct world *w = sim->world;
    uint32_t low = part % w->lower, up = w->lower + part;
    if (which > phases_of(t, low))
        return w->block[up].storage[t->effect[up].result[which - phases_of(t, low)]];
    plane p = w->block[low].storage[t->effect[low].result[which]];
    if (!which && up < t->block_count)
        add_plane(&p, &w->block[up].storage[t->effect[up].result[0]]);
    return p;
}

/* The planes of sign and phases side by side, all parts of each together. */
static uint64_t *new_planes(struct sparse *sim, const struct transition *t)
{
    const struct world *w = sim->world;
    size_t words = (size_t)w->parts * PLANE_WORDS, planes = 1 + phases_of(t, 0) + phases_of(t, w->lower);
    qry_memory_require(sim->base.ctx, 8.0 * (double)words * (double)planes, "the phases of a part of the circuit");
    uint64_t *all = qry_alloc(sim->base.ctx, planes * words, sizeof *all);
    for (uint32_t part = 0; part < w->parts; part++)
        for (size_t i = 0; i < planes; i++) {
            plane p = evaluated_plane(sim, t, part, i);
            memcpy(all + i * words + (size_t)part * PLANE_WORDS, p.word, sizeof p);
        }
    return all;
}

static void apply_family(void *state)
{
    struct run *r = state;
    const struct world *w = r->sim->world;
    const struct transition *t = r->transition;
    for (uint32_t part = r->lower; part < w->parts; part += w->lower) {
        plane sign = evaluated_plane(r->sim, t, part, 0);
        if (!is_zero(&sign))
            flip_part(r->sim, part, sign.word);
    }
    for (uint32_t b = r->lower; b < t->block_count; b += w->lower) {
        const struct effect *e = &t->effect[b];
        for (size_t i = 0; i < e->phase_count; i++)
            turn_block(r->sim, b, w->block[b].storage[e->result[1 + i]].word,
                       angle_of(&e->phase[i], r->angle, r->backwards));
    }
}

static const struct phase *phase_number(const struct sparse *sim, const struct transition *t, size_t i)
{
    size_t below = phases_of(t, 0);
    return i < below ? &t->effect[0].phase[i] : &t->effect[sim->world->lower].phase[i - below];
}

/* Whether sign and phases were applied while Hadamards wait: if none of them acts, or only one, which fits. */
static bool apply_delayed(struct sparse *sim, const struct transition *t, const uint64_t *planes, size_t count,
                          bool backwards, const double *angle)
{
    size_t words = (size_t)sim->world->parts * PLANE_WORDS, acting = 0, which = 0;
    for (size_t i = 0; i <= count && acting < 2; i++)
        if (!reflect_is_empty(sim, planes + i * words)) {
            which = i;
            acting++;
        }
    if (acting > 1 || (acting && !reflect_fits(sim, planes + which * words)))
        return false;
    if (acting) {
        double x = which ? angle_of(phase_number(sim, t, which - 1), angle, backwards) : M_PI;
        reflect(sim, planes + which * words, cos(x), which ? sin(x) : 0);
    }
    return true;
}

static void apply_planes(struct sparse *sim, const struct transition *t, const uint64_t *planes, bool backwards,
                         const double *angle)
{
    const struct world *w = sim->world;
    size_t words = (size_t)w->parts * PLANE_WORDS, count = phases_of(t, 0) + phases_of(t, w->lower);
    sim->complex |= count > 0;
    if (sim->delayed && apply_delayed(sim, t, planes, count, backwards, angle))
        return;
    reflect_settle(sim);
    sim->kernels->flip(sim->re, sim->complex ? sim->im : NULL, w->rows, planes);
    for (size_t i = 0; i < count; i++) {
        double x = angle_of(phase_number(sim, t, i), angle, backwards);
        sim->kernels->turn(sim->re, sim->im, w->rows, planes + (i + 1) * words, cos(x), sin(x));
    }
}

/* The first time: by family, if amplitudes are as they stand. */
static void apply_evaluated(struct sparse *sim, struct transition *t, struct run *runs)
{
    if (!sim->replay && !sim->delayed) {
        sim->complex |= phases_of(t, 0) + phases_of(t, sim->world->lower) > 0;
        world_each_family(sim, apply_family, runs, sizeof *runs);
        return;
    }
    uint64_t *planes = new_planes(sim, t);
    apply_planes(sim, t, planes, runs->backwards, runs->angle);
    if (sim->replay) {
        t->replay = planes;
        t->replay_planes = 1 + phases_of(t, 0) + phases_of(t, sim->world->lower);
        transition_account(sim->world, t);
    } else
        qry_free(sim->base.ctx, planes);
}

/* Computes what a transition wants; false when it strayed. */
static bool evaluate(struct sparse *sim, struct transition *t, struct run *runs)
{
    world_each_family(sim, evaluate_family, runs, sizeof *runs);
    transition_account(sim->world, t);
    for (uint32_t c = 0; c < sim->world->lower; c++) {
        if (runs[c].strayed) {
            t->outcome = OUTCOME_DESCEND;
            return false;
        }
        if (runs[c].dirty)
            report_dirty(sim, t);
    }
    return true;
}

static bool run_numbered(struct sparse *sim, struct transition *t, bool backwards, const double *angle)
{
    if (t->acts && t->replay)
        apply_planes(sim, t, t->replay, backwards, angle);
    else if (t->acts) {
        struct run *runs = runs_new(sim, t, backwards, angle);
        bool ran = evaluate(sim, t, runs);
        if (ran)
            apply_evaluated(sim, t, runs);
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
