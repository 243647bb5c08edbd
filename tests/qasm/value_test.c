/* value_test.c: qasm/program/value.c and text.c: conversions, and values as text. */
#include "values.h"

#include <math.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

/* Integers of all widths up to 8 into all others, against remainders. */
static void test_integers(void **state)
{
    struct values *v = *state;
    for (uint32_t from = 1; from <= 8; from++)
        for (uint32_t to = 1; to <= 8; to++)
            for (int number = -(1 << (from - 1)); number < 1 << (from - 1); number++) {
                struct qasm_value a = integer(v, QASM_INT, from, number), b, c;
                assert_null(qasm_convert(v->arena, &a, kind(v, QASM_UINT, to), &b));
                assert_null(qasm_convert(v->arena, &a, kind(v, QASM_INT, to), &c));
                int rest = number & ((1 << to) - 1);
                assert_int_equal((int)b.natural, rest);
                assert_int_equal((int)(qry_i128)c.natural, rest >= 1 << (to - 1) ? rest - (1 << to) : rest);
            }
}

/* Bits and numbers of the same width are the same pattern. */
static void test_bits_and_integers(void **state)
{
    struct values *v = *state;
    for (uint32_t width = 1; width <= 8; width++)
        for (int number = 0; number < 1 << width; number++) {
            struct qasm_value a = integer(v, QASM_UINT, width, number), b, c, d, e;
            assert_null(qasm_convert(v->arena, &a, kind(v, QASM_BIT, width), &b));
            for (uint32_t i = 0; i < width; i++)
                assert_int_equal(b.bits[i], number >> i & 1);
            assert_null(qasm_convert(v->arena, &b, kind(v, QASM_UINT, width), &c));
            assert_int_equal((int)c.natural, number);
            assert_null(qasm_convert(v->arena, &b, kind(v, QASM_INT, width), &d));
            assert_int_equal((int)(qry_i128)d.natural, number >= 1 << (width - 1) ? number - (1 << width) : number);
            assert_null(qasm_convert(v->arena, &d, kind(v, QASM_BIT, width), &e));
            assert_memory_equal(e.bits, b.bits, width * sizeof *b.bits);
            assert_null(qasm_convert(v->arena, &b, kind(v, QASM_ANGLE, width), &d));
            assert_int_equal((int)d.natural, number);
            assert_int_equal(qasm_is_true(&b), number != 0);
        }
}

/* Angles of all widths up to 8 into all others: zeros behind, or cut off. */
static void test_angles(void **state)
{
    struct values *v = *state;
    for (uint32_t from = 1; from <= 8; from++)
        for (uint32_t to = 1; to <= 8; to++)
            for (int units = 0; units < 1 << from; units++) {
                struct qasm_value a = integer(v, QASM_ANGLE, from, units), b, real, c;
                assert_null(qasm_convert(v->arena, &a, kind(v, QASM_ANGLE, to), &b));
                assert_int_equal((int)b.natural, to >= from ? units << (to - from) : units >> (from - to));
                assert_null(qasm_convert(v->arena, &a, kind(v, QASM_FLOAT, 64), &real));
                assert_true(real.real == units * 2 * M_PI / (1 << from));
                assert_null(qasm_convert(v->arena, &real, kind(v, QASM_ANGLE, from), &c));
                assert_int_equal((int)c.natural, units);
            }
}

static void test_angles_from_floats(void **state)
{
    struct values *v = *state;
    static const struct {
        double radians;
        uint32_t width;
        uint64_t units;
    } cases[] = {
        {M_PI, 1, 1},
        {M_PI / 2, 4, 4},
        {-M_PI / 2, 4, 12},
        {2 * M_PI, 4, 0},
        {7 * M_PI, 4, 8},
        {-1e-30, 4, 0},
        {2 * M_PI - 1e-9, 8, 0},     /* rounds to a full turn */
        {2 * M_PI * 0.5 / 16, 4, 0}, /* ties to even */
        {2 * M_PI * 1.5 / 16, 4, 2},
        {M_PI, 64, UINT64_C(1) << 63},
        {M_PI / 4, 60, UINT64_C(1) << 57},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct qasm_value a = real_number(v, cases[i].radians), b;
        assert_null(qasm_convert(v->arena, &a, kind(v, QASM_ANGLE, cases[i].width), &b));
        assert_true(b.natural == cases[i].units);
    }
    struct qasm_value half = real_number(v, M_PI), b;
    assert_null(qasm_convert(v->arena, &half, kind(v, QASM_ANGLE, 128), &b));
    assert_true(b.natural == (qry_u128)1 << 127);
}

static void test_conversions(void **state)
{
    struct values *v = *state;
    struct qasm_value minus = literal(-1), real = real_number(v, -3.99), large = real_number(v, 259.5);
    struct qasm_value infinite = real_number(v, INFINITY), yes = truth(v, true), c = bits(v, "0110");
    assert_string_equal(converted(v, &minus, kind(v, QASM_UINT, 8)), "255");
    assert_string_equal(converted(v, &minus, kind(v, QASM_BIT, 5)), "11111");
    assert_string_equal(converted(v, &minus, kind(v, QASM_UINT, 128)), "340282366920938463463374607431768211455");
    assert_string_equal(converted(v, &minus, kind(v, QASM_FLOAT, 64)), "-1");
    assert_string_equal(converted(v, &real, kind(v, QASM_INT, 8)), "-3");
    assert_string_equal(converted(v, &real, kind(v, QASM_UINT, 8)), "253");
    assert_string_equal(converted(v, &real, kind(v, QASM_COMPLEX, 64)), "-3.99 + 0im");
    assert_string_equal(converted(v, &real, kind(v, QASM_BOOL, 0)), "true");
    assert_string_equal(converted(v, &large, kind(v, QASM_UINT, 8)), "3");
    assert_memory_equal(converted(v, &infinite, kind(v, QASM_INT, 8)), "wrong: ", 7);
    assert_memory_equal(converted(v, &infinite, kind(v, QASM_ANGLE, 8)), "wrong: ", 7);
    assert_string_equal(converted(v, &yes, kind(v, QASM_BIT, 0)), "1");
    assert_string_equal(converted(v, &yes, kind(v, QASM_BIT, 3)), "001");
    assert_string_equal(converted(v, &yes, kind(v, QASM_FLOAT, 32)), "1");
    assert_string_equal(converted(v, &c, kind(v, QASM_UINT, 8)), "6");
    assert_string_equal(converted(v, &c, kind(v, QASM_BOOL, 0)), "true");
    assert_string_equal(converted(v, &c, kind(v, QASM_BIT, 3)), "wrong: 4 bits, where 3 are wanted");
    assert_string_equal(converted(v, &c, kind(v, QASM_BIT, QASM_UNSIZED)), "0110");
    struct qasm_value wide = integer(v, QASM_INT, 8, -2);
    assert_string_equal(
        converted(v, &wide, kind(v, QASM_BIT, 130)),
        "111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111111"
        "1111111111111111111111111111111110");
}

/* Floats of 16 bits against all their values: nearest, ties to even. */
static void test_half(void **state)
{
    struct values *v = *state;
    const struct qasm_type *half = kind(v, QASM_FLOAT, 16);
    double last = 0;
    for (int code = 1; code < 0x7c00; code++) {
        int exponent = code >> 10, fraction = code & 1023;
        double real = exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
        double middle = (last + real) / 2;
        const double inputs[] = {real, -real, middle, nextafter(middle, 0), nextafter(middle, 1e9)};
        const double wanted[] = {real, -real, code & 1 ? last : real, last, real};
        for (size_t i = 0; i < 5; i++) {
            struct qasm_value a = real_number(v, inputs[i]), b;
            assert_null(qasm_convert(v->arena, &a, half, &b));
            assert_true(b.real == wanted[i]);
        }
        last = real;
    }
    struct qasm_value large = real_number(v, 65520), b;
    assert_null(qasm_convert(v->arena, &large, half, &b));
    assert_true(isinf(b.real));
}

static void test_unknown(void **state)
{
    struct values *v = *state;
    struct qasm_value a = integer(v, QASM_INT, 8, 3), b, c;
    a.unknown = true;
    assert_null(qasm_convert(v->arena, &a, kind(v, QASM_BIT, 8), &b));
    assert_true(b.unknown);
    assert_string_equal(qasm_value_text(v->arena, &b), "?");
    struct qasm_value measured = bits(v, "010");
    measured.bits[1] = 2 + 7;
    assert_null(qasm_convert(v->arena, &measured, kind(v, QASM_BIT, 3), &c));
    assert_int_equal(c.bits[1], 2 + 7);
    assert_string_equal(qasm_value_text(v->arena, &c), "0?0");
}

static void test_zero(void **state)
{
    struct values *v = *state;
    const uint32_t shape[] = {2, 3};
    const struct qasm_type *bytes = kind(v, QASM_BIT, 2);
    struct qasm_value array = qasm_value_zero(v->arena, qasm_type_array(v->arena, bytes, 2, shape, QASM_OWN));
    assert_string_equal(qasm_value_text(v->arena, &array), "{{00, 00, 00}, {00, 00, 00}}");
    struct qasm_value copy;
    array.items[4].bits[1] = 1;
    assert_null(qasm_convert(v->arena, &array, array.type, &copy));
    array.items[4].bits[1] = 0;
    assert_string_equal(qasm_value_text(v->arena, &copy), "{{00, 00, 00}, {00, 10, 00}}");
}

static void test_narrow(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        enum qasm_kind kind;
        uint32_t width;
    } cases[] = {{0, QASM_UINT, 1},   {1, QASM_UINT, 1},        {2, QASM_UINT, 2}, {255, QASM_UINT, 8},
                 {256, QASM_UINT, 9}, {-1, QASM_INT, 1},        {-2, QASM_INT, 2}, {-128, QASM_INT, 8},
                 {-129, QASM_INT, 9}, {INT64_MIN, QASM_INT, 64}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct qasm_value value = literal(cases[i].number);
        assert_int_equal(value.type->kind, cases[i].kind);
        assert_int_equal(value.type->width, cases[i].width);
        assert_true((qry_i128)value.natural == cases[i].number);
    }
}

/* Text that is read is what is printed; what is not of the type is refused. */
static void test_parse(void **state)
{
    struct values *v = *state;
    static const struct {
        enum qasm_kind kind;
        uint32_t width;
        const char *text, *printed;
    } cases[] = {
        {QASM_INT, 8, "-128", "-128"},
        {QASM_INT, 8, " 127 ", "127"},
        {QASM_INT, 8, "128", NULL},
        {QASM_INT, 8, "-129", NULL},
        {QASM_INT, 8, "", NULL},
        {QASM_INT, 8, "1.5", NULL},
        {QASM_INT, 8, "+5", "5"},
        {QASM_INT, 1, "-1", "-1"},
        {QASM_INT, 1, "1", NULL},
        {QASM_UINT, 8, "255", "255"},
        {QASM_UINT, 8, "256", NULL},
        {QASM_UINT, 8, "-1", NULL},
        {QASM_UINT, 8, "-0", "0"},
        {QASM_UINT, 8, "12a", NULL},
        {QASM_BOOL, 0, "true", "true"},
        {QASM_BOOL, 0, "false", "false"},
        {QASM_BOOL, 0, "1", NULL},
        {QASM_BIT, 4, "0101", "0101"},
        {QASM_BIT, 4, "01011", NULL},
        {QASM_BIT, 4, "010", NULL},
        {QASM_BIT, 4, "0121", NULL},
        {QASM_BIT, 0, "1", "1"},
        {QASM_FLOAT, 64, "0.1", "0.1"},
        {QASM_FLOAT, 64, "1e999", NULL},
        {QASM_FLOAT, 64, "nan", NULL},
        {QASM_FLOAT, 64, "-2.5e-3", "-0.0025"},
        {QASM_FLOAT, 32, "0.1", "0.10000000149011612"},
        {QASM_ANGLE, 4, "3.141592653589793", "3.141592653589793"},
        {QASM_COMPLEX, 64, "1.5 - 2im", "1.5 - 2im"},
        {QASM_COMPLEX, 64, "2im", "0 + 2im"},
        {QASM_COMPLEX, 64, "-1", "-1 + 0im"},
        {QASM_COMPLEX, 64, "1 + 2", NULL},
        {QASM_COMPLEX, 64, "i", NULL},
        {QASM_DURATION, 0, "100ns", "1e-07s"},
        {QASM_DURATION, 0, "3 dt", "3dt"},
        {QASM_DURATION, 0, "1.5s", "1.5s"},
        {QASM_DURATION, 0, "3", NULL},
        {QASM_DURATION, 0, "3 ks", NULL},
        {QASM_INT, 128, "170141183460469231731687303715884105727", "170141183460469231731687303715884105727"},
        {QASM_INT, 128, "-170141183460469231731687303715884105728", "-170141183460469231731687303715884105728"},
        {QASM_INT, 128, "170141183460469231731687303715884105728", NULL},
        {QASM_UINT, 128, "340282366920938463463374607431768211455", "340282366920938463463374607431768211455"},
        {QASM_UINT, 128, "340282366920938463463374607431768211456", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct qasm_value value;
        bool fine = qasm_value_parse(v->arena, cases[i].text, kind(v, cases[i].kind, cases[i].width), &value);
        if (fine != (cases[i].printed != NULL))
            fail_msg("'%s' is %s", cases[i].text, fine ? "taken" : "refused");
        if (fine)
            assert_string_equal(qasm_value_text(v->arena, &value), cases[i].printed);
    }
}

static void test_parse_array(void **state)
{
    struct values *v = *state;
    const uint32_t shape[] = {2, 2};
    const struct qasm_type *type = qasm_type_array(v->arena, kind(v, QASM_INT, 4), 2, shape, QASM_OWN);
    struct qasm_value value;
    assert_true(qasm_value_parse(v->arena, " {{1,-2}, { 3, 4}}", type, &value));
    assert_string_equal(qasm_value_text(v->arena, &value), "{{1, -2}, {3, 4}}");
    assert_false(qasm_value_parse(v->arena, "{{1, 2}, {3}}", type, &value));
    assert_false(qasm_value_parse(v->arena, "{{1, 2}, {3, 9}}", type, &value));
    assert_false(qasm_value_parse(v->arena, "{{1, 2}, {3, 4}", type, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_integers, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_bits_and_integers, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_angles, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_angles_from_floats, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_conversions, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_half, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_unknown, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_zero, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_narrow, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_parse, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_parse_array, values_begin, values_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
