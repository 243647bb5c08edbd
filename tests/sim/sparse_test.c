/* sparse_test.c: the sparse engine against the reference simulator, in every mode and on every instruction set. */
#include "random_circuit.h"
#include "sim/sim.h"
#include "states.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void check(qry_ctx *ctx, const qry_circuit *circuit, qry_sim_mode mode, qry_simd simd, int threads,
                  uint64_t seed)
{
    qry_arena *arena = qry_arena_new(ctx);
    uint32_t width = qry_circuit_program(circuit)->width;
    double *wanted = qry_reference_state(arena, circuit), norm;
    qry_sim *sim = qry_sim_new(ctx, circuit, &(qry_sim_options){mode, simd, threads});
    for (int shot = 0; shot < 3; shot++) { /* later shots use the plans of the first */
        double *got = qry_arena_alloc(arena, (size_t)2 << width, sizeof *got);
        qry_sim_shot(sim, NULL, NULL);
        qry_sim_amplitudes(sim, 0, list_row, &(struct listing){width, got});
        double d = fabs(1 - overlap_of(got, wanted, width, &norm));
        if (d > 1e-10 || fabs(norm - 1) > 1e-10)
            fail_msg("seed %llu, mode %s, %s, shot %d: distance %g, norm %g", (unsigned long long)seed,
                     qry_sim_mode_name(sim), qry_sim_simd_name(sim), shot, d, norm);
    }
    qry_sim_free(sim);
    qry_arena_free(arena);
}

static const random_mix mixes[] = {
    {.permute = 20, .diagonal = 6, .hadamard = 4, .call = 4, .repeat = 1, .section = 1},
    {.permute = 10, .diagonal = 3, .hadamard = 6},
    {.permute = 30, .diagonal = 10, .hadamard = 1, .call = 6, .repeat = 1},
    {.permute = 5, .diagonal = 5, .hadamard = 3, .dense = 2, .call = 2, .repeat = 1},
    {.hadamard = 1, .permute = 2},
};

static void random_circuits(void **state)
{
    (void)state;
    int rounds = getenv("QUARRY_ROUNDS") ? atoi(getenv("QUARRY_ROUNDS")) : 300;
    for (int seed = 0; seed < rounds; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_random random;
        qry_random_seed(&random, (uint64_t)seed, 1);
        const random_mix *mix = &mixes[seed % (int)(sizeof mixes / sizeof *mixes)];
        uint32_t width = 1 + (uint32_t)qry_random_below(&random, seed % 7 ? 6 : 11);
        qry_circuit *circuit = random_circuit(ctx, &random, width, 5 + seed % 60, mix);
        for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++)
            for (qry_simd simd = QRY_SIMD_PLAIN; simd <= QRY_SIMD_AVX512; simd++)
                if (qry_simd_available(simd))
                    check(ctx, circuit, mode, simd, 1 + (seed + (int)simd) % 2, (uint64_t)seed);
        qry_ctx_free(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_circuits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
