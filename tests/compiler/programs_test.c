/* programs_test.c: every program of tests/programs/ gives exactly the diagnostics that its comments announce, and has
 * the widths and the meaning that they state:
 *
 *   // error: LINE:COLUMN message      // warning: LINE:COLUMN message
 *   // hint: text                      of the diagnostic announced last
 *   // define: name=value              as -D does
 *   // widths: expression = type       as --explain widths prints them
 *   // matches: statement = [2, 7]     rows for which the formula is true
 *   // by: statement = [0.5, -3]       for every row: what is maximised, estimated, or a probability
 */
#include "compiler/ast.h"
#include "compiler/program.h"

#include <dirent.h>
#include <math.h>
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
    add(&found->diagnostics, "%s: %zu:%zu ", severity[d->severity], line, column);
    const char *folder = strstr(d->message, FOLDER "/"); /* differs from one machine to the next */
    if (folder)
        add(&found->diagnostics, "%.*s%s\n", (int)(folder - d->message), d->message, folder + strlen(FOLDER "/"));
    else
        add(&found->diagnostics, "%s\n", d->message);
    if (found->with_hints && d->hint)
        add(&found->diagnostics, "hint: %s\n", d->hint);
}

/* The rest of a comment line that begins with `// word: `, or NULL. */
static const char *comment(const char *line, const char *word)
{
    size_t length = strlen(word);
    bool is = strncmp(line, "// ", 3) == 0 && strncmp(line + 3, word, length) == 0 && line[3 + length] == ':';
    return is ? line + length + 5 : NULL;
}

static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end ? end + 1 : NULL;
}

/* The wanted diagnostics, in the order of the comments. Hints count where one is announced. */
static void read_wanted(const qry_source *source, struct lines *wanted, bool *with_hints)
{
    static const char *const words[] = {"error", "warning", "note", "hint"};
    for (const char *line = source->text; line; line = next_line(line)) {
        for (size_t w = 0; w < 4; w++) {
            const char *rest = comment(line, words[w]);
            if (rest)
                add(wanted, "%s: %.*s\n", words[w], (int)strcspn(rest, "\n"), rest);
            *with_hints = *with_hints || (rest && w == 3);
        }
    }
}

static bool define(qry_program *program, const qry_source *source)
{
    bool fine = true;
    for (const char *line = source->text; line; line = next_line(line)) {
        const char *rest = comment(line, "define");
        if (!rest)
            continue;
        char name[64], value[64];
        assert_int_equal(sscanf(rest, "%63[^=]=%63[^\n]", name, value), 2);
        fine = qry_program_define(program, name, value) && fine;
    }
    return fine;
}

/* A line of --explain widths begins with two blanks and the expression, and ends with the type. */
static bool explains(const char *text, const char *expression, size_t length, const char *type, size_t type_length)
{
    for (const char *line = text; line; line = strchr(line, '\n')) {
        line += *line == '\n';
        size_t end = strcspn(line, "\n");
        if (end > length + type_length + 2 && memcmp(line + 2, expression, length) == 0 && line[2 + length] == ' ' &&
            memcmp(line + end - type_length, type, type_length) == 0 && line[end - type_length - 1] == ' ')
            return true;
        if (!line[end])
            break;
    }
    return false;
}

static void check_widths(const qry_program *program, const qry_source *source)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    qry_widths_explain(stream, program);
    fclose(stream);
    for (const char *line = source->text; line; line = next_line(line)) {
        const char *rest = comment(line, "widths");
        if (!rest)
            continue;
        size_t end = strcspn(rest, "\n"), equal = end;
        while (strncmp(rest + equal, " = ", 3) != 0)
            equal--;
        if (!explains(text, rest, equal, rest + equal + 3, end - equal - 3))
            fail_msg("%s: wanted widths %.*s in\n%s", source->name, (int)end, rest, text);
    }
    free(text);
}

static void check_matches(const qry_program *program, const qry_source *source)
{
    for (const char *line = source->text; line; line = next_line(line)) {
        const char *rest = comment(line, "matches");
        char name[64];
        if (!rest)
            continue;
        assert_int_equal(sscanf(rest, "%63s", name), 1);
        const qry_statement *statement = qry_program_find_statement(program, name);
        assert_non_null(statement);
        struct lines list = {.length = 0};
        int64_t *scratch = calloc(statement->where.count, sizeof *scratch);
        for (uint64_t j = statement->low; j <= statement->high; j++)
            if (qry_formula_evaluate(&statement->where, statement->where.root, j, 0, scratch))
                add(&list, "%s%llu", list.length ? ", " : "", (unsigned long long)j);
        free(scratch);
        char *wanted = strndup(rest, strcspn(rest, "\n"));
        struct lines got = {.length = 0};
        add(&got, "%s = [%s]", name, list.text);
        assert_string_equal(got.text, wanted);
        free(wanted);
    }
}

static void check_values(const qry_program *program, const qry_source *source)
{
    for (const char *line = source->text; line; line = next_line(line)) {
        const char *rest = comment(line, "by");
        char name[64];
        if (!rest)
            continue;
        assert_int_equal(sscanf(rest, "%63s", name), 1);
        const qry_statement *statement = qry_program_find_statement(program, name);
        assert_non_null(statement);
        const qry_formula *by = statement->where.by;
        assert_non_null(by);
        int64_t *scratch = calloc(statement->where.count, sizeof *scratch);
        struct lines got = {.length = 0};
        add(&got, "%s = [", name);
        for (uint64_t j = statement->low; j <= statement->high; j++) {
            int64_t mantissa = qry_formula_evaluate(&statement->where, by, j, 0, scratch);
            assert_true(mantissa >= by->low && mantissa <= by->high);
            add(&got, "%s%.10g", j > statement->low ? ", " : "", ldexp((double)mantissa, -by->fraction));
        }
        add(&got, "]");
        free(scratch);
        char *wanted = strndup(rest, strcspn(rest, "\n"));
        assert_string_equal(got.text, wanted);
        free(wanted);
    }
}

struct run {
    qry_ctx *ctx;
    const char *path;
    struct found found;
};

static void run(void *argument)
{
    struct run *r = argument;
    const qry_source *source = qry_source_read(r->ctx, r->path);
    struct lines wanted = {.length = 0};
    assert_non_null(source);
    read_wanted(source, &wanted, &r->found.with_hints);
    qry_program *program = qry_program_read(r->ctx, source);
    bool fine = false;
    if (program)
        fine = define(program, source) && qry_program_run_passes(program, &(qry_compile_options){.statement = NULL});
    bool errors = strncmp(wanted.text, "error", 5) == 0 || strstr(wanted.text, "\nerror") != NULL;
    assert_string_equal(r->found.diagnostics.text, wanted.text);
    assert_int_equal(fine, !errors);
    if (fine) {
        check_matches(program, source);
        check_values(program, source);
    }
    if (fine && strstr(source->text, "// widths:")) {
        program->tree->explain = true;
        assert_true(qry_program_run_passes(program, NULL));
        check_widths(program, source);
    }
    qry_program_free(program);
}

static void test_program(void **state)
{
    struct run r = {.ctx = qry_ctx_new(), .path = *state};
    qry_ctx_on_diagnostic(r.ctx, take, &r.found);
    assert_true(qry_protect(r.ctx, run, &r));
    qry_ctx_free(r.ctx);
}

static int is_program(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".qry") == 0;
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
        char *path = malloc(strlen(FOLDER) + strlen(entries[i]->d_name) + 2);
        sprintf(path, "%s/%s", FOLDER, entries[i]->d_name);
        tests[i] = (struct CMUnitTest){.name = entries[i]->d_name, .test_func = test_program, .initial_state = path};
    }
    int failed = _cmocka_run_group_tests("programs", tests, (size_t)count, NULL, NULL);
    for (int i = 0; i < count; i++) {
        free(tests[i].initial_state);
        free(entries[i]);
    }
    free(tests);
    free(entries);
    return failed;
}
