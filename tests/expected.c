/* expected.c: diagnostics announced in comments. */
#include "expected.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

void expected_add(expected_lines *lines, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vsnprintf(lines->text + lines->length, sizeof lines->text - lines->length, format, list);
    va_end(list);
    lines->length += (size_t)length;
    assert_true(lines->length < sizeof lines->text);
}

const char *expected_comment(const char *line, const char *word)
{
    size_t length = strlen(word);
    bool is = strncmp(line, "// ", 3) == 0 && strncmp(line + 3, word, length) == 0 && line[3 + length] == ':';
    return is ? line + length + 5 : NULL;
}

const char *expected_next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end ? end + 1 : NULL;
}

static void take(void *state, const qry_diagnostic *d)
{
    static const char *const severity[] = {"error", "warning", "note"};
    expected *e = state;
    size_t line = 0, column = 0;
    if (d->span.source)
        qry_source_position(d->span.source, d->span.offset, &line, &column);
    expected_add(&e->found, "%s: %zu:%zu ", severity[d->severity], line, column);
    const char *folder = strstr(d->message, EXPECTED_FOLDER "/"); /* differs from one machine to the next */
    if (folder)
        expected_add(&e->found, "%.*s%s\n", (int)(folder - d->message), d->message,
                     folder + strlen(EXPECTED_FOLDER "/"));
    else
        expected_add(&e->found, "%s\n", d->message);
    if (e->with_hints && d->hint)
        expected_add(&e->found, "hint: %s\n", d->hint);
}

void expected_begin(expected *e, qry_ctx *ctx, const qry_source *source)
{
    static const char *const words[] = {"error", "warning", "note", "hint"};
    *e = (expected){.with_hints = false};
    for (const char *line = source->text; line; line = expected_next_line(line))
        for (size_t w = 0; w < 4; w++) {
            const char *rest = expected_comment(line, words[w]);
            if (rest)
                expected_add(&e->wanted, "%s: %.*s\n", words[w], (int)strcspn(rest, "\n"), rest);
            e->with_hints = e->with_hints || (rest && w == 3);
        }
    qry_ctx_on_diagnostic(ctx, take, e);
}

bool expected_end(const expected *e)
{
    assert_string_equal(e->found.text, e->wanted.text);
    return strncmp(e->wanted.text, "error", 5) == 0 || strstr(e->wanted.text, "\nerror") != NULL;
}

/* ---- all files of a kind ---- */

static bool is_one(const char *name, const char *prefix, const char *suffix)
{
    size_t length = strlen(name), tail = strlen(suffix);
    return strncmp(name, prefix, strlen(prefix)) == 0 && length > tail && strcmp(name + length - tail, suffix) == 0;
}

int expected_run(const char *group, const char *prefix, const char *suffix, CMUnitTestFunction test)
{
    struct dirent **entries;
    int all = scandir(EXPECTED_FOLDER, &entries, NULL, alphasort), failed;
    size_t count = 0;
    struct CMUnitTest *tests = calloc((size_t)(all > 0 ? all : 1), sizeof *tests);
    for (int i = 0; i < all; i++) {
        const char *name = entries[i]->d_name;
        size_t size = strlen(EXPECTED_FOLDER) + strlen(name) + 2;
        if (!is_one(name, prefix, suffix))
            continue;
        char *path = malloc(size);
        snprintf(path, size, "%s/%s", EXPECTED_FOLDER, name);
        tests[count++] = (struct CMUnitTest){name, test, NULL, NULL, path};
    }
    if (count == 0)
        fprintf(stderr, "no programs in %s\n", EXPECTED_FOLDER);
    failed = count ? _cmocka_run_group_tests(group, tests, count, NULL, NULL) : 1;
    for (size_t i = 0; i < count; i++)
        free(tests[i].initial_state);
    for (int i = 0; i < all; i++)
        free(entries[i]);
    if (all >= 0)
        free(entries);
    free(tests);
    return failed;
}
