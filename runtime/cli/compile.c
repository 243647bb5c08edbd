/* compile.c: `quarry compile`: one round of a search, or a part of it, as an OpenQASM 3 file. */
#include "circuit.h"

#include <string.h>

struct settings {
    cli_circuit_settings circuit; /* first: the tables of options count from there */
    const char *output;
};

static const cli_option options[] = {{.name = "output",
                                      .letter = 'o',
                                      .kind = CLI_TEXT,
                                      .at = offsetof(struct settings, output),
                                      .value = "FILE",
                                      .help = "write the circuit to FILE; without it, or with -, to standard output"},
                                     {0}};

static const cli_example examples[] = {
    {"quarry compile search.qry -o search.qasm", "one round of the first statement of search.qry"},
    {"quarry compile search.qry -D tau=3 --iterations 2", "with another threshold, and two uses of the oracle"},
    {"quarry compile search.qry --part load:K --superpose -o query.qasm",
     "one query of the table K at all addresses at once, to be checked by any simulator"},
    {"quarry compile estimate.qry --part canonical:4 -o estimate.qasm", "amplitude estimation with 4 counting qubits"},
    {"quarry compile search.qry --explain widths -o /dev/null", "only how wide each expression is"},
    {NULL, NULL}};

static uint64_t megabytes_written(void *output) { return qry_output_bytes(output) / 1000000; }

bool cli_print_circuit(cli *cli, cli_circuit *circuit, const char *path, uint64_t *bytes)
{
    if (cli_is_round(circuit))
        cli_find_share(cli, circuit);
    size_t count;
    const char *const *head = cli_head(circuit, cli->arena, &count);
    qry_print_options options = {.profile = (qry_profile)circuit->settings->profile,
                                 .max_operands = (uint32_t)circuit->settings->max_operands.value,
                                 .flat_limit = QRY_FLAT_LIMIT,
                                 .head = head,
                                 .head_count = count};
    qry_output *output = qry_output_open(cli->ctx, path);
    if (!output)
        return false;
    cli_progress_begin(cli, "writing", "MB", 0);
    cli_progress_watch(cli, megabytes_written, output);
    bool printed = qry_circuit_print(circuit->search->circuit, &options, output);
    *bytes = qry_output_bytes(output);
    cli_progress_end(cli);
    if (printed)
        return qry_output_commit(output);
    qry_output_free(output);
    return false;
}

/* ---- what was written ---- */

static void summarise_json(cli *cli, const cli_circuit *c, const char *path, uint64_t bytes, qry_output *output)
{
    json_t *object = cli_json_new(cli);
    const qry_definition *program = qry_circuit_program(c->search->circuit);
    qry_tally tally;
    qry_definition_tally(program, &tally);
    cli_put(cli, object, "file", cli_json_text(cli, c->path));
    cli_put(cli, object, "output", cli_json_text(cli, path));
    cli_put(cli, object, "bytes", cli_json_natural(bytes));
    cli_put(cli, object, "statement", cli_json_text(cli, c->search->name));
    cli_put(cli, object, "part", cli_json_text(cli, c->part));
    cli_put(cli, object, "qubits", cli_json_natural(program->width));
    cli_put(cli, object, "gates", cli_json_natural(qry_tally_gates(&tally)));
    if (cli_is_round(c)) {
        cli_put(cli, object, "iterations", cli_json_natural(qry_search_rounds(c->search)));
    }
    if (c->counted && cli_marks_rows(c))
        cli_put(cli, object, "matches", cli_json_natural(cli_marked_rows(c)));
    if (c->counted) {
        cli_put(cli, object, "marked", cli_json_real(c->share));
        cli_put(cli, object, "success_probability",
                cli_json_real(cli_success_probability(c, qry_search_rounds(c->search))));
    }
    cli_write_json(cli, object, output);
}

static void summarise_text(cli *cli, const cli_circuit *c, const char *path, uint64_t bytes, qry_output *output)
{
    const qry_definition *program = qry_circuit_program(c->search->circuit);
    qry_tally tally;
    qry_definition_tally(program, &tally);
    qry_output_printf(output, "%s: %s of %s; %s, %s, %s\n", path, cli_part_text(c, cli->arena), c->search->name,
                      cli_some(cli->arena, program->width, "qubit"),
                      cli_some(cli->arena, qry_tally_gates(&tally), "gate"), cli_some(cli->arena, bytes, "byte"));
    if (c->counted && c->share > 0)
        qry_output_printf(output, "%s with probability %s\n",
                          qry_is_estimate(c->search->kind) ? "a shot measures a mark"
                                                           : "a shot finds a row that matches",
                          cli_real_text(cli->arena, cli_success_probability(c, qry_search_rounds(c->search))));
}

static bool summarise(cli *cli, const cli_circuit *circuit, const char *path, uint64_t bytes)
{
    qry_output *output = qry_output_open(cli->ctx, "-");
    if (cli->json)
        summarise_json(cli, circuit, path, bytes, output);
    else
        summarise_text(cli, circuit, path, bytes, output);
    return qry_output_commit(output);
}

static int run(cli *cli, void *state, const char *const *arguments)
{
    const struct settings *settings = state;
    const char *path = settings->output ? settings->output : "-";
    bool to_file = strcmp(path, "-") != 0;
    if (cli->json && !to_file)
        return cli_misuse(cli, NULL, "--json needs -o FILE: standard output cannot have the circuit and the JSON");
    if (to_file && cli_same_file(path, arguments[0]))
        return cli_misuse(cli, NULL, "-o %.200s would replace the program itself", path);
    cli_circuit circuit;
    uint64_t bytes;
    const qry_source *source = qry_source_read(cli->ctx, arguments[0]);
    if (!source)
        return CLI_FAILED;
    int status = cli_make_circuit(cli, &settings->circuit, source, arguments[0], &circuit);
    if (status != CLI_DONE)
        return status;
    if (!cli_print_circuit(cli, &circuit, path, &bytes))
        return CLI_FAILED;
    bool silent = !to_file || (cli->quiet && !cli->json);
    return silent || summarise(cli, &circuit, path, bytes) ? CLI_DONE : CLI_FAILED;
}

const cli_command cli_compile_command = {
    .name = "compile",
    .line = "print a statement as an OpenQASM 3 circuit",
    .arguments = "PROGRAM.qry",
    .least = 1,
    .most = 1,
    .text = "Prints one round of a search as an OpenQASM 3 circuit: all rows in superposition, some iterations of "
            "oracle and diffusion, a measurement. The quantum memory is in it gate by gate. A search is a loop of "
            "such rounds with more and more iterations; `quarry run` goes through it. So is an estimate, whose rounds "
            "measure a mark: how often it is 1 tells how much is marked.\n\n"
            "The head of the file says what every register holds, what the circuit costs, and how likely a shot finds "
            "a row that matches, or a mark. PROGRAM.qry may be - for standard input.",
    .examples = examples,
    .options = {cli_program_options, cli_circuit_options, options},
    .settings = sizeof(struct settings),
    .run = run};
