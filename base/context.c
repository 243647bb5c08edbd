/* context.c: contexts, giving up, and the memory that a context owns.
 *
 * Every block is in a doubly linked list of its context, so that qry_ctx_free leaves nothing behind, whatever gave up
 * before. Giving up itself runs what was deferred, and nothing more: the blocks stay until the context goes. */
#include "base_internal.h"
#include "faults.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

/* Stands before every block; 64 bytes, so that what follows can be on a 64-byte boundary. */
struct block {
    struct block *previous, *next;
    size_t size;
    bool aligned; /* must not be resized */
    char pad[64 - 2 * sizeof(void *) - sizeof(size_t) - sizeof(bool)];
};
_Static_assert(sizeof(struct block) == 64, "a block header keeps the alignment");

struct deferred {
    void (*release)(void *);
    void *argument;
    uint64_t number; /* grows with every qry_defer */
    struct deferred *next;
};

/* A qry_protect in progress; lives on its stack. It remembers how far the numbers of deferred releases had come
 * rather than the newest of them, because its body may cancel what was deferred outside. */
struct guard {
    jmp_buf environment;
    struct guard *outer;
    uint64_t deferrals;
};

struct qry_ctx {
    qry_ctx *parent, *first_child, *sibling;
    struct block blocks; /* head of the ring */
    size_t used, peak;
    size_t fail_at; /* 0, or counts down to the allocation that fails */
    struct deferred *deferred;
    uint64_t deferrals; /* so far */
    struct guard *guard;
    const volatile sig_atomic_t *interrupt;
    void (*pulse)(void *state);
    void *pulse_state;
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

static bool fails_now(qry_ctx *ctx) { return ctx->fail_at && --ctx->fail_at == 0; }

qry_ctx *qry_ctx_fork(qry_ctx *parent)
{
    qry_ctx *child = fails_now(parent) ? NULL : qry_ctx_new();
    if (!child) {
        qry_error(parent, "out of memory for a worker's context");
        qry_give_up(parent);
    }
    child->parent = parent;
    child->sibling = parent->first_child;
    parent->first_child = child;
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
    if (parent->used + child->peak > parent->peak)
        parent->peak = parent->used + child->peak;
    qry_ctx_free(child);
}

/* Runs what was deferred after the number `since`, last first. Each is taken off the list before it runs, so that one
 * that gives up does not run again. */
static void run_deferred(qry_ctx *ctx, uint64_t since)
{
    while (ctx->deferred && ctx->deferred->number > since) {
        struct deferred *d = ctx->deferred;
        ctx->deferred = d->next;
        d->release(d->argument);
        qry_free(ctx, d);
    }
}

static void leave_parent(qry_ctx *child)
{
    if (!child->parent)
        return;
    qry_ctx **place = &child->parent->first_child;
    while (*place != child)
        place = &(*place)->sibling;
    *place = child->sibling;
}

void qry_ctx_free(qry_ctx *ctx)
{
    if (!ctx)
        return;
    run_deferred(ctx, 0); /* may join children */
    while (ctx->first_child)
        qry_ctx_free(ctx->first_child);
    leave_parent(ctx);
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
    /* Nothing local changes after setjmp, so nothing needs to be volatile. */
    struct guard guard = {.outer = ctx->guard, .deferrals = ctx->deferrals};
    ctx->guard = &guard;
    if (setjmp(guard.environment) == 0) {
        body(argument);
        ctx->guard = guard.outer;
        return true;
    }
    run_deferred(ctx, guard.deferrals); /* one that gives up itself comes back to the line above */
    ctx->guard = guard.outer;
    return false;
}

static bool is_guarded(const qry_ctx *ctx)
{
    while (ctx && !ctx->guard)
        ctx = ctx->parent;
    return ctx;
}

_Noreturn void qry_give_up(qry_ctx *ctx)
{
    bool guarded = is_guarded(ctx);
    for (; !ctx->guard; ctx = ctx->parent) {
        if (!guarded)
            run_deferred(ctx, 0); /* no half files stay behind */
        if (!ctx->parent)
            break;
        qry_reports_pass_on(&ctx->reports, ctx->parent);
    }
    if (guarded)
        longjmp(ctx->guard->environment, 1);
    qry_reports_flush(&ctx->reports);
    exit(EXIT_FAILURE);
}

void qry_defer(qry_ctx *ctx, void (*release)(void *), void *argument)
{
    struct deferred *d = qry_alloc(ctx, 1, sizeof *d);
    *d = (struct deferred){release, argument, ++ctx->deferrals, ctx->deferred};
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
        qry_error(ctx, "interrupted");
        qry_give_up(ctx);
    }
    if (ctx->pulse)
        ctx->pulse(ctx->pulse_state);
}

void qry_ctx_on_pulse(qry_ctx *ctx, void (*pulse)(void *state), void *state)
{
    ctx->pulse = pulse;
    ctx->pulse_state = state;
}

struct qry_reports *qry_ctx_reports(qry_ctx *ctx) { return &ctx->reports; }
const struct qry_reports *qry_ctx_reports_const(const qry_ctx *ctx) { return &ctx->reports; }

/* ---- memory ---- */

static _Noreturn void no_memory(qry_ctx *ctx, size_t count, size_t size)
{
    qry_error(ctx, "out of memory: %zu times %zu bytes wanted, %zu bytes held", count, size, ctx->used);
    qry_give_up(ctx);
}

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
    b->aligned = aligned;
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
    qry_must(!old->aligned); /* realloc would lose the boundary */
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
