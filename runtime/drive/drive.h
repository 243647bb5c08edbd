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
    bool stays; /* what was found may be found again */
} qry_belief;

/** For 2^bits states; to be told what is expected before anything else. */
void qry_belief_init(qry_belief *belief, qry_ctx *ctx, uint32_t bits, bool stays);
void qry_belief_free(qry_belief *belief);
/** About `expected` rows match; negative: nothing is known. */
void qry_belief_expect(qry_belief *belief, double expected);
/** Any number below that is as likely as another. */
void qry_belief_expect_below(qry_belief *belief, double number);
/** The iterations of which most is to be expected for their cost. */
uint64_t qry_belief_choose(qry_belief *belief);
/** They found a row, which is then no longer left; or they did not. */
void qry_belief_learn(qry_belief *belief, bool found);
/** A row was found in another way. */
void qry_belief_take(qry_belief *belief);
/** One of those that were left, each as likely as another, is known, and only those of higher rank than it still count. With
 *  ties there are fewer than this takes for likely. */
void qry_belief_rank(qry_belief *belief);
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

/** How many of `shots` runs of the program a limit of queries still allows after what is in the ledger; 0: no limit. */
uint64_t qry_cost_allowed_shots(qry_cost_book *book, const qry_ledger *ledger, uint64_t max_queries, uint64_t shots);

/* ---- what cannot be run (limits.c) ---- */

/** Reports and gives up if the state of a circuit of the search does not fit into memory, with so many counting qubits. */
void qry_require_state(qry_ctx *ctx, const qry_search *search, uint32_t counting);
/** Reports and gives up if a scan of all rows takes too long. */
void qry_require_scan(qry_ctx *ctx, const qry_search *search);

/* ---- the engine that knows the answer (oracle.c) ---- */

/** Which rows match and are looked for; or, with a uniform register, how much of each is marked. */
typedef struct qry_scan {
    qry_ctx *ctx;
    uint64_t rows, marked;
    uint64_t *word;  /* a bit for every row: marked */
    uint32_t *count; /* of marked rows, by stretch */
    double *weight;  /* with a uniform register, instead: weight[j + 1] is the sum of the weights of the rows up to j */
} qry_scan;

/** Rows that are counted together. Loops over all rows look after so many of them whether they are to end. */
enum { QRY_SCAN_STRETCH = 4096 };

void qry_scan_init(qry_scan *scan, qry_ctx *ctx, const qry_search *search);
void qry_scan_free(qry_scan *scan);
/** Marks the rows of the search's domain that match, and are alive (by row of the domain; NULL: all are), and no others; or
 *  weighs them. */
void qry_scan_read(qry_scan *scan, qry_search *search, const uint8_t *alive);
/** A marked row is not any more. */
void qry_scan_take(qry_scan *scan, uint64_t row);
/** How much of the uniform superposition is marked. */
double qry_scan_fraction(const qry_scan *scan);
/** With that probability a marked state is measured, else another; uniformly. Whether it is marked, and its row (with
 *  weights only if it is). */
bool qry_scan_draw(const qry_scan *scan, double probability, qry_random *random, uint64_t *row);

/* ---- what searchers and estimators have in common (runs.c) ---- */

/** Circuits of a search, run again and again for one ledger. */
typedef struct qry_runs {
    qry_ctx *ctx;
    qry_search *search;
    qry_engine engine;
    qry_random random;
    qry_sim *sim; /* SPARSE */
    uint64_t seed;
    uint64_t max_queries; /* 0: no limit */
    qry_cost_book costs;
    qry_arena *arena; /* texts and queries of the ledger */
    qry_ledger ledger;
    double planned; /* by the engine when the ledger began */
} qry_runs;

/** The engine is chosen by a round of `typical` iterations. Reports and gives up if the search is too large. To be restarted
 *  before anything is run. */
void qry_runs_init(qry_runs *runs, qry_ctx *ctx, qry_search *search, const qry_run_options *options, uint64_t typical);
void qry_runs_free(qry_runs *runs);
/** A new ledger, and another stream of random numbers. */
void qry_runs_restart(qry_runs *runs, uint64_t stream);
const char *qry_runs_mode(const qry_runs *runs);

/* ---- a searcher (searcher.c) ---- */

struct qry_searcher {
    qry_runs runs;
    qry_scan scan; /* ORACLE */
    uint8_t *bits; /* what was measured */
    size_t bit_room;
    uint8_t *alive; /* by row of the domain; only if the search keeps what was found */
    qry_belief belief;
    bool stopped;       /* by the limit of queries */
    qry_tally executed; /* by the engine when the ledger began */
    double failure;
    int certificates;
    double in_vain; /* iterations since something was found */
};

/** The marks are other ones, of which the belief knows already. */
void qry_searcher_remark(qry_searcher *searcher);

#endif
