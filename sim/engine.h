/* engine.h: what an engine offers behind sim.h (sim.c passes every call on). Private to sim/. */
#ifndef QRY_SIM_ENGINE_H
#define QRY_SIM_ENGINE_H

#include "sim/sim.h"

/** A sum of amplitudes whose magnitude is below this is taken for one that cancelled: it is no row. */
#define SIM_CANCELLED 1e-14

/** The first member of every engine's own struct is a qry_sim. All of these may give up. */
struct sim_engine {
    const char *name; /* "sparse", "dense" */
    void (*free)(qry_sim *sim);
    /** |0...0>, nothing executed, no mark. random, bits: as of qry_sim_shot, bits never NULL and zeroed already; kept
     *  until the next begin. */
    void (*begin)(qry_sim *sim, qry_random *random, uint8_t *bits);
    /** Executes operations from .. to - 1 of the program's body; no block is cut. What was there before may be taken as
     *  unchanged since `begin`. */
    void (*run)(qry_sim *sim, size_t from, size_t to);
    /** Remembers the state; false when it had better be computed anew. `rewind` goes back to it, as often as is wanted,
     *  until the next mark or begin, and `done` says how far that is; operations of the program that were run since may
     *  have changed when `run` is called after that. */
    bool (*mark)(qry_sim *sim);
    void (*rewind)(qry_sim *sim);
    /** Draws values of qubits from the state, which stays: calls visit(state, values) `shots` times, values[i] of
     *  qubits[i]. */
    void (*sample)(qry_sim *sim, const qry_qubit *qubits, uint32_t count, qry_random *random, uint64_t shots,
                   void (*visit)(void *state, const uint8_t *values), void *state);
    void (*probabilities)(qry_sim *sim, const qry_qubit *qubits, uint32_t count, double *probability);
    void (*amplitudes)(qry_sim *sim, double tolerance,
                       void (*visit)(void *state, const uint8_t *label, double re, double im), void *state);
    const char *(*mode_name)(const qry_sim *sim);
    const char *(*simd_name)(const qry_sim *sim);
    const qry_tally *(*executed)(const qry_sim *sim);
    double (*planning_seconds)(const qry_sim *sim);
    /** Amplitudes held now; rows and axes where they were most. NULL: all that the program's qubits have, no axes. */
    size_t (*rows)(const qry_sim *sim);
    size_t (*peak_rows)(const qry_sim *sim);
    uint32_t (*peak_axes)(const qry_sim *sim);
};

struct qry_sim {
    const struct sim_engine *engine;
    qry_ctx *ctx;
    const qry_circuit *circuit;
    bool busy;   /* inside a call; still so after that gave up: then it may only be freed */
    size_t done; /* operations of the program that were run since begin */

    /* Of sim.c alone. */
    bool begun;
    uint8_t *bits, *own_bits; /* own: where the caller gives none */
    size_t bit_count, own_room;
    uint32_t width; /* when the shot began */
    bool marked;
    size_t marked_done, marked_count, marked_room;
    uint8_t *marked_bits;
};

/** Adds to a sum of many numbers; *lost: what rounding added to it too much so far, 0 at first (Kahan). */
static inline void sim_add(double *sum, double *lost, double x)
{
    double y = x - *lost, larger = *sum + y;
    *lost = (larger - *sum) - y;
    *sum = larger;
}

/** The value that is found for a qubit which is 1 with probability p; a number is drawn unless p is 0 or 1 but for rounding.
 *  With random NULL it gives up then. */
static inline bool sim_draw(qry_sim *sim, qry_random *random, double p, bool single)
{
    const double rounding = single ? 1e-6 : 1e-12;
    if (p < rounding || p > 1 - rounding)
        return p > 0.5;
    if (!random) {
        qry_error(sim->ctx, "a qubit in superposition is reset, and there are no random numbers to measure it with");
        qry_give_up(sim->ctx);
    }
    return qry_random_unit(random) < p;
}

#endif
