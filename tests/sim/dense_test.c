/* dense_test.c: the dense engine against the reference simulator, on every instruction set, in both precisions, with blocks
 * so small that gates, permutations and controls cross them. */
#include "dense_support.h"
#include "random_circuit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { USUAL = 90 }; /* rounds; in so many every operation happens */

/* ---- circuits ---- */

/* Any gate of the table, sometimes under controls of its own, of either polarity. */
static void add_any_gate(qry_definition *d, qry_random *random)
{
    qry_gate gate;
    do
        gate = (qry_gate)qry_random_below(random, QRY_GATES);
    while (qry_gate_table[gate].qubits > d->width);
    qry_qubit q[32];
    random_operands(random, d->width, d->width, q);
    qry_angle angles[QRY_MAX_ANGLES];
    for (int i = 0; i < QRY_MAX_ANGLES; i++)
        angles[i] = (qry_angle){6.3 * qry_random_unit(random) - 3.15, -1};
    uint32_t spare = d->width - qry_gate_table[gate].qubits, controls = 0;
    if (qry_random_below(random, 3) == 0)
        controls = (uint32_t)qry_random_below(random, (spare < 4 ? spare : 4) + 1);
    qry_qubit *control = q + qry_gate_table[gate].qubits;
    for (uint32_t i = 0; i < controls; i++)
        control[i] |= qry_random_below(random, 2) ? QRY_NEGATIVE : 0;
    if (controls)
        qry_add_controlled(d, gate, angles, q, control, controls);
    else
        qry_add_gate(d, gate, angles, q);
}

/* Rotations of all qubits first, so that nothing is sure. */
static qry_circuit *any_circuit(qry_ctx *ctx, qry_random *random, uint32_t width, int length, bool spread)
{
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *program = qry_circuit_program(circuit);
    qry_definition_group(program, "q", width, QRY_ROLE_DATA);
    for (qry_qubit q = 0; q < width && spread; q++)
        qry_add_angle(program, q % 2 ? QRY_GATE_rx : QRY_GATE_ry, (qry_angle){1 + q, -1}, q, 0);
    for (int i = 0; i < length; i++)
        add_any_gate(program, random);
    return circuit;
}

/* ---- gates ---- */

/* By set of kernels: the operations that were made, a bit each. */
static uint64_t seen[QRY_SIMD_AVX512 + 1][2];
_Static_assert(OP_CODES <= 64, "a bit an operation");

struct against {
    qry_ctx *ctx;
    qry_circuit *circuit;
    const double *wanted;
    struct cut cut;
};

static void check_state(qry_simd simd, bool single, uint64_t seed, void *state)
{
    const struct against *a = state;
    uint32_t width = qry_circuit_program(a->circuit)->width;
    qry_sim *sim = new_dense(a->ctx, a->circuit, simd, single, 1 + (int)(seed + (uint64_t)simd) % 2);
    if (a->cut.chunk_bits)
        dense_of(sim)->cut = a->cut;
    qry_arena *arena = qry_arena_new(a->ctx);
    for (int shot = 0; shot < 2; shot++) {
        qry_sim_shot(sim, NULL, NULL);
        double far = distance(state_of(arena, sim, width), a->wanted, width);
        if (far > (single ? 1e-5 : 1e-12))
            fail_msg("seed %llu, width %u, %s, %s, chunks of 2^%u: distance %g", (unsigned long long)seed, width,
                     qry_sim_simd_name(sim), qry_sim_mode_name(sim), dense_chunk_bits(dense_of(sim)), far);
    }
    const struct plan *plan = &dense_of(sim)->plan; /* of the last batch */
    for (size_t i = 0; i < plan->op_count; i++)
        seen[simd][single] |= (uint64_t)1 << plan->ops[i].code;
    qry_arena_free(arena);
    qry_sim_free(sim);
}

/* Every operation that a set of kernels has was made. */
static void check_seen(qry_simd simd, bool single, uint64_t seed, void *state)
{
    (void)seed, (void)state;
    const struct kernels *kernels = dense_kernels(simd, single);
    for (int code = 0; code < OP_CODES; code++) {
        bool in_tile = code < OP_LANE_FLIP, of_lanes = code >= OP_LANE_FLIP && code <= OP_LANE_MATRIX;
        int k = code % 3, control = code >= OP_CX && code < OP_FLIP_WHERE ? (code - OP_CX) / 3 : 0;
        bool there = in_tile ? k < kernels->tile_bits && control < kernels->tile_bits : !of_lanes || kernels->lane_bits;
        there = there && !(code >= OP_CX && code < OP_FLIP_WHERE && control == k);
        if (there && !(seen[simd][single] >> code & 1))
            fail_msg("%s, %d bytes a number: operation %d never happened", kernels->name, kernels->real_size, code);
    }
}

static void random_gates(void **state)
{
    (void)state;
    for (int seed = 0; seed < rounds(USUAL); seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_arena *arena = qry_arena_new(ctx);
        qry_random random;
        qry_random_seed(&random, (uint64_t)seed, 11);
        uint32_t width = 1 + (uint32_t)qry_random_below(&random, 12);
        struct against a = {.ctx = ctx};
        bool deep = seed % 30 == 29; /* one batch so long that numbers in memory are scaled */
        a.circuit = any_circuit(ctx, &random, deep ? 8 : width, deep ? 800 : 5 + seed % 120, seed % 3);
        a.wanted = qry_reference_state(arena, a.circuit);
        a.cut = (struct cut){deep ? 8 : 7 + (uint32_t)seed % 4, 4 + (uint32_t)seed % 3, seed % 10 ? 40 : 0, seed % 5};
        on_every_set(check_state, (uint64_t)seed, &a);
        qry_ctx_free(ctx);
    }
    if (rounds(USUAL) >= USUAL)
        on_every_set(check_seen, 0, NULL);
}

/* Chunks as they are for work: some positions outside, tables of full length, threads. */
static void usual_chunks(void **state)
{
    (void)state;
    for (int seed = 0; seed < 3; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_arena *arena = qry_arena_new(ctx);
        qry_random random;
        qry_random_seed(&random, (uint64_t)seed, 13);
        struct against a = {.ctx = ctx};
        a.circuit = any_circuit(ctx, &random, 15 + (uint32_t)seed % 3, 80, true);
        a.wanted = qry_reference_state(arena, a.circuit);
        on_every_set(check_state, (uint64_t)seed, &a);
        qry_ctx_free(ctx);
    }
}

/* ---- programs ---- */

enum { SHOTS = 3 };

struct shots {
    qry_ctx *ctx;
    qry_circuit *circuit;
    double *wanted[SHOTS];
    uint8_t *bits[SHOTS];
    qry_random random[SHOTS]; /* after the shot */
};

/* The same bits and the same state as the reference with the same random numbers. */
static void check_shots(qry_simd simd, bool single, uint64_t seed, void *state)
{
    const struct shots *s = state;
    uint32_t width = qry_circuit_program(s->circuit)->width;
    size_t bit_count = qry_circuit_bit_count(s->circuit);
    uint8_t *bits = qry_alloc(s->ctx, bit_count + 1, 1);
    qry_sim *sim = new_dense(s->ctx, s->circuit, simd, single, 1 + (int)(seed % 2));
    dense_of(sim)->cut = (struct cut){7 + (uint32_t)seed % 3, 4 + (uint32_t)seed % 3, seed % 10 ? 40 : 0, true};
    for (uint64_t shot = 0; shot < SHOTS; shot++) {
        qry_random random;
        qry_random_seed(&random, seed, shot);
        qry_arena *arena = qry_arena_new(s->ctx);
        qry_sim_shot(sim, &random, bits);
        double far = distance(state_of(arena, sim, width), s->wanted[shot], width);
        bool agree = memcmp(bits, s->bits[shot], bit_count) == 0;
        if (!agree || far > (single ? 2e-3 : 1e-9))
            fail_msg("seed %llu, shot %llu, width %u, %s, %s: bits %s, distance %g", (unsigned long long)seed,
                     (unsigned long long)shot, width, qry_sim_simd_name(sim), qry_sim_mode_name(sim),
                     agree ? "agree" : "differ", far);
        assert_memory_equal(&random, &s->random[shot], sizeof random);
        qry_arena_free(arena);
    }
    qry_sim_free(sim);
    qry_free(s->ctx, bits);
}

static void random_programs(void **state)
{
    (void)state;
    static const random_mix mixes[] = {
        {.permute = 4, .diagonal = 4, .hadamard = 4, .dense = 4, .call = 2, .repeat = 1, .section = 1, .measure = 1},
        {.permute = 3, .diagonal = 2, .hadamard = 4, .dense = 2, .measure = 3, .reset = 2, .condition = 3},
        {.permute = 1, .hadamard = 2, .measure = 2, .reset = 2},
    };
    for (int seed = 0; seed < rounds(USUAL); seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, (uint64_t)seed, 12);
        uint32_t width = 1 + (uint32_t)qry_random_below(&random, 11);
        struct shots s = {.ctx = ctx};
        s.circuit = random_circuit(ctx, &random, width, 5 + seed % 80, &mixes[seed % 3]);
        qry_arena *arena = qry_arena_new(ctx);
        for (uint64_t shot = 0; shot < SHOTS; shot++) {
            qry_random_seed(&s.random[shot], (uint64_t)seed, shot);
            s.bits[shot] = qry_arena_alloc(arena, qry_circuit_bit_count(s.circuit) + 1, 1);
            s.wanted[shot] = qry_reference_shot(arena, s.circuit, &s.random[shot], s.bits[shot]);
        }
        on_every_set(check_shots, (uint64_t)seed, &s);
        qry_ctx_free(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_gates), cmocka_unit_test(usual_chunks),
                                       cmocka_unit_test(random_programs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
