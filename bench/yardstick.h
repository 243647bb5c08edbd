/* yardstick.h: the yardsticks of the benches: what plain C does, on planes of bits and on amplitudes, with nothing else
 * around it. */
#ifndef QRY_BENCH_YARDSTICK_H
#define QRY_BENCH_YARDSTICK_H

#include <stddef.h>
#include <stdint.h>

/** 512 rows of a qubit. */
typedef struct yardstick_plane {
    uint64_t word[8];
} yardstick_plane;

/** Where c is 1, a and b change places; numbers of planes, all three different. */
typedef struct exchange {
    uint32_t a, b, c;
} exchange;

void yardstick_run(yardstick_plane *plane, const exchange *exchange, size_t count);

/** 2^qubits amplitudes, re and im side by side. */
typedef struct yardstick_state {
    double *amplitude;
    uint32_t qubits;
} yardstick_state;

/** A matrix of one qubit (as qry_gate_matrix has it) where all qubits of the mask `controls` are 1. */
void yardstick_gate(yardstick_state *state, const double matrix[8], size_t controls, uint32_t target);

#endif
