/* type_test.c: qasm/program/type.c: names of types, what fits where, what operators make of types. */
#include "values.h"

#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

/* A type by how a program writes it, and literals as "5" and "2.5". */
static const struct qasm_type *type(struct values *v, const char *text)
{
    static const struct {
        const char *word;
        enum qasm_kind kind;
    } words[] = {{"bool", QASM_BOOL},       {"bit", QASM_BIT},     {"int", QASM_INT},
                 {"uint", QASM_UINT},       {"float", QASM_FLOAT}, {"angle", QASM_ANGLE},
                 {"complex", QASM_COMPLEX}, {"qubit", QASM_QUBIT}, {"duration", QASM_DURATION},
                 {"stretch", QASM_STRETCH}, {"nothing", QASM_VOID}};
    long number;
    unsigned width = 0;
    char word[16], rest;
    if (strchr(text, '.'))
        return qasm_type_literal(QASM_FLOAT, 64);
    if (sscanf(text, "%ld%c", &number, &rest) == 1)
        return literal(number).type;
    assert_true(sscanf(text, "%15[a-z][%u]", word, &width) >= 1);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(word, words[i].word) == 0)
            return kind(v, words[i].kind, width);
    fail_msg("no type: %s", text);
    return NULL;
}

static const char *met(struct values *v, enum tree_operator op, const char *a, const char *b)
{
    const struct qasm_type *a_to, *b_to;
    const struct qasm_type *result =
        qasm_type_of_operator(v->arena, op, type(v, a), b ? type(v, b) : NULL, &a_to, &b_to);
    if (!result)
        return "none";
    if (!b)
        return qasm_type_text(v->arena, result);
    return qry_arena_printf(v->arena, "%s, %s: %s", qasm_type_text(v->arena, a_to), qasm_type_text(v->arena, b_to),
                            qasm_type_text(v->arena, result));
}

static void test_text(void **state)
{
    struct values *v = *state;
    const uint32_t shape[] = {2, 4};
    const struct qasm_type *item = kind(v, QASM_INT, 8);
    assert_string_equal(qasm_type_text(v->arena, kind(v, QASM_UINT, 8)), "uint[8]");
    assert_string_equal(qasm_type_text(v->arena, kind(v, QASM_BIT, 0)), "bit");
    assert_string_equal(qasm_type_text(v->arena, kind(v, QASM_COMPLEX, 32)), "complex[float[32]]");
    assert_string_equal(qasm_type_text(v->arena, literal(5).type), "int");
    assert_string_equal(qasm_type_text(v->arena, literal(-5).type), "int");
    assert_string_equal(qasm_type_text(v->arena, qasm_type_array(v->arena, item, 2, shape, QASM_OWN)),
                        "array[int[8], 2, 4]");
    assert_string_equal(qasm_type_text(v->arena, qasm_type_array(v->arena, item, 2, NULL, QASM_READONLY)),
                        "readonly array[int[8], #dim = 2]");
}

static void test_equal(void **state)
{
    struct values *v = *state;
    const uint32_t shape[] = {2, 4}, other[] = {4, 2};
    const struct qasm_type *item = kind(v, QASM_INT, 8);
    const struct qasm_type *array = qasm_type_array(v->arena, item, 2, shape, QASM_OWN);
    assert_true(qasm_type_equal(kind(v, QASM_INT, 8), item));
    assert_false(qasm_type_equal(kind(v, QASM_INT, 9), item));
    assert_false(qasm_type_equal(kind(v, QASM_UINT, 8), item));
    assert_true(qasm_type_equal(array, qasm_type_array(v->arena, kind(v, QASM_INT, 8), 2, shape, QASM_MUTABLE)));
    assert_false(qasm_type_equal(array, qasm_type_array(v->arena, item, 2, other, QASM_OWN)));
    assert_false(qasm_type_equal(array, qasm_type_array(v->arena, item, 1, shape, QASM_OWN)));
    assert_false(qasm_type_equal(array, qasm_type_array(v->arena, kind(v, QASM_INT, 9), 2, shape, QASM_OWN)));
}

/* The specification's table of casts, and which of them need not be written. '.': neither, 'c': a cast, 'f': fits. */
static void test_casts(void **state)
{
    struct values *v = *state;
    static const char *const types[] = {"bool",   "int[8]", "uint[8]",     "float[64]", "angle[8]",
                                        "bit[8]", "bit",    "complex[64]", "duration",  "qubit"};
    /* Rows: from. Columns in the same order: to. */
    static const char *const table[] = {
        "ffff.fff..", /* bool */
        "ffff.ccf..", /* int[8]: as bits where the width is the same, but for a lone bit */
        "ffff.ccf..", /* uint[8] */
        "fffff..f..", /* float */
        "f...ff....", /* angle[8] */
        "fff.ff....", /* bit[8] */
        "fff...f...", /* bit */
        ".......f..", /* complex */
        "........f.", /* duration */
        ".........f", /* qubit */
    };
    for (size_t i = 0; i < 10; i++)
        for (size_t k = 0; k < 10; k++) {
            const struct qasm_type *from = type(v, types[i]), *to = type(v, types[k]);
            char got = qasm_type_fits(from, to) ? 'f' : qasm_type_casts(from, to) ? 'c' : '.';
            char want = table[i][k];
            if (want == 'c' && k == 5)
                want = 'f'; /* eight bits are eight bits */
            if (got != want)
                fail_msg("%s to %s: %c, not %c", types[i], types[k], got, want);
        }
}

static void test_fits(void **state)
{
    struct values *v = *state;
    static const struct {
        const char *from, *to;
        bool fits, casts;
    } cases[] = {
        {"5", "bit[3]", true, true},
        {"8", "bit[3]", false, true},
        {"-1", "bit[3]", false, true},
        {"1", "bit", true, true},
        {"2", "bit", false, true},
        {"uint[4]", "bit[3]", false, true},
        {"bit[4]", "uint[8]", true, true},
        {"bit[8]", "uint[4]", false, true},
        {"bit[4]", "bit[3]", false, false},
        {"bit[1]", "bit", true, true},
        {"bit", "bit[1]", true, true},
        {"bit[4]", "angle[4]", true, true},
        {"bit[4]", "angle[5]", false, false},
        {"angle[5]", "bit[4]", false, false},
        {"5", "angle[4]", true, true},
        {"int[8]", "angle[4]", false, false},
        {"angle[8]", "angle[4]", true, true},
        {"stretch", "duration", true, true},
        {"duration", "stretch", false, false},
        {"qubit[3]", "qubit[3]", true, true},
        {"qubit[3]", "qubit[2]", false, false},
        {"bit[129]", "uint[128]", false, false},
        {"5", "complex[32]", true, true},
        {"complex[64]", "float[64]", false, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct qasm_type *from = type(v, cases[i].from), *to = type(v, cases[i].to);
        if (qasm_type_fits(from, to) != cases[i].fits || qasm_type_casts(from, to) != cases[i].casts)
            fail_msg("%s to %s", cases[i].from, cases[i].to);
    }
}

static void test_arrays_fit(void **state)
{
    struct values *v = *state;
    const uint32_t shape[] = {2, 4}, other[] = {4, 2};
    const struct qasm_type *item = kind(v, QASM_INT, 8);
    const struct qasm_type *array = qasm_type_array(v->arena, item, 2, shape, QASM_OWN);
    const struct qasm_type *any = qasm_type_array(v->arena, item, 2, NULL, QASM_READONLY);
    const struct qasm_type *line = qasm_type_array(v->arena, item, 1, NULL, QASM_READONLY);
    assert_true(qasm_type_fits(array, any));
    assert_true(qasm_type_fits(any, array));
    assert_false(qasm_type_fits(array, line));
    assert_false(qasm_type_fits(array, qasm_type_array(v->arena, item, 2, other, QASM_OWN)));
    assert_false(qasm_type_fits(array, qasm_type_array(v->arena, kind(v, QASM_INT, 9), 2, shape, QASM_OWN)));
    assert_false(qasm_type_fits(array, item));
    assert_false(qasm_type_fits(item, array));
}

static void test_operators(void **state)
{
    struct values *v = *state;
    static const struct {
        enum tree_operator op;
        const char *a, *b, *want;
    } cases[] = {
        /* Integers: the wider one; of the same width the one without sign; literals adapt while they can. */
        {TREE_ADD, "int[8]", "int[16]", "int[16], int[16]: int[16]"},
        {TREE_ADD, "int[8]", "uint[8]", "uint[8], uint[8]: uint[8]"},
        {TREE_ADD, "int[9]", "uint[8]", "int[9], int[9]: int[9]"},
        {TREE_ADD, "uint[4]", "1", "uint[4], uint[4]: uint[4]"},
        {TREE_ADD, "uint[4]", "16", "int[32], int[32]: int[32]"},
        {TREE_ADD, "uint[4]", "-1", "uint[4], uint[4]: uint[4]"},
        {TREE_LESS, "uint[4]", "-1", "int[32], int[32]: bool"},
        {TREE_EQUAL, "int[2]", "3", "int[2], int[2]: bool"},
        {TREE_EQUAL, "int[2]", "4", "int[32], int[32]: bool"},
        {TREE_LESS, "int[2]", "3", "int[32], int[32]: bool"},
        {TREE_DIVIDE, "int[2]", "3", "int[32], int[32]: int[32]"},
        {TREE_ADD, "uint[128]", "-1", "uint[128], uint[128]: uint[128]"},
        {TREE_LESS, "uint[128]", "-1", "uint[128], uint[128]: bool"},
        {TREE_ADD, "5", "6", "int, int: int"},
        {TREE_ADD, "bool", "bool", "int[32], int[32]: int[32]"},
        {TREE_ADD, "bool", "int[8]", "int[8], int[8]: int[8]"},
        {TREE_ADD, "bool", "5", "int[32], int[32]: int[32]"},
        /* Floats and complex numbers. */
        {TREE_ADD, "float[32]", "float[64]", "float[64], float[64]: float[64]"},
        {TREE_ADD, "float[32]", "2.5", "float[32], float[32]: float[32]"},
        {TREE_ADD, "int[8]", "2.5", "float[64], float[64]: float[64]"},
        {TREE_ADD, "int[8]", "float[32]", "float[32], float[32]: float[32]"},
        {TREE_ADD, "2", "2.5", "float, float: float"},
        {TREE_MULTIPLY, "complex[32]", "2.5", "complex[float[32]], complex[float[32]]: complex[float[32]]"},
        {TREE_MULTIPLY, "complex[32]", "float[64]", "complex[float[64]], complex[float[64]]: complex[float[64]]"},
        {TREE_MULTIPLY, "complex[32]", "int[8]", "complex[float[32]], complex[float[32]]: complex[float[32]]"},
        {TREE_LESS, "complex[32]", "complex[32]", "none"},
        {TREE_MODULO, "complex[32]", "complex[32]", "none"},
        {TREE_EQUAL, "complex[32]", "5", "complex[float[32]], complex[float[32]]: bool"},
        /* Powers and shifts have the type of what is on the left. */
        {TREE_POWER, "int[8]", "int[16]", "int[8], int[16]: int[8]"},
        {TREE_POWER, "2", "uint[4]", "int[128], uint[4]: int[128]"},
        {TREE_POWER, "2.5", "2", "float, float: float"},
        {TREE_SHIFT_LEFT, "uint[4]", "int[8]", "uint[4], int[8]: uint[4]"},
        {TREE_SHIFT_LEFT, "1", "uint[4]", "int[128], uint[4]: int[128]"},
        {TREE_SHIFT_LEFT, "bit[4]", "1", "bit[4], int[128]: bit[4]"},
        {TREE_SHIFT_LEFT, "bit", "1", "none"},
        {TREE_SHIFT_LEFT, "float[64]", "1", "none"},
        {TREE_SHIFT_LEFT, "uint[4]", "2.5", "none"},
        /* Angles. */
        {TREE_ADD, "angle[8]", "angle[4]", "angle[8], angle[8]: angle[8]"},
        {TREE_ADD, "angle[8]", "2.5", "angle[8], angle[8]: angle[8]"},
        {TREE_ADD, "angle[8]", "int[8]", "none"},
        {TREE_MULTIPLY, "angle[8]", "uint[4]", "angle[8], uint[4]: angle[8]"},
        {TREE_MULTIPLY, "2", "angle[8]", "int[128], angle[8]: angle[8]"},
        {TREE_MULTIPLY, "angle[8]", "angle[8]", "none"},
        {TREE_MULTIPLY, "2.5", "angle[8]", "float[64], float[64]: float[64]"},
        {TREE_DIVIDE, "angle[8]", "angle[8]", "angle[8], angle[8]: uint[8]"},
        {TREE_DIVIDE, "angle[8]", "4", "angle[8], int[128]: angle[8]"},
        {TREE_DIVIDE, "4", "angle[8]", "none"},
        {TREE_BIT_AND, "angle[8]", "angle[8]", "angle[8], angle[8]: angle[8]"},
        {TREE_BIT_AND, "angle[8]", "angle[4]", "none"},
        {TREE_EQUAL, "angle[8]", "2.5", "angle[8], angle[8]: bool"},
        /* Bits. */
        {TREE_BIT_AND, "bit[4]", "bit[4]", "bit[4], bit[4]: bit[4]"},
        {TREE_BIT_AND, "bit[4]", "bit[3]", "none"},
        {TREE_BIT_AND, "bit", "bit[1]", "bit, bit: bit"},
        {TREE_BIT_AND, "bit", "bool", "bool, bool: bool"},
        {TREE_BIT_AND, "bit[4]", "5", "bit[4], bit[4]: bit[4]"},
        {TREE_BIT_AND, "bit[2]", "5", "none"},
        {TREE_BIT_AND, "bit[4]", "uint[4]", "uint[4], uint[4]: uint[4]"},
        {TREE_BIT_AND, "bit[4]", "uint[5]", "none"},
        {TREE_EQUAL, "bit[4]", "5", "bit[4], bit[4]: bool"},
        {TREE_EQUAL, "bit[200]", "5", "bit[200], bit[200]: bool"},
        {TREE_EQUAL, "bit[4]", "16", "int[32], int[32]: bool"},
        {TREE_EQUAL, "bit[4]", "-1", "uint[4], uint[4]: bool"},
        {TREE_EQUAL, "bit[4]", "uint[8]", "uint[8], uint[8]: bool"},
        {TREE_EQUAL, "bit", "1", "bit, bit: bool"},
        {TREE_EQUAL, "bit", "bool", "bool, bool: bool"},
        {TREE_EQUAL, "bit[200]", "uint[8]", "none"},
        {TREE_ADD, "bit[4]", "bit[4]", "none"},
        {TREE_ADD, "bit", "1", "none"},
        /* Truth. */
        {TREE_AND, "bit[4]", "bool", "bool, bool: bool"},
        {TREE_OR, "int[8]", "float[64]", "bool, bool: bool"},
        {TREE_OR, "duration", "bool", "none"},
        {TREE_BIT_OR, "bool", "bool", "bool, bool: bool"},
        {TREE_BIT_OR, "float[64]", "5", "none"},
        /* Time. */
        {TREE_ADD, "duration", "stretch", "duration, duration: duration"},
        {TREE_MULTIPLY, "2", "stretch", "float[64], duration: duration"},
        {TREE_MULTIPLY, "duration", "int[8]", "duration, float[64]: duration"},
        {TREE_DIVIDE, "duration", "duration", "duration, duration: float[64]"},
        {TREE_DIVIDE, "2", "duration", "none"},
        {TREE_MULTIPLY, "duration", "duration", "none"},
        {TREE_ADD, "duration", "5", "none"},
        {TREE_LESS, "duration", "stretch", "duration, duration: bool"},
        /* One operand. */
        {TREE_NEGATE, "uint[8]", NULL, "uint[8]"},
        {TREE_NEGATE, "5", NULL, "int"},
        {TREE_NEGATE, "stretch", NULL, "duration"},
        {TREE_NEGATE, "bit[4]", NULL, "none"},
        {TREE_NEGATE, "angle[4]", NULL, "angle[4]"},
        {TREE_COMPLEMENT, "bit[4]", NULL, "bit[4]"},
        {TREE_COMPLEMENT, "bool", NULL, "bool"},
        {TREE_COMPLEMENT, "float[64]", NULL, "none"},
        {TREE_NOT, "bit[4]", NULL, "bool"},
        {TREE_NOT, "2.5", NULL, "bool"},
        {TREE_NOT, "qubit", NULL, "none"},
        {TREE_ADD, "qubit", "qubit", "none"},
        {TREE_EQUAL, "qubit", "1", "none"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *got = met(v, cases[i].op, cases[i].a, cases[i].b);
        if (strcmp(got, cases[i].want) != 0)
            fail_msg("case %zu, %s and %s: %s", i, cases[i].a, cases[i].b ? cases[i].b : "nothing", got);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_text, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_equal, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_casts, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_fits, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_arrays_fit, values_begin, values_end),
        cmocka_unit_test_setup_teardown(test_operators, values_begin, values_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
