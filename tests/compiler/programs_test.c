/* programs_test.c: every program of tests/programs/ gives exactly the diagnostics that its comments announce
 * (tests/expected.h), and has the widths and the meaning that they state:
 *
 *   // define: name=value              as -D does
 *   // widths: expression = type       as --explain widths prints them
 *   // matches: statement = [2, 7]     rows for which the formula is true
 *   // by: statement = [0.5, -3]       for every row: what is maximised, estimated, or a probability
 */
#include "compiler/ast.h"
#include "compiler/program.h"

#include "../expected.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool define(qry_program *program, const qry_source *source)
{
    bool fine = true;
    for (const char *line = source->text; line; line = expected_next_line(line)) {
        const char *rest = expected_comment(line, "define");
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
    for (const char *line = source->text; line; line = expected_next_line(line)) {
        const char *rest = expected_comment(line, "widths");
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

/* [2, 7]: the rows that match. */
static void add_matches(expected_lines *list, const qry_statement *statement, int64_t *scratch)
{
    const char *comma = "";
    for (uint64_t j = statement->low; j <= statement->high; j++)
        if (qry_formula_evaluate(&statement->where, statement->where.root, j, 0, scratch)) {
            expected_add(list, "%s%llu", comma, (unsigned long long)j);
            comma = ", ";
        }
}

/* [0.5, -3]: what is maximised, estimated, or a probability, of every row. */
static void add_values(expected_lines *list, const qry_statement *statement, int64_t *scratch)
{
    const qry_formula *by = statement->where.by;
    assert_non_null(by);
    for (uint64_t j = statement->low; j <= statement->high; j++) {
        int64_t mantissa = qry_formula_evaluate(&statement->where, by, j, 0, scratch);
        assert_true(mantissa >= by->low && mantissa <= by->high);
        expected_add(list, "%s%.10g", j > statement->low ? ", " : "", ldexp((double)mantissa, -by->fraction));
    }
}

/* The comments `// word: statement = [...]`, against the lists that are there. */
static void check_lists(const qry_program *program, const qry_source *source, const char *word,
                        void (*add)(expected_lines *list, const qry_statement *statement, int64_t *scratch))
{
    for (const char *line = source->text; line; line = expected_next_line(line)) {
        const char *rest = expected_comment(line, word);
        char name[64];
        if (!rest)
            continue;
        assert_int_equal(sscanf(rest, "%63s", name), 1);
        const qry_statement *statement = qry_program_find_statement(program, name);
        assert_non_null(statement);
        int64_t *scratch = calloc(statement->where.count, sizeof *scratch);
        expected_lines got = {.length = 0};
        expected_add(&got, "%s = [", name);
        add(&got, statement, scratch);
        expected_add(&got, "]");
        free(scratch);
        char *wanted = strndup(rest, strcspn(rest, "\n"));
        assert_string_equal(got.text, wanted);
        free(wanted);
    }
}

struct run {
    qry_ctx *ctx;
    const char *path;
};

static void run(void *argument)
{
    struct run *r = argument;
    const qry_source *source = qry_source_read(r->ctx, r->path);
    expected e;
    assert_non_null(source);
    expected_begin(&e, r->ctx, source);
    qry_program *program = qry_program_read(r->ctx, source);
    bool fine = false;
    if (program)
        fine = define(program, source) && qry_program_run_passes(program, &(qry_compile_options){.statement = NULL});
    assert_int_equal(fine, !expected_end(&e));
    if (fine) {
        check_lists(program, source, "matches", add_matches);
        check_lists(program, source, "by", add_values);
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
    assert_true(qry_protect(r.ctx, run, &r));
    qry_ctx_free(r.ctx);
}

int main(void) { return expected_run("programs", "", ".qry", test_program); }
