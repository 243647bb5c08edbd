/* rational.c: exact fractions of 64-bit integers. Every operation works on 128 bits, reduces, and looks whether the
 * result fits. */
#include "base.h"

#include <math.h>

static qry_u128 common_divisor(qry_u128 a, qry_u128 b)
{
    while (b) {
        qry_u128 rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* num / den in lowest terms. Numerators and denominators of the operations below stay under 2^127. */
static bool settle(qry_i128 num, qry_i128 den, qry_rational *result)
{
    if (den == 0)
        return false;
    bool negative = (num < 0) != (den < 0);
    qry_u128 n = num < 0 ? -(qry_u128)num : (qry_u128)num, d = den < 0 ? -(qry_u128)den : (qry_u128)den;
    qry_u128 divisor = common_divisor(n, d);
    n /= divisor;
    d /= divisor;
    if (n > (qry_u128)INT64_MAX + (negative ? 1 : 0) || d > INT64_MAX)
        return false;
    *result = (qry_rational){(int64_t)(negative ? -n : n), (int64_t)d};
    return true;
}

bool qry_rational_make(int64_t num, int64_t den, qry_rational *result) { return settle(num, den, result); }

bool qry_rational_add(qry_rational a, qry_rational b, qry_rational *result)
{
    return settle((qry_i128)a.num * b.den + (qry_i128)b.num * a.den, (qry_i128)a.den * b.den, result);
}

bool qry_rational_sub(qry_rational a, qry_rational b, qry_rational *result)
{
    return settle((qry_i128)a.num * b.den - (qry_i128)b.num * a.den, (qry_i128)a.den * b.den, result);
}

bool qry_rational_mul(qry_rational a, qry_rational b, qry_rational *result)
{
    return settle((qry_i128)a.num * b.num, (qry_i128)a.den * b.den, result);
}

int qry_rational_compare(qry_rational a, qry_rational b)
{
    qry_i128 left = (qry_i128)a.num * b.den, right = (qry_i128)b.num * a.den;
    return (left > right) - (left < right);
}

bool qry_rational_scale(qry_rational a, int shift, qry_rational *result)
{
    /* Twos are taken from the other side first, so that what fits at the end never overflows on the way. */
    for (; shift > 0 && a.den % 2 == 0; shift--)
        a.den /= 2;
    for (; shift < 0 && a.num % 2 == 0 && a.num; shift++)
        a.num /= 2;
    for (; shift > 0 && a.num; shift--)
        if (QRY_MUL_OVERFLOWS(a.num, 2, &a.num))
            return false;
    for (; shift < 0 && a.num; shift++)
        if (QRY_MUL_OVERFLOWS(a.den, 2, &a.den))
            return false;
    *result = a.num ? a : (qry_rational){0, 1};
    return true;
}

static int bit_length(qry_u128 a)
{
    int length = 0;
    for (; a; a >>= 1)
        length++;
    return length;
}

/* Rounded once: a quotient of at least 55 bits whose last bit also stands for everything behind it rounds to 53 bits
 * as the fraction itself would. */
double qry_rational_to_double(qry_rational a)
{
    qry_u128 n = a.num < 0 ? -(qry_u128)a.num : (qry_u128)a.num, d = (qry_u128)a.den;
    int shift = 56 + bit_length(d) - bit_length(n);
    if (n == 0 || shift < 0)
        shift = 0;
    n <<= shift;
    uint64_t quotient = (uint64_t)(n / d) | (n % d != 0);
    double value = ldexp((double)quotient, -shift);
    return a.num < 0 ? -value : value;
}

/* ---- literals ---- */

struct literal {
    const char *text;
    int64_t digits;
    int64_t dot; /* digits before the dot in the text */
    int64_t
        point; /* digits before the decimal point once the exponent has moved it: may be negative or beyond the end */
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* [0-9]* [. [0-9]*] [(e|E) [+|-] [0-9]+], with a digit before the exponent. */
static bool scan_literal(const char *text, size_t length, struct literal *literal)
{
    size_t i = 0, dot = SIZE_MAX;
    for (; i < length && (is_digit(text[i]) || (text[i] == '.' && dot == SIZE_MAX)); i++)
        if (text[i] == '.')
            dot = i;
    int64_t digits = (int64_t)i - (dot != SIZE_MAX), before = dot != SIZE_MAX ? (int64_t)dot : digits;
    *literal = (struct literal){text, digits, before, before};
    if (digits == 0 || i == length)
        return digits > 0;
    if (text[i] != 'e' && text[i] != 'E')
        return false;
    i++;
    bool minus = i < length && text[i] == '-';
    i += i < length && (text[i] == '-' || text[i] == '+');
    if (i == length)
        return false;
    int64_t exponent = 0;
    for (; i < length && is_digit(text[i]); i++)
        if (exponent < INT64_C(1) << 56) /* beyond the length of any text */
            exponent = 10 * exponent + (text[i] - '0');
    literal->point += minus ? -exponent : exponent;
    return i == length;
}

static int digit(const struct literal *literal, int64_t i)
{
    return i < literal->digits ? literal->text[i + (i >= literal->dot)] - '0' : 0;
}

static bool whole_part(const struct literal *literal, int64_t *whole)
{
    *whole = 0;
    for (int64_t i = 0; i < literal->point && (*whole || i < literal->digits); i++)
        if (QRY_MUL_OVERFLOWS(*whole, 10, whole) || QRY_ADD_OVERFLOWS(*whole, digit(literal, i), whole))
            return false;
    return true;
}

/* From the last digit to the first: the denominator of every step divides that of the result times a power of ten, so
 * that a step overflows only when the result does. */
static bool fraction_part(const struct literal *literal, qry_rational *part)
{
    *part = (qry_rational){0, 1};
    int64_t first = literal->point > 0 ? literal->point : 0;
    for (int64_t i = literal->digits - 1; i >= first; i--)
        if (!settle(part->num + (qry_i128)digit(literal, i) * part->den, (qry_i128)part->den * 10, part))
            return false;
    for (int64_t zeros = literal->point; zeros < 0 && part->num; zeros++)
        if (!settle(part->num, (qry_i128)part->den * 10, part))
            return false;
    return true;
}

bool qry_rational_parse(const char *text, size_t length, qry_rational *result)
{
    struct literal literal;
    int64_t whole;
    qry_rational part;
    return scan_literal(text, length, &literal) && whole_part(&literal, &whole) && fraction_part(&literal, &part) &&
           qry_rational_add((qry_rational){whole, 1}, part, result);
}
