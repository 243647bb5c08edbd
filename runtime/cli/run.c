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
     .help =
         "sparse: keeps the basis states in use, of thousands of qubits; dense: all 2^n amplitudes; "
         "oracle, of searches: draws from the exact distribution of the outcomes of the circuits, found by a classical "
         "scan, for tables too large to simulate; its limit is the memory for the circuits; auto: sparse for searches, "
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
    {0}};

static const cli_example examples[] = {
    {"quarry run search.qry", "the rows that match, and what finding them cost"},
    {"quarry run search.qry -D tau=3 --seed 7 --json", "with another threshold and other random numbers, for programs"},
    {"quarry run search.qry --engine-mode gates", "every gate of every circuit executed"},
    {"quarry run search.qry --engine oracle", "the same answer without simulating the circuits"},
    {"quarry run bell.qasm --shots 10000", "what an OpenQASM program measures, how often"},
    {"quarry run bell.qasm --probabilities --json", "the exact distribution instead, for programs"},
    {NULL, NULL}};

/* ---- running ---- */

/* A statement that has been run; mode and ledger are its searcher's. */
struct outcome {
    const qry_search *search;
    uint64_t seed;
    const char *mode;
    qry_found found;
    const qry_ledger *ledger;
};

static qry_engine engine_of(const cli_run_settings *settings)
{
    return settings->engine == CLI_ENGINE_ORACLE ? QRY_ENGINE_ORACLE : QRY_ENGINE_SPARSE;
}

static const char *engine_name(const cli_run_settings *settings)
{
    return settings->engine == CLI_ENGINE_ORACLE ? "oracle" : settings->engine == CLI_ENGINE_DENSE ? "dense" : "sparse";
}

static uint64_t calls_so_far(void *searcher) { return qry_searcher_ledger(searcher)->oracle_calls; }

static qry_searcher *run_search(cli *cli, const cli_run_settings *settings, qry_search *search, uint64_t stream,
                                struct outcome *outcome)
{
    uint64_t own_seed = search->has_seed ? search->seed : CLI_USUAL_SEED;
    outcome->search = search;
    outcome->seed = settings->seed.given ? settings->seed.value : own_seed;
    qry_run_options run = {.engine = engine_of(settings),
                           .sim = {.mode = (qry_sim_mode)settings->mode,
                                   .threads = (int)settings->threads.value,
                                   .engine = settings->engine == CLI_ENGINE_DENSE ? QRY_SIM_DENSE : QRY_SIM_SPARSE},
                           .seed = outcome->seed};
    qry_searcher *searcher = qry_searcher_new(cli->ctx, search, &run, stream);
    cli_progress_begin(cli, search->name, "oracle calls", 0);
    cli_progress_watch(cli, calls_so_far, searcher);
    outcome->found = qry_searcher_run(searcher, cli->arena);
    cli_progress_end(cli);
    outcome->mode = qry_searcher_mode(searcher);
    outcome->ledger = qry_searcher_ledger(searcher);
    return searcher;
}

/* ---- for people ---- */

static const char *rows_text(qry_arena *arena, const qry_found *found)
{
    enum { SHOWN = 40 };
    const char *text = "";
    for (size_t i = 0; i < found->count && i < SHOWN; i++)
        text = qry_arena_printf(arena, "%s%s%llu", text, i ? ", " : "", (unsigned long long)found->row[i]);
    return found->count > SHOWN ? qry_arena_printf(arena, "%s, ... (--json lists all)", text) : text;
}

static void write_result(qry_arena *arena, const struct outcome *o, qry_output *output)
{
    const qry_search *search = o->search;
    const char *rows = cli_some(arena, search->high - search->low + 1, "row");
    const char *sure = qry_arena_printf(arena, "%.15g", 1 - search->failure);
    if (o->found.count)
        cli_write_field(output, "found",
                        search->kind == QRY_SEARCH_ONE ? qry_arena_printf(arena, "row %s", rows_text(arena, &o->found))
                                                       : qry_arena_printf(arena, "%zu of %s: %s", o->found.count, rows,
                                                                          rows_text(arena, &o->found)));
    else
        cli_write_field(output, "found", qry_arena_printf(arena, "none of %s", rows));
    if (search->kind == QRY_SEARCH_ONE && o->found.count)
        cli_write_field(output, "certainty", "the row matches: it was checked");
    else
        cli_write_field(output, "certainty",
                        qry_arena_printf(arena, "%swith probability at least %s no row is missing",
                                         o->found.count ? "every row was checked; " : "", sure));
}

/* `search all` has the plane of the rows not found yet as its last table. */
static const char *plane_of(const qry_search *search)
{
    return search->kind == QRY_SEARCH_ALL ? search->tables[search->table_count - 1] : NULL;
}

static void write_cost(qry_arena *arena, const struct outcome *o, qry_output *output)
{
    const qry_ledger *l = o->ledger;
    cli_write_field(output, "cost",
                    qry_arena_printf(arena, "%s in %s (circuits run and measured)",
                                     cli_some(arena, l->oracle_calls, "oracle call"),
                                     cli_some(arena, l->shots, "shot")));
    cli_write_field(output, "",
                    qry_arena_printf(arena, "reads of tables: %s", cli_reads_text(arena, l, plane_of(o->search))));
    cli_write_field(output, "",
                    qry_arena_printf(arena, "%s, of them %s; T count %s",
                                     cli_some(arena, qry_tally_gates(&l->tally), "gate"),
                                     cli_some(arena, l->tally.gate[QRY_GATE_cswap], "controlled swap"),
                                     cli_number(arena, qry_tally_t(&l->tally))));
    cli_write_field(output, "",
                    qry_arena_printf(arena, "%s; depth at most %s", cli_some(arena, l->qubits, "qubit"),
                                     cli_number(arena, l->depth)));
    cli_write_field(output, "classically",
                    qry_arena_printf(arena, "%s checked here; a scan without quantum memory checks %s",
                                     cli_some(arena, l->score_evaluations, "row"),
                                     cli_number(arena, l->classical_score_evaluations)));
}

static const char *seconds_text(qry_arena *arena, const qry_ledger *l)
{
    const char *all = qry_arena_printf(arena, "%.3g s", l->seconds);
    return l->planning_seconds > 0 ? qry_arena_printf(arena, "%s, of them %.3g s planning", all, l->planning_seconds)
                                   : all;
}

static bool write_text(cli *cli, const cli_run_settings *settings, const struct outcome *o)
{
    qry_output *output = qry_output_open(cli->ctx, "-");
    qry_arena *arena = cli->arena;
    qry_output_printf(output, "%s\n", cli_statement_text(o->search, arena));
    write_result(arena, o, output);
    write_cost(arena, o, output);
    cli_write_field(output, "engine", cli_engine_text(arena, engine_of(settings), o->mode));
    cli_write_field(
        output, "",
        qry_arena_printf(arena, "%s; seed %llu", seconds_text(arena, o->ledger), (unsigned long long)o->seed));
    qry_output_printf(output, "\n");
    return qry_output_commit(output);
}

static bool write_reminder(cli *cli)
{
    qry_output *output = qry_output_open(cli->ctx, "-");
    cli_write_wrapped(output,
                      "A query of quantum memory has gates for every row of its table: what a search saves is queries "
                      "and depth, not gates.",
                      0, 0, cli_width(100));
    qry_output_printf(output, "\n");
    return qry_output_commit(output);
}

/* ---- for programs ---- */

static json_t *result_value(cli *cli, const struct outcome *o)
{
    if (o->search->kind == QRY_SEARCH_ONE)
        return o->found.count ? cli_json_natural(o->found.row[0]) : json_null();
    json_t *rows = json_array();
    for (size_t i = 0; i < o->found.count; i++)
        cli_append(cli, rows, cli_json_natural(o->found.row[i]));
    return rows;
}

static void append_statement(cli *cli, json_t *list, const struct outcome *o)
{
    json_t *object = json_object();
    cli_append(cli, list, object);
    cli_put(cli, object, "name", cli_json_text(cli, o->search->name));
    cli_put(cli, object, "kind", json_string(o->search->kind == QRY_SEARCH_ONE ? "search one" : "search all"));
    cli_put(cli, object, "result", result_value(cli, o));
    cli_put(cli, object, "failure", cli_json_real(o->search->failure));
    cli_put(cli, object, "seed", cli_json_natural(o->seed));
    cli_put(cli, object, "engine_mode", cli_json_text(cli, o->mode));
    cli_put(cli, object, "ledger", cli_json_ledger(cli, o->ledger));
}

static json_t *start_json(cli *cli, const cli_run_settings *settings, const char *path, json_t **statements)
{
    json_t *object = cli_json_new(cli);
    *statements = json_array();
    cli_put(cli, object, "quarry", json_string(QRY_VERSION));
    cli_put(cli, object, "file", cli_json_text(cli, path));
    cli_put(cli, object, "seed", cli_json_natural(settings->seed.given ? settings->seed.value : CLI_USUAL_SEED));
    cli_put(cli, object, "engine", json_string(engine_name(settings)));
    cli_put(cli, object, "statements", *statements);
    return object;
}

static bool finish_json(cli *cli, const json_t *object)
{
    qry_output *output = qry_output_open(cli->ctx, "-");
    cli_write_json(cli, object, output);
    return qry_output_commit(output);
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
    qry_compile_options options = {.statement = name, .qram = settings->program.qram};
    qry_search *search = qry_program_compile(program, &options);
    if (!search)
        return false;
    struct outcome outcome;
    *place = place_of(program, search);
    qry_searcher *searcher = run_search(cli, settings, search, *place, &outcome);
    bool written = statements || write_text(cli, settings, &outcome);
    if (statements)
        append_statement(cli, statements, &outcome);
    qry_searcher_free(searcher);
    qry_search_free(search);
    return written;
}

static int run_statements(cli *cli, const cli_run_settings *settings, qry_program *program, const char *path)
{
    json_t *statements = NULL, *object = cli->json ? start_json(cli, settings, path, &statements) : NULL;
    const char *name = settings->program.statement;
    size_t place;
    do {
        if (!run_statement(cli, settings, program, name, statements, &place))
            return CLI_FAILED;
        name = name_after(program, settings, place); /* compiling has given all statements their names */
    } while (name);
    bool written = object ? finish_json(cli, object) : cli->quiet || write_reminder(cli);
    return written ? CLI_DONE : CLI_FAILED;
}

static int run_searches(cli *cli, const cli_run_settings *settings, const qry_source *source, const char *path)
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
                                             : run_searches(cli, settings, source, arguments[0]);
}

const cli_command cli_run_command = {
    .name = "run",
    .line = "run the searches of a program, or an OpenQASM program",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .text =
        "Runs the statements of a program of searches (.qry), in order. Every search is a loop of circuits (shots), "
        "each "
        "compiled, simulated and measured; what is measured is checked classically, and a last circuit certifies that "
        "nothing was missed. Printed are the rows found, how sure that is, and the bill: uses of the oracle, reads "
        "of tables, gates, depth.\n\n"
        "Runs an OpenQASM program, version 2 or 3, as often as is asked for, and prints what its bit registers held "
        "in how many shots: the register declared last first, in each the highest index first, as Qiskit does.\n\n"
        "A file is OpenQASM if its name ends in .qasm or it begins with the word OPENQASM. FILE may be - for standard "
        "input.",
    .examples = examples,
    .options = {cli_program_options, options, cli_run_qasm_options},
    .settings = sizeof(cli_run_settings),
    .run = run};
