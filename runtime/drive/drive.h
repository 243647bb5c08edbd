/* drive.h: the inside of a searcher. Private to runtime/drive/. */
#ifndef QRY_DRIVE_H
#define QRY_DRIVE_H

#include "runtime/runtime.h"

/* ---- how many rows are left (belief.c) ---- */

typedef struct qry_belief {
    qry_ctx *ctx;
    size_t levels;
    double *left; /* by level: how many rows may be left, from 0 to all of the states */
    double *odds; /* of each; their sum is 1 */
    size_t choices;
    uint64_t *iterations; /* by choice */
    double *success;      /* levels x choices: probability that so many iterations end in a match */
    double *value;        /* by choice */
    size_t chosen;
} qry_belief;

/** For 2^address states; to be told what is expected before anything else. */
void qry_belief_init(qry_belief *belief, qry_ctx *ctx, uint32_t address);
void qry_belief_free(qry_belief *belief);
/** About `expected` rows match; negative: nothing is known. */
void qry_belief_expect(qry_belief *belief, double expected);
/** The iterations of which most is to be expected for their cost. */
uint64_t qry_belief_choose(qry_belief *belief);
/** They found a row, which is then no longer left; or they did not. */
void qry_belief_learn(qry_belief *belief, bool found);
/** A row was found in another way. */
void qry_belief_take(qry_belief *belief);
double qry_belief_empty(const qry_belief *belief);
double qry_belief_mean(const qry_belief *belief);

/* ---- what a circuit costs (cost.c) ---- */

typedef struct qry_cost_entry {
    uint64_t version;  /* of the body; 0: never read */
    uint64_t stamp;    /* of the body and all that it calls, when the sums were made */
    uint64_t seen;     /* in which enquiry it was looked at last */
    qry_digest digest; /* the body alone */
    qry_tally whole;
    qry_u128 depth, t_depth;
    qry_u128 *loads; /* by table */
    size_t load_count;
} qry_cost_entry;

/** A definition whose calls are being looked at. */
typedef struct qry_cost_open {
    const qry_definition *definition;
    size_t next;     /* of its calls */
    uint64_t newest; /* version so far, among it and what it calls */
} qry_cost_open;

/** Tallies, depths and queries of the definitions of one circuit, kept while what they were made from stays. */
typedef struct qry_cost_book {
    qry_ctx *ctx;
    const qry_circuit *circuit;
    qry_cost_entry *entry; /* by definition */
    size_t entry_room;
    const char **table; /* names, in the order in which they were met */
    size_t table_count, table_room;
    uint64_t enquiry;
    qry_cost_open *open; /* each called by the one before */
    size_t open_count, open_room;
    qry_digester *digester;
} qry_cost_book;

void qry_cost_book_init(qry_cost_book *book, qry_ctx *ctx, const qry_circuit *circuit);
void qry_cost_book_free(qry_cost_book *book);
/** One run of the program: its gates in `whole`, its depth by parts, loads by table. Valid until the next call. */
const qry_cost_entry *qry_cost_of_program(qry_cost_book *book);
/** Adds so many runs of the program to a ledger: shots, queries, depth, qubits. Not the gates. */
void qry_cost_charge(qry_cost_book *book, qry_arena *arena, qry_ledger *ledger, uint64_t shots);

/* ---- the engine that knows the answer (oracle.c) ---- */

/** Which rows match and are looked for, and which states are left. */
typedef struct qry_scan {
    qry_ctx *ctx;
    uint64_t states, marked;
    uint64_t *state; /* all states, the marked ones first */
    uint64_t *place; /* where a state stands in it */
} qry_scan;

/** Loops over all rows look after so many of them whether they are to end. */
enum { QRY_SCAN_STRETCH = 4096 };

void qry_scan_init(qry_scan *scan, qry_ctx *ctx, uint32_t address);
void qry_scan_free(qry_scan *scan);
void qry_scan_mark(qry_scan *scan, uint64_t state, bool marked);
/** One of the marked states with that probability, else one of the others; uniformly. */
uint64_t qry_scan_draw(const qry_scan *scan, double probability, qry_random *random);

#endif
