/* programs_test.c: programs at random are read, checked and written out; printed, they read to the same tree; and the direct
 * path makes the same circuits as the grammar alone. */
#include "qasm/program/interpret.h"
#include "support.h"
#include "tests/qasm/programs.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const program_kind kinds[] = {{false, false, false}, {true, false, false}, {false, true, false},
                                     {true, true, false},   {false, false, true}, {true, true, true}};
enum { KINDS = sizeof kinds / sizeof *kinds, SEEDS = 60 };

static struct tree_program *must_read(fixture *f, const char *text, bool grammar_only)
{
    struct tree_options options = {.grammar_only = grammar_only};
    const qry_source *source = qry_source_from_text(f->ctx, "random.qasm", text, strlen(text));
    struct tree_program *tree = qry_tree_read(f->ctx, f->arena, source, &options);
    if (!tree)
        fail_msg("%s\n%s", text, f->text);
    return tree;
}

static char *dump_of(const struct tree_program *tree)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    qry_tree_dump(tree, stream);
    fclose(stream);
    return text;
}

static const char *print_of(fixture *f, const struct tree_program *tree)
{
    char path[] = "/tmp/quarry_programs_XXXXXX";
    close(mkstemp(path));
    qry_output *output = qry_output_open(f->ctx, path);
    assert_non_null(output);
    qry_tree_print(tree, output);
    assert_true(qry_output_commit(output));
    const qry_source *source = qry_source_read(f->ctx, path);
    remove(path);
    return source->text;
}

static void each_program(fixture *f, void (*use)(fixture *f, const char *text))
{
    for (int kind = 0; kind < KINDS; kind++)
        for (uint64_t seed = 0; seed < SEEDS; seed++)
            use(f, random_program(f->arena, seed, kinds[kind]));
}

static void print_back(fixture *f, const char *text)
{
    for (int grammar_only = 0; grammar_only < 2; grammar_only++) {
        struct tree_program *tree = must_read(f, text, grammar_only);
        const char *printed = print_of(f, tree);
        struct tree_program *again = must_read(f, printed, grammar_only);
        char *before = dump_of(tree), *after = dump_of(again);
        if (strcmp(before, after) != 0)
            fail_msg("%s\nprinted:\n%s", text, printed);
        free(before);
        free(after);
        qry_tree_free(tree);
        qry_tree_free(again);
    }
}

static void test_print_back(void **state) { each_program(*state, print_back); }

static void check(fixture *f, const char *text)
{
    for (int grammar_only = 0; grammar_only < 2; grammar_only++) {
        struct tree_program *tree = must_read(f, text, grammar_only);
        if (!qasm_check(tree))
            fail_msg("%s\n%s", text, f->text);
        qry_tree_free(tree);
    }
}

static void test_check(void **state) { each_program(*state, check); }

static qry_circuit *circuit_of(fixture *f, const char *text, bool grammar_only)
{
    struct tree_options options = {.grammar_only = grammar_only};
    qry_qasm *program =
        qasm_program_read(f->ctx, qry_source_from_text(f->ctx, "random.qasm", text, strlen(text)), &options);
    const qry_elaboration *elaboration = program ? qry_qasm_elaborate(program) : NULL;
    if (!elaboration)
        fail_msg("%s\n%s", text, f->text);
    return elaboration->circuit;
}

static void same_circuit(fixture *f, const char *text)
{
    if (!qry_circuit_equal(circuit_of(f, text, false), circuit_of(f, text, true)))
        fail_msg("%s", text);
}

static void test_same_circuit(void **state) { each_program(*state, same_circuit); }

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_print_back),
        TEST(test_check),
        TEST(test_same_circuit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
