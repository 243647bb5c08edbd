/* runtime.h: drives circuits. Searches as users mean them, attention rows, and the bill for both.
 *
 * Ownership: what a _new makes belongs to its context and keeps pointers to what it was made from, which must outlive it.
 * Errors: what users can cause is reported and returns NULL or false. All functions may give up (base.h). */
#ifndef QRY_RUNTIME_H
#define QRY_RUNTIME_H

#include "base/base.h"
#include "compiler/compiler.h"
#include "qasm/qasm.h"
#include "sim/sim.h"

/* ---- how circuits are run ---- */

/** SPARSE: gate by gate. ORACLE: the exact distribution of the same circuit's outcome, computed from a classical scan;
 *  queries and gates are counted as if they had been made, and every output names the engine. */
typedef enum qry_engine { QRY_ENGINE_SPARSE, QRY_ENGINE_ORACLE } qry_engine;

typedef struct qry_run_options {
    qry_engine engine;
    qry_sim_options sim;
    uint64_t seed;
} qry_run_options;

/* ---- the ledger (ledger.c) ---- */

typedef struct qry_ledger_query {
    const char *table; /* of the search that was charged */
    qry_u128 loads;    /* every fetch of a word, in and out */
} qry_ledger_query;

/** What was used. Everything that costs anything is in here, whichever engine ran it. */
typedef struct qry_ledger {
    uint64_t oracle_calls; /* uses of the phase oracle: each computes and uncomputes the predicate */
    uint64_t shots;        /* circuits run and measured */
    qry_ledger_query *query;
    size_t query_count;
    qry_tally tally;            /* gates and measurements executed */
    qry_u128 depth, t_depth;    /* of all circuits, one after the other; an upper bound, the sum over their parts */
    uint32_t qubits;            /* of the widest circuit */
    uint64_t score_evaluations; /* classical ones: every measured row is verified */
    uint64_t classical_score_evaluations; /* what a classical scan would have made */
    double seconds;                       /* of running circuits, with their planning */
    double planning_seconds;
} qry_ledger;

/** Adds one ledger to another; tables by name, texts copied to the arena. */
void qry_ledger_add(qry_arena *arena, qry_ledger *to, const qry_ledger *ledger);

/* ---- searching (drive/) ---- */

/** Finds rows of one compiled search, again and again: the classical loop around its circuits. It writes the programs of
 *  the search's circuit, and which of its rows are still looked for; nobody else may meanwhile. */
typedef struct qry_hunter qry_hunter;

/** The same seed and stream give the same results. */
qry_hunter *qry_hunter_new(qry_ctx *ctx, qry_search *search, const qry_run_options *options, uint64_t stream);
void qry_hunter_free(qry_hunter *hunter);
/** To be called first, and again after the search was refreshed to look for something else: all rows are looked for, and
 *  about `expected` of them are thought to match (negative: nothing is known), from which the number of iterations
 *  follows. `failure` is for all that qry_hunter_find says until the next call. */
void qry_hunter_begin(qry_hunter *hunter, double expected, double failure);
/** The search was refreshed with another predicate for the same rows: those that were found stay out, and about
 *  `expected` others match (negative: nothing is known). */
void qry_hunter_retarget(qry_hunter *hunter, double expected);
/** A row that matches, verified classically; of `search all` one that was not found before. False: there is none. All
 *  these answers since qry_hunter_begin are right with probability at least 1 - failure, whatever was expected. */
bool qry_hunter_find(qry_hunter *hunter, uint64_t *row);
/** How many more rows are believed to match. */
double qry_hunter_left(const qry_hunter *hunter);
/** What this hunter has used so far. Belongs to it. */
const qry_ledger *qry_hunter_ledger(qry_hunter *hunter);
/** "gates", "numbered" or "replay"; "oracle" for that engine. */
const char *qry_hunter_mode(const qry_hunter *hunter);

/** The result of a search statement. row: sorted; of `search one` at most one. */
typedef struct qry_found {
    uint64_t *row;
    size_t count;
} qry_found;

/** Runs the whole statement with its own failure probability. Arena memory. */
qry_found qry_hunter_run(qry_hunter *hunter, qry_arena *arena);

/** Angles of the fixed-point search that ends in a marked state with probability at least 1 - failure if at least
 *  `fraction` of the states are marked: *count iterations, alpha and beta of each in arena memory, as
 *  qry_search_write_fixed_point takes them. Yoder, Low, Chuang 2014, equation (11). */
void qry_fixed_point_angles(qry_arena *arena, double failure, double fraction, size_t *count, double **alpha,
                            double **beta);
/** The probability that it ends in a marked state when the fraction `marked` is. */
double qry_fixed_point_success(double failure, size_t count, double marked);

#endif
