/* arith_logic_test.c: AND, OR, XOR and selection on all inputs, complements, constants and coincidences. */
#include "tests/compiler/block.h"

#include <math.h>
#include <setjmp.h>

#include <cmocka.h>

/* The k-th choice of a bit out of qubits 0 .. n-1, their complements, and the constants. */
static qry_bit choice(int k, int n)
{
    if (k >= 2 * n)
        return qry_bit_constant(k & 1);
    return (qry_bit){(qry_qubit)(k / 2), k & 1};
}

static void pairs_and_selections(void **state)
{
    (void)state;
    enum { QUBITS = 3, CHOICES = 2 * QUBITS + 2 };
    qry_ctx *ctx = qry_ctx_new();
    for (int i = 0; i < CHOICES; i++)
        for (int j = 0; j < CHOICES; j++)
            for (int k = 0; k < CHOICES; k++) {
                block b;
                block_begin(&b, ctx, QUBITS, CARRY_SAVE);
                qry_bit c = choice(i, QUBITS), x = choice(j, QUBITS), y = choice(k, QUBITS);
                qry_bit selected = qry_bit_select(&b.arith, c, x, y);
                assert_in_range(block_toffoli(&b), 0, 1);
                qry_bit both = qry_bit_and(&b.arith, x, y), either = qry_bits_or(&b.arith, (qry_bit[]){x, y}, 2);
                qry_bit differ = qry_bit_xor(&b.arith, x, y);
                qry_qubit target = qry_arith_take(&b.arith);
                bool one = qry_bit_add_and(&b.arith, x, y, target);
                block_run(&b);
                for (size_t row = 0; row < 1 << QUBITS; row++) {
                    bool cv = block_bit(&b, c, row), xv = block_bit(&b, x, row), yv = block_bit(&b, y, row);
                    assert_int_equal(block_bit(&b, selected, row), cv ? xv : yv);
                    assert_int_equal(block_bit(&b, both, row), xv && yv);
                    assert_int_equal(block_bit(&b, either, row), xv || yv);
                    assert_int_equal(block_bit(&b, differ, row), xv != yv);
                    assert_int_equal(block_bit(&b, (qry_bit){target, one}, row), xv && yv);
                }
                block_end(&b);
            }
    qry_ctx_free(ctx);
}

static void trees(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (uint32_t n = 0; n <= 7; n++)
        for (uint32_t complements = 0; complements < 1u << n; complements++) {
            block b;
            block_begin(&b, ctx, n, CARRY_SAVE);
            qry_bit bits[8];
            for (uint32_t i = 0; i < n; i++)
                bits[i] = (qry_bit){i, complements >> i & 1};
            qry_bit all = qry_bits_and(&b.arith, bits, n);
            assert_int_equal(block_toffoli(&b), n > 1 ? n - 1 : 0);
            assert_int_equal(b.arith.work, n > 1 ? n - 1 : 0);
            qry_bit any = qry_bits_or(&b.arith, bits, n);
            block_run(&b);
            for (size_t row = 0; row < (size_t)1 << n; row++) {
                assert_int_equal(block_bit(&b, all, row), (row ^ complements) == (1u << n) - 1);
                assert_int_equal(block_bit(&b, any, row), (row ^ complements) != 0);
            }
            block_end(&b);
        }
    qry_ctx_free(ctx);
}

static void trees_are_balanced(void **state)
{
    (void)state;
    static const bool counted[QRY_GATES] = {[QRY_GATE_ccx] = true};
    qry_ctx *ctx = qry_ctx_new();
    for (uint32_t n = 2; n <= 40; n++) {
        block b;
        block_begin(&b, ctx, 0, CARRY_SAVE);
        b.arith.first_work = n;
        qry_bit bits[40];
        for (uint32_t i = 0; i < n; i++)
            bits[i] = qry_bit_on(i);
        qry_bits_and(&b.arith, bits, n);
        qry_circuit *circuit = qry_circuit_new(ctx);
        qry_definition *d = qry_circuit_define(circuit, "tree", 0);
        qry_definition_group(d, "all", 2 * n, QRY_ROLE_DATA);
        for (size_t i = 0; i < b.arith.op_count; i++)
            qry_add(d, (qry_gate)b.arith.ops[i].kind, b.arith.ops[i].a, b.arith.ops[i].b, b.arith.ops[i].c);
        assert_int_equal(walked_depth(ctx, d, counted), ceil(log2(n)));
        qry_circuit_free(circuit);
        qry_arith_free(&b.arith);
        qry_arena_free(b.arena);
    }
    qry_ctx_free(ctx);
}

static void pool(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    block b;
    block_begin(&b, ctx, 5, CARRY_SAVE);
    qry_qubit x = qry_arith_take(&b.arith), y = qry_arith_take(&b.arith);
    assert_int_equal(x, 5);
    assert_int_equal(y, 6);
    qry_arith_return(&b.arith, x);
    assert_int_equal(qry_arith_take(&b.arith), 5);
    assert_int_equal(qry_arith_take(&b.arith), 7);
    assert_int_equal(b.arith.work, 3);
    qry_arith_begin(&b.arith, ctx, b.arena, 2, (qry_cost){0});
    assert_int_equal(qry_arith_take(&b.arith), 2);
    assert_int_equal(b.arith.work, 1);
    qry_arith_free(&b.arith);
    qry_arena_free(b.arena);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pairs_and_selections), cmocka_unit_test(trees),
                                       cmocka_unit_test(trees_are_balanced), cmocka_unit_test(pool)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
