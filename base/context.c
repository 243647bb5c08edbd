/* context.c: contexts, giving up, and the memory that a context owns.
 *
 * Every block is in a doubly linked list of its context, so that qry_ctx_free and a qry_give_up leave nothing
 * behind, whatever the function in between was doing. */
#include "base_internal.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

/* Stands before every block; 64 bytes, so that what follows can be on a 64-byte boundary. */
struct block {
    struct block *previous, *next;
    size_t size;
    char pad[64 - 2 * sizeof(void *) - sizeof(size_t)];
};
_Static_assert(sizeof(struct block) == 64, "a block header keeps the alignment");

struct deferred {
    void (*release)(void *);
    void *argument;
    struct deferred *next;
};

/* A qry_protect in progress; lives on its stack. */
struct guard {
    jmp_buf environment;
    struct guard *outer;
    struct deferred *deferred; /* what had been deferred when it began */
};

struct qry_ctx {
    qry_ctx *parent;
    struct block blocks; /* head of the ring */
    size_t used, peak;
    size_t fail_at; /* 0, or counts down to the allocation that fails */
    struct deferred *deferred;
    struct guard *guard;
    const volatile sig_atomic_t *interrupt;
    struct qry_reports reports;
};

_Noreturn void qry_must_failed(const char *condition, const char *file, int line)
{
    fprintf(stderr, "quarry: internal error at %s:%d: %s does not hold\n", file, line, condition);
    abort();
}

qry_ctx *qry_ctx_new(void)
{
    qry_ctx *ctx = calloc(1, sizeof *ctx);
    if (!ctx)
        return NULL;
    ctx->blocks.next = ctx->blocks.previous = &ctx->blocks;
    return ctx;
}

qry_ctx *qry_ctx_fork(qry_ctx *parent)
{
    qry_ctx *child = qry_ctx_new();
    if (!child) {
        qry_error(parent, "out of memory for a worker's context");
        qry_give_up(parent);
    }
    child->parent = parent;
    child->fail_at = parent->fail_at;
    child->interrupt = parent->interrupt;
    child->reports.wait = true;
    return child;
}

void qry_ctx_join(qry_ctx *child)
{
    qry_ctx *parent = child->parent;
    qry_must(parent);
    qry_reports_pass_on(&child->reports, parent);
    if (child->peak > parent->peak)
        parent->peak = child->peak;
    qry_ctx_free(child);
}

static void run_deferred(qry_ctx *ctx, const struct deferred *until)
{
    while (ctx->deferred != until) {
        struct deferred *d = ctx->deferred;
        ctx->deferred = d->next;
        d->release(d->argument);
        qry_free(ctx, d);
    }
}

void qry_ctx_free(qry_ctx *ctx)
{
    if (!ctx)
        return;
    run_deferred(ctx, NULL);
    qry_reports_free(&ctx->reports);
    for (struct block *b = ctx->blocks.next; b != &ctx->blocks;) {
        struct block *next = b->next;
        free(b);
        b = next;
    }
    free(ctx);
}

bool qry_protect(qry_ctx *ctx, void (*body)(void *), void *argument)
{
    struct guard guard = {.outer = ctx->guard, .deferred = ctx->deferred};
    ctx->guard = &guard;
    bool finished = setjmp(guard.environment) == 0;
    if (finished)
        body(argument);
    else
        run_deferred(ctx, guard.deferred);
    ctx->guard = guard.outer;
    return finished;
}

_Noreturn void qry_give_up(qry_ctx *ctx)
{
    if (ctx->guard)
        longjmp(ctx->guard->environment, 1);
    qry_reports_flush(&ctx->reports);
    exit(EXIT_FAILURE);
}

void qry_defer(qry_ctx *ctx, void (*release)(void *), void *argument)
{
    struct deferred *d = qry_alloc(ctx, 1, sizeof *d);
    *d = (struct deferred){release, argument, ctx->deferred};
    ctx->deferred = d;
}

void qry_defer_cancel(qry_ctx *ctx, void (*release)(void *), void *argument)
{
    for (struct deferred **d = &ctx->deferred; *d; d = &(*d)->next) {
        if ((*d)->release == release && (*d)->argument == argument) {
            struct deferred *gone = *d;
            *d = gone->next;
            qry_free(ctx, gone);
            return;
        }
    }
}

void qry_ctx_set_interrupt(qry_ctx *ctx, const volatile sig_atomic_t *flag) { ctx->interrupt = flag; }

void qry_check_interrupt(qry_ctx *ctx)
{
    if (QRY_UNLIKELY(ctx->interrupt && *ctx->interrupt)) {
        qry_error(ctx, "interrupted; nothing was written");
        qry_give_up(ctx);
    }
}

struct qry_reports *qry_ctx_reports(qry_ctx *ctx) { return &ctx->reports; }
const struct qry_reports *qry_ctx_reports_const(const qry_ctx *ctx) { return &ctx->reports; }

/* ---- memory ---- */

static _Noreturn void no_memory(qry_ctx *ctx, size_t count, size_t size)
{
    qry_error(ctx, "out of memory: %zu times %zu bytes wanted, %zu bytes held", count, size, ctx->used);
    qry_give_up(ctx);
}

static bool fails_now(qry_ctx *ctx) { return ctx->fail_at && --ctx->fail_at == 0; }

static void enlist(qry_ctx *ctx, struct block *b, size_t size)
{
    b->size = size;
    b->next = &ctx->blocks;
    b->previous = ctx->blocks.previous;
    b->previous->next = b->next->previous = b;
    ctx->used += size;
    if (ctx->used > ctx->peak)
        ctx->peak = ctx->used;
}

static void *allocate(qry_ctx *ctx, size_t count, size_t size, bool aligned)
{
    size_t bytes;
    struct block *b = NULL;
    if (!QRY_MUL_OVERFLOWS(count, size, &bytes) && bytes < SIZE_MAX / 2 && !fails_now(ctx)) {
        if (aligned) {
            size_t whole = (bytes + 2 * sizeof *b - 1) & ~(sizeof *b - 1);
            b = aligned_alloc(sizeof *b, whole);
            if (b)
                memset(b, 0, whole);
        } else
            b = calloc(1, bytes + sizeof *b);
    }
    if (!b)
        no_memory(ctx, count, size);
    enlist(ctx, b, bytes);
    return b + 1;
}

void *qry_alloc(qry_ctx *ctx, size_t count, size_t size) { return allocate(ctx, count, size, false); }

void *qry_alloc_aligned(qry_ctx *ctx, size_t count, size_t size) { return allocate(ctx, count, size, true); }

void *qry_resize(qry_ctx *ctx, void *pointer, size_t count, size_t size)
{
    if (!pointer)
        return qry_alloc(ctx, count, size);
    struct block *old = (struct block *)pointer - 1;
    size_t bytes, old_size = old->size;
    struct block *b = NULL;
    if (!QRY_MUL_OVERFLOWS(count, size, &bytes) && bytes < SIZE_MAX / 2 && !fails_now(ctx))
        b = realloc(old, bytes + sizeof *b);
    if (!b)
        no_memory(ctx, count, size);
    b->previous->next = b->next->previous = b;
    b->size = bytes;
    ctx->used = ctx->used - old_size + bytes;
    if (ctx->used > ctx->peak)
        ctx->peak = ctx->used;
    return b + 1;
}

void *qry_grow_bytes(qry_ctx *ctx, void *pointer, size_t *capacity, size_t needed, size_t size)
{
    size_t wanted = *capacity ? *capacity : 16;
    while (wanted < needed) {
        if (wanted > SIZE_MAX / 2)
            no_memory(ctx, needed, size);
        wanted *= 2;
    }
    pointer = qry_resize(ctx, pointer, wanted, size);
    memset((char *)pointer + *capacity * size, 0, (wanted - *capacity) * size);
    *capacity = wanted;
    return pointer;
}

void qry_free(qry_ctx *ctx, void *pointer)
{
    if (!pointer)
        return;
    struct block *b = (struct block *)pointer - 1;
    b->previous->next = b->next;
    b->next->previous = b->previous;
    ctx->used -= b->size;
    free(b);
}

size_t qry_memory_used(const qry_ctx *ctx) { return ctx->used; }
size_t qry_memory_peak(const qry_ctx *ctx) { return ctx->peak; }
void qry_memory_fail_at(qry_ctx *ctx, size_t n) { ctx->fail_at = n; }

size_t qry_memory_available(void)
{
    /* What Linux thinks can be had without swapping; elsewhere, or where it does not say, the whole machine.
     */
    size_t available = 0;
    FILE *info = fopen("/proc/meminfo", "r");
    if (info) {
        char line[128];
        size_t kib;
        while (fgets(line, sizeof line, info))
            if (sscanf(line, "MemAvailable: %zu kB", &kib) == 1)
                available = kib * 1024;
        fclose(info);
    }
    if (!available) {
        long pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
        available = pages > 0 && page > 0 ? (size_t)pages * (size_t)page : SIZE_MAX;
    }
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY && limit.rlim_cur < available)
        available = limit.rlim_cur;
    return available;
}

void qry_memory_require(qry_ctx *ctx, double bytes, const char *what)
{
    if (bytes < 64e6) /* not worth asking the system */
        return;
    double available = (double)qry_memory_available();
    if (bytes <= available)
        return;
    qry_error(ctx, "%s needs %.3g GB of memory, this machine can give %.3g GB", what, bytes / 1e9, available / 1e9);
    qry_give_up(ctx);
}
