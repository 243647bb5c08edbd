/* fixed_test.c: fixed-point types: ranges, names, rounding with ties and saturation. */
#include "support.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static qry_type fixed(int integer, int fraction) { return (qry_type){true, false, integer, fraction}; }
static qry_type ufixed(int integer, int fraction) { return (qry_type){false, false, integer, fraction}; }

static void test_ranges(void **state)
{
    (void)state;
    for (int width = 1; width <= QRY_MAX_WIDTH; width++)
        for (int integer = -3; integer <= 3; integer++) {
            qry_type s = fixed(integer, width - integer), u = ufixed(integer, width - integer);
            assert_int_equal(qry_type_width(s), width);
            assert_true(qry_type_max(u) == (int64_t)((UINT64_C(1) << width) - 1) && qry_type_min(u) == 0);
            assert_true(qry_type_max(s) == qry_type_max(u) / 2);
            assert_true(qry_type_min(s) == -qry_type_max(s) - 1);
        }
}

static void ask_wide(void *nothing)
{
    (void)nothing;
    qry_type_max(ufixed(40, 23));
}

static void ask_nothing(void *nothing)
{
    (void)nothing;
    qry_type_min(fixed(-2, 2));
}

static void test_impossible_widths(void **state)
{
    (void)state;
    assert_true(in_child(ask_wide, NULL, NULL) != 0);
    assert_true(in_child(ask_nothing, NULL, NULL) != 0);
}

static void test_text(void **state)
{
    fixture *f = *state;
    qry_arena *arena = qry_arena_new(f->ctx);
    assert_string_equal(qry_type_text(arena, fixed(4, 4)), "fixed(4,4)");
    assert_string_equal(qry_type_text(arena, ufixed(-2, 10)), "ufixed(-2,10)");
    assert_string_equal(qry_type_text(arena, fixed(12, -3)), "fixed(12,-3)");
    assert_string_equal(qry_type_text(arena, fixed(8, 0)), "int(8)");
    assert_string_equal(qry_type_text(arena, ufixed(8, 0)), "uint(8)");
    assert_string_equal(qry_type_text(arena, (qry_type){false, true, 1, 0}), "bool");
    qry_arena_free(arena);
}

/* k / 8 rounded to the nearest integer, ties to even, in integers. */
static int64_t eighths(int64_t k)
{
    int64_t floor = k >= 0 ? k / 8 : -((-k + 7) / 8), rest = k - 8 * floor;
    return floor + (rest > 4 || (rest == 4 && floor % 2 != 0));
}

static int64_t clipped(qry_type type, int64_t mantissa, bool *saturated)
{
    int64_t low = qry_type_min(type), high = qry_type_max(type);
    *saturated = mantissa < low || mantissa > high;
    return mantissa < low ? low : mantissa > high ? high : mantissa;
}

/* Every multiple of an eighth of the last place, over and beyond the range of every type up to 10 bits. */
static void test_rounding_exhaustively(void **state)
{
    (void)state;
    for (int width = 1; width <= 10; width++)
        for (int fraction = -20; fraction <= 20; fraction++)
            for (int is_signed = 0; is_signed < 2; is_signed++) {
                qry_type type = {is_signed, false, width - fraction, fraction};
                for (int64_t k = -9000; k <= 9000; k++) {
                    bool saturated, expected;
                    int64_t mantissa = clipped(type, eighths(k), &expected);
                    assert_true(qry_type_round(type, ldexp((double)k, -3 - fraction), &saturated) == mantissa);
                    assert_int_equal(saturated, expected);
                }
            }
}

static void expect_round(qry_type type, double value, int64_t mantissa, bool is_saturated)
{
    bool saturated = !is_saturated;
    assert_true(qry_type_round(type, value, &saturated) == mantissa);
    assert_int_equal(saturated, is_saturated);
}

static void test_extreme_doubles(void **state)
{
    (void)state;
    qry_type widest = fixed(62, 0), unsigned_widest = ufixed(62, 0);
    expect_round(widest, DBL_MAX, (INT64_C(1) << 61) - 1, true);
    expect_round(widest, -DBL_MAX, -(INT64_C(1) << 61), true);
    expect_round(widest, 0x1p61, (INT64_C(1) << 61) - 1, true);
    expect_round(widest, -0x1p61, -(INT64_C(1) << 61), false);
    expect_round(widest, 0x1.fffffffffffffp60, 0x1fffffffffffff00, false);
    expect_round(unsigned_widest, 0x1p62, (INT64_C(1) << 62) - 1, true);
    expect_round(unsigned_widest, 0x1.fffffffffffffp61, 0x3ffffffffffffe00, false);
    expect_round(unsigned_widest, -DBL_TRUE_MIN, 0, false);
    expect_round(unsigned_widest, -0.5, 0, false);
    expect_round(unsigned_widest, -0.500001, 0, true);
    expect_round(ufixed(-1000, 1010), 0x1p-1001, 512, false);
    expect_round(ufixed(-1000, 1010), 1, 1023, true);
    expect_round(fixed(-1064, 1074), DBL_TRUE_MIN, 1, false);
    expect_round(fixed(-1064, 1074), -DBL_TRUE_MIN, -1, false);
    expect_round(fixed(-1064, 1074), DBL_MAX, 511, true);
    expect_round(ufixed(1020, -1010), 0x1p1015, 32, false);
    expect_round(ufixed(1020, -1010), 0x1p1009, 0, false); /* half a unit: to even */
    expect_round(ufixed(1020, -1010), 0x1.8p1010, 2, false);
    expect_round(ufixed(1020, -1010), DBL_TRUE_MIN, 0, false);
    expect_round((qry_type){false, true, 1, 0}, 1, 1, false);
    expect_round((qry_type){false, true, 1, 0}, 2, 1, true);
}

static void round_nan(void *nothing)
{
    (void)nothing;
    bool saturated;
    qry_type_round(fixed(4, 4), NAN, &saturated);
}

static void test_nan(void **state)
{
    (void)state;
    assert_true(in_child(round_nan, NULL, NULL) != 0);
}

/* Integers round as the doubles they are, as long as they are. */
static void test_integers_like_doubles(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 1, 1);
    for (int i = 0; i < 300000; i++) {
        int width = 1 + (int)qry_random_below(&random, QRY_MAX_WIDTH),
            fraction = (int)qry_random_below(&random, 200) - 100;
        qry_type type = {qry_random_below(&random, 2), false, width - fraction, fraction};
        int64_t value = (int64_t)qry_random_next(&random) >> (11 + qry_random_below(&random, 53)); /* 53 bits */
        bool saturated, expected;
        int64_t mantissa = qry_type_round(type, (double)value, &expected);
        assert_true(qry_type_round_integer(type, value, &saturated) == mantissa);
        assert_int_equal(saturated, expected);
    }
}

/* Beyond 2^53, where doubles fail. */
static void test_wide_integers(void **state)
{
    (void)state;
    bool saturated;
    qry_type type = fixed(62, 0), coarse = ufixed(64, -2), coarser = ufixed(65, -64);
    for (int64_t k = -3; k <= 3; k++) {
        int64_t value = (INT64_C(1) << 53) + k;
        assert_true(qry_type_round_integer(type, value, &saturated) == value && !saturated);
        assert_true(qry_type_round_integer(type, -value, &saturated) == -value && !saturated);
    }
    for (int k = 0; k < 1000; k++) { /* quarters at the upper end */
        uint64_t value = UINT64_MAX - 1000 + (uint64_t)k, floor = value / 4, rest = value % 4;
        uint64_t mantissa = floor + (rest == 3 || (rest == 2 && floor % 2)), most = (UINT64_C(1) << 62) - 1;
        assert_true(qry_type_round_integer(coarse, value, &saturated) == (int64_t)(mantissa > most ? most : mantissa));
        assert_int_equal(saturated, mantissa > most);
    }
    assert_true(qry_type_round_integer(coarser, UINT64_C(1) << 63, &saturated) == 0 && !saturated); /* a tie */
    assert_true(qry_type_round_integer(coarser, (UINT64_C(1) << 63) + 1, &saturated) == 1 && !saturated);
    assert_true(qry_type_round_integer(fixed(70, -66), UINT64_MAX, &saturated) == 0 && !saturated);
    assert_true(qry_type_round_integer(fixed(70, -66), INT64_MIN, &saturated) == 0 && !saturated);
    assert_true(qry_type_round_integer(fixed(66, -62), INT64_MIN, &saturated) == -2 && !saturated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_ranges),
        TEST(test_impossible_widths),
        TEST(test_text),
        TEST(test_rounding_exhaustively),
        TEST(test_extreme_doubles),
        TEST(test_nan),
        TEST(test_integers_like_doubles),
        TEST(test_wide_integers),
    };
    return cmocka_run_group_tests_name("fixed", tests, NULL, NULL);
}
