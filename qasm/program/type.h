/* type.h: the types of OpenQASM, and values of them. Private to qasm/.
 *
 * Types are compared as pointers where qasm_types made them; values are small structs that may be copied. Memory is the
 * arena's. */
#ifndef QRY_QASM_TYPE_H
#define QRY_QASM_TYPE_H

#include "base/base.h"

enum qasm_kind {
    QASM_VOID,
    QASM_BOOL,
    QASM_BIT,     /* width 0: one bit; else a register of width bits */
    QASM_INT,     /* two's complement, 1 to 128 bits; written without a size 32 */
    QASM_UINT,    /* the same without sign */
    QASM_FLOAT,   /* 16, 32 or 64 bits; others are refused; written without a size 64 */
    QASM_ANGLE,   /* 1 to 128 bits of a turn, modulo 2 pi; written without a size 64 */
    QASM_COMPLEX, /* of two floats */
    QASM_DURATION,
    QASM_STRETCH,
    QASM_QUBIT, /* width 0: one qubit; else a register */
    QASM_ARRAY
};

enum qasm_access { QASM_OWN, QASM_READONLY, QASM_MUTABLE };

enum { QASM_MAX_DIMS = 7, QASM_MAX_WIDTH = 128 };

/* The width of a slice of bits or qubits whose bounds are known only when the program runs. A slice of an array with such
 * bounds has a shape of zeros. */
#define QASM_UNSIZED UINT32_MAX

struct qasm_type {
    enum qasm_kind kind;
    uint32_t width;                /* bits; see above */
    const struct qasm_type *base;  /* ARRAY: of an item */
    uint32_t dims;                 /* ARRAY */
    uint32_t shape[QASM_MAX_DIMS]; /* ARRAY; all 0 in a parameter array[T, #dim = n] */
    enum qasm_access access;       /* ARRAY parameters */
    bool weak;                     /* the type of a literal or of constants only: fits itself to the other operand */
};

/* A bit as a program holds it: 0, 1, or 2 + m, the result of measurement number m, which may not be known yet. */
typedef uint32_t qasm_bit;

struct qasm_value {
    const struct qasm_type *type;
    bool unknown; /* it hangs on a measurement that has not been made: while a program is only looked at */
    union {
        bool truth;
        qry_u128
            natural; /* INT (as two's complement of its width, sign-extended to 128), UINT, ANGLE (units of 2 pi / 2^width) */
        double real; /* FLOAT */
        struct {
            double re, im;
        };
        struct {
            double seconds, dt; /* DURATION: both parts add up; dt is the backend's own unit */
        };
        qasm_bit bit;             /* BIT, width 0 */
        qasm_bit *bits;           /* BIT register, bit 0 first; shared, written only by its owner */
        struct qasm_value *items; /* ARRAY: in C order; shared, written only by its owner */
    };
};

#endif
