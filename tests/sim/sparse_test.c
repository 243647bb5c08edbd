/* sparse_test.c: the sparse engine against the reference simulator, in every mode and on every instruction set. */
#include "random_circuit.h"
#include "sim/sparse/engine.h"
#include "states.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { SHOTS = 3 }; /* later ones use the plans of the first */

/* What the reference says of a circuit: shots with random numbers of their own, and what was executed in them. */
struct wanted {
    qry_arena *arena;
    uint32_t width, bit_count;
    uint64_t seed;
    uint8_t *bits[SHOTS];
    double *state[SHOTS];
    qry_tally tally;
};

static struct wanted reference_shots(qry_ctx *ctx, const qry_circuit *circuit, uint64_t seed)
{
    const qry_definition *program = qry_circuit_program(circuit);
    struct wanted w = {.arena = qry_arena_new(ctx), .width = program->width, .seed = seed};
    w.bit_count = qry_circuit_bit_count(circuit);
    qry_tally once;
    qry_definition_tally(program, &once);
    qry_tally_add(&w.tally, &once, SHOTS);
    for (uint64_t shot = 0; shot < SHOTS; shot++) {
        qry_random random;
        qry_random_seed(&random, seed, shot);
        w.bits[shot] = qry_arena_alloc(w.arena, w.bit_count + 1, 1);
        w.state[shot] = qry_reference_shot(w.arena, circuit, &random, w.bits[shot]);
    }
    return w;
}

/* The engine with the same random numbers: the same bits, the same states, the same gates. */
static void check(qry_ctx *ctx, const qry_circuit *circuit, const struct wanted *w, const qry_sim_options *options)
{
    uint8_t *bits = qry_arena_alloc(w->arena, w->bit_count + 1, 1);
    qry_sim *sim = qry_sim_new(ctx, circuit, options);
    for (uint64_t shot = 0; shot < SHOTS; shot++) {
        double *got = qry_arena_alloc(w->arena, (size_t)2 << w->width, sizeof *got), norm;
        qry_random random;
        qry_random_seed(&random, w->seed, shot);
        qry_sim_shot(sim, &random, bits);
        qry_sim_amplitudes(sim, 0, list_row, &(struct listing){w->width, got});
        double d = fabs(1 - overlap_of(got, w->state[shot], w->width, &norm));
        if (memcmp(bits, w->bits[shot], w->bit_count) != 0 || d > 1e-10 || fabs(norm - 1) > 1e-9)
            fail_msg("seed %llu, mode %s, %s, shot %d: distance %g, norm %g", (unsigned long long)w->seed,
                     qry_sim_mode_name(sim), qry_sim_simd_name(sim), (int)shot, d, norm);
    }
    if (w->bit_count == 0) /* else conditions may leave gates out */
        assert_memory_equal(&w->tally, qry_sim_executed(sim), sizeof w->tally);
    qry_sim_free(sim);
}

static const random_mix mixes[] = {
    {.permute = 20, .diagonal = 6, .hadamard = 4, .call = 4, .repeat = 1, .section = 1},
    {.permute = 10, .diagonal = 3, .hadamard = 6},
    {.permute = 30, .diagonal = 10, .hadamard = 1, .call = 6, .repeat = 1},
    {.permute = 5, .diagonal = 5, .hadamard = 3, .dense = 2, .call = 2, .repeat = 1},
    {.hadamard = 1, .permute = 2},
    {.permute = 5, .diagonal = 2, .hadamard = 3, .controlled = 10, .barrier = 1, .call = 2, .repeat = 1},
    {.hadamard = 1, .controlled = 5},
    {.permute = 5,
     .diagonal = 5,
     .hadamard = 5,
     .dense = 5,
     .controlled = 5,
     .barrier = 1,
     .call = 2,
     .repeat = 1,
     .section = 1,
     .measure = 2,
     .reset = 1,
     .condition = 2},
    {.permute = 10, .hadamard = 2, .controlled = 3, .measure = 1, .condition = 1},
};

static void random_circuits(void **state)
{
    (void)state;
    int rounds = getenv("QUARRY_ROUNDS") ? atoi(getenv("QUARRY_ROUNDS")) : 200;
    for (int seed = 0; seed < rounds; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, (uint64_t)seed, 1);
        const random_mix *mix = &mixes[seed % (int)(sizeof mixes / sizeof *mixes)];
        uint32_t width = 1 + (uint32_t)qry_random_below(&random, seed % 7 ? 6 : 11);
        qry_circuit *circuit = random_circuit(ctx, &random, width, 1 + seed * 37 % 200, mix);
        qry_tally tally;
        qry_definition_tally(qry_circuit_program(circuit), &tally);
        qry_u128 gates = qry_tally_gates(&tally);
        bool few = gates << width < 1 << 19; /* threads that wait for each other take long on a busy machine */
        if (gates << width < 1 << 22) {      /* calls of calls may be more than the reference can do */
            struct wanted wanted = reference_shots(ctx, circuit, (uint64_t)seed);
            for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++)
                for (qry_simd simd = QRY_SIMD_PLAIN; simd <= QRY_SIMD_AVX512; simd++)
                    if (qry_simd_available(simd))
                        check(ctx, circuit, &wanted,
                              &(qry_sim_options){
                                  .mode = mode, .simd = simd, .threads = 1 + (few && (seed + (int)simd) % 2)});
        }
        qry_ctx_free(ctx);
    }
}

static qry_definition *define(qry_circuit *circuit, const char *name, uint32_t angles, uint32_t width)
{
    qry_definition *d = qry_circuit_define(circuit, name, angles);
    qry_definition_group(d, "q", width, QRY_ROLE_DATA);
    return d;
}

/* Enough gates for a transition of its own, and two turns by the angle given. */
static qry_definition *turning(qry_circuit *circuit, qry_random *random)
{
    qry_definition *d = define(circuit, "turning", 1, 4);
    for (int i = 0; i < 30; i++) {
        qry_qubit a = (qry_qubit)qry_random_below(random, 4), b = (a + 1 + (qry_qubit)qry_random_below(random, 3)) % 4;
        qry_add(d, QRY_GATE_cx, a, b, 0);
        if (i == 10)
            qry_add_angle(d, QRY_GATE_p, (qry_angle){1, 0}, a, 0);
        if (i == 20)
            qry_add_angle(d, QRY_GATE_crz, (qry_angle){-0.75, 0}, a, b);
    }
    return d;
}

/* The same calls with other angles, through two levels, forwards and backwards: one plan, many angles. */
static void angles_of_calls(void **state)
{
    (void)state;
    for (uint64_t seed = 0; seed < 60; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, seed, 2);
        qry_circuit *circuit = qry_circuit_new(ctx);
        qry_definition *inner = turning(circuit, &random), *outer = define(circuit, "outer", 2, 4);
        static const qry_qubit straight[4] = {0, 1, 2, 3}, crossed[4] = {2, 0, 3, 1};
        qry_add_call(outer, inner, false, straight, &(qry_angle){2, 1});
        qry_add_call(outer, inner, seed & 1, crossed, &(qry_angle){-0.5, 0});
        qry_add_call(outer, inner, true, straight, &(qry_angle){0.3, -1});
        qry_definition *program = qry_circuit_program(circuit);
        qry_definition_group(program, "q", 4, QRY_ROLE_DATA);
        for (qry_qubit q = 0; q < 4; q++)
            qry_add(program, QRY_GATE_h, q, 0, 0);
        for (int i = 0; i < 5; i++) {
            qry_angle angle[2] = {{qry_random_unit(&random) * 6, -1}, {qry_random_unit(&random) * 6, -1}};
            qry_add_call(program, outer, qry_random_below(&random, 2), i % 3 ? straight : crossed, angle);
            qry_add(program, QRY_GATE_h, (qry_qubit)i % 4, 0, 0);
        }
        struct wanted wanted = reference_shots(ctx, circuit, seed);
        for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++)
            check(ctx, circuit, &wanted, &(qry_sim_options){.mode = mode});
        qry_ctx_free(ctx);
    }
}

/* Permutations and phases under many controls of an address are planned: they leave the rows as they are, a world with
 * axes. What they did is undone by the inverse. */
static void controlled_lookups(void **state)
{
    (void)state;
    enum { ADDRESS = 10, WIDTH = 40, GATES = 600 };
    static const qry_gate gates[] = {QRY_GATE_x, QRY_GATE_cx,   QRY_GATE_z, QRY_GATE_y,
                                     QRY_GATE_t, QRY_GATE_swap, QRY_GATE_p, QRY_GATE_gphase};
    for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, 7, 0);
        qry_circuit *circuit = qry_circuit_new(ctx);
        qry_definition *program = qry_circuit_program(circuit);
        qry_definition_group(program, "q", WIDTH, QRY_ROLE_DATA);
        for (qry_qubit q = 0; q < ADDRESS; q++)
            qry_add(program, QRY_GATE_h, q, 0, 0);
        size_t from = program->op_count;
        for (int i = 0; i < GATES; i++) {
            qry_qubit control[5], qubit[2] = {ADDRESS + (qry_qubit)qry_random_below(&random, WIDTH - ADDRESS - 1)};
            random_operands(&random, ADDRESS, 5, control);
            for (int k = 0; k < 5; k++)
                control[k] |= qry_random_below(&random, 2) ? QRY_NEGATIVE : 0;
            qubit[1] = qubit[0] + 1;
            qry_gate gate = gates[qry_random_below(&random, sizeof gates / sizeof *gates)];
            qry_add_controlled(program, gate, &(qry_angle){1.5, -1}, qubit, control,
                               2 + (uint32_t)qry_random_below(&random, 4));
        }
        size_t to = program->op_count;
        qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.mode = mode});
        qry_sim_shot(sim, NULL, NULL);
        assert_true(qry_sim_peak_rows(sim) == 1 << ADDRESS && sparse_of(sim)->world->axis_count == ADDRESS);
        qry_add_inverse(program, from, to);
        for (qry_qubit q = 0; q < ADDRESS; q++)
            qry_add(program, QRY_GATE_h, q, 0, 0);
        qry_sim_shot(sim, NULL, NULL);
        assert_true(qry_sim_peak_rows(sim) == 1 << ADDRESS && sparse_of(sim)->world->axis_count == ADDRESS);
        double p[1 << ADDRESS];
        qry_qubit address[ADDRESS];
        for (qry_qubit q = 0; q < ADDRESS; q++)
            address[q] = q;
        qry_sim_probabilities(sim, address, ADDRESS, p);
        assert_true(fabs(p[0] - 1) < 1e-12);
        qry_ctx_free(ctx);
    }
}

/* Probabilities of many rows add up to 1: by adding one after the other they were off by 1e-12 at 2^18. */
static void sums(void **state)
{
    (void)state;
    enum { WIDTH = 22 };
    for (int engine = QRY_SIM_SPARSE; engine <= QRY_SIM_DENSE; engine++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_circuit *circuit = qry_circuit_new(ctx);
        qry_definition *program = qry_circuit_program(circuit);
        qry_definition_group(program, "q", WIDTH, QRY_ROLE_DATA);
        for (qry_qubit q = 0; q < WIDTH; q++)
            qry_add_angle(program, QRY_GATE_ry, (qry_angle){0.7, -1}, q, 0);
        qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){.engine = (qry_sim_engine)engine});
        qry_sim_shot(sim, NULL, NULL);
        for (qry_qubit q = 0; q < WIDTH; q += 7) {
            double p[2];
            qry_sim_probabilities(sim, &q, 1, p);
            assert_true(fabs(p[1] - (0.5 - 0.5 * cos(0.7))) < 1e-13 && fabs(p[0] + p[1] - 1) < 1e-13);
        }
        qry_ctx_free(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_circuits), cmocka_unit_test(angles_of_calls),
                                       cmocka_unit_test(controlled_lookups), cmocka_unit_test(sums)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
