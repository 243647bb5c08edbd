/* shots.h: what shots.c and program_shots.c share. Private to them. */
#ifndef QRY_SIM_SHOTS_H
#define QRY_SIM_SHOTS_H

#include "sim/sim.h"

/* Values of an output as texts, each once, with the shots in which it came. */
struct shots_values {
    qry_shots_value *value;
    size_t count, room;
    uint32_t *slot; /* of the hash table: the number of a value and 1 */
    size_t slots;
};

struct qry_shots {
    qry_ctx *ctx;
    qry_arena *arena;
    qry_shots_options options;
    const qry_circuit *circuit; /* what the engine runs */
    const qry_readout *readout; /* of it; NULL: of a program that is not exact nothing is known before it runs */
    qry_shots_way way;
    qry_sim *sim;
    qry_random random; /* of the shot that is being made */
    uint64_t done;

    uint32_t bit_count; /* of an outcome */
    uint32_t *source;   /* by bit of an outcome: a bit of the circuit, QRY_BIT_0 or QRY_BIT_1 */
    uint64_t *word;     /* room for one outcome */
    qry_outcomes *outcomes;

    qry_qasm *program; /* NULL: a circuit alone */
    const qry_elaboration *elaboration;
    const qry_variable *variable;
    size_t variable_count;
    struct shots_values *values; /* by variable */
};

/* shots.c: starts the random numbers of the next shot. */
void shots_next(qry_shots *shots);
/* Adds the outcome of a shot, and counts it. */
void shots_take(qry_shots *shots, const uint8_t *bits);

/* program_shots.c: all shots of a program that is not exact. False after a report. */
bool shots_run_live(qry_shots *shots);

/* shot_values.c: the values of the outputs after a shot of such a program; what is known of all outputs when the shots are
 * made. */
void shots_take_values(qry_shots *shots);
void shots_finish_values(qry_shots *shots);
void shots_free_values(qry_shots *shots);

#endif
