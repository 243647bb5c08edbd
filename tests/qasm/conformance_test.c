/* conformance_test.c: the files of the OpenQASM specification's own repository, where they are at hand (the cache variable
 * QUARRY_CONFORMANCE): every example and reference source is read, and printed and read again to the same tree; every line
 * of invalid/ is refused as a program of its own; and the examples and references that are whole programs mean something. */
#include "qasm/read/tree.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { SKIPPED = 77 };

/* What the specification's repository has; fewer would mean that half of the files are missing. */
enum { EXAMPLES = 21, REFERENCES = 35, INVALID_LINES = 129 };

struct messages {
    char text[4096];
};

static void take(void *state, const qry_diagnostic *d)
{
    struct messages *m = state;
    size_t line = 0, column = 0, used = strlen(m->text);
    if (d->span.source)
        qry_source_position(d->span.source, d->span.offset, &line, &column);
    snprintf(m->text + used, sizeof m->text - used, "%zu:%zu: %s\n", line, column, d->message);
}

static int is_qasm(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 5 && strcmp(entry->d_name + length - 5, ".qasm") == 0;
}

/* Calls use(path) for every .qasm file of a folder; how many there were. */
static int each_file(const char *folder, void (*use)(const char *path))
{
    char path[4096];
    struct dirent **entries;
    snprintf(path, sizeof path, "%s/%s", QUARRY_CONFORMANCE, folder);
    int count = scandir(path, &entries, is_qasm, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        snprintf(path, sizeof path, "%s/%s/%s", QUARRY_CONFORMANCE, folder, entries[i]->d_name);
        use(path);
        free(entries[i]);
    }
    free(entries);
    return count;
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

static struct tree_program *read_as(qry_ctx *ctx, const qry_source *source, bool grammar_only)
{
    struct tree_options options = {.syntax_only = true, .grammar_only = grammar_only};
    return qry_tree_read(ctx, qry_arena_new(ctx), source, &options);
}

static const qry_source *printed(qry_ctx *ctx, const struct tree_program *tree)
{
    char path[] = "/tmp/quarry_conformance_XXXXXX";
    close(mkstemp(path));
    qry_output *output = qry_output_open(ctx, path);
    assert_non_null(output);
    qry_tree_print(tree, output);
    assert_true(qry_output_commit(output));
    const qry_source *source = qry_source_read(ctx, path);
    remove(path);
    return source;
}

static void accept(const char *path)
{
    for (int grammar_only = 0; grammar_only < 2; grammar_only++) {
        struct messages messages = {""};
        qry_ctx *ctx = qry_ctx_new();
        qry_ctx_on_diagnostic(ctx, take, &messages);
        struct tree_program *tree = read_as(ctx, qry_source_read(ctx, path), grammar_only);
        if (!tree)
            fail_msg("%s is refused:\n%s", path, messages.text);
        const qry_source *source = printed(ctx, tree);
        struct tree_program *again = read_as(ctx, source, grammar_only);
        if (!again)
            fail_msg("%s, printed, is refused:\n%s\n%s", path, messages.text, source->text);
        char *before = dump_of(tree), *after = dump_of(again);
        assert_string_equal(after, before);
        free(before);
        free(after);
        qry_ctx_free(ctx);
    }
}

static size_t lines_refused;

/* A program of its own is refused by the grammar, and by whoever reads and checks it. */
static void refuse(const char *path, const char *line, size_t length, bool (*reads)(qry_ctx *, const qry_source *))
{
    struct messages messages = {""};
    qry_ctx *ctx = qry_ctx_new();
    qry_ctx_on_diagnostic(ctx, take, &messages);
    if (reads(ctx, qry_source_from_text(ctx, path, line, length)) || !messages.text[0])
        fail_msg("%s: not refused: %.*s", path, (int)length, line);
    qry_ctx_free(ctx);
}

static bool reads_and_checks(qry_ctx *ctx, const qry_source *source) { return qry_qasm_read(ctx, source) != NULL; }

static void refuse_lines(const char *path)
{
    qry_ctx *files = qry_ctx_new();
    const qry_source *source = qry_source_read(files, path);
    for (const char *line = source->text; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t length = strcspn(line, "\n");
        if (length == 0 || strncmp(line, "//", 2) == 0)
            continue;
        refuse(path, line, length, qry_qasm_parse);
        refuse(path, line, length, reads_and_checks);
        lines_refused++;
    }
    qry_ctx_free(files);
}

/* Programs that their own language refuses, most of them because they are pieces, and what is wrong with them first. All
 * others are right. */
static const struct {
    const char *file, *message;
} refused[] = {{"examples/arrays.qasm", "76:16: the name 'first_dimension' is taken"},
               {"examples/cphase.qasm", "9:15: 'q' is not declared"},
               {"examples/dd.qasm", "25:3: 'u' is not declared"},
               {"examples/msd.qasm", "48:14: index 3, but 'scratch' has 3 qubits"},
               {"examples/vqe.qasm", "25:47: 'q' has no indices: it is a single qubit"},
               {"reference/assignment-alias.qasm", "6:25: index 2, but 'b' has 2 bits"},
               {"reference/comments-comments.qasm", "11:1: 'cnot' is not declared"},
               {"reference/control_flow-branch_binop.qasm", "1:4: 'spec' is not declared"},
               {"reference/control_flow-branching.qasm", "1:5: 'x' is not declared"},
               {"reference/control_flow-loop.qasm", "1:8: 'i' is not declared"},
               {"reference/control_flow-switch.qasm", "1:9: 'i' is not declared"},
               {"reference/declaration-array.qasm", "2:18: the name 'x' is taken"},
               {"reference/declaration-declaration.qasm", "4:10: the name 'z' is taken"},
               {"reference/directives-annotations.qasm", "8:8: the name 'x' is taken"},
               {"reference/directives-include.qasm", "1:9: cannot read "},
               {"reference/expression-binary_expr.qasm", "3:1: 'x' is not declared"},
               {"reference/expression-built_in_call.qasm", "11:1: rotl with 1 argument"},
               {"reference/expression-order_of_ops.qasm", "1:1: 'a' is not declared"},
               {"reference/expression-sub_and_extern_call.qasm", "1:9: 'sub_call' is not declared"},
               {"reference/expression-unary_expr.qasm", "1:2: 'my_var' is not declared"},
               {"reference/gate-gate_modifiers.qasm", "3:1: 'g' takes 3 qubits, not 1"},
               {"reference/gate-quantum_gate.qasm", "2:3: a reset cannot stand in a gate: gates are made of gates"},
               {"reference/scope-nop.qasm", "4:5: 'q' is not declared"},
               {"reference/subroutine-array.qasm", "4:50: 'n' is not declared"},
               {"reference/subroutine-extern.qasm", "1:76: a float has 16, 32 or 64 bits, not 6"},
               {"reference/subroutine-subroutine.qasm", "9:10: the def 'test_sub2' is declared to return nothing"},
               {"reference/trailing_commas-index.qasm", "1:23: 'two' is not declared"},
               {"reference/trailing_commas-nop.qasm", "1:5: 'q1' is not declared"}};

static size_t programs_refused;

static void mean(const char *path)
{
    const char *wanted = "";
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        if (strcmp(path + strlen(QUARRY_CONFORMANCE "/"), refused[i].file) == 0)
            wanted = refused[i].message;
    struct messages messages = {""};
    qry_ctx *ctx = qry_ctx_new();
    qry_ctx_on_diagnostic(ctx, take, &messages);
    bool fine = qry_qasm_read(ctx, qry_source_read(ctx, path)) != NULL;
    qry_ctx_free(ctx);
    if (fine == (wanted[0] != 0) || !strstr(messages.text, wanted))
        fail_msg("%s: wanted '%s', got:\n%s", path, wanted, messages.text);
    programs_refused += !fine;
}

static void test_meaning(void **state)
{
    (void)state;
    each_file("examples", mean);
    each_file("reference", mean);
    assert_int_equal(programs_refused, sizeof refused / sizeof *refused);
}

static void test_examples(void **state)
{
    (void)state;
    assert_int_equal(each_file("examples", accept), EXAMPLES);
}

static void test_references(void **state)
{
    (void)state;
    assert_int_equal(each_file("reference", accept), REFERENCES);
}

static void test_invalid_lines(void **state)
{
    (void)state;
    each_file("invalid", refuse_lines);
    assert_int_equal(lines_refused, INVALID_LINES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_references),
        cmocka_unit_test(test_invalid_lines),
        cmocka_unit_test(test_meaning),
    };
    if (access(QUARRY_CONFORMANCE, R_OK) != 0) {
        printf("not there: %s (set QUARRY_CONFORMANCE to the folder of the conformance files)\n", QUARRY_CONFORMANCE);
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
