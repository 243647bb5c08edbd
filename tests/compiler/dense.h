/* dense.h: the whole state of a few qubits, gate by gate from the gates' matrices; for tests. */
#ifndef DENSE_H
#define DENSE_H

#include "qasm/qasm.h"

#include <complex.h>

/** 2^width amplitudes after a definition acts on basis state `start`; qubit i is bit i of the index. Measurements are
 *  left out. Free with qry_free. */
double complex *dense_run(qry_ctx *ctx, const qry_definition *definition, uint64_t start, const double *angles);
/** Probability of the value of qubits first .. first + count - 1. */
double dense_probability(const double complex *state, uint32_t width, qry_qubit first, uint32_t count, uint64_t value);

#endif
