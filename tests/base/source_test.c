/* source_test.c: reading text, and where in it a byte is. */
#include "support.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void expect_position(const qry_source *s, size_t offset, size_t line, size_t column)
{
    size_t l, c;
    qry_source_position(s, offset, &l, &c);
    assert_int_equal(l, line);
    assert_int_equal(c, column);
}

static void test_positions(void **state)
{
    fixture *f = *state;
    const char *bytes = "ab\n\n\xc3\xa9x\r\nend";
    const qry_source *s = qry_source_from_text(f->ctx, "name", bytes, strlen(bytes));
    assert_string_equal(s->name, "name");
    assert_int_equal(s->length, strlen(bytes));
    expect_position(s, 0, 1, 1);
    expect_position(s, 1, 1, 2);
    expect_position(s, 2, 1, 3); /* the line break itself */
    expect_position(s, 3, 2, 1);
    expect_position(s, 4, 3, 1);
    expect_position(s, 6, 3, 2); /* behind a character of two bytes */
    expect_position(s, 7, 3, 3);
    expect_position(s, 9, 4, 1);
    expect_position(s, 12, 4, 4);
    expect_position(s, 1000, 4, 4); /* beyond the end is the end */
}

/* Every offset of random texts, against counting from the beginning. */
static void test_positions_at_random(void **state)
{
    fixture *f = *state;
    qry_random random;
    qry_random_seed(&random, 11, 0);
    for (int round = 0; round < 300; round++) {
        char bytes[200];
        size_t length = qry_random_below(&random, sizeof bytes);
        for (size_t i = 0; i < length; i++)
            bytes[i] = "ab\n\xc3\xa9"[qry_random_below(&random, 5)];
        const qry_source *s = qry_source_from_text(f->ctx, "", bytes, length);
        size_t line = 1, column = 1;
        for (size_t i = 0; i <= length; i++) {
            expect_position(s, i, line, column);
            column += i < length && ((unsigned char)bytes[i] & 0xc0) != 0x80;
            if (i < length && bytes[i] == '\n') {
                line++;
                column = 1;
            }
        }
        assert_true(s->text[length] == 0 && s->text[length + 1] == 0);
    }
}

static void test_empty(void **state)
{
    fixture *f = *state;
    const qry_source *s = qry_source_from_text(f->ctx, "empty", "", 0);
    expect_position(s, 0, 1, 1);
}

static void test_read(void **state)
{
    fixture *f = *state;
    enum { LENGTH = 300001 }; /* several pieces */
    char *bytes = malloc(LENGTH);
    for (size_t i = 0; i < LENGTH; i++)
        bytes[i] = (char)(i % 251);
    for (size_t length = 0; length <= LENGTH; length += length < 3 ? 1 : 99999) {
        const char *path = path_of(f, "file");
        write_file(path, bytes, length);
        const qry_source *s = qry_source_read(f->ctx, path);
        assert_non_null(s);
        assert_string_equal(s->name, path);
        assert_int_equal(s->length, length);
        assert_memory_equal(s->text, bytes, length);
        assert_true(s->text[length] == 0 && s->text[length + 1] == 0);
    }
    expect_silence(f);
    free(bytes);
}

static void test_standard_input(void **state)
{
    fixture *f = *state;
    int ends[2], saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "from a pipe\n", 12), 12);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    const qry_source *s = qry_source_read(f->ctx, "-");
    assert_non_null(s);
    assert_string_equal(s->name, "<stdin>");
    assert_string_equal(s->text, "from a pipe\n");
    assert_true(fcntl(STDIN_FILENO, F_GETFD) >= 0); /* still open */
    dup2(saved, STDIN_FILENO);
    close(saved);
}

static void test_unreadable(void **state)
{
    fixture *f = *state;
    assert_null(qry_source_read(f->ctx, path_of(f, "missing")));
    expect_error(f, "missing: No such file or directory");
    assert_null(qry_source_read(f->ctx, f->folder));
    expect_error(f, "it is a folder");
    assert_null(qry_source_read(f->ctx, ""));
    expect_error(f, "cannot read : No such file or directory");
    assert_null(qry_source_read(f->ctx, "/proc/self/mem")); /* opens, but its first bytes cannot be read */
    expect_error(f, "cannot read /proc/self/mem: Input/output error");
    assert_null(qry_source_read(f->ctx, "/dev/zero")); /* and so on for ever */
    expect_error(f, "cannot read /dev/zero: it is a device");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_positions), TEST(test_positions_at_random), TEST(test_empty),
        TEST(test_read),      TEST(test_standard_input),      TEST(test_unreadable),
    };
    return cmocka_run_group_tests_name("source", tests, NULL, NULL);
}
