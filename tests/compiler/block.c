/* block.c: see block.h. */
#include "tests/compiler/block.h"

#include <math.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

void block_begin(block *b, qry_ctx *ctx, uint32_t inputs, enum adder adder)
{
    *b = (block){.ctx = ctx, .arena = qry_arena_new(ctx), .inputs = inputs};
    qry_cost many_qubits = {0, UINT32_MAX, 0}, many_steps = {0, 0, UINT32_MAX};
    qry_arith_begin(&b->arith, ctx, b->arena, inputs, adder == RIPPLE ? many_steps : many_qubits);
}

qry_number block_number(block *b, qry_qubit first, int width, bool is_signed)
{
    qry_bit *bits = qry_arena_alloc(b->arena, (size_t)width, sizeof *bits);
    for (int i = 0; i < width; i++)
        bits[i] = qry_bit_on(first + (qry_qubit)i);
    assert_true(first + (uint32_t)width <= b->inputs);
    return (qry_number){bits, width, is_signed};
}

void block_run(block *b)
{
    b->circuit = qry_circuit_new(b->ctx);
    qry_definition *d = qry_circuit_define(b->circuit, "block", 0);
    uint32_t width = b->inputs + b->arith.work;
    qry_definition_group(d, "all", width + 1, QRY_ROLE_DATA);
    for (size_t i = 0; i < b->arith.op_count; i++) {
        const qry_op *op = &b->arith.ops[i];
        qry_add(d, (qry_gate)op->kind, op->a, op->b, op->c);
    }
    b->rows = rows_new(b->ctx, width + 1, (size_t)1 << b->inputs);
    for (size_t row = 0; row < b->rows->count; row++)
        rows_set(b->rows, 0, b->inputs, row, row);
    b->before = rows_copy(b->rows);
    rows_run(b->rows, d, false, NULL);
    for (size_t row = 0; row < b->rows->count; row++)
        assert_int_equal(rows_get(b->rows, 0, b->inputs, row), row);
    for (uint32_t k = 0; k < b->arith.work; k++) /* what went back to the pool is zero */
        for (size_t row = 0; !b->arith.taken[k].live && row < b->rows->count; row++)
            assert_int_equal(rows_get(b->rows, b->inputs + k, 1, row), 0);
}

void block_end(block *b)
{
    rows_run(b->rows, qry_circuit_definition(b->circuit, 1), true, NULL);
    rows_expect_same(b->rows, b->before);
    rows_free(b->rows);
    rows_free(b->before);
    qry_circuit_free(b->circuit);
    qry_arith_free(&b->arith);
    qry_arena_free(b->arena);
}

bool block_bit(const block *b, qry_bit bit, size_t row)
{
    return bit.inverted != (!qry_bit_is_constant(bit) && rows_get(b->rows, bit.qubit, 1, row));
}

int64_t meaning(uint64_t bits, int width, bool is_signed)
{
    bits &= (UINT64_C(1) << width) - 1;
    return is_signed && bits >> (width - 1) ? (int64_t)(bits | ~UINT64_C(0) << width) : (int64_t)bits;
}

int64_t block_value(const block *b, const qry_number *number, size_t row)
{
    uint64_t bits = 0;
    for (int i = 0; i < number->width; i++)
        bits |= (uint64_t)block_bit(b, number->bits[i], row) << i;
    return meaning(bits, number->width, number->is_signed);
}

uint64_t block_toffoli(const block *b)
{
    uint64_t count = 0;
    for (size_t i = 0; i < b->arith.op_count; i++)
        count += b->arith.ops[i].kind == QRY_GATE_ccx;
    return count;
}
