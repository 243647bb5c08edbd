/* sim.c: what is the same for all engines: shots and their pieces, the bits, the mark. The rest is passed on. */
#include "sim/dense/dense.h"
#include "sim/engine.h"
#include "sim/sparse/engine.h"

#include <string.h>

qry_sim *qry_sim_new(qry_ctx *ctx, const qry_circuit *circuit, const qry_sim_options *options)
{
    qry_sim_options chosen = options ? *options : (qry_sim_options){.mode = QRY_SIM_AUTO};
    chosen.threads = chosen.threads < 1 ? 1 : chosen.threads;
    qry_must(qry_simd_available(chosen.simd));
    if (chosen.engine == QRY_SIM_DENSE)
        return dense_new(ctx, circuit, &chosen);
    qry_must(!chosen.single);
    return sparse_new(ctx, circuit, &chosen);
}

void qry_sim_free(qry_sim *sim)
{
    if (!sim || sim->busy) /* the memory of an engine that gave up is its context's */
        return;
    qry_free(sim->ctx, sim->own_bits);
    qry_free(sim->ctx, sim->marked_bits);
    sim->engine->free(sim);
}

/* Around all that may give up in the middle of a change. */
static void enter(qry_sim *sim)
{
    qry_must(!sim->busy);
    sim->busy = true;
}

static void leave(qry_sim *sim) { sim->busy = false; }

/* ---- shots ---- */

void qry_sim_begin(qry_sim *sim, qry_random *random, uint8_t *bits)
{
    enter(sim);
    sim->bit_count = qry_circuit_bit_count(sim->circuit);
    if (!bits)
        QRY_GROW(sim->ctx, sim->own_bits, sim->own_room, sim->bit_count + 1);
    sim->bits = bits ? bits : sim->own_bits;
    memset(sim->bits, 0, sim->bit_count);
    sim->done = 0;
    sim->width = qry_circuit_program(sim->circuit)->width;
    sim->marked = false;
    sim->engine->begin(sim, random, sim->bits);
    sim->begun = true;
    leave(sim);
}

/* Bits that the circuit got since the shot began are 0. */
static void clear_new_bits(qry_sim *sim)
{
    size_t count = qry_circuit_bit_count(sim->circuit);
    if (count <= sim->bit_count)
        return;
    qry_must(sim->bits != sim->own_bits);
    memset(sim->bits + sim->bit_count, 0, count - sim->bit_count);
    sim->bit_count = count;
}

void qry_sim_continue_to(qry_sim *sim, size_t end)
{
    const qry_definition *program = qry_circuit_program(sim->circuit);
    qry_must(sim->begun && !program->open && sim->done <= end && end <= program->op_count);
    qry_must(sim->width == program->width);
    enter(sim);
    clear_new_bits(sim);
    sim->engine->run(sim, sim->done, end);
    sim->done = end;
    leave(sim);
}

void qry_sim_continue(qry_sim *sim) { qry_sim_continue_to(sim, qry_circuit_program(sim->circuit)->op_count); }

void qry_sim_shot(qry_sim *sim, qry_random *random, uint8_t *bits)
{
    qry_sim_begin(sim, random, bits);
    qry_sim_continue(sim);
}

bool qry_sim_mark(qry_sim *sim)
{
    qry_must(sim->begun);
    enter(sim);
    QRY_GROW(sim->ctx, sim->marked_bits, sim->marked_room, sim->bit_count + 1);
    memcpy(sim->marked_bits, sim->bits, sim->bit_count);
    sim->marked_count = sim->bit_count;
    sim->marked_done = sim->done;
    sim->marked = sim->engine->mark(sim);
    leave(sim);
    return sim->marked;
}

void qry_sim_rewind(qry_sim *sim)
{
    qry_must(sim->marked);
    enter(sim);
    sim->done = sim->marked_done;
    sim->engine->rewind(sim);
    memcpy(sim->bits, sim->marked_bits, sim->marked_count);
    memset(sim->bits + sim->marked_count, 0, sim->bit_count - sim->marked_count);
    leave(sim);
}

/* ---- looking at the state ---- */

void qry_sim_sample(qry_sim *sim, const qry_qubit *qubits, uint32_t count, qry_random *random, uint64_t shots,
                    void (*visit)(void *state, const uint8_t *values), void *state)
{
    qry_must(sim->begun);
    enter(sim);
    sim->engine->sample(sim, qubits, count, random, shots, visit, state);
    leave(sim);
}

void qry_sim_probabilities(qry_sim *sim, const qry_qubit *qubits, uint32_t count, double *probability)
{
    qry_must(count <= 30 && sim->begun);
    enter(sim);
    sim->engine->probabilities(sim, qubits, count, probability);
    leave(sim);
}

void qry_sim_amplitudes(qry_sim *sim, double tolerance,
                        void (*visit)(void *state, const uint8_t *label, double re, double im), void *state)
{
    qry_must(sim->begun);
    enter(sim);
    sim->engine->amplitudes(sim, tolerance, visit, state);
    leave(sim);
}

/* ---- what is known of an engine ---- */

const char *qry_sim_engine_name(const qry_sim *sim) { return sim->engine->name; }
const char *qry_sim_mode_name(const qry_sim *sim) { return sim->engine->mode_name(sim); }
const char *qry_sim_simd_name(const qry_sim *sim) { return sim->engine->simd_name(sim); }
const qry_tally *qry_sim_executed(const qry_sim *sim) { return sim->engine->executed(sim); }
double qry_sim_planning_seconds(const qry_sim *sim) { return sim->engine->planning_seconds(sim); }

static size_t all_rows(const qry_sim *sim)
{
    uint32_t width = qry_circuit_program(sim->circuit)->width;
    return width < 8 * sizeof(size_t) ? (size_t)1 << width : SIZE_MAX;
}

size_t qry_sim_rows(const qry_sim *sim) { return sim->engine->rows ? sim->engine->rows(sim) : all_rows(sim); }

size_t qry_sim_peak_rows(const qry_sim *sim)
{
    return sim->engine->peak_rows ? sim->engine->peak_rows(sim) : all_rows(sim);
}

uint32_t qry_sim_peak_axes(const qry_sim *sim) { return sim->engine->peak_axes ? sim->engine->peak_axes(sim) : 0; }
