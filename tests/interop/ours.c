/* ours.c: the exact distribution of a compiled circuit's classical bits, by our own engine. Usage:
 *
 *   interop_ours PROGRAM.qry PART MODE [ITERATIONS]
 *
 * PART is "round", "load:TABLE" (then with the address in superposition) or "canonical:T", MODE a mode of the engine. Prints a line for
 * every outcome that has a probability: the bits, highest first, and the probability. */
#include "compiler/compiler.h"
#include "sim/sim.h"

#include <stdlib.h>
#include <string.h>

static bool note_measurement(void *state, const qry_step *step)
{
    if (step->kind == QRY_OP_MEASURE)
        ((qry_qubit *)state)[step->bit] = step->qubit[0];
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 4 && argc != 5)
        return 2;
    qry_ctx *ctx = qry_ctx_new();
    const qry_source *source = qry_source_read(ctx, argv[1]);
    qry_program *program = source ? qry_program_read(ctx, source) : NULL;
    qry_search *search = program ? qry_program_compile(program, NULL) : NULL;
    if (!search)
        return 1;
    bool is_round = strcmp(argv[2], "round") == 0, is_phase = strncmp(argv[2], "canonical:", 10) == 0;
    if (is_round && argc == 5)
        qry_search_write_round(search, strtoull(argv[4], NULL, 10));
    if (is_phase)
        qry_search_write_canonical(search, (uint32_t)strtoul(argv[2] + 10, NULL, 10));
    if (!is_round && !is_phase && !qry_search_write_part(search, argv[2], 0, true))
        return 1;
    const qry_circuit *circuit = search->circuit;
    uint32_t bits = qry_circuit_bit_count(circuit);
    qry_qubit *measured = qry_alloc(ctx, bits, sizeof *measured);
    qry_walk(qry_circuit_program(circuit), false, NULL, &(qry_visitor){.state = measured, .step = note_measurement});
    static const char *const names[] = {"auto", "gates", "numbered", "replay"};
    qry_sim_options options = {0};
    for (int m = 0; m < 4; m++)
        if (strcmp(argv[3], names[m]) == 0)
            options.mode = (qry_sim_mode)m;
    qry_sim *sim = qry_sim_new(ctx, circuit, &options);
    double *p = qry_alloc(ctx, (size_t)1 << bits, sizeof *p);
    qry_sim_shot(sim, NULL, NULL);
    qry_sim_probabilities(sim, measured, bits, p);
    for (size_t value = 0; value < (size_t)1 << bits; value++) {
        if (p[value] < 1e-15)
            continue;
        for (uint32_t i = bits; i-- > 0;)
            putchar('0' + (int)(value >> i & 1));
        printf(" %.17g\n", p[value]);
    }
    qry_ctx_free(ctx);
    return 0;
}
