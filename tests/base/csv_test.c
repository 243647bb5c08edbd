/* csv_test.c: numbers in text. */
#include "support.h"

#include <float.h>
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const qry_span nowhere;

static qry_array *read_bytes(fixture *f, const char *text, size_t length)
{
    const char *path = path_of(f, "t.csv");
    write_file(path, text, length);
    return qry_csv_read(f->ctx, path, nowhere);
}

static qry_array *read_text(fixture *f, const char *text) { return read_bytes(f, text, strlen(text)); }

static void test_shapes(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *text;
        int dims;
        size_t rows, columns;
    } cases[] = {
        {"1", 1, 1, 1},
        {"1\n", 1, 1, 1},
        {"1\n2\n3\n", 1, 3, 1},
        {"1\r\n2\r\n3", 1, 3, 1},
        {"1,2,3\n", 2, 1, 3},
        {" 1 ,\t2, 3 \n\n  \n# nothing, here\n1,2,3 # a comment, too\r\n1,2,3", 2, 3, 3},
        {"# only then\n\n1,2#3\n", 2, 1, 2},
        {"\xef\xbb\xbf"
         "1,2\n1,2\n",
         2, 2, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        qry_array *array = read_text(f, cases[i].text);
        expect_silence(f);
        assert_int_equal(array->kind, QRY_ARRAY_SIGNED);
        assert_int_equal(array->dims, cases[i].dims);
        assert_int_equal(array->shape[0], cases[i].rows);
        assert_int_equal(array->dims == 1 ? 1 : array->shape[1], cases[i].columns);
        assert_int_equal(array->count, cases[i].rows * cases[i].columns);
        for (size_t k = 0; k < array->count; k++)
            assert_int_equal(array->item.integer[k], 1 + (array->dims == 1 ? k : k % cases[i].columns));
    }
}

static void test_numbers(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {{"0.5", 0.5},
                 {".5", 0.5},
                 {"5.", 5},
                 {"+1.5e3", 1500},
                 {"-1E-3", -0.001},
                 {"1e+2", 100},
                 {"0.1", 0.1},
                 {"1e-400", 0},
                 {"4.9e-324", DBL_TRUE_MIN},
                 {"1.7976931348623157e308", DBL_MAX},
                 {"9223372036854775808", 0x1p63},
                 {"-9223372036854775809", -0x1p63},
                 {"123456789012345678901234567890", 123456789012345678901234567890.0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        qry_array *array = read_text(f, cases[i].text);
        expect_silence(f);
        assert_int_equal(array->kind, QRY_ARRAY_REAL);
        assert_true(array->item.real[0] == cases[i].value);
    }
}

static void test_exact_integers(void **state)
{
    fixture *f = *state;
    qry_array *array = read_text(f, "9223372036854775807,-9223372036854775808\n+9007199254740993,-0\n");
    expect_silence(f);
    assert_int_equal(array->kind, QRY_ARRAY_SIGNED);
    assert_true(array->item.integer[0] == INT64_MAX && array->item.integer[1] == INT64_MIN);
    assert_true(array->item.integer[2] == (INT64_C(1) << 53) + 1 && array->item.integer[3] == 0);
    array = read_text(f, "9223372036854775807,9007199254740993\n1.0,3\n");
    assert_int_equal(array->kind, QRY_ARRAY_REAL);
    const double reals[] = {0x1p63, 0x1p53, 1, 3};
    assert_memory_equal(array->item.real, reals, sizeof reals);
}

static void test_faults(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"", "it has no numbers"},
        {"# nothing\n\n", "it has no numbers"},
        {"1,2\n3,x4\n", "t.csv:2:3: error: this is not a number\n    2 | 3,x4\n      |   ^~\n"},
        {"name, other\n", "t.csv:1:1: error: this is not a number\n    1 | name, other\n      | ^~~~\n"
                          "  hint: numbers only; a line of names must begin with #\n"},
        {"1,2\n3\n", "t.csv:2:1: error: this line has 1 number, the first one 2\n"},
        {"1,2\n  3,4,5 # c\n", "t.csv:2:3: error: this line has 3 numbers, the first one 2\n    2 |   3,4,5 # c\n"
                               "      |   ^~~~~\n"},
        {"1,\n", "t.csv:1:3: error: a number is missing\n"},
        {"1, \n", "t.csv:1:3: error: a number is missing\n"},
        {"1,,2\n", "t.csv:1:3: error: a number is missing\n"},
        {",1\n", "t.csv:1:1: error: a number is missing\n"},
        {"1 2\n", "t.csv:1:3: error: a comma is missing\n"},
        {"1;2\n", "t.csv:1:1: error: this is not a number\n"},
        {"1e\n", "t.csv:1:1: error: this is not a number\n"},
        {"1e+\n", "this is not a number\n"},
        {"1.2.3\n", "this is not a number\n"},
        {".\n", "this is not a number\n"},
        {"+\n", "this is not a number\n"},
        {"--1\n", "this is not a number\n"},
        {"0x10\n", "this is not a number\n"},
        {"nan\n", "this is not a number\n"},
        {"inf\n", "this is not a number\n"},
        {"1,2\n\xc3\xa9,1e999\n", "t.csv:2:1: error: this is not a number\n"},
        {"1,2\n1,1e999\n", "t.csv:2:3: error: this number is too large for 64 bits\n"},
        {"1\r2\n", "this is not a number\n"},
        {"\xef\xbb\xbfx\n", "t.csv:1:1: error: this is not a number\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(read_text(f, cases[i].text));
        expect_error(f, cases[i].message);
    }
    assert_null(read_bytes(f, "1,\0", 3));
    expect_error(f, "t.csv:1:3: error: this is not a number\n");
    assert_null(qry_csv_read(f->ctx, path_of(f, "missing"), nowhere));
    expect_error(f, "missing: No such file or directory");
}

/* A program that asks for a file that is not there learns where it did. */
static void test_place(void **state)
{
    fixture *f = *state;
    const char *text = "table K[4] : int(4) = csv(\"k.csv\");";
    const qry_source *source = qry_source_from_text(f->ctx, "prog.qry", text, strlen(text));
    assert_null(qry_csv_read(f->ctx, path_of(f, "missing"), (qry_span){source, 26, 7}));
    expect_error(f, "prog.qry:1:27: error: cannot read ");
    write_file(path_of(f, "empty"), "", 0);
    assert_null(qry_csv_read(f->ctx, path_of(f, "empty"), (qry_span){source, 26, 7}));
    expect_error(f, "prog.qry:1:27: error: cannot read ");
}

static void test_other_countries(void **state)
{
    fixture *f = *state;
    if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "fr_FR.UTF-8")) {
        print_message("no locale with a decimal comma is installed\n");
        skip();
    }
    qry_array *array = read_text(f, "1.5,2\n");
    setlocale(LC_ALL, "C");
    expect_silence(f);
    assert_true(array->item.real[0] == 1.5 && array->item.real[1] == 2);
}

/* What %.17g writes comes back to the last bit. */
static void test_round_trip(void **state)
{
    fixture *f = *state;
    enum { ROWS = 500, COLUMNS = 7 };
    static double items[ROWS][COLUMNS];
    qry_random random;
    qry_random_seed(&random, 1, 2);
    FILE *file = fopen(path_of(f, "r.csv"), "w");
    for (int r = 0; r < ROWS; r++)
        for (int c = 0; c < COLUMNS; c++) {
            items[r][c] = ldexp(qry_random_normal(&random), (int)qry_random_below(&random, 2000) - 1000);
            fprintf(file, "%.17g%s", items[r][c], c < COLUMNS - 1 ? "," : "\n");
        }
    fclose(file);
    size_t before = qry_memory_used(f->ctx);
    qry_array *array = qry_csv_read(f->ctx, path_of(f, "r.csv"), nowhere);
    expect_silence(f);
    assert_int_equal(array->count, ROWS * COLUMNS);
    assert_memory_equal(array->item.real, items, sizeof items);
    qry_array_free(f->ctx, array);
    assert_int_equal(qry_memory_used(f->ctx), before);
}

/* Any bytes: an array without a complaint, or none with exactly one. */
static void test_random_text(void **state)
{
    fixture *f = *state;
    qry_random random;
    qry_random_seed(&random, 3, 4);
    int read = 0;
    for (int i = 0; i < 3000; i++) {
        char text[40];
        size_t length = qry_random_below(&random, sizeof text);
        for (size_t k = 0; k < length; k++)
            text[k] = "0123456789,,,\n\n\n  .e-+#\r\tx\xc3\xa9"[qry_random_below(&random, i % 2 ? 16 : 29)];
        qry_array *array = read_bytes(f, text, length);
        assert_int_equal(f->diagnostics, array ? 0 : 1);
        read += array != NULL;
        qry_array_free(f->ctx, array);
        forget(f);
    }
    assert_true(read > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_shapes), TEST(test_numbers),         TEST(test_exact_integers), TEST(test_faults),
        TEST(test_place),  TEST(test_other_countries), TEST(test_round_trip),     TEST(test_random_text),
    };
    return cmocka_run_group_tests_name("csv", tests, NULL, NULL);
}
