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

static void test_strings(void **state)
{
    assert_refused(*state, text_of("bit[3] b = \"", "0", 5000000, "\";\n", "", ""), "");
    assert_refused(*state, text_of("include \"", "a", 5000000, "\";\n", "", ""), "");
}

static void test_errors(void **state) { assert_refused(*state, text_of("", "foo bar @;", 200000, "", "", ""), ""); }

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_nesting),   TEST(test_nested_blocks), TEST(test_nested_conditions),
                                       TEST(test_long_sum),  TEST(test_unclosed),      TEST(test_long_name),
                                       TEST(test_modifiers), TEST(test_definitions),   TEST(test_statements),
                                       TEST(test_strings),   TEST(test_errors)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
