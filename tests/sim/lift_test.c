/* lift_test.c: worlds with more axes than rows, and rotations in them, against the reference: random circuits in which an
 * address is met first and a register later, tables compared with a uniform register, flags, counting qubits. */
#include "qasm/qasm.h"
#include "sim/sparse/engine.h"
#include "states.h"

#include <math.h>
#include <setjmp.h>
#include <string.h>

#include <cmocka.h>

/* ---- comparing ---- */

/* In every mode; shots after the first use its plans. True if some world had more axes than rows. */
static bool check(qry_ctx *ctx, const qry_circuit *circuit, uint64_t seed)
{
    qry_arena *arena = qry_arena_new(ctx);
    uint32_t width = qry_circuit_program(circuit)->width;
    const double *wanted = qry_reference_state(arena, circuit);
    double *got = qry_arena_alloc(arena, (size_t)2 << width, sizeof *got), norm;
    bool lifted = false;
    for (int mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
        qry_simd simd = (qry_simd)(1 + (seed + (uint64_t)mode) % 3);
        qry_sim_options options = {.mode = (qry_sim_mode)mode, .threads = 1 + (seed % 8 == 1)};
        options.simd = qry_simd_available(simd) ? simd : QRY_SIMD_BEST;
        qry_sim *sim = qry_sim_new(ctx, circuit, &options);
        for (int shot = 0; shot < 3; shot++) {
            qry_sim_shot(sim, NULL, NULL);
            memset(got, 0, sizeof *got << (width + 1));
            qry_sim_amplitudes(sim, 0, list_row, &(struct listing){width, got});
            double d = distance(got, wanted, width);
            if (!(d < 1e-12) || fabs(1 - overlap_of(got, wanted, width, &norm)) > 1e-12)
                fail_msg("seed %llu, mode %s, shot %d: distance %g", (unsigned long long)seed, qry_sim_mode_name(sim),
                         shot, d);
        }
        for (const struct world *w = sparse_of(sim)->worlds; w; w = w->next)
            lifted |= w->axis_count > w->row_axes;
        qry_sim_free(sim);
    }
    qry_arena_free(arena);
    return lifted;
}

/* ---- random circuits ---- */

enum { ADDRESS = 10, REGISTER = 2, WORK = 3, WIDTH = ADDRESS + REGISTER + WORK };

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

static void add_range(qry_qubit *operand, uint32_t *count, uint32_t first, uint32_t size)
{
    for (uint32_t i = 0; i < size; i++)
        operand[(*count)++] = first + i;
}

/* A definition of random gates on the address or the register, and the work qubits; controls are in the first part, so that
 * those are permutations with phases. */
static const qry_definition *random_part(qry_circuit *circuit, qry_random *random, uint32_t controls, int gates,
                                         qry_role role)
{
    static const qry_gate kinds[] = {QRY_GATE_x, QRY_GATE_x,  QRY_GATE_x,    QRY_GATE_z,
                                     QRY_GATE_p, QRY_GATE_rz, QRY_GATE_swap, QRY_GATE_y};
    qry_definition *d = qry_circuit_define(circuit, "part", 0);
    qry_definition_group(d, "c", controls, QRY_ROLE_DATA);
    qry_definition_group(d, "w", WORK, role);
    for (int i = 0; i < gates; i++) {
        qry_qubit control[3], target[2];
        uint32_t count = 1 + (uint32_t)qry_random_below(random, controls < 3 ? controls : 3);
        random_operands(random, controls, count, control);
        random_operands(random, WORK, 2, target);
        for (uint32_t k = 0; k < count; k++)
            control[k] |= qry_random_below(random, 2) ? QRY_NEGATIVE : 0;
        target[0] += controls;
        target[1] += controls;
        if (qry_random_below(random, 4) == 0)
            qry_add(d, QRY_GATE_ccx, target[1], control[0] & ~QRY_NEGATIVE, target[0]);
        else
            qry_add_controlled(d, kinds[qry_random_below(random, sizeof kinds / sizeof *kinds)],
                               &(qry_angle){qry_random_unit(random), -1}, target, control, count);
    }
    return d;
}

static void random_circuits(void **state)
{
    (void)state;
    int lifted = 0;
    enum { ROUNDS = 40 };
    for (uint64_t seed = 0; seed < ROUNDS; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, seed, 5);
        qry_circuit *circuit = qry_circuit_new(ctx);
        qry_definition *program = qry_circuit_program(circuit);
        qry_definition_group(program, "q", WIDTH, QRY_ROLE_DATA);
        const qry_definition *part[4];
        for (int i = 0; i < 4; i++)
            part[i] = random_part(circuit, &random, i < 2 ? ADDRESS : REGISTER, i % 2 ? 40 : 8,
                                  seed % 3 ? QRY_ROLE_DATA : QRY_ROLE_WORD);
        for (qry_qubit q = 0; q < ADDRESS + REGISTER; q++)
            qry_add(program, QRY_GATE_h, q, 0, 0);
        if (seed % 3 == 0) /* words in |+>, which calls must leave as they are */
            qry_add(program, QRY_GATE_h, ADDRESS + REGISTER, 0, 0);
        qry_qubit operand[2][WIDTH];
        uint32_t count[2] = {0, 0};
        add_range(operand[0], &count[0], 0, ADDRESS);
        add_range(operand[0], &count[0], ADDRESS + REGISTER, WORK);
        add_range(operand[1], &count[1], ADDRESS, REGISTER);
        add_range(operand[1], &count[1], ADDRESS + REGISTER, WORK);
        for (int i = 0; i < 4; i++) /* the address becomes axes, then the register */
            qry_add_call(program, part[i / 2 * 2 + 1], i % 2, operand[i / 2], NULL);
        qry_begin_repeat(program, 2);
        for (int i = 0; i < 10; i++) {
            uint64_t k = qry_random_below(&random, 8);
            int which = (int)qry_random_below(&random, 4);
            if (k < 5)
                qry_add_call(program, part[which], qry_random_below(&random, 2), operand[which / 2], NULL);
            if (k == 1) { /* there and back */
                int other = (int)qry_random_below(&random, 4);
                qry_add_call(program, part[other], false, operand[other / 2], NULL);
                qry_add(program, QRY_GATE_z, WIDTH - 1 - (qry_qubit)qry_random_below(&random, WORK), 0, 0);
                qry_add_call(program, part[other], true, operand[other / 2], NULL);
            }
            if (k == 5)
                qry_add(program, QRY_GATE_h, (qry_qubit)qry_random_below(&random, ADDRESS + REGISTER), 0, 0);
            if (k == 6)
                qry_add_angle(program, QRY_GATE_ry, (qry_angle){qry_random_unit(&random), -1},
                              (qry_qubit)qry_random_below(&random, seed % 5 ? ADDRESS + REGISTER : WIDTH), 0);
            if (k == 7)
                qry_add_angle(program, QRY_GATE_cp, (qry_angle){qry_random_unit(&random), -1},
                              ADDRESS + (qry_qubit)qry_random_below(&random, REGISTER),
                              (qry_qubit)qry_random_below(&random, ADDRESS));
        }
        qry_end(program);
        lifted += check(ctx, circuit, seed);
        qry_ctx_free(ctx);
    }
    assert_true(lifted > ROUNDS / 2);
}

/* ---- what estimates are made of ---- */

/* Address 0 .. 9, word of 3 bits, register, one carry a bit, counting qubits. */
enum { WORD = 3, AT_WORD = 10, AT_REGISTER = 13, AT_CARRY = 16, AT_FLAG = 18, AT_COUNTING = 19, ALL = 20 };

static uint32_t word_of(uint32_t address) { return (address * 37 + address / 8) % 8; }

/* word ^= what stands at the address, by controls on all of it where that is 1. */
static const qry_definition *define_table(qry_circuit *circuit)
{
    qry_definition *d = qry_circuit_define(circuit, "table", 0);
    qry_definition_group(d, "address", ADDRESS, QRY_ROLE_ADDRESS);
    qry_definition_group(d, "word", WORD, QRY_ROLE_WORD);
    for (uint32_t j = 0; j < 1 << ADDRESS; j++)
        for (uint32_t i = 0; i < WORD; i++) {
            qry_qubit control[ADDRESS];
            for (uint32_t k = 0; k < ADDRESS; k++)
                control[k] = k | (j >> k & 1 ? 0 : QRY_NEGATIVE);
            if (word_of(j) >> i & 1)
                qry_add_controlled(d, QRY_GATE_x, NULL, &(qry_qubit){ADDRESS + i}, control, ADDRESS);
        }
    return d;
}

/* flag ^= register < word, with two carries, which stay. */
static const qry_definition *define_less(qry_circuit *circuit)
{
    qry_definition *d = qry_circuit_define(circuit, "less", 0);
    qry_definition_group(d, "word", WORD, QRY_ROLE_DATA);
    qry_definition_group(d, "r", WORD, QRY_ROLE_DATA);
    qry_definition_group(d, "carry", WORD, QRY_ROLE_DATA);
    for (uint32_t i = 0; i < WORD; i++) {
        qry_qubit w = i, r = WORD + i, c = 2 * WORD + i;
        qry_add(d, QRY_GATE_x, r, 0, 0);
        qry_add(d, QRY_GATE_ccx, w, r, c);
        qry_add(d, QRY_GATE_cx, w, r, 0);
        if (i)
            qry_add(d, QRY_GATE_ccx, c - 1, r, c);
        qry_add(d, QRY_GATE_cx, w, r, 0);
        qry_add(d, QRY_GATE_x, r, 0, 0);
        qry_add(d, QRY_GATE_cx, w, r, 0); /* enough gates for a plan of its own, and r written and restored */
        qry_add(d, QRY_GATE_cx, w, r, 0);
    }
    return d;
}

static void add_call(qry_definition *to, const qry_definition *d, bool inverse, qry_qubit first)
{
    qry_qubit operand[ALL];
    for (uint32_t i = 0; i < d->width; i++)
        operand[i] = first + i;
    qry_add_call(to, d, inverse, operand, NULL);
}

static void add_reflection(qry_definition *d, bool counted)
{
    qry_qubit q[ALL];
    uint32_t count = 0;
    for (qry_qubit i = 0; i < ADDRESS; i++)
        q[count++] = i;
    for (qry_qubit i = 0; i < WORD; i++)
        q[count++] = AT_REGISTER + i;
    for (uint32_t i = 0; i < count; i++) {
        qry_add(d, QRY_GATE_h, q[i], 0, 0);
        qry_add(d, QRY_GATE_x, q[i], 0, 0);
    }
    q[count] = AT_COUNTING;
    qry_add_controlled(d, QRY_GATE_z, NULL, q, q + 1, count - 1 + counted);
    for (uint32_t i = 0; i < count; i++) {
        qry_add(d, QRY_GATE_x, q[i], 0, 0);
        qry_add(d, QRY_GATE_h, q[i], 0, 0);
    }
}

/* H on address and register, then iterates, the phases of which may be under a counting qubit; at last the mark is computed
 * once more, into the flag. */
static qry_circuit *inequality(qry_ctx *ctx, int iterates, bool counted)
{
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *program = qry_circuit_program(circuit);
    qry_definition_group(program, "q", ALL, QRY_ROLE_DATA);
    const qry_definition *table = define_table(circuit), *less = define_less(circuit);
    for (qry_qubit q = 0; q < AT_CARRY; q++)
        if (q < AT_WORD || q >= AT_REGISTER)
            qry_add(program, QRY_GATE_h, q, 0, 0);
    if (counted)
        qry_add(program, QRY_GATE_h, AT_COUNTING, 0, 0);
    for (int i = 0; i <= iterates; i++) {
        add_call(program, table, false, 0);
        add_call(program, less, false, AT_WORD);
        if (i < iterates)
            qry_add_controlled(program, QRY_GATE_p, &(qry_angle){M_PI, -1}, &(qry_qubit){AT_FLAG},
                               &(qry_qubit){AT_COUNTING}, counted);
        if (i == iterates)
            break;
        add_call(program, less, true, AT_WORD);
        add_call(program, table, true, 0);
        add_reflection(program, counted);
    }
    if (counted)
        qry_add(program, QRY_GATE_h, AT_COUNTING, 0, 0);
    return circuit;
}

static double exact_fraction(void)
{
    double sum = 0;
    for (uint32_t j = 0; j < 1 << ADDRESS; j++)
        sum += word_of(j) / 8.0;
    return sum / (1 << ADDRESS);
}

/* The flag after j iterates is 1 with probability sin^2((2j + 1) theta); the address alone has rows. */
static void inequality_tests(void **state)
{
    (void)state;
    double theta = asin(sqrt(exact_fraction()));
    for (int mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++)
        for (int j = 0; j < 12; j++) {
            qry_ctx *ctx = qry_ctx_new();
            qry_sim_options options = {.mode = (qry_sim_mode)mode, .threads = 1 + (j == 5)};
            qry_sim *sim = qry_sim_new(ctx, inequality(ctx, j, false), &options);
            for (int shot = 0; shot < 3; shot++) {
                double p[2], wanted = pow(sin((2 * j + 1) * theta), 2);
                qry_sim_shot(sim, NULL, NULL);
                qry_sim_probabilities(sim, &(qry_qubit){AT_FLAG}, 1, p);
                assert_true(fabs(p[1] - wanted) < 1e-12);
            }
            assert_true(qry_sim_peak_rows(sim) == 1 << ADDRESS && qry_sim_peak_axes(sim) == WORD);
            qry_ctx_free(ctx);
        }
}

/* With a counting qubit between two H: it is 0 with probability (1 + cos(2 j theta)) / 2, up to the sign of the iterates. */
static void counting_tests(void **state)
{
    (void)state;
    double theta = asin(sqrt(exact_fraction()));
    for (int mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++)
        for (int j = 1; j < 6; j++) {
            qry_ctx *ctx = qry_ctx_new();
            qry_sim *sim = qry_sim_new(ctx, inequality(ctx, j, true), &(qry_sim_options){.mode = (qry_sim_mode)mode});
            double p[2], wanted = 0.5 + (j % 2 ? -0.5 : 0.5) * cos(2 * j * theta);
            qry_sim_shot(sim, NULL, NULL);
            qry_sim_probabilities(sim, &(qry_qubit){AT_COUNTING}, 1, p);
            assert_true(fabs(p[0] - wanted) < 1e-12);
            assert_true(qry_sim_peak_rows(sim) == 1 << ADDRESS && qry_sim_peak_axes(sim) == WORD + 1);
            qry_ctx_free(ctx);
        }
}

static void count_ones(void *state, const uint8_t *values) { *(uint64_t *)state += values[0]; }

/* A mark with planes in upper blocks, draws from there, a measurement, and back. */
static void marks(void **state)
{
    (void)state;
    enum { SHOTS = 20000 };
    double p = pow(sin(5 * asin(sqrt(exact_fraction()))), 2), sigma = sqrt(SHOTS * p * (1 - p));
    for (int mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_circuit *circuit = inequality(ctx, 2, false);
        qry_definition *program = qry_circuit_program(circuit);
        size_t end = program->op_count;
        qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.mode = (qry_sim_mode)mode});
        qry_random random;
        qry_random_seed(&random, 3, (uint64_t)mode);
        qry_add_measure(program, AT_FLAG, qry_circuit_bits(circuit, 1));
        uint8_t bit;
        uint64_t ones = 0;
        qry_sim_begin(sim, &random, &bit);
        qry_sim_continue_to(sim, end);
        assert_true(qry_sim_mark(sim));
        qry_sim_sample(sim, &(qry_qubit){AT_FLAG}, 1, &random, SHOTS, count_ones, &ones);
        assert_true(fabs((double)ones - SHOTS * p) < 5 * sigma);
        for (int shot = 0; shot < 20; shot++) {
            double found[2];
            qry_sim_continue(sim);
            qry_sim_probabilities(sim, &(qry_qubit){AT_FLAG}, 1, found);
            assert_true(fabs(found[bit] - 1) < 1e-12);
            qry_sim_rewind(sim);
            qry_sim_probabilities(sim, &(qry_qubit){AT_FLAG}, 1, found);
            assert_true(fabs(found[1] - p) < 1e-12);
            qry_sim_rewind(sim);
        }
        qry_ctx_free(ctx);
    }
}

/* ---- memory ---- */

/* Going back to a mark gives back what was needed since then, also of what moves between lower and upper blocks. */
static void rewinds_hold_nothing(void **state)
{
    (void)state;
    enum { REWINDS = 500 };
    for (int mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_circuit *circuit = inequality(ctx, 1, false);
        qry_definition *program = qry_circuit_program(circuit);
        qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.mode = (qry_sim_mode)mode});
        qry_sim_begin(sim, NULL, NULL);
        qry_sim_continue_to(sim, program->op_count);
        assert_true(qry_sim_mark(sim));
        for (qry_qubit i = 0; i < WORD; i++) { /* what is lifted has never been before */
            qry_add(program, QRY_GATE_ccx, AT_WORD, i, AT_CARRY);
            qry_add(program, QRY_GATE_ccx, AT_REGISTER + i, AT_CARRY, AT_FLAG);
        }
        size_t held = 0;
        for (int i = 0; i < REWINDS; i++) {
            qry_sim_continue(sim);
            qry_sim_rewind(sim);
            if (i == 10)
                held = qry_memory_used(ctx);
        }
        assert_true(qry_memory_used(ctx) <= held);
        const struct world *w = sparse_of(sim)->world;
        for (uint32_t b = 0; b < w->block_count; b++)
            assert_true(w->block[b].used < 200 && w->block[b].export_count < 100);
        qry_ctx_free(ctx);
    }
}

/* A flag that is turned in ever new states: a value is computed from the last one, not from the beginning. */
static void ever_new_states(void **state)
{
    (void)state;
    enum { ROWS = 12, WORK = 12, FLAG = 13, STEPS = 400 };
    for (int mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, 1, 1);
        qry_circuit *circuit = qry_circuit_new(ctx);
        qry_definition *d = qry_circuit_program(circuit);
        qry_definition_group(d, "q", FLAG + 1, QRY_ROLE_DATA);
        for (qry_qubit q = 0; q < ROWS; q++)
            qry_add(d, QRY_GATE_h, q, 0, 0);
        for (int i = 0; i < STEPS; i++) {
            qry_qubit pair[2];
            random_operands(&random, ROWS, 2, pair);
            qry_add(d, QRY_GATE_ccx, pair[0], pair[1], WORK);
            qry_add_angle(d, QRY_GATE_cry, (qry_angle){qry_random_unit(&random), -1}, WORK, FLAG);
        }
        if (mode == QRY_SIM_GATES)
            check(ctx, circuit, 1);
        qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.mode = (qry_sim_mode)mode});
        for (int shot = 0; shot < 2; shot++) {
            qry_sim_shot(sim, NULL, NULL);
            const struct world *w = sparse_of(sim)->world;
            assert_true(w->transitions > STEPS && 2 * (w->planned + w->kept) > qry_memory_used(ctx));
            uint32_t used =
                w->block[w->block_count - 1].used; /* the work qubit met the flag, and is in the upper blocks */
            assert_true(mode == QRY_SIM_GATES || (used > STEPS / 4 && used < 4 * STEPS));
        }
        qry_ctx_free(ctx);
    }
}

/* ---- what has gone wrong ---- */

/* A gate under a control that is 0 lifts its target, which has been lifted before. */
static void idle_gate_above(void **state)
{
    (void)state;
    enum { WORK = 13, ZERO = 14, WIDTH = 15 };
    qry_ctx *ctx = qry_ctx_new();
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *d = qry_circuit_program(circuit);
    qry_definition_group(d, "q", WIDTH, QRY_ROLE_DATA);
    for (qry_qubit i = 0; i < 10; i++)
        qry_add(d, QRY_GATE_h, i, 0, 0);
    for (int back = 0; back < 2; back++)
        for (qry_qubit i = 0; i < 10; i += 2)
            qry_add(d, QRY_GATE_ccx, back ? 8 - i : i, back ? 9 - i : i + 1, WORK);
    for (qry_qubit i = 0; i < 13; i++)
        qry_add(d, QRY_GATE_h, i, 0, 0);
    for (int back = 0; back < 2; back++)
        for (qry_qubit i = 0; i < 2; i++)
            qry_add(d, QRY_GATE_ccx, back ? 11 - i : 10 + i, 0, WORK);
    qry_add(d, QRY_GATE_h, 0, 0, 0);
    qry_add_controlled(d, QRY_GATE_x, NULL, (const qry_qubit[]){11}, (const qry_qubit[]){ZERO, 10, 1}, 3);
    qry_add(d, QRY_GATE_h, 0, 0, 0);
    qry_add(d, QRY_GATE_cz, 2, 11, 0);
    qry_add(d, QRY_GATE_h, 11, 0, 0);
    check(ctx, circuit, 1);
    qry_ctx_free(ctx);
}

/* A word that is |+> when a call ends stays |+>. */
static void word_in_superposition(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *program = qry_circuit_program(circuit);
    qry_definition *first = qry_circuit_define(circuit, "first", 0), *second = qry_circuit_define(circuit, "second", 0);
    qry_definition_group(program, "q", 5, QRY_ROLE_DATA);
    qry_definition_group(first, "c", 2, QRY_ROLE_DATA);
    qry_definition_group(first, "w", 1, QRY_ROLE_DATA);
    qry_definition_group(second, "c", 1, QRY_ROLE_DATA);
    qry_definition_group(second, "t", 1, QRY_ROLE_WORD);
    qry_definition_group(second, "w", 1, QRY_ROLE_WORK);
    qry_add(first, QRY_GATE_ccx, 0, 1, 2);
    qry_add(second, QRY_GATE_cx, 0, 2, 0);
    qry_add(second, QRY_GATE_cx, 0, 2, 0);
    qry_add(program, QRY_GATE_h, 0, 0, 0);
    qry_add_call(program, first, false, (const qry_qubit[]){0, 1, 4}, NULL);
    qry_add(program, QRY_GATE_h, 2, 0, 0);
    qry_add_call(program, second, false, (const qry_qubit[]){0, 2, 3}, NULL);
    check(ctx, circuit, 1);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_circuits),      cmocka_unit_test(inequality_tests),
                                       cmocka_unit_test(counting_tests),       cmocka_unit_test(marks),
                                       cmocka_unit_test(rewinds_hold_nothing), cmocka_unit_test(ever_new_states),
                                       cmocka_unit_test(idle_gate_above),      cmocka_unit_test(word_in_superposition)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
