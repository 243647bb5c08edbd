/* alone.c: the ranks of a build without MPI: one. */
#include "runtime/ranks/ranks.h"

qry_ranks qry_ranks_begin(void) { return (qry_ranks){.count = 1}; }

int qry_ranks_agree(qry_ranks *ranks, qry_ctx *ctx, int status, bool *mine)
{
    (void)ctx;
    ranks->agreed = true;
    ranks->over = *mine = status != 0;
    return status;
}

bool qry_ranks_any(const qry_ranks *ranks, qry_ctx *ctx, bool mine)
{
    (void)ranks;
    (void)ctx;
    return mine;
}

void qry_ranks_end(const qry_ranks *ranks, int status)
{
    (void)ranks;
    (void)status;
}

void qry_ranks_send(const qry_ranks *ranks, qry_ctx *ctx, const void *bytes, size_t count)
{
    (void)ranks;
    (void)ctx;
    (void)bytes;
    (void)count;
    qry_must(!"another rank");
}

unsigned char *qry_ranks_receive(const qry_ranks *ranks, qry_ctx *ctx, int from, size_t *count)
{
    (void)ranks;
    (void)ctx;
    (void)from;
    (void)count;
    qry_must(!"another rank");
    return NULL;
}
