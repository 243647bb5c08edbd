/* run.c: `quarry run`: the statements of a program, in order, each to its answer and its bill. */
#include "run.h"
#include "openqasm.h"

#include <string.h>

static const cli_option options[] = {
    {.name = "engine",
     .kind = CLI_WORD,
     .at = offsetof(cli_run_settings, engine),
     .value = "ENGINE",
     .words = "auto|sparse|dense|oracle",
     .help = "sparse: keeps the basis states in use, of thousands of qubits; dense: all 2^n amplitudes; "
             "oracle, of statements: draws from the exact distribution of the outcomes of the circuits, found by a "
             "classical "
             "scan, for tables too large to simulate; its limit is the memory for the circuits; auto: sparse for "
             "statements, "
             "and for OpenQASM what the circuit is better for"},
    {.name = "engine-mode",
     .kind = CLI_WORD,
     .at = offsetof(cli_run_settings, mode),
     .value = "MODE",
     .words = "auto|gates|numbered|replay",
     .help = "how the sparse engine goes through a circuit. gates: every gate; numbered: what gates do to equal qubits "
             "once; replay: an unchanged part once; auto: the fastest. Same results, same counts"},
    {.name = "seed",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_run_settings, seed),
     .value = "S",
     .help = "of the random numbers, also where a statement names its own; without it 1"},
    {.name = "threads",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_run_settings, threads),
     .value = "T",
     .least = 1,
     .most = 1024,
     .help = "threads of the engine; without it 1. The results do not depend on it"},
    {.name = "max-queries",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_run_settings, max_queries),
     .value = "N",
     .least = 1,
     .help =
         "of each statement: no circuit is run that would take its reads of tables beyond N. A search that needs more "
         "is an error; an estimate gives the interval that it has"},
    {0}};

static const cli_example examples[] = {
    {"quarry run search.qry", "the rows that match, and what finding them cost"},
    {"quarry run search.qry -D tau=3 --seed 7 --json", "with another threshold and other random numbers, for programs"},
    {"quarry run search.qry --engine-mode gates", "every gate of every circuit executed"},
    {"quarry run search.qry --engine oracle", "the same answer without simulating the circuits"},
    {"quarry run estimate.qry", "a mean with its interval, and what a scan or random rows would have cost"},
    {"quarry run bell.qasm --shots 10000", "what an OpenQASM program measures, how often"},
    {"quarry run bell.qasm --probabilities --json", "the exact distribution instead, for programs"},
    {NULL, NULL}};

/* ---- running ---- */

static qry_engine engine_of(const cli_run_settings *settings)
{
    return settings->engine == CLI_ENGINE_ORACLE ? QRY_ENGINE_ORACLE : QRY_ENGINE_SPARSE;
}

/* Oracle calls of searches, uses of A of estimates. */
static uint64_t calls_so_far(void *runner)
{
    const qry_ledger *ledger = qry_runner_ledger(runner);
    return ledger->a_calls ? ledger->a_calls : ledger->oracle_calls;
}

/* Runs a statement; false after a report. */
static bool run_one(cli *cli, const cli_run_settings *settings, uint64_t stream, cli_run *run)
{
    const qry_search *search = run->search;
    uint64_t own_seed = search->has_seed ? search->seed : CLI_USUAL_SEED;
    run->seed = settings->seed.given ? settings->seed.value : own_seed;
    qry_run_options options = {.engine = run->engine,
                               .sim = {.mode = (qry_sim_mode)settings->mode,
                                       .threads = (int)settings->threads.value,
                                       .engine = settings->engine == CLI_ENGINE_DENSE ? QRY_SIM_DENSE : QRY_SIM_SPARSE},
                               .seed = run->seed,
                               .max_queries = settings->max_queries.value};
    run->runner = qry_runner_new(cli->ctx, run->search, &options, stream);
    cli_progress_begin(cli, search->name, qry_is_estimate(search->kind) ? "uses of A" : "oracle calls", 0);
    cli_progress_watch(cli, calls_so_far, run->runner);
    bool fine = qry_runner_run(run->runner, cli->arena, &run->result);
    cli_progress_end(cli);
    run->mode = qry_runner_mode(run->runner);
    run->ledger = qry_runner_ledger(run->runner);
    return fine;
}

/* Why an interval is wider than it should be. */
static const char *end_text(qry_arena *arena, qry_estimate_end end, unsigned long long limit)
{
    if (end == QRY_END_LIMIT)
        return qry_arena_printf(arena, "it ended at the limit of %llu queries", limit);
    if (end == QRY_END_ROUNDING)
        return "what its encoding rounds is more than that; encoding = inequality rounds nothing";
    return "what may be marked is so little that it takes too many shots to tell it from nothing";
}

/* What a limit on queries has left unfinished: of a search an error, since it may lack rows; an interval is right as it
 * is. */
static bool report_limit(cli *cli, const cli_run_settings *settings, const cli_run *run)
{
    qry_span span = qry_search_span(run->search);
    unsigned long long limit = (unsigned long long)settings->max_queries.value;
    if (run->result.stopped && run->search->kind == QRY_SAMPLE_ONE)
        qry_error_at(cli->ctx, span, "a larger --max-queries, or fewer shots",
                     "the limit of %llu queries ended this sample: draws are missing", limit);
    else if (run->result.stopped)
        qry_error_at(cli->ctx, span, "a larger --max-queries, or a larger failure probability",
                     "the limit of %llu queries ended this search: rows may be missing", limit);
    else if (qry_is_estimate(run->search->kind) && run->result.estimate.end != QRY_END_REACHED)
        qry_warning(cli->ctx, "%s: the interval is wider than was asked for: %s", run->search->name,
                    end_text(cli->arena, run->result.estimate.end, limit));
    return !run->result.stopped;
}

/* ---- the command ---- */

/* The place of a statement among those of the program: its own sequence of random numbers, run alone or not. */
static size_t place_of(const qry_program *program, const qry_search *search)
{
    size_t i = 0;
    while (strcmp(qry_program_statement_name(program, i), search->name) != 0)
        i++;
    return i;
}

/* The statement to be run after the one at that place; NULL: none. */
static const char *name_after(const qry_program *program, const cli_run_settings *settings, size_t place)
{
    bool is_last = settings->program.statement || place + 1 == qry_program_statements(program);
    return is_last ? NULL : qry_program_statement_name(program, place + 1);
}

/* Runs a statement (NULL: the first), and prints it or appends it to the list. */
static bool run_statement(cli *cli, const cli_run_settings *settings, qry_program *program, const char *name,
                          json_t *statements, size_t *place)
{
    qry_compile_options options = {
        .statement = name, .qram = settings->program.qram, .count_memory = engine_of(settings) == QRY_ENGINE_ORACLE};
    cli_run run = {.search = qry_program_compile(program, &options), .engine = engine_of(settings)};
    if (!run.search)
        return false;
    *place = place_of(program, run.search);
    bool fine = run_one(cli, settings, *place, &run) && (statements || cli_write_run(cli, &run));
    if (fine && statements)
        cli_append_run(cli, statements, &run);
    fine = fine && report_limit(cli, settings, &run);
    qry_runner_free(run.runner);
    qry_search_free(run.search);
    return fine;
}

static int run_statements(cli *cli, const cli_run_settings *settings, qry_program *program, const char *path)
{
    json_t *statements = NULL, *object = cli->json ? cli_start_runs(cli, settings, path, &statements) : NULL;
    const char *name = settings->program.statement;
    size_t place;
    do {
        if (!run_statement(cli, settings, program, name, statements, &place))
            return CLI_FAILED;
        name = name_after(program, settings, place); /* compiling has given all statements their names */
    } while (name);
    bool written = object ? cli_finish_runs(cli, object) : cli->quiet || cli_write_reminder(cli);
    return written ? CLI_DONE : CLI_FAILED;
}

static int run_program(cli *cli, const cli_run_settings *settings, const qry_source *source, const char *path)
{
    int status = cli_refuse_for_searches(cli, cli_run_qasm_options, path);
    if (status == CLI_DONE && settings->engine > CLI_ENGINE_SPARSE && settings->mode != QRY_SIM_AUTO)
        return cli_misuse(cli, NULL, "--engine-mode goes with --engine sparse");
    if (status == CLI_DONE)
        status = cli_check_qram(cli, settings->program.qram);
    qry_program *program;
    if (status == CLI_DONE)
        status = cli_read_program(cli, &settings->program, source, &program);
    return status == CLI_DONE ? run_statements(cli, settings, program, path) : status;
}

static int run(cli *cli, void *settings, const char *const *arguments)
{
    double start = qry_seconds();
    const qry_source *source = qry_source_read(cli->ctx, arguments[0]);
    if (!source)
        return CLI_FAILED;
    return cli_is_qasm(arguments[0], source) ? cli_run_qasm(cli, settings, source, arguments[0], start)
                                             : run_program(cli, settings, source, arguments[0]);
}

const cli_command cli_run_command = {
    .name = "run",
    .line = "run the statements of a program, or an OpenQASM program",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .text =
        "Runs the statements of a program (.qry), in order. Every one is a loop of circuits (shots), each compiled, "
        "simulated and measured. What a search or a sample measures is checked classically, and a last circuit "
        "certifies that nothing was missed; an estimate counts marks until its interval is as narrow as it was asked "
        "for. Printed are rows, draws or an interval, how sure that is, and the bill: uses of the oracle, reads of "
        "tables, gates, depth, and what random rows or a classical scan would have cost.\n\n"
        "Runs an OpenQASM program, version 2 or 3, as often as is asked for, and prints what its bit registers held "
        "in how many shots: the register declared last first, in each the highest index first, as Qiskit does.\n\n"
        "A file is OpenQASM if its name ends in .qasm or it begins with the word OPENQASM. FILE may be - for standard "
        "input.",
    .examples = examples,
    .options = {cli_program_options, options, cli_run_qasm_options},
    .settings = sizeof(cli_run_settings),
    .run = run};
