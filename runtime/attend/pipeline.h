/* pipeline.h: how rows of attention come about, from the head to the answer. Private to runtime/attend/.
 *
 *   pipeline.c      a head and its options; rows in parallel
 *   worker.c        what a thread needs for rows: the compiled search and its searcher
 *   row.c           one row: thresholds, searching, answer
 *   row_program.c   the search of a row as text
 *   summary.c       many rows in a few numbers */
#ifndef QRY_RUNTIME_PIPELINE_H
#define QRY_RUNTIME_PIPELINE_H

#include "runtime/attend/attend.h"

struct qry_attend {
    qry_ctx *ctx;
    qry_attend_options options;
    qry_attend_facts facts;
    qry_head *head;
    qry_moments *moments; /* NULL for the exact method, with the codes */
    qry_codes *codes;
};

/** The tables that a row's search reads, in the order of a ledger. */
enum { QRY_ATTEND_TABLES = 2 };
extern const char *const qry_attend_tables[QRY_ATTEND_TABLES];

/** What one thread needs for rows, on its own context; shares only what is read. */
typedef struct qry_worker {
    qry_ctx *ctx;
    const qry_attend *attend;
    int engine_threads;
    qry_rest *rest; /* NULL for the exact method, with all that belongs to the search */
    qry_query_code query;
    int64_t low, high;    /* no key's integer score is outside */
    int64_t comparator;   /* which keys match: those whose integer score is at least this */
    qry_program *program; /* NULL until a row has something to search for; the same of search and searcher */
    qry_search *search;
    qry_searcher *searcher;
    bool begun;        /* the searcher, for this row */
    int64_t *integers; /* width numbers */
    uint32_t *found;   /* keys */
    double *score;     /* of each, without the row's offset */
    uint8_t *is_found; /* by key */
    size_t found_count;
    uint64_t scored;        /* exact scores computed for this row: of keys found, or summed again */
    double *scores, *exact; /* keys numbers; value_width numbers */
} qry_worker;

/** engine_threads: within one circuit. Memory that gives up belongs to ctx. */
qry_worker *qry_worker_new(qry_ctx *ctx, const qry_attend *attend, int engine_threads);
/** Another row: nothing is found, no comparator is set. */
void qry_worker_take_row(qry_worker *worker, size_t row);
/** Another comparator, for which about `expected` keys match that are not found. Keys that all match are found at once:
 *  that is known from the ranges of the columns. */
void qry_worker_aim(qry_worker *worker, int64_t comparator, double expected);
/** Finds a key that matches, as qry_searcher_seek and (certified) qry_searcher_find do. */
bool qry_worker_find(qry_worker *worker, bool certified);

/** Computes a row. result: its row is set, and its ledger has room for QRY_ATTEND_TABLES queries. */
void qry_row_compute(qry_worker *worker, qry_attend_row *result, double *output);

/** The program of a search: a comment, the table, a query of `width` integers, the comparator; expected 0: not said. */
const char *qry_row_program(const qry_attend *attend, const char *comment, const char *keys, const int32_t *query,
                            int64_t comparator, size_t expected, qry_arena *arena);

#endif
