/* sim.h: runs circuits. The sparse engine keeps one bit column per qubit over the live basis states ("rows") and an
 * amplitude per row; permutation segments touch columns, Hadamards and rotations touch amplitudes. The dense engine keeps
 * an amplitude for every basis state there is.
 *
 * Ownership: an engine belongs to its context and keeps a pointer to its circuit, which must outlive it. Definitions of
 * the circuit may be rewritten (qry_definition_clear) and the program changed between shots: plans of what did not
 * change are kept. While a shot goes on, from qry_sim_begin to the next, the program may get operations and the circuit
 * definitions and bits, but no qubits, and operations that were run may not change.
 * Errors: a run that cannot go on (too large for memory, work qubits left dirty, calls nested more than 1,000 deep)
 * reports why and gives up (base.h), like one that is out of memory. After that the engine may only be freed, and what it
 * held in memory goes with its context. */
#ifndef QRY_SIM_H
#define QRY_SIM_H

#include "base/base.h"
#include "qasm/qasm.h"

typedef enum qry_sim_engine { QRY_SIM_SPARSE, QRY_SIM_DENSE } qry_sim_engine;

/** Of the sparse engine. How a permutation segment is run; all count the same gates.
 *  GATES     every gate is executed on the columns, in place
 *  NUMBERED  equal columns are found when the segment is planned and computed once; cleanness is proved then
 *  REPLAY    as NUMBERED, and the phases of an unchanged segment are computed once and used again
 *  AUTO      REPLAY for circuits that repeat themselves, GATES for the others */
typedef enum qry_sim_mode { QRY_SIM_AUTO, QRY_SIM_GATES, QRY_SIM_NUMBERED, QRY_SIM_REPLAY } qry_sim_mode;

/** Instruction sets of the column kernels. */
typedef enum qry_simd { QRY_SIMD_BEST, QRY_SIMD_PLAIN, QRY_SIMD_AVX2, QRY_SIMD_AVX512 } qry_simd;

typedef struct qry_sim_options {
    qry_sim_mode mode; /* AUTO if the engine is dense */
    qry_simd simd;
    int threads; /* 0: one */
    qry_sim_engine engine;
    bool single; /* amplitudes in single precision: of the dense engine only */
} qry_sim_options;

typedef struct qry_sim qry_sim;

/** options may be NULL. */
qry_sim *qry_sim_new(qry_ctx *ctx, const qry_circuit *circuit, const qry_sim_options *options);
void qry_sim_free(qry_sim *sim);

/** Runs the program once from |0...0>. bits: the classical bits, one byte each (0 or 1), qry_circuit_bit_count of
 *  them. random NULL: measurements are left out (the state stays for the functions below), their bits stay 0, and
 *  resetting a qubit in superposition is an error; bits may then be NULL. */
void qry_sim_shot(qry_sim *sim, qry_random *random, uint8_t *bits);

/* The same in pieces, for programs that are written while they run: begin, then any number of continues. */

/** |0...0>, nothing executed; random and bits as of qry_sim_shot, kept until the next begin. Without bits the circuit may
 *  get no more of them until then; else there must be room for all that it gets. */
void qry_sim_begin(qry_sim *sim, qry_random *random, uint8_t *bits);
/** Runs the operations that the program has beyond those that were run since begin. No block may be open. */
void qry_sim_continue(qry_sim *sim);
/** The same up to operation number `end` of the program, which is outside of all blocks. */
void qry_sim_continue_to(qry_sim *sim, size_t end);
/** Remembers the state, the bits and how far the program was run, until the next mark or begin. False when it is too
 *  large to be remembered: begin and run it again instead. */
bool qry_sim_mark(qry_sim *sim);
/** Back to the mark, as often as is wanted; random numbers and what was executed go on. Operations beyond those that had
 *  been run may then be taken off (qry_definition_truncate) and others appended. */
void qry_sim_rewind(qry_sim *sim);
/** Draws values of qubits from the state as it is, which stays: calls visit `shots` times, values[i] is that of
 *  qubits[i], 0 or 1. */
void qry_sim_sample(qry_sim *sim, const qry_qubit *qubits, uint32_t count, qry_random *random, uint64_t shots,
                    void (*visit)(void *state, const uint8_t *values), void *state);

/** "sparse" or "dense". */
const char *qry_sim_engine_name(const qry_sim *sim);
/** Of the sparse engine "gates", "numbered" or "replay": what the last shot used. */
const char *qry_sim_mode_name(const qry_sim *sim);
/** "AVX-512", "AVX2" or "plain C". */
const char *qry_sim_simd_name(const qry_sim *sim);
/** Whether this machine has it. */
bool qry_simd_available(qry_simd simd);

/** Gates executed since the engine was made, by name, in all shots. */
const qry_tally *qry_sim_executed(const qry_sim *sim);
/** Seconds spent planning, of the seconds spent in qry_sim_shot. */
double qry_sim_planning_seconds(const qry_sim *sim);
/** Amplitudes held now. */
size_t qry_sim_rows(const qry_sim *sim);
/** Where the sparse engine held most amplitudes: peak_rows * 2^peak_axes of them. Rows have bit columns; axes are qubits, as
 *  of a uniform or a counting register, of which every row has all values, and on which columns depend only where the
 *  circuit compares them with something. Of the dense engine all are rows. */
size_t qry_sim_peak_rows(const qry_sim *sim);
uint32_t qry_sim_peak_axes(const qry_sim *sim);

/** Probabilities of the values of up to 30 qubits (bit i of the value is qubits[i]): 2^count numbers. */
void qry_sim_probabilities(qry_sim *sim, const qry_qubit *qubits, uint32_t count, double *probability);
/** Calls visit for every basis state with an amplitude of magnitude above `tolerance`; label: one byte per qubit of
 *  the program. Up to a global phase that is the same for all. */
void qry_sim_amplitudes(qry_sim *sim, double tolerance,
                        void (*visit)(void *state, const uint8_t *label, double re, double im), void *state);

/* ---- choosing an engine (choose.c) ---- */

typedef struct qry_sim_choice {
    qry_sim_engine engine;
    const char *why; /* "2^60 amplitudes do not fit into memory: 16 EiB" */
} qry_sim_choice;

/** The engine that had better run a circuit, found by looking at the circuit and at the memory there is; it takes a small
 *  part of the time that running takes. */
qry_sim_choice qry_sim_choose(qry_arena *arena, const qry_circuit *circuit);

/* ---- where a circuit measures (readout.c) ---- */

enum { QRY_UNMEASURED = 0xffffffff };

typedef struct qry_readout {
    /** One simulation answers for all shots: nothing happens to a qubit after it was measured, no measured bit decides
     *  anything, and nothing that is in use is reset. Else `why` says what stands in the way. */
    bool final;
    const char *why;
    bool measures; /* at all */
    size_t prefix; /* operations of the program that are the same in every shot: those before the first that measures,
                    * resets what is in use, or decides; no block is cut */
    qry_qubit *shown; /* by bit: the qubit that was measured into it last, or QRY_UNMEASURED: it stays 0 */
} qry_readout;

/** Arena memory. The cost is that of reading the program once, whatever its loops. */
const qry_readout *qry_circuit_readout(qry_arena *arena, const qry_circuit *circuit);

/* ---- outcomes (outcomes.c) ---- */

/** Strings of bits, each with a weight: shots, or a probability. Bit i of an outcome is words[i / 64] >> i % 64 & 1; words
 *  without bits are 0. */
typedef struct qry_outcomes qry_outcomes;
qry_outcomes *qry_outcomes_new(qry_ctx *ctx, uint32_t bits);
void qry_outcomes_free(qry_outcomes *outcomes);
/** Words of one outcome. */
size_t qry_outcomes_words(const qry_outcomes *outcomes);
/** Adds to the weight of an outcome. */
void qry_outcomes_add(qry_outcomes *outcomes, const uint64_t *words, double weight);
/** How many different ones there are. */
size_t qry_outcomes_count(const qry_outcomes *outcomes);
/** Puts them in order: as numbers, or the weightiest first and equal ones as numbers. */
void qry_outcomes_sort(qry_outcomes *outcomes, bool by_weight);
/** The one at a place, after they were sorted and until another is added. */
const uint64_t *qry_outcomes_at(const qry_outcomes *outcomes, size_t place, double *weight);

/* ---- shots of a program (shots.c, program_shots.c) ---- */

typedef struct qry_shots_options {
    qry_sim_options sim;
    uint64_t shots, seed;
    uint64_t max_steps; /* of a shot of a program that is not exact: statements */
} qry_shots_options;

/** Whether a variable's bits are part of an outcome: a bit register that is no input. */
static inline bool qry_is_register(const qry_variable *variable) { return variable->bits && !variable->input; }

/** How the shots were made.
 *  SAMPLED   one simulation, and as many draws from its last state
 *  REPEATED  shot by shot, from the first measurement on
 *  LIVE      shot by shot, the program going its own way in each */
typedef enum qry_shots_way { QRY_SHOTS_SAMPLED, QRY_SHOTS_REPEATED, QRY_SHOTS_LIVE } qry_shots_way;

/** Shots of a circuit, or of a program. Shot s draws its random numbers from stream s of the seed, whatever is run beside
 *  it; draws from one state all come from stream 0. */
typedef struct qry_shots qry_shots;

/** An outcome is the circuit's bits. The circuit must outlive the shots. */
qry_shots *qry_shots_of_circuit(qry_ctx *ctx, const qry_circuit *circuit, const qry_shots_options *options);
/** An outcome is the bits of the program's bit registers that are no inputs, in the order of qry_qasm_variables. The
 *  elaboration is the program's own. */
qry_shots *qry_shots_of_program(qry_ctx *ctx, qry_qasm *program, const qry_elaboration *elaboration,
                                const qry_shots_options *options);
void qry_shots_free(qry_shots *shots);
/** Makes the shots, once. False after a report: the program went wrong at a place in its source. Gives up as an engine
 *  does. */
bool qry_shots_run(qry_shots *shots);
/** Shots made so far; may be asked at a pulse of the context. */
uint64_t qry_shots_done(const qry_shots *shots);
qry_shots_way qry_shots_how(const qry_shots *shots);
/** The engine that runs them. */
qry_sim *qry_shots_sim(const qry_shots *shots);
/** Of the circuit, or of an elaboration that is exact; else NULL. */
const qry_readout *qry_shots_readout(const qry_shots *shots);
qry_outcomes *qry_shots_outcomes(const qry_shots *shots);

/** A value of an output, and in how many shots it came. */
typedef struct qry_shots_value {
    const char *text;
    uint64_t shots;
} qry_shots_value;

/** The values of a program's variable, an output, after a run; the most frequent first. *count of them. */
const qry_shots_value *qry_shots_values(qry_shots *shots, size_t variable, size_t *count);

/** What the bits of an outcome are exactly: runs the circuit without its measurements and adds the probability of every
 *  outcome that has one. The circuit's or the elaboration's readout must be final. */
void qry_shots_probabilities(qry_shots *shots);

/* ---- the reference (reference.c): slow and plain, for tests ---- */

/** The state after the program of a circuit of at most 20 qubits without measurement: 2^width amplitudes, re and im side
 *  by side, qubit i is bit i of the index. Arena memory. */
double *qry_reference_state(qry_arena *arena, const qry_circuit *circuit);
/** The same for any program of at most 20 qubits: bits, all zero at first, get what is measured. One qry_random_unit u is
 *  drawn for each measurement or reset of a qubit whose value is not certain; it is 1 if u is below the probability of
 *  1. The state that comes back is normalized. */
double *qry_reference_shot(qry_arena *arena, const qry_circuit *circuit, qry_random *random, uint8_t *bits);

#endif
