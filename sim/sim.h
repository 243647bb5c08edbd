/* sim.h: runs circuits. The sparse engine keeps one bit column per qubit over the live basis states ("rows") and an
 * amplitude per row; permutation segments touch columns, Hadamards and rotations touch amplitudes.
 *
 * Ownership: an engine belongs to its context and keeps a pointer to its circuit, which must outlive it. Definitions of
 * the circuit may be rewritten (qry_definition_clear) and the program changed between shots: plans of what did not
 * change are kept.
 * Errors: a run that cannot go on (too large for memory, work qubits left dirty, calls nested more than 1,000 deep)
 * reports why and gives up (base.h), like one that is out of memory. After that the engine may only be freed, and what it
 * held in memory goes with its context. */
#ifndef QRY_SIM_H
#define QRY_SIM_H

#include "base/base.h"
#include "qasm/qasm.h"

/** How a permutation segment is run; all count the same gates.
 *  GATES     every gate is executed on the columns, in place
 *  NUMBERED  equal columns are found when the segment is planned and computed once; cleanness is proved then
 *  REPLAY    as NUMBERED, and the phases of an unchanged segment are computed once and used again
 *  AUTO      REPLAY for circuits that repeat themselves, GATES for the others */
typedef enum qry_sim_mode { QRY_SIM_AUTO, QRY_SIM_GATES, QRY_SIM_NUMBERED, QRY_SIM_REPLAY } qry_sim_mode;

/** Instruction sets of the column kernels. */
typedef enum qry_simd { QRY_SIMD_BEST, QRY_SIMD_PLAIN, QRY_SIMD_AVX2, QRY_SIMD_AVX512 } qry_simd;

typedef struct qry_sim_options {
    qry_sim_mode mode;
    qry_simd simd;
    int threads; /* 0: one */
} qry_sim_options;

typedef struct qry_sim qry_sim;

/** options may be NULL. */
qry_sim *qry_sim_new(qry_ctx *ctx, const qry_circuit *circuit, const qry_sim_options *options);
void qry_sim_free(qry_sim *sim);

/** Runs the program once from |0...0>. bits: the classical bits, one byte each (0 or 1), qry_circuit_bit_count of
 *  them. random NULL: measurements are left out (the state stays for the functions below), their bits stay 0, and
 *  resetting a qubit in superposition is an error; bits may then be NULL. */
void qry_sim_shot(qry_sim *sim, qry_random *random, uint8_t *bits);

/** "gates", "numbered" or "replay": what the last shot used. */
const char *qry_sim_mode_name(const qry_sim *sim);
/** "AVX-512", "AVX2" or "plain C". */
const char *qry_sim_simd_name(const qry_sim *sim);
/** Whether this machine has it. */
bool qry_simd_available(qry_simd simd);

/** Gates executed since the engine was made, by name, in all shots. */
const qry_tally *qry_sim_executed(const qry_sim *sim);
/** Seconds spent planning, of the seconds spent in qry_sim_shot. */
double qry_sim_planning_seconds(const qry_sim *sim);
/** Live basis states now, and the most there were. */
size_t qry_sim_rows(const qry_sim *sim);
size_t qry_sim_peak_rows(const qry_sim *sim);

/** Probabilities of the values of up to 30 qubits (bit i of the value is qubits[i]): 2^count numbers. */
void qry_sim_probabilities(qry_sim *sim, const qry_qubit *qubits, uint32_t count, double *probability);
/** Calls visit for every basis state with an amplitude of magnitude above `tolerance`; label: one byte per qubit of
 *  the program. Up to a global phase that is the same for all. */
void qry_sim_amplitudes(qry_sim *sim, double tolerance,
                        void (*visit)(void *state, const uint8_t *label, double re, double im), void *state);

/* ---- the reference (reference.c): slow and plain, for tests ---- */

/** The state after the program of a circuit of at most 20 qubits without measurement: 2^width amplitudes, re and im side
 *  by side, qubit i is bit i of the index. Arena memory. */
double *qry_reference_state(qry_arena *arena, const qry_circuit *circuit);
/** The same for any program of at most 20 qubits: bits, all zero at first, get what is measured. One qry_random_unit u is
 *  drawn for each measurement or reset of a qubit whose value is not certain; it is 1 if u is below the probability of
 *  1. The state that comes back is normalized. */
double *qry_reference_shot(qry_arena *arena, const qry_circuit *circuit, qry_random *random, uint8_t *bits);

#endif
