/* npy_test.c: .npy files, built here byte by byte: every type, order and version; everything that can be wrong with
 * them; truncation at every byte; random damage. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const qry_span nowhere;

struct image {
    unsigned char bytes[4096];
    size_t head, length; /* bytes before the items; all */
};

/* A file of a version with this dictionary and these items, padded as NumPy does. */
static void build(struct image *image, int version, const char *dictionary, const void *items, size_t size)
{
    size_t prefix = version == 1 ? 10 : 12;
    size_t text = strlen(dictionary), padded = (prefix + text + 1 + 63) / 64 * 64 - prefix;
    memcpy(image->bytes, "\x93NUMPY", 6);
    image->bytes[6] = (unsigned char)version;
    image->bytes[7] = 0;
    for (size_t i = 8; i < prefix; i++)
        image->bytes[i] = (unsigned char)(padded >> 8 * (i - 8));
    memset(image->bytes + prefix, ' ', padded);
    memcpy(image->bytes + prefix, dictionary, text);
    image->bytes[prefix + padded - 1] = '\n';
    image->head = prefix + padded;
    image->length = image->head + size;
    assert_true(image->length <= sizeof image->bytes);
    if (size)
        memcpy(image->bytes + image->head, items, size);
}

/* A file without a name: there are tens of thousands of them to read. */
static qry_array *read_image(fixture *f, const struct image *image)
{
    int file = memfd_create("image.npy", MFD_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(write(file, image->bytes, image->length), image->length);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    qry_array *array = qry_npy_read(f->ctx, path, nowhere);
    close(file);
    return array;
}

static qry_array *read_dictionary(fixture *f, const char *dictionary, const void *items, size_t size)
{
    struct image image;
    build(&image, 1, dictionary, items, size);
    return read_image(f, &image);
}

/* ---- types ---- */

/* Items as patterns of bits, low byte first, and what they mean. */
struct sample {
    const char *type;
    int size;
    qry_array_kind kind;
    unsigned char bytes[16];
    double value; /* of small ones and floats; the wide integers are below */
};

static const struct sample samples[] = {
    {"b1", 1, QRY_ARRAY_UNSIGNED, {1}, 1},
    {"?", 1, QRY_ARRAY_UNSIGNED, {1}, 1},
    {"i1", 1, QRY_ARRAY_SIGNED, {0x80}, -128},
    {"u1", 1, QRY_ARRAY_UNSIGNED, {0xff}, 255},
    {"i2", 2, QRY_ARRAY_SIGNED, {0x01, 0x80}, -32767},
    {"u2", 2, QRY_ARRAY_UNSIGNED, {0x02, 0xff}, 65282},
    {"i4", 4, QRY_ARRAY_SIGNED, {0x03, 0x00, 0x00, 0x80}, -2147483645},
    {"u4", 4, QRY_ARRAY_UNSIGNED, {0x78, 0x56, 0x34, 0xf2}, 0xf2345678},
    {"i8", 8, QRY_ARRAY_SIGNED, {0x00, 0x01, 0, 0, 0, 0, 0, 0x80}, -0x1p63 + 256},
    {"u8", 8, QRY_ARRAY_UNSIGNED, {0x00, 0x01, 0, 0, 0, 0, 0, 0x80}, 0x1p63 + 256},
    {"f2", 2, QRY_ARRAY_REAL, {0x01, 0xbc}, -1 - 0x1p-10},
    {"f4", 4, QRY_ARRAY_REAL, {0x01, 0x00, 0x80, 0x3f}, 1 + 0x1p-23},
    {"f4", 4, QRY_ARRAY_REAL, {0x01, 0x00, 0x00, 0x80}, -0x1p-149},
    {"f8", 8, QRY_ARRAY_REAL, {0x01, 0, 0, 0, 0, 0, 0xf0, 0xbf}, -1 - 0x1p-52},
    {"f16", 16, QRY_ARRAY_REAL, {0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0xbf, 9, 9, 9, 9, 9, 9}, -1.5},
};

static void test_types(void **state)
{
    fixture *f = *state;
    static const char orders[] = "<>=|";
    bool little = *(const unsigned char *)&(const uint16_t){1} == 1;
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
        for (int order = -1; order < 4; order++) /* -1: none is given */
            for (int version = 1; version <= 3; version++) {
                const struct sample *s = &samples[i];
                bool low_first = order == 0 || (order != 1 && little);
                unsigned char items[32] = {0}; /* a zero, then the sample */
                for (int k = 0; k < s->size; k++)
                    items[s->size + k] = s->bytes[low_first ? k : s->size - 1 - k];
                char dictionary[128], head[2] = {order < 0 ? 0 : orders[order], 0};
                snprintf(dictionary, sizeof dictionary, "{'descr': '%s%s', 'fortran_order': False, 'shape': (2,), }",
                         head, s->type);
                struct image image;
                build(&image, version, dictionary, items, 2 * (size_t)s->size);
                qry_array *array = read_image(f, &image);
                expect_silence(f);
                assert_non_null(array);
                assert_int_equal(array->kind, s->kind);
                assert_true(array->dims == 1 && array->shape[0] == 2 && array->count == 2);
                assert_true(qry_array_get(array, 0) == 0);
                assert_true(qry_array_get(array, 1) == s->value);
                qry_array_free(f->ctx, array);
            }
}

static void test_exact_integers(void **state)
{
    fixture *f = *state;
    const int64_t wide[] = {INT64_MIN, INT64_MAX, (INT64_C(1) << 53) + 1, -(INT64_C(1) << 53) - 1};
    qry_array *s = read_dictionary(f, "{'descr': '=i8', 'fortran_order': False, 'shape': (4,)}", wide, sizeof wide);
    assert_memory_equal(s->item.integer, wide, sizeof wide);
    qry_array *u = read_dictionary(f, "{'descr': '=u8', 'fortran_order': False, 'shape': (4,)}", wide, sizeof wide);
    assert_memory_equal(u->item.natural, wide, sizeof wide);
    expect_silence(f);
}

/* Every half there is, by the definition of the format. */
static void test_every_half(void **state)
{
    fixture *f = *state;
    const char dictionary[] = "{'descr': '=f2', 'fortran_order': False, 'shape': (1024,)}";
    for (int high = 0; high < 64; high++) {
        uint16_t items[1024];
        for (int i = 0; i < 1024; i++)
            items[i] = (uint16_t)(high << 10 | i);
        qry_array *array = read_dictionary(f, dictionary, items, sizeof items);
        int exponent = high & 31;
        if (exponent == 31) {
            assert_null(array);
            expect_error(f, "entry [0] is infinite");
            continue;
        }
        assert_non_null(array);
        for (int i = 0; i < 1024; i++) {
            double size = exponent ? ldexp(1 + i / 1024.0, exponent - 15) : ldexp(i / 1024.0, -14);
            assert_true(array->item.real[i] == (high & 32 ? -size : size));
            assert_int_equal(signbit(array->item.real[i]) != 0, high >> 5);
        }
        qry_array_free(f->ctx, array);
    }
}

/* An 80-bit number: sign and exponent, mantissa. */
static void put_extended(unsigned char *bytes, unsigned top, uint64_t mantissa)
{
    memset(bytes, 0xee, 16); /* what stands behind the number means nothing */
    for (int i = 0; i < 8; i++)
        bytes[i] = (unsigned char)(mantissa >> 8 * i);
    bytes[8] = (unsigned char)top;
    bytes[9] = (unsigned char)(top >> 8);
}

static const char one_extended[] = "{'descr': '<f16', 'fortran_order': False, 'shape': (1,)}";

static void test_extended(void **state)
{
    fixture *f = *state;
    static const struct {
        unsigned top;
        uint64_t mantissa;
        double value;
    } good[] = {
        {0x3fff, 0x8000000000000000, 1},
        {0xbfff, 0x8000000000000000, -1},
        {0x0000, 0, 0},
        {0x0000, 1, 0},                                        /* far below every double */
        {0x3fff, 0x8000000000000400, 1},                       /* a tie goes to even: down */
        {0x3fff, 0x8000000000000c00, 1 + 0x1p-51},             /* up */
        {0x3fff, 0x8000000000000401, 1 + 0x1p-52},             /* more than a tie */
        {0x43fe, 0xfffffffffffff800, DBL_MAX},                 /* the largest */
        {0x43fe, 0xfffffffffffffbff, DBL_MAX},                 /* rounds down to it */
        {0x3c01, 0x8000000000000000, DBL_MIN},                 /* the least normal one */
        {0x3c00, 0xffffffffffffffff, DBL_MIN},                 /* rounds up to it */
        {0x3bcd, 0x8000000000000000, DBL_TRUE_MIN},            /* the least */
        {0x3bcc, 0x8000000000000000, 0},                       /* half of it: to even */
        {0x3bcc, 0x8000000000000001, DBL_TRUE_MIN},            /* a little more than half */
        {0x3bcd, 0xc000000000000000, 2 * DBL_TRUE_MIN},        /* one and a half: to even */
        {0x3bcb, 0xffffffffffffffff, 0},                       /* less than half */
        {0x3c00, 0xfffffffffffff3ff, 0x1.ffffffffffffep-1023}, /* rounded once, not twice */
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        unsigned char bytes[16];
        put_extended(bytes, good[i].top, good[i].mantissa);
        qry_array *array = read_dictionary(f, one_extended, bytes, 16);
        expect_silence(f);
        assert_true(array->item.real[0] == good[i].value);
        qry_array_free(f->ctx, array);
    }
    static const struct {
        unsigned top;
        uint64_t mantissa;
        const char *message;
    } bad[] = {
        {0x7fff, 0x8000000000000000, "entry [0] is infinite, or too large for 64 bits"},
        {0xffff, 0x8000000000000000, "entry [0] is infinite, or too large for 64 bits"},
        {0x43fe, 0xfffffffffffffc00, "entry [0] is infinite, or too large for 64 bits"},
        {0x7ffe, 0xffffffffffffffff, "entry [0] is infinite, or too large for 64 bits"},
        {0x7fff, 0xc000000000000000, "entry [0] is not a number"},
        {0x3fff, 0x4000000000000000, "entry [0] is not a number"}, /* no integer bit */
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        unsigned char bytes[16];
        put_extended(bytes, bad[i].top, bad[i].mantissa);
        assert_null(read_dictionary(f, one_extended, bytes, 16));
        expect_error(f, bad[i].message);
    }
}

#if LDBL_MANT_DIG == 64
/* Random 80-bit numbers, as the processor converts them; the range of doubles and a bit beyond its lower end. */
static void test_extended_at_random(void **state)
{
    fixture *f = *state;
    qry_random random;
    qry_random_seed(&random, 7, 7);
    for (int i = 0; i < 20000; i++) {
        unsigned top = (unsigned)qry_random_below(&random, 2) << 15 |
                       (0x3bc0 + (unsigned)qry_random_below(&random, i % 2 ? 0x80 : 0x83e));
        uint64_t mantissa = qry_random_next(&random) | UINT64_C(1) << 63;
        unsigned char bytes[16];
        put_extended(bytes, top, mantissa);
        long double extended = 0;
        memcpy(&extended, bytes, 10);
        qry_array *array = read_dictionary(f, one_extended, bytes, 16);
        expect_silence(f);
        assert_true(array->item.real[0] == (double)extended);
        qry_array_free(f->ctx, array);
    }
}
#else
static void test_extended_at_random(void **state)
{
    (void)state;
    skip(); /* no processor here to ask */
}
#endif

/* ---- shapes and orders ---- */

/* Entries number themselves in C order, whichever order the file has. */
static void test_orders(void **state)
{
    fixture *f = *state;
    static const struct {
        int dims;
        size_t shape[4];
    } cases[] = {{0, {0}},    {1, {1, 0}},    {1, {17}},      {2, {1, 5}},       {2, {5, 1}},
                 {2, {3, 7}}, {3, {2, 3, 4}}, {3, {4, 1, 3}}, {4, {2, 3, 2, 4}}, {4, {1, 1, 1, 1}}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int fortran = 0; fortran < 2; fortran++) {
            const size_t *shape = cases[i].shape;
            int dims = cases[i].dims;
            size_t count = 1;
            for (int d = 0; d < dims; d++)
                count *= shape[d];
            int16_t items[64];
            for (size_t c = 0; c < count; c++) { /* the place in the file of entry number c */
                size_t rest = c, place = 0, index[4];
                for (int d = dims - 1; d >= 0; d--) {
                    index[d] = rest % shape[d];
                    rest /= shape[d];
                }
                for (int d = dims - 1; d >= 0; d--)
                    place = place * shape[d] + index[d];
                items[fortran ? place : c] = (int16_t)c;
            }
            char text[QRY_SHAPE_TEXT], dictionary[256];
            snprintf(dictionary, sizeof dictionary, "{'descr': '=i2', 'fortran_order': %s, 'shape': %s, }",
                     fortran ? "True" : "False", qry_shape_text(dims, shape, text));
            qry_array *array = read_dictionary(f, dictionary, items, 2 * count);
            expect_silence(f);
            assert_int_equal(array->dims, dims);
            assert_int_equal(array->count, count);
            for (int d = 0; d < dims; d++)
                assert_int_equal(array->shape[d], shape[d]);
            for (size_t c = 0; c < count; c++)
                assert_int_equal(array->item.integer[c], c);
            qry_array_free(f->ctx, array);
        }
}

/* More items than are read at a time, in both orders. */
static void test_large(void **state)
{
    fixture *f = *state;
    enum { ROWS = 70001, COLUMNS = 3 };
    for (int fortran = 0; fortran < 2; fortran++) {
        char dictionary[128];
        snprintf(dictionary, sizeof dictionary, "{'descr': '=u4', 'fortran_order': %s, 'shape': (%d, %d), }",
                 fortran ? "True" : "False", ROWS, COLUMNS);
        struct image image;
        build(&image, 1, dictionary, NULL, 0);
        uint32_t *items = malloc(ROWS * COLUMNS * sizeof *items);
        for (uint32_t r = 0; r < ROWS; r++)
            for (uint32_t c = 0; c < COLUMNS; c++)
                items[fortran ? c * ROWS + r : r * COLUMNS + c] = 10 * r + c;
        const char *path = path_of(f, "large.npy");
        FILE *file = fopen(path, "wb");
        fwrite(image.bytes, 1, image.length, file);
        fwrite(items, sizeof *items, ROWS * COLUMNS, file);
        fclose(file);
        free(items);
        size_t before = qry_memory_used(f->ctx);
        qry_array *array = qry_npy_read(f->ctx, path, nowhere);
        expect_silence(f);
        for (uint32_t r = 0; r < ROWS; r++)
            for (uint32_t c = 0; c < COLUMNS; c++)
                assert_int_equal(array->item.natural[r * COLUMNS + c], 10 * r + c);
        qry_array_free(f->ctx, array);
        assert_int_equal(qry_memory_used(f->ctx), before);
    }
}

/* What NumPy writes, wrote, or takes. */
static void test_spellings(void **state)
{
    fixture *f = *state;
    static const char *const good[] = {
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1), }",
        "{'shape': (2, 1), 'fortran_order': False, 'descr': '<i2'}",
        "{\"descr\": \"<i2\", \"fortran_order\": False, \"shape\": (2, 1)}",
        "{'descr':'<i2','fortran_order':False,'shape':(2,1)}",
        " {\n'descr' :\t'<i2' ,\r\n 'fortran_order' : False, 'shape' : ( 2 , 1 , ) , }  \n ",
        "{'descr': '<i2', 'fortran_order': False, 'shape': (2L, 1L)}",
        "{'descr': '<i2', 'fortran_order': True, 'shape': (0002, 1)}",
    };
    const unsigned char items[] = {5, 0, 6, 0};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        qry_array *array = read_dictionary(f, good[i], items, sizeof items);
        expect_silence(f);
        assert_true(array->dims == 2 && array->shape[0] == 2 && array->shape[1] == 1);
        assert_true(array->item.integer[0] == 5 && array->item.integer[1] == 6);
        qry_array_free(f->ctx, array);
    }
}

/* ---- what can be wrong ---- */

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
        assert_null(qry_npy_read(f->ctx, path, nowhere));
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
    assert_null(qry_npy_read(f->ctx, f->folder, nowhere));
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
    qry_array *array = qry_npy_read(f->ctx, path, nowhere);
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
    expect_error(p.f, "needs 8e+03 GB of memory");
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

/* ---- writing ---- */

static void test_write(void **state)
{
    fixture *f = *state;
    const double items[] = {1, -2.5, 0x1p-1074, INFINITY, 0.1, 6};
    const size_t shape[] = {2, 3};
    const char *path = path_of(f, "out.npy");
    assert_true(qry_npy_write(f->ctx, path, 2, shape, items));
    size_t length;
    char *bytes = read_file(path, &length);
    struct image image;
    char dictionary[80];
    snprintf(dictionary, sizeof dictionary, "{'descr': '%cf8', 'fortran_order': False, 'shape': (2, 3), }",
             *(const unsigned char *)&(const uint16_t){1} == 1 ? '<' : '>');
    build(&image, 1, dictionary, items, sizeof items);
    assert_int_equal(length, image.length);
    assert_memory_equal(bytes, image.bytes, length);
    free(bytes);
    expect_silence(f);
}

static void test_round_trip(void **state)
{
    fixture *f = *state;
    double items[24];
    for (int i = 0; i < 24; i++)
        items[i] = i / 7.0;
    const size_t shapes[][4] = {{0}, {24}, {4, 6}, {2, 3, 4}, {2, 2, 2, 3}};
    for (int dims = 0; dims <= 4; dims++) {
        assert_true(qry_npy_write(f->ctx, path_of(f, "o.npy"), dims, shapes[dims], items));
        qry_array *array = qry_npy_read(f->ctx, path_of(f, "o.npy"), nowhere);
        expect_silence(f);
        assert_int_equal(array->count, dims ? 24 : 1);
        assert_memory_equal(array->item.real, items, 8 * array->count);
        qry_array_free(f->ctx, array);
    }
    assert_false(qry_npy_write(f->ctx, "/no/such/folder/o.npy", 1, shapes[1], items));
    expect_error(f, "cannot write /no/such/folder/o.npy: No such file or directory");
    assert_false(qry_npy_write(f->ctx, "/dev/full", 1, shapes[1], items));
    expect_error(f, "cannot write /dev/full: No space left on device");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_types),
        TEST(test_exact_integers),
        TEST(test_every_half),
        TEST(test_extended),
        TEST(test_extended_at_random),
        TEST(test_orders),
        TEST(test_large),
        TEST(test_spellings),
        TEST(test_bad_headers),
        TEST(test_bad_beginnings),
        TEST(test_bad_items),
        TEST(test_place),
        TEST(test_truncation),
        TEST(test_sizes_in_messages),
        TEST(test_oversize_pipe),
        TEST(test_damage),
        TEST(test_write),
        TEST(test_round_trip),
    };
    return cmocka_run_group_tests_name("npy", tests, NULL, NULL);
}
