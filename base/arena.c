/* arena.c: memory that lives and dies together. Chunks double up to 1 MiB; a large request gets its own, behind the
 * one being filled, so that what is left of that one is not lost. */
#include "base.h"

#include <stdalign.h>
#include <string.h>

struct chunk {
    struct chunk *next;
    size_t used, size;
    alignas(max_align_t) char bytes[];
};

struct qry_arena {
    qry_ctx *ctx;
    struct chunk *chunks; /* the first is the one being filled */
    size_t next_size;
};

enum { FIRST_CHUNK = 4096, LAST_CHUNK = 1 << 20 };

qry_arena *qry_arena_new(qry_ctx *ctx)
{
    qry_arena *arena = qry_alloc(ctx, 1, sizeof *arena);
    arena->ctx = ctx;
    arena->next_size = FIRST_CHUNK;
    return arena;
}

void qry_arena_free(qry_arena *arena)
{
    if (!arena)
        return;
    for (struct chunk *c = arena->chunks; c;) {
        struct chunk *next = c->next;
        qry_free(arena->ctx, c);
        c = next;
    }
    qry_free(arena->ctx, arena);
}

qry_ctx *qry_arena_ctx(const qry_arena *arena) { return arena->ctx; }

static struct chunk *add_chunk(qry_arena *arena, size_t size, bool behind)
{
    struct chunk *c = qry_alloc(arena->ctx, 1, sizeof *c + size);
    struct chunk **place = behind && arena->chunks ? &arena->chunks->next : &arena->chunks;
    c->size = size;
    c->next = *place;
    *place = c;
    return c;
}

void *qry_arena_alloc(qry_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (QRY_MUL_OVERFLOWS(count, size, &bytes) || bytes > SIZE_MAX / 4)
        return qry_alloc(arena->ctx, count, size); /* reports and gives up */
    bytes = (bytes + alignof(max_align_t) - 1) & ~(alignof(max_align_t) - 1);
    struct chunk *c = arena->chunks;
    if (!c || c->size - c->used < bytes) {
        bool large = bytes > arena->next_size / 4;
        c = add_chunk(arena, large ? bytes : arena->next_size, large);
        if (!large && arena->next_size < LAST_CHUNK)
            arena->next_size *= 2;
    }
    void *memory = c->bytes + c->used; /* chunks come zeroed and are handed out once */
    c->used += bytes;
    return memory;
}

char *qry_arena_text(qry_arena *arena, const char *text, size_t length)
{
    char *copy = qry_arena_alloc(arena, length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

char *qry_arena_printf(qry_arena *arena, const char *format, ...)
{
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    qry_must(length >= 0);
    char *text = qry_arena_alloc(arena, (size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}
