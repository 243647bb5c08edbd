/* pipeline.h: how rows of attention come about, from the head to the answer. Private to runtime/attend/.
 *
 *   pipeline.c      a head and its options; rows in parallel
 *   worker.c        what a thread needs for rows: the compiled search and its searcher
 *   row.c           one row: thresholds, searching, answer
 *   low_rank.c      rows of the low-rank kernel; what stands in for keys that were not found
 *   halfspace_row.c one row from a tree instead of a search
 *   target.c        one row: as low a threshold as a wanted bound needs
 *   row_program.c   the search of a row as text, and the estimates
 *   cells.c         the tables of the estimates, and what their sums say of the rest
 *   estimates.c     the estimates of a row, by circuits
 *   saved.c         rows from a saved state
 *   summary.c       many rows in a few numbers */
#ifndef QRY_RUNTIME_PIPELINE_H
#define QRY_RUNTIME_PIPELINE_H

#include "runtime/attend/attend.h"
#include "runtime/halfspace/halfspace.h"
#include "runtime/nystrom/nystrom.h"

enum { QRY_ATTEND_STAGES = 8 };

struct qry_attend {
    qry_ctx *ctx;
    qry_attend_options options;
    qry_attend_facts facts;
    qry_head *head;
    qry_moments *moments; /* NULL where no row is searched or told by its moments */
    qry_codes *codes;     /* NULL where no row is searched */
    qry_halfspace *tree;  /* of the keys, for HALFSPACE; else NULL */
    qry_nystrom *nystrom; /* NULL where no row needs it */
    qry_attend_stage stage[QRY_ATTEND_STAGES];
};

/** A stage that was done; what was used is added to the facts. */
void qry_attend_add_stage(qry_attend *attend, const qry_attend_stage *stage);

/** The tables that a row's circuits read. */
enum { QRY_ATTEND_TABLES = 4 };
extern const char *const qry_attend_tables[QRY_ATTEND_TABLES];

/* ---- what a circuit adds up over the rest (cells.c; bounds.md 11) ---- */

typedef enum qry_rest_sum { QRY_SUM_WEIGHTS, QRY_SUM_ENERGY, QRY_SUMS } qry_rest_sum;

/** A table over cells of integer scores, of which each has 2^drop. A key counts as the number of its cell: of the
 *  weights, counted down from `top`; of the energy, counted up from where its group's cells begin. Scores beyond the
 *  last cell on either side count as that. */
typedef struct qry_cells {
    qry_rest_sum sum;
    int each; /* cells; of the energy, of a group */
    size_t count;
    int drop;
    int64_t bottom, top; /* no integer score of the rest is outside */
    int64_t *first;      /* of a group: its first cell's integers, without the low bits */
    int64_t *value;      /* count numbers of QRY_CELL_BITS bits */
    double *exact;       /* the same before they were rounded; of the energy not yet in units */
    double unit;         /* what 1 stands for */
    double doubt; /* of the weights: a key's logarithm is at most this far from that of its cell, but in the last */
} qry_cells;

enum { QRY_CELL_BITS = 16 };

void qry_cells_init(qry_cells *cells, qry_ctx *ctx, const qry_moments *moments, qry_rest_sum sum);
/** For a rest from which something is left; for the energy after qry_rest_choose_energy. No integer score is below
 *  `low` or above `high`. */
void qry_cells_fill(qry_cells *cells, const qry_rest *rest, const qry_query_code *query, int64_t low, int64_t high);
/** What it says of the rest when the numbers of its keys' cells add up to `low` to `high`: the sum of e^(score - shift)
 *  lies between *least and *most; the energy is at most *most. */
void qry_cells_limits(const qry_cells *cells, const qry_rest *rest, double low, double high, double *least,
                      double *most);
/** To which relative precision the sum of the weights would be known with the exact sum of the likely numbers. */
double qry_cells_blur(const qry_cells *cells, const qry_rest *rest);

/** Estimates one of the sums by circuits, of one row after the other. */
typedef struct qry_meter {
    qry_cells cells;
    qry_program *program; /* NULL until something was estimated, with what follows */
    qry_search *search;
    qry_estimator *estimator;
    bool used; /* for this row */
} qry_meter;

/** What one thread needs for rows, on its own context; shares only what is read. */
typedef struct qry_worker {
    qry_ctx *ctx;
    const qry_attend *attend;
    int engine_threads;
    qry_rest *rest;           /* NULL for the exact method, with all that belongs to the search */
    qry_halfspace_hits *hits; /* NULL without a tree */
    qry_nystrom_place *place; /* NULL without a low-rank kernel */
    qry_query_code query;
    int64_t low, high;    /* no key's integer score is outside */
    int64_t comparator;   /* which keys match: those whose integer score is at least this */
    qry_program *program; /* NULL until a row has something to search for; the same of search and searcher */
    qry_search *search;
    qry_searcher *searcher;
    bool begun;        /* the searcher, for this row */
    size_t keys;       /* that the row attends to: the first so many */
    int64_t *integers; /* width numbers */
    uint32_t *found;   /* keys */
    double *score;     /* of each, without the row's offset */
    uint8_t *is_found; /* by key; of keys that the row does not attend to as well */
    size_t found_count;
    qry_meter meter[QRY_SUMS];
    uint64_t scored;        /* exact scores computed for this row: of keys found, or summed again */
    double *scores, *exact; /* keys numbers, NULL for a loaded state; value_width numbers */
} qry_worker;

void qry_meter_free(qry_meter *meter, qry_ctx *ctx);

/** engine_threads: within one circuit. Memory that gives up belongs to ctx. */
qry_worker *qry_worker_new(qry_ctx *ctx, const qry_attend *attend, int engine_threads);
void qry_worker_free(qry_worker *worker);
/** Another row: nothing is found, no comparator is set. */
void qry_worker_take_row(qry_worker *worker, size_t row);
/** Another comparator, for which about `expected` keys match that are not found. Keys that all match are found at once:
 *  that is known from the ranges of the columns. */
void qry_worker_aim(qry_worker *worker, int64_t comparator, double expected);
/** Data of table K of a program. */
void qry_worker_bind_keys(const qry_worker *worker, qry_program *program);
/** The row's query, as a program takes it. */
const int64_t *qry_worker_query(qry_worker *worker);
qry_run_options qry_worker_run(const qry_worker *worker);
/** Finds a key that matches, as qry_searcher_seek and (certified) qry_searcher_find do. */
bool qry_worker_find(qry_worker *worker, bool certified);

/** Computes a row. result: its row is set, and its ledger has room for QRY_ATTEND_TABLES queries. */
void qry_row_compute(qry_worker *worker, qry_attend_row *result, double *output);

/** halfspace_row.c: the same without a circuit, but for what does not depend on how the row came about. */
void qry_row_by_tree(qry_worker *worker, qry_attend_row *result, double *output);

/** low_rank.c: whether rows need the low-rank kernel; it is made; what of a row's failure probability its
 *  circuits have. */
bool qry_low_rank_wanted(const qry_attend_options *options);
bool qry_low_rank_prepare(qry_attend *attend);
double qry_low_rank_failure(const qry_attend *attend);
/** Of the order of which a row takes with it. */
uint64_t qry_low_rank_operations(const qry_attend_facts *facts);
/** The same row by the low-rank kernel alone, measured where that does not tell its normaliser and the moments are
 *  there. */
void qry_low_rank_row(qry_worker *worker, qry_attend_row *result, double *output);
/** Whether the row would be measured if they were. */
bool qry_low_rank_may_measure(const qry_attend *attend, const qry_attend_row *result);

/* ---- parts of that ---- */

/** row.c: whether max_queries stopped the search before all keys were found; then no key is known not to be above. */
bool qry_row_stopped(const qry_worker *worker);
/** row.c: aims where about so many more keys are expected that are not found. */
void qry_row_aim(qry_worker *worker, int64_t comparator, double expected);
/** The comparator below the present one where so many more keys are to be expected. */
int64_t qry_row_comparator_for_more(const qry_worker *worker, double keys);
/** Searches until it is certified that no key above the comparator is left, wherever the rule moves it, and takes out
 *  what was found. */
void qry_row_search(qry_worker *worker);
/** The answer from what was found and measured. */
void qry_row_answer(qry_worker *worker, qry_attend_row *result, double *output);
/** low_rank.c: output, normaliser, bound, and what stands in for the keys that were not found, as options say. */
void qry_row_answer_rest(qry_worker *worker, qry_attend_row *result, double *output);
/** What stands in for them while a row is planned. */
qry_rest_shape qry_row_shape(const qry_worker *worker);

/** target.c: lowers the threshold until the bound is at most the rule's part of the output's length, or all keys are
 *  found. */
void qry_row_reach_target(qry_worker *worker, qry_attend_row *result, double *output);

/** estimates.c: with `epsilon` or `automatic`, measures what is left of the row; wanted: the bound that is enough, 0 if
 *  none is; failure: of both estimates together. */
void qry_row_measure(qry_worker *worker, double wanted, double failure, qry_attend_row *result);
/** Measures the sum of a row of which nothing was searched, unless the moments tell it as well. */
void qry_row_measure_whole(qry_worker *worker, double epsilon, double failure, qry_attend_row *result);
/** Nothing is measured, but what it took stays. */
void qry_row_forget_estimates(qry_attend_row *result);
/** Whether rows may be measured; and what is the search's of their failure probability. */
bool qry_row_measures(const qry_attend *attend);
double qry_search_failure(const qry_attend *attend);

/* ---- programs (row_program.c) ---- */

/** The program of a search: a comment, the table, a query of `width` integers, the comparator, the row's last key where
 *  rows are causal: of the last row it says nothing of it; expected 0: not said. */
const char *qry_row_program(const qry_attend *attend, const char *comment, const char *keys, const int32_t *query,
                            int64_t comparator, size_t last, size_t expected, qry_arena *arena);
/** The program of an estimate over the keys that are not found. */
const char *qry_cells_program(const qry_attend *attend, const char *comment, const char *keys, const int32_t *query,
                              const qry_cells *cells, const uint8_t *is_found, const qry_goal *goal, qry_arena *arena);
/** Mantissas of its table `rest`: 1 for every key that is not found. */
void qry_cells_left(const qry_attend *attend, const uint8_t *is_found, int64_t *mantissas);

#endif
