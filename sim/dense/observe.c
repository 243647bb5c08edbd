/* observe.c: samples, probabilities and amplitudes: each one pass over what is not known to be empty. */
#include "sim/dense/engine.h"

#include <math.h>
#include <string.h>

enum { MOST_RUN_BITS = 14, MOST_SAMPLES = 1 << 20 };

struct live dense_live(const struct dense *d)
{
    uint64_t all = positions_below(d->positions);
    struct live live = {.free = all & ~d->now.known, .base = d->now.known_values};
    while (live.run_bits < MOST_RUN_BITS && live.free >> live.run_bits & 1)
        live.run_bits++;
    live.runs = (uint64_t)1 << (ones(live.free) - live.run_bits);
    return live;
}

static double weight_at(const struct dense *d, uint64_t index)
{
    double x = dense_real(d, d->re, index), y = dense_real(d, d->im, index);
    return x * x + y * y;
}

static double run_weight(const struct dense *d, const struct live *live, uint64_t index)
{
    const struct kernels *k = d->kernels;
    return k->norm((const char *)d->re + index * k->real_size, (const char *)d->im + index * k->real_size,
                   (size_t)1 << live->run_bits);
}

static double total_weight(const struct dense *d, const struct live *live)
{
    double sum = 0, lost = 0;
    uint64_t index = live->base;
    for (uint64_t i = 0; i < live->runs; i++, index = live_next(live, index, (uint64_t)1 << live->run_bits))
        sim_add(&sum, &lost, run_weight(d, live, index));
    return sum;
}

/* ---- samples ---- */

/* A number in [0, total weight) for each shot, and the index that it meets. */
struct sample {
    double at;
    uint32_t shot;
    uint64_t index;
};

/* By `at`, which are spread evenly: into as many drawers as there are, then each into its place. */
static void sort_samples(qry_ctx *ctx, struct sample *samples, size_t count, double total)
{
    uint32_t *end = qry_alloc(ctx, count + 1, sizeof *end);
    struct sample *sorted = qry_alloc(ctx, count, sizeof *sorted);
    double scale = (double)count / total;
    for (size_t i = 0; i < count; i++) {
        size_t drawer = (size_t)(samples[i].at * scale);
        samples[i].index = drawer < count ? drawer : count - 1;
        end[samples[i].index + 1]++;
    }
    for (size_t i = 0; i < count; i++)
        end[i + 1] += end[i];
    for (size_t i = 0; i < count; i++)
        sorted[end[samples[i].index]++] = samples[i];
    for (size_t i = 1; i < count; i++) {
        struct sample s = sorted[i];
        size_t k = i;
        for (; k > 0 && sorted[k - 1].at > s.at; k--)
            sorted[k] = sorted[k - 1];
        sorted[k] = s;
    }
    memcpy(samples, sorted, count * sizeof *samples);
    qry_free(ctx, sorted);
    qry_free(ctx, end);
}

/* The indices of samples that lie in one run, whose weights begin at `below`; returns how many were found. What rounding
 * leaves at the end belongs to the last index that has a weight. */
static size_t find_in_run(const struct dense *d, const struct live *live, uint64_t index, double below, double above,
                          struct sample *samples, size_t count)
{
    size_t found = 0;
    uint64_t last = index, end = index + ((uint64_t)1 << live->run_bits);
    double sum = below;
    for (; index < end && found < count && samples[found].at < above; index++) {
        double weight = weight_at(d, index);
        last = weight > 0 ? index : last;
        sum += weight;
        for (; found < count && samples[found].at < sum && samples[found].at < above; found++)
            samples[found].index = index;
    }
    for (; found < count && samples[found].at < above; found++)
        samples[found].index = last;
    return found;
}

/* Of sorted samples. */
static void find_samples(const struct dense *d, const struct live *live, struct sample *samples, size_t count)
{
    uint64_t index = live->base;
    double below = 0;
    size_t found = 0;
    for (uint64_t i = 0; i < live->runs && found < count; i++) {
        double weight = run_weight(d, live, index), above = i + 1 < live->runs ? below + weight : INFINITY;
        if (samples[found].at < above)
            found += find_in_run(d, live, index, below, above, samples + found, count - found);
        below += weight;
        index = live_next(live, index, (uint64_t)1 << live->run_bits);
    }
}

static void draw_samples(struct dense *d, const struct live *live, double total, qry_random *random,
                         struct sample *samples, size_t count)
{
    for (size_t i = 0; i < count; i++)
        samples[i] = (struct sample){total * qry_random_unit(random), (uint32_t)i, 0};
    sort_samples(d->sim.ctx, samples, count, total);
    find_samples(d, live, samples, count);
}

void dense_sample(qry_sim *sim, const qry_qubit *qubits, uint32_t count, qry_random *random, uint64_t shots,
                  void (*visit)(void *state, const uint8_t *values), void *state)
{
    struct dense *d = dense_of(sim);
    struct live live = dense_live(d);
    double total = total_weight(d, &live);
    size_t most = shots < MOST_SAMPLES ? (size_t)shots : MOST_SAMPLES;
    struct sample *samples = qry_alloc(sim->ctx, most, sizeof *samples);
    uint64_t *index = qry_alloc(sim->ctx, most, sizeof *index);
    uint8_t *values = qry_alloc(sim->ctx, count, 1);
    for (uint64_t left = shots; left;) {
        size_t some = left < most ? (size_t)left : most;
        qry_check_interrupt(sim->ctx);
        draw_samples(d, &live, total, random, samples, some);
        for (size_t i = 0; i < some; i++)
            index[samples[i].shot] = samples[i].index ^ d->now.flipped;
        for (size_t i = 0; i < some; i++) {
            for (uint32_t k = 0; k < count; k++)
                values[k] = index[i] >> d->now.position[qubits[k]] & 1;
            visit(state, values);
        }
        left -= some;
    }
    qry_free(sim->ctx, values);
    qry_free(sim->ctx, index);
    qry_free(sim->ctx, samples);
}

/* ---- probabilities ---- */

static size_t value_at(const struct dense *d, uint64_t index, const qry_qubit *qubits, uint32_t count)
{
    size_t value = 0;
    for (uint32_t k = 0; k < count; k++)
        value |= (size_t)(index >> d->now.position[qubits[k]] & 1) << k;
    return value;
}

void dense_probabilities(qry_sim *sim, const qry_qubit *qubits, uint32_t count, double *probability)
{
    struct dense *d = dense_of(sim);
    struct live live = dense_live(d);
    size_t run = (size_t)1 << live.run_bits, low_count = 0;
    size_t *low = qry_alloc(sim->ctx, run, sizeof *low);
    double scale = 1 / total_weight(d, &live), *lost = qry_alloc(sim->ctx, (size_t)1 << count, sizeof *lost);
    for (size_t i = 0; i < run; i++) {
        low[i] = value_at(d, i, qubits, count);
        low_count += low[i] != 0;
    }
    memset(probability, 0, sizeof *probability << count);
    uint64_t index = live.base;
    for (uint64_t r = 0; r < live.runs; r++, index = live_next(&live, index, run)) {
        /* The two parts have no bit in common; the flips are in the part of the run, which has a flip of its low bits, too:
         * those are exchanged by going through the run in another order. */
        size_t high = value_at(d, (index ^ d->now.flipped) & ~(uint64_t)(run - 1), qubits, count);
        uint64_t flips = d->now.flipped & (run - 1);
        if (!low_count) {
            sim_add(&probability[high], &lost[high], scale * run_weight(d, &live, index));
            continue;
        }
        for (size_t i = 0; i < run; i++) {
            size_t value = high | low[i ^ flips];
            sim_add(&probability[value], &lost[value], scale * weight_at(d, index + i));
        }
    }
    qry_free(sim->ctx, lost);
    qry_free(sim->ctx, low);
}

/* ---- amplitudes ---- */

void dense_amplitudes(qry_sim *sim, double tolerance,
                      void (*visit)(void *state, const uint8_t *label, double re, double im), void *state)
{
    struct dense *d = dense_of(sim);
    struct live live = dense_live(d);
    const double *f = d->now.factor;
    uint8_t *label = qry_alloc(sim->ctx, d->qubits, 1);
    uint64_t index = live.base, count = live.runs << live.run_bits;
    for (uint64_t i = 0; i < count; i++, index = live_next(&live, index, 1)) {
        double x = dense_real(d, d->re, index), y = dense_real(d, d->im, index);
        double re = x * f[0] - y * f[1], im = x * f[1] + y * f[0];
        if (hypot(re, im) <= tolerance)
            continue;
        for (uint32_t q = 0; q < d->qubits; q++)
            label[q] = (index ^ d->now.flipped) >> d->now.position[q] & 1;
        visit(state, label, re, im);
    }
    qry_free(sim->ctx, label);
}
