/* engine.h: the dense engine as a whole, and what its files offer each other.
 *
 * The amplitude of a basis state, label x, is `factor` times the number in memory at the index whose bit position[q] is
 * bit q of x, but for the bits of `flipped`, which are the other way round. So a swap exchanges two positions, and an X
 * changes `flipped`; both cost nothing. Numbers grow in memory, since kernels leave out a scalar of every matrix; factor
 * makes up for it, and has the global phase.
 *
 * A position is `known` when all numbers with another value of its bit than known_values says are zero; what is in memory
 * there then has no meaning. In the beginning all are known, so that nothing needs to be filled with zeros, and later those
 * that were measured. `sure` says the same for the time when all gates of the window have been executed: controls on sure
 * positions are decided when a gate comes. */
#ifndef QRY_DENSE_ENGINE_H
#define QRY_DENSE_ENGINE_H

#include "sim/dense/kernels.h"
#include "sim/engine.h"

enum {
    MOST_POSITIONS = 48,
    WINDOW = 4096,       /* gates that wait, and are looked through for the next batch */
    LEAST_CHUNK_BITS = 7 /* lanes and tile of the widest set */
};

/** A gate as a batch sees it: positions inside as local bits, those outside as they are. */
struct local_gate {
    uint8_t kind;
    bool done;
    struct action action;
    uint32_t values;
    uint64_t outside_mask, outside_values;
    double matrix[8];
};

/** A phase as a tile sees it. */
struct term {
    uint8_t registers;
    uint16_t lanes;
    uint32_t base_mask, base_values;
    uint64_t outside_mask, outside_values;
    double re, im;
    uint32_t owner; /* number of its diagonal, + 1 */
};

/** A state kept for dense_rewind, or the current one without its memory. */
struct snapshot {
    uint8_t position[MOST_POSITIONS];
    uint64_t known, known_values, sure, sure_values, flipped;
    double factor[2];
};

/** How the work is cut; dense_new sets it for the machine, tests to force small blocks. */
struct cut {
    uint32_t chunk_bits;  /* most */
    uint32_t low_bits;    /* positions that are inside every chunk: fewer, and those of all lanes */
    uint32_t shared_bits; /* threads share passes over 2^shared_bits amplitudes and more */
    bool fuse;            /* matrices of one qubit that follow each other */
};

struct dense {
    qry_sim sim;
    const struct kernels *kernels;
    struct cut cut;
    int threads;
    uint32_t qubits, positions; /* positions beyond the qubits are known zeros, up to LEAST_CHUNK_BITS */
    qry_random *random;
    uint8_t *bits;

    void *re, *im; /* 2^positions reals each, inside memory[] */
    void *memory[2];
    struct snapshot now;
    void *marked[2];
    struct snapshot mark;
    double marked_growth;

    struct gate *window;
    size_t waiting;
    uint32_t last[MOST_POSITIONS];     /* the last gate in the window that touches a position, + 1 */
    uint64_t targets;                  /* of all gates in the window */
    uint32_t *chosen;                  /* gates of a batch, numbers in the window */
    struct local_gate *local, *phases; /* memory of dense_plan */
    struct term *terms;
    double growth; /* the square of the norm in memory, once what is planned has been executed */

    struct plan plan;
    size_t *place; /* memory of dense_execute */
    size_t place_room;
    struct worker *workers;
    qry_tally executed;
    double planning_seconds;
};

static inline struct dense *dense_of(const qry_sim *sim) { return (struct dense *)sim; }

static inline uint64_t positions_below(uint32_t count) { return ((uint64_t)1 << count) - 1; }

/** Puts the low bits of `value` where mask has ones; and takes them from there. */
static inline uint64_t deposit(uint64_t value, uint64_t mask)
{
    uint64_t spread = 0;
    for (; mask && value; mask &= mask - 1, value >>= 1)
        spread |= value & 1 ? mask & -mask : 0;
    return spread;
}

static inline uint32_t ones(uint64_t mask) { return (uint32_t)COUNT_ONES(mask); }

static inline uint64_t extract(uint64_t value, uint64_t mask)
{
    uint64_t packed = 0;
    for (value &= mask; value; value &= value - 1)
        packed |= (uint64_t)1 << ones(mask & ((value & -value) - 1));
    return packed;
}

/* ---- steps.c: operations of the circuit ---- */

void dense_walk(struct dense *d, size_t from, size_t to);

/* ---- window.c: gates that wait ---- */

/** Where qubits have the values that are asked for. */
struct condition {
    uint64_t qubits, values; /* bit q: qubit q */
};

void dense_matrix(struct dense *d, const double matrix[8], qry_qubit target, struct condition when);
void dense_phase(struct dense *d, double re, double im, struct condition when);
void dense_swap(struct dense *d, qry_qubit a, qry_qubit b, struct condition when);
/** Executes all that waits. */
void dense_drain(struct dense *d);

/* ---- batch.c: which gates the next pass takes ---- */

/** Chooses gates of the window, in an order in which they may be executed, and fills in the inside positions of the plan;
 *  returns how many. */
size_t dense_batch(struct dense *d);

/* ---- program.c, diagonal.c: what the gates of a batch do to registers ---- */

void dense_plan(struct dense *d, size_t chosen);

/** Which local bits tell the registers and lanes of a tile apart. */
struct tile {
    uint8_t lane_bits, tile_bits;
    uint8_t bit[MOST_TILE_BITS];
    uint32_t inner; /* mask of both */
};

/** Appends operations that multiply with `count` phases. */
void dense_diagonal(struct dense *d, const struct tile *tile, const struct local_gate *phases, size_t count);
struct op *dense_new_op(struct dense *d, int code, size_t constants);
/** Registers, or lanes, of a tile where a condition on local bits holds. */
uint8_t tile_registers(const struct tile *tile, uint32_t mask, uint32_t values);
uint16_t tile_lanes(const struct tile *tile, uint32_t mask, uint32_t values);

/* ---- execute.c: passes over the state ---- */

uint32_t dense_chunk_bits(const struct dense *d);
void dense_execute(struct dense *d);

/* ---- measure.c ---- */

/** Executes all that waits, unless the outcome is sure without it, and measures a qubit as sim_draw says. */
bool dense_measure(struct dense *d, qry_qubit qubit);

/* ---- observe.c: looking at a state in which nothing waits ---- */

/** Indices that are not known to be empty, in stretches of 2^run_bits of them side by side. */
struct live {
    uint64_t free, base; /* index = base + deposit(number, free) */
    uint32_t run_bits;
    uint64_t runs;
};

struct live dense_live(const struct dense *d);
static inline uint64_t live_next(const struct live *l, uint64_t index, uint64_t step)
{
    return (((index | ~l->free) + step) & l->free) | l->base;
}

void dense_sample(qry_sim *sim, const qry_qubit *qubits, uint32_t count, qry_random *random, uint64_t shots,
                  void (*visit)(void *state, const uint8_t *values), void *state);
void dense_probabilities(qry_sim *sim, const qry_qubit *qubits, uint32_t count, double *probability);
void dense_amplitudes(qry_sim *sim, double tolerance,
                      void (*visit)(void *state, const uint8_t *label, double re, double im), void *state);
/** Real number `index` of an array in the precision of the state. */
static inline double dense_real(const struct dense *d, const void *array, uint64_t index)
{
    return d->kernels->real_size == sizeof(float) ? (double)((const float *)array)[index]
                                                  : ((const double *)array)[index];
}

#endif
