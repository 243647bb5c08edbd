/* report_test.c: diagnostics to the letter. */
#include "support.h"

#include <stdlib.h>
#include <string.h>

static const qry_source *text(fixture *f, const char *bytes)
{
    return qry_source_from_text(f->ctx, "prog.qry", bytes, strlen(bytes));
}

static void expect_text(fixture *f, const char *wanted)
{
    assert_string_equal(f->text, wanted);
    f->text[0] = 0; /* the errors stay counted */
}

static void test_caret(void **state)
{
    fixture *f = *state;
    const qry_source *s = text(f, "table K[4];\n  search one j in K;\nlast");
    qry_error_at(f->ctx, (qry_span){s, 14, 6}, "say what is looked for", "no %s here", "predicate");
    expect_text(f, "prog.qry:2:3: error: no predicate here\n"
                   "    2 |   search one j in K;\n"
                   "      |   ^~~~~~\n"
                   "  hint: say what is looked for\n");
    qry_error_at(f->ctx, (qry_span){s, 0, 1}, NULL, "at the very first");
    expect_text(f, "prog.qry:1:1: error: at the very first\n    1 | table K[4];\n      | ^\n");
    qry_error_at(f->ctx, (qry_span){s, 33, 4}, NULL, "at the end of the text");
    expect_text(f, "prog.qry:3:1: error: at the end of the text\n    3 | last\n      | ^~~~\n");
    qry_error_at(f->ctx, (qry_span){s, 37, 0}, NULL, "behind it");
    expect_text(f, "prog.qry:3:5: error: behind it\n    3 | last\n      |     ^\n");
    qry_error_at(f->ctx, (qry_span){s, 9, 30}, NULL, "over the end of the line");
    expect_text(f, "prog.qry:1:10: error: over the end of the line\n    1 | table K[4];\n      |          ^~\n");
    qry_error_at(f->ctx, (qry_span){s, 9, SIZE_MAX}, NULL, "of any length");
    expect_text(f, "prog.qry:1:10: error: of any length\n    1 | table K[4];\n      |          ^~\n");
}

static void test_tabs_and_utf8(void **state)
{
    fixture *f = *state;
    const qry_source *s = text(f, "\tx\t= \xc3\xa9\xe2\x82\xac + y;\r\n");
    qry_error_at(f->ctx, (qry_span){s, 5, 5}, NULL, "two characters of five bytes");
    expect_text(f, "prog.qry:1:6: error: two characters of five bytes\n"
                   "    1 | \tx\t= \xc3\xa9\xe2\x82\xac + y;\n"
                   "      | \t \t  ^~\n");
    qry_error_at(f->ctx, (qry_span){s, 13, 1}, NULL, "behind them");
    expect_text(f, "prog.qry:1:11: error: behind them\n"
                   "    1 | \tx\t= \xc3\xa9\xe2\x82\xac + y;\n"
                   "      | \t \t       ^\n");
}

/* Of a long line one sees the surroundings of the place. */
static void test_long_lines(void **state)
{
    fixture *f = *state;
    char line[1001];
    for (int i = 0; i < 1000; i++)
        line[i] = (char)('0' + i % 10);
    line[1000] = 0;
    const qry_source *s = text(f, line);
    char wanted[1000], spaces[61];
    memset(spaces, ' ', 60);
    spaces[60] = 0;
    snprintf(wanted, sizeof wanted, "prog.qry:1:501: error: far in\n    1 | ...%.160s...\n      |    %s^~~\n",
             line + 440, spaces);
    qry_error_at(f->ctx, (qry_span){s, 500, 3}, NULL, "far in");
    expect_text(f, wanted);
    snprintf(wanted, sizeof wanted, "prog.qry:1:2: error: early\n    1 | %.160s...\n      |  ^\n", line);
    qry_error_at(f->ctx, (qry_span){s, 1, 1}, NULL, "early");
    expect_text(f, wanted);
    snprintf(wanted, sizeof wanted, "prog.qry:1:1001: error: end\n    1 | ...%s\n      |    %s^\n", line + 940, spaces);
    qry_error_at(f->ctx, (qry_span){s, 1000, 1}, NULL, "end");
    expect_text(f, wanted);
    for (int i = 0; i < 999; i++)
        line[i] = "\xe2\x82\xac"[i % 3]; /* characters are not cut in pieces */
    line[999] = 0;
    for (size_t at = 501; at < 510; at += 3) {
        const qry_source *u = text(f, line);
        char head[64];
        snprintf(head, sizeof head, "prog.qry:1:%zu: error: far in\n    1 | ...\xe2\x82\xac", at / 3 + 1);
        qry_error_at(f->ctx, (qry_span){u, at, 3}, NULL, "far in");
        assert_non_null(strstr(f->text, head));
        assert_non_null(strstr(f->text, "\xe2\x82\xac...\n"));
        assert_null(strstr(f->text, "~"));
        f->text[0] = 0;
    }
}

static void test_control_characters(void **state)
{
    fixture *f = *state;
    const qry_source *s = qry_source_from_text(f->ctx, "x.csv", "1,\033[2J\0,\177", 9);
    qry_error_at(f->ctx, (qry_span){s, 2, 1}, NULL, "bad %s", "\033[31m\n\177word");
    expect_text(f, "x.csv:1:3: error: bad ?[31m??word\n    1 | 1,?[2J?,?\n      |   ^\n");
    s = qry_source_from_text(f->ctx, "\033[31mx.qry", "a\302\233b\303\251", 6); /* a C1 control, and a letter */
    qry_error_at(f->ctx, (qry_span){s, 3, 1}, "is it \033[2J, \302\220 or\r\302\240?", "bad");
    expect_text(f, "?[31mx.qry:1:3: error: bad\n    1 | a?b\303\251\n      |   ^\n"
                   "  hint: is it ?[2J, ? or?\302\240?\n");
    qry_report(f->ctx, &(qry_diagnostic){QRY_NOTE, {0}, "\033]0;title\a\177", NULL});
    expect_text(f, "quarry: note: ?]0;title??\n");
}

static void test_without_a_place(void **state)
{
    fixture *f = *state;
    qry_error(f->ctx, "one %d", 1);
    qry_warning(f->ctx, "two");
    qry_error_at(f->ctx, (qry_span){0}, "a hint", "three");
    qry_report(f->ctx, &(qry_diagnostic){QRY_NOTE, {0}, "four", NULL});
    expect_text(f, "quarry: error: one 1\nquarry: warning: two\nquarry: error: three\n  hint: a hint\n"
                   "quarry: note: four\n");
    assert_int_equal(qry_error_count(f->ctx), 2);
}

static void test_color(void **state)
{
    fixture *f = *state;
    const qry_source *s = text(f, "abc\n");
    char *printed;
    size_t length;
    FILE *stream = open_memstream(&printed, &length);
    qry_diagnostic_print(stream, &(qry_diagnostic){QRY_WARNING, {s, 1, 2}, "odd", NULL}, true);
    qry_diagnostic_print(stream, &(qry_diagnostic){QRY_ERROR, {0}, "bad", NULL}, true);
    fclose(stream);
    assert_string_equal(printed,
                        "prog.qry:1:2: \033[1;35mwarning:\033[0m odd\n    1 | abc\n      |  \033[1;32m^~\033[0m\n"
                        "quarry: \033[1;31merror:\033[0m bad\n");
    free(printed);
}

static void test_twenty_errors(void **state)
{
    fixture *f = *state;
    for (int i = 1; i <= 20; i++) {
        qry_error(f->ctx, "%d", i);
        qry_report(f->ctx, &(qry_diagnostic){QRY_NOTE, {0}, "why", NULL});
    }
    assert_int_equal(f->diagnostics, 40);
    f->text[0] = 0;
    for (int i = 21; i <= 25; i++) {
        qry_error(f->ctx, "%d", i);
        qry_report(f->ctx, &(qry_diagnostic){QRY_NOTE, {0}, "of an error that nobody sees", NULL});
    }
    qry_warning(f->ctx, "still seen");
    expect_text(f, "quarry: note: there are more errors; only the first 20 are shown\nquarry: warning: still seen\n");
    assert_int_equal(qry_error_count(f->ctx), 25);
}

static void test_overlong_message(void **state)
{
    fixture *f = *state;
    static char name[5000];
    memset(name, 'n', sizeof name - 1);
    qry_error(f->ctx, "%s", name);
    assert_int_equal(strlen(f->text), strlen("quarry: error: ") + 1023 + 1);
    assert_non_null(strstr(f->text, "nnn...\n"));
}

static void report_to_stderr(void *nothing)
{
    (void)nothing;
    qry_ctx *ctx = qry_ctx_new();
    qry_error(ctx, "plain");
    qry_ctx_free(ctx);
}

static void test_standard_error(void **state)
{
    fixture *f = *state;
    size_t length;
    assert_int_equal(in_child(report_to_stderr, NULL, path_of(f, "errors")), 0);
    char *errors = read_file(path_of(f, "errors"), &length);
    assert_string_equal(errors, "quarry: error: plain\n");
    free(errors);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_caret),           TEST(test_tabs_and_utf8), TEST(test_long_lines),    TEST(test_control_characters),
        TEST(test_without_a_place), TEST(test_color),         TEST(test_twenty_errors), TEST(test_overlong_message),
        TEST(test_standard_error),
    };
    return cmocka_run_group_tests_name("report", tests, NULL, NULL);
}
