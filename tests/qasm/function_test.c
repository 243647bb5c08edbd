/* function_test.c: qasm/program/function.c: the functions of the language, their types and their values. */
#include "values.h"

#include <math.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

static struct tree_symbol function(const char *name)
{
    struct tree_symbol symbol = {.kind = SYMBOL_BUILTIN};
    for (symbol.number = 0; qasm_function_name(symbol.number); symbol.number++)
        if (strcmp(qasm_function_name(symbol.number), name) == 0)
            return symbol;
    fail_msg("no function %s", name);
    return symbol;
}

static void ignore(void *state, const qry_diagnostic *diagnostic)
{
    (void)diagnostic;
    ++*(size_t *)state;
}

/* f(a) or f(a, b) with its type as text; "none" after one report. */
static const char *apply(struct values *v, const char *name, const struct qasm_value *a, const struct qasm_value *b)
{
    struct tree_symbol symbol = function(name);
    struct qasm_value arguments[2] = {*a, b ? *b : *a}, result;
    const struct qasm_type *types[2] = {arguments[0].type, arguments[1].type};
    const qry_source *source = qry_source_from_text(v->ctx, "f", "f", 1);
    struct tree_program tree = {.ctx = v->ctx, .arena = v->arena, .sources = &source, .source_count = 1};
    size_t reports = 0;
    qry_ctx_on_diagnostic(v->ctx, ignore, &reports);
    const struct qasm_type *type = qasm_function_type(&tree, (struct tree_place){0, 0, 1}, &symbol, types, b ? 2 : 1);
    assert_int_equal(reports, type == NULL);
    if (!type)
        return "none";
    const char *wrong = qasm_function(v->arena, &symbol, arguments, b ? 2 : 1, type, &result);
    if (wrong)
        return wrong;
    return qry_arena_printf(v->arena, "%s %s", qasm_type_text(v->arena, type), qasm_value_text(v->arena, &result));
}

static void test_real(void **state)
{
    struct values *v = *state;
    static const struct {
        const char *name;
        double (*function)(double);
    } cases[] = {{"arccos", acos}, {"arcsin", asin}, {"arctan", atan}, {"ceiling", ceil}, {"cos", cos},
                 {"exp", exp},     {"floor", floor}, {"log", log},     {"ln", log},       {"sin", sin},
                 {"sqrt", sqrt},   {"tan", tan},     {"acos", acos},   {"asin", asin},    {"atan", atan}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int k = 1; k < 10; k++) {
            struct tree_symbol symbol = function(cases[i].name);
            struct qasm_value x = real_number(v, k / 10.0), y;
            assert_null(qasm_function(v->arena, &symbol, &x, 1, x.type, &y));
            assert_true(y.real == cases[i].function(k / 10.0));
        }
    struct qasm_value two = literal(2), minus = real_number(v, -1.5), zero = literal(0);
    struct qasm_value quarter = integer(v, QASM_ANGLE, 4, 4), yes = bits(v, "1");
    assert_string_equal(apply(v, "arccos", &two, NULL), "this function has no finite value here");
    assert_string_equal(apply(v, "sqrt", &minus, NULL), "this function has no finite value here");
    assert_string_equal(apply(v, "log", &zero, NULL), "this function has no finite value here");
    assert_string_equal(apply(v, "floor", &minus, NULL), "float[64] -2");
    assert_string_equal(apply(v, "ceiling", &minus, NULL), "float[64] -1");
    assert_string_equal(apply(v, "sin", &quarter, NULL), "float[64] 1");
    assert_string_equal(apply(v, "sin", &yes, NULL), "none");
    assert_string_equal(apply(v, "sin", &two, &two), "none");
}

static void test_complex(void **state)
{
    struct values *v = *state;
    struct qasm_value z = {.type = kind(v, QASM_COMPLEX, 64)}, x = real_number(v, 2.5), two = literal(2);
    z.re = -4;
    assert_string_equal(apply(v, "sqrt", &z, NULL), "complex[float[64]] 0 + 2im");
    assert_string_equal(apply(v, "real", &z, NULL), "float[64] -4");
    z.im = 3;
    assert_string_equal(apply(v, "imag", &z, NULL), "float[64] 3");
    assert_string_equal(apply(v, "imag", &x, NULL), "float[64] 0");
    assert_string_equal(apply(v, "real", &x, NULL), "float[64] 2.5");
    assert_string_equal(apply(v, "real", &two, NULL), "none");
    assert_string_equal(apply(v, "arcsin", &z, NULL), "none");
    z.re = 0;
    z.im = M_PI;
    struct tree_symbol exponential = function("exp");
    struct qasm_value turned;
    assert_null(qasm_function(v->arena, &exponential, &z, 1, z.type, &turned));
    assert_true(fabs(turned.re + 1) < 1e-15 && fabs(turned.im) < 1e-15);
}

/* Rotations of all patterns of up to 6 bits by all distances, as bits and as integers. */
static void test_rotations(void **state)
{
    struct values *v = *state;
    static const char *const names[] = {"rotl", "rotr"};
    for (int width = 1; width <= 6; width++)
        for (int pattern = 0; pattern < 1 << width; pattern++)
            for (int by = -13; by <= 13; by++)
                for (int right = 0; right < 2; right++) {
                    struct tree_symbol symbol = function(names[right]);
                    struct qasm_value number = integer(v, QASM_UINT, (uint32_t)width, pattern), c, result[2];
                    struct qasm_value distance = integer(v, QASM_INT, 16, by);
                    assert_null(qasm_convert(v->arena, &number, kind(v, QASM_BIT, (uint32_t)width), &c));
                    struct qasm_value a[2] = {number, distance}, b[2] = {c, distance};
                    assert_null(qasm_function(v->arena, &symbol, a, 2, number.type, &result[0]));
                    assert_null(qasm_function(v->arena, &symbol, b, 2, c.type, &result[1]));
                    for (int i = 0; i < width; i++) {
                        int to = ((i + (right ? -by : by)) % width + width) % width;
                        assert_int_equal((int)(result[0].natural >> to) & 1, pattern >> i & 1);
                        assert_int_equal(result[1].bits[to], pattern >> i & 1);
                    }
                }
    struct qasm_value five = literal(5), lone = {.type = kind(v, QASM_BIT, 0)},
                      signed_one = integer(v, QASM_INT, 4, -8);
    assert_string_equal(apply(v, "rotl", &five, &five), "none");
    assert_string_equal(apply(v, "rotl", &lone, &five), "none");
    assert_string_equal(apply(v, "rotl", &signed_one, &five), "int[4] 1");
}

static void test_counting(void **state)
{
    struct values *v = *state;
    for (int number = 0; number < 256; number++) {
        struct qasm_value a = integer(v, QASM_UINT, 8, number), b = integer(v, QASM_INT, 8, number), c;
        assert_null(qasm_convert(v->arena, &a, kind(v, QASM_BIT, 8), &c));
        const char *want = qry_arena_printf(v->arena, "uint[32] %d", __builtin_popcount((unsigned)number));
        assert_string_equal(apply(v, "popcount", &a, NULL), want);
        assert_string_equal(apply(v, "popcount", &b, NULL), want);
        assert_string_equal(apply(v, "popcount", &c, NULL), want);
    }
    struct qasm_value x = real_number(v, 1);
    assert_string_equal(apply(v, "popcount", &x, NULL), "none");
}

static void test_two_numbers(void **state)
{
    struct values *v = *state;
    struct qasm_value seven = literal(7), minus = literal(-3), zero = literal(0), x = real_number(v, 7.5);
    struct qasm_value byte = integer(v, QASM_UINT, 8, 20);
    assert_string_equal(apply(v, "mod", &seven, &minus), "int 1");
    assert_string_equal(apply(v, "mod", &minus, &seven), "int -3");
    assert_string_equal(apply(v, "mod", &x, &seven), "float[64] 0.5");
    assert_string_equal(apply(v, "mod", &x, &zero), "division by zero");
    assert_string_equal(apply(v, "pow", &seven, &seven), "int 823543");
    assert_string_equal(apply(v, "pow", &byte, &seven), "uint[8] 0");
    assert_string_equal(apply(v, "pow", &x, &minus), "float[64] 0.0023703703703703703");
    assert_string_equal(apply(v, "pow", &x, NULL), "none");
}

static void test_sizeof(void **state)
{
    struct values *v = *state;
    const uint32_t shape[] = {2, 4};
    struct qasm_value array =
        qasm_value_zero(v->arena, qasm_type_array(v->arena, kind(v, QASM_INT, 8), 2, shape, QASM_OWN));
    struct qasm_value one = literal(1), two = literal(2), minus = literal(-1);
    assert_string_equal(apply(v, "sizeof", &array, NULL), "uint[32] 2");
    assert_string_equal(apply(v, "sizeof", &array, &one), "uint[32] 4");
    assert_string_equal(apply(v, "sizeof", &array, &two), "the array has no such dimension: they are numbered from 0");
    assert_string_equal(apply(v, "sizeof", &array, &minus),
                        "the array has no such dimension: they are numbered from 0");
    assert_string_equal(apply(v, "sizeof", &one, NULL), "none");
}

static void test_unknown(void **state)
{
    struct values *v = *state;
    struct qasm_value x = real_number(v, 1);
    x.unknown = true;
    assert_string_equal(apply(v, "sin", &x, NULL), "float[64] ?");
    struct tree_symbol symbol = function("rotl");
    struct qasm_value arguments[2] = {bits(v, "010"), literal(1)}, result;
    arguments[0].bits[2] = 2 + 9;
    assert_null(qasm_function(v->arena, &symbol, arguments, 2, arguments[0].type, &result));
    assert_int_equal(result.bits[0], 2 + 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_real, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_complex, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_rotations, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_counting, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_two_numbers, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_sizeof, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_unknown, values_begin, values_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
