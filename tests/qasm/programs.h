/* programs.h: OpenQASM programs at random that are right in every respect: they read, check and run. Loops end, indices stay
 * in range, nothing is divided by zero, gates have different qubits. */
#ifndef QRY_TESTS_QASM_PROGRAMS_H
#define QRY_TESTS_QASM_PROGRAMS_H

#include "base/base.h"

typedef struct program_kind {
    bool classical; /* variables, arrays, arithmetic, loops and branches on them */
    bool quantum;   /* measurements and resets in the middle, conditions on measured bits */
    bool defs;      /* subroutines; with `quantum` they measure and return what they saw */
} program_kind;

enum { PROGRAM_MOST_QUBITS = 7 };

/** The text of a program; arena memory. Gates of the program, modifiers, aliases, broadcasts and sections are in all of
 *  them, and at the end every qubit is measured into the register `out`. */
const char *random_program(qry_arena *arena, uint64_t seed, program_kind kind);

#endif
