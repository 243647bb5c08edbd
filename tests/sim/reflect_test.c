/* reflect_test.c: Hadamards that wait, against the reference: a phase between two layers of them in every place, what may come
 * between, and when they wait at all. */
#include "qasm/qasm.h"
#include "sim/sparse/engine.h"
#include "states.h"

#include <math.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

enum { MOST = 13, BITS = 64 };

/* ---- comparing ---- */

/* One shot after the other with the random numbers of the reference. real: amplitudes stay real. */
static void check(qry_ctx *ctx, const qry_circuit *circuit, uint64_t seed, bool real)
{
    qry_arena *arena = qry_arena_new(ctx);
    uint32_t width = qry_circuit_program(circuit)->width;
    uint8_t wanted_bits[BITS] = {0}, bits[BITS];
    double *got = qry_arena_alloc(arena, (size_t)2 << width, sizeof *got);
    qry_random random;
    qry_random_seed(&random, seed, 1);
    const double *wanted = qry_reference_shot(arena, circuit, &random, wanted_bits);
    for (int mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
        qry_simd simd = (qry_simd)(1 + (seed + (uint64_t)mode) % 3);
        qry_sim_options options = {.mode = (qry_sim_mode)mode, .threads = 1 + (seed % 8 == 1)};
        options.simd = qry_simd_available(simd) ? simd : QRY_SIMD_BEST;
        qry_sim *sim = qry_sim_new(ctx, circuit, &options);
        for (int shot = 0; shot < 3; shot++) {
            memset(bits, 0, sizeof bits);
            qry_random_seed(&random, seed, 1);
            qry_sim_shot(sim, &random, bits);
            assert_memory_equal(bits, wanted_bits, sizeof bits);
            assert_false(real && sparse_of(sim)->complex);
            memset(got, 0, sizeof *got << (width + 1));
            qry_sim_amplitudes(sim, 0, list_row, &(struct listing){width, got});
            double d = distance(got, wanted, width);
            if (!(d < 1e-12))
                fail_msg("seed %llu, mode %s, shot %d: distance %g", (unsigned long long)seed, qry_sim_mode_name(sim),
                         shot, d);
        }
        qry_sim_free(sim);
    }
    qry_arena_free(arena);
}

/* ---- writing ---- */

static qry_circuit *circuit_of(qry_ctx *ctx, uint32_t width)
{
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition_group(qry_circuit_program(circuit), "q", width, QRY_ROLE_DATA);
    return circuit;
}

/* A state in which every qubit is an axis and no two amplitudes are alike. */
static void add_state(qry_definition *d, qry_random *random, bool real)
{
    for (qry_qubit q = 0; q < d->width; q++) {
        qry_add_angle(d, QRY_GATE_ry, (qry_angle){0.4 + 2 * qry_random_unit(random), -1}, q, 0);
        if (!real)
            qry_add_angle(d, QRY_GATE_rz, (qry_angle){qry_random_unit(random), -1}, q, 0);
    }
    for (qry_qubit q = 1; q < d->width; q++)
        qry_add(d, QRY_GATE_cz, q - 1, q, 0);
    for (qry_qubit q = 0; q < d->width; q++)
        qry_add_angle(d, QRY_GATE_ry, (qry_angle){0.4 + qry_random_unit(random), -1}, q, 0);
}

static void add_to_each(qry_definition *d, qry_gate gate, uint64_t qubits)
{
    for (qry_qubit q = 0; q < d->width; q++)
        if (qubits >> q & 1)
            qry_add(d, gate, q, 0, 0);
}

/* A phase where the qubits have the values that `ones` says, an angle of 0 standing for the sign; written with X gates or
 * with negative controls. */
static void add_phase(qry_definition *d, uint64_t qubits, uint64_t ones, double angle, bool by_x)
{
    qry_qubit list[MOST] = {0};
    uint32_t count = 0;
    for (qry_qubit q = 0; q < d->width; q++)
        if (qubits >> q & 1)
            list[count++] = by_x || ones >> q & 1 ? q : q | QRY_NEGATIVE;
    list[0] &= ~QRY_NEGATIVE; /* the target */
    uint64_t inverted = qubits & ~ones & (by_x ? UINT64_MAX : (uint64_t)1 << list[0]);
    add_to_each(d, QRY_GATE_x, inverted);
    qry_add_controlled(d, angle != 0 ? QRY_GATE_p : QRY_GATE_z, &(qry_angle){angle, -1}, list, list + 1, count - 1);
    add_to_each(d, QRY_GATE_x, inverted);
}

/* ---- one phase ---- */

/* H on qubits `waiting`, a phase on the values `ones` of them and of `others`, and H. */
static void check_one(uint32_t width, uint64_t waiting, uint64_t others, uint64_t ones, double angle, uint64_t seed)
{
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    bool real = angle == 0 && seed % 2;
    qry_random_seed(&random, seed, 2);
    qry_circuit *circuit = circuit_of(ctx, width);
    qry_definition *program = qry_circuit_program(circuit);
    add_state(program, &random, real);
    add_to_each(program, QRY_GATE_h, waiting);
    add_phase(program, waiting | others, ones, angle, seed % 3);
    add_to_each(program, QRY_GATE_h, waiting);
    check(ctx, circuit, seed, real);
    qry_ctx_free(ctx);
}

/* All sets of qubits that wait, with a qubit outside that has a value in the phase or not, and all values. */
static void small_phases(void **state)
{
    (void)state;
    enum { WIDTH = 5, ALL = (1 << WIDTH) - 1 };
    uint64_t seed = 0;
    for (uint64_t waiting = 1; waiting <= ALL; waiting++)
        for (uint64_t ones = 0; ones <= ALL; ones++) {
            uint64_t others = seed % 2 ? ALL & ~waiting : 0;
            if (!(ones & ~(waiting | others)))
                check_one(WIDTH, waiting, others, ones, seed % 3 ? 0 : 0.7, seed);
            seed++;
        }
}

/* Beyond a group of amplitudes, a loop, and a block. */
static void large_phases(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 1, 3);
    for (uint64_t seed = 0; seed < 60; seed++) {
        uint32_t width = 6 + (uint32_t)(seed % (MOST - 5));
        uint64_t all = ((uint64_t)1 << width) - 1;
        uint64_t waiting = all & ~(qry_random_below(&random, all + 1) & qry_random_below(&random, all + 1));
        uint64_t others = all & ~waiting & qry_random_below(&random, all + 1);
        uint64_t ones = (waiting | others) & qry_random_below(&random, all + 1);
        if (seed % 3 == 0) /* as a reflection about zero has it */
            waiting = all & ~(uint64_t)(seed % 2), others = seed % 2, ones = 0;
        if (waiting)
            check_one(width, waiting, others, ones, seed % 5 ? 0 : 2.5, seed);
    }
}

/* ---- when they wait ---- */

/* Amplitudes are those of before the first H until the last, in all modes; a phase that does not fit ends that. */
static void waiting(void **state)
{
    (void)state;
    enum { WIDTH = 10 };
    const uint64_t all = (1 << WIDTH) - 1, first = all & ~(uint64_t)3;
    for (int mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++)
        for (int fits = 0; fits < 2; fits++) {
            qry_ctx *ctx = qry_ctx_new();
            qry_random random;
            qry_random_seed(&random, 1, 4);
            qry_circuit *circuit = circuit_of(ctx, WIDTH);
            qry_definition *program = qry_circuit_program(circuit);
            size_t end[4];
            add_state(program, &random, true);
            end[0] = program->op_count;
            add_to_each(program, QRY_GATE_h, first);
            end[1] = program->op_count;
            add_phase(program, fits ? first | 1 : first & ~(uint64_t)4, 5, 0, true);
            end[2] = program->op_count;
            add_to_each(program, QRY_GATE_h, first);
            end[3] = program->op_count;
            qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.mode = (qry_sim_mode)mode});
            for (int shot = 0; shot < 3; shot++) {
                int axes[4];
                qry_sim_begin(sim, NULL, NULL);
                for (int i = 0; i < 4; i++) {
                    axes[i] = 0;
                    qry_sim_continue_to(sim, end[i]);
                    for (uint64_t rest = sparse_of(sim)->delayed; rest; rest &= rest - 1)
                        axes[i]++;
                }
                assert_int_equal(axes[0], 0);
                assert_int_equal(axes[1], WIDTH - 2);
                assert_int_equal(axes[2], fits ? WIDTH - 2 : 0);
                assert_int_equal(axes[3], fits ? 0 : WIDTH - 2);
            }
            qry_ctx_free(ctx);
        }
}

/* ---- what may come between ---- */

static void add_interruption(qry_definition *d, const qry_definition *part, qry_random *random, uint64_t phased)
{
    qry_circuit *circuit = d->circuit;
    qry_qubit a = (qry_qubit)qry_random_below(random, d->width);
    qry_qubit b = (a + 1 + (qry_qubit)qry_random_below(random, d->width - 1)) % d->width;
    qry_qubit operand[2] = {a, b};
    qry_angle angle = {qry_random_unit(random), -1};
    switch (qry_random_below(random, 16)) {
    case 0:
        qry_add(d, QRY_GATE_h, a, 0, 0);
        break;
    case 1:
        qry_add_angle(d, QRY_GATE_ry, angle, a, 0);
        break;
    case 2:
        qry_add_controlled(d, QRY_GATE_rx, &angle, &a, &b, 1);
        break;
    case 3:
        qry_add_angle(d, QRY_GATE_cp, angle, a, b);
        break;
    case 4:
        qry_add(d, QRY_GATE_x, a, 0, 0);
        break;
    case 5:
        qry_add(d, QRY_GATE_swap, a, b, 0);
        break;
    case 6:
        qry_add(d, QRY_GATE_cx, a, b, 0);
        break;
    case 7:
        qry_add_call(d, part, qry_random_below(random, 2), operand, NULL);
        break;
    case 8:
        if (qry_circuit_bit_count(circuit) < BITS)
            qry_add_measure(d, a, qry_circuit_bits(circuit, 1));
        break;
    case 9:
        add_phase(d, phased, phased & qry_random_below(random, (uint64_t)1 << d->width), angle.factor, true);
        break;
    case 10:
        qry_add(d, QRY_GATE_z, a, 0, 0);
        break;
    default:
        break;
    }
}

/* A definition of gates on two qubits that is planned on its own. */
static const qry_definition *define_part(qry_circuit *circuit)
{
    qry_definition *d = qry_circuit_define(circuit, "part", 0);
    qry_definition_group(d, "q", 2, QRY_ROLE_DATA);
    for (int i = 0; i < 9; i++) {
        qry_add(d, QRY_GATE_cx, 0, 1, 0);
        qry_add(d, QRY_GATE_s, 1, 0, 0);
        qry_add(d, QRY_GATE_swap, 0, 1, 0);
    }
    return d;
}

static void interruptions(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 400; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, seed, 6);
        uint32_t width = 4 + (uint32_t)(seed % (seed % 10 ? 5 : MOST - 3));
        uint64_t all = ((uint64_t)1 << width) - 1;
        qry_circuit *circuit = circuit_of(ctx, width);
        qry_definition *program = qry_circuit_program(circuit);
        const qry_definition *part = define_part(circuit);
        add_state(program, &random, seed % 2);
        for (int i = 0; i < 6; i++) {
            uint64_t set = qry_random_below(&random, 2) ? all : 7 | qry_random_below(&random, all + 1);
            uint64_t phased = set | qry_random_below(&random, all + 1);
            uint64_t ones = qry_random_below(&random, 2) ? 0 : phased & qry_random_below(&random, all + 1);
            add_to_each(program, QRY_GATE_h, set);
            add_interruption(program, part, &random, phased);
            add_phase(program, phased, ones, qry_random_below(&random, 2) ? 0 : 1.1, qry_random_below(&random, 2));
            add_interruption(program, part, &random, phased);
            if (qry_random_below(&random, 4))
                add_to_each(program, QRY_GATE_h, set);
        }
        check(ctx, circuit, seed, false);
        qry_ctx_free(ctx);
    }
}

static void count_ones(void *state, const uint8_t *values) { *(uint64_t *)state += values[0]; }

/* A mark, draws, another shot and probabilities while Hadamards wait. */
static void looking(void **state)
{
    (void)state;
    enum { WIDTH = 10, SHOTS = 20000 };
    for (int mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++)
        for (int what = 0; what < 3; what++) {
            qry_ctx *ctx = qry_ctx_new();
            qry_circuit *circuit = circuit_of(ctx, WIDTH);
            qry_definition *program = qry_circuit_program(circuit);
            for (qry_qubit q = 0; q < WIDTH; q++)
                qry_add_angle(program, QRY_GATE_ry, (qry_angle){0.3, -1}, q, 0);
            add_to_each(program, QRY_GATE_h, (1 << WIDTH) - 1);
            qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.mode = (qry_sim_mode)mode});
            qry_sim_begin(sim, NULL, NULL);
            qry_sim_continue(sim);
            assert_true(sparse_of(sim)->delayed);
            double p[2], wanted = 0.5 - 0.5 * sin(0.3), sigma = sqrt(SHOTS * wanted * (1 - wanted));
            uint64_t ones = 0;
            qry_random random;
            qry_random_seed(&random, 1, 7);
            if (what == 0) {
                assert_true(qry_sim_mark(sim));
                add_to_each(program, QRY_GATE_h, (1 << WIDTH) - 1);
                qry_sim_continue(sim);
                assert_true(sparse_of(sim)->delayed);
                qry_sim_rewind(sim);
            } else if (what == 1) {
                qry_sim_sample(sim, &(qry_qubit){3}, 1, &random, SHOTS, count_ones, &ones);
                assert_true(fabs((double)ones - SHOTS * wanted) < 5 * sigma);
            } else {
                qry_sim_begin(sim, NULL, NULL);
                qry_sim_continue(sim);
            }
            qry_sim_probabilities(sim, &(qry_qubit){3}, 1, p);
            assert_true(fabs(p[1] - wanted) < 1e-12 && fabs(p[0] + p[1] - 1) < 1e-12);
            qry_ctx_free(ctx);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(small_phases), cmocka_unit_test(large_phases),
                                       cmocka_unit_test(waiting), cmocka_unit_test(interruptions),
                                       cmocka_unit_test(looking)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
