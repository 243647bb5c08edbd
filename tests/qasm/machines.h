/* machines.h: an OpenQASM program by both machines of the interpreter, and read in several ways. */
#ifndef QRY_TESTS_QASM_MACHINES_H
#define QRY_TESTS_QASM_MACHINES_H

#include "support.h"

/** Elaborates a program and runs it step by step on the sparse engine with the same random numbers: where the elaboration is
 *  exact (then *exact is counted up) both end with the same bits. Runs it again with what it does up to the first flush in
 *  the circuit already; reads it without the direct path; prints the circuit and reads it again. */
void check_program(fixture *f, const char *name, const qry_source *source, size_t *exact);

/** Prints a circuit in the full profile and reads it again: it is the same. */
void check_printed(fixture *f, const char *name, const qry_circuit *circuit);

#endif
