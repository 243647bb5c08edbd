/* sparse.c: the sparse engine as sim.h offers it. */
#include "sim/sparse/engine.h"

#include "sim/sparse/scout.h"

#include <math.h>
#include <string.h>

/* Gates that a run of the program executes, over gates that are written in its definitions: how much it repeats. */
static bool repeats_itself(qry_sim *sim)
{
    uint64_t written = 0;
    for (size_t i = 0; i < qry_circuit_definitions(sim->circuit); i++) {
        const qry_definition *d = qry_circuit_definition(sim->circuit, (uint32_t)i);
        for (size_t k = 0; k < d->op_count; k++)
            written += d->ops[k].kind < QRY_GATES;
    }
    return stretch_knowledge(sim, qry_circuit_program(sim->circuit))->gates / 4 >= written;
}

qry_sim *qry_sim_new(qry_ctx *ctx, const qry_circuit *circuit, const qry_sim_options *options)
{
    qry_sim *sim = qry_alloc(ctx, 1, sizeof *sim);
    sim->ctx = ctx;
    sim->circuit = circuit;
    if (options)
        sim->options = *options;
    if (sim->options.threads < 1)
        sim->options.threads = 1;
    qry_must(qry_simd_available(sim->options.simd));
    sim->kernels = kernels_for(sim->options.simd);
    sim->scout = scout_new(ctx);
    sim->book = book_new(ctx);
    stretch_learn(sim);
    qry_sim_mode mode = sim->options.mode;
    if (mode == QRY_SIM_AUTO)
        mode = repeats_itself(sim) ? QRY_SIM_REPLAY : QRY_SIM_GATES;
    sim->numbered = mode != QRY_SIM_GATES;
    sim->replay = mode == QRY_SIM_REPLAY;
    return sim;
}

void qry_sim_free(qry_sim *sim)
{
    if (!sim || sim->busy) /* the memory of an engine that gave up is its context's */
        return;
    world_free(sim, sim->loose);
    for (struct world *w = sim->worlds, *next; w; w = next) {
        next = w->next;
        world_free(sim, w);
    }
    for (size_t i = 0; i < sim->binding_count; i++) {
        qry_free(sim->ctx, sim->binding[i].map);
        qry_free(sim->ctx, sim->binding[i].angle);
    }
    qry_free(sim->ctx, sim->binding);
    qry_free(sim->ctx, sim->binding_hash);
    for (size_t i = 0; i < sim->knowledge_room; i++)
        qry_free(sim->ctx, sim->knowledge[i].called);
    qry_free(sim->ctx, sim->knowledge);
    qry_free(sim->ctx, sim->learning);
    qry_free(sim->ctx, sim->re);
    qry_free(sim->ctx, sim->im);
    qry_free(sim->ctx, sim->measured);
    scout_free(sim->scout);
    book_free(sim->book);
    qry_free(sim->ctx, sim);
}

/* Around all that may give up in the middle of a change. */
static void enter(qry_sim *sim)
{
    qry_must(!sim->busy);
    sim->busy = true;
}

static void leave(qry_sim *sim) { sim->busy = false; }

static void require_shallow(const qry_sim *sim)
{
    uint32_t nesting = stretch_knowledge(sim, qry_circuit_program(sim->circuit))->nesting;
    if (nesting <= MOST_NESTING)
        return;
    qry_error(sim->ctx, "calls are nested %u deep; this engine runs at most %d", nesting, MOST_NESTING);
    qry_give_up(sim->ctx);
}

void qry_sim_shot(qry_sim *sim, qry_random *random, uint8_t *bits)
{
    uint32_t bit_count = qry_circuit_bit_count(sim->circuit);
    uint8_t *own_bits = NULL;
    enter(sim);
    if (!bits)
        bits = own_bits = qry_alloc(sim->ctx, bit_count, 1);
    memset(bits, 0, bit_count);
    sim->random = random;
    sim->bits = bits;
    sim->sampled = false;
    sim->measured_count = 0;
    sim->planning = 0;
    world_widen(sim);
    if (stretch_learn(sim))
        transition_sweep(sim);
    require_shallow(sim);
    world_start(sim);
    run_program(sim);
    sim->bits = NULL;
    qry_free(sim->ctx, own_bits);
    leave(sim);
}

const char *qry_sim_mode_name(const qry_sim *sim)
{
    return !sim->numbered ? "gates" : sim->replay ? "replay" : "numbered";
}

const char *qry_sim_simd_name(const qry_sim *sim) { return sim->kernels->name; }
const qry_tally *qry_sim_executed(const qry_sim *sim) { return &sim->executed; }
double qry_sim_planning_seconds(const qry_sim *sim) { return sim->planning_seconds; }
size_t qry_sim_rows(const qry_sim *sim) { return sim->world ? sim->world->rows : 0; }
size_t qry_sim_peak_rows(const qry_sim *sim) { return sim->peak_rows; }

/* Calls visit for every row with the values of qubits, one byte each. */
static void each_row(qry_sim *sim, const qry_qubit *qubits, uint32_t count,
                     void (*visit)(void *state, const uint8_t *values, double re, double im), void *state)
{
    struct world *w = sim->world;
    literal *wanted = qry_alloc(sim->ctx, count, sizeof *wanted);
    plane *planes = qry_alloc_aligned(sim->ctx, count, sizeof *planes);
    uint8_t *values = qry_alloc(sim->ctx, count, 1);
    for (uint32_t b = 0; b < w->block_count; b++) {
        size_t first = (size_t)b * PLANE_ROWS;
        for (uint32_t i = 0; i < count; i++)
            wanted[i] = w->block[b].cell[qubits[i]].v;
        execute_planes(sim, &w->block[b], wanted, count, planes);
        for (size_t row = 0; row < PLANE_ROWS && first + row < w->rows; row++) {
            for (uint32_t i = 0; i < count; i++)
                values[i] = planes[i].word[row / 64] >> row % 64 & 1;
            visit(state, values, sim->re[first + row], sim->complex ? sim->im[first + row] : 0);
        }
    }
    qry_free(sim->ctx, values);
    qry_free(sim->ctx, planes);
    qry_free(sim->ctx, wanted);
}

struct marginal {
    double *probability;
    uint32_t count;
};

static void add_probability(void *state, const uint8_t *values, double re, double im)
{
    struct marginal *m = state;
    size_t index = 0;
    for (uint32_t i = 0; i < m->count; i++)
        index |= (size_t)values[i] << i;
    m->probability[index] += re * re + im * im;
}

void qry_sim_probabilities(qry_sim *sim, const qry_qubit *qubits, uint32_t count, double *probability)
{
    qry_must(count <= 30 && sim->world);
    enter(sim);
    run_settle_measurements(sim);
    rows_resolve_mixed(sim);
    for (uint32_t i = 0; i < count; i++)
        rows_resolve(sim, qubits[i]);
    memset(probability, 0, sizeof *probability << count);
    each_row(sim, qubits, count, add_probability, &(struct marginal){probability, count});
    leave(sim);
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

void qry_sim_amplitudes(qry_sim *sim, double tolerance,
                        void (*visit)(void *state, const uint8_t *label, double re, double im), void *state)
{
    qry_must(sim->world);
    enter(sim);
    run_settle_measurements(sim);
    uint32_t width = qry_circuit_program(sim->circuit)->width;
    qry_qubit *all = qry_alloc(sim->ctx, width, sizeof *all);
    for (qry_qubit q = 0; q < width; q++) {
        all[q] = q;
        rows_resolve(sim, q);
    }
    each_row(sim, all, width, list_amplitude, &(struct listing){tolerance, visit, state});
    qry_free(sim->ctx, all);
    leave(sim);
}
