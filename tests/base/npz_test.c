/* npz_test.c: archives that NumPy wrote, those that are written here, and everything that can be wrong with one. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

#define NUMPY QUARRY_SOURCE_DIR "/tests/fuzz/seeds/npz/"

static qry_array *read_npz(fixture *f, const char *path, const char *name)
{
    return qry_npz_read(f->ctx, path, name, (qry_span){0});
}

static void expect_shape(const qry_array *array, qry_array_kind kind, int dims, size_t first, size_t second)
{
    assert_non_null(array);
    assert_int_equal(array->kind, kind);
    assert_int_equal(array->dims, dims);
    if (dims > 0)
        assert_int_equal(array->shape[0], first);
    if (dims > 1)
        assert_int_equal(array->shape[1], second);
}

/* ---- what NumPy writes ---- */

static void test_numpy(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *path, *name;
        qry_array_kind kind;
        int dims;
        size_t first, second;
        double last;
    } cases[] = {
        {NUMPY "stored.npz", "k", QRY_ARRAY_REAL, 2, 4, 3, 11},
        {NUMPY "stored.npz", "n", QRY_ARRAY_UNSIGNED, 1, 5, 0, 4},
        {NUMPY "stored.npz", "flag", QRY_ARRAY_UNSIGNED, 1, 2, 0, 0},
        {NUMPY "deflated.npz", "k", QRY_ARRAY_SIGNED, 2, 100, 3, 299},
        {NUMPY "deflated.npz", "f", QRY_ARRAY_REAL, 2, 2, 3, 5},
        {NUMPY "deflated.npz", "x", QRY_ARRAY_REAL, 0, 0, 0, 2.5},
        {NUMPY "deflated.npz", "x.npy", QRY_ARRAY_REAL, 0, 0, 0, 2.5},
        {NUMPY "positional.npz", "arr_0", QRY_ARRAY_SIGNED, 1, 3, 0, 2},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        qry_array *array = read_npz(f, cases[i].path, cases[i].name);
        expect_silence(f);
        expect_shape(array, cases[i].kind, cases[i].dims, cases[i].first, cases[i].second);
        assert_true(qry_array_get(array, array->count - 1) == cases[i].last);
        qry_array_free(f->ctx, array);
    }
}

static void test_names(void **state)
{
    fixture *f = *state;
    assert_null(read_npz(f, NUMPY "stored.npz", "q"));
    assert_non_null(strstr(f->text, "stored.npz: it has no array \"q\""));
    expect_error(f, "hint: it has \"k\", \"n\", \"flag\"");
    assert_null(read_npz(f, NUMPY "stored.npz", ""));
    expect_error(f, "it has no array \"\"");
    assert_null(read_npz(f, NUMPY "strings.npz", "k"));
    assert_non_null(strstr(f->text, "strings.npz[\"k\"]: "));
    expect_error(f, "its items are strings");
    char name[1000];
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = 0;
    assert_null(read_npz(f, NUMPY "stored.npz", name));
    expect_error(f, "it has no array \"nnnn");
}

/* ---- what is written here ---- */

static void test_written(void **state)
{
    fixture *f = *state;
    double reals[] = {1, -2.5, 1e300, 0x1p-1074, -0.0, 7};
    int64_t integers[] = {INT64_MIN, -1, INT64_MAX};
    uint64_t naturals[] = {UINT64_MAX};
    const qry_array array[] = {
        {.dims = 2, .shape = {2, 3}, .count = 6, .item.real = reals},
        {.kind = QRY_ARRAY_SIGNED, .dims = 1, .shape = {3}, .count = 3, .item.integer = integers},
        {.kind = QRY_ARRAY_UNSIGNED, .count = 1, .item.natural = naturals}};
    const qry_npz_entry entries[] = {{"reals", &array[0]}, {"integers", &array[1]}, {"natural", &array[2]}};
    const char *path = path_of(f, "a.npz");
    size_t length, length_again;
    assert_true(qry_npz_write(f->ctx, path, entries, 3));
    char *bytes = read_file(path, &length);
    assert_true(qry_npz_write(f->ctx, path, entries, 3));
    char *again = read_file(path, &length_again);
    assert_int_equal(length, length_again);
    assert_memory_equal(bytes, again, length);
    for (int i = 0; i < 3; i++) {
        qry_array *read = read_npz(f, path, entries[i].name);
        expect_shape(read, array[i].kind, array[i].dims, array[i].shape[0], array[i].shape[1]);
        assert_memory_equal(read->item.real, array[i].item.real, 8 * array[i].count);
        qry_array_free(f->ctx, read);
    }
    assert_int_equal(names_in(f->folder), 1);
    expect_silence(f);
    free(bytes);
    free(again);
}

static void test_not_written(void **state)
{
    fixture *f = *state;
    double one = 1;
    const qry_array array = {.dims = 1, .shape = {1}, .count = 1, .item.real = &one};
    const qry_npz_entry entry = {"a", &array}, twice[] = {entry, entry};
    assert_false(qry_npz_write(f->ctx, "/no/such/folder/a.npz", &entry, 1));
    expect_error(f, "cannot write /no/such/folder/a.npz: No such file or directory");
    assert_false(qry_npz_write(f->ctx, path_of(f, "a.npz"), twice, 2));
    expect_error(f, "a.npz: File already exists");
    assert_false(qry_npz_write(f->ctx, "/dev/full", &entry, 1));
    expect_error(f, "cannot write /dev/full: No space left on device");
    assert_int_equal(names_in(f->folder), 0);
}

/* ---- what is wrong ---- */

struct member {
    const char *name;
    const void *bytes;
    size_t length;
    zip_int32_t method;
    const char *password;
};

static void write_zip(const char *path, const struct member *members, size_t count)
{
    zip_t *zip = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(zip);
    for (size_t i = 0; i < count; i++) {
        zip_source_t *source = zip_source_buffer(zip, members[i].bytes, members[i].length, 0);
        zip_int64_t place = zip_file_add(zip, members[i].name, source, 0);
        assert_true(place >= 0);
        zip_set_file_compression(zip, (zip_uint64_t)place, members[i].method, 0);
        if (members[i].password)
            assert_int_equal(zip_file_set_encryption(zip, (zip_uint64_t)place, ZIP_EM_AES_256, members[i].password), 0);
    }
    assert_int_equal(zip_close(zip), 0);
}

static size_t npy(char *bytes, const char *shape, size_t items)
{
    memset(bytes, ' ', 128);
    memcpy(bytes, "\x93NUMPY\1\0\x76\0", 10);
    int length = snprintf(bytes + 10, 118, "{'descr': '<f8', 'fortran_order': False, 'shape': %s, }", shape);
    bytes[10 + length] = ' ';
    bytes[127] = '\n';
    memset(bytes + 128, 0, 8 * items);
    return 128 + 8 * items;
}

static void test_members(void **state)
{
    fixture *f = *state;
    char good[256], vast[256];
    size_t size = npy(good, "(4,)", 4), vast_size = npy(vast, "(1000000, 1000000)", 4);
    const struct member members[] = {
        {"plain", good, size, ZIP_CM_STORE, NULL},     {"text.npy", "1,2,3", 5, ZIP_CM_STORE, NULL},
        {"none.npy", "", 0, ZIP_CM_STORE, NULL},       {"short.npy", good, size - 1, ZIP_CM_DEFLATE, NULL},
        {"head.npy", good, 60, ZIP_CM_DEFLATE, NULL},  {"vast.npy", vast, vast_size, ZIP_CM_DEFLATE, NULL},
        {"secret.npy", good, size, ZIP_CM_STORE, "x"}, {"inner.npy", "PK\3\4 and so on", 13, ZIP_CM_STORE, NULL},
    };
    const char *path = path_of(f, "a.npz");
    write_zip(path, members, sizeof members / sizeof *members);
    static const char *const cases[][2] = {
        {"text", "a.npz[\"text\"]: it is not a .npy file"},
        {"none", "[\"none\"]: it is empty"},
        {"short", "[\"short\"]: it has 159 bytes, but by its header it must have 160"},
        {"head", "[\"head\"]: it ends after 60 bytes, within its header"},
        {"vast", "[\"vast\"]: it has 160 bytes, but by its header it must have 8000000000128"},
        {"secret", "[\"secret\"]: it is encrypted"},
        {"inner", "[\"inner\"]: it is an archive (.npz), not a .npy file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_null(read_npz(f, path, cases[i][0]));
        expect_error(f, cases[i][1]);
    }
    qry_array *array = read_npz(f, path, "plain");
    expect_shape(array, QRY_ARRAY_REAL, 1, 4, 0);
    expect_silence(f);
    qry_array_free(f->ctx, array);
}

static void test_many_names(void **state)
{
    fixture *f = *state;
    char names[20][8];
    struct member members[20];
    for (int i = 0; i < 20; i++) {
        snprintf(names[i], sizeof names[i], "m%d.npy", i);
        members[i] = (struct member){names[i], "1", 1, ZIP_CM_STORE, NULL};
    }
    write_zip(path_of(f, "a.npz"), members, 20);
    assert_null(read_npz(f, path_of(f, "a.npz"), "k"));
    expect_error(f, "\"m10\", \"m11\" and 8 more\n");
    zip_close(zip_open(path_of(f, "b.npz"), ZIP_CREATE | ZIP_TRUNCATE, NULL)); /* libzip writes no empty archive */
    write_file(path_of(f, "b.npz"), "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
    assert_null(read_npz(f, path_of(f, "b.npz"), "k"));
    expect_error(f, "it has no array \"k\"");
}

static void put32(char *bytes, uint32_t number)
{
    for (int i = 0; i < 4; i++)
        bytes[i] = (char)(number >> 8 * i);
}

/* An archive may claim any size: one that its bytes cannot have is refused before anything is allocated for it. */
static void test_bombs(void **state)
{
    fixture *f = *state;
    static const zip_int32_t methods[] = {ZIP_CM_STORE, ZIP_CM_DEFLATE};
    char bytes[256], *image;
    size_t length, size = npy(bytes, "(500000000,)", 4);
    for (int i = 0; i < 2; i++) {
        const char *path = path_of(f, "a.npz");
        write_zip(path, &(struct member){"k.npy", bytes, size, methods[i], NULL}, 1);
        image = read_file(path, &length);
        char *central = memmem(image, length, "PK\1\2", 4);
        assert_non_null(central);
        put32(image + 22, 4000000128);
        put32(central + 24, 4000000128);
        if (i == 0) { /* stored: both sizes are the same, and beyond the file */
            put32(image + 18, 4000000128);
            put32(central + 20, 4000000128);
        }
        write_file(path, image, length);
        size_t peak = qry_memory_peak(f->ctx);
        assert_null(read_npz(f, path, "k"));
        assert_true(qry_memory_peak(f->ctx) < peak + (1 << 21));
        expect_error(f, "damaged");
        free(image);
    }
}

static void test_no_archive(void **state)
{
    fixture *f = *state;
    const char *path = path_of(f, "a.npz");
    char bytes[256];
    size_t size = npy(bytes, "(4,)", 4);
    assert_null(read_npz(f, path, "k"));
    expect_error(f, "a.npz: No such file or directory");
    assert_null(read_npz(f, f->folder, "k"));
    expect_error(f, "it is a folder");
    write_file(path, "", 0);
    assert_null(read_npz(f, path, "k"));
    expect_error(f, "it is empty");
    write_file(path, bytes, size);
    assert_null(read_npz(f, path, "k"));
    expect_error(f, "it is one array (.npy), not an archive (.npz)");
    write_file(path, "1,2,3\n4,5,6\n", 12);
    assert_null(read_npz(f, path, "k"));
    expect_error(f, "it is no archive (.npz)");
    int ends[2];
    char pipe_path[32];
    assert_int_equal(pipe(ends), 0);
    snprintf(pipe_path, sizeof pipe_path, "/dev/fd/%d", ends[0]);
    assert_null(read_npz(f, pipe_path, "k"));
    expect_error(f, "not from a pipe");
    close(ends[0]);
    close(ends[1]);
}

/* ---- truncation and damage ---- */

static const char *const archives[] = {NUMPY "stored.npz", NUMPY "deflated.npz", NUMPY "positional.npz"};
static const char *const arrays[] = {"k", "f", "arr_0"};

static void test_truncation(void **state)
{
    fixture *f = *state;
    const char *path = path_of(f, "a.npz");
    for (int i = 0; i < 3; i++) {
        size_t whole;
        char *bytes = read_file(archives[i], &whole);
        for (size_t length = 0; length < whole; length++) {
            write_file(path, bytes, length);
            assert_null(read_npz(f, path, arrays[i]));
            assert_int_equal(f->diagnostics, 1);
            forget(f);
        }
        free(bytes);
    }
}

/* Whatever a byte becomes: the same array without a complaint, or none with exactly one. */
static void test_damage(void **state)
{
    fixture *f = *state;
    enum { CASES = 4000 };
    const char *path = path_of(f, "a.npz");
    int refused = 0;
    qry_random random;
    qry_random_seed(&random, 1, 1);
    for (int i = 0; i < 3; i++) {
        size_t length;
        char *bytes = read_file(archives[i], &length);
        qry_array *intact = read_npz(f, archives[i], arrays[i]);
        for (int c = 0; c < CASES; c++) {
            size_t place = qry_random_below(&random, length);
            char old = bytes[place];
            bytes[place] = (char)(old ^ (char)(1 + qry_random_below(&random, 255)));
            write_file(path, bytes, length);
            qry_array *array = read_npz(f, path, arrays[i]);
            assert_int_equal(f->diagnostics, array ? 0 : 1);
            assert_true(!array || array->count == intact->count);
            if (array)
                assert_memory_equal(array->item.real, intact->item.real, 8 * array->count);
            refused += array == NULL;
            qry_array_free(f->ctx, array);
            forget(f);
            bytes[place] = old;
        }
        qry_array_free(f->ctx, intact);
        free(bytes);
    }
    assert_true(refused > CASES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_numpy),      TEST(test_names), TEST(test_written),    TEST(test_not_written), TEST(test_members),
        TEST(test_many_names), TEST(test_bombs), TEST(test_no_archive), TEST(test_truncation),  TEST(test_damage),
    };
    return cmocka_run_group_tests_name("npz", tests, NULL, NULL);
}
