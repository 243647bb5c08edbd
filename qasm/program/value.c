/* value.c: values from nothing, from other values, from text, and as text. */
#include "qasm/program/value.h"

#include "qasm/program/number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- whole numbers and angles ---- */

qry_u128 qasm_wrap(qry_u128 number, const struct qasm_type *type)
{
    uint32_t width = type->width;
    if (width >= QASM_MAX_WIDTH)
        return number;
    qry_u128 mask = ((qry_u128)1 << width) - 1;
    number &= mask;
    if (type->kind == QASM_INT && number >> (width - 1))
        number |= ~mask;
    return number;
}

struct qasm_value qasm_value_integer(const struct qasm_type *type, qry_u128 number)
{
    return (struct qasm_value){.type = type, .natural = qasm_wrap(number, type)};
}

struct qasm_value qasm_value_time(const struct qasm_type *type, double number, enum tree_unit unit)
{
    static const double in_a_second[] = {[TREE_NS] = 1e9, [TREE_US] = 1e6, [TREE_MS] = 1e3, [TREE_S] = 1};
    struct qasm_value value = {.type = type};
    if (unit == TREE_DT)
        value.dt = number;
    else
        value.seconds = number / in_a_second[unit];
    return value;
}

static uint32_t length_of(qry_u128 number)
{
    uint32_t bits = 0;
    for (; number; number >>= 1)
        bits++;
    return bits;
}

void qasm_value_narrow(struct qasm_value *value)
{
    const struct qasm_type *type = value->type;
    if (!type->weak || (type->kind != QASM_INT && type->kind != QASM_UINT))
        return;
    bool negative = type->kind == QASM_INT && value->natural >> (QASM_MAX_WIDTH - 1);
    uint32_t width = negative ? length_of(~value->natural) + 1 : length_of(value->natural);
    value->type = qasm_type_literal(negative ? QASM_INT : QASM_UINT, width ? width : 1);
}

/* A half-precision number: 11 bits, the least step 2^-24, the greatest number 65504. */
static double round_half(double real)
{
    int exponent;
    if (!isfinite(real) || real == 0)
        return real;
    frexp(real, &exponent);
    double step = ldexp(1, exponent - 11 < -24 ? -24 : exponent - 11);
    double rounded = rint(real / step) * step;
    return fabs(rounded) > 65504 ? copysign(INFINITY, real) : rounded;
}

double qasm_round_real(double real, uint32_t width)
{
    return width == 16 ? round_half(real) : width == 32 ? (double)(float)real : real;
}

/* Nearest, ties to even, once round the circle is 0. pi is the double M_PI, so that its binary fractions come out exact. */
qry_u128 qasm_angle_units(double radians, uint32_t width)
{
    double turns = radians / (2 * M_PI);
    turns -= floor(turns);
    double units = rint(ldexp(turns, (int)width));
    return units >= ldexp(1, (int)width) ? 0 : (qry_u128)units;
}

double qasm_angle_radians(qry_u128 units, uint32_t width) { return ldexp((double)units, -(int)width) * (2 * M_PI); }

/* ---- bits ---- */

uint32_t qasm_bit_count(const struct qasm_type *type) { return type->width ? type->width : 1; }

const qasm_bit *qasm_bits_of(const struct qasm_value *value)
{
    qry_must(value->type->kind == QASM_BIT);
    return value->type->width ? value->bits : &value->bit;
}

struct qasm_value qasm_value_bits(qry_arena *arena, const struct qasm_type *type, qasm_bit **bits)
{
    struct qasm_value value = {.type = type};
    *bits = NULL;
    if (type->width)
        *bits = value.bits = qry_arena_alloc(arena, type->width, sizeof *value.bits);
    return value;
}

static struct qasm_value from_bits(qry_arena *arena, const struct qasm_type *type, const qasm_bit *bits)
{
    qasm_bit *to;
    struct qasm_value value = qasm_value_bits(arena, type, &to);
    if (!type->width)
        value.bit = bits[0];
    for (uint32_t i = 0; i < type->width; i++)
        to[i] = bits[i];
    return value;
}

/* The bits of a number; those beyond its 128 repeat its sign. */
static struct qasm_value from_number(qry_arena *arena, const struct qasm_type *type, qry_u128 number, bool is_signed)
{
    qasm_bit *to;
    struct qasm_value value = qasm_value_bits(arena, type, &to);
    if (!type->width)
        value.bit = number & 1;
    for (uint32_t i = 0; i < type->width; i++)
        to[i] = i < QASM_MAX_WIDTH ? (qasm_bit)(number >> i & 1) : is_signed && number >> (QASM_MAX_WIDTH - 1);
    return value;
}

qry_u128 qasm_bits_number(const struct qasm_value *value)
{
    const qasm_bit *bits = qasm_bits_of(value);
    uint32_t count = qasm_bit_count(value->type);
    qry_u128 number = 0;
    qry_must(count <= QASM_MAX_WIDTH);
    for (uint32_t i = count; i-- > 0;) {
        qry_must(bits[i] < 2);
        number = number << 1 | bits[i];
    }
    return number;
}

/* ---- from nothing ---- */

static size_t items_of(const struct qasm_type *type)
{
    size_t count = 1;
    for (uint32_t d = 0; d < type->dims; d++)
        count *= type->shape[d];
    return count;
}

struct qasm_value qasm_value_zero(qry_arena *arena, const struct qasm_type *type)
{
    struct qasm_value value = {.type = type};
    if (type->kind == QASM_BIT && type->width)
        value.bits = qry_arena_alloc(arena, type->width, sizeof *value.bits);
    if (type->kind != QASM_ARRAY)
        return value;
    size_t count = items_of(type);
    value.items = qry_arena_alloc(arena, count, sizeof *value.items);
    for (size_t i = 0; i < count; i++)
        value.items[i] = qasm_value_zero(arena, type->base);
    return value;
}

/* ---- from other values ---- */

bool qasm_is_true(const struct qasm_value *value)
{
    switch (value->type->kind) {
    case QASM_BOOL:
        return value->truth;
    case QASM_BIT:
        for (uint32_t i = 0; i < qasm_bit_count(value->type); i++) {
            qry_must(qasm_bits_of(value)[i] < 2);
            if (qasm_bits_of(value)[i])
                return true;
        }
        return false;
    case QASM_FLOAT:
        return value->real != 0;
    default:
        return value->natural != 0;
    }
}

double qasm_value_real(const struct qasm_value *value)
{
    const struct qasm_type *type = value->type;
    switch (type->kind) {
    case QASM_BOOL:
        return value->truth;
    case QASM_INT:
        return (double)(qry_i128)value->natural;
    case QASM_UINT:
        return (double)value->natural;
    case QASM_ANGLE:
        return qasm_angle_radians(value->natural, type->width);
    case QASM_BIT:
        return (double)qasm_bits_number(value);
    case QASM_COMPLEX:
        return value->re;
    default:
        qry_must(type->kind == QASM_FLOAT);
        return value->real;
    }
}

static const char *to_bits(qry_arena *arena, const struct qasm_value *value, const struct qasm_type *to,
                           struct qasm_value *result)
{
    const struct qasm_type *from = value->type;
    if (from->kind == QASM_BIT && qasm_bit_count(from) != qasm_bit_count(to))
        return qry_arena_printf(arena, "%u bits, where %u are wanted", qasm_bit_count(from), qasm_bit_count(to));
    if (from->kind == QASM_BIT)
        *result = from_bits(arena, to, qasm_bits_of(value));
    else
        *result =
            from_number(arena, to, from->kind == QASM_BOOL ? value->truth : value->natural, from->kind == QASM_INT);
    return NULL;
}

/* A float towards zero, and around at the ends as integers do. */
static const char *to_integer(const struct qasm_value *value, const struct qasm_type *to, struct qasm_value *result)
{
    qry_u128 number = value->natural;
    if (value->type->kind == QASM_BOOL)
        number = value->truth;
    if (value->type->kind == QASM_BIT && qasm_bit_count(value->type) > QASM_MAX_WIDTH)
        return "these are more than 128 bits, and no integer can be made of them";
    if (value->type->kind == QASM_BIT)
        number = qasm_bits_number(value);
    if (value->type->kind == QASM_FLOAT) {
        if (!isfinite(value->real))
            return "this is not a finite number, and no integer can be made of it";
        double whole = trunc(value->real), rest = fmod(fabs(whole), ldexp(1, QASM_MAX_WIDTH));
        number = whole < 0 ? -(qry_u128)rest : (qry_u128)rest;
    }
    *result = qasm_value_integer(to, number);
    return NULL;
}

static const char *to_angle(const struct qasm_value *value, const struct qasm_type *to, struct qasm_value *result)
{
    const struct qasm_type *from = value->type;
    *result = (struct qasm_value){.type = to};
    if (from->kind == QASM_BIT)
        result->natural = qasm_bits_number(value);
    else if (from->kind == QASM_ANGLE)
        result->natural = from->width > to->width ? value->natural >> (from->width - to->width)
                                                  : value->natural << (to->width - from->width);
    else if (!isfinite(qasm_value_real(value)))
        return "this is not a finite number, and no angle can be made of it";
    else
        result->natural = qasm_angle_units(qasm_value_real(value), to->width);
    return NULL;
}

static const char *to_complex(const struct qasm_value *value, const struct qasm_type *to, struct qasm_value *result)
{
    double re = qasm_value_real(value), im = value->type->kind == QASM_COMPLEX ? value->im : 0;
    *result = (struct qasm_value){.type = to};
    result->re = qasm_round_real(re, to->width);
    result->im = qasm_round_real(im, to->width);
    return NULL;
}

static const char *to_array(qry_arena *arena, const struct qasm_value *value, const struct qasm_type *to,
                            struct qasm_value *result)
{
    const struct qasm_type *shaped = to->shape[0] ? to : value->type;
    size_t count = items_of(shaped);
    *result = (struct qasm_value){.type = shaped};
    result->items = qry_arena_alloc(arena, count, sizeof *result->items);
    for (size_t i = 0; i < count; i++) {
        const char *wrong = qasm_convert(arena, &value->items[i], to->base, &result->items[i]);
        if (wrong)
            return wrong;
    }
    return NULL;
}

const char *qasm_convert(qry_arena *arena, const struct qasm_value *value, const struct qasm_type *to,
                         struct qasm_value *result)
{
    struct qasm_value from = *value; /* result may be the same struct */
    if (to->kind == QASM_BIT && to->width == QASM_UNSIZED)
        to = from.type;
    if (from.unknown) {
        *result = qasm_value_zero(arena, to);
        result->unknown = true;
        return NULL;
    }
    switch (to->kind) {
    case QASM_BOOL: {
        bool truth = qasm_is_true(&from);
        *result = (struct qasm_value){.type = to};
        result->truth = truth;
        return NULL;
    }
    case QASM_BIT:
        return to_bits(arena, &from, to, result);
    case QASM_INT:
    case QASM_UINT:
        return to_integer(&from, to, result);
    case QASM_FLOAT:
        *result = (struct qasm_value){.type = to};
        result->real = qasm_round_real(qasm_value_real(&from), to->width);
        return NULL;
    case QASM_ANGLE:
        return to_angle(&from, to, result);
    case QASM_COMPLEX:
        return to_complex(&from, to, result);
    case QASM_ARRAY:
        return to_array(arena, &from, to, result);
    default:
        *result = from;
        result->type = to;
        return NULL;
    }
}
