/* sparse.c: the sparse engine as sim/engine.h wants it. */
#include "sim/sparse/engine.h"

#include "sim/sparse/scout.h"

#include <math.h>
#include <string.h>

/* Gates that a run of the program executes, over gates that are written in its definitions: how much it repeats. */
static bool repeats_itself(struct sparse *sim)
{
    uint64_t written = 0;
    for (size_t i = 0; i < qry_circuit_definitions(sim->base.circuit); i++) {
        const qry_definition *d = qry_circuit_definition(sim->base.circuit, (uint32_t)i);
        for (size_t k = 0; k < d->op_count; k++)
            written += is_step(&d->ops[k]);
    }
    return written && stretch_knowledge(sim, qry_circuit_program(sim->base.circuit))->gates / 4 >= written;
}

static const struct sim_engine offered;

qry_sim *sparse_new(qry_ctx *ctx, const qry_circuit *circuit, const qry_sim_options *options)
{
    struct sparse *sim = qry_alloc(ctx, 1, sizeof *sim);
    sim->base = (qry_sim){.engine = &offered, .ctx = ctx, .circuit = circuit};
    sim->options = *options;
    sim->kernels = kernels_for(sim->options.simd);
    sim->scout = scout_new(ctx);
    sim->book = book_new(ctx);
    stretch_learn(sim);
    qry_sim_mode mode = sim->options.mode;
    if (mode == QRY_SIM_AUTO)
        mode = repeats_itself(sim) ? QRY_SIM_REPLAY : QRY_SIM_GATES;
    sim->numbered = mode != QRY_SIM_GATES;
    sim->replay = mode == QRY_SIM_REPLAY;
    return &sim->base;
}

static void sparse_free(qry_sim *base)
{
    struct sparse *sim = sparse_of(base);
    mark_free(sim);
    world_free(sim, sim->loose);
    for (struct world *w = sim->worlds, *next; w; w = next) {
        next = w->next;
        world_free(sim, w);
    }
    for (size_t i = 0; i < sim->binding_count; i++)
        qry_free(sim->base.ctx, sim->binding[i].map);
    qry_free(sim->base.ctx, sim->binding);
    qry_free(sim->base.ctx, sim->binding_hash);
    for (size_t i = 0; i < sim->knowledge_room; i++)
        qry_free(sim->base.ctx, sim->knowledge[i].called);
    qry_free(sim->base.ctx, sim->knowledge);
    qry_free(sim->base.ctx, sim->learning);
    qry_free(sim->base.ctx, sim->re);
    qry_free(sim->base.ctx, sim->im);
    qry_free(sim->base.ctx, sim->left);
    scout_free(sim->scout);
    book_free(sim->book);
    qry_free(sim->base.ctx, sim);
}

/* ---- running ---- */

/* Calls that nest too deep in operations from .. to-1 of the program are refused. */
static void require_shallow(const struct sparse *sim, size_t from, size_t to)
{
    const qry_op *ops = qry_circuit_program(sim->base.circuit)->ops;
    uint32_t nesting = 1;
    for (size_t i = from; i < to; i++) {
        if (ops[i].kind != QRY_OP_CALL)
            continue;
        uint32_t below = sim->knowledge[ops[i].a].nesting;
        nesting = below >= nesting ? below + 1 : nesting;
    }
    if (nesting <= MOST_NESTING)
        return;
    qry_error(sim->base.ctx, "calls are nested %u deep; this engine runs at most %d", nesting, MOST_NESTING);
    qry_give_up(sim->base.ctx);
}

static void sparse_begin(qry_sim *base, qry_random *random, uint8_t *bits)
{
    struct sparse *sim = sparse_of(base);
    mark_free(sim);
    sim->random = random;
    sim->bits = bits;
    sim->counted = sim->struck = false;
    sim->planning = 0;
    world_widen(sim);
    if (stretch_learn(sim) || sim->unswept)
        transition_sweep(sim);
    sim->unswept = false;
    uint64_t cuts = qry_circuit_program(base->circuit)->cuts;
    if (cuts != sim->cuts) {
        for (struct world *w = sim->worlds; w; w = w->next)
            world_reset(w);
        transition_forget_program(sim, 0);
    }
    sim->cuts = cuts;
    world_start(sim);
}

/* What was there when the shot began is unchanged, so nothing that was planned before becomes stale here. */
static void sparse_run(qry_sim *base, size_t from, size_t to)
{
    struct sparse *sim = sparse_of(base);
    sim->unswept |= stretch_learn(sim);
    require_shallow(sim, from, to);
    run_program(sim, from, to);
}

/* ---- what is known of it ---- */

static const char *sparse_mode_name(const qry_sim *base)
{
    const struct sparse *sim = (const struct sparse *)base;
    return !sim->numbered ? "gates" : sim->replay ? "replay" : "numbered";
}

static const char *sparse_simd_name(const qry_sim *base) { return ((const struct sparse *)base)->kernels->name; }
static const qry_tally *sparse_executed(const qry_sim *base) { return &((const struct sparse *)base)->executed; }
static double sparse_planning_seconds(const qry_sim *base) { return ((const struct sparse *)base)->planning_seconds; }
static size_t sparse_peak_rows(const qry_sim *base) { return ((const struct sparse *)base)->peak_rows; }

static uint32_t sparse_peak_axes(const qry_sim *base) { return ((const struct sparse *)base)->peak_axes; }

static size_t sparse_rows(const qry_sim *base)
{
    const struct world *w = ((const struct sparse *)base)->world;
    return w ? w->rows : 0;
}

/* ---- looking at the state ---- */

/* Calls visit for every row with the values of qubits, one byte each. */
static void each_row(struct sparse *sim, const qry_qubit *qubits, uint32_t count,
                     void (*visit)(void *state, const uint8_t *values, double re, double im), void *state)
{
    reflect_settle(sim);
    const struct world *w = sim->world;
    plane *planes = qry_alloc_aligned(sim->base.ctx, count, sizeof *planes);
    uint8_t *values = qry_alloc(sim->base.ctx, count, 1);
    for (uint32_t b = 0; b < w->parts; b++) {
        size_t first = (size_t)b * PLANE_ROWS;
        execute_columns(sim, b, qubits, NULL, count, planes);
        for (size_t row = 0; row < PLANE_ROWS && first + row < w->rows; row++) {
            for (uint32_t i = 0; i < count; i++)
                values[i] = planes[i].word[row / 64] >> row % 64 & 1;
            visit(state, values, sim->re[first + row], sim->complex ? sim->im[first + row] : 0);
        }
    }
    qry_free(sim->base.ctx, values);
    qry_free(sim->base.ctx, planes);
}

struct marginal {
    double *probability, *lost;
    uint32_t count;
};

static void add_probability(void *state, const uint8_t *values, double re, double im)
{
    struct marginal *m = state;
    size_t index = 0;
    for (uint32_t i = 0; i < m->count; i++)
        index |= (size_t)values[i] << i;
    sim_add(&m->probability[index], &m->lost[index], re * re + im * im);
}

static void sparse_probabilities(qry_sim *base, const qry_qubit *qubits, uint32_t count, double *probability)
{
    struct sparse *sim = sparse_of(base);
    measure_settle(sim);
    rows_resolve_mixed(sim);
    for (uint32_t i = 0; i < count; i++)
        rows_resolve(sim, qubits[i]);
    memset(probability, 0, sizeof *probability << count);
    double *lost = qry_alloc(base->ctx, (size_t)1 << count, sizeof *lost);
    each_row(sim, qubits, count, add_probability, &(struct marginal){probability, lost, count});
    qry_free(base->ctx, lost);
}

struct listing {
    double tolerance;
    void (*visit)(void *state, const uint8_t *label, double re, double im);
    void *state;
};

static void list_amplitude(void *state, const uint8_t *values, double re, double im)
{
    struct listing *l = state;
    if (hypot(re, im) > l->tolerance)
        l->visit(l->state, values, re, im);
}

static void sparse_amplitudes(qry_sim *base, double tolerance,
                              void (*visit)(void *state, const uint8_t *label, double re, double im), void *state)
{
    struct sparse *sim = sparse_of(base);
    measure_settle(sim);
    uint32_t width = qry_circuit_program(sim->base.circuit)->width;
    qry_qubit *all = qry_alloc(sim->base.ctx, width, sizeof *all);
    for (qry_qubit q = 0; q < width; q++) {
        all[q] = q;
        rows_resolve(sim, q);
    }
    each_row(sim, all, width, list_amplitude, &(struct listing){tolerance, visit, state});
    qry_free(sim->base.ctx, all);
}

static const struct sim_engine offered = {
    .name = "sparse",
    .free = sparse_free,
    .begin = sparse_begin,
    .run = sparse_run,
    .mark = sparse_mark,
    .rewind = sparse_rewind,
    .sample = sparse_sample,
    .probabilities = sparse_probabilities,
    .amplitudes = sparse_amplitudes,
    .mode_name = sparse_mode_name,
    .simd_name = sparse_simd_name,
    .executed = sparse_executed,
    .planning_seconds = sparse_planning_seconds,
    .rows = sparse_rows,
    .peak_rows = sparse_peak_rows,
    .peak_axes = sparse_peak_axes,
};
