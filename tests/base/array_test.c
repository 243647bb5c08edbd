/* array_test.c: arrays in memory. */
#include "support.h"

static void test_new(void **state)
{
    fixture *f = *state;
    const size_t shape[] = {2, 3, 4, 5};
    size_t count = 1, before = qry_memory_used(f->ctx);
    for (int dims = 0; dims <= 4; dims++) {
        count *= dims ? shape[dims - 1] : 1;
        qry_array *array = qry_array_new(f->ctx, dims, shape);
        assert_int_equal(array->kind, QRY_ARRAY_REAL);
        assert_int_equal(array->dims, dims);
        assert_int_equal(array->count, count);
        for (int i = 0; i < dims; i++)
            assert_int_equal(array->shape[i], shape[i]);
        for (size_t i = 0; i < count; i++)
            assert_true(qry_array_get(array, i) == 0);
        qry_array_free(f->ctx, array);
    }
    qry_array_free(f->ctx, NULL);
    assert_int_equal(qry_memory_used(f->ctx), before);
}

static void make_huge(void *ctx) { qry_array_new(ctx, 3, (const size_t[]){1000, SIZE_MAX / 2, 7}); }

static void test_oversize(void **state)
{
    fixture *f = *state;
    assert_false(qry_protect(f->ctx, make_huge, f->ctx));
    expect_error(f, "out of memory");
}

static void test_get_and_round(void **state)
{
    fixture *f = *state;
    const size_t shape[] = {3};
    qry_array *a = qry_array_new(f->ctx, 1, shape);
    const qry_type type = {true, false, 56, 0}, small = {false, false, 3, 1};
    bool saturated;
    a->item.real[0] = 2.25;
    a->item.real[1] = -1;
    assert_true(qry_array_get(a, 0) == 2.25);
    assert_int_equal(qry_array_round(a, 0, small, &saturated), 4);
    assert_false(saturated);
    assert_int_equal(qry_array_round(a, 1, small, &saturated), 0);
    assert_true(saturated);
    a->kind = QRY_ARRAY_SIGNED;
    a->item.integer[2] = -(INT64_C(1) << 54) - 1;
    assert_true(qry_array_get(a, 2) == -0x1p54);
    assert_true(qry_array_round(a, 2, type, &saturated) == -(INT64_C(1) << 54) - 1);
    assert_false(saturated);
    a->kind = QRY_ARRAY_UNSIGNED;
    a->item.natural[2] = UINT64_MAX;
    assert_true(qry_array_get(a, 2) == 0x1p64);
    assert_true(qry_array_round(a, 2, type, &saturated) == (INT64_C(1) << 55) - 1);
    assert_true(saturated);
    qry_array_free(f->ctx, a);
}

static void test_shape_text(void **state)
{
    (void)state;
    char text[QRY_SHAPE_TEXT];
    const size_t shape[] = {512, 32, 1, 0}, huge[] = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX};
    assert_string_equal(qry_shape_text(0, shape, text), "()");
    assert_string_equal(qry_shape_text(1, shape, text), "(512,)");
    assert_string_equal(qry_shape_text(2, shape, text), "(512, 32)");
    assert_string_equal(qry_shape_text(4, shape, text), "(512, 32, 1, 0)");
    assert_string_equal(qry_shape_text(4, huge, text), "(18446744073709551615, 18446744073709551615, "
                                                       "18446744073709551615, 18446744073709551615)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_new),
        TEST(test_oversize),
        TEST(test_get_and_round),
        TEST(test_shape_text),
    };
    return cmocka_run_group_tests_name("array", tests, NULL, NULL);
}
