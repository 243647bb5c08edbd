/* dense_support.h: what the suites of the dense engine share. */
#ifndef DENSE_SUPPORT_H
#define DENSE_SUPPORT_H

#include "sim/dense/engine.h"

#include <math.h>
#include <stdlib.h>

/** Usual rounds, or as many as QUARRY_ROUNDS says. */
static inline int rounds(int usual) { return getenv("QUARRY_ROUNDS") ? atoi(getenv("QUARRY_ROUNDS")) : usual; }

static inline qry_sim *new_dense(qry_ctx *ctx, const qry_circuit *circuit, qry_simd simd, bool single, int threads)
{
    return qry_sim_new(ctx, circuit,
                       &(qry_sim_options){.engine = QRY_SIM_DENSE, .simd = simd, .single = single, .threads = threads});
}

/** Calls check for every set of kernels that this machine has. */
static inline void on_every_set(void (*check)(qry_simd simd, bool single, uint64_t seed, void *state), uint64_t seed,
                                void *state)
{
    for (qry_simd simd = QRY_SIMD_PLAIN; simd <= QRY_SIMD_AVX512; simd++)
        for (int single = 0; single < 2 && qry_simd_available(simd); single++)
            check(simd, single, seed, state);
}

struct amplitudes {
    uint32_t width;
    double *value; /* 2^width, re and im side by side */
};

static inline void keep_amplitude(void *state, const uint8_t *label, double re, double im)
{
    struct amplitudes *a = state;
    size_t index = 0;
    for (uint32_t q = 0; q < a->width; q++)
        index |= (size_t)label[q] << q;
    a->value[2 * index] += re;
    a->value[2 * index + 1] += im;
}

/** 2^width amplitudes in the form of qry_reference_state. */
static inline double *state_of(qry_arena *arena, qry_sim *sim, uint32_t width)
{
    double *value = qry_arena_alloc(arena, (size_t)2 << width, sizeof *value);
    qry_sim_amplitudes(sim, 0, keep_amplitude, &(struct amplitudes){width, value});
    return value;
}

/** The greatest difference of two real numbers; the global phase counts, too. */
static inline double distance(const double *x, const double *y, uint32_t width)
{
    double most = 0;
    for (size_t i = 0; i < (size_t)2 << width; i++)
        most = fmax(most, fabs(x[i] - y[i]));
    return most;
}

#endif
