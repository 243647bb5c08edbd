/* circuits.h: what landmarks, sums and value samples have in common: statements of the language that are run once each.
 * Private to runtime/nystrom/.
 *
 *   circuits.c           compiling, charging, random sets of rows
 *   landmarks.c          the levels of the landmarks
 *   leverage_program.c   an oracle that computes leverages from the points
 *   sums.c               sums of columns
 *   values.c             the levels of the value samples */
#ifndef QRY_RUNTIME_CIRCUITS_H
#define QRY_RUNTIME_CIRCUITS_H

#include "runtime/nystrom/nystrom.h"

/* ---- statements ---- */

/** Mantissas of a table that a program declares. */
typedef struct qry_stage_table {
    const char *name;
    const int64_t *mantissas;
    size_t words; /* that are written to quantum memory; 0: the program names constants */
} qry_stage_table;

enum { QRY_STAGE_TABLES = 6 };

/** A program of one statement. Its tables name files that are not read: they are bound. */
typedef struct qry_stage_program {
    const char *text;
    qry_stage_table table[QRY_STAGE_TABLES]; /* up to the first without a name */
} qry_stage_program;

typedef struct qry_stage_circuit {
    qry_program *program;
    qry_search *search;
} qry_stage_circuit;

/** Gives up after a report. */
qry_stage_circuit qry_stage_compile(const qry_stage_run *run, const qry_stage_program *program);
void qry_stage_circuit_free(qry_stage_circuit *circuit);

/** "qram select;\n" where a bucket brigade of so many rows has more routers than a round can name in memory; else "". */
const char *qry_stage_memory(size_t rows);

/** Random numbers of different uses do not meet. */
typedef enum qry_stage_use { QRY_USE_ORDER = 1, QRY_USE_LANDMARKS, QRY_USE_SUMS, QRY_USE_VALUES } qry_stage_use;
uint64_t qry_stage_stream(qry_stage_use use, uint64_t number);

/** Binding a table writes its words. */
void qry_stage_charge_words(const qry_stage_run *run, size_t words);
void qry_stage_charge(const qry_stage_run *run, const qry_ledger *ledger);
void qry_stage_progress(const qry_stage_run *run, size_t done, size_t total);

/** What to know of a stage that had so many sets drawn with probabilities from the oracle and from tables. */
const char *qry_stage_note(size_t by_oracle, size_t by_table);

/* ---- sets of rows ---- */

/** 0 to count - 1 in random order, from the run's context. */
uint32_t *qry_stage_permutation(const qry_stage_run *run, size_t count, uint64_t number);

/** The factor c for which min(1, c weight) add up to `wanted`; INFINITY if fewer weights, or no more, are above 0. */
double qry_stage_scale(const double *weight, size_t count, double wanted);

/** Fraction bits of probabilities: at least 16, and enough that all rows together are hardly ever drawn for what rounding up adds. */
int qry_stage_bits(size_t rows);
/** min(1, p), rounded down to so many fraction bits, but never down to 0. */
double qry_stage_round(double p, int bits);

/** Rows that were drawn, rising, and with which probability each was to be; of an arena. */
typedef struct qry_stage_set {
    uint64_t *row;
    double *probability;
    size_t count;
    bool stopped; /* by the limit of queries: rows may be missing */
} qry_stage_set;

/** Runs a `sample set`. */
qry_stage_set qry_stage_draw(const qry_stage_run *run, const qry_stage_program *program, uint64_t stream);
/** The set with row j in it with probability min(1, p[j]), by a table of p in quantum memory. */
qry_stage_set qry_stage_sample(const qry_stage_run *run, const double *p, size_t rows, double failure, uint64_t stream);

#endif
