/* npy_test.c: .npy files that are as they should be: every type, order, version and spelling; writing them. What is
 * wrong with the others is in npy_faults_test.c. */
#include "npy_image.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
        qry_array *array = qry_npy_read(f->ctx, path, (qry_span){0});
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
        qry_array *array = qry_npy_read(f->ctx, path_of(f, "o.npy"), (qry_span){0});
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
        TEST(test_types),      TEST(test_exact_integers),     TEST(test_every_half),
        TEST(test_extended),   TEST(test_extended_at_random), TEST(test_orders),
        TEST(test_large),      TEST(test_spellings),          TEST(test_write),
        TEST(test_round_trip),
    };
    return cmocka_run_group_tests_name("npy", tests, NULL, NULL);
}
