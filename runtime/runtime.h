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
    qry_u128 depth, t_depth;    /* of all circuits, one after the other; an upper bound (qry_definition_depth_bound) */
    uint32_t qubits;            /* of the widest circuit */
    uint64_t score_evaluations; /* classical ones: every found row is verified */
    uint64_t classical_score_evaluations; /* what a classical scan would have made */
    double seconds, planning_seconds;
} qry_ledger;

/** Adds one ledger to another; tables by name, texts copied to the arena. */
void qry_ledger_add(qry_arena *arena, qry_ledger *to, const qry_ledger *ledger);

/* ---- searching (drive/) ---- */

/** Finds rows of one compiled search, again and again: the classical loop around its circuits. */
typedef struct qry_hunter qry_hunter;

qry_hunter *qry_hunter_new(qry_ctx *ctx, qry_search *search, const qry_run_options *options, uint64_t stream);
void qry_hunter_free(qry_hunter *hunter);
/** The search was refreshed (or nothing has happened yet): all rows alive again, and about `expected` of them are thought
 *  to match (negative: nothing is known), which sets where the growth of the number of iterations starts. */
void qry_hunter_begin(qry_hunter *hunter, double expected);
/** One row that matches and is alive, by Boyer, Brassard, Hoyer and Tapp's search with growth 5/4 and a warm start after
 *  a success; verified classically. False when it gave up: after `patience` times sqrt(2^address) oracle calls without
 *  success, which proves nothing. */
bool qry_hunter_next(qry_hunter *hunter, double patience, uint64_t *row);
/** Takes a row out of the search (`search all` only). */
void qry_hunter_exclude(qry_hunter *hunter, uint64_t row);
/** Yoder, Low and Chuang's fixed-point search: false, if some alive row matches, with probability at least 1 - failure,
 *  and then *row is one. True: none was seen. */
bool qry_hunter_certify_empty(qry_hunter *hunter, double failure, uint64_t *row);
/** What this hunter has used so far. Belongs to it. */
const qry_ledger *qry_hunter_ledger(qry_hunter *hunter);
/** "gates", "numbered" or "replay"; "oracle" for that engine. */
const char *qry_hunter_mode(const qry_hunter *hunter);

/** The result of a search statement. rows: sorted; of `search one` at most one. */
typedef struct qry_found {
    uint64_t *row;
    size_t count;
} qry_found;

/** Runs the whole statement with its own failure probability. Arena memory. */
qry_found qry_hunter_run(qry_hunter *hunter, qry_arena *arena);

/** Angles of the fixed-point search for failure probability `failure` and marked fraction at least `fraction`: *count
 *  iterations, alpha and beta of each in arena memory. Yoder, Low, Chuang 2014, equation (11). */
void qry_fixed_point_angles(qry_arena *arena, double failure, double fraction, size_t *count, double **alpha,
                            double **beta);
/** Probability that the fixed-point search with these angles ends in a marked state, when a fraction is marked. */
double qry_fixed_point_success(double failure, double fraction, size_t count, double marked);

#endif
