/* run_qasm_json.c: what came out of a program of OpenQASM, as JSON. */
#include "run.h"

/* By key, in the order of numbers. */
static json_t *outcomes_value(cli *cli, const cli_qasm_run *run)
{
    json_t *object = json_object();
    qry_outcomes *outcomes = qry_shots_outcomes(run->shots);
    char *key = qry_arena_alloc(cli->arena, cli_key_length(&run->registers) + 1, 1);
    qry_outcomes_sort(outcomes, false);
    for (size_t i = 0; i < qry_outcomes_count(outcomes); i++) {
        double weight;
        const uint64_t *word = qry_outcomes_at(outcomes, i, &weight);
        cli_put(cli, object, cli_key(&run->registers, word, key), cli_json_natural((qry_u128)weight));
    }
    return object;
}

static json_t *outputs_value(cli *cli, const cli_qasm_run *run)
{
    json_t *object = json_object();
    for (size_t v = 0; v < run->variable_count; v++) {
        if (!run->variable[v].output)
            continue;
        json_t *values = json_object();
        cli_put(cli, object, run->variable[v].name, values);
        size_t count;
        const qry_shots_value *value = qry_shots_values(run->shots, v, &count);
        for (size_t i = 0; i < count; i++)
            cli_put(cli, values, value[i].text, cli_json_natural(value[i].shots));
    }
    return object;
}

/* Written as it goes, as a state is. */
static void write_probabilities(cli *cli, const json_t *head, const cli_qasm_run *run, qry_output *output)
{
    char *key = qry_arena_alloc(cli->arena, cli_key_length(&run->registers) + 1, 1);
    qry_outcomes *outcomes = qry_shots_outcomes(run->shots);
    qry_outcomes_sort(outcomes, false);
    qry_output_printf(output, "{");
    cli_write_json_members(cli, head, output);
    qry_output_printf(output, ", \"probabilities\": {");
    for (size_t i = 0; i < qry_outcomes_count(outcomes); i++) {
        double weight;
        const uint64_t *word = qry_outcomes_at(outcomes, i, &weight);
        qry_output_printf(output, "%s\"%s\": %.17g", i ? ", " : "", cli_key(&run->registers, word, key), weight);
    }
    qry_output_printf(output, "}}\n");
}

/* Written as it goes: a state may have more amplitudes than had better become JSON values first. */
static void write_state(cli *cli, const json_t *head, const cli_qasm_run *run, qry_output *output)
{
    char *key = qry_arena_alloc(cli->arena, cli_key_length(&run->registers) + 1, 1);
    qry_output_printf(output, "{");
    cli_write_json_members(cli, head, output);
    qry_output_printf(output, ", \"state\": [");
    for (size_t i = 0; i < run->amplitude_count; i++) {
        const cli_amplitude *a = &run->amplitude[i];
        qry_output_printf(output, "%s[\"%s\", %.17g, %.17g]", i ? ", " : "", cli_key(&run->registers, a->word, key),
                          a->re, a->im);
    }
    qry_output_printf(output, "]}\n");
}

void cli_write_qasm_run_json(cli *cli, const cli_qasm_run *run, qry_output *output)
{
    const cli_run_settings *settings = run->settings;
    bool drawn = !settings->probabilities && !settings->state;
    json_t *object = cli_json_new(cli);
    cli_put(cli, object, "file", cli_json_text(cli, run->path));
    if (drawn) {
        cli_put(cli, object, "shots", cli_json_natural(qry_shots_done(run->shots)));
        cli_put(cli, object, "seed", cli_json_natural(run->seed));
    }
    cli_put(cli, object, "engine", json_string(qry_sim_engine_name(qry_shots_sim(run->shots))));
    cli_put(cli, object, "qubits", cli_json_natural(qry_circuit_program(run->elaboration->circuit)->width));
    if (drawn) {
        cli_put(cli, object, "counts", outcomes_value(cli, run));
        cli_put(cli, object, "outputs", outputs_value(cli, run));
    }
    cli_put(cli, object, "seconds", cli_json_real(run->seconds));
    cli_put(cli, object, "read_seconds", cli_json_real(run->read_seconds));
    if (settings->state)
        write_state(cli, object, run, output);
    else if (settings->probabilities)
        write_probabilities(cli, object, run, output);
    else
        cli_write_json(cli, object, output);
}
