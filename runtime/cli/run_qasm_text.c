/* run_qasm_text.c: what came out of a program of OpenQASM, for people: a table of at most some lines, and how it was found. */
#include "run.h"

#include <math.h>
#include <string.h>

enum { MOST_LINES = 20, MOST_VALUES = 8, BAR = 30 };

/* A bar of so much of the longest one. */
static const char *bar_text(qry_arena *arena, double share, double longest)
{
    static const char block[] = "█";
    size_t length = sizeof block - 1, count = (size_t)lround(BAR * share / longest);
    char *text = qry_arena_alloc(arena, count * length + 1, 1);
    for (size_t i = 0; i < count; i++)
        memcpy(text + i * length, block, length);
    return text;
}

static const char *percent_text(qry_arena *arena, double share)
{
    return qry_arena_printf(arena, "%.*f %%", share < 0.0995 ? 2 : 1, 100 * share);
}

static void write_more(qry_arena *arena, size_t count, qry_output *output)
{
    if (count > MOST_LINES)
        qry_output_printf(output, "… %s more; --json has them all\n", cli_number(arena, count - MOST_LINES));
}

/* ---- tables ---- */

/* The most frequent outcomes, or the most probable. */
static void write_outcomes(cli *cli, const cli_qasm_run *run, qry_output *output)
{
    bool exact = run->settings->probabilities;
    qry_arena *arena = cli->arena;
    qry_outcomes *outcomes = qry_shots_outcomes(run->shots);
    const char *head = cli_key_head(&run->registers, arena);
    const cli_column shots[] = {{head, true, 0}, {"shots", false, 0}, {"share", false, 1}, {"", true, 2}};
    const cli_column probabilities[] = {{head, true, 0}, {"probability", false, 0}, {"", true, 1}};
    cli_table *table = exact ? cli_table_new(arena, probabilities, sizeof probabilities / sizeof *probabilities)
                             : cli_table_new(arena, shots, sizeof shots / sizeof *shots);
    size_t count = qry_outcomes_count(outcomes);
    double all = exact ? 1 : (double)qry_shots_done(run->shots), longest = 0;
    qry_outcomes_sort(outcomes, true);
    for (size_t i = 0; i < count && i < MOST_LINES; i++) {
        double weight;
        const uint64_t *word = qry_outcomes_at(outcomes, i, &weight);
        longest = i == 0 ? weight : longest;
        cli_table_cell(table, cli_short_key(&run->registers, word, arena));
        cli_table_cell(table, exact ? qry_arena_printf(arena, "%.6g", weight) : cli_number(arena, (qry_u128)weight));
        if (!exact)
            cli_table_cell(table, percent_text(arena, weight / all));
        cli_table_cell(table, bar_text(arena, weight, longest));
    }
    cli_table_write(table, output, cli_width(0));
    write_more(arena, count, output);
}

/* "0.5 - 0.25i"; what rounding left of a part is left out. */
static const char *complex_text(qry_arena *arena, double re, double im)
{
    static const double NOTHING = 5e-13;
    re = fabs(re) < NOTHING ? 0 : re;
    im = fabs(im) < NOTHING ? 0 : im;
    if (im == 0)
        return qry_arena_printf(arena, "%.6f", re);
    if (re == 0)
        return qry_arena_printf(arena, "%.6fi", im);
    return qry_arena_printf(arena, "%.6f %c %.6fi", re, im < 0 ? '-' : '+', fabs(im));
}

static void write_state(cli *cli, const cli_qasm_run *run, qry_output *output)
{
    qry_arena *arena = cli->arena;
    const cli_column columns[] = {
        {cli_key_head(&run->registers, arena), true, 0}, {"amplitude", false, 0}, {"probability", false, 1}};
    cli_table *table = cli_table_new(arena, columns, sizeof columns / sizeof *columns);
    for (size_t i = 0; i < run->amplitude_count && i < MOST_LINES; i++) {
        const cli_amplitude *a = &run->amplitude[i];
        cli_table_cell(table, cli_short_key(&run->registers, a->word, arena));
        cli_table_cell(table, complex_text(arena, a->re, a->im));
        cli_table_cell(table, qry_arena_printf(arena, "%.6f", a->re * a->re + a->im * a->im));
    }
    cli_table_write(table, output, cli_width(0));
    write_more(arena, run->amplitude_count, output);
}

/* ---- how it was found ---- */

/* "3 in 507 shots, 5 in 493". */
static void write_output_values(qry_arena *arena, const cli_qasm_run *run, size_t variable, qry_output *output)
{
    size_t count;
    const qry_shots_value *value = qry_shots_values(run->shots, variable, &count);
    const char *text = "";
    for (size_t i = 0; i < count && i < MOST_VALUES; i++)
        text = qry_arena_printf(arena, "%s%s%s in %s", text, i ? ", " : "", value[i].text,
                                i ? cli_number(arena, value[i].shots) : cli_some(arena, value[i].shots, "shot"));
    if (count > MOST_VALUES)
        text = qry_arena_printf(arena, "%s, and %s more", text, cli_number(arena, count - MOST_VALUES));
    cli_write_field(output, run->variable[variable].name, text);
}

static const char *engine_text(qry_arena *arena, const cli_qasm_run *run)
{
    qry_sim *sim = qry_shots_sim(run->shots);
    bool chosen = run->settings->engine == CLI_ENGINE_AUTO && run->choice.why;
    return qry_arena_printf(arena, "%s%s%s%s", qry_sim_engine_name(sim),
                            run->settings->precision ? ", single precision" : "", chosen ? ": " : "",
                            chosen ? run->choice.why : "");
}

static const char *way_text(qry_arena *arena, const cli_qasm_run *run)
{
    switch (qry_shots_how(run->shots)) {
    case QRY_SHOTS_SAMPLED:
        return "simulated once; the shots are drawn from its last state";
    case QRY_SHOTS_REPEATED:
        return qry_arena_printf(arena, "simulated shot by shot: %s", qry_shots_readout(run->shots)->why);
    case QRY_SHOTS_LIVE:
        return qry_arena_printf(arena, "simulated shot by shot: %s", run->elaboration->why_text);
    }
    return "";
}

static void write_how(cli *cli, const cli_qasm_run *run, qry_output *output)
{
    qry_arena *arena = cli->arena;
    bool drawn = !run->settings->probabilities && !run->settings->state;
    cli_write_field(output, "engine", engine_text(arena, run));
    if (drawn)
        cli_write_field(output, "", way_text(arena, run));
    cli_write_field(
        output, "",
        qry_arena_printf(arena, "%.3g s, and %.3g s to read the file%s", run->seconds, run->read_seconds,
                         drawn ? qry_arena_printf(arena, "; seed %llu", (unsigned long long)run->seed) : ""));
}

/* What a state is that has been cut short, said only where it matters. */
static void write_notes(const cli_qasm_run *run, qry_output *output)
{
    const qry_readout *readout = qry_shots_readout(run->shots);
    if (cli_keys_are_cut(&run->registers))
        cli_write_field(output, "", "long keys are cut in the middle; --json has them whole");
    if (run->settings->state && readout->measures)
        cli_write_field(output, "", "the state is that before the measurements");
    bool has_state = qry_circuit_program(run->elaboration->circuit)->width > 0;
    if (!run->settings->state && readout && !readout->measures && has_state)
        cli_write_field(output, "", "the program measures nothing; --state prints its last state");
}

void cli_write_qasm_run(cli *cli, const cli_qasm_run *run, qry_output *output)
{
    qry_arena *arena = cli->arena;
    const char *qubits = cli_some(arena, qry_circuit_program(run->elaboration->circuit)->width, "qubit");
    if (run->settings->state)
        qry_output_printf(output, "%s: the state of %s\n\n", run->path, qubits);
    else if (run->settings->probabilities)
        qry_output_printf(output, "%s: the exact probabilities of what is measured; %s\n\n", run->path, qubits);
    else
        qry_output_printf(output, "%s: %s of %s\n\n", run->path, cli_some(arena, qry_shots_done(run->shots), "shot"),
                          qubits);
    if (run->settings->state)
        write_state(cli, run, output);
    else
        write_outcomes(cli, run, output);
    qry_output_printf(output, "\n");
    for (size_t v = 0; v < run->variable_count; v++)
        if (run->variable[v].output && !run->settings->state && !run->settings->probabilities)
            write_output_values(arena, run, v, output);
    write_how(cli, run, output);
    write_notes(run, output);
}
