/* operate_test.c: qasm/program/operate.c: every operator on every kind of value, integers and angles of up to 8 bits on all
 * values against plain integers. */
#include "values.h"

#include <math.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

/* What an operator gives before it is wrapped around; false: nothing. */
static bool plain(enum tree_operator op, int a, int b, int width, bool is_signed, long *result)
{
    unsigned ua = (unsigned)a & ((1u << width) - 1);
    switch (op) {
    case TREE_ADD:
        *result = a + b;
        return true;
    case TREE_SUBTRACT:
        *result = a - b;
        return true;
    case TREE_MULTIPLY:
        *result = (long)a * b;
        return true;
    case TREE_DIVIDE:
    case TREE_MODULO:
        if (b)
            *result = op == TREE_DIVIDE ? a / b : a % b;
        return b != 0;
    case TREE_BIT_AND:
        *result = a & b;
        return true;
    case TREE_BIT_OR:
        *result = a | b;
        return true;
    case TREE_BIT_XOR:
        *result = a ^ b;
        return true;
    case TREE_SHIFT_LEFT:
        *result = b < 0 || b >= width ? 0 : a * (1L << b);
        return b >= 0;
    case TREE_SHIFT_RIGHT:
        if (b >= 0)
            *result = is_signed ? (long)a >> (b > 30 ? 30 : b) : b >= width ? 0 : (long)(ua >> b);
        return b >= 0;
    default: /* TREE_POWER */
        *result = 1;
        for (int i = 0; i < b; i++)
            *result = *result * a % (1 << width);
        return b >= 0;
    }
}

static long wrap(long number, int width, bool is_signed)
{
    long rest = number & ((1L << width) - 1);
    return is_signed && rest >= 1L << (width - 1) ? rest - (1L << width) : rest;
}

static void test_integer_operators(void **state)
{
    struct values *v = *state;
    for (int is_signed = 0; is_signed < 2; is_signed++)
        for (int width = 1; width <= 8; width++) {
            int low = is_signed ? -(1 << (width - 1)) : 0, high = low + (1 << width);
            const struct qasm_type *type = kind(v, is_signed ? QASM_INT : QASM_UINT, (uint32_t)width);
            for (int op = TREE_BIT_OR; op <= TREE_POWER; op++) {
                if (op >= TREE_EQUAL && op <= TREE_GREATER_EQUAL)
                    continue;
                for (int a = low; a < high; a++)
                    for (int b = low; b < high; b++) {
                        struct qasm_value x = qasm_value_integer(type, (qry_u128)(qry_i128)a), result;
                        struct qasm_value y = qasm_value_integer(type, (qry_u128)(qry_i128)b);
                        long want = 0;
                        bool fine = plain(op, a, b, width, is_signed, &want);
                        const char *wrong = qasm_operate(v->arena, op, &x, &y, type, &result);
                        if (fine != !wrong || (fine && (long)(qry_i128)result.natural != wrap(want, width, is_signed)))
                            fail_msg("operator %d of %d and %d of %d bits", op, a, b, width);
                    }
            }
        }
}

static bool ordered(enum tree_operator op, long a, long b)
{
    switch (op) {
    case TREE_EQUAL:
        return a == b;
    case TREE_UNEQUAL:
        return a != b;
    case TREE_LESS:
        return a < b;
    case TREE_GREATER:
        return a > b;
    case TREE_LESS_EQUAL:
        return a <= b;
    default:
        return a >= b;
    }
}

/* Integers, angles, registers of bits and floats in order. */
static void test_comparisons(void **state)
{
    struct values *v = *state;
    static const enum qasm_kind kinds[] = {QASM_INT, QASM_UINT, QASM_ANGLE, QASM_BIT, QASM_FLOAT};
    const struct qasm_type *truth = kind(v, QASM_BOOL, 0);
    for (size_t k = 0; k < 5; k++)
        for (int width = 1; width <= 5; width++) {
            bool is_signed = kinds[k] == QASM_INT;
            int low = is_signed ? -(1 << (width - 1)) : 0, high = low + (1 << width);
            for (int a = low; a < high; a++)
                for (int b = low; b < high; b++)
                    for (int op = TREE_EQUAL; op <= TREE_GREATER_EQUAL; op++) {
                        struct qasm_value x = integer(v, is_signed ? QASM_INT : QASM_UINT, (uint32_t)width, a);
                        struct qasm_value y = integer(v, is_signed ? QASM_INT : QASM_UINT, (uint32_t)width, b), result;
                        uint32_t size = kinds[k] == QASM_FLOAT ? 64 : (uint32_t)width;
                        if (kinds[k] == QASM_ANGLE)
                            x.type = y.type = kind(v, QASM_ANGLE, size);
                        assert_null(qasm_convert(v->arena, &x, kind(v, kinds[k], size), &x));
                        assert_null(qasm_convert(v->arena, &y, kind(v, kinds[k], size), &y));
                        assert_null(qasm_operate(v->arena, op, &x, &y, truth, &result));
                        assert_int_equal(result.truth, ordered(op, a, b));
                    }
        }
}

static void test_one_operand(void **state)
{
    struct values *v = *state;
    for (int is_signed = 0; is_signed < 2; is_signed++)
        for (int width = 1; width <= 8; width++) {
            int low = is_signed ? -(1 << (width - 1)) : 0, high = low + (1 << width);
            const struct qasm_type *type = kind(v, is_signed ? QASM_INT : QASM_UINT, (uint32_t)width);
            for (int a = low; a < high; a++) {
                struct qasm_value x = qasm_value_integer(type, (qry_u128)(qry_i128)a), result;
                assert_null(qasm_operate(v->arena, TREE_NEGATE, &x, NULL, type, &result));
                assert_int_equal((long)(qry_i128)result.natural, wrap(-a, width, is_signed));
                assert_null(qasm_operate(v->arena, TREE_COMPLEMENT, &x, NULL, type, &result));
                assert_int_equal((long)(qry_i128)result.natural, wrap(~a, width, is_signed));
            }
        }
}

/* Bit registers behave as the unsigned integers of their bits. */
static void test_bits(void **state)
{
    struct values *v = *state;
    static const enum tree_operator ops[] = {TREE_BIT_AND, TREE_BIT_OR, TREE_BIT_XOR, TREE_SHIFT_LEFT,
                                             TREE_SHIFT_RIGHT};
    for (uint32_t width = 1; width <= 5; width++)
        for (int a = 0; a < 1 << width; a++)
            for (int b = 0; b < 1 << width; b++)
                for (size_t k = 0; k < 5; k++) {
                    const struct qasm_type *number = kind(v, QASM_UINT, width), *type = kind(v, QASM_BIT, width);
                    struct qasm_value x = qasm_value_integer(number, (qry_u128)a),
                                      y = qasm_value_integer(number, (qry_u128)b);
                    struct qasm_value p, q, want, got;
                    assert_null(qasm_operate(v->arena, ops[k], &x, &y, number, &want));
                    assert_null(qasm_convert(v->arena, &x, type, &p));
                    assert_null(qasm_convert(v->arena, &y, type, &q));
                    assert_null(qasm_operate(v->arena, ops[k], &p, k < 3 ? &q : &y, type, &got));
                    assert_string_equal(qasm_value_text(v->arena, &got), converted(v, &want, type));
                }
}

static struct qasm_value angle(struct values *v, uint32_t width, int units)
{
    return integer(v, QASM_ANGLE, width, units);
}

/* Angles as integers modulo 2^width. */
static void test_angles(void **state)
{
    struct values *v = *state;
    for (uint32_t width = 1; width <= 6; width++)
        for (int a = 0; a < 1 << width; a++)
            for (int b = 0; b < 1 << width; b++) {
                struct qasm_value x = angle(v, width, a), y = angle(v, width, b), n = integer(v, QASM_UINT, 8, b),
                                  result;
                const int mask = (1 << width) - 1;
                const struct qasm_type *type = x.type;
                assert_null(qasm_operate(v->arena, TREE_ADD, &x, &y, type, &result));
                assert_int_equal((int)result.natural, (a + b) & mask);
                assert_null(qasm_operate(v->arena, TREE_SUBTRACT, &x, &y, type, &result));
                assert_int_equal((int)result.natural, (a - b) & mask);
                assert_null(qasm_operate(v->arena, TREE_MULTIPLY, &x, &n, type, &result));
                assert_int_equal((int)result.natural, (a * b) & mask);
                assert_null(qasm_operate(v->arena, TREE_BIT_XOR, &x, &y, type, &result));
                assert_int_equal((int)result.natural, a ^ b);
                assert_null(qasm_operate(v->arena, TREE_SHIFT_LEFT, &x, &n, type, &result));
                assert_int_equal((int)result.natural, b >= (int)width ? 0 : (a << b) & mask);
                const char *wrong = qasm_operate(v->arena, TREE_DIVIDE, &x, &n, type, &result);
                assert_int_equal(wrong == NULL, b != 0);
                if (!wrong)
                    assert_int_equal((int)result.natural, a / b);
                assert_null(qasm_operate(v->arena, TREE_NEGATE, &x, NULL, type, &result));
                assert_int_equal((int)result.natural, -a & mask);
            }
}

static void check(struct values *v, enum tree_operator op, struct qasm_value a, struct qasm_value b, const char *want)
{
    const char *got = operated(v, op, &a, &b);
    if (strcmp(got, want) != 0)
        fail_msg("operator %d of %s and %s: %s, not %s", op, qasm_value_text(v->arena, &a),
                 qasm_value_text(v->arena, &b), got, want);
}

static void test_mixed(void **state)
{
    struct values *v = *state;
    struct qasm_value narrow = integer(v, QASM_UINT, 4, 15), int2 = integer(v, QASM_INT, 2, -1);
    check(v, TREE_ADD, narrow, literal(1), "uint[4] 0");
    check(v, TREE_ADD, narrow, literal(16), "int[32] 31");
    check(v, TREE_EQUAL, narrow, literal(20), "bool false");
    check(v, TREE_EQUAL, int2, literal(3), "bool true");
    check(v, TREE_LESS, int2, literal(3), "bool true");
    check(v, TREE_DIVIDE, literal(7), literal(-2), "int -3");
    check(v, TREE_MODULO, literal(-7), literal(2), "int -1");
    check(v, TREE_DIVIDE, literal(7), real_number(v, 2), "float[64] 3.5");
    check(v, TREE_MULTIPLY, literal(3), angle(v, 4, 7), "angle[4] 1.9634954084936207");
    check(v, TREE_DIVIDE, angle(v, 4, 14), angle(v, 4, 3), "uint[4] 4");
    check(v, TREE_ADD, angle(v, 4, 14), real_number(v, M_PI), "angle[4] 2.356194490192345");
    check(v, TREE_MULTIPLY, real_number(v, 0.5), angle(v, 4, 8), "float[64] 1.5707963267948966");
    check(v, TREE_SHIFT_LEFT, literal(1), integer(v, QASM_UINT, 8, 100), "int[128] 1267650600228229401496703205376");
    check(v, TREE_SHIFT_LEFT, literal(1), literal(126), "int 85070591730234615865843651857942052864");
    check(v, TREE_POWER, literal(2), literal(10), "int 1024");
    check(v, TREE_POWER, literal(-2), literal(127), "int -170141183460469231731687303715884105728");
    check(v, TREE_POWER, real_number(v, 2), literal(-1), "float[64] 0.5");
    check(v, TREE_POWER, literal(1), literal(INT64_MAX), "int 1");
    check(v, TREE_AND, bits(v, "010"), truth(v, true), "bool true");
    check(v, TREE_OR, literal(0), truth(v, false), "bool false");
    check(v, TREE_EQUAL, bits(v, "101"), literal(5), "bool true");
    check(v, TREE_LESS, bits(v, "101"), literal(6), "bool true");
    check(v, TREE_EQUAL, bits(v, "101"), literal(13), "bool false");
    check(v, TREE_BIT_AND, bits(v, "101"), literal(4), "bit[3] 100");
    check(v, TREE_BIT_XOR, truth(v, true), truth(v, true), "bool false");
    check(v, TREE_MODULO, real_number(v, -7.5), literal(2), "float[64] -1.5");
}

/* 2^127 is a literal, and -2^127 the least integer. */
static void test_least_integer(void **state)
{
    struct values *v = *state;
    struct qasm_value great = {.type = qasm_type_literal(QASM_UINT, QASM_MAX_WIDTH), .natural = (qry_u128)1 << 127};
    struct qasm_value least = {.type = qasm_type_literal(QASM_INT, QASM_MAX_WIDTH), .natural = great.natural}, result;
    assert_string_equal(operated(v, TREE_NEGATE, &great, NULL), "int -170141183460469231731687303715884105728");
    assert_string_equal(operated(v, TREE_NEGATE, &least, NULL), "int 170141183460469231731687303715884105728");
    great.natural++;
    assert_string_equal(qasm_operate(v->arena, TREE_NEGATE, &great, NULL, great.type, &result),
                        "this number needs more than 128 bits");
}

static void test_wrong(void **state)
{
    struct values *v = *state;
    check(v, TREE_DIVIDE, literal(1), literal(0), "wrong: division by zero");
    check(v, TREE_MODULO, literal(1), literal(0), "wrong: division by zero");
    check(v, TREE_DIVIDE, real_number(v, 1), literal(0), "wrong: division by zero");
    check(v, TREE_POWER, real_number(v, 0), literal(-1), "wrong: division by zero");
    check(v, TREE_POWER, real_number(v, -1), real_number(v, 0.5), "wrong: this power is no real number");
    check(v, TREE_POWER, literal(2), literal(-1),
          "wrong: a negative power of an integer is no integer: write one of them as a float");
    check(v, TREE_SHIFT_LEFT, literal(2), literal(-1), "wrong: a shift by a negative number");
    check(v, TREE_SHIFT_LEFT, bits(v, "01"), literal(-1), "wrong: a shift by a negative number");
    check(v, TREE_POWER, literal(2), literal(127), "wrong: this number needs more than 128 bits");
    check(v, TREE_SHIFT_LEFT, literal(1), literal(127), "wrong: this number needs more than 128 bits");
    check(v, TREE_MULTIPLY, literal(INT64_MAX), literal(INT64_MAX), "int 85070591730234615847396907784232501249");
    struct qasm_value great = {.type = literal(0).type, .natural = ~(qry_u128)0};
    great.type = qasm_type_literal(QASM_UINT, 128);
    check(v, TREE_ADD, great, literal(1), "wrong: this number needs more than 128 bits");
    check(v, TREE_SUBTRACT, great, literal(1), "int 340282366920938463463374607431768211454");
    check(v, TREE_ADD, real_number(v, 1), bits(v, "01"), "none");
}

static struct qasm_value complex_number(struct values *v, double re, double im)
{
    struct qasm_value value = {.type = kind(v, QASM_COMPLEX, 64)};
    value.re = re;
    value.im = im;
    return value;
}

static void test_complex(void **state)
{
    struct values *v = *state;
    check(v, TREE_ADD, complex_number(v, 1, 2), complex_number(v, 3, -5), "complex[float[64]] 4 - 3im");
    check(v, TREE_SUBTRACT, literal(1), complex_number(v, 3, -5), "complex[float[64]] -2 + 5im");
    check(v, TREE_MULTIPLY, complex_number(v, 1, 2), complex_number(v, 3, -5), "complex[float[64]] 13 + 1im");
    check(v, TREE_DIVIDE, complex_number(v, 13, 1), complex_number(v, 3, -5), "complex[float[64]] 1 + 2im");
    check(v, TREE_DIVIDE, complex_number(v, 13, 1), literal(0), "wrong: division by zero");
    check(v, TREE_POWER, complex_number(v, 0, 0), literal(-1), "wrong: division by zero");
    check(v, TREE_POWER, complex_number(v, 0, 0), literal(0), "complex[float[64]] 1 + 0im");
    check(v, TREE_EQUAL, complex_number(v, 2, 0), literal(2), "bool true");
    check(v, TREE_UNEQUAL, complex_number(v, 2, 1), real_number(v, 2), "bool true");
    struct qasm_value i = complex_number(v, 0, 1), square;
    struct qasm_value two = complex_number(v, 2, 0);
    assert_null(qasm_operate(v->arena, TREE_POWER, &i, &two, i.type, &square));
    assert_true(fabs(square.re + 1) < 1e-15 && fabs(square.im) < 1e-15);
}

static struct qasm_value duration(struct values *v, const char *text)
{
    struct qasm_value value;
    assert_true(qasm_value_parse(v->arena, text, kind(v, QASM_DURATION, 0), &value));
    return value;
}

static void test_durations(void **state)
{
    struct values *v = *state;
    static const char two_clocks[] =
        "wrong: durations in dt and in seconds do not compare: how long a dt is only the machine knows";
    struct qasm_value dt = duration(v, "3dt"), s = duration(v, "1.5s"), both;
    check(v, TREE_ADD, dt, s, "duration 1.5s + 3dt");
    check(v, TREE_SUBTRACT, dt, s, "duration -1.5s + 3dt");
    check(v, TREE_MULTIPLY, literal(4), s, "duration 6s");
    check(v, TREE_MULTIPLY, dt, real_number(v, 0.5), "duration 1.5dt");
    check(v, TREE_DIVIDE, s, literal(3), "duration 0.5s");
    check(v, TREE_DIVIDE, s, literal(0), "wrong: division by zero");
    check(v, TREE_DIVIDE, s, duration(v, "500ms"), "float[64] 3");
    check(v, TREE_DIVIDE, dt, duration(v, "2dt"), "float[64] 1.5");
    check(v, TREE_DIVIDE, dt, s, two_clocks);
    check(v, TREE_DIVIDE, s, duration(v, "0s"), "wrong: division by zero");
    check(v, TREE_LESS, dt, s,
          "wrong: durations in dt and in seconds do not compare: how long a dt is only the machine "
          "knows");
    check(v, TREE_LESS, s, duration(v, "2s"), "bool true");
    check(v, TREE_GREATER_EQUAL, dt, duration(v, "3dt"), "bool true");
    assert_null(qasm_operate(v->arena, TREE_ADD, &dt, &s, dt.type, &both));
    check(v, TREE_GREATER, both, s, "bool true");
    check(v, TREE_EQUAL, both, both, "bool true");
}

static void test_float32(void **state)
{
    struct values *v = *state;
    struct qasm_value tenth = real_number(v, 0.1), single, result;
    const struct qasm_type *type = kind(v, QASM_FLOAT, 32);
    assert_null(qasm_convert(v->arena, &tenth, type, &single));
    assert_null(qasm_operate(v->arena, TREE_ADD, &single, &single, type, &result));
    assert_true(result.real == (double)(0.1f + 0.1f));
}

static void test_unknown(void **state)
{
    struct values *v = *state;
    struct qasm_value a = integer(v, QASM_INT, 8, 3), b = integer(v, QASM_INT, 8, 0), result;
    a.unknown = true;
    assert_null(qasm_operate(v->arena, TREE_DIVIDE, &a, &b, a.type, &result));
    assert_true(result.unknown);
    struct qasm_value measured = bits(v, "011"), one = integer(v, QASM_UINT, 8, 1);
    measured.bits[1] = 2 + 5;
    assert_null(qasm_operate(v->arena, TREE_SHIFT_LEFT, &measured, &one, measured.type, &result));
    assert_int_equal(result.bits[2], 2 + 5);
    assert_int_equal(result.bits[1], 1);
    assert_int_equal(result.bits[0], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_integer_operators, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_comparisons, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_one_operand, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_bits, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_angles, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_mixed, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_least_integer, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_wrong, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_complex, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_durations, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_float32, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_unknown, values_begin, values_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
