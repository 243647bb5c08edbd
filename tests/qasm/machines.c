/* machines.c: see machines.h. */
#include "machines.h"

#include "qasm/program/interpret.h"
#include "sim/sim.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SEEDS = 12, ROOM = 512 };

/* ---- programs ---- */

static void give_inputs(qry_qasm *program, const char *text)
{
    for (const char *at = strstr(text, "--input "); at && at < strstr(text, "OPENQASM");
         at = strstr(at + 1, "--input ")) {
        char word[64], *value;
        sscanf(at + 8, "%63s", word);
        value = strchr(word, '=');
        assert_non_null(value);
        *value++ = 0;
        assert_true(qry_qasm_set_input(program, word, value));
    }
}

static qry_qasm *read_source(fixture *f, const qry_source *source, bool grammar_only)
{
    qry_qasm *program = qasm_program_read(f->ctx, source, &(struct tree_options){.grammar_only = grammar_only});
    if (!program)
        fail_msg("%s: %s", source->name, f->text);
    give_inputs(program, source->text);
    return program;
}

/* ---- the live machine ---- */

struct live {
    qry_sim *sim;
    qry_circuit *circuit;
    size_t first; /* operations of the program at the first flush */
};

static void flush(void *state)
{
    struct live *live = state;
    if (!live->first)
        live->first = qry_circuit_program(live->circuit)->op_count;
    qry_sim_continue(live->sim);
}

/* What a run ends with: the bits of all registers one after the other, and the other outputs as text. */
struct end {
    uint8_t bits[ROOM];
    size_t bit_count;
    char text[ROOM];
};

static void run_live(fixture *f, qry_qasm *program, struct live *live, uint64_t seed, bool ready, struct end *end)
{
    uint8_t bits[1024] = {0};
    qry_random random;
    qry_random_seed(&random, seed, 0);
    assert_true(qry_circuit_bit_count(live->circuit) <= sizeof bits);
    qry_definition_truncate(qry_circuit_program(live->circuit), ready ? live->first : 0);
    qry_sim_begin(live->sim, &random, bits);
    qry_machine machine = {live, live->circuit, bits, flush, 100000, ready ? live->first : 0};
    assert_true(qry_qasm_run(program, &machine));
    size_t count;
    const qry_variable *variables = qry_qasm_variables(program, &count);
    *end = (struct end){.bit_count = 0};
    for (size_t i = 0; i < count; i++) {
        if (variables[i].bits)
            qry_qasm_bits(program, i, end->bits + end->bit_count);
        else if (variables[i].output) {
            strcat(end->text, qry_qasm_value(program, i, f->arena));
            strcat(end->text, " ");
        }
        end->bit_count += variables[i].bits;
        assert_true(end->bit_count < ROOM && strlen(end->text) < ROOM - 64);
    }
}

static void run_circuit(qry_qasm *program, const qry_elaboration *e, qry_sim *sim, uint64_t seed, struct end *end)
{
    uint8_t bits[4096] = {0};
    qry_random random;
    qry_random_seed(&random, seed, 0);
    assert_true(qry_circuit_bit_count(e->circuit) <= sizeof bits);
    qry_sim_shot(sim, &random, bits);
    size_t count;
    const qry_variable *variables = qry_qasm_variables(program, &count);
    *end = (struct end){.bit_count = 0};
    for (size_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < variables[i].bits; k++) {
            uint32_t place = e->place[i][k];
            end->bits[end->bit_count++] = place >= QRY_BIT_0 ? place == QRY_BIT_1 : bits[place];
        }
        if (variables[i].output && !variables[i].bits) {
            strcat(end->text, e->value[i]);
            strcat(end->text, " ");
        }
    }
}

static void assert_ends_equal(const char *name, uint64_t seed, const struct end *a, const struct end *b)
{
    if (a->bit_count != b->bit_count || memcmp(a->bits, b->bits, a->bit_count) != 0 || strcmp(a->text, b->text) != 0)
        fail_msg("%s, seed %d: the machines end differently: %s and %s", name, (int)seed, a->text, b->text);
}

/* ---- printed and read again ---- */

static const qry_source *printed(fixture *f, const qry_circuit *circuit)
{
    char path[] = "/tmp/quarry-interpret-XXXXXX";
    close(mkstemp(path));
    qry_output *output = qry_output_open(f->ctx, path);
    assert_true(qry_circuit_print(circuit, &(qry_print_options){.profile = QRY_PROFILE_FULL}, output));
    assert_true(qry_output_commit(output));
    const qry_source *source = qry_source_read(f->ctx, path);
    unlink(path);
    return source;
}

void check_printed(fixture *f, const char *name, const qry_circuit *circuit)
{
    const qry_source *source = printed(f, circuit);
    qry_qasm *again = read_source(f, source, false);
    const qry_elaboration *e = qry_qasm_elaborate(again);
    if (!e || !e->exact || !qry_circuit_equal(circuit, e->circuit))
        fail_msg("%s: printed and read again it is another circuit: %s\n%s", name, e ? "" : f->text, source->text);
    qry_qasm_free(again);
}

/* ---- all together ---- */

void check_program(fixture *f, const char *name, const qry_source *source, size_t *exact)
{
    qry_qasm *program = read_source(f, source, false), *plain = read_source(f, source, true);
    qry_qasm *stepwise = read_source(f, source, false);
    const qry_elaboration *e = qry_qasm_elaborate(program), *of_plain = qry_qasm_elaborate(plain);
    if (!e || !of_plain)
        fail_msg("%s: %s", name, f->text);
    assert_int_equal(e->exact, of_plain->exact);
    if (!qry_circuit_equal(e->circuit, of_plain->circuit))
        fail_msg("%s: the direct path reads another circuit than the grammar", name);
    struct live live = {.circuit = qry_qasm_circuit(stepwise)};
    live.sim = qry_sim_new(f->ctx, live.circuit, NULL);
    qry_sim *sim = e->exact ? qry_sim_new(f->ctx, e->circuit, NULL) : NULL;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        struct end first, again, whole;
        run_live(f, stepwise, &live, seed, false, &first);
        run_live(f, stepwise, &live, seed, true, &again);
        assert_ends_equal(name, seed, &first, &again);
        if (!e->exact)
            continue;
        run_circuit(program, e, sim, seed, &whole);
        assert_ends_equal(name, seed, &first, &whole);
    }
    qry_sim_free(live.sim);
    if (e->exact) {
        qry_sim_free(sim);
        check_printed(f, name, e->circuit);
        ++*exact;
    }
    qry_qasm_free(program);
    qry_qasm_free(plain);
    qry_qasm_free(stepwise);
}
