/* Where circuits measure, outcomes in their order, and shots of circuits. */
#include "sim/sim.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

struct fixture {
    qry_ctx *ctx;
    qry_arena *arena;
    qry_circuit *circuit;
    qry_definition *program;
};

/* A circuit of one register q, and bits. */
static struct fixture circuit_of(uint32_t qubits, uint32_t bits)
{
    struct fixture f = {.ctx = qry_ctx_new()};
    f.arena = qry_arena_new(f.ctx);
    f.circuit = qry_circuit_new(f.ctx);
    f.program = qry_circuit_program(f.circuit);
    qry_definition_group(f.program, "q", qubits, QRY_ROLE_DATA);
    if (bits)
        qry_circuit_bits(f.circuit, bits);
    return f;
}

static void check_final(struct fixture f, bool final, size_t prefix, const char *why)
{
    const qry_readout *readout = qry_circuit_readout(f.arena, f.circuit);
    assert_int_equal(readout->final, final);
    assert_int_equal(readout->prefix, prefix);
    if (why)
        assert_string_equal(readout->why, why);
    qry_ctx_free(f.ctx);
}

static void test_measured_last(void **state)
{
    (void)state;
    struct fixture f = circuit_of(3, 2);
    qry_add_reset(f.program, 2); /* of what is zero */
    qry_add(f.program, QRY_GATE_h, 0, 0, 0);
    qry_add(f.program, QRY_GATE_cx, 0, 1, 0);
    qry_add_measure(f.program, 0, 1);
    qry_add(f.program, QRY_GATE_x, 2, 0, 0); /* of another qubit */
    qry_add_barrier(f.program, NULL, 0);
    qry_add_measure(f.program, 1, 0);
    const qry_readout *readout = qry_circuit_readout(f.arena, f.circuit);
    assert_true(readout->final && readout->measures);
    assert_int_equal(readout->shown[0], 1);
    assert_int_equal(readout->shown[1], 0);
    check_final(f, true, 3, NULL);

    f = circuit_of(1, 2);
    qry_add_measure(f.program, 0, 0);
    readout = qry_circuit_readout(f.arena, f.circuit);
    assert_int_equal(readout->shown[1], QRY_UNMEASURED);
    check_final(f, true, 0, NULL);

    f = circuit_of(1, 1);
    qry_add(f.program, QRY_GATE_h, 0, 0, 0);
    assert_false(qry_circuit_readout(f.arena, f.circuit)->measures);
    check_final(f, true, 1, NULL);
}

static void test_used_again(void **state)
{
    (void)state;
    struct fixture f = circuit_of(2, 2);
    qry_add(f.program, QRY_GATE_h, 0, 0, 0);
    qry_add_measure(f.program, 1, 0);
    qry_add(f.program, QRY_GATE_cx, 0, 1, 0);
    check_final(f, false, 1, "q[1] is used again after it was measured");

    f = circuit_of(3, 1);
    qry_add_measure(f.program, 2, 0);
    qry_add_controlled(f.program, QRY_GATE_x, NULL, (const qry_qubit[]){0}, (const qry_qubit[]){1, 2 | QRY_NEGATIVE},
                       2);
    check_final(f, false, 0, "q[2] is used again after it was measured");

    f = circuit_of(2, 1);
    qry_add(f.program, QRY_GATE_x, 0, 0, 0);
    qry_add_reset(f.program, 0);
    check_final(f, false, 1, "q[0] is reset after it was used");

    f = circuit_of(1, 1);
    qry_add_measure(f.program, 0, 0);
    qry_add_reset(f.program, 0);
    check_final(f, false, 0, "q[0] is reset after it was used");

    f = circuit_of(2, 1);
    qry_add(f.program, QRY_GATE_h, 0, 0, 0);
    qry_add_measure(f.program, 0, 0);
    qry_begin_if(f.program, 0, true);
    qry_add(f.program, QRY_GATE_x, 1, 0, 0);
    qry_end(f.program);
    check_final(f, false, 1, "a measured bit decides what is done");
}

static void test_blocks_and_calls(void **state)
{
    (void)state;
    /* A loop that measures, whose block is not cut. */
    struct fixture f = circuit_of(1, 1);
    qry_add(f.program, QRY_GATE_h, 0, 0, 0);
    qry_begin_repeat(f.program, 3);
    qry_add(f.program, QRY_GATE_x, 0, 0, 0);
    qry_add_measure(f.program, 0, 0);
    qry_end(f.program);
    check_final(f, false, 1, "a loop measures or resets");

    /* A loop without end to speak of, read once; a section. */
    f = circuit_of(2, 1);
    qry_begin_repeat(f.program, UINT64_C(1) << 60);
    qry_add(f.program, QRY_GATE_h, 0, 0, 0);
    qry_end(f.program);
    qry_begin_section(f.program, "end");
    qry_add_measure(f.program, 0, 0);
    qry_end(f.program);
    check_final(f, true, 3, NULL);

    /* A definition that measures its second operand, called with the qubits the other way round, and one that does not. */
    f = circuit_of(2, 1);
    qry_definition *reads = qry_circuit_define(f.circuit, "reads", 0),
                   *plain = qry_circuit_define(f.circuit, "plain", 0);
    qry_definition_group(reads, "a", 2, QRY_ROLE_DATA);
    qry_add_measure(reads, 1, 0);
    qry_definition_group(plain, "a", 1, QRY_ROLE_DATA);
    qry_add(plain, QRY_GATE_h, 0, 0, 0);
    qry_add_call(f.program, plain, true, (const qry_qubit[]){0}, NULL);
    qry_add_call(f.program, reads, false, (const qry_qubit[]){1, 0}, NULL);
    assert_int_equal(qry_circuit_readout(f.arena, f.circuit)->shown[0], 0);
    qry_add_call(f.program, plain, false, (const qry_qubit[]){1}, NULL);
    assert_true(qry_circuit_readout(f.arena, f.circuit)->final);
    qry_add_call(f.program, plain, false, (const qry_qubit[]){0}, NULL);
    check_final(f, false, 1, "q[0] is used again after it was measured");
}

/* ---- outcomes ---- */

static void test_outcomes(void **state)
{
    (void)state;
    enum { KINDS = 1000, BITS = 100 };
    qry_ctx *ctx = qry_ctx_new();
    qry_outcomes *outcomes = qry_outcomes_new(ctx, BITS);
    assert_int_equal(qry_outcomes_words(outcomes), 2);
    for (uint64_t round = 0; round < 3; round++)
        for (uint64_t i = 0; i < KINDS; i++) {
            uint64_t k = (i * 7919 + 13) % KINDS; /* in no order */
            qry_outcomes_add(outcomes, (const uint64_t[]){k * k, k % 10}, k < 10 ? 2 : 1);
        }
    assert_int_equal(qry_outcomes_count(outcomes), KINDS);
    double weight, sum = 0;
    qry_outcomes_sort(outcomes, false);
    uint64_t before[2] = {0, 0};
    for (size_t i = 0; i < KINDS; i++) {
        const uint64_t *word = qry_outcomes_at(outcomes, i, &weight);
        if (i)
            assert_true(word[1] > before[1] || (word[1] == before[1] && word[0] > before[0]));
        memcpy(before, word, sizeof before);
        sum += weight;
    }
    assert_true(sum == 3 * KINDS + 30);
    qry_outcomes_sort(outcomes, true);
    for (size_t i = 0; i < KINDS; i++) {
        const uint64_t *word = qry_outcomes_at(outcomes, i, &weight);
        assert_true(weight == (i < 10 ? 6 : 3));
        if (i < 10)
            assert_int_equal(word[1], i);
    }
    qry_outcomes_free(outcomes);
    qry_ctx_free(ctx);
}

/* ---- shots of circuits ---- */

static qry_shots *run_shots(struct fixture f, qry_sim_engine engine, uint64_t count, uint64_t seed)
{
    const qry_shots_options options = {.sim = {.engine = engine}, .shots = count, .seed = seed};
    qry_shots *shots = qry_shots_of_circuit(f.ctx, f.circuit, &options);
    assert_true(qry_shots_run(shots));
    assert_int_equal(qry_shots_done(shots), count);
    return shots;
}

/* In how many shots the outcome came. */
static uint64_t count_of(const qry_shots *shots, uint64_t outcome)
{
    double weight;
    qry_outcomes *outcomes = qry_shots_outcomes(shots);
    qry_outcomes_sort(outcomes, false);
    for (size_t i = 0; i < qry_outcomes_count(outcomes); i++)
        if (*qry_outcomes_at(outcomes, i, &weight) == outcome)
            return (uint64_t)weight;
    return 0;
}

/* Within five standard deviations: more than that once in two million runs. */
static void check_count(uint64_t count, double shots, double probability)
{
    assert_true(fabs((double)count - shots * probability) <= 5 * sqrt(shots * probability * (1 - probability)));
}

static void bell(struct fixture f)
{
    qry_add(f.program, QRY_GATE_h, 0, 0, 0);
    qry_add(f.program, QRY_GATE_cx, 0, 1, 0);
    qry_add_measure(f.program, 0, 0);
    qry_add_measure(f.program, 1, 1);
}

static void test_sampled(void **state)
{
    (void)state;
    for (int engine = 0; engine < 2; engine++) {
        struct fixture f = circuit_of(2, 3);
        bell(f);
        qry_shots *shots = run_shots(f, (qry_sim_engine)engine, 10000, 1), *same, *other;
        assert_int_equal(qry_shots_how(shots), QRY_SHOTS_SAMPLED);
        assert_int_equal(qry_outcomes_count(qry_shots_outcomes(shots)), 2);
        assert_int_equal(count_of(shots, 0) + count_of(shots, 3), 10000);
        check_count(count_of(shots, 3), 10000, 0.5);
        same = run_shots(f, (qry_sim_engine)engine, 10000, 1);
        other = run_shots(f, (qry_sim_engine)engine, 10000, 2);
        assert_int_equal(count_of(shots, 0), count_of(same, 0));
        assert_int_not_equal(count_of(shots, 0), count_of(other, 0));
        qry_shots_free(shots);
        qry_ctx_free(f.ctx);
    }
}

/* Teleportation of ry(1)|0>, with corrections under conditions. */
static void test_repeated(void **state)
{
    (void)state;
    uint64_t by_sparse[8];
    for (int engine = 0; engine < 2; engine++) {
        struct fixture f = circuit_of(3, 3);
        qry_add_angle(f.program, QRY_GATE_ry, (qry_angle){1, -1}, 0, 0);
        qry_add(f.program, QRY_GATE_h, 1, 0, 0);
        qry_add(f.program, QRY_GATE_cx, 1, 2, 0);
        qry_add(f.program, QRY_GATE_cx, 0, 1, 0);
        qry_add(f.program, QRY_GATE_h, 0, 0, 0);
        qry_add_measure(f.program, 0, 0);
        qry_add_measure(f.program, 1, 1);
        for (uint32_t bit = 0; bit < 2; bit++) {
            qry_begin_if(f.program, bit, true);
            qry_add(f.program, bit ? QRY_GATE_x : QRY_GATE_z, 2, 0, 0);
            qry_end(f.program);
        }
        qry_add_measure(f.program, 2, 2);
        qry_shots *shots = run_shots(f, (qry_sim_engine)engine, 4000, 9),
                  *fewer = run_shots(f, (qry_sim_engine)engine, 1, 9);
        assert_int_equal(qry_shots_how(shots), QRY_SHOTS_REPEATED);
        assert_int_equal(qry_shots_readout(shots)->prefix, 5);
        uint64_t ones = 0;
        for (uint64_t k = 0; k < 4; k++) {
            check_count(count_of(shots, k) + count_of(shots, 4 + k), 4000, 0.25);
            ones += count_of(shots, 4 + k);
        }
        check_count(ones, 4000, sin(0.5) * sin(0.5));
        for (uint64_t k = 0; k < 8; k++) { /* both engines draw alike */
            by_sparse[k] = engine ? by_sparse[k] : count_of(shots, k);
            assert_int_equal(count_of(shots, k), by_sparse[k]);
        }
        /* Shot 0 is the same, however many follow. */
        double weight;
        qry_outcomes_sort(qry_shots_outcomes(fewer), false);
        assert_true(count_of(shots, *qry_outcomes_at(qry_shots_outcomes(fewer), 0, &weight)) > 0);
        qry_ctx_free(f.ctx);
    }
}

static void test_probabilities(void **state)
{
    (void)state;
    for (uint32_t width = 3; width < 60; width += 28) /* by a table, and state by state; the last of 59 qubits */
        for (int engine = 0; engine < (width == 3 ? 2 : 1); engine++) {
            struct fixture f = circuit_of(width, width);
            qry_add_angle(f.program, QRY_GATE_ry, (qry_angle){1, -1}, 0, 0);
            for (uint32_t q = 1; q < width; q++)
                qry_add(f.program, QRY_GATE_cx, q - 1, q, 0);
            for (uint32_t q = 0; q < width; q++)
                qry_add_measure(f.program, q, q);
            const qry_shots_options options = {.sim = {.engine = (qry_sim_engine)engine}};
            qry_shots *shots = qry_shots_of_circuit(f.ctx, f.circuit, &options);
            qry_shots_probabilities(shots);
            qry_outcomes *outcomes = qry_shots_outcomes(shots);
            qry_outcomes_sort(outcomes, false);
            double weight;
            assert_int_equal(qry_outcomes_count(outcomes), 2);
            assert_true(*qry_outcomes_at(outcomes, 0, &weight) == 0);
            assert_true(fabs(weight - cos(0.5) * cos(0.5)) < 1e-12);
            assert_true(*qry_outcomes_at(outcomes, 1, &weight) == (UINT64_C(1) << width) - 1);
            assert_true(fabs(weight - sin(0.5) * sin(0.5)) < 1e-12);
            qry_ctx_free(f.ctx);
        }
}

/* ---- shots of programs ---- */

static const char until[] = "OPENQASM 3.1;\n"
                            "include \"stdgates.inc\";\n"
                            "gate tilt(a) q { ry(a / 2) q; ry(a / 2) q; }\n"
                            "gate later q { x q; x q; }\n"
                            "output uint[8] rounds;\n"
                            "output bit[2] last;\n"
                            "qubit[3] q;\n"
                            "bit[2] c;\n"
                            "rounds = 0;\n"
                            "tilt(1.0) q[2];\n" /* before the first measurement: the same in all shots */
                            "cx q[2], q[0];\n"
                            "c[0] = measure q[0];\n"
                            "while (c[1] == 0) {\n"
                            "  reset q[1];\n"
                            "  h q[1];\n"
                            "  if (rounds > 0) { later q[1]; }\n" /* a gate that is met only in some shots */
                            "  c[1] = measure q[1];\n"
                            "  rounds += 1;\n"
                            "}\n"
                            "last = c;\n";

/* The program runs its own way in every shot, and draws the same random numbers on both engines. */
static void test_live(void **state)
{
    (void)state;
    enum { SHOTS = 4000 };
    uint64_t first[2][3];
    for (int engine = 0; engine < 2; engine++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_qasm *program = qry_qasm_read(ctx, qry_source_from_text(ctx, "until", until, strlen(until)));
        assert_non_null(program);
        const qry_elaboration *elaboration = qry_qasm_elaborate(program);
        assert_non_null(elaboration);
        assert_false(elaboration->exact);
        const qry_shots_options options = {
            .sim = {.engine = (qry_sim_engine)engine}, .shots = SHOTS, .seed = 5, .max_steps = 1000000};
        qry_shots *shots = qry_shots_of_program(ctx, program, elaboration, &options);
        assert_true(qry_shots_run(shots));
        assert_int_equal(qry_shots_how(shots), QRY_SHOTS_LIVE);
        /* last (2 bits), then c (2 bits): equal, and c[1] is 1 */
        check_count(count_of(shots, 15), SHOTS, sin(0.5) * sin(0.5));
        assert_int_equal(count_of(shots, 10) + count_of(shots, 15), SHOTS);
        size_t count;
        const qry_shots_value *value = qry_shots_values(shots, 0, &count);
        assert_string_equal(value[0].text, "1");
        assert_string_equal(value[1].text, "2");
        check_count(value[0].shots, SHOTS, 0.5);
        check_count(value[1].shots, SHOTS, 0.25);
        first[engine][0] = count_of(shots, 15);
        first[engine][1] = value[0].shots;
        value = qry_shots_values(shots, 1, &count);
        assert_int_equal(count, 2);
        assert_string_equal(value[0].text, "10");
        assert_int_equal(value[1].shots, count_of(shots, 15));
        first[engine][2] = value[0].shots;
        qry_shots_free(shots);
        qry_qasm_free(program);
        qry_ctx_free(ctx);
    }
    assert_memory_equal(first[0], first[1], sizeof first[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_measured_last),    cmocka_unit_test(test_used_again),
        cmocka_unit_test(test_blocks_and_calls), cmocka_unit_test(test_outcomes),
        cmocka_unit_test(test_sampled),          cmocka_unit_test(test_repeated),
        cmocka_unit_test(test_probabilities),    cmocka_unit_test(test_live),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
