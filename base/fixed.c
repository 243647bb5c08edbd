/* fixed.c: fixed-point types: their ranges, their names, and rounding into them. */
#include "base_internal.h"

#include <math.h>

int qry_type_width(qry_type type) { return type.integer + type.fraction; }

static int checked_width(qry_type type)
{
    int width = qry_type_width(type);
    qry_must(width >= 1 && width <= QRY_MAX_WIDTH);
    return width;
}

int64_t qry_type_min(qry_type type)
{
    int width = checked_width(type);
    return type.is_signed ? -(INT64_C(1) << (width - 1)) : 0;
}

int64_t qry_type_max(qry_type type)
{
    int width = checked_width(type);
    return (INT64_C(1) << (type.is_signed ? width - 1 : width)) - 1;
}

const char *qry_type_text(qry_arena *arena, qry_type type)
{
    if (type.is_bool)
        return "bool";
    const char *sign = type.is_signed ? "" : "u";
    if (type.fraction == 0)
        return qry_arena_printf(arena, "%sint(%d)", sign, type.integer);
    return qry_arena_printf(arena, "%sfixed(%d,%d)", sign, type.integer, type.fraction);
}

/* The mantissa itself, or the nearer end of the range. */
static int64_t clip(qry_type type, qry_i128 mantissa, bool *saturated)
{
    int64_t low = qry_type_min(type), high = qry_type_max(type);
    *saturated = mantissa < low || mantissa > high;
    return mantissa < low ? low : mantissa > high ? high : (int64_t)mantissa;
}

/* Beyond every range, and far from the end of 128 bits. */
static qry_i128 beyond(bool negative) { return negative ? -((qry_i128)1 << 100) : (qry_i128)1 << 100; }

int64_t qry_type_round(qry_type type, double value, bool *saturated)
{
    qry_must(isfinite(value));
    double mantissa = rint(ldexp(value, type.fraction)); /* exact but for the rounding; infinite if out of reach */
    return clip(type, fabs(mantissa) < 0x1p63 ? (qry_i128)mantissa : beyond(mantissa < 0), saturated);
}

int64_t qry_type_round_integer(qry_type type, qry_i128 value, bool *saturated)
{
    qry_must(value >= -((qry_i128)1 << 63) && value < (qry_i128)1 << 64);
    int f = type.fraction;
    if (f > QRY_MAX_WIDTH && value)
        return clip(type, beyond(value < 0), saturated);
    if (f >= 0)
        return clip(type, value ? value * ((qry_i128)1 << f) : 0, saturated); /* under 2^126 */
    if (f < -65)
        return clip(type, 0, saturated); /* under a half */
    qry_i128 unit = (qry_i128)1 << -f, rest = value & (unit - 1), floor = (value - rest) / unit;
    bool up = rest > unit / 2 || (rest == unit / 2 && floor % 2 != 0);
    return clip(type, floor + up, saturated);
}
