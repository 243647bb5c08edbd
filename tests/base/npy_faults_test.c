/* npy_faults_test.c: everything that can be wrong with a .npy file; truncation at every byte; random damage. */
#include "npy_image.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_bad_headers(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *dictionary, *message;
    } cases[] = {
        {"", "its header is damaged: '{' expected at character"},
        {"{", "a string expected"},
        {"{'descr'", "':' expected"},
        {"{'descr': ", "a string expected"},
        {"{'descr': '<i2", "the end of a string expected"},
        {"{'descr': '<i2\"", "the end of a string expected"},
        {"{'des\\x63r': '<i2'}", "the end of a string expected"},
        {"{'descr': '<i2'}", "its header lacks 'fortran_order'"},
        {"{'descr': '<i2' 'shape': (1,)}", "',' or '}' expected at character 17"},
        {"{'descr': '<i2', 'fortran_order': False}", "its header lacks 'shape'"},
        {"{'fortran_order': False, 'shape': (1,)}", "its header lacks 'descr'"},
        {"{}", "its header lacks 'descr'"},
        {"{,}", "a string expected at character 2"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (1,), 'x': 1}", "unknown entry 'x'"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (1,), 'shape': (1,)}", "its header has 'shape' twice"},
        {"{'descr': '<i2', 'fortran_order': false, 'shape': (1,)}", "True or False expected"},
        {"{'descr': '<i2', 'fortran_order': 0, 'shape': (1,)}", "True or False expected"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': 1}", "'(' expected"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (1)}", "',' before ')' expected"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (1 1)}", "',' or ')' expected"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (,)}", "a number expected"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (1,,)}", "a number expected"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (-1,)}", "a number expected"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (1.0,)}", "',' or ')' expected"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (1,)} more", "nothing more expected"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (0,)}", "it is empty: its shape is (0,)"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (3, 0, 5)}", "it is empty: its shape is (3, 0, 5)"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1)}", "it has 5 dimensions, more than 4"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (18446744073709551616,)}", "too large for any machine"},
        {"{'descr': '<i2', 'fortran_order': False, 'shape': (4294967296, 4294967296)}",
         "its shape (4294967296, 4294967296) is too large for any machine"},
        {"{'descr': '<f16', 'fortran_order': False, 'shape': (1152921504606846977,)}", "too large for any machine"},
        {"{'descr': '<c16', 'fortran_order': False, 'shape': (1,)}", "its items are complex numbers ('<c16')"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", "Python objects ('|O')"},
        {"{'descr': '<U5', 'fortran_order': False, 'shape': (1,)}", "strings ('<U5')"},
        {"{'descr': '|S5', 'fortran_order': False, 'shape': (1,)}", "strings ('|S5')"},
        {"{'descr': '|V5', 'fortran_order': False, 'shape': (1,)}", "raw bytes ('|V5')"},
        {"{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,)}", "dates ('<M8[ns]')"},
        {"{'descr': '<m8[s]', 'fortran_order': False, 'shape': (1,)}", "time spans ('<m8[s]')"},
        {"{'descr': [('x', '<f4'), ('y', '<f4')], 'fortran_order': False, 'shape': (1,)}",
         "its items have fields ([('x', '<f4'), ('y', '<f4')], 'fortran_o...)"},
        {"{'descr': ('<f4', (2,)), 'fortran_order': False, 'shape': (1,)}", "its items have fields"},
        {"{'descr': '<f3', 'fortran_order': False, 'shape': (1,)}", "its items are of the unknown type '<f3'"},
        {"{'descr': '<i16', 'fortran_order': False, 'shape': (1,)}", "unknown type '<i16'"},
        {"{'descr': '<', 'fortran_order': False, 'shape': (1,)}", "unknown type '<'"},
        {"{'descr': '', 'fortran_order': False, 'shape': (1,)}", "unknown type ''"},
        {"{'descr': '<<i2', 'fortran_order': False, 'shape': (1,)}", "unknown type '<<i2'"},
        {"{'descr': '\033[2J', 'fortran_order': False, 'shape': (1,)}", "unknown type '?[2J'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(read_dictionary(f, cases[i].dictionary, "\0\0", 2));
        expect_error(f, cases[i].message);
    }
}

static void test_bad_beginnings(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *bytes;
        size_t length;
        const char *message;
    } cases[] = {
        {"", 0, "it is empty"},
        {"1,2,3\n", 6, "it is not a .npy file"},
        {"\x93NUMPX\1\0\0\0", 10, "it is not a .npy file"},
        {"PK\3\4 and so on", 13, "it is an archive (.npz), not a .npy file"},
        {"\x93NUMPY\0\0\0\0", 10, "it has the unknown version 0.0"},
        {"\x93NUMPY\4\0\0\0", 10, "it has the unknown version 4.0"},
        {"\x93NUMPY\1\1\0\0", 10, "it has the unknown version 1.1"},
        {"\x93NUMPY\1\0\xff\xff", 10, "it ends after 10 bytes, within its header"},
        {"\x93NUMPY\2\0\xff\xff\xff\xff", 12, "its header claims 4294967295 bytes, more than 1048576"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = path_of(f, "a.npy");
        write_file(path, cases[i].bytes, cases[i].length);
        assert_null(qry_npy_read(f->ctx, path, (qry_span){0}));
        assert_int_equal(strstr(f->text, "hint: ") != NULL, strstr(cases[i].message, "archive") != NULL);
        expect_error(f, cases[i].message);
    }
}

static void test_bad_items(void **state)
{
    fixture *f = *state;
    const double reals[] = {1, 2, 3, 4, 5, NAN}, infinite[] = {1, 2, -INFINITY, 4, 5, NAN};
    const float singles[] = {1, INFINITY};
    assert_null(read_dictionary(f, "{'descr': '=f8', 'fortran_order': False, 'shape': (2, 3)}", reals, sizeof reals));
    expect_error(f, "entry [1][2] is not a number");
    assert_null(
        read_dictionary(f, "{'descr': '=f8', 'fortran_order': False, 'shape': (2, 3)}", infinite, sizeof infinite));
    expect_error(f, "entry [0][2] is infinite");
    assert_null(
        read_dictionary(f, "{'descr': '=f8', 'fortran_order': True, 'shape': (2, 3)}", infinite, sizeof infinite));
    expect_error(f, "entry [0][1] is infinite");
    assert_null(read_dictionary(f, "{'descr': '=f4', 'fortran_order': False, 'shape': (1, 2, 1, 1)}", singles, 8));
    expect_error(f, "entry [0][1][0][0] is infinite");
    assert_null(read_dictionary(f, "{'descr': '=f8', 'fortran_order': False, 'shape': ()}", reals + 5, 8));
    expect_error(f, "entry is not a number");
    assert_null(read_dictionary(f, "{'descr': '|b1', 'fortran_order': False, 'shape': (3,)}", "\1\0\7", 3));
    expect_error(f, "entry [2] is the byte 7, neither false nor true");
}

/* The program that asked for the file is where the error is shown. */
static void test_place(void **state)
{
    fixture *f = *state;
    const char *text = "table K[4] : int(4) = npy(\"k.npy\");";
    const qry_source *source = qry_source_from_text(f->ctx, "prog.qry", text, strlen(text));
    assert_null(qry_npy_read(f->ctx, "/no/such/k.npy", (qry_span){source, 26, 7}));
    assert_string_equal(f->text, "prog.qry:1:27: error: cannot read /no/such/k.npy: No such file or directory\n"
                                 "    1 | table K[4] : int(4) = npy(\"k.npy\");\n"
                                 "      |                           ^~~~~~~\n");
    forget(f);
    assert_null(qry_npy_read(f->ctx, f->folder, (qry_span){0}));
    expect_error(f, "it is a folder");
}

/* ---- truncation and damage ---- */

static const char *const intact[] = {
    "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
    "{'descr': '>i2', 'fortran_order': True, 'shape': (3, 4), }",
    "{'descr': '|b1', 'fortran_order': False, 'shape': (24,), }",
    "{'descr': '<f16', 'fortran_order': True, 'shape': (1, 1, 1), }",
    "{'descr': '<u8', 'fortran_order': False, 'shape': (), }",
};
static const size_t intact_sizes[] = {24, 24, 24, 16, 8};
enum { INTACT = sizeof intact / sizeof *intact };

/* Reads a pipe that holds the first `length` bytes. */
static qry_array *read_pipe(fixture *f, const struct image *image, size_t length)
{
    int ends[2];
    char path[64];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], image->bytes, length), length);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    qry_array *array = qry_npy_read(f->ctx, path, (qry_span){0});
    close(ends[0]);
    return array;
}

static void test_truncation(void **state)
{
    fixture *f = *state;
    const char zeros[64] = {0};
    for (int i = 0; i < INTACT; i++)
        for (int version = 1; version <= 2; version++) {
            struct image image;
            build(&image, version, intact[i], zeros, intact_sizes[i]);
            size_t whole = image.length;
            image.bytes[whole] = 0;
            for (size_t length = 0; length <= whole + 1; length++) {
                image.length = length;
                for (int piped = 0; piped < 2; piped++) {
                    qry_array *array = piped ? read_pipe(f, &image, length) : read_image(f, &image);
                    assert_int_equal(array != NULL, length == whole);
                    assert_int_equal(f->diagnostics, length != whole);
                    forget(f);
                    qry_array_free(f->ctx, array);
                }
            }
        }
}

static void test_sizes_in_messages(void **state)
{
    fixture *f = *state;
    struct image image;
    const char zeros[25] = {0};
    build(&image, 1, intact[0], zeros, 23);
    assert_null(read_image(f, &image));
    expect_error(f, "it has 151 bytes, but by its header it must have 152 (128, then 6 times 4)");
    assert_null(read_pipe(f, &image, image.length));
    expect_error(f, "it ends after 23 of 24 bytes of items");
    build(&image, 1, intact[0], zeros, 25);
    assert_null(read_image(f, &image));
    expect_error(f, "it has 153 bytes, but by its header it must have 152");
    assert_null(read_pipe(f, &image, image.length));
    expect_error(f, "it goes on after the 24 bytes of items");
}

struct piped {
    fixture *f;
    struct image image;
};

static void read_whole_pipe(void *state)
{
    struct piped *p = state;
    read_pipe(p->f, &p->image, p->image.length);
}

/* A pipe may promise anything: more than the machine has is refused before it is asked for. */
static void test_oversize_pipe(void **state)
{
    struct piped p = {.f = *state};
    build(&p.image, 1, "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000, 1000000), }", NULL, 0);
    size_t peak = qry_memory_peak(p.f->ctx);
    assert_false(qry_protect(p.f->ctx, read_whole_pipe, &p));
    assert_true(qry_memory_peak(p.f->ctx) < peak + (1 << 20));
    expect_error(p.f, "8e+03 GB are needed");
}

/* Whatever a byte of the header becomes: an array without a complaint, or none with exactly one. */
static void test_damage(void **state)
{
    fixture *f = *state;
    enum { CASES = 20000 };
    int read = 0, refused = 0;
    qry_random random;
    qry_random_seed(&random, 1, 1);
    for (int i = 0; i < CASES; i++) {
        struct image image;
        unsigned char items[32];
        for (size_t k = 0; k < sizeof items; k++)
            items[k] = (unsigned char)qry_random_below(&random, 2);
        build(&image, 1 + i / INTACT % 3, intact[i % INTACT], items, intact_sizes[i % INTACT]);
        static const char likely[] = "{}()[]'\",:<>=| \n\\0123456789LbfiuTF";
        uint64_t choice = qry_random_below(&random, 256 + sizeof likely);
        image.bytes[qry_random_below(&random, image.head)] =
            (unsigned char)(choice < 256 ? choice : (unsigned char)likely[choice - 256]);
        qry_array *array = read_image(f, &image);
        assert_int_equal(f->diagnostics, array ? 0 : 1);
        read += array != NULL;
        refused += array == NULL;
        forget(f);
        qry_array_free(f->ctx, array);
    }
    assert_true(read > 100 && refused > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_bad_headers), TEST(test_bad_beginnings),    TEST(test_bad_items),     TEST(test_place),
        TEST(test_truncation),  TEST(test_sizes_in_messages), TEST(test_oversize_pipe), TEST(test_damage),
    };
    return cmocka_run_group_tests_name("npy faults", tests, NULL, NULL);
}
