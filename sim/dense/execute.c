/* execute.c: passes over the state. A chunk whose inside positions are the lowest is worked on where it lies; others are
 * gathered into the cache, worked on there, and brought back. */
#include "sim/dense/engine.h"

#include <omp.h>
#include <string.h>
#include <sys/mman.h>

/* At least four chunks when there is more than the cache holds, so that threads have something to share; the same for any
 * number of threads, since the order of the gates, and with it rounding, depends on it. */
uint32_t dense_chunk_bits(const struct dense *d)
{
    uint32_t bits = d->cut.chunk_bits, least = bits < 14 ? bits : 14;
    if (d->positions <= least)
        return d->positions;
    uint32_t shared = d->positions - 2 > least ? d->positions - 2 : least;
    return shared < bits ? shared : bits;
}

/* ---- workers ---- */

static void make_room(struct dense *d, struct worker *w)
{
    qry_ctx *ctx = d->sim.ctx;
    const struct plan *plan = &d->plan;
    if (plan->op_count > w->op_room) {
        w->op_room = 2 * plan->op_count;
        qry_free(ctx, w->all);
        qry_free(ctx, w->active);
        w->all = w->active = NULL;
        w->all = qry_alloc(ctx, w->op_room, sizeof *w->all);
        w->active = qry_alloc(ctx, w->op_room, sizeof *w->active);
    }
    if (plan->constants > w->constant_room) {
        w->constant_room = 2 * plan->constants;
        qry_free(ctx, w->constants);
        w->constants = NULL;
        w->constants = qry_alloc_aligned(ctx, w->constant_room, 1);
    }
    if (!w->re) {
        size_t bytes = (size_t)d->kernels->real_size << dense_chunk_bits(d);
        w->re = qry_alloc_aligned(ctx, bytes, 1);
        w->im = qry_alloc_aligned(ctx, bytes, 1);
    }
}

/* ---- chunks ---- */

/* What all chunks of a pass have in common. */
struct pass {
    struct dense *d;
    uint64_t free_outside, outside_base; /* chunk number n: outside values base + deposit(n, free) */
    uint32_t run_bits;                   /* the lowest positions are inside, so many */
    size_t runs, *place;                 /* of a chunk's stretches of 2^run_bits reals, in bytes from the first */
    uint32_t blank_mask, blank_values;   /* local bits that were known: what lies elsewhere is zero */
};

enum { STRETCH = 64 };

/* In one stretch of `count` reals. */
static void blank_low(void *stretch, size_t real_size, size_t count, uint32_t mask, uint32_t values)
{
    double *x = stretch;
    float *y = stretch;
    for (uint32_t k = 0; k < count && real_size == sizeof(double); k++)
        x[k] = (k & mask) == values ? x[k] : 0;
    for (uint32_t k = 0; k < count && real_size == sizeof(float); k++)
        y[k] = (k & mask) == values ? y[k] : 0;
}

/* Zeros where (index & mask) != values. */
static void blank(void *array, size_t real_size, uint32_t bits, uint32_t mask, uint32_t values)
{
    size_t size = (size_t)1 << bits, low = size < STRETCH ? size : STRETCH;
    for (size_t i = 0; i < size; i += low) {
        char *stretch = (char *)array + i * real_size;
        uint32_t high = mask & ~(uint32_t)(low - 1);
        if ((i & high) != (values & high))
            memset(stretch, 0, low * real_size);
        else if (mask != high)
            blank_low(stretch, real_size, low, mask & (uint32_t)(low - 1), values & (uint32_t)(low - 1));
    }
}

/* The lines of a chunk, to be asked for while the programs run on the one before it. */
static struct ahead look_ahead(const struct pass *p, uint64_t number)
{
    const struct dense *d = p->d;
    size_t real = d->kernels->real_size;
    uint64_t outside = p->outside_base + deposit(number, p->free_outside);
    struct ahead a = {(const char *)d->re + outside * real, (const char *)d->im + outside * real, p->place, 0, 0, 0, 0};
    while ((size_t)VECTOR_BYTES << a.run_bits < real << p->run_bits)
        a.run_bits++;
    a.count = p->runs << a.run_bits;
    size_t tiles = d->plan.program_count << (d->plan.chunk_bits - d->kernels->lane_bits - d->kernels->tile_bits);
    a.each = (a.count + tiles - 1) / tiles;
    return a;
}

static void run_chunk(const struct pass *p, struct worker *w, uint64_t number, uint64_t last)
{
    const struct dense *d = p->d;
    const struct kernels *k = d->kernels;
    uint64_t outside = p->outside_base + deposit(number, p->free_outside);
    char *from_re = (char *)d->re + outside * k->real_size, *from_im = (char *)d->im + outside * k->real_size;
    bool in_place = p->run_bits == d->plan.chunk_bits;
    void *re = in_place ? (void *)from_re : w->re, *im = in_place ? (void *)from_im : w->im;
    if (!in_place) {
        k->gather(re, from_re, p->place, p->runs, p->run_bits);
        k->gather(im, from_im, p->place, p->runs, p->run_bits);
    }
    if (p->blank_mask) {
        blank(re, k->real_size, d->plan.chunk_bits, p->blank_mask, p->blank_values);
        blank(im, k->real_size, d->plan.chunk_bits, p->blank_mask, p->blank_values);
    }
    struct ahead ahead = {0};
    if (last > number)
        ahead = look_ahead(p, number + 1);
    k->run(&d->plan, w, re, im, outside, &ahead);
    if (!in_place) {
        k->scatter(from_re, re, p->place, p->runs, p->run_bits);
        k->scatter(from_im, im, p->place, p->runs, p->run_bits);
    }
}

static struct pass pass_of(struct dense *d)
{
    uint64_t inside = d->plan.inside, outside = positions_below(d->positions) & ~inside;
    struct pass p = {.d = d, .free_outside = outside & ~d->now.known};
    p.outside_base = d->now.known_values & outside & d->now.known;
    while (inside >> p.run_bits & 1)
        p.run_bits++;
    p.runs = (size_t)1 << (d->plan.chunk_bits - p.run_bits);
    QRY_GROW(d->sim.ctx, d->place, d->place_room, p.runs);
    p.place = d->place;
    p.place[0] = 0;
    uint64_t strides = inside & ~positions_below(p.run_bits), place = 0;
    for (size_t i = 1; i < p.runs; i++) {
        place = ((place | ~strides) + 1) & strides;
        p.place[i] = place * d->kernels->real_size;
    }
    p.blank_mask = (uint32_t)extract(d->now.known, inside);
    p.blank_values = (uint32_t)extract(d->now.known_values, inside) & p.blank_mask;
    return p;
}

/* Neighbours together, so that looking ahead helps; not all at once, since a thread may have to wait for its core. */
static void run_shared(const struct pass *p, uint64_t chunks, uint64_t threads)
{
    struct dense *d = p->d;
    uint64_t share = chunks / (16 * threads) + 1;
#pragma omp parallel num_threads((int)threads)
    {
        struct worker *w = &d->workers[omp_get_thread_num()];
        d->kernels->prepare(&d->plan, w);
#pragma omp for schedule(dynamic, share)
        for (uint64_t i = 0; i < chunks; i++)
            run_chunk(p, w, i, chunks - 1);
    }
}

static void run_alone(const struct pass *p, uint64_t chunks)
{
    struct dense *d = p->d;
    d->kernels->prepare(&d->plan, d->workers);
    for (uint64_t i = 0; i < chunks; i++)
        run_chunk(p, d->workers, i, chunks - 1);
}

void dense_execute(struct dense *d)
{
    if (!d->plan.program_count) /* nothing but what has become names and the factor */
        return;
    struct pass p = pass_of(d);
    uint64_t chunks = (uint64_t)1 << ones(p.free_outside), threads = (uint64_t)d->threads;
    threads = chunks < threads ? chunks : threads;
    if (ones(p.free_outside) + d->plan.chunk_bits < d->cut.shared_bits)
        threads = 1;
    for (uint64_t i = 0; i < threads; i++)
        make_room(d, &d->workers[i]);
    if (threads > 1)
        run_shared(&p, chunks, threads);
    else
        run_alone(&p, chunks);
    /* In a chunk that is the whole state it costs little to blank again what stays known, and measurements look at less. */
    d->now.known &= ~(d->plan.chunk_bits == d->positions ? d->plan.targets : d->plan.inside);
    d->now.known_values &= d->now.known;
}
