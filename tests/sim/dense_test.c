/* dense_test.c: the dense engine against the reference simulator, on every instruction set, in both precisions, with blocks
 * so small that gates, permutations and controls cross them. */
#include "random_circuit.h"
#include "sim/dense/dense.h"
#include "sim/dense/engine.h"
#include "sim/sim.h"

#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* ---- states ---- */

struct amplitudes {
    uint32_t width;
    double *value; /* 2^width, re and im side by side */
};

static void keep_amplitude(void *state, const uint8_t *label, double re, double im)
{
    struct amplitudes *a = state;
    size_t index = 0;
    for (uint32_t q = 0; q < a->width; q++)
        index |= (size_t)label[q] << q;
    a->value[2 * index] += re;
    a->value[2 * index + 1] += im;
}

static double *state_of(qry_arena *arena, qry_sim *sim, uint32_t width)
{
    double *value = qry_arena_alloc(arena, (size_t)2 << width, sizeof *value);
    qry_sim_amplitudes(sim, 0, keep_amplitude, &(struct amplitudes){width, value});
    return value;
}

/* The phase counts, too. */
static double distance(const double *x, const double *y, uint32_t width)
{
    double most = 0;
    for (size_t i = 0; i < (size_t)2 << width; i++)
        most = fmax(most, fabs(x[i] - y[i]));
    return most;
}

static qry_sim *new_sim(qry_ctx *ctx, const qry_circuit *circuit, qry_simd simd, bool single, int threads)
{
    return qry_sim_new(ctx, circuit,
                       &(qry_sim_options){.engine = QRY_SIM_DENSE, .simd = simd, .single = single, .threads = threads});
}

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

static int rounds(int usual) { return getenv("QUARRY_ROUNDS") ? atoi(getenv("QUARRY_ROUNDS")) : usual; }

/* Calls check for every set of kernels that this machine has. */
static void on_every_set(void (*check)(qry_simd simd, bool single, uint64_t seed, void *state), uint64_t seed,
                         void *state)
{
    for (qry_simd simd = QRY_SIMD_PLAIN; simd <= QRY_SIMD_AVX512; simd++)
        for (int single = 0; single < 2 && qry_simd_available(simd); single++)
            check(simd, single, seed, state);
}

/* ---- gates ---- */

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
    qry_sim *sim = new_sim(a->ctx, a->circuit, simd, single, 1 + (int)(seed + (uint64_t)simd) % 2);
    dense_of(sim)->cut = a->cut;
    qry_arena *arena = qry_arena_new(a->ctx);
    for (int shot = 0; shot < 2; shot++) {
        qry_sim_shot(sim, NULL, NULL);
        double far = distance(state_of(arena, sim, width), a->wanted, width);
        if (far > (single ? 1e-5 : 1e-12))
            fail_msg("seed %llu, width %u, %s, %s, chunks of 2^%u: distance %g", (unsigned long long)seed, width,
                     qry_sim_simd_name(sim), qry_sim_mode_name(sim), a->cut.chunk_bits, far);
    }
    qry_arena_free(arena);
    qry_sim_free(sim);
}

static void random_gates(void **state)
{
    (void)state;
    for (int seed = 0; seed < rounds(150); seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_arena *arena = qry_arena_new(ctx);
        qry_random random;
        qry_random_seed(&random, (uint64_t)seed, 11);
        uint32_t width = 1 + (uint32_t)qry_random_below(&random, 12);
        struct against a = {.ctx = ctx};
        a.circuit = any_circuit(ctx, &random, width, 5 + seed % 120, seed % 3);
        a.wanted = qry_reference_state(arena, a.circuit);
        a.cut = (struct cut){7 + (uint32_t)seed % 4, 4 + (uint32_t)seed % 3, seed % 10 ? 40 : 0, seed % 5};
        on_every_set(check_state, (uint64_t)seed, &a);
        qry_ctx_free(ctx);
    }
}

/* ---- programs ---- */

struct shots {
    qry_ctx *ctx;
    qry_circuit *circuit;
};

/* The same bits and the same state as the reference with the same random numbers. */
static void check_shots(qry_simd simd, bool single, uint64_t seed, void *state)
{
    const struct shots *s = state;
    uint32_t width = qry_circuit_program(s->circuit)->width;
    size_t bit_count = qry_circuit_bit_count(s->circuit);
    uint8_t *bits = qry_alloc(s->ctx, 2 * bit_count + 1, 1);
    qry_sim *sim = new_sim(s->ctx, s->circuit, simd, single, 1 + (int)(seed % 2));
    dense_of(sim)->cut = (struct cut){7 + (uint32_t)seed % 3, 4 + (uint32_t)seed % 3, seed % 10 ? 40 : 0, true};
    for (uint64_t shot = 0; shot < 3; shot++) {
        qry_random random, same;
        qry_random_seed(&random, seed, shot);
        same = random;
        qry_arena *arena = qry_arena_new(s->ctx);
        qry_sim_shot(sim, &random, bits);
        const double *wanted = qry_reference_shot(arena, s->circuit, &same, bits + bit_count);
        double far = distance(state_of(arena, sim, width), wanted, width);
        if (memcmp(bits, bits + bit_count, bit_count) != 0 || far > (single ? 2e-3 : 1e-9))
            fail_msg("seed %llu, shot %llu, width %u, %s, %s: bits %s, distance %g", (unsigned long long)seed,
                     (unsigned long long)shot, width, qry_sim_simd_name(sim), qry_sim_mode_name(sim),
                     memcmp(bits, bits + bit_count, bit_count) == 0 ? "agree" : "differ", far);
        assert_memory_equal(&random, &same, sizeof random);
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
    for (int seed = 0; seed < rounds(150); seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, (uint64_t)seed, 12);
        uint32_t width = 1 + (uint32_t)qry_random_below(&random, 11);
        struct shots s = {ctx, random_circuit(ctx, &random, width, 5 + seed % 80, &mixes[seed % 3])};
        on_every_set(check_shots, (uint64_t)seed, &s);
        qry_ctx_free(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_gates), cmocka_unit_test(random_programs)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
