/* npy_items.c: every type of items that a .npy file may have, widened to 64 bits. The one table below is what the
 * reader knows of them. */
#include "npy.h"

#include <float.h>
#include <math.h>
#include <string.h>

_Static_assert(FLT_MANT_DIG == 24 && DBL_MANT_DIG == 53, "float and double are IEEE binary32 and binary64");

static inline uint8_t swap8(uint8_t x) { return x; }
static inline uint16_t swap16(uint16_t x) { return (uint16_t)(x << 8 | x >> 8); }
static inline uint32_t swap32(uint32_t x) { return x << 24 | (x & 0xff00) << 8 | (x >> 8 & 0xff00) | x >> 24; }
static inline uint64_t swap64(uint64_t x) { return (uint64_t)swap32((uint32_t)x) << 32 | swap32((uint32_t)(x >> 32)); }

/* One loop for each type: `bits` is the item as an unsigned number of that many bits. */
#define WIDEN(name, width, result, convert)                                                                            \
    static bool name(const unsigned char *bytes, size_t count, bool swap, void *items)                                 \
    {                                                                                                                  \
        result *out = items;                                                                                           \
        bool good = true;                                                                                              \
        for (size_t i = 0; i < count; i++) {                                                                           \
            uint##width##_t bits;                                                                                      \
            memcpy(&bits, bytes + i * sizeof bits, sizeof bits);                                                       \
            bits = swap ? swap##width(bits) : bits;                                                                    \
            convert;                                                                                                   \
        }                                                                                                              \
        return good;                                                                                                   \
    }

WIDEN(widen_b1, 8, uint64_t, (out[i] = bits, good &= bits <= 1))
WIDEN(widen_u1, 8, uint64_t, out[i] = bits)
WIDEN(widen_u2, 16, uint64_t, out[i] = bits)
WIDEN(widen_u4, 32, uint64_t, out[i] = bits)
WIDEN(widen_u8, 64, uint64_t, out[i] = bits)
WIDEN(widen_i1, 8, int64_t, out[i] = (int8_t)bits)
WIDEN(widen_i2, 16, int64_t, out[i] = (int16_t)bits)
WIDEN(widen_i4, 32, int64_t, out[i] = (int32_t)bits)
WIDEN(widen_i8, 64, int64_t, out[i] = (int64_t)bits)

static inline double from_single(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline double from_double(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline double from_half(uint16_t bits)
{
    uint64_t exponent = bits >> 10 & 31, mantissa = bits & 1023;
    exponent = exponent == 31 ? 2047 : exponent + 1008; /* the bias is 15 there, 1023 here */
    double size = bits & 0x7c00 ? from_double(exponent << 52 | mantissa << 42) : (double)mantissa * 0x1p-24;
    return bits >> 15 ? -size : size;
}

/* The exponent of what is not finite is all ones. */
WIDEN(widen_f2, 16, double, (out[i] = from_half(bits), good &= (bits & 0x7c00) != 0x7c00))
WIDEN(widen_f4, 32, double, (out[i] = from_single(bits), good &= (bits & 0x7f800000) != 0x7f800000))
WIDEN(widen_f8, 64, double, (out[i] = from_double(bits), good &= (bits & 0x7ff0000000000000) != 0x7ff0000000000000))

/* The 80-bit number of x86: mantissa * 2^(exponent - 16446), the first bit of the mantissa being its integer part.
 * Rounded once to the nearest double, ties to even; infinite beyond the range of double. */
static double from_extended(uint64_t mantissa, int exponent)
{
    if (exponent == 0x7fff)
        return mantissa << 1 ? (double)NAN : (double)INFINITY;
    if (exponent > 0 && !(mantissa >> 63))
        return (double)NAN; /* no number to the processor either */
    int scale = (exponent ? exponent : 1) - 16446;
    if (scale >= -1022 - 63) /* a normal double: the conversion rounds, the scaling is exact */
        return ldexp((double)mantissa, scale);
    int drop = -1074 - scale; /* at least 12 bits; the last that stays is worth the least double */
    if (drop > 64)
        return 0;
    uint64_t kept = drop < 64 ? mantissa >> drop : 0, rest = mantissa << (64 - drop), half = UINT64_C(1) << 63;
    kept += rest > half || (rest == half && kept % 2);
    return ldexp((double)kept, -1074);
}

static bool widen_f16(const unsigned char *bytes, size_t count, bool swap, void *items)
{
    double *out = items;
    bool low_first = npy_little_endian() != swap, good = true;
    for (size_t i = 0; i < count; i++, bytes += 16) {
        uint64_t mantissa = 0;
        unsigned top = 0; /* sign and exponent; the six bytes above mean nothing */
        for (int k = 9; k >= 0; k--) {
            unsigned char byte = bytes[low_first ? k : 15 - k];
            if (k >= 8)
                top = top << 8 | byte;
            else
                mantissa = mantissa << 8 | byte;
        }
        double size = from_extended(mantissa, top & 0x7fff);
        out[i] = top >> 15 ? -size : size;
        good &= isfinite(out[i]) != 0;
    }
    return good;
}

static const npy_type types[] = {
    {"b1", 1, QRY_ARRAY_UNSIGNED, widen_b1}, {"?", 1, QRY_ARRAY_UNSIGNED, widen_b1},
    {"i1", 1, QRY_ARRAY_SIGNED, widen_i1},   {"i2", 2, QRY_ARRAY_SIGNED, widen_i2},
    {"i4", 4, QRY_ARRAY_SIGNED, widen_i4},   {"i8", 8, QRY_ARRAY_SIGNED, widen_i8},
    {"u1", 1, QRY_ARRAY_UNSIGNED, widen_u1}, {"u2", 2, QRY_ARRAY_UNSIGNED, widen_u2},
    {"u4", 4, QRY_ARRAY_UNSIGNED, widen_u4}, {"u8", 8, QRY_ARRAY_UNSIGNED, widen_u8},
    {"f2", 2, QRY_ARRAY_REAL, widen_f2},     {"f4", 4, QRY_ARRAY_REAL, widen_f4},
    {"f8", 8, QRY_ARRAY_REAL, widen_f8},     {"f16", 16, QRY_ARRAY_REAL, widen_f16},
};

const npy_type *qry_npy_type_find(const char *name, size_t length)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (strlen(types[i].name) == length && memcmp(types[i].name, name, length) == 0)
            return &types[i];
    return NULL;
}
