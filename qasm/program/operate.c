/* operate.c: what operators do with values. The operands have the types that qasm_type_of_operator asked for. */
#include "qasm/program/number.h"

#include <math.h>

static const char *const by_zero = "division by zero";
static const char *const too_large = "this number needs more than 128 bits";

/* ---- integers and angles ---- */

static bool is_negative(const struct qasm_value *value)
{
    return value->type->kind == QASM_INT && value->natural >> (QASM_MAX_WIDTH - 1);
}

static qry_u128 magnitude(const struct qasm_value *value)
{
    return is_negative(value) ? -value->natural : value->natural;
}

/* Towards zero, as in C; the rest has the sign of a. */
static const char *divide(bool rest, const struct qasm_value *a, const struct qasm_value *b, qry_u128 *result)
{
    if (!b->natural)
        return by_zero;
    qry_u128 size = rest ? magnitude(a) % magnitude(b) : magnitude(a) / magnitude(b);
    bool negative = is_negative(a) != (!rest && is_negative(b));
    *result = negative ? -size : size;
    return NULL;
}

/* a^b modulo 2^128; *exact: that the number itself fits a signed one. */
static const char *power_of(const struct qasm_value *a, const struct qasm_value *b, qry_u128 *result, bool *exact)
{
    qry_u128 square = a->natural;
    if (is_negative(b))
        return "a negative power of an integer is no integer: write one of them as a float";
    *result = 1;
    *exact = true;
    bool square_exact = true;
    for (qry_u128 rest = b->natural; rest; rest >>= 1) {
        qry_i128 product;
        if (rest & 1) {
            *exact = *exact && square_exact && !QRY_MUL_OVERFLOWS((qry_i128)*result, (qry_i128)square, &product);
            *result *= square;
        }
        square_exact = square_exact && !QRY_MUL_OVERFLOWS((qry_i128)square, (qry_i128)square, &product);
        square *= square;
    }
    return NULL;
}

/* Shifts by the width or more leave nothing but the sign. */
static qry_u128 shift(enum tree_operator op, const struct qasm_value *a, qry_u128 by)
{
    qry_u128 sign = is_negative(a) ? ~(qry_u128)0 : 0;
    if (op == TREE_SHIFT_LEFT)
        return by >= QASM_MAX_WIDTH ? 0 : a->natural << by;
    if (by >= QASM_MAX_WIDTH)
        return sign;
    return a->natural >> by | (by ? sign << (QASM_MAX_WIDTH - by) : 0);
}

/* Whether a sum, difference, product or shift of literals is beyond 128 bits. */
static bool overflows(enum tree_operator op, const struct qasm_value *a, const struct qasm_value *b, bool is_signed)
{
    qry_i128 x = (qry_i128)a->natural, y = (qry_i128)b->natural, z;
    qry_u128 u = a->natural, v = b->natural, w;
    switch (op) {
    case TREE_ADD:
        return is_signed ? QRY_ADD_OVERFLOWS(x, y, &z) : QRY_ADD_OVERFLOWS(u, v, &w);
    case TREE_SUBTRACT:
        return is_signed ? QRY_SUB_OVERFLOWS(x, y, &z) : QRY_SUB_OVERFLOWS(u, v, &w);
    case TREE_MULTIPLY:
        return is_signed ? QRY_MUL_OVERFLOWS(x, y, &z) : QRY_MUL_OVERFLOWS(u, v, &w);
    case TREE_SHIFT_LEFT:
        if (!u)
            return false;
        return v >= QASM_MAX_WIDTH - 1 || (qry_i128)(u << v) >> v != x;
    default:
        return false;
    }
}

static const char *operate_integer(enum tree_operator op, const struct qasm_value *a, const struct qasm_value *b,
                                   const struct qasm_type *type, qry_u128 *number)
{
    const char *wrong = NULL;
    bool exact = !type->weak || !overflows(op, a, b, type->kind == QASM_INT);
    bool fits = true;
    switch (op) {
    case TREE_ADD:
        *number = a->natural + b->natural;
        break;
    case TREE_SUBTRACT:
        *number = a->natural - b->natural;
        break;
    case TREE_MULTIPLY:
        *number = a->natural * b->natural;
        break;
    case TREE_BIT_AND:
        *number = a->natural & b->natural;
        break;
    case TREE_BIT_OR:
        *number = a->natural | b->natural;
        break;
    case TREE_BIT_XOR:
        *number = a->natural ^ b->natural;
        break;
    case TREE_SHIFT_LEFT:
    case TREE_SHIFT_RIGHT:
        if (is_negative(b))
            return "a shift by a negative number";
        *number = shift(op, a, b->natural);
        break;
    case TREE_POWER:
        wrong = power_of(a, b, number, &fits);
        exact = exact && (fits || !type->weak);
        break;
    default:
        wrong = divide(op == TREE_MODULO, a, b, number);
    }
    return wrong ? wrong : exact ? NULL : too_large;
}

/* The result of an operation with an INT, a UINT or an ANGLE. Two's complement serves the angle too. */
static const char *operate_natural(enum tree_operator op, const struct qasm_value *a, const struct qasm_value *b,
                                   const struct qasm_type *type, struct qasm_value *result)
{
    qry_u128 number = 0;
    const char *wrong = operate_integer(op, a, b, type, &number);
    *result = (struct qasm_value){.type = type, .natural = qasm_wrap(number, type)};
    return wrong;
}

/* ---- floats and complex numbers ---- */

static const char *operate_real(enum tree_operator op, double a, double b, const struct qasm_type *type,
                                struct qasm_value *result)
{
    double real = 0;
    switch (op) {
    case TREE_ADD:
        real = a + b;
        break;
    case TREE_SUBTRACT:
        real = a - b;
        break;
    case TREE_MULTIPLY:
        real = a * b;
        break;
    case TREE_POWER:
        real = pow(a, b);
        break;
    default:
        if (b == 0)
            return by_zero;
        real = op == TREE_MODULO ? fmod(a, b) : a / b;
    }
    if (op == TREE_POWER && !isfinite(real) && isfinite(a) && isfinite(b))
        return a == 0 ? by_zero : isnan(real) ? "this power is no real number" : "this power is too large for a float";
    *result = (struct qasm_value){.type = type};
    result->real = qasm_round_real(real, type->width);
    return NULL;
}

static const char *operate_complex(enum tree_operator op, const struct qasm_value *a, const struct qasm_value *b,
                                   const struct qasm_type *type, struct qasm_value *result)
{
    double complex x = qasm_complex(a->re, a->im), y = qasm_complex(b->re, b->im), z;
    switch (op) {
    case TREE_ADD:
        z = x + y;
        break;
    case TREE_SUBTRACT:
        z = x - y;
        break;
    case TREE_MULTIPLY:
        z = x * y;
        break;
    case TREE_POWER:
        z = y == 0 ? 1 : x == 0 ? 0 : cpow(x, y);
        if (x == 0 && creal(y) < 0)
            return by_zero;
        break;
    default:
        if (y == 0)
            return by_zero;
        z = x / y;
    }
    *result = (struct qasm_value){.type = type};
    result->re = qasm_round_real(creal(z), type->width);
    result->im = qasm_round_real(cimag(z), type->width);
    return NULL;
}

/* ---- durations ---- */

static const char *const two_clocks =
    "durations in dt and in seconds do not compare: how long a dt is only the machine knows";

static const char *divide_durations(const struct qasm_value *a, const struct qasm_value *b,
                                    const struct qasm_type *type, struct qasm_value *result)
{
    bool in_seconds = a->dt == 0 && b->dt == 0, in_dt = a->seconds == 0 && b->seconds == 0;
    double divisor = in_seconds ? b->seconds : b->dt;
    if (!in_seconds && !in_dt)
        return two_clocks;
    if (divisor == 0)
        return by_zero;
    *result = (struct qasm_value){.type = type};
    result->real = (in_seconds ? a->seconds : a->dt) / divisor;
    return NULL;
}

static const char *operate_duration(enum tree_operator op, const struct qasm_value *a, const struct qasm_value *b,
                                    const struct qasm_type *type, struct qasm_value *result)
{
    bool second_is_number = b->type->kind == QASM_FLOAT;
    const struct qasm_value *time = second_is_number ? a : b, *number = second_is_number ? b : a;
    struct qasm_value out = {.type = type};
    if (op == TREE_ADD || op == TREE_SUBTRACT) {
        double sign = op == TREE_ADD ? 1 : -1;
        out.seconds = a->seconds + sign * b->seconds;
        out.dt = a->dt + sign * b->dt;
    } else {
        if (op == TREE_DIVIDE && number->real == 0)
            return by_zero;
        double factor = op == TREE_DIVIDE ? 1 / number->real : number->real;
        out.seconds = op == TREE_DIVIDE ? time->seconds / number->real : time->seconds * factor;
        out.dt = op == TREE_DIVIDE ? time->dt / number->real : time->dt * factor;
    }
    *result = out;
    return NULL;
}

/* ---- bits ---- */

static qasm_bit known(qasm_bit bit)
{
    qry_must(bit < 2);
    return bit;
}

static qasm_bit operate_bit(enum tree_operator op, qasm_bit a, qasm_bit b)
{
    known(a);
    known(b);
    return op == TREE_BIT_AND ? a & b : op == TREE_BIT_OR ? a | b : a ^ b;
}

static const char *operate_bits(qry_arena *arena, enum tree_operator op, const struct qasm_value *a,
                                const struct qasm_value *b, const struct qasm_type *type, struct qasm_value *result)
{
    qasm_bit *to;
    struct qasm_value out = qasm_value_bits(arena, type, &to);
    const qasm_bit *x = qasm_bits_of(a), *y = qasm_bits_of(b);
    for (uint32_t i = 0; i < type->width; i++)
        to[i] = operate_bit(op, x[i], y[i]);
    if (!type->width)
        out.bit = operate_bit(op, *x, *y);
    *result = out;
    return NULL;
}

/* Bit 0 is the lowest: a shift to the left moves bits to higher places. */
static const char *shift_bits(qry_arena *arena, enum tree_operator op, const struct qasm_value *a,
                              const struct qasm_value *by, const struct qasm_type *type, struct qasm_value *result)
{
    qasm_bit *to;
    struct qasm_value out = qasm_value_bits(arena, type, &to);
    if (is_negative(by))
        return "a shift by a negative number";
    uint32_t width = type->width, places = by->natural < width ? (uint32_t)by->natural : width;
    for (uint32_t i = 0; i < width - places; i++) {
        if (op == TREE_SHIFT_LEFT)
            to[i + places] = a->bits[i];
        else
            to[i] = a->bits[i + places];
    }
    *result = out;
    return NULL;
}

/* ---- comparisons ---- */

enum order { LESS, EQUAL, GREATER, UNORDERED };

static enum order order_reals(double a, double b)
{
    return a < b ? LESS : a > b ? GREATER : a == b ? EQUAL : UNORDERED;
}

static enum order order_bits(const struct qasm_value *a, const struct qasm_value *b)
{
    const qasm_bit *x = qasm_bits_of(a), *y = qasm_bits_of(b);
    for (uint32_t i = qasm_bit_count(a->type); i-- > 0;)
        if (known(x[i]) != known(y[i]))
            return x[i] < y[i] ? LESS : GREATER;
    return EQUAL;
}

static const char *order_durations(const struct qasm_value *a, const struct qasm_value *b, enum order *order)
{
    enum order seconds = order_reals(a->seconds, b->seconds), dt = order_reals(a->dt, b->dt);
    *order = seconds == EQUAL ? dt : seconds;
    return seconds != EQUAL && dt != EQUAL && seconds != dt ? two_clocks : NULL;
}

static const char *order_values(const struct qasm_value *a, const struct qasm_value *b, enum order *order)
{
    switch (a->type->kind) {
    case QASM_BOOL:
        *order = a->truth < b->truth ? LESS : a->truth > b->truth ? GREATER : EQUAL;
        return NULL;
    case QASM_BIT:
        *order = order_bits(a, b);
        return NULL;
    case QASM_INT: {
        qry_i128 x = (qry_i128)a->natural, y = (qry_i128)b->natural;
        *order = x < y ? LESS : x > y ? GREATER : EQUAL;
        return NULL;
    }
    case QASM_FLOAT:
        *order = order_reals(a->real, b->real);
        return NULL;
    case QASM_COMPLEX:
        *order = a->re == b->re && a->im == b->im ? EQUAL : UNORDERED;
        return NULL;
    case QASM_DURATION:
        return order_durations(a, b, order);
    default:
        *order = a->natural < b->natural ? LESS : a->natural > b->natural ? GREATER : EQUAL;
        return NULL;
    }
}

static const char *compare(enum tree_operator op, const struct qasm_value *a, const struct qasm_value *b,
                           const struct qasm_type *type, struct qasm_value *result)
{
    enum order order;
    const char *wrong = order_values(a, b, &order);
    if (wrong)
        return wrong;
    bool truth = op == TREE_EQUAL        ? order == EQUAL
                 : op == TREE_UNEQUAL    ? order != EQUAL
                 : op == TREE_LESS       ? order == LESS
                 : op == TREE_GREATER    ? order == GREATER
                 : op == TREE_LESS_EQUAL ? order == LESS || order == EQUAL
                                         : order == GREATER || order == EQUAL;
    *result = (struct qasm_value){.type = type};
    result->truth = truth;
    return NULL;
}

/* ---- one operand ---- */

static const char *complement(qry_arena *arena, const struct qasm_value *a, const struct qasm_type *type,
                              struct qasm_value *result)
{
    struct qasm_value out = {.type = type};
    qasm_bit *to;
    if (type->kind == QASM_BOOL) {
        out.truth = !a->truth;
    } else if (type->kind == QASM_BIT) {
        out = qasm_value_bits(arena, type, &to);
        out.bit = type->width ? out.bit : !known(a->bit);
        for (uint32_t i = 0; i < type->width; i++)
            to[i] = !known(a->bits[i]);
        if (type->width)
            out.bits = to;
    } else {
        out.natural = qasm_wrap(~a->natural, type);
    }
    *result = out;
    return NULL;
}

static const char *negate(const struct qasm_value *a, const struct qasm_type *type, struct qasm_value *result)
{
    static const qry_u128 least = (qry_u128)1 << (QASM_MAX_WIDTH - 1);
    struct qasm_value out = {.type = type};
    switch (type->kind) {
    case QASM_FLOAT:
        out.real = -a->real;
        break;
    case QASM_COMPLEX:
        out.re = -a->re;
        out.im = -a->im;
        break;
    case QASM_DURATION:
        out.seconds = -a->seconds;
        out.dt = -a->dt;
        break;
    default:
        out.natural = qasm_wrap(-a->natural, type);
        if (type->weak && a->natural == least) /* of 2^127 and of -2^127 */
            out.type = qasm_type_literal(type->kind == QASM_UINT ? QASM_INT : QASM_UINT, QASM_MAX_WIDTH);
        else if (type->weak && type->kind == QASM_UINT && a->natural)
            return too_large;
    }
    *result = out;
    return NULL;
}

/* ---- all of them ---- */

static bool is_time(const struct qasm_value *value) { return value->type->kind == QASM_DURATION; }

static const char *operate_two(qry_arena *arena, enum tree_operator op, const struct qasm_value *a,
                               const struct qasm_value *b, const struct qasm_type *type, struct qasm_value *result)
{
    if (op == TREE_AND || op == TREE_OR) {
        bool truth = op == TREE_AND ? a->truth && b->truth : a->truth || b->truth;
        *result = (struct qasm_value){.type = type};
        result->truth = truth;
        return NULL;
    }
    if (op >= TREE_EQUAL && op <= TREE_GREATER_EQUAL)
        return compare(op, a, b, type, result);
    if (type->kind == QASM_BOOL) {
        bool truth = operate_bit(op, a->truth, b->truth);
        *result = (struct qasm_value){.type = type};
        result->truth = truth;
        return NULL;
    }
    if (type->kind == QASM_BIT)
        return op == TREE_SHIFT_LEFT || op == TREE_SHIFT_RIGHT ? shift_bits(arena, op, a, b, type, result)
                                                               : operate_bits(arena, op, a, b, type, result);
    if (type->kind == QASM_COMPLEX)
        return operate_complex(op, a, b, type, result);
    if (type->kind == QASM_DURATION)
        return operate_duration(op, a, b, type, result);
    if (type->kind == QASM_FLOAT)
        return is_time(a) ? divide_durations(a, b, type, result) : operate_real(op, a->real, b->real, type, result);
    return operate_natural(op, a, b, type, result);
}

const char *qasm_operate(qry_arena *arena, enum tree_operator op, const struct qasm_value *a,
                         const struct qasm_value *b, const struct qasm_type *type, struct qasm_value *result)
{
    if (a->unknown || (b && b->unknown)) {
        *result = qasm_value_zero(arena, type);
        result->unknown = true;
        return NULL;
    }
    if (b)
        return operate_two(arena, op, a, b, type, result);
    if (op == TREE_NOT) {
        bool truth = !a->truth;
        *result = (struct qasm_value){.type = type};
        result->truth = truth;
        return NULL;
    }
    return op == TREE_NEGATE ? negate(a, type, result) : complement(arena, a, type, result);
}
