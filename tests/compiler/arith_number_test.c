/* arith_number_test.c: views, selection, the larger and the smaller, on all inputs. */
#include "tests/compiler/block.h"

#include <math.h>
#include <setjmp.h>

#include <cmocka.h>

static void constants_and_views(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    block b;
    block_begin(&b, ctx, 5, CARRY_SAVE);
    qry_number x[10];
    for (int w = 1; w <= 5; w++) {
        x[2 * w - 2] = block_number(&b, 0, w, false);
        x[2 * w - 1] = block_number(&b, 0, w, true);
    }
    block_run(&b);
    for (int64_t value = -200; value <= 200; value++) {
        qry_number constant = qry_number_constant(&b.arith, value);
        assert_int_equal(block_value(&b, &constant, 0), value);
        assert_int_equal(constant.is_signed, value < 0);
        if (constant.width > 1)
            assert_true(meaning((uint64_t)value, constant.width - 1, value < 0) != value);
    }
    for (int i = 0; i < 10; i++)
        for (size_t row = 0; row < 32; row++) {
            int64_t value = block_value(&b, &x[i], row);
            for (int w = 1; w <= 8; w++) {
                qry_number resized = qry_number_resize(&b.arith, &x[i], w, x[i].is_signed);
                assert_int_equal(block_value(&b, &resized, row), meaning((uint64_t)value, w, x[i].is_signed));
            }
            for (int drop = 0; drop <= 8; drop++) {
                qry_number floored = qry_number_floor(&b.arith, &x[i], drop);
                assert_int_equal(block_value(&b, &floored, row), value >> drop);
            }
        }
    assert_int_equal(b.arith.op_count, 0);
    block_end(&b);
    qry_ctx_free(ctx);
}

struct pair {
    int width[2];
    bool is_signed[2];
    int64_t constant; /* in place of the second, if its width is 0 */
};

static void check_pair(qry_ctx *ctx, const struct pair *p)
{
    block b;
    block_begin(&b, ctx, (uint32_t)(p->width[0] + p->width[1] + 1), CARRY_SAVE);
    qry_number x = block_number(&b, 0, p->width[0], p->is_signed[0]);
    qry_number y = p->width[1] ? block_number(&b, (qry_qubit)p->width[0], p->width[1], p->is_signed[1])
                               : qry_number_constant(&b.arith, p->constant);
    qry_bit choice = qry_bit_on((qry_qubit)(p->width[0] + p->width[1]));
    qry_number most = qry_number_max(&b.arith, &x, &y, 8, true), least = qry_number_min(&b.arith, &x, &y, 8, true);
    uint64_t before = block_toffoli(&b);
    qry_number chosen = qry_number_select(&b.arith, choice, &x, &y, 8, true);
    assert_true(block_toffoli(&b) - before <= 8);
    block_run(&b);
    for (size_t row = 0; row < b.rows->count; row++) {
        int64_t xv = block_value(&b, &x, row), yv = block_value(&b, &y, row);
        assert_int_equal(block_value(&b, &most, row), xv > yv ? xv : yv);
        assert_int_equal(block_value(&b, &least, row), xv < yv ? xv : yv);
        assert_int_equal(block_value(&b, &chosen, row), block_bit(&b, choice, row) ? xv : yv);
    }
    block_end(&b);
}

static void selections(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct pair p = {0};
    for (int signs = 0; signs < 4; signs++)
        for (p.width[0] = 1; p.width[0] <= 4; p.width[0]++) {
            p.is_signed[0] = signs & 1;
            p.is_signed[1] = signs >> 1;
            for (p.width[1] = 1; p.width[1] <= 4; p.width[1]++)
                check_pair(ctx, &p);
            p.width[1] = 0;
            for (p.constant = -20; p.constant <= 20; p.constant++)
                check_pair(ctx, &p);
        }
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(constants_and_views), cmocka_unit_test(selections)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
