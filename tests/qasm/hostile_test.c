/* hostile_test.c: programs that are large where nobody is: what is read must work or be an error, in memory and time that
 * grow with the text. A case that took time by the square of its text would not come to its end. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

/* begin, then `piece` so many times, then middle, the other piece as often, and the end. */
static char *text_of(const char *begin, const char *piece, size_t times, const char *middle, const char *other,
                     const char *end)
{
    size_t size = strlen(begin) + strlen(middle) + strlen(end) + times * (strlen(piece) + strlen(other)) + 1;
    char *text = malloc(size), *at = stpcpy(text, begin);
    for (size_t i = 0; i < times; i++)
        at = stpcpy(at, piece);
    at = stpcpy(at, middle);
    for (size_t i = 0; i < times; i++)
        at = stpcpy(at, other);
    stpcpy(at, end);
    return text;
}

static qry_qasm *read_text(fixture *f, char *text)
{
    qry_qasm *program = qry_qasm_read(f->ctx, qry_source_from_text(f->ctx, "hostile.qasm", text, strlen(text)));
    assert_int_equal(program == NULL, f->errors > 0);
    free(text);
    return program;
}

static void assert_refused(fixture *f, char *text, const char *message)
{
    assert_null(read_text(f, text));
    if (!strstr(f->text, message))
        fail_msg("'%s' is not in:\n%s", message, f->text);
}

static void assert_elaborates(fixture *f, char *text, uint64_t gates)
{
    qry_qasm *program = read_text(f, text);
    assert_non_null(program);
    const qry_elaboration *e = qry_qasm_elaborate(program);
    assert_non_null(e);
    qry_tally tally;
    qry_definition_tally(qry_circuit_program(e->circuit), &tally);
    assert_true(qry_tally_gates(&tally) == gates);
    qry_qasm_free(program);
}

#define HEAD "OPENQASM 3.1;\ninclude \"stdgates.inc\";\nqubit q;\n"

static void test_nesting(void **state)
{
    assert_refused(*state, text_of("int x = ", "(", 100000, "1", ")", ";\n"), "nested");
}

static void test_nested_blocks(void **state)
{
    assert_refused(*state, text_of(HEAD, "{", 100000, "x q;", "}", "\n"), "nested");
}

static void test_nested_conditions(void **state)
{
    assert_refused(*state, text_of(HEAD, "if (true) ", 100000, "x q;", "", "\n"), "nested");
}

static void test_long_sum(void **state)
{
    assert_refused(*state, text_of("int x = 1", "+1", 1000000, ";\n", "", ""), "nested");
}

static void test_unclosed(void **state)
{
    assert_refused(*state, text_of("int x = ", "((({[", 100000, "", "", ""), "");
}

static void test_long_name(void **state)
{
    fixture *f = *state;
    char *text = text_of("qubit a", "b", 10000000, ";\n", "", "");
    qry_qasm_free(read_text(f, text));
}

static void test_modifiers(void **state)
{
    assert_elaborates(*state, text_of(HEAD, "inv @ ", 300001, "s q;", "", ""), 1);
}

static void test_definitions(void **state)
{
    fixture *f = *state;
    enum { GATES = 10000 };
    char *text = malloc(GATES * 64 + 200), *at = stpcpy(text, HEAD "gate g0 a { x a; }\n");
    for (int i = 1; i <= GATES; i++)
        at += sprintf(at, "gate g%d a { g%d a; z a; }\n", i, i - 1);
    sprintf(at, "g%d q;\n", GATES);
    assert_elaborates(f, text, GATES + 1);
}

static void test_statements(void **state)
{
    assert_elaborates(*state, text_of(HEAD, "if (true) x q;", 200000, "", "", ""), 200000);
}

/* Every case of a switch on measured bits lies in the `else` of all those before it. */
static void test_cases(void **state)
{
    enum { CASES = 100000 };
    char *text = malloc(CASES * 32 + 300);
    char *at = stpcpy(text, "OPENQASM 3.1;\ninclude \"stdgates.inc\";\nqubit[20] q;\nbit[20] c = measure q;\n"
                            "switch (int[32](uint[20](c))) {");
    for (int i = 0; i < CASES; i++)
        at += sprintf(at, "case %d { x q[0]; }\n", i);
    strcpy(at, "}\n");
    assert_elaborates(*state, text, CASES);
}

/* Lists of parts: what is gathered must not be copied for each of them. */
static void test_parts(void **state)
{
    enum { PARTS = 100000 };
    fixture *f = *state;
    char *text = malloc(PARTS * 48 + 300);
    char *at = text + sprintf(text, "OPENQASM 3.1;\nqubit[%d] q;\nbit[%d] c;\nlet a = q[0]", PARTS, PARTS);
    for (int i = 1; i < PARTS; i++)
        at += sprintf(at, " ++ q[%d]", i);
    at = stpcpy(at, ";\nbarrier q[0]");
    for (int i = 1; i < PARTS; i++)
        at += sprintf(at, ", q[%d]", i);
    at = stpcpy(at, ";\nc = c[0]");
    for (int i = 1; i < PARTS; i++)
        at += sprintf(at, " ++ c[%d]", i);
    strcpy(at, ";\nU(0, 0, 0) a[1];\n");
    assert_elaborates(f, text, 1);
    assert_true(qry_memory_peak(f->ctx) < (size_t)512 << 20);
}

static void elaborate(void *program) { qry_qasm_elaborate(program); }

/* Defs within defs are calls on the stack. */
static void test_def_chain(void **state)
{
    enum { DEFS = 50000 };
    fixture *f = *state;
    char *text = malloc(DEFS * 64 + 200), *at = stpcpy(text, HEAD "def f0(qubit a) { x a; }\n");
    for (int i = 1; i <= DEFS; i++)
        at += sprintf(at, "def f%d(qubit a) { f%d(a); }\n", i, i - 1);
    sprintf(at, "f%d(q);\n", DEFS);
    qry_qasm *program = read_text(f, text);
    assert_null(qry_qasm_elaborate(program));
    assert_non_null(strstr(f->text, "nested too deep"));
    qry_qasm_free(program);
}

/* Gates within gates carry the angles of all below. */
static void test_gate_chain(void **state)
{
    enum { GATES = 4000 };
    fixture *f = *state;
    char *text = malloc(GATES * 64 + 200);
    char *at = stpcpy(text, HEAD "gate g0(a) q { rx(a) q; }\n");
    for (int i = 1; i <= GATES; i++)
        at += sprintf(at, "gate g%d(a) q { g%d(a * a + 1) q; }\n", i, i - 1);
    sprintf(at, "g%d(0.1) q;\n", GATES);
    qry_qasm *program = read_text(f, text);
    assert_false(qry_protect(f->ctx, elaborate, program));
    assert_non_null(strstr(f->text, "angles from their parameters"));
    qry_qasm_free(program);
}

static void test_strings(void **state)
{
    assert_refused(*state, text_of("bit[3] b = \"", "0", 5000000, "\";\n", "", ""), "");
    assert_refused(*state, text_of("include \"", "a", 5000000, "\";\n", "", ""), "");
}

static void test_errors(void **state) { assert_refused(*state, text_of("", "foo bar @;", 200000, "", "", ""), ""); }

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_nesting),    TEST(test_nested_blocks), TEST(test_nested_conditions),
                                       TEST(test_long_sum),   TEST(test_unclosed),      TEST(test_long_name),
                                       TEST(test_modifiers),  TEST(test_definitions),   TEST(test_statements),
                                       TEST(test_cases),      TEST(test_parts),         TEST(test_def_chain),
                                       TEST(test_gate_chain), TEST(test_strings),       TEST(test_errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
