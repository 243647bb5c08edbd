/* value.h: arithmetic on values of OpenQASM, all of them known. Private to qasm/.
 *
 * Nothing here reports: what can go wrong at run time comes back as a text, which the caller puts to a place. */
#ifndef QRY_QASM_VALUE_H
#define QRY_QASM_VALUE_H

#include "qasm/program/symbol.h"

/* ---- types (type.c) ---- */

const struct qasm_type *qasm_type_make(qry_arena *arena, enum qasm_kind kind, uint32_t width);
const struct qasm_type *qasm_type_array(qry_arena *arena, const struct qasm_type *base, uint32_t dims,
                                        const uint32_t *shape, enum qasm_access access);
/** The type of a literal: weak where others are not. Of an integer the width is what its value needs (see type.c). */
const struct qasm_type *qasm_type_literal(enum qasm_kind kind, uint32_t width);
static inline bool qasm_is_integer(const struct qasm_type *type)
{
    return type->kind == QASM_INT || type->kind == QASM_UINT;
}
bool qasm_type_equal(const struct qasm_type *a, const struct qasm_type *b);
/** As a program writes it: "uint[8]", "array[int[8], 2, 4]". */
const char *qasm_type_text(qry_arena *arena, const struct qasm_type *type);
/** Whether a value of `from` may stand where `to` is wanted without a cast; and whether a cast may change it. */
bool qasm_type_fits(const struct qasm_type *from, const struct qasm_type *to);
bool qasm_type_casts(const struct qasm_type *from, const struct qasm_type *to);
/** The type of an operator's result, after the conversions of the specification; NULL: not for these operands. b is NULL
 *  for unary operators. *a_to, *b_to: what the operands become before. */
const struct qasm_type *qasm_type_of_operator(qry_arena *arena, enum tree_operator op, const struct qasm_type *a,
                                              const struct qasm_type *b, const struct qasm_type **a_to,
                                              const struct qasm_type **b_to);

/* ---- values (value.c, text.c, operate.c, function.c) ----
 * Values with `unknown` set may go in, and what hangs on them comes out so. In a BIT value the bits that are converted to
 * bits, shifted or rotated need not be known; all others are. */

/** What a variable without a value begins with: zeros. */
struct qasm_value qasm_value_zero(qry_arena *arena, const struct qasm_type *type);
/** A value converted: a cast, an assignment, an operand. Bits must be known. NULL, or what is wrong. */
const char *qasm_convert(qry_arena *arena, const struct qasm_value *value, const struct qasm_type *to,
                         struct qasm_value *result);
/** An operator on operands that have the types that qasm_type_of_operator asked for. NULL, or what is wrong ("division by
 *  zero"). */
const char *qasm_operate(qry_arena *arena, enum tree_operator op, const struct qasm_value *a,
                         const struct qasm_value *b, const struct qasm_type *type, struct qasm_value *result);
/** A number in an INT, UINT or ANGLE, wrapped around at its width. */
struct qasm_value qasm_value_integer(const struct qasm_type *type, qry_u128 number);
/** So many ns, dt, ... in a DURATION. */
struct qasm_value qasm_value_time(const struct qasm_type *type, double number, enum tree_unit unit);
/** A BOOL, number, angle (in radians), real part or register of bits as a double. */
double qasm_value_real(const struct qasm_value *value);
/** Gives a weak integer the type that has as many bits as its value needs. */
void qasm_value_narrow(struct qasm_value *value);
/** The functions of the language by number, which their symbols have as `number`; NULL behind the last one. */
const char *qasm_function_name(uint32_t number);
/** Whether a function takes so many real numbers and gives one, and what it gives: not finite where it has no value. */
bool qasm_function_is_real(uint32_t number, uint32_t count);
double qasm_function_real(uint32_t number, double x, double y);
/** A function of the language (sin, popcount, mod, rotl, real, ...): its result type for these argument types (NULL after
 *  a report at `place`), and its value. */
const struct qasm_type *qasm_function_type(const struct tree_program *tree, struct tree_place place,
                                           const struct tree_symbol *function, const struct qasm_type *const *arguments,
                                           uint32_t count);
const char *qasm_function(qry_arena *arena, const struct tree_symbol *function, const struct qasm_value *arguments,
                          uint32_t count, const struct qasm_type *type, struct qasm_value *result);
/** Whether a value is true: bool, bit, int, uint as != 0. */
bool qasm_is_true(const struct qasm_value *value);
/** As the command line prints outputs and reads inputs: numbers in decimal, bits highest first, true and false. */
const char *qasm_value_text(qry_arena *arena, const struct qasm_value *value);
bool qasm_value_parse(qry_arena *arena, const char *text, const struct qasm_type *type, struct qasm_value *result);

#endif
