/* states.h: states of the engine beside those of the reference simulator, for tests. */
#ifndef STATES_H
#define STATES_H

#include "sim/sim.h"

#include <math.h>

struct listing {
    uint32_t width;
    double *amplitude; /* 2^width, re and im side by side */
};

/* Adds one row to a listing: for qry_sim_amplitudes. */
static void list_row(void *state, const uint8_t *label, double re, double im)
{
    struct listing *l = state;
    size_t index = 0;
    for (uint32_t q = 0; q < l->width; q++)
        index |= (size_t)label[q] << q;
    l->amplitude[2 * index] += re;
    l->amplitude[2 * index + 1] += im;
}

/* |<x|y>|^2 of the two scaled to length 1, since what rounding does to lengths adds up over many gates; and the norm of x. */
static inline double overlap_of(const double *x, const double *y, uint32_t width, double *norm)
{
    double re = 0, im = 0, norm_of_y = 0;
    *norm = 0;
    for (size_t i = 0; i < (size_t)1 << width; i++) {
        re += x[2 * i] * y[2 * i] + x[2 * i + 1] * y[2 * i + 1];
        im += x[2 * i] * y[2 * i + 1] - x[2 * i + 1] * y[2 * i];
        *norm += x[2 * i] * x[2 * i] + x[2 * i + 1] * x[2 * i + 1];
        norm_of_y += y[2 * i] * y[2 * i] + y[2 * i + 1] * y[2 * i + 1];
    }
    return (re * re + im * im) / (*norm * norm_of_y);
}

/* The largest difference of two amplitudes, when the phase of one state is chosen as that of the other. */
static inline double distance(const double *x, const double *y, uint32_t width)
{
    double re = 0, im = 0, most = 0;
    for (size_t i = 0; i < (size_t)1 << width; i++) { /* <x|y> */
        re += x[2 * i] * y[2 * i] + x[2 * i + 1] * y[2 * i + 1];
        im += x[2 * i] * y[2 * i + 1] - x[2 * i + 1] * y[2 * i];
    }
    double length = hypot(re, im), c = re / length, s = im / length;
    for (size_t i = 0; i < (size_t)1 << width; i++)
        most = fmax(most,
                    hypot(c * x[2 * i] - s * x[2 * i + 1] - y[2 * i], s * x[2 * i] + c * x[2 * i + 1] - y[2 * i + 1]));
    return most;
}

#endif
