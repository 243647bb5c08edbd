/* syntax_test.c: every program tests/programs/syntax_*.qasm gives exactly the diagnostics that its comments announce:
 *
 *   // error: LINE:COLUMN message      // warning: LINE:COLUMN message
 *   // hint: text                      of the diagnostic announced last; once there is one, all are compared
 *
 * A program without any is read. With QUARRY_WRITE_GOLDEN=1 it prints what it finds in the form of such comments. */
#include "qasm/read/tree.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER QUARRY_SOURCE_DIR "/tests/programs"

/* Lines of text that grow. */
struct lines {
    char text[16384];
    size_t length;
};

static void add(struct lines *lines, const char *format, ...) QRY_PRINTF(2, 3);
static void add(struct lines *lines, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(lines->text + lines->length, sizeof lines->text - lines->length, format, list);
    va_end(list);
    lines->length += (size_t)length;
    assert_true(lines->length < sizeof lines->text);
}

struct found {
    struct lines diagnostics;
    bool with_hints;
};

static void take(void *state, const qry_diagnostic *d)
{
    static const char *const severity[] = {"error", "warning", "note"};
    struct found *found = state;
    size_t line = 0, column = 0;
    if (d->span.source)
        qry_source_position(d->span.source, d->span.offset, &line, &column);
    add(&found->diagnostics, "// %s: %zu:%zu %s\n", severity[d->severity], line, column, d->message);
    if (found->with_hints && d->hint)
        add(&found->diagnostics, "// hint: %s\n", d->hint);
}

/* The comments that announce diagnostics. */
static void read_wanted(const qry_source *source, struct lines *wanted, bool *with_hints)
{
    static const char *const words[] = {"// error: ", "// warning: ", "// note: ", "// hint: "};
    for (const char *line = source->text; *line; line += strcspn(line, "\n"), line += *line == '\n')
        for (size_t w = 0; w < 4; w++)
            if (strncmp(line, words[w], strlen(words[w])) == 0) {
                add(wanted, "%.*s\n", (int)strcspn(line, "\n"), line);
                *with_hints = *with_hints || w == 3;
            }
}

/* The direct path and the grammar alone say the same. */
static void test_program(void **state)
{
    for (int grammar_only = 0; grammar_only < 2; grammar_only++) {
        struct tree_options options = {.syntax_only = true, .grammar_only = grammar_only};
        struct lines wanted = {.length = 0};
        struct found found = {.with_hints = false};
        bool writes = getenv("QUARRY_WRITE_GOLDEN") != NULL;
        qry_ctx *ctx = qry_ctx_new();
        const qry_source *source = qry_source_read(ctx, *state);
        assert_non_null(source);
        read_wanted(source, &wanted, &found.with_hints);
        found.with_hints |= writes;
        qry_ctx_on_diagnostic(ctx, take, &found);
        struct tree_program *tree = qry_tree_read(ctx, qry_arena_new(ctx), source, &options);
        if (writes)
            printf("%s\n%s", source->name, found.diagnostics.text);
        else
            assert_string_equal(found.diagnostics.text, wanted.text);
        assert_int_equal(tree == NULL, strstr(found.diagnostics.text, "// error") != NULL);
        qry_tree_free(tree);
        qry_ctx_free(ctx);
    }
}

static int is_program(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return strncmp(entry->d_name, "syntax_", 7) == 0 && strcmp(entry->d_name + length - 5, ".qasm") == 0;
}

int main(void)
{
    struct dirent **entries;
    int count = scandir(FOLDER, &entries, is_program, alphasort);
    if (count <= 0) {
        fprintf(stderr, "no programs in %s\n", FOLDER);
        return 1;
    }
    struct CMUnitTest *tests = calloc((size_t)count, sizeof *tests);
    for (int i = 0; i < count; i++) {
        size_t size = strlen(FOLDER) + strlen(entries[i]->d_name) + 2;
        char *path = malloc(size);
        snprintf(path, size, "%s/%s", FOLDER, entries[i]->d_name);
        tests[i] = (struct CMUnitTest){.name = entries[i]->d_name, .test_func = test_program, .initial_state = path};
    }
    int failed = _cmocka_run_group_tests("syntax", tests, (size_t)count, NULL, NULL);
    for (int i = 0; i < count; i++) {
        free(tests[i].initial_state);
        free(entries[i]);
    }
    free(tests);
    free(entries);
    return failed;
}
