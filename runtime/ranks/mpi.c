/* mpi.c: ranks by MPI. Errors within MPI end the run, which is MPI's own default. Waiting ranks sleep between two looks:
 * they would take the processor from those that still work. */
#include "runtime/ranks/ranks.h"

#include <mpi.h>
#include <time.h>

/* Bytes a message: MPI counts them in an int. */
enum { MOST = 1 << 30 };

qry_ranks qry_ranks_begin(void)
{
    qry_ranks ranks = {.count = 1};
    int level;
    if (!qry_ranks_is_launched())
        return ranks;
    MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &level);
    MPI_Comm_rank(MPI_COMM_WORLD, &ranks.number);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks.count);
    return ranks;
}

/* Gives up when it is interrupted; ctx may be NULL: then nothing can interrupt it. */
static void wait_for(qry_ctx *ctx, MPI_Request *request)
{
    const struct timespec while_ = {.tv_nsec = 200000};
    int done = 0;
    for (;;) {
        MPI_Test(request, &done, MPI_STATUS_IGNORE);
        if (done)
            return;
        nanosleep(&while_, NULL);
        if (ctx)
            qry_check_interrupt(ctx);
    }
}

/* The least number of all is that of the first rank with a status: its own number, and the status. */
int qry_ranks_agree(qry_ranks *ranks, qry_ctx *ctx, int status, bool *mine)
{
    enum { STATUSES = 256 };
    int64_t own = status ? (int64_t)ranks->number * STATUSES + status : INT64_MAX, first;
    ranks->agreed = true;
    ranks->over = *mine = status != 0;
    if (ranks->count == 1)
        return status;
    qry_must(status >= 0 && status < STATUSES);
    MPI_Request request;
    MPI_Iallreduce(&own, &first, 1, MPI_INT64_T, MPI_MIN, MPI_COMM_WORLD, &request);
    wait_for(ctx, &request);
    ranks->over = first != INT64_MAX;
    *mine = ranks->over && first == own;
    return ranks->over ? (int)(first % STATUSES) : 0;
}

bool qry_ranks_any(const qry_ranks *ranks, qry_ctx *ctx, bool mine)
{
    int one = mine, any = mine;
    if (ranks->count == 1)
        return mine;
    MPI_Request request;
    MPI_Iallreduce(&one, &any, 1, MPI_INT, MPI_LOR, MPI_COMM_WORLD, &request);
    wait_for(ctx, &request);
    return any;
}

void qry_ranks_end(const qry_ranks *ranks, int status)
{
    int begun;
    MPI_Initialized(&begun); /* one rank may have been launched, too */
    if (!begun)
        return;
    if (status && ranks->count > 1)
        MPI_Abort(MPI_COMM_WORLD, 1);
    MPI_Finalize();
}

void qry_ranks_send(const qry_ranks *ranks, qry_ctx *ctx, const void *bytes, size_t count)
{
    const unsigned char *from = bytes;
    uint64_t length = count;
    MPI_Request request;
    qry_must(ranks->number > 0);
    MPI_Isend(&length, 1, MPI_UINT64_T, 0, 0, MPI_COMM_WORLD, &request);
    wait_for(ctx, &request);
    for (size_t at = 0; at < count; at += MOST) {
        int part = count - at < MOST ? (int)(count - at) : MOST;
        MPI_Isend(from + at, part, MPI_BYTE, 0, 0, MPI_COMM_WORLD, &request);
        wait_for(ctx, &request);
    }
}

unsigned char *qry_ranks_receive(const qry_ranks *ranks, qry_ctx *ctx, int from, size_t *count)
{
    uint64_t length;
    MPI_Request request;
    qry_must(ranks->number == 0 && from > 0 && from < ranks->count);
    MPI_Irecv(&length, 1, MPI_UINT64_T, from, 0, MPI_COMM_WORLD, &request);
    wait_for(ctx, &request);
    unsigned char *bytes = qry_alloc(ctx, length + 1, 1);
    for (size_t at = 0; at < length; at += MOST) {
        int part = length - at < MOST ? (int)(length - at) : MOST;
        MPI_Irecv(bytes + at, part, MPI_BYTE, from, 0, MPI_COMM_WORLD, &request);
        wait_for(ctx, &request);
    }
    *count = length;
    return bytes;
}
