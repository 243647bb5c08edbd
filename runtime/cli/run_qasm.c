/* run_qasm.c: `quarry run` of a program of OpenQASM: shots, the exact distribution of what is measured, or the last state. */
#include "openqasm.h"
#include "run.h"

#include <stdlib.h>
#include <string.h>

static const uint64_t USUAL_SHOTS = 1000, USUAL_STEPS = 10000000;
static const double LEAST_AMPLITUDE = 1e-12;

const cli_option cli_run_qasm_options[] = {
    {.name = "shots",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_run_settings, shots),
     .value = "N",
     .least = 1,
     .most = UINT64_C(1) << 53,
     .help = "of OpenQASM: how often the program is run; without it 1000"},
    {.name = "input",
     .kind = CLI_TEXTS,
     .at = offsetof(cli_run_settings, inputs),
     .value = "NAME=VALUE",
     .help = "of OpenQASM: the value of an input: a number, bits with the highest first, true or false; may be given "
             "several times"},
    {.name = "probabilities",
     .kind = CLI_FLAG,
     .at = offsetof(cli_run_settings, probabilities),
     .help =
         "of OpenQASM, instead of shots: the exact distribution of what is measured, where nothing happens after it"},
    {.name = "state",
     .kind = CLI_FLAG,
     .at = offsetof(cli_run_settings, state),
     .help = "of OpenQASM, instead of shots: the last state, amplitudes above 1e-12; measurements are left out, and "
             "nothing may happen after them"},
    {.name = "precision",
     .kind = CLI_WORD,
     .at = offsetof(cli_run_settings, precision),
     .value = "PRECISION",
     .words = "double|single",
     .help = "of OpenQASM: of the dense engine's amplitudes, which either word chooses; single takes half the memory"},
    {.name = "max-steps",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_run_settings, max_steps),
     .value = "N",
     .least = 1,
     .help = "of OpenQASM: statements that one run of a program may take, so that a loop without end ends in an error; "
             "without it 10000000"},
    {.name = "noise", .kind = CLI_TEXT},
    {0}};

/* ---- options ---- */

static int check_options(cli *cli, const cli_run_settings *settings, const char *path)
{
    int status = cli_refuse_for_openqasm(cli, cli_program_options, path);
    if (status != CLI_DONE)
        return status;
    if (settings->engine == CLI_ENGINE_ORACLE)
        return cli_misuse(cli, NULL, "--engine oracle is for programs of Quarry's language, and %.200s is OpenQASM",
                          path);
    if (settings->max_queries.given)
        return cli_misuse(cli, NULL, "--max-queries is for programs of Quarry's language, and %.200s is OpenQASM",
                          path);
    if (settings->probabilities && settings->state)
        return cli_misuse(cli, NULL, "--probabilities and --state exclude each other");
    if (settings->shots.given && (settings->probabilities || settings->state))
        return cli_misuse(cli, NULL, "--shots and --%s exclude each other",
                          settings->state ? "state" : "probabilities");
    if (settings->mode != QRY_SIM_AUTO && (settings->engine == CLI_ENGINE_DENSE || settings->precision))
        return cli_misuse(cli, NULL, "--engine-mode goes with --engine sparse");
    if (settings->precision && settings->engine == CLI_ENGINE_SPARSE)
        return cli_misuse(cli, NULL, "--precision single goes with --engine dense");
    return CLI_DONE;
}

/* ---- registers ---- */

static cli_registers bit_registers(qry_arena *arena, const cli_qasm_run *run)
{
    cli_register *item = qry_arena_alloc(arena, run->variable_count, sizeof *item);
    size_t count = 0;
    uint32_t first = 0;
    for (size_t v = 0; v < run->variable_count; v++)
        if (qry_is_register(&run->variable[v])) {
            item[count++] = (cli_register){run->variable[v].name, first, run->variable[v].bits};
            first += run->variable[v].bits;
        }
    return (cli_registers){item, count};
}

static cli_registers qubit_registers(qry_arena *arena, const qry_definition *program)
{
    cli_register *item = qry_arena_alloc(arena, program->group_count, sizeof *item);
    for (size_t i = 0; i < program->group_count; i++)
        item[i] = (cli_register){program->groups[i].name, program->groups[i].first, program->groups[i].size};
    return (cli_registers){item, program->group_count};
}

/* ---- the state ---- */

struct listing {
    uint32_t width;
    size_t words;
    uint64_t *pool; /* labels, one behind the other */
    cli_amplitude *item;
    size_t count;
};

static void count_amplitude(void *state, const uint8_t *label, double re, double im)
{
    struct listing *l = state;
    (void)label, (void)re, (void)im;
    l->count++;
}

static void list_amplitude(void *state, const uint8_t *label, double re, double im)
{
    struct listing *l = state;
    uint64_t *word = l->pool + l->count * l->words;
    for (uint32_t q = 0; q < l->width; q++)
        word[q / 64] |= (uint64_t)label[q] << q % 64;
    l->item[l->count++] = (cli_amplitude){word, l->words, re, im};
}

static int compare_labels(const void *a, const void *b)
{
    const cli_amplitude *x = a, *y = b;
    for (size_t i = x->words; i-- > 0;)
        if (x->word[i] != y->word[i])
            return x->word[i] < y->word[i] ? -1 : 1;
    return 0;
}

/* Counts the amplitudes before it lists them: there may be many, or few of a large state. */
static void find_state(cli *cli, cli_qasm_run *run)
{
    const qry_definition *program = qry_circuit_program(run->elaboration->circuit);
    struct listing l = {.width = program->width, .words = program->width / 64 + 1};
    qry_sim *sim = qry_shots_sim(run->shots);
    qry_sim_shot(sim, NULL, NULL);
    qry_sim_amplitudes(sim, LEAST_AMPLITUDE, count_amplitude, &l);
    double each = (double)(sizeof *l.item + l.words * sizeof *l.pool);
    qry_memory_require(cli->ctx, (double)l.count * each, "the list of the amplitudes");
    l.pool = qry_alloc(cli->ctx, l.count * l.words, sizeof *l.pool);
    l.item = qry_alloc(cli->ctx, l.count, sizeof *l.item);
    l.count = 0;
    qry_sim_amplitudes(sim, LEAST_AMPLITUDE, list_amplitude, &l);
    if (l.count)
        qsort(l.item, l.count, sizeof *l.item, compare_labels);
    run->amplitude = l.item;
    run->amplitude_count = l.count;
    run->registers = qubit_registers(cli->arena, program);
}

/* ---- running ---- */

static uint64_t shots_so_far(void *shots) { return qry_shots_done(shots); }

static uint64_t gates_so_far(void *sim)
{
    qry_u128 gates = qry_tally_gates(qry_sim_executed(sim));
    return gates < UINT64_MAX ? (uint64_t)gates : UINT64_MAX;
}

static qry_sim_choice choose(cli *cli, const cli_qasm_run *run)
{
    const cli_run_settings *settings = run->settings;
    if (settings->engine == CLI_ENGINE_DENSE || settings->precision)
        return (qry_sim_choice){QRY_SIM_DENSE, NULL};
    if (settings->engine == CLI_ENGINE_SPARSE || settings->mode != QRY_SIM_AUTO)
        return (qry_sim_choice){QRY_SIM_SPARSE, NULL};
    return qry_sim_choose(cli->arena, run->elaboration->circuit);
}

static void watch(cli *cli, const cli_qasm_run *run, uint64_t shots)
{
    bool once = qry_shots_how(run->shots) == QRY_SHOTS_SAMPLED || run->settings->probabilities || run->settings->state;
    qry_tally tally = {0};
    if (once)
        qry_definition_tally(qry_circuit_program(run->elaboration->circuit), &tally);
    qry_u128 gates = qry_tally_gates(&tally);
    cli_progress_begin(cli, run->path, once ? "gates" : "shots",
                       once ? (uint64_t)(gates < UINT64_MAX ? gates : UINT64_MAX) : shots);
    if (once)
        cli_progress_watch(cli, gates_so_far, qry_shots_sim(run->shots));
    else
        cli_progress_watch(cli, shots_so_far, run->shots);
}

static bool simulate(cli *cli, cli_qasm_run *run)
{
    const cli_run_settings *settings = run->settings;
    double start = qry_seconds();
    run->choice = choose(cli, run);
    const qry_shots_options options = {.sim = {.mode = (qry_sim_mode)settings->mode,
                                               .threads = (int)settings->threads.value,
                                               .engine = run->choice.engine,
                                               .single = settings->precision != 0},
                                       .shots = settings->shots.given ? settings->shots.value : USUAL_SHOTS,
                                       .seed = run->seed,
                                       .max_steps =
                                           settings->max_steps.given ? settings->max_steps.value : USUAL_STEPS};
    run->shots = qry_shots_of_program(cli->ctx, run->program, run->elaboration, &options);
    run->registers = bit_registers(cli->arena, run);
    watch(cli, run, options.shots);
    bool good = true;
    if (settings->state)
        find_state(cli, run);
    else if (settings->probabilities)
        qry_shots_probabilities(run->shots);
    else
        good = qry_shots_run(run->shots);
    cli_progress_end(cli);
    run->seconds = qry_seconds() - start;
    return good;
}

/* Says why there is no one distribution, or state, that all shots have. */
static bool check_final(cli *cli, const cli_qasm_run *run)
{
    const char *option = run->settings->state ? "--state" : "--probabilities";
    const qry_elaboration *e = run->elaboration;
    if (!e->exact) {
        qry_error_at(cli->ctx, e->why, "--shots N runs the program as it is", "no %s of this program: %s", option,
                     e->why_text);
        return false;
    }
    const qry_readout *readout = qry_circuit_readout(cli->arena, e->circuit);
    if (!readout->final)
        qry_error_at(cli->ctx, (qry_span){0}, "--shots N runs the program as it is", "%s: no %s of this program: %s",
                     run->path, option, readout->why);
    return readout->final;
}

static bool write_run(cli *cli, const cli_qasm_run *run)
{
    qry_output *output = qry_output_open(cli->ctx, "-");
    if (cli->json)
        cli_write_qasm_run_json(cli, run, output);
    else
        cli_write_qasm_run(cli, run, output);
    return qry_output_commit(output);
}

int cli_run_qasm(cli *cli, const cli_run_settings *settings, const qry_source *source, const char *path, double start)
{
    cli_qasm_run run = {.settings = settings, .path = path};
    int status = check_options(cli, settings, path);
    if (status != CLI_DONE)
        return status;
    run.seed = settings->seed.given ? settings->seed.value : CLI_USUAL_SEED;
    cli_openqasm read;
    status = cli_read_openqasm(cli, source, path, &settings->inputs, &read);
    if (status != CLI_DONE)
        return status;
    run.program = read.program;
    run.elaboration = read.elaboration;
    run.variable = qry_qasm_variables(run.program, &run.variable_count);
    run.read_seconds = qry_seconds() - start;
    if ((settings->state || settings->probabilities) && !check_final(cli, &run))
        return CLI_FAILED;
    return simulate(cli, &run) && write_run(cli, &run) ? CLI_DONE : CLI_FAILED;
}
