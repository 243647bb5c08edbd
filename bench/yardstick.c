/* yardstick.c: see yardstick.h. Compiled for the machine it is built on, so that the compiler may use its widest
 * instructions. */
#include "bench/yardstick.h"

void yardstick_run(yardstick_plane *plane, const exchange *exchange, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        yardstick_plane a = plane[exchange[i].a], b = plane[exchange[i].b], c = plane[exchange[i].c];
        for (int w = 0; w < 8; w++) {
            uint64_t t = (a.word[w] ^ b.word[w]) & c.word[w];
            a.word[w] ^= t;
            b.word[w] ^= t;
        }
        plane[exchange[i].a] = a;
        plane[exchange[i].b] = b;
    }
}

void yardstick_gate(yardstick_state *state, const double m[8], size_t controls, uint32_t target)
{
    size_t half = (size_t)1 << target;
    for (size_t block = 0; block < (size_t)1 << state->qubits; block += 2 * half)
        for (size_t i = block; i < block + half; i++) {
            if ((i & controls) != controls)
                continue;
            double *x = state->amplitude + 2 * i, *y = x + 2 * half;
            double a = x[0], b = x[1], c = y[0], d = y[1];
            x[0] = m[0] * a - m[1] * b + m[2] * c - m[3] * d;
            x[1] = m[0] * b + m[1] * a + m[2] * d + m[3] * c;
            y[0] = m[4] * a - m[5] * b + m[6] * c - m[7] * d;
            y[1] = m[4] * b + m[5] * a + m[6] * d + m[7] * c;
        }
}
