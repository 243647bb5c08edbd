/* rows.c: rows on their way to rank 0. They go as they are in memory, since all ranks run the same program; what they point
 * to follows. */
#include "runtime/ranks/ranks.h"

#include <string.h>

struct parcel {
    qry_ctx *ctx;
    unsigned char *bytes;
    size_t count, room, at;
};

/* ---- packing ---- */

static void put(struct parcel *p, const void *bytes, size_t count)
{
    QRY_GROW(p->ctx, p->bytes, p->room, p->count + count);
    if (count)
        memcpy(p->bytes + p->count, bytes, count);
    p->count += count;
}

/* Its length and one more, or 0 for no text. */
static void put_text(struct parcel *p, const char *text)
{
    size_t length = text ? strlen(text) + 1 : 0;
    put(p, &length, sizeof length);
    put(p, text, length);
}

static void put_row(struct parcel *p, const qry_attend_row *row)
{
    put(p, row, sizeof *row);
    put_text(p, row->rest);
    put_text(p, row->fallback);
    put_text(p, row->bound_reason);
    for (size_t i = 0; i < row->ledger.query_count; i++) {
        put_text(p, row->ledger.query[i].table);
        put(p, &row->ledger.query[i].loads, sizeof row->ledger.query[i].loads);
    }
    if (row->found)
        put(p, row->found, row->hits * sizeof *row->found);
}

/* ---- unpacking ---- */

static void take(struct parcel *p, void *bytes, size_t count)
{
    qry_must(count <= p->count - p->at);
    if (count)
        memcpy(bytes, p->bytes + p->at, count);
    p->at += count;
}

static const char *take_text(struct parcel *p, qry_arena *arena)
{
    size_t length;
    take(p, &length, sizeof length);
    if (!length)
        return NULL;
    char *text = qry_arena_alloc(arena, length, 1);
    take(p, text, length);
    return text;
}

static void take_row(struct parcel *p, qry_arena *arena, qry_attend_row *row)
{
    qry_ledger_query *query = row->ledger.query;
    uint32_t *found = row->found;
    take(p, row, sizeof *row);
    row->rest = take_text(p, arena);
    row->fallback = take_text(p, arena);
    row->bound_reason = take_text(p, arena);
    row->ledger.query = query;
    for (size_t i = 0; i < row->ledger.query_count; i++) {
        query[i].table = take_text(p, arena);
        take(p, &query[i].loads, sizeof query[i].loads);
    }
    row->found = found;
    if (found)
        take(p, found, row->hits * sizeof *found);
}

/* ---- the way ---- */

static void send(const qry_ranks *ranks, qry_ctx *ctx, const qry_attend_row *result, const double *output, size_t rows,
                 size_t value_width, const char *mode)
{
    struct parcel p = {.ctx = ctx};
    put_text(&p, mode);
    for (size_t i = (size_t)ranks->number; i < rows; i += (size_t)ranks->count) {
        put_row(&p, &result[i]);
        put(&p, output + i * value_width, value_width * sizeof *output);
    }
    qry_ranks_send(ranks, ctx, p.bytes, p.count);
    qry_free(ctx, p.bytes);
}

void qry_ranks_gather(const qry_ranks *ranks, qry_ctx *ctx, qry_arena *arena, qry_attend_row *result, double *output,
                      size_t rows, size_t value_width, const char **mode)
{
    if (ranks->number > 0) {
        send(ranks, ctx, result, output, rows, value_width, *mode);
        return;
    }
    for (int from = 1; from < ranks->count; from++) {
        struct parcel p = {.ctx = ctx};
        p.bytes = qry_ranks_receive(ranks, ctx, from, &p.count);
        const char *theirs = take_text(&p, arena);
        *mode = *mode ? *mode : theirs;
        for (size_t i = (size_t)from; i < rows; i += (size_t)ranks->count) {
            take_row(&p, arena, &result[i]);
            take(&p, output + i * value_width, value_width * sizeof *output);
        }
        qry_must(p.at == p.count);
        qry_free(ctx, p.bytes);
    }
}
