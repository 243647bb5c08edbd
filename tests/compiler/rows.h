/* rows.h: a plain simulator for tests of circuits in which every row (basis state of the address) keeps every qubit in
 * one of |0>, |1>, |+>, |->: a value and a frame (1: X basis) a qubit and row, and a phase a row. Permutations, phases
 * and phase kickback stay inside this set; a control in the X frame does not and fails the test. */
#ifndef ROWS_H
#define ROWS_H

#include "qasm/qasm.h"

typedef struct rows {
    qry_ctx *ctx;
    uint32_t qubits;
    size_t count, words; /* rows; 64-bit words a column */
    uint64_t *value, *frame, *sign;
    double *turn;         /* phase of a row beside its sign, radians */
    uint64_t most_frames; /* columns with a frame at one time */
} rows;

rows *rows_new(qry_ctx *ctx, uint32_t qubits, size_t count);
void rows_free(rows *r);
void rows_set(rows *r, qry_qubit first, uint32_t width, size_t row, uint64_t value);
uint64_t rows_get(const rows *r, qry_qubit first, uint32_t width, size_t row);
void rows_run(rows *r, const qry_definition *definition, bool inverse, const double *angles);
/** Phase of a row in (-pi, pi], sign included. */
double rows_phase(const rows *r, size_t row);
/** The same values as `before` everywhere and no frames. */
void rows_expect_same(const rows *r, const rows *before);
rows *rows_copy(const rows *r);
/** No frame on any qubit. */
void rows_expect_no_frames(const rows *r);

/** Depth as soon as possible; only gates with counted[gate] take a step (NULL: all). */
uint64_t walked_depth(qry_ctx *ctx, const qry_definition *definition, const bool *counted);
/** Gates by name; measurements are left out. */
void walked_count(const qry_definition *definition, uint64_t count[QRY_GATES]);

#endif
