/* rational_test.c: exact fractions against 128-bit integers and against the decimal system. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 200000 };

/* Numbers of every size, ends of the range included. */
static int64_t any_integer(qry_random *random)
{
    static const int64_t ends[] = {INT64_MIN, INT64_MIN + 1, -1, 0, 1, INT64_MAX - 1, INT64_MAX, INT64_C(1) << 62};
    if (qry_random_below(random, 8) == 0)
        return ends[qry_random_below(random, 8)];
    return (int64_t)qry_random_next(random) >> qry_random_below(random, 64);
}

static qry_rational any_rational(qry_random *random)
{
    qry_rational a = {0, 1};
    while (!qry_rational_make(any_integer(random), any_integer(random), &a))
        ;
    return a;
}

static bool fits(qry_i128 a) { return a >= INT64_MIN && a <= INT64_MAX; }

/* Checks that *result, if done, is num / den in lowest terms; if not done, that it cannot be. */
static void expect_fraction(bool done, qry_rational result, qry_i128 num, qry_i128 den)
{
    qry_i128 a = num < 0 ? -num : num, b = den < 0 ? -den : den;
    while (b) {
        qry_i128 rest = a % b;
        a = b;
        b = rest;
    }
    bool possible = den != 0;
    if (possible) {
        num /= den < 0 ? -a : a;
        den /= den < 0 ? -a : a;
        possible = fits(num) && fits(den);
    }
    assert_int_equal(done, possible);
    if (done) {
        assert_true(result.num == num);
        assert_true(result.den == den);
    } else
        assert_true(result.num == 77 && result.den == 1); /* left alone */
}

static void test_arithmetic(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 1, 1);
    for (int i = 0; i < ROUNDS; i++) {
        int64_t x = any_integer(&random), y = any_integer(&random);
        qry_rational r = {77, 1}, a = any_rational(&random), b = any_rational(&random);
        qry_i128 an = a.num, ad = a.den, bn = b.num, bd = b.den;
        expect_fraction(qry_rational_make(x, y, &r), r, x, y);
        r = (qry_rational){77, 1};
        expect_fraction(qry_rational_add(a, b, &r), r, an * bd + bn * ad, ad * bd);
        r = (qry_rational){77, 1};
        expect_fraction(qry_rational_sub(a, b, &r), r, an * bd - bn * ad, ad * bd);
        r = (qry_rational){77, 1};
        expect_fraction(qry_rational_mul(a, b, &r), r, an * bn, ad * bd);
        int order = an * bd > bn * ad ? 1 : an * bd < bn * ad ? -1 : 0;
        assert_int_equal(qry_rational_compare(a, b), order);
        assert_int_equal(qry_rational_compare(b, a), -order);
        assert_int_equal(qry_rational_compare(a, a), 0);
    }
}

static void test_scale(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 2, 2);
    for (int i = 0; i < ROUNDS; i++) {
        qry_rational a = any_rational(&random), r = {77, 1};
        int shift = (int)qry_random_below(&random, 127) - 63;
        qry_i128 power = (qry_i128)1 << abs(shift);
        if (shift >= 0)
            expect_fraction(qry_rational_scale(a, shift, &r), r, a.num * power, a.den);
        else
            expect_fraction(qry_rational_scale(a, shift, &r), r, a.num, a.den * power);
    }
    qry_rational r = {77, 1};
    assert_false(qry_rational_scale((qry_rational){1, 3}, 64, &r));
    assert_false(qry_rational_scale((qry_rational){1, 3}, INT32_MAX, &r));
    assert_false(qry_rational_scale((qry_rational){1, 3}, INT32_MIN, &r));
    assert_int_equal(r.num, 77);
    assert_true(qry_rational_scale((qry_rational){0, 1}, INT32_MIN, &r));
    assert_true(r.num == 0 && r.den == 1);
    assert_true(qry_rational_scale((qry_rational){INT64_MIN, 1}, -125, &r));
    assert_true(r.num == -1 && r.den == INT64_C(1) << 62);
    assert_true(qry_rational_scale((qry_rational){1, INT64_C(1) << 62}, 124, &r));
    assert_true(r.num == INT64_C(1) << 62 && r.den == 1);
}

/* The double is within half a unit of its last place, and even if exactly half: m * 2^e with 53 bits of m. */
static void expect_nearest(qry_rational a)
{
    int exponent;
    double value = fabs(qry_rational_to_double(a));
    qry_u128 m = (uint64_t)ldexp(frexp(value, &exponent), 53);
    exponent -= 53;
    qry_u128 n = a.num < 0 ? -(qry_u128)a.num : (qry_u128)a.num, d = (qry_u128)a.den;
    if (exponent <= 0) /* then both sides stay under 2^118 */
        n <<= -exponent;
    else
        d <<= exponent;
    qry_u128 product = m * d, distance = product > n ? product - n : n - product;
    assert_true(2 * distance < d || (2 * distance == d && m % 2 == 0));
    assert_int_equal(qry_rational_to_double(a) < 0, a.num < 0);
}

static void test_to_double(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 4, 4);
    for (int i = 0; i < ROUNDS; i++) {
        qry_rational a = any_rational(&random);
        if (a.num)
            expect_nearest(a);
    }
    for (int64_t k = -3; k <= 3; k++) /* near ties, from both sides */
        for (int shift = 0; shift <= 8; shift++) {
            expect_nearest((qry_rational){(INT64_C(1) << 54) + 2 + k, 1});
            expect_nearest((qry_rational){INT64_MAX - (INT64_C(1) << shift) - 3 + k, (INT64_C(1) << 62) - 1});
        }
    assert_true(qry_rational_to_double((qry_rational){0, 1}) == 0);
    assert_true(qry_rational_to_double((qry_rational){INT64_MIN, 1}) == -0x1p63);
    assert_true(qry_rational_to_double((qry_rational){1, 10}) == 0.1);
    assert_true(qry_rational_to_double((qry_rational){1, INT64_MAX}) == 0x1p-63);
}

static void test_literals(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t num, den; /* den 0: no literal, or it does not fit */
    } cases[] = {
        {"12", 12, 1},
        {"0", 0, 1},
        {".5", 1, 2},
        {"5.", 5, 1},
        {"0.25", 1, 4},
        {"1.5e-3", 3, 2000},
        {"1.5E+3", 1500, 1},
        {"150e-1", 15, 1},
        {"2.5e1", 25, 1},
        {"000012.50000000000000000000000000000000000000000", 25, 2},
        {"12000000000000000000000000000000e-30", 12, 1},
        {"0e99999999999999999999999999", 0, 1},
        {"0.000e-99999999999999999999999999", 0, 1},
        {"9223372036854775807", INT64_MAX, 1},
        {"922337203685477580.7e1", INT64_MAX, 1},
        {"9223372036854775808", 0, 0},
        {"0.00000000000000000021684043449710088680149056017398834228515625", 1, INT64_C(1) << 62},
        {"0.000000000000000000108420217248550443400745280086994171142578125", 0, 0}, /* 2^-63 */
        {"1e18", INT64_C(1000000000000000000), 1},
        {"1e19", 0, 0},
        {"1e-18", 1, INT64_C(1000000000000000000)},
        {"1e-19", 0, 0},
        {"1e99999999999999999999999999", 0, 0},
        {"1e-99999999999999999999999999", 0, 0},
        {"3.0000000000000000001", 0, 0},
        {"9223372036854775807.5", 0, 0},
        {"", 0, 0},
        {".", 0, 0},
        {"e5", 0, 0},
        {".e5", 0, 0},
        {"1e", 0, 0},
        {"1e+", 0, 0},
        {"1e5x", 0, 0},
        {"1.2.3", 0, 0},
        {"+1", 0, 0},
        {"-1", 0, 0},
        {" 1", 0, 0},
        {"1 ", 0, 0},
        {"0x1", 0, 0},
        {"inf", 0, 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        qry_rational r = {77, 1};
        bool done = qry_rational_parse(cases[i].text, strlen(cases[i].text), &r);
        if (done != (cases[i].den != 0))
            fail_msg("\"%s\": %d", cases[i].text, done);
        assert_true(done ? r.num == cases[i].num && r.den == cases[i].den : r.num == 77);
    }
    qry_rational r;
    assert_true(qry_rational_parse("12345", 2, &r)); /* the length counts, not the zero */
    assert_int_equal(r.num, 12);
}

/* Random decimal literals: digits, a point and an exponent somewhere, against digits * 10^k in 128 bits. */
static void test_random_literals(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 5, 5);
    for (int i = 0; i < 50000; i++) {
        uint64_t digits = qry_random_next(&random) >> (1 + qry_random_below(&random, 62));
        char plain[32], text[64];
        int length = snprintf(plain, sizeof plain, "%llu", (unsigned long long)digits);
        int point = (int)qry_random_below(&random, (uint64_t)length + 1),
            exponent = (int)qry_random_below(&random, 37) - 18;
        snprintf(text, sizeof text, "%.*s.%se%d", point, plain, plain + point, exponent);
        int power = exponent - (length - point);
        qry_i128 factor = 1;
        qry_rational r = {77, 1};
        bool done = qry_rational_parse(text, strlen(text), &r);
        if (abs(power) > 18) {
            assert_true(!done || r.den <= INT64_MAX);
            continue;
        }
        for (int k = 0; k < abs(power); k++)
            factor *= 10;
        if (power >= 0)
            expect_fraction(done, r, digits * factor, 1);
        else
            expect_fraction(done, r, (qry_i128)digits, factor);
    }
}

static void test_long_literal(void **state)
{
    (void)state;
    enum { LENGTH = 1000000 };
    char *text = malloc(LENGTH);
    memset(text, '0', LENGTH);
    text[0] = '7';
    text[1] = '.';
    qry_rational r;
    assert_true(qry_rational_parse(text, LENGTH, &r));
    assert_true(r.num == 7 && r.den == 1);
    text[LENGTH - 1] = '1';
    assert_false(qry_rational_parse(text, LENGTH, &r));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_arithmetic), TEST(test_scale),           TEST(test_to_double),
        TEST(test_literals),   TEST(test_random_literals), TEST(test_long_literal),
    };
    return cmocka_run_group_tests_name("rational", tests, NULL, NULL);
}
