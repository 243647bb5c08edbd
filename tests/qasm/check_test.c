/* check_test.c: every program tests/programs/check_*.qasm gives exactly the diagnostics that its comments announce:
 *
 *   // error: LINE:COLUMN message      // warning: LINE:COLUMN message
 *   // hint: text                      of the diagnostic announced last; once there is one, all are compared
 *
 * A program without any is right. With paths as arguments it prints what the check says of these files. */
#include "qasm/program/symbol.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define FOLDER QUARRY_SOURCE_DIR "/tests/programs"

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
    struct found *found = state;
    size_t line = 0, column = 0;
    if (d->span.source)
        qry_source_position(d->span.source, d->span.offset, &line, &column);
    add(&found->diagnostics, "%s: %zu:%zu %s\n", d->severity == QRY_ERROR ? "error" : "warning", line, column,
        d->message);
    if (found->with_hints && d->hint)
        add(&found->diagnostics, "hint: %s\n", d->hint);
}

static const char *comment(const char *line, const char *word)
{
    size_t length = strlen(word);
    bool is = strncmp(line, "// ", 3) == 0 && strncmp(line + 3, word, length) == 0 && line[3 + length] == ':';
    return is ? line + length + 5 : NULL;
}

static void read_wanted(const qry_source *source, struct lines *wanted, bool *with_hints)
{
    static const char *const words[] = {"error", "warning", "hint"};
    for (const char *line = source->text; *line; line += strcspn(line, "\n"), line += *line == '\n')
        for (size_t w = 0; w < 3; w++) {
            const char *rest = comment(line, words[w]);
            if (rest)
                add(wanted, "%s: %.*s\n", words[w], (int)strcspn(rest, "\n"), rest);
            *with_hints = *with_hints || (rest && w == 2);
        }
}

struct run {
    qry_ctx *ctx;
    const char *path;
    bool grammar_only, fine;
    const qry_source *source;
};

static void check(void *argument)
{
    struct run *r = argument;
    struct tree_options options = {.grammar_only = r->grammar_only};
    struct tree_program *tree = qry_tree_read(r->ctx, qry_arena_new(r->ctx), r->source, &options);
    r->fine = tree && qasm_check(tree);
    if (tree)
        qry_tree_free(tree);
}

/* The direct path and the grammar alone come to the same. */
static void test_program(void **state)
{
    for (int grammar_only = 0; grammar_only < 2; grammar_only++) {
        struct run r = {.ctx = qry_ctx_new(), .path = *state, .grammar_only = grammar_only};
        struct found found = {.with_hints = false};
        struct lines wanted = {.length = 0};
        r.source = qry_source_read(r.ctx, r.path);
        assert_non_null(r.source);
        read_wanted(r.source, &wanted, &found.with_hints);
        qry_ctx_on_diagnostic(r.ctx, take, &found);
        assert_true(qry_protect(r.ctx, check, &r));
        assert_string_equal(found.diagnostics.text, wanted.text);
        assert_int_equal(r.fine, !strstr(wanted.text, "error: "));
        qry_ctx_free(r.ctx);
    }
}

static int is_program(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return strncmp(entry->d_name, "check_", 6) == 0 && length > 5 && strcmp(entry->d_name + length - 5, ".qasm") == 0;
}

static int show(int count, char **paths)
{
    for (int i = 0; i < count; i++) {
        struct run r = {.ctx = qry_ctx_new(), .path = paths[i]};
        r.source = qry_source_read(r.ctx, r.path);
        if (r.source && qry_protect(r.ctx, check, &r))
            printf("%s: %s\n", r.path, r.fine ? "fine" : "refused");
        qry_ctx_free(r.ctx);
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    if (argc > 1)
        return show(argc - 1, argv + 1);
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
        tests[i] = (struct CMUnitTest){entries[i]->d_name, test_program, NULL, NULL, path};
    }
    int failed = _cmocka_run_group_tests("check", tests, (size_t)count, NULL, NULL);
    for (int i = 0; i < count; i++) {
        free(tests[i].initial_state);
        free(entries[i]);
    }
    free(entries);
    free(tests);
    return failed;
}
