/* program_shots.c: shots of a program that decides by what it measured: the interpreter goes through it in every shot, and
 * an engine runs what it appends. Up to where it first asks for a measured bit all shots are alike: those operations are
 * appended once, and the state before the first measurement among them is kept. */
#include "sim/shots.h"

#include <string.h>

struct live {
    qry_shots *shots;
    qry_machine machine;
    qry_definition *program; /* of the machine's circuit */
    bool begun;              /* in this shot */
    bool first;              /* no shot has asked for a bit yet */
    bool marked;
};

/* The first time that a bit is asked for: what was appended up to here is what all shots begin with. */
static void keep_beginning(struct live *live)
{
    qry_shots *shots = live->shots;
    const qry_readout *readout = qry_circuit_readout(shots->arena, shots->circuit);
    live->first = false;
    live->machine.ready = live->program->op_count;
    qry_sim_continue_to(shots->sim, readout->prefix);
    live->marked = qry_sim_mark(shots->sim);
}

static void begin(struct live *live)
{
    qry_shots *shots = live->shots;
    live->begun = true;
    if (live->marked)
        qry_sim_rewind(shots->sim);
    else
        qry_sim_begin(shots->sim, &shots->random, live->machine.bits);
    if (live->first)
        keep_beginning(live);
}

/* A measured bit must be known. */
static void flush(void *state)
{
    struct live *live = state;
    if (!live->begun)
        begin(live);
    qry_sim_continue(live->shots->sim);
}

/* Packs the bits of the program's registers as after this run. */
static void take(qry_shots *shots, uint8_t *bits)
{
    uint8_t *at = bits;
    for (size_t v = 0; v < shots->variable_count; v++)
        if (qry_is_register(&shots->variable[v])) {
            qry_qasm_bits(shots->program, v, at);
            at += shots->variable[v].bits;
        }
    shots_take(shots, bits);
    shots_take_values(shots);
}

bool shots_run_live(qry_shots *shots)
{
    struct live live = {.shots = shots, .first = true, .program = qry_circuit_program(shots->circuit)};
    live.machine = (qry_machine){.state = &live,
                                 .circuit = live.program->circuit,
                                 .bits = qry_alloc(shots->ctx, (size_t)qry_circuit_bit_count(shots->circuit) + 1, 1),
                                 .flush = flush,
                                 .max_steps = shots->options.max_steps};
    uint8_t *bits = qry_arena_alloc(shots->arena, (size_t)shots->bit_count + 1, 1);
    bool good = true;
    while (good && shots->done < shots->options.shots) {
        shots_next(shots);
        live.begun = false;
        qry_definition_truncate(live.program, live.machine.ready);
        good = qry_qasm_run(shots->program, &live.machine);
        if (good) {
            flush(&live);
            take(shots, bits);
        }
    }
    qry_free(shots->ctx, live.machine.bits);
    return good;
}
