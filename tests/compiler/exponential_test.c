/* exponential_test.c: e^x in fixed point against the C library, against values computed with a hundred digits, and in
 * formulas: exp of every value of small numbers. */
#include "compiler/fold.h"
#include "front.h"

#include <inttypes.h>
#include <math.h>

/* From Python's decimal module with 120 digits. The two of 10^17 lie 9e-19 and 1.4e-17 units from a tie. */
static void test_known(void **state)
{
    (void)state;
    static const struct {
        qry_rational x;
        int precision;
        int64_t wanted;
    } cases[] = {
        {{1, 1}, 32, 11674931555},
        {{1, 3}, 32, 5994109724},
        {{-1, 7}, 31, 1861606115},
        {{43, 2}, 30, 2334700793089044534},
        {{41, 2}, 32, 3435553692256483563},
        {{169, 4}, 0, 2233273231520408559},
        {{-19, 1}, 32, 24},
        {{-23, 1}, 32, 0},
        {{207, 10}, 32, 4196194755529424331},
        {{1, INT64_C(1) << 62}, 32, 4294967296},
        {{-1, INT64_MAX}, 32, 4294967296},
        {{123456789012345678, 12345678901234567}, 20, 23096423397},
        {{9007199254740993, 9007199254740992}, 32, 11674931555},
        {{4297, 100}, 0, 4588110695277523398},
        {{34567890123456, INT64_C(1) << 40}, 16, 2953928956294938961},
        {{31, 1}, 17, 3807490823323310520},
        {{-2177524466981008552, 100000000000000000}, 32, 1},
        {{-2177524466981008551, 100000000000000000}, 32, 2},
        {{0, 1}, 32, 4294967296},
        {{0, 1}, 0, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t got;
        assert_true(qry_exponential_of_rational(cases[i].x, cases[i].precision, &got));
        assert_int_equal(got, cases[i].wanted);
    }
}

/* Numbers of 16 bits: both ways to say x agree, and so does the C library wherever it can tell: below 2^40, where even
 * double precision knows e^x to 2^-12 units. */
static void check_sixteen_bits(int fraction, int precision)
{
    uint64_t compared = 0;
    for (int64_t m = -32768; m < 32768; m++) {
        int64_t got = 0, same = 0;
        qry_rational x;
        assert_true(qry_rational_scale((qry_rational){m, 1}, -fraction, &x));
        bool fits = qry_exponential(m, fraction, precision, &got);
        assert_int_equal(fits, qry_exponential_of_rational(x, precision, &same));
        long double wanted = ldexpl(expl(ldexpl((long double)m, -fraction)), precision);
        assert_int_equal(fits, wanted < 0x1p62L);
        if (!fits)
            continue;
        assert_int_equal(got, same);
        assert_true(fabsl((long double)got - wanted) <= 0.5L + wanted * 0x1p-50L);
        if (wanted > 0x1p40L || fabsl(wanted - floorl(wanted) - 0.5L) < 0x1p-12L)
            continue;
        assert_int_equal(got, (int64_t)floorl(wanted + 0.5L));
        compared++;
    }
    assert_true(compared > 32768);
}

static void test_sixteen_bits(void **state)
{
    (void)state;
    static const int fractions[] = {-2, 0, 5, 10, 14, 20}, precisions[] = {0, 1, 12, 32};
    for (size_t f = 0; f < sizeof fractions / sizeof fractions[0]; f++)
        for (size_t p = 0; p < sizeof precisions / sizeof precisions[0]; p++)
            check_sixteen_bits(fractions[f], precisions[p]);
}

/* Numbers whose point lies far away. */
static void test_far(void **state)
{
    (void)state;
    int64_t got;
    for (int fraction = -200; fraction <= -6; fraction++) {
        assert_false(qry_exponential(1, fraction, 0, &got));
        assert_false(qry_exponential(INT64_MAX, fraction, 0, &got));
        assert_true(qry_exponential(-1, fraction, 32, &got) && got == 0);
        assert_true(qry_exponential(INT64_MIN, fraction, 32, &got) && got == 0);
        assert_true(qry_exponential(0, fraction, 32, &got) && got == INT64_C(1) << 32);
    }
    for (int fraction = 97; fraction <= 300; fraction++) {
        assert_true(qry_exponential(INT64_MAX, fraction, 32, &got) && got == INT64_C(1) << 32);
        assert_true(qry_exponential(INT64_MIN, fraction, 32, &got) && got == INT64_C(1) << 32);
    }
    assert_true(qry_exponential(INT64_C(1) << 61, 61, 32, &got) && got == 11674931555);
    assert_false(qry_exponential_of_rational((qry_rational){INT64_MAX, 1}, 0, &got));
    assert_true(qry_exponential_of_rational((qry_rational){-INT64_MAX, 1}, 32, &got) && got == 0);
}

/* exp of every number of `bits` bits, from -2^(bits-1) on, with its point anywhere: the table has the values that the
 * number can have and no others, its interval is exact, and what is built on it is right. */
static void check_formula(int bits, int fraction, int precision)
{
    char text[256];
    struct diagnostics d;
    int64_t half = INT64_C(1) << (bits - 1), scratch[16];
    snprintf(text, sizeof text,
             "search max j in 0..%" PRId64 " by exp((j - %" PRId64 ") >> %d) where 3 * exp((j - %" PRId64
             ") >> %d) >= 3.25 { precision = %d };",
             2 * half - 1, half, fraction, half, fraction, precision);
    qry_ctx *ctx = context_with(&d);
    qry_program *program = program_of(ctx, text);
    assert_true(qry_program_run_passes(program, NULL));
    const qry_formula_list *list = &program->statements[0].where;
    const qry_formula *by = list->by;
    assert_true(by->kind == QRY_FORMULA_LOOKUP && by->is_exp && by->fraction == precision);
    assert_true(by->first == -half && by->value_count == 2 * half && list->count <= 16);
    for (int64_t j = 0; j < 2 * half; j++) {
        long double x = expl(ldexpl((long double)(j - half), -fraction));
        int64_t got = qry_formula_evaluate(list, by, (uint64_t)j, 0, scratch);
        assert_int_equal(got, (int64_t)floorl(ldexpl(x, precision) + 0.5L));
        assert_true(got == by->values[j] && got >= by->low && got <= by->high);
        assert_true((j > 0 || got == by->low) && (j < 2 * half - 1 || got == by->high));
        assert_int_equal(qry_formula_evaluate(list, list->root, (uint64_t)j, 0, scratch), 12 * got >= INT64_C(13)
                                                                                                          << precision);
    }
    assert_int_equal(d.errors, 0);
    qry_program_free(program);
    qry_ctx_free(ctx);
}

static void test_formulas(void **state)
{
    (void)state;
    for (int bits = 2; bits <= 6; bits++)
        for (int fraction = bits - 4; fraction <= 8; fraction++)
            for (int precision = fraction > 0 ? fraction : 0; precision <= 20; precision += 4)
                check_formula(bits, fraction, precision);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_known),
        cmocka_unit_test(test_sixteen_bits),
        cmocka_unit_test(test_far),
        cmocka_unit_test(test_formulas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
