/* conformance_test.c: the files of the OpenQASM specification's own repository, where they are at hand (the cache variable
 * QUARRY_CONFORMANCE): every example and reference source is read, and printed and read again to the same tree; every line
 * of invalid/ is refused as a program of its own. */
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
    };
    if (access(QUARRY_CONFORMANCE, R_OK) != 0) {
        printf("not there: %s (set QUARRY_CONFORMANCE to the folder of the conformance files)\n", QUARRY_CONFORMANCE);
        return SKIPPED;
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
