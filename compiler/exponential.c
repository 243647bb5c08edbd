/* exponential.c: e^x as fixed point, the same on every machine: integers of 128 bits, no floating point in the result.
 *
 * x = k ln 2 + r with 0 <= r < ln 2, and e^x = 2^k e^r. Everything has 120 fraction bits; ln 2 is off by half a unit of the
 * last, k goes to 93, and each of the 35 terms of the series for e^r loses less than two: e^r is right to 2^-112. With at
 * most 62 bits in the result this is rounding to nearest unless e^x lies within 2^-50 units of a tie, which by Lindemann's
 * theorem it is never on but for x = 0, where it is exact. */
#include "compiler/fold.h"

enum { BITS = 120 };

/* Beyond this the result is 0, or needs more than 62 bits, on any number of fraction bits that the language has. */
enum { FAR = 64 };

static const qry_i128 far = (qry_i128)FAR << BITS;
static const qry_i128 ln_2 = (qry_i128)0xb17217f7d1cf79 << 64 | 0xabc9e3b39803f2f7;

/* a * b, both below 2. */
static qry_u128 times(qry_u128 a, qry_u128 b)
{
    uint64_t a0 = (uint64_t)a, a1 = (uint64_t)(a >> 64), b0 = (uint64_t)b, b1 = (uint64_t)(b >> 64);
    qry_u128 low = (qry_u128)a0 * b0, left = (qry_u128)a1 * b0, right = (qry_u128)a0 * b1;
    qry_u128 middle = (low >> 64) + (uint64_t)left + (uint64_t)right;
    qry_u128 high = (qry_u128)a1 * b1 + (left >> 64) + (right >> 64) + (middle >> 64);
    return high << (128 - BITS) | (middle << 64 | (uint64_t)low) >> BITS;
}

/* e^r by its series. */
static qry_u128 series(qry_u128 r)
{
    qry_u128 term = (qry_u128)1 << BITS, sum = 0;
    for (unsigned n = 1; term; n++) {
        sum += term;
        term = times(term, r) / n;
    }
    return sum;
}

/* x within -FAR .. FAR. */
static bool exponential(qry_i128 x, int precision, int64_t *result)
{
    int k = (int)((double)x / (double)ln_2);
    qry_i128 r = x - k * ln_2;
    for (; r < 0; k--)
        r += ln_2;
    for (; r >= ln_2; k++)
        r -= ln_2;
    /* 2^k e^r on `precision` bits is e^r >> shift, rounded; e^r is from 2^BITS to 2^(BITS + 1). From BITS + 2 on that is
     * below 1/2; up to BITS - QRY_MAX_WIDTH it has more than QRY_MAX_WIDTH bits. Between
     * the two the shift is a proper one, and half a unit is at least 1. */
    int shift = BITS - k - precision;
    qry_u128 power = series((qry_u128)r);
    *result = 0;
    if (shift >= BITS + 2)
        return true; /* less than half a unit */
    if (shift <= BITS - QRY_MAX_WIDTH)
        return false;
    *result = (int64_t)((power + ((qry_u128)1 << (shift - 1))) >> shift);
    return *result >> QRY_MAX_WIDTH == 0;
}

bool qry_exponential_of_rational(qry_rational x, int precision, int64_t *result)
{
    int64_t whole = x.num / x.den - (x.num % x.den < 0);
    if (whole < -FAR || whole >= FAR)
        return exponential(whole < 0 ? -far : far, precision, result);
    qry_i128 fixed = whole;
    qry_u128 rest = (qry_u128)((qry_i128)x.num - (qry_i128)whole * x.den);
    for (int i = 0; i < BITS; i++) {
        rest *= 2;
        fixed = 2 * fixed + (rest >= (qry_u128)x.den);
        rest -= rest >= (qry_u128)x.den ? (qry_u128)x.den : 0;
    }
    return exponential(fixed, precision, result);
}

bool qry_exponential(int64_t mantissa, int fraction, int precision, int64_t *result)
{
    int up = BITS - fraction;
    qry_i128 fixed;
    if (up < 0)
        fixed = mantissa >> (up > -62 ? -up : 62); /* mantissas have at most 62 bits */
    else if (up >= BITS + 7 || mantissa >= far >> up || mantissa < -far >> up)
        fixed = mantissa < 0 ? -far : mantissa > 0 ? far : 0;
    else
        fixed = (qry_i128)mantissa * ((qry_i128)1 << up);
    return exponential(fixed, precision, result);
}
