/* append_test.c: what programs of others bring into a circuit: registers of bits, gates with controls of their own, whole
 * stretches at once, and going back. */
#include "support.h"

#include <string.h>

static const random_kind plain = {.definitions = 10, .most_rounds = 3, .most_items = 300};
static const random_kind full = {.definitions = 10, .most_rounds = 3, .most_items = 300, .full = true};

static const qry_angle one_half = {0.5, -1};

/* ---- bits ---- */

static void test_bit_registers(void **state)
{
    fixture *f = *state;
    qry_circuit *circuit = qry_circuit_new(f->ctx);
    qry_definition *p = qry_circuit_program(circuit);
    size_t count;
    qry_circuit_bit_registers(circuit, &count);
    assert_int_equal(count, 0);
    assert_int_equal(qry_circuit_bits(circuit, 0), 0);
    qry_definition_group(p, "data", 1, QRY_ROLE_DATA);
    assert_int_equal(qry_circuit_bit_register(circuit, "Flags", 3), 0);
    assert_int_equal(qry_circuit_bit_register(circuit, "data", 1), 3);
    assert_int_equal(qry_circuit_bit_register(circuit, "measure", 2), 4);
    assert_int_equal(qry_circuit_bits(circuit, 2), 6);
    assert_int_equal(qry_circuit_bits(circuit, 1), 8);
    assert_int_equal(qry_circuit_bit_count(circuit), 9);
    const qry_bit_register *all = qry_circuit_bit_registers(circuit, &count);
    static const qry_bit_register expected[] = {{"flags", 0, 3}, {"data_2", 3, 1}, {"measure_2", 4, 2}, {"c", 6, 3}};
    assert_int_equal(count, 4);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(all[i].name, expected[i].name);
        assert_int_equal(all[i].first, expected[i].first);
        assert_int_equal(all[i].size, expected[i].size);
    }
    qry_definition *d = qry_circuit_define(circuit, "d", 0);
    qry_definition_group(p, "flags", 1, QRY_ROLE_DATA);
    qry_definition_group(d, "flags", 1, QRY_ROLE_DATA);
    assert_string_equal(p->groups[1].name, "flags_2"); /* one scope with the bits */
    assert_string_equal(d->groups[0].name, "flags");
}

/* ---- gates with controls ---- */

/* ctrl @ gate, with one control negative or none: in the table or not. */
static void check_controlled(fixture *f, qry_gate gate, uint32_t controls, uint32_t negative, qry_gate plain_gate)
{
    static const qry_qubit own[] = {4, 1, 6};
    const qry_angle angles[QRY_MAX_ANGLES] = {{0.5, -1}, {0.25, -1}, {2, -1}};
    qry_qubit list_of[] = {7, 2, 5};
    item expected = {.kind = gate};
    for (uint32_t i = 0; i < controls; i++)
        expected.control |= UINT64_C(1) << list_of[i];
    for (uint32_t i = 0; i < qry_gate_table[gate].qubits; i++)
        expected.qubit[i] = own[i];
    if (plain_gate != QRY_GATES) {
        expected = (item){.kind = plain_gate};
        for (uint32_t i = 0; i < qry_gate_table[plain_gate].qubits; i++)
            expected.qubit[i] = i < controls ? list_of[i] : own[i - controls];
    }
    double *to[] = {&expected.angle, &expected.second, &expected.third};
    for (int i = 0; i < qry_gate_table[gate].angles; i++)
        *to[i] = angles[i].factor;
    if (negative) {
        expected.negative = UINT64_C(1) << list_of[negative - 1];
        list_of[negative - 1] |= QRY_NEGATIVE;
    }
    qry_definition *p = qry_circuit_program(qry_circuit_new(f->ctx));
    qry_definition_group(p, "q", 8, QRY_ROLE_DATA);
    qry_add_controlled(p, gate, angles, own, list_of, controls);
    list l = written_out(f->ctx, p, false, NULL);
    assert_lists_equal(&(list){.items = &expected, .count = 1}, &l, 0);
}

/* What is in the table is written as that, and nothing else is. */
static void test_controlled(void **state)
{
    static const struct {
        qry_gate gate;
        uint32_t controls;
        qry_gate plain; /* QRY_GATES: none */
    } rows[] = {{QRY_GATE_x, 0, QRY_GATE_x},      {QRY_GATE_x, 1, QRY_GATE_cx},
                {QRY_GATE_x, 2, QRY_GATE_ccx},    {QRY_GATE_x, 3, QRY_GATES},
                {QRY_GATE_cx, 1, QRY_GATE_ccx},   {QRY_GATE_ccx, 1, QRY_GATES},
                {QRY_GATE_y, 1, QRY_GATE_cy},     {QRY_GATE_y, 2, QRY_GATES},
                {QRY_GATE_z, 1, QRY_GATE_cz},     {QRY_GATE_h, 1, QRY_GATE_ch},
                {QRY_GATE_p, 1, QRY_GATE_cp},     {QRY_GATE_rx, 1, QRY_GATE_crx},
                {QRY_GATE_ry, 1, QRY_GATE_cry},   {QRY_GATE_rz, 1, QRY_GATE_crz},
                {QRY_GATE_id, 1, QRY_GATES},      {QRY_GATE_swap, 1, QRY_GATE_cswap},
                {QRY_GATE_gphase, 1, QRY_GATE_p}, {QRY_GATE_gphase, 2, QRY_GATE_cp},
                {QRY_GATE_gphase, 3, QRY_GATES},  {QRY_GATE_gphase, 0, QRY_GATE_gphase},
                {QRY_GATE_s, 1, QRY_GATES},       {QRY_GATE_U, 1, QRY_GATES},
                {QRY_GATE_sx, 1, QRY_GATES},      {QRY_GATE_cswap, 1, QRY_GATES}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (uint32_t negative = 0; negative <= rows[i].controls; negative++)
            check_controlled(*state, rows[i].gate, rows[i].controls, negative, negative ? QRY_GATES : rows[i].plain);
}

/* ---- stretches, and going back ---- */

/* The gates and calls of a body as a stretch of its own are the body again, behind what is there already. */
static void test_add_ops(void **state)
{
    fixture *f = *state;
    size_t calls = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        random_kind kind = {.definitions = 6, .most_rounds = 0, .most_items = 200};
        qry_circuit *circuit = random_circuit(f->ctx, seed, kind);
        qry_definition *p = qry_circuit_program(circuit);
        qry_definition *flat = qry_circuit_define(circuit, "flat", 0), *copy = qry_circuit_define(circuit, "copy", 0);
        qry_definition_group(flat, "q", p->width, QRY_ROLE_DATA);
        qry_definition_group(copy, "q", p->width, QRY_ROLE_DATA);
        for (size_t i = 0; i < p->op_count; i++) {
            const qry_op *op = &p->ops[i];
            if (op->kind < QRY_GATES)
                qry_add_gate(flat, (qry_gate)op->kind, p->angles + op->c, (qry_qubit[]){op->a, op->b, op->c});
            else if (op->kind == QRY_OP_CALL)
                qry_add_call(flat, qry_circuit_definition(circuit, op->a), op->flags & QRY_OP_INVERSE,
                             qry_call_operands(p, op), p->angles + op->c);
            calls += op->kind == QRY_OP_CALL;
        }
        list once = written_out(f->ctx, flat, false, NULL);
        for (int times = 1; times <= 2; times++) {
            qry_add_ops(copy, flat->ops, flat->op_count, flat->operands, flat->operand_count, flat->angles,
                        flat->angle_pool_count);
            assert_int_equal(copy->op_count, (size_t)times * flat->op_count);
        }
        list twice = written_out(f->ctx, copy, false, NULL);
        size_t count = once.count;
        for (size_t i = 0; i < count; i++)
            list_add(&once, once.items[i]);
        assert_lists_equal(&once, &twice, 0);
        qry_circuit_free(circuit);
    }
    assert_true(calls > 300);
}

/* Dropping what was appended leaves what was there, list by list: appending it again gives the same bytes. */
static void test_truncate(void **state)
{
    fixture *f = *state;
    size_t dropped = 0;
    for (uint64_t seed = 0; seed < 200; seed++) {
        qry_circuit *circuit = random_circuit(f->ctx, seed, seed % 2 ? full : plain);
        qry_definition *p = qry_circuit_program(circuit);
        const qry_definition before = *p;
        for (int round = 0; round < 3; round++) {
            qry_add(p, QRY_GATE_h, 0, 0, 0);
            if (round == 1)
                qry_add_barrier(p, NULL, 0);
            if (round == 2)
                qry_add_angle(p, QRY_GATE_rz, one_half, 0, 0);
            qry_add_inverse(p, 0, before.op_count); /* shares lists with what is there */
            dropped += p->op_count - before.op_count;
            qry_definition_truncate(p, before.op_count);
            assert_int_equal(p->op_count, before.op_count);
            assert_int_equal(p->operand_count, before.operand_count);
            assert_int_equal(p->angle_pool_count, before.angle_pool_count);
            assert_int_equal(p->version, before.version);
        }
        qry_definition_truncate(p, 0);
        assert_true(p->op_count == 0 && p->operand_count == 0 && p->angle_pool_count == 0);
        qry_circuit_free(circuit);
    }
    assert_true(dropped > 1000);
}

/* ---- misuse ---- */

struct misuse {
    qry_circuit *circuit;
    qry_definition *d;
};

static struct misuse *misused(qry_ctx *ctx)
{
    struct misuse *m = qry_alloc(ctx, 1, sizeof *m);
    m->circuit = qry_circuit_new(ctx);
    m->d = qry_circuit_define(m->circuit, "d", 1);
    qry_definition_group(m->d, "a", 3, QRY_ROLE_DATA);
    return m;
}

static void control_is_target(void *m)
{
    qry_add_controlled(((struct misuse *)m)->d, QRY_GATE_U, (qry_angle[3]){{1, -1}, {1, -1}, {1, -1}}, (qry_qubit[]){1},
                       (qry_qubit[]){1 | QRY_NEGATIVE}, 1);
}
static void control_twice(void *m)
{
    qry_add_controlled(((struct misuse *)m)->d, QRY_GATE_t, NULL, (qry_qubit[]){0}, (qry_qubit[]){1, 1 | QRY_NEGATIVE},
                       2);
}
static void control_beyond(void *m)
{
    qry_add_controlled(((struct misuse *)m)->d, QRY_GATE_t, NULL, (qry_qubit[]){0}, (qry_qubit[]){3}, 1);
}
static void barrier_beyond(void *m) { qry_add_barrier(((struct misuse *)m)->d, (qry_qubit[]){3}, 1); }
static void stretch_beyond(void *m)
{
    qry_add_ops(((struct misuse *)m)->d, &(qry_op){QRY_GATE_cx, 0, 0, 3, 0}, 1, NULL, 0, NULL, 0);
}
static void stretch_without_angle(void *m)
{
    qry_add_ops(((struct misuse *)m)->d, &(qry_op){QRY_GATE_U, 0, 0, 0, 0}, 1, NULL, 0,
                (qry_angle[2]){{1, -1}, {1, -1}}, 2);
}
static void stretch_with_block(void *m)
{
    qry_add_ops(((struct misuse *)m)->d, &(qry_op){QRY_OP_SECTION, 0, 0, 0, 1}, 1, NULL, 0, NULL, 0);
}
static void cut_block(void *argument)
{
    struct misuse *m = argument;
    qry_begin_section(m->d, "s");
    qry_add(m->d, QRY_GATE_h, 0, 0, 0);
    qry_end(m->d);
    qry_definition_truncate(m->d, 2);
}
static void more_of_c(void *argument)
{
    struct misuse *m = argument;
    qry_circuit_bits(m->circuit, 1);
    qry_circuit_bit_register(m->circuit, "d", 1);
    qry_circuit_bits(m->circuit, 1);
}
static void wrong_width(void *argument)
{
    struct misuse *m = argument;
    qry_definition *callee = qry_circuit_define(m->circuit, "callee", 0);
    qry_definition_group(callee, "a", 2, QRY_ROLE_DATA);
    qry_add_ops(m->d, &(qry_op){QRY_OP_CALL, 0, callee->number, 0, 0}, 1, (qry_qubit[]){1, 0}, 2, NULL, 0);
}
static void correct(void *argument)
{
    struct misuse *m = argument;
    qry_definition *callee = qry_circuit_define(m->circuit, "callee", 0);
    qry_definition_group(callee, "a", 2, QRY_ROLE_DATA);
    qry_add_ops(m->d, &(qry_op){QRY_OP_CALL, 0, callee->number, 0, 0}, 1, (qry_qubit[]){2, 0, 1}, 3, NULL, 0);
    qry_circuit_bits(m->circuit, 1);
    qry_add_controlled(m->d, QRY_GATE_t, NULL, (qry_qubit[]){0}, (qry_qubit[]){1, 2 | QRY_NEGATIVE}, 2);
    qry_definition_truncate(m->d, 1);
}

static void test_misuse(void **state)
{
    fixture *f = *state;
    void (*const wrong[])(void *) = {
        control_is_target,     control_twice,      control_beyond, barrier_beyond, stretch_beyond,
        stretch_without_angle, stretch_with_block, cut_block,      more_of_c,      wrong_width};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        if (!aborts(wrong[i], misused(f->ctx)))
            fail_msg("misuse %zu was not noticed", i);
    assert_false(aborts(correct, misused(f->ctx)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_bit_registers), TEST(test_controlled), TEST(test_add_ops),
                                       TEST(test_truncate), TEST(test_misuse)};
    return cmocka_run_group_tests_name("append", tests, NULL, NULL);
}
