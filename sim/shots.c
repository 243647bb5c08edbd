/* shots.c: many shots of a circuit: sampled from one state where that is the same, else one after the other from the first
 * measurement on; and what came out of them. */
#include "sim/shots.h"

#include <string.h>

/* ---- outcomes ---- */

/* Bit i of an outcome, given the circuit's bits. */
static uint64_t bit_of(const qry_shots *shots, uint32_t i, const uint8_t *bits)
{
    uint32_t source = shots->source[i];
    return source == QRY_BIT_0 ? 0 : source == QRY_BIT_1 ? 1 : bits[source];
}

void shots_take(qry_shots *shots, const uint8_t *bits)
{
    memset(shots->word, 0, qry_outcomes_words(shots->outcomes) * sizeof *shots->word);
    for (uint32_t i = 0; i < shots->bit_count; i++)
        shots->word[i / 64] |= bit_of(shots, i, bits) << i % 64;
    qry_outcomes_add(shots->outcomes, shots->word, 1);
    shots->done++;
}

void shots_next(qry_shots *shots)
{
    qry_check_interrupt(shots->ctx);
    qry_random_seed(&shots->random, shots->options.seed, shots->done);
}

/* ---- one state for all shots ---- */

/* Qubits that are drawn together, and by bit of an outcome which of them it is. */
struct draw {
    qry_shots *shots;
    qry_qubit *qubit;
    uint32_t count;
    uint32_t *place; /* a place in qubit[], or QRY_BIT_0 or QRY_BIT_1 */
};

static struct draw draw_of(qry_shots *shots)
{
    const qry_definition *program = qry_circuit_program(shots->circuit);
    struct draw draw = {.shots = shots};
    uint32_t *place_of = qry_arena_alloc(shots->arena, program->width, sizeof *place_of); /* and 1 */
    draw.qubit = qry_arena_alloc(shots->arena, program->width, sizeof *draw.qubit);
    draw.place = qry_arena_alloc(shots->arena, shots->bit_count, sizeof *draw.place);
    for (uint32_t i = 0; i < shots->bit_count; i++) {
        uint32_t source = shots->source[i];
        bool constant = source == QRY_BIT_0 || source == QRY_BIT_1;
        qry_qubit qubit = constant ? QRY_UNMEASURED : shots->readout->shown[source];
        if (qubit == QRY_UNMEASURED) {
            draw.place[i] = constant ? source : QRY_BIT_0;
            continue;
        }
        if (!place_of[qubit]) {
            draw.qubit[draw.count] = qubit;
            place_of[qubit] = ++draw.count;
        }
        draw.place[i] = place_of[qubit] - 1;
    }
    return draw;
}

/* The outcome that goes with values of the drawn qubits, in the room for one. */
static void set_outcome(const struct draw *draw, const uint8_t *values)
{
    qry_shots *shots = draw->shots;
    memset(shots->word, 0, qry_outcomes_words(shots->outcomes) * sizeof *shots->word);
    for (uint32_t i = 0; i < shots->bit_count; i++) {
        uint32_t place = draw->place[i];
        uint64_t bit = place == QRY_BIT_0 ? 0 : place == QRY_BIT_1 ? 1 : values[place];
        shots->word[i / 64] |= bit << i % 64;
    }
}

static void take_values(void *state, const uint8_t *values)
{
    struct draw *draw = state;
    set_outcome(draw, values);
    qry_outcomes_add(draw->shots->outcomes, draw->shots->word, 1);
    draw->shots->done++;
}

static void sample(qry_shots *shots)
{
    struct draw draw = draw_of(shots);
    qry_random_seed(&shots->random, shots->options.seed, 0);
    qry_sim_shot(shots->sim, NULL, NULL);
    if (draw.count)
        qry_sim_sample(shots->sim, draw.qubit, draw.count, &shots->random, shots->options.shots, take_values, &draw);
    else if (shots->options.shots) { /* nothing is measured */
        set_outcome(&draw, NULL);
        qry_outcomes_add(shots->outcomes, shots->word, (double)shots->options.shots);
        shots->done = shots->options.shots;
    }
}

/* ---- shot by shot ---- */

static void repeat(qry_shots *shots)
{
    uint8_t *bits = qry_alloc(shots->ctx, (size_t)qry_circuit_bit_count(shots->circuit) + 1, 1);
    bool marked = false;
    while (shots->done < shots->options.shots) {
        shots_next(shots);
        if (marked)
            qry_sim_rewind(shots->sim);
        else {
            qry_sim_begin(shots->sim, &shots->random, bits);
            qry_sim_continue_to(shots->sim, shots->readout->prefix);
            marked = qry_sim_mark(shots->sim);
        }
        qry_sim_continue(shots->sim);
        shots_take(shots, bits);
    }
    qry_free(shots->ctx, bits);
}

/* ---- exact distributions ---- */

static const double LEAST_AMPLITUDE = 1e-12; /* less is what rounding leaves */
enum { MOST_TABLE_QUBITS = 20 };             /* in a table of all values; for more qubits the states are gone through */

struct spread {
    struct draw draw;
    uint8_t *values;
};

static void add_state(void *state, const uint8_t *label, double re, double im)
{
    struct spread *s = state;
    qry_shots *shots = s->draw.shots;
    for (uint32_t i = 0; i < s->draw.count; i++)
        s->values[i] = label[s->draw.qubit[i]];
    set_outcome(&s->draw, s->values);
    qry_outcomes_add(shots->outcomes, shots->word, re * re + im * im);
}

/* Room for outcomes that are as many as that at most, as qry_outcomes_add and qry_outcomes_sort want it while they grow. */
static void require_outcomes(const qry_shots *shots, size_t count)
{
    enum { WEIGHTS = 2, SLOTS = 5, SORTING = 24 };
    size_t label = qry_outcomes_words(shots->outcomes) * sizeof(uint64_t);
    double adding = 2.0 * (double)label + WEIGHTS * sizeof(double) + SLOTS * sizeof(uint32_t) + SORTING;
    qry_memory_require(shots->ctx, (double)count * adding, "the list of the outcomes");
}

static void count_state(void *state, const uint8_t *label, double re, double im)
{
    size_t *count = state;
    (void)label, (void)re, (void)im;
    ++*count;
}

static void add_table(struct spread *s)
{
    qry_shots *shots = s->draw.shots;
    size_t size = (size_t)1 << s->draw.count;
    double *probability = qry_alloc(shots->ctx, size, sizeof *probability);
    qry_sim_probabilities(shots->sim, s->draw.qubit, s->draw.count, probability);
    size_t count = 0;
    for (size_t k = 0; k < size; k++)
        count += probability[k] > LEAST_AMPLITUDE * LEAST_AMPLITUDE;
    require_outcomes(shots, count);
    for (size_t k = 0; k < size; k++) {
        if (probability[k] <= LEAST_AMPLITUDE * LEAST_AMPLITUDE)
            continue;
        for (uint32_t i = 0; i < s->draw.count; i++)
            s->values[i] = k >> i & 1;
        set_outcome(&s->draw, s->values);
        qry_outcomes_add(shots->outcomes, shots->word, probability[k]);
    }
    qry_free(shots->ctx, probability);
}

void qry_shots_probabilities(qry_shots *shots)
{
    qry_must(shots->readout && shots->readout->final);
    struct spread spread = {.draw = draw_of(shots)};
    spread.values = qry_arena_alloc(shots->arena, (size_t)spread.draw.count + 1, 1);
    qry_sim_shot(shots->sim, NULL, NULL);
    if (spread.draw.count <= MOST_TABLE_QUBITS)
        add_table(&spread);
    else {
        size_t count = 0;
        qry_sim_amplitudes(shots->sim, LEAST_AMPLITUDE, count_state, &count);
        if (spread.draw.count == qry_circuit_program(shots->circuit)->width) /* else states share outcomes */
            require_outcomes(shots, count);
        qry_sim_amplitudes(shots->sim, LEAST_AMPLITUDE, add_state, &spread);
    }
}

/* ---- in and out ---- */

static qry_shots *start(qry_ctx *ctx, const qry_circuit *circuit, const qry_shots_options *options)
{
    qry_shots *shots = qry_alloc(ctx, 1, sizeof *shots);
    shots->ctx = ctx;
    shots->arena = qry_arena_new(ctx);
    shots->options = *options;
    shots->circuit = circuit;
    return shots;
}

static void prepare(qry_shots *shots)
{
    shots->outcomes = qry_outcomes_new(shots->ctx, shots->bit_count);
    shots->word = qry_arena_alloc(shots->arena, qry_outcomes_words(shots->outcomes), sizeof *shots->word);
    shots->sim = qry_sim_new(shots->ctx, shots->circuit, &shots->options.sim);
}

/* Of a circuit that is all there is to know. */
static void read_circuit(qry_shots *shots)
{
    shots->readout = qry_circuit_readout(shots->arena, shots->circuit);
    shots->way = shots->readout->final ? QRY_SHOTS_SAMPLED : QRY_SHOTS_REPEATED;
}

qry_shots *qry_shots_of_circuit(qry_ctx *ctx, const qry_circuit *circuit, const qry_shots_options *options)
{
    qry_shots *shots = start(ctx, circuit, options);
    shots->bit_count = qry_circuit_bit_count(circuit);
    shots->source = qry_arena_alloc(shots->arena, shots->bit_count, sizeof *shots->source);
    for (uint32_t i = 0; i < shots->bit_count; i++)
        shots->source[i] = i;
    read_circuit(shots);
    prepare(shots);
    return shots;
}

qry_shots *qry_shots_of_program(qry_ctx *ctx, qry_qasm *program, const qry_elaboration *elaboration,
                                const qry_shots_options *options)
{
    qry_shots *shots = start(ctx, elaboration->exact ? elaboration->circuit : qry_qasm_circuit(program), options);
    shots->program = program;
    shots->elaboration = elaboration;
    shots->variable = qry_qasm_variables(program, &shots->variable_count);
    shots->values = qry_arena_alloc(shots->arena, shots->variable_count, sizeof *shots->values);
    for (size_t v = 0; v < shots->variable_count; v++)
        shots->bit_count += qry_is_register(&shots->variable[v]) ? shots->variable[v].bits : 0;
    shots->source = qry_arena_alloc(shots->arena, shots->bit_count, sizeof *shots->source);
    uint32_t at = 0;
    for (size_t v = 0; v < shots->variable_count; v++)
        for (uint32_t i = 0; qry_is_register(&shots->variable[v]) && i < shots->variable[v].bits; i++, at++)
            shots->source[at] = elaboration->exact ? elaboration->place[v][i] : at;
    shots->way = QRY_SHOTS_LIVE;
    if (elaboration->exact)
        read_circuit(shots);
    prepare(shots);
    return shots;
}

void qry_shots_free(qry_shots *shots)
{
    if (!shots)
        return;
    shots_free_values(shots);
    qry_sim_free(shots->sim);
    qry_outcomes_free(shots->outcomes);
    qry_arena_free(shots->arena);
    qry_free(shots->ctx, shots);
}

bool qry_shots_run(qry_shots *shots)
{
    qry_must(shots->done == 0);
    if (shots->way == QRY_SHOTS_LIVE && !shots_run_live(shots))
        return false;
    if (shots->way == QRY_SHOTS_SAMPLED)
        sample(shots);
    if (shots->way == QRY_SHOTS_REPEATED)
        repeat(shots);
    shots_finish_values(shots);
    return true;
}

uint64_t qry_shots_done(const qry_shots *shots) { return shots->done; }
qry_shots_way qry_shots_how(const qry_shots *shots) { return shots->way; }
qry_sim *qry_shots_sim(const qry_shots *shots) { return shots->sim; }
const qry_readout *qry_shots_readout(const qry_shots *shots) { return shots->readout; }
qry_outcomes *qry_shots_outcomes(const qry_shots *shots) { return shots->outcomes; }
