/* arena.c: memory that lives and dies together. Chunks double up to 1 MiB; a large request gets its own, behind the
 * one being filled, so that what is left of that one is not lost. Chunks are numbered as they come: that tells which of
 * them are newer than a mark. */
#include "base.h"

#include <stdalign.h>
#include <string.h>

struct chunk {
    struct chunk *next;
    size_t used, size;
    uint64_t number; /* from 1 */
    alignas(max_align_t) char bytes[];
};

struct qry_arena {
    qry_ctx *ctx;
    struct chunk *chunks; /* the first is the one being filled */
    struct chunk *spare;  /* an empty one that a rewind left over */
    size_t next_size;
    uint64_t numbers; /* given out */
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
    qry_free(arena->ctx, arena->spare);
    qry_free(arena->ctx, arena);
}

qry_ctx *qry_arena_ctx(const qry_arena *arena) { return arena->ctx; }

static struct chunk *add_chunk(qry_arena *arena, size_t size, bool behind)
{
    struct chunk **place = behind && arena->chunks ? &arena->chunks->next : &arena->chunks;
    struct chunk *c = arena->spare;
    if (!behind && c && c->size >= size)
        arena->spare = NULL;
    else {
        c = qry_alloc(arena->ctx, 1, sizeof *c + size);
        c->size = size;
    }
    c->number = ++arena->numbers;
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
    void *memory = c->bytes + c->used; /* chunks come zeroed, and a rewind zeroes what it takes back */
    c->used += bytes;
    return memory;
}

qry_arena_mark qry_arena_marked(const qry_arena *arena)
{
    const struct chunk *c = arena->chunks;
    return c ? (qry_arena_mark){c->number, arena->numbers, c->used} : (qry_arena_mark){0};
}

/* Keeps one of what is left over, so that filling and rewinding across the end of a chunk asks the system for nothing. */
static void drop_chunk(qry_arena *arena, struct chunk *c)
{
    if (arena->spare && arena->spare->size >= c->size) {
        qry_free(arena->ctx, c);
        return;
    }
    qry_free(arena->ctx, arena->spare);
    memset(c->bytes, 0, c->used);
    c->used = 0;
    arena->spare = c;
}

void qry_arena_rewind(qry_arena *arena, qry_arena_mark mark)
{
    struct chunk **place = &arena->chunks;
    while (*place && (*place)->number >= mark.chunk) {
        struct chunk *c = *place;
        if (c->number > mark.last) {
            *place = c->next;
            drop_chunk(arena, c);
            continue;
        }
        if (c->number == mark.chunk) {
            memset(c->bytes + mark.used, 0, c->used - mark.used);
            c->used = mark.used;
        }
        place = &c->next;
    }
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
