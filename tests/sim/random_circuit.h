/* random_circuit.h: circuits for tests that compare engines. */
#ifndef RANDOM_CIRCUIT_H
#define RANDOM_CIRCUIT_H

#include "qasm/qasm.h"

/** What a random circuit is made of: how often, out of the sum, each kind is drawn. */
typedef struct random_mix {
    int permute, diagonal, hadamard, dense; /* gates by class, h apart */
    int controlled, barrier;                /* any gate under more controls */
    int call, repeat, section;
    int measure, reset, condition; /* in the program only */
} random_mix;

/** A circuit of `width` qubits: some definitions that call each other, forward and inverse, and a program of about
 *  `length` operations. Every measurement has a bit of its own and is made once at most; a reset comes after a
 *  measurement of its qubit. */
static qry_circuit *random_circuit(qry_ctx *ctx, qry_random *random, uint32_t width, int length, const random_mix *mix);

static qry_gate random_gate(qry_random *random, qry_gate_class class, bool h, uint32_t width)
{
    for (;;) {
        qry_gate g = (qry_gate)qry_random_below(random, QRY_GATES);
        const qry_gate_info *info = &qry_gate_table[g];
        if (info->qubits <= width && (h ? g == QRY_GATE_h : info->class == class && g != QRY_GATE_h))
            return g;
    }
}

static void random_operands(qry_random *random, uint32_t width, uint32_t count, qry_qubit *operands)
{
    for (uint32_t i = 0; i < count; i++) {
        bool fresh;
        do {
            operands[i] = (qry_qubit)qry_random_below(random, width);
            fresh = true;
            for (uint32_t k = 0; k < i; k++)
                fresh = fresh && operands[k] != operands[i];
        } while (!fresh);
    }
}

static void random_angles(const qry_definition *d, qry_random *random, qry_angle angles[QRY_MAX_ANGLES])
{
    for (int i = 0; i < QRY_MAX_ANGLES; i++) {
        angles[i] = (qry_angle){6 * qry_random_unit(random) - 3, -1};
        if (d->angle_count && qry_random_below(random, 2))
            angles[i] = (qry_angle){qry_random_unit(random), (int32_t)qry_random_below(random, d->angle_count)};
    }
}

static void add_random_gate(qry_definition *d, qry_random *random, qry_gate_class class, bool h)
{
    qry_gate g = random_gate(random, class, h, d->width);
    qry_qubit q[3] = {0};
    qry_angle angles[QRY_MAX_ANGLES];
    random_operands(random, d->width, qry_gate_table[g].qubits, q);
    random_angles(d, random, angles);
    qry_add_gate(d, g, angles, q);
}

/* Any gate of the table, of which three in four are no dense ones, under up to five controls more. */
static void add_random_controlled(qry_definition *d, qry_random *random)
{
    enum { MOST = 5 };
    qry_gate g;
    do
        g = (qry_gate)qry_random_below(random, QRY_GATES);
    while (qry_gate_table[g].qubits > d->width ||
           (qry_gate_table[g].class == QRY_DENSE && qry_random_below(random, 4)));
    uint32_t own = qry_gate_table[g].qubits, room = d->width - own;
    uint32_t count = (uint32_t)qry_random_below(random, (room < MOST ? room : MOST) + 1);
    qry_qubit q[3 + MOST];
    qry_angle angles[QRY_MAX_ANGLES];
    random_operands(random, d->width, own + count, q);
    random_angles(d, random, angles);
    for (uint32_t i = own; i < own + count; i++)
        q[i] |= qry_random_below(random, 2) ? QRY_NEGATIVE : 0;
    qry_add_controlled(d, g, angles, q, q + own, count);
}

static void add_random_barrier(qry_definition *d, qry_random *random)
{
    qry_qubit q[3];
    uint32_t count = (uint32_t)qry_random_below(random, (d->width < 3 ? d->width : 3) + 1);
    random_operands(random, d->width, count, q);
    qry_add_barrier(d, q, count);
}

static void add_random_ops(qry_definition *d, qry_random *random, int length, const random_mix *mix, int blocks);

static void add_random_call(qry_definition *d, qry_random *random)
{
    if (d->number == 1 || qry_circuit_definitions(d->circuit) < 2)
        return;
    /* the program may call all, others only those before them */
    uint32_t last = d->number ? d->number : (uint32_t)qry_circuit_definitions(d->circuit);
    const qry_definition *callee = qry_circuit_definition(d->circuit, 1 + (uint32_t)qry_random_below(random, last - 1));
    if (callee->width > d->width)
        return;
    qry_qubit operands[32];
    qry_angle angles[4];
    random_operands(random, d->width, callee->width, operands);
    for (uint32_t i = 0; i < callee->angle_count; i++)
        angles[i] = (qry_angle){qry_random_unit(random), -1};
    bool inverse = qry_random_below(random, 2);
    qry_add_call(d, callee, inverse, operands, angles);
    if (qry_random_below(random, 3) == 0) { /* there and back, with something in between */
        add_random_ops(d, random, 3, &(random_mix){.permute = 1, .diagonal = 3}, 0);
        qry_add_call(d, callee, !inverse, operands, angles);
    }
}

static void add_random_measurement(qry_definition *d, qry_random *random, bool resets)
{
    qry_qubit q = (qry_qubit)qry_random_below(random, d->width);
    qry_add_measure(d, q, qry_circuit_bits(d->circuit, 1));
    if (resets)
        qry_add_reset(d, q);
}

static random_mix without_measurement(const random_mix *mix)
{
    random_mix gates = *mix;
    gates.measure = gates.reset = gates.condition = 0;
    return gates;
}

/* Some gates on the condition that a bit has some value. */
static void add_random_condition(qry_definition *d, qry_random *random, const random_mix *mix)
{
    random_mix gates = without_measurement(mix);
    uint32_t bits = qry_circuit_bit_count(d->circuit);
    if (!bits)
        return;
    qry_begin_if(d, (uint32_t)qry_random_below(random, bits), qry_random_below(random, 2));
    add_random_ops(d, random, 3, &gates, 0);
    qry_end(d);
}

static void add_random_block(qry_definition *d, qry_random *random, bool repeated, const random_mix *mix, int blocks)
{
    random_mix gates = without_measurement(mix);
    if (repeated)
        qry_begin_repeat(d, qry_random_below(random, 4));
    else
        qry_begin_section(d, "some part");
    add_random_ops(d, random, 4, repeated ? &gates : mix, blocks - 1);
    qry_end(d);
}

static void add_random_ops(qry_definition *d, qry_random *random, int length, const random_mix *mix, int blocks)
{
    int sum = mix->permute + mix->diagonal + mix->hadamard + mix->dense + mix->controlled + mix->barrier + mix->call +
              mix->repeat + mix->section;
    if (!d->number)
        sum += mix->measure + mix->reset + mix->condition;
    for (int i = 0; i < length; i++) {
        int k = (int)qry_random_below(random, (uint64_t)sum);
        if ((k -= mix->permute) < 0)
            add_random_gate(d, random, QRY_PERMUTE, false);
        else if ((k -= mix->diagonal) < 0)
            add_random_gate(d, random, QRY_DIAGONAL, false);
        else if ((k -= mix->hadamard) < 0)
            add_random_gate(d, random, QRY_DENSE, true);
        else if ((k -= mix->dense) < 0)
            add_random_gate(d, random, QRY_DENSE, false);
        else if ((k -= mix->controlled) < 0)
            add_random_controlled(d, random);
        else if ((k -= mix->barrier) < 0)
            add_random_barrier(d, random);
        else if ((k -= mix->call) < 0)
            add_random_call(d, random);
        else if ((k -= mix->repeat + mix->section) < 0) {
            if (blocks)
                add_random_block(d, random, k + mix->section < 0, mix, blocks);
        } else if ((k -= mix->condition) < 0)
            add_random_condition(d, random, mix);
        else
            add_random_measurement(d, random, k - mix->reset < 0);
    }
}

static qry_circuit *random_circuit(qry_ctx *ctx, qry_random *random, uint32_t width, int length, const random_mix *mix)
{
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition_group(qry_circuit_program(circuit), "data", width, QRY_ROLE_DATA);
    int definitions = mix->call ? 1 + (int)qry_random_below(random, 4) : 0;
    for (int i = 0; i < definitions; i++) {
        qry_definition *d = qry_circuit_define(circuit, "part", (uint32_t)qry_random_below(random, 3));
        uint32_t most = width < 6 ? width : 6;
        qry_definition_group(d, "arg", 1 + (uint32_t)qry_random_below(random, most), QRY_ROLE_DATA);
        /* some long enough to be planned on their own */
        add_random_ops(d, random, qry_random_below(random, 4) ? 8 : 300, mix, 1);
    }
    add_random_ops(qry_circuit_program(circuit), random, length, mix, 2);
    return circuit;
}

#endif
