/* decimal.c: decimal numbers to doubles, as strtod rounds them, in the time that a gate may take. A number of at most 19
 * digits is w / 10^k, w below 2^64: exact in double arithmetic when both fit 53 bits, else by one division of integers
 * whose remainder says how to round. The rest is strtod's. */
#include "qasm/read/decimal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    MOST_DIGITS = 19,  /* 10^19 - 1 is below 2^64 */
    EXACT_POWERS = 22, /* 10^22 is a double */
    MOST_FIVES = 27    /* 5^27 is below 2^63 */
};

static const double powers_of_ten[EXACT_POWERS + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                       1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                       1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static const uint64_t powers_of_five[MOST_FIVES + 1] = {1u,
                                                        5u,
                                                        25u,
                                                        125u,
                                                        625u,
                                                        3125u,
                                                        15625u,
                                                        78125u,
                                                        390625u,
                                                        1953125u,
                                                        9765625u,
                                                        48828125u,
                                                        244140625u,
                                                        1220703125u,
                                                        6103515625u,
                                                        30517578125u,
                                                        152587890625u,
                                                        762939453125u,
                                                        3814697265625u,
                                                        19073486328125u,
                                                        95367431640625u,
                                                        476837158203125u,
                                                        2384185791015625u,
                                                        11920928955078125u,
                                                        59604644775390625u,
                                                        298023223876953125u,
                                                        1490116119384765625u,
                                                        7450580596923828125u};

/* 2^exponent, of a double that is not near its ends. */
static double power_of_two(int exponent)
{
    uint64_t bits = (uint64_t)(exponent + 1023) << 52;
    double power;
    memcpy(&power, &bits, sizeof power);
    return power;
}

/* w / (5^k 2^k), w > 0, to the nearest double, ties to even. Both are shifted until their highest bit is bit 63; the
 * quotient then has 63 or 64 bits, ten more than a double keeps, and the remainder stands for the rest. */
static double divided(uint64_t w, unsigned k)
{
    int up = QRY_LEADING_ZEROS(w), down = QRY_LEADING_ZEROS(powers_of_five[k]);
    uint64_t divisor = powers_of_five[k] << down;
    qry_u128 dividend = (qry_u128)(w << up) << 63;
    uint64_t quotient = (uint64_t)(dividend / divisor);
    bool rest = (uint64_t)dividend != quotient * divisor;
    int drop = quotient >> 63 ? 11 : 10; /* what is left has 53 bits */
    uint64_t kept = quotient >> drop, half = (uint64_t)1 << (drop - 1), cut = quotient & (2 * half - 1);
    kept += cut > half || (cut == half && (rest || (kept & 1)));
    return (double)kept * power_of_two(drop - 63 - up + down - (int)k);
}

static const char *by_library(const char *text, double *value)
{
    char *end;
    *value = strtod(text, &end);
    return isinf(*value) ? NULL : end;
}

/* Digits from *at on are put behind w; *at moves behind them. More than 19 of them do not fit: the caller counts. */
static uint64_t digits(const char **at, uint64_t w)
{
    unsigned digit;
    for (; (digit = (unsigned)(unsigned char)**at - '0') < 10; ++*at)
        w = 10 * w + digit;
    return w;
}

/* An exponent of at most three digits; false where there is none. */
static bool exponent(const char **at, int *value)
{
    const char *p = *at + 1;
    bool negative = *p == '-';
    p += *p == '-' || *p == '+';
    const char *from = p;
    int number = 0;
    while (p - from < 4 && *p >= '0' && *p <= '9')
        number = 10 * number + (*p++ - '0');
    *value = negative ? -number : number;
    *at = p;
    return p > from && p - from < 4;
}

static bool ends(char c)
{
    bool word = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.';
    return !word && (unsigned char)c < 0x80;
}

const char *qry_decimal(const char *text, double *value, bool *whole)
{
    const char *at = text;
    uint64_t w = digits(&at, 0);
    long count = at - text, fraction = 0;
    int ten = 0;
    *whole = *at != '.' && (*at | 0x20) != 'e';
    if (*at == '.') {
        const char *point = at++;
        w = digits(&at, w);
        fraction = at - point - 1;
        count += fraction;
    }
    if (count == 0 || ((*at | 0x20) == 'e' && !exponent(&at, &ten)) || !ends(*at))
        return NULL;
    ten -= (int)(fraction < 1000 ? fraction : 1000);
    if (count > MOST_DIGITS || ten > EXACT_POWERS || ten < -MOST_FIVES)
        return by_library(text, value) == at ? at : NULL;
    bool small = w <= (uint64_t)1 << 53;
    if (ten == 0)
        *value = (double)w;
    else if (small && ten >= -EXACT_POWERS)
        *value = ten < 0 ? (double)w / powers_of_ten[-ten] : (double)w * powers_of_ten[ten];
    else if (ten > 0)
        return by_library(text, value) == at ? at : NULL;
    else
        *value = divided(w, (unsigned)-ten);
    return at;
}
