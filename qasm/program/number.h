/* number.h: what the files of values share. Private to qasm/program/. */
#ifndef QRY_QASM_NUMBER_H
#define QRY_QASM_NUMBER_H

#include "qasm/program/value.h"

#include <complex.h>
#include <string.h>

/** A number brought back to the range of an INT, UINT or ANGLE, as its value holds it. */
qry_u128 qasm_wrap(qry_u128 number, const struct qasm_type *type);
/** A real number rounded to a float of 16, 32 or 64 bits. */
double qasm_round_real(double real, uint32_t width);
/** Radians as units of 2 pi / 2^width, the nearest, and back. */
qry_u128 qasm_angle_units(double radians, uint32_t width);
double qasm_angle_radians(qry_u128 units, uint32_t width);

/** Of a lone bit 1. */
uint32_t qasm_bit_count(const struct qasm_type *type);
/** The bits of a BIT value, the lowest first; of a lone one its own bit, as long as the struct lives. */
const qasm_bit *qasm_bits_of(const struct qasm_value *value);
/** A BIT value of zeros and, if it is a register, its bits to be written. */
struct qasm_value qasm_value_bits(qry_arena *arena, const struct qasm_type *type, qasm_bit **bits);
/** At most 128 bits, all known, as a number without sign. */
qry_u128 qasm_bits_number(const struct qasm_value *value);

/** Not every library has CMPLX, and re + I im loses signs of zeros. */
static inline double complex qasm_complex(double re, double im)
{
    double parts[2] = {re, im};
    double complex number;
    memcpy(&number, parts, sizeof number);
    return number;
}

#endif
