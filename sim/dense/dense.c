/* dense.c: the dense engine as sim/engine.h wants it: making it, memory, the beginning of a shot, the mark. */
#include "sim/dense/dense.h"

#include "sim/dense/engine.h"

#include <string.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 1 << 21, CHUNK_BYTES = 256 << 10, RUN_BYTES = 512, SHARED_BITS = 16 };

/* ---- memory ---- */

static void refuse(const struct dense *d, double bytes)
{
    const char *hint = "the sparse engine (--engine sparse) keeps only the amplitudes that are not zero";
    bool single = d->kernels->real_size == sizeof(float);
    if (!single && qry_memory_fits(bytes / 2))
        hint = "in single precision (--precision single) it would fit";
    char size[64] = "more than any machine has";
    if (d->qubits <= 60)
        snprintf(size, sizeof size, "%.3g GB of memory, more than there is", bytes / 1e9);
    qry_error_at(d->sim.ctx, (qry_span){NULL, 0, 0}, hint,
                 "the state of %u qubits has 2^%u amplitudes; in %s precision they need %s", d->qubits, d->qubits,
                 single ? "single" : "double", size);
    qry_give_up(d->sim.ctx);
}

/* An array of 2^positions reals whose pages are huge where the system has such; not filled with anything. */
static void *take_array(struct dense *d, void **memory)
{
    size_t bytes = (size_t)d->kernels->real_size << d->positions;
    size_t slack = bytes >= HUGE_PAGE ? HUGE_PAGE : VECTOR_BYTES;
    *memory = qry_alloc(d->sim.ctx, bytes + slack, 1);
    char *array = (char *)*memory + slack - (uintptr_t)*memory % slack;
    if (bytes >= HUGE_PAGE)
        (void)madvise(array, bytes, MADV_HUGEPAGE);
    return array;
}

static void drop_memory(struct dense *d)
{
    for (int i = 0; i < 2; i++) {
        qry_free(d->sim.ctx, d->memory[i]);
        qry_free(d->sim.ctx, d->marked[i]);
        d->memory[i] = d->marked[i] = NULL;
    }
    for (int i = 0; i < d->threads; i++) {
        qry_free(d->sim.ctx, d->workers[i].re);
        qry_free(d->sim.ctx, d->workers[i].im);
        d->workers[i].re = d->workers[i].im = NULL;
    }
}

/* Room for the qubits that the program has now. */
static void widen(struct dense *d)
{
    uint32_t qubits = qry_circuit_program(d->sim.circuit)->width;
    if (d->memory[0] && qubits == d->qubits)
        return;
    drop_memory(d);
    d->qubits = qubits;
    double bytes = 2.0 * d->kernels->real_size;
    for (uint32_t i = 0; i < qubits && i < 1000; i++)
        bytes *= 2;
    if (qubits > MOST_POSITIONS || !qry_memory_fits(bytes))
        refuse(d, bytes);
    d->positions = qubits < LEAST_CHUNK_BITS ? LEAST_CHUNK_BITS : qubits;
    d->re = take_array(d, &d->memory[0]);
    d->im = take_array(d, &d->memory[1]);
}

static void dense_free(qry_sim *sim)
{
    struct dense *d = dense_of(sim);
    qry_ctx *ctx = sim->ctx;
    drop_memory(d);
    for (int i = 0; i < d->threads; i++) {
        qry_free(ctx, d->workers[i].all);
        qry_free(ctx, d->workers[i].active);
        qry_free(ctx, d->workers[i].constants);
    }
    struct plan *plan = &d->plan;
    void *arrays[] = {d->workers,     d->window,       d->chosen,    d->local,      d->phases,   d->terms, plan->ops,
                      plan->programs, plan->diagonals, plan->groups, plan->factors, plan->table, d->place};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++)
        qry_free(ctx, arrays[i]);
    if (plan->packed != plan->table)
        qry_free(ctx, plan->packed);
    qry_free(ctx, d);
}

/* ---- shots ---- */

static void dense_begin(qry_sim *sim, qry_random *random, uint8_t *bits)
{
    struct dense *d = dense_of(sim);
    widen(d);
    d->random = random;
    d->bits = bits;
    d->waiting = 0;
    d->growth = 1;
    memset(d->last, 0, sizeof d->last);
    d->targets = 0;
    d->now = (struct snapshot){.factor = {1, 0}};
    d->now.known = d->now.sure = positions_below(d->positions);
    for (uint32_t i = 0; i < d->positions; i++)
        d->now.position[i] = (uint8_t)i;
    memset(d->im, 0, d->kernels->real_size);
    if (d->kernels->real_size == sizeof(float))
        *(float *)d->re = 1;
    else
        *(double *)d->re = 1;
}

static void dense_run(qry_sim *sim, size_t from, size_t to)
{
    dense_walk(dense_of(sim), from, to);
    dense_drain(dense_of(sim));
}

/* ---- the mark ---- */

/* Copies what is not known to be empty. */
static void copy_state(const struct dense *d, const struct snapshot *which, void *const to[2], void *const from[2])
{
    size_t real = d->kernels->real_size;
    uint64_t free = positions_below(d->positions) & ~which->known, index = which->known_values;
    uint32_t run_bits = 0;
    while (free >> run_bits & 1)
        run_bits++;
    struct live live = {free, index, run_bits, (uint64_t)1 << (ones(free) - run_bits)};
    for (uint64_t i = 0; i < live.runs; i++, index = live_next(&live, index, (uint64_t)1 << run_bits))
        for (int part = 0; part < 2; part++)
            memcpy((char *)to[part] + index * real, (char *)from[part] + index * real, real << run_bits);
}

static bool dense_mark(qry_sim *sim)
{
    struct dense *d = dense_of(sim);
    size_t bytes = (size_t)d->kernels->real_size << d->positions;
    if (!d->marked[0]) {
        if (!qry_memory_fits(2.0 * (double)bytes))
            return false;
        d->marked[0] = qry_alloc(sim->ctx, bytes, 1);
        d->marked[1] = qry_alloc(sim->ctx, bytes, 1);
    }
    copy_state(d, &d->now, d->marked, (void *const[2]){d->re, d->im});
    d->mark = d->now;
    d->marked_growth = d->growth;
    return true;
}

static void dense_rewind(qry_sim *sim)
{
    struct dense *d = dense_of(sim);
    copy_state(d, &d->mark, (void *const[2]){d->re, d->im}, d->marked);
    d->now = d->mark;
    d->growth = d->marked_growth;
}

/* ---- the engine ---- */

static const char *dense_mode_name(const qry_sim *sim)
{
    return dense_of(sim)->kernels->real_size == sizeof(float) ? "single precision" : "double precision";
}

static const char *dense_simd_name(const qry_sim *sim) { return dense_of(sim)->kernels->name; }
static const qry_tally *dense_executed(const qry_sim *sim) { return &dense_of(sim)->executed; }
static double dense_planning_seconds(const qry_sim *sim) { return dense_of(sim)->planning_seconds; }

static const struct sim_engine dense_engine = {
    .name = "dense",
    .free = dense_free,
    .begin = dense_begin,
    .run = dense_run,
    .mark = dense_mark,
    .rewind = dense_rewind,
    .sample = dense_sample,
    .probabilities = dense_probabilities,
    .amplitudes = dense_amplitudes,
    .mode_name = dense_mode_name,
    .simd_name = dense_simd_name,
    .executed = dense_executed,
    .planning_seconds = dense_planning_seconds,
};

/* A chunk is a quarter of a second level cache of 1 MiB, in either precision: there are tables and the next chunk, too. */
qry_sim *dense_new(qry_ctx *ctx, const qry_circuit *circuit, const qry_sim_options *options)
{
    struct dense *d = qry_alloc(ctx, 1, sizeof *d);
    d->sim = (qry_sim){.engine = &dense_engine, .ctx = ctx, .circuit = circuit};
    d->kernels = dense_kernels(options->simd, options->single);
    d->threads = options->threads < 1 ? 1 : options->threads;
    d->cut = (struct cut){.shared_bits = SHARED_BITS, .fuse = true};
    while ((2u * d->kernels->real_size << d->cut.chunk_bits) < CHUNK_BYTES)
        d->cut.chunk_bits++;
    while ((unsigned)d->kernels->real_size << d->cut.low_bits < RUN_BYTES)
        d->cut.low_bits++;
    d->workers = qry_alloc(ctx, (size_t)d->threads, sizeof *d->workers);
    d->window = qry_alloc(ctx, WINDOW, sizeof *d->window);
    d->chosen = qry_alloc(ctx, WINDOW, sizeof *d->chosen);
    d->local = qry_alloc(ctx, WINDOW, sizeof *d->local);
    d->phases = qry_alloc(ctx, WINDOW, sizeof *d->phases);
    d->terms = qry_alloc(ctx, WINDOW, sizeof *d->terms);
    return &d->sim;
}
