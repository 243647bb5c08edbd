/* ranks.h: several processes, started together by mpirun, that compute the rows of one head. Every rank does the same from
 * the beginning, up to the rows: of these it computes its own, and rank 0 gets all of them. A build without MPI has one
 * rank, number 0, so that nobody else needs to know (alone.c instead of mpi.c).
 *
 * A rank that fails must not leave the others waiting: all agree once, before the rows, that they are ready. A rank that
 * fails later, or is interrupted, ends the whole run. */
#ifndef QRY_RUNTIME_RANKS_H
#define QRY_RUNTIME_RANKS_H

#include "runtime/runtime.h"

typedef struct qry_ranks {
    int number, count;
    bool agreed;
    bool over; /* they agreed that one of them cannot go on */
} qry_ranks;

/** Joins the others, if mpirun started this process; once in a process, first of all. */
qry_ranks qry_ranks_begin(void);
/** Whether a launcher of MPI started this process, alone or with others. */
bool qry_ranks_is_launched(void);
/** How many processes mpirun started, as far as the environment tells: more than `count` where MPI is not built in. */
int qry_ranks_started(void);
/** Whether this is the process of them that speaks for all where MPI is not built in. */
bool qry_ranks_is_first_started(void);
/** Waits for all ranks, once: each brings its status, 0 if all is well. Returns that of the first rank with another one, and
 *  whether this rank is it. Does not report; gives up when interrupted, unless ctx is NULL. */
int qry_ranks_agree(qry_ranks *ranks, qry_ctx *ctx, int status, bool *mine);
/** Whether any rank says so; all have to ask. May give up. */
bool qry_ranks_any(const qry_ranks *ranks, qry_ctx *ctx, bool mine);
/** The end: of the whole run with exit status 1, if after qry_ranks_agree this rank's status is not 0; then it does not
 *  return. */
void qry_ranks_end(const qry_ranks *ranks, int status);

/** Sends bytes to rank 0 (from the others), or receives those of one rank: *count of them, of the context. May give up. */
void qry_ranks_send(const qry_ranks *ranks, qry_ctx *ctx, const void *bytes, size_t count);
unsigned char *qry_ranks_receive(const qry_ranks *ranks, qry_ctx *ctx, int from, size_t *count);

/** Brings rows i with i % count == number, value_width numbers of output each, from every rank to rank 0, with their ledgers
 *  and lists in arena memory (result[i].ledger.query has room already). *mode: of the engine; rank 0 gets that of
 *  another rank where it has none itself (NULL). rows.c */
void qry_ranks_gather(const qry_ranks *ranks, qry_ctx *ctx, qry_arena *arena, qry_attend_row *result, double *output,
                      size_t rows, size_t value_width, const char **mode);

#endif
