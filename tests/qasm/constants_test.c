/* constants_test.c: an expression over constants, which the check evaluates, and the same over variables, which the
 * interpreter does, come to the same: the same value, or both are refused. Random expressions over all types. */
#include "qasm/qasm.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { ROUNDS = 4000, DEPTH = 3 };

struct text {
    char text[4096];
    size_t length;
};

static void add(struct text *t, const char *format, ...) QRY_PRINTF(2, 3);
static void add(struct text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    t->length += (size_t)vsnprintf(t->text + t->length, sizeof t->text - t->length, format, list);
    va_end(list);
    assert_true(t->length < sizeof t->text);
}

static const char *const types[] = {"int[8]",    "uint[8]",  "int[4]",  "uint[13]", "float[64]",          "float[32]",
                                    "angle[8]",  "bool",     "bit[4]",  "bit[8]",   "complex[float[64]]", "duration",
                                    "uint[128]", "int[128]", "angle[4]"};
enum { TYPES = sizeof types / sizeof *types };

static const char *pick(qry_random *random, const char *const *list, size_t count)
{
    return list[qry_random_below(random, count)];
}

/* A value for each type. */
static void add_value(struct text *t, qry_random *random, size_t type)
{
    int small = (int)qry_random_below(random, 16);
    const char *word = types[type];
    if (strncmp(word, "bool", 4) == 0) {
        add(t, "%s", small & 1 ? "true" : "false");
    } else if (strncmp(word, "bit", 3) == 0) {
        add(t, "\"");
        for (int i = 0; i < atoi(word + 4); i++)
            add(t, "%d", (int)qry_random_below(random, 2));
        add(t, "\"");
    } else if (word[0] == 'd') {
        add(t, "%dns", small);
    } else if (word[0] == 'c') {
        add(t, "%d.5 - %dim", small, small / 2);
    } else if (word[0] == 'i') {
        add(t, "%d", small / 2 - 4);
    } else {
        add(t, word[0] == 'u' ? "%d" : "%d.25", small);
    }
}

static void add_expression(struct text *t, qry_random *random, int depth)
{
    static const char *const operators[] = {"+",  "-",  "*",  "/",  "%", "**", "&",  "|", "^",
                                            "<<", ">>", "==", "!=", "<", ">=", "&&", "||"};
    static const char *const prefixes[] = {"-",     "~",    "!",      "sin",     "sqrt",      "popcount", "real",
                                           "floor", "bool", "int[6]", "uint[9]", "float[32]", "angle[5]", "bit[8]"};
    static const char *const functions[] = {"mod", "pow", "rotl", "rotr"};
    size_t kind = qry_random_below(random, depth ? 10 : 3);
    if (kind < 2) {
        add(t, "v%d", (int)qry_random_below(random, TYPES));
    } else if (kind == 2) {
        add(t, "%d", (int)qry_random_below(random, 12));
    } else if (kind < 7) {
        add(t, "(");
        add_expression(t, random, depth - 1);
        add(t, " %s ", pick(random, operators, sizeof operators / sizeof *operators));
        add_expression(t, random, depth - 1);
        add(t, ")");
    } else if (kind < 9) {
        add(t, "%s(", pick(random, prefixes, sizeof prefixes / sizeof *prefixes));
        add_expression(t, random, depth - 1);
        add(t, ")");
    } else {
        add(t, "%s(", pick(random, functions, 4));
        add_expression(t, random, depth - 1);
        add(t, ", ");
        add_expression(t, random, depth - 1);
        add(t, ")");
    }
}

struct run {
    qry_ctx *ctx;
    const char *text;
    char value[256]; /* "": refused */
};

static void take(void *state, const qry_diagnostic *diagnostic)
{
    (void)state;
    (void)diagnostic;
}

static void evaluate(void *argument)
{
    struct run *r = argument;
    qry_qasm *program = qry_qasm_read(r->ctx, qry_source_from_text(r->ctx, "test", r->text, strlen(r->text)));
    const qry_elaboration *elaboration = program ? qry_qasm_elaborate(program) : NULL;
    size_t count;
    if (elaboration) {
        const qry_variable *variables = qry_qasm_variables(program, &count);
        for (size_t i = 0; i < count; i++)
            if (variables[i].output)
                snprintf(r->value, sizeof r->value, "%s",
                         elaboration->value[i] ? elaboration->value[i] : "a register of bits");
    }
    qry_qasm_free(program);
}

static void run(struct run *r)
{
    r->ctx = qry_ctx_new();
    qry_ctx_on_diagnostic(r->ctx, take, NULL);
    qry_protect(r->ctx, evaluate, r);
    qry_ctx_free(r->ctx);
}

static void test_same(void **state)
{
    (void)state;
    qry_random random;
    size_t accepted = 0;
    qry_random_seed(&random, 4, 1);
    for (int round = 0; round < ROUNDS; round++) {
        struct text expression = {.length = 0}, constant = {.length = 0}, variable = {.length = 0};
        const char *result = pick(&random, types, 8); /* those that have a value as text */
        add_expression(&expression, &random, DEPTH);
        for (size_t i = 0; i < TYPES; i++) {
            struct text value = {.length = 0};
            add_value(&value, &random, i);
            add(&constant, "const %s v%zu = %s;\n", types[i], i, value.text);
            add(&variable, "%s v%zu = %s;\n", types[i], i, value.text);
        }
        add(&constant, "const %s r = %s;\noutput %s o;\no = r;\n", result, expression.text, result);
        add(&variable, "%s r = %s;\noutput %s o;\no = r;\n", result, expression.text, result);
        struct run known = {.text = constant.text}, later = {.text = variable.text};
        run(&known);
        run(&later);
        if (strcmp(known.value, later.value) != 0)
            fail_msg("%s\nknown: %s\nlater: %s", constant.text, known.value, later.value);
        accepted += known.value[0] != 0;
    }
    assert_true(accepted > ROUNDS / 20);
    print_message("%zu of %d expressions have a value\n", accepted, ROUNDS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_same)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
