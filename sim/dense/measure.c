/* measure.c: measuring a qubit. The state is not touched: the values that were not found become known to have no
 * amplitude, and are passed over from then on. So a run of measurements costs about two passes, each being over half of
 * what the one before it was. */
#include "sim/dense/engine.h"

#include <math.h>

enum { GROUPS = 64, SHORT = 256 };

/* Sums of |amplitude|^2 where a position has the values 0 and 1. */
struct weights {
    double of[2];
};

static void weigh_run(const struct dense *d, uint64_t index, uint32_t run_bits, uint64_t bit, struct weights *w)
{
    const struct kernels *k = d->kernels;
    uint64_t size = (uint64_t)1 << run_bits, part = bit < size ? bit : size;
    for (uint64_t i = index; i < index + size; i += part) {
        int one = !!(i & bit);
        if (part >= SHORT || part == size)
            w->of[one] += k->norm((const char *)d->re + i * k->real_size, (const char *)d->im + i * k->real_size, part);
        else
            for (uint64_t n = i; n < i + part; n++) {
                double x = dense_real(d, d->re, n), y = dense_real(d, d->im, n);
                w->of[one] += x * x + y * y;
            }
    }
}

/* Runs from .. from + count - 1. */
static struct weights weigh_runs(const struct dense *d, const struct live *live, uint64_t from, uint64_t count,
                                 uint64_t bit)
{
    struct weights sum = {{0, 0}};
    uint64_t index = live->base + deposit(from << live->run_bits, live->free);
    for (uint64_t i = 0; i < count; i++, index = live_next(live, index, (uint64_t)1 << live->run_bits))
        weigh_run(d, index, live->run_bits, bit, &sum);
    return sum;
}

/* In the same groups for any number of threads, so that sums are the same. */
static struct weights weigh(const struct dense *d, uint64_t bit)
{
    struct live live = dense_live(d);
    if (ones(live.free) < d->cut.shared_bits || live.runs == 1)
        return weigh_runs(d, &live, 0, live.runs, bit);
    struct weights group[GROUPS] = {{{0, 0}}}, sum = {{0, 0}};
    int groups = live.runs < GROUPS ? (int)live.runs : GROUPS;
    uint64_t each = live.runs / (uint64_t)groups;
#pragma omp parallel for schedule(static) num_threads(d->threads) if (d->threads > 1)
    for (int g = 0; g < groups; g++)
        group[g] = weigh_runs(d, &live, (uint64_t)g * each, each, bit);
    for (int g = 0; g < groups; g++)
        for (int i = 0; i < 2; i++)
            sum.of[i] += group[g].of[i];
    return sum;
}

bool dense_measure(struct dense *d, qry_qubit qubit)
{
    uint64_t bit = (uint64_t)1 << d->now.position[qubit];
    if (d->now.sure & bit)
        return (d->now.sure_values ^ d->now.flipped) & bit;
    dense_drain(d);
    bool flipped = d->now.flipped & bit;
    struct weights w = weigh(d, bit);
    double sum = w.of[0] + w.of[1];
    qry_must(sum > 0 && isfinite(sum));
    bool one = sim_draw(&d->sim, d->random, w.of[!flipped] / sum, d->kernels->real_size == sizeof(float));
    bool side = one ^ flipped;
    d->growth = w.of[side];
    /* What is left gets length 1, whatever rounding has done to it so far. */
    double scale = 1 / (hypot(d->now.factor[0], d->now.factor[1]) * sqrt(d->growth));
    d->now.factor[0] *= scale;
    d->now.factor[1] *= scale;
    d->now.known |= bit;
    d->now.sure |= bit;
    d->now.known_values = (d->now.known_values & ~bit) | (side ? bit : 0);
    d->now.sure_values = (d->now.sure_values & ~bit) | (side ? bit : 0);
    return one;
}
