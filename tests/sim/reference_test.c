/* reference_test.c: the simulator that engines are compared with, against what can be said of it without one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <complex.h>
#include <math.h>
#include <string.h>

#include "sim/sim.h"

enum { WIDTH = 6, SIZE = 1 << WIDTH };

static int set_up(void **state)
{
    *state = qry_ctx_new();
    return 0;
}

static int tear_down(void **state)
{
    qry_ctx_free(*state);
    return 0;
}

static void assert_near(double complex a, double complex b) { assert_true(cabs(a - b) < 1e-12); }

static double complex amplitude(const double *state, size_t i) { return state[2 * i] + I * state[2 * i + 1]; }

/* ---- gates ---- */

static void choose(qry_random *random, uint32_t count, qry_qubit *qubits)
{
    for (uint32_t i = 0; i < count; i++) {
        bool taken;
        do {
            qubits[i] = (qry_qubit)qry_random_below(random, WIDTH);
            taken = false;
            for (uint32_t k = 0; k < i; k++)
                taken |= qubits[k] == qubits[i];
        } while (taken);
    }
}

static void choose_angles(qry_random *random, qry_angle *angles)
{
    for (int i = 0; i < QRY_MAX_ANGLES; i++)
        angles[i] = (qry_angle){6 * qry_random_unit(random) - 3, -1};
}

/* A state without structure: a layer of U, one of controlled phases, one of U. */
static void prepare(qry_definition *p, qry_random *random)
{
    qry_definition_group(p, "q", WIDTH, QRY_ROLE_DATA);
    qry_angle angles[QRY_MAX_ANGLES];
    for (int layer = 0; layer < 2; layer++) {
        for (qry_qubit q = 0; q < WIDTH; q++) {
            choose_angles(random, angles);
            qry_add_gate(p, QRY_GATE_U, angles, &q);
        }
        for (qry_qubit q = 0; q + 1 < WIDTH; q++)
            qry_add_gate(p, QRY_GATE_cp, angles, (qry_qubit[]){q, q + 1});
    }
}

static const double *state_of(qry_arena *arena, const qry_definition *p)
{
    return qry_reference_state(arena, p->circuit);
}

/* Where its controls are what they should be, a controlled gate is the gate, and nothing elsewhere. */
static void test_controls(void **state)
{
    qry_ctx *ctx = *state;
    qry_random random;
    qry_random_seed(&random, 7, 0);
    for (int round = 0; round < 20 * QRY_GATES; round++) {
        const qry_gate gate = (qry_gate)(round % QRY_GATES);
        const uint32_t qubits = qry_gate_table[gate].qubits;
        const uint32_t controls = (uint32_t)qry_random_below(&random, WIDTH - qubits + 1);
        qry_arena *arena = qry_arena_new(ctx);
        qry_circuit *circuit = qry_circuit_new(ctx);
        qry_definition *p = qry_circuit_program(circuit);
        qry_qubit q[WIDTH];
        qry_angle angles[QRY_MAX_ANGLES];
        size_t mask = 0, value = 0;
        prepare(p, &random);
        choose(&random, qubits + controls, q);
        choose_angles(&random, angles);
        const size_t prepared = p->op_count;
        const double *before = state_of(arena, p);
        qry_add_gate(p, gate, angles, q + controls);
        const double *plain = state_of(arena, p);
        qry_definition_truncate(p, prepared);
        for (uint32_t i = 0; i < controls; i++) {
            const bool negative = qry_random_below(&random, 3) == 0;
            mask |= (size_t)1 << q[i];
            value |= (size_t)!negative << q[i];
            q[i] |= negative ? QRY_NEGATIVE : 0;
        }
        qry_add_controlled(p, gate, angles, q + controls, q, controls);
        const double *after = state_of(arena, p);
        for (size_t i = 0; i < SIZE; i++)
            assert_near(amplitude(after, i), amplitude((i & mask) == value ? plain : before, i));
        qry_add_inverse(p, prepared, p->op_count);
        after = state_of(arena, p);
        for (size_t i = 0; i < SIZE; i++)
            assert_near(amplitude(after, i), amplitude(before, i));
        qry_circuit_free(circuit);
        qry_arena_free(arena);
    }
}

/* A phase of everything is on no qubit; alone it changes every amplitude. */
static void test_global_phase(void **state)
{
    qry_ctx *ctx = *state;
    qry_arena *arena = qry_arena_new(ctx);
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *p = qry_circuit_program(circuit), *d = qry_circuit_define(circuit, "phase", 1);
    qry_definition_group(p, "q", 1, QRY_ROLE_DATA);
    qry_definition_group(d, "q", 1, QRY_ROLE_DATA);
    qry_add(p, QRY_GATE_h, 0, 0, 0);
    qry_add_gate(d, QRY_GATE_gphase, &(qry_angle){2, 0}, NULL);
    qry_add_call(p, d, true, (qry_qubit[]){0}, &(qry_angle){0.3, -1});
    const double *after = state_of(arena, p);
    for (size_t i = 0; i < 2; i++)
        assert_near(amplitude(after, i), M_SQRT1_2 * cexp(-0.6 * I));
}

/* ---- measurement ---- */

/* Teleports U|0> from qubit 0 to qubit 2; every outcome comes, and leaves the same state there. */
static void test_teleport(void **state)
{
    qry_ctx *ctx = *state;
    qry_arena *arena = qry_arena_new(ctx);
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *p = qry_circuit_program(circuit);
    const qry_angle angles[] = {{1.1, -1}, {-0.4, -1}, {0.2, -1}};
    const double values[] = {1.1, -0.4, 0.2};
    qry_definition_group(p, "q", 3, QRY_ROLE_DATA);
    qry_circuit_bits(circuit, 2);
    qry_add_gate(p, QRY_GATE_U, angles, (qry_qubit[]){0});
    qry_add(p, QRY_GATE_h, 1, 0, 0);
    qry_add(p, QRY_GATE_cx, 1, 2, 0);
    qry_add(p, QRY_GATE_cx, 0, 1, 0);
    qry_add(p, QRY_GATE_h, 0, 0, 0);
    qry_add_measure(p, 0, 0);
    qry_add_measure(p, 1, 1);
    qry_begin_if(p, 1, true);
    qry_add(p, QRY_GATE_x, 2, 0, 0);
    qry_end(p);
    qry_begin_if(p, 0, true);
    qry_add(p, QRY_GATE_z, 2, 0, 0);
    qry_end(p);
    double m[8];
    qry_gate_matrix(QRY_GATE_U, values, m);
    int outcomes[4] = {0};
    for (uint64_t seed = 0; seed < 100; seed++) {
        qry_random random;
        uint8_t bits[2] = {7, 7};
        qry_random_seed(&random, seed, 0);
        const double *after = qry_reference_shot(arena, circuit, &random, bits);
        const size_t measured = bits[0] | (size_t)bits[1] << 1;
        assert_true(measured < 4);
        outcomes[measured]++;
        assert_near(amplitude(after, measured), m[0] + I * m[1]);
        assert_near(amplitude(after, measured | 4), m[4] + I * m[5]);
    }
    for (int i = 0; i < 4; i++)
        assert_true(outcomes[i] > 5); /* of about 25; all seeds are fixed */
}

/* One number is drawn for every qubit that is not certain, and the value is 1 below the probability of 1. */
static void test_draws(void **state)
{
    qry_ctx *ctx = *state;
    qry_arena *arena = qry_arena_new(ctx);
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *p = qry_circuit_program(circuit);
    qry_definition_group(p, "q", 3, QRY_ROLE_DATA);
    qry_circuit_bits(circuit, 3);
    qry_add(p, QRY_GATE_x, 0, 0, 0);
    qry_add_measure(p, 0, 0); /* certain */
    qry_add_angle(p, QRY_GATE_ry, (qry_angle){2 * asin(sqrt(0.3)), -1}, 1, 0);
    qry_add(p, QRY_GATE_cx, 1, 2, 0);
    qry_add_measure(p, 1, 1);
    qry_add_measure(p, 2, 2); /* certain by now */
    qry_add_reset(p, 2);
    qry_add(p, QRY_GATE_h, 0, 0, 0);
    qry_add_reset(p, 0);
    for (uint64_t seed = 0; seed < 50; seed++) {
        qry_random random, same;
        uint8_t bits[3];
        qry_random_seed(&random, seed, 1);
        same = random;
        const double *after = qry_reference_shot(arena, circuit, &random, bits);
        const bool one = qry_random_unit(&same) < 0.3;
        qry_random_unit(&same);
        assert_int_equal(bits[0], 1);
        assert_int_equal(bits[1], one);
        assert_int_equal(bits[2], one);
        assert_memory_equal(&random, &same, sizeof same);
        assert_true(fabs(cabs(amplitude(after, (size_t)one << 1)) - 1) < 1e-12);
    }
}

/* What stands under a condition that does not hold is not done, whatever is inside. */
static void test_conditions(void **state)
{
    qry_ctx *ctx = *state;
    for (int held = 0; held < 4; held++) {
        qry_arena *arena = qry_arena_new(ctx);
        qry_circuit *circuit = qry_circuit_new(ctx);
        qry_definition *p = qry_circuit_program(circuit);
        qry_definition_group(p, "q", 3, QRY_ROLE_DATA);
        qry_circuit_bits(circuit, 3);
        for (qry_qubit q = 0; q < 2; q++) {
            if (held >> q & 1)
                qry_add(p, QRY_GATE_x, q, 0, 0);
            qry_add_measure(p, q, q);
        }
        qry_begin_if(p, 0, true);
        qry_begin_if(p, 1, false);
        qry_add(p, QRY_GATE_x, 2, 0, 0);
        qry_end(p);
        qry_add_measure(p, 2, 2);
        qry_end(p);
        qry_random random;
        uint8_t bits[3];
        qry_random_seed(&random, 1, 0);
        qry_reference_shot(arena, circuit, &random, bits);
        assert_int_equal(bits[2], held == 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_controls, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_global_phase, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_teleport, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_draws, set_up, tear_down),
        cmocka_unit_test_setup_teardown(test_conditions, set_up, tear_down),
    };
    return cmocka_run_group_tests_name("reference", tests, NULL, NULL);
}
