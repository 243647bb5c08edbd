/* count.c: `quarry count`: what a circuit costs, subroutine by subroutine, as JSON, as CSV, or as a table (count_table.c). */
#include "count.h"

#include "openqasm.h"

#include <string.h>

/* ORDER FORMAT: words of --format. */
enum format { TABLE, JSON, CSV };

struct settings {
    cli_circuit_settings circuit; /* first: the tables of options count from there */
    const char *output;
    int format;
    bool parse_only;
    cli_natural depth;
    cli_texts inputs;
};

static const cli_option options[] = {{.name = "format",
                                      .kind = CLI_WORD,
                                      .at = offsetof(struct settings, format),
                                      .value = "FORMAT",
                                      .words = "table|json|csv",
                                      .later = "qdk|qref|dot|folded",
                                      .help = "table, json or csv; --json is the same as --format json"},
                                     {.name = "depth",
                                      .kind = CLI_NATURAL,
                                      .at = offsetof(struct settings, depth),
                                      .value = "LEVELS",
                                      .help = "how many levels of subroutines the table shows; without it all"},
                                     {.name = "parse-only",
                                      .kind = CLI_FLAG,
                                      .at = offsetof(struct settings, parse_only),
                                      .help = "only check the syntax; print nothing but errors"},
                                     {.name = "output",
                                      .letter = 'o',
                                      .kind = CLI_TEXT,
                                      .at = offsetof(struct settings, output),
                                      .value = "FILE",
                                      .help = "write to FILE; without it, or with -, to standard output"},
                                     {0}};

static const cli_option openqasm_options[] = {
    {.name = "input",
     .kind = CLI_TEXTS,
     .at = offsetof(struct settings, inputs),
     .value = "NAME=VALUE",
     .help = "of OpenQASM: the value of an input; may be given several times"},
    {0}};

static const cli_example examples[] = {
    {"quarry count search.qry", "the costs of one round, as `quarry compile` prints it"},
    {"quarry count search.qry --iterations 1 --depth 2", "of one iteration, and only the larger parts"},
    {"quarry count search.qry --part load:K --qram select", "of one query, by another architecture"},
    {"quarry count search.qry --json", "for programs"},
    {"quarry count bell.qasm", "of an OpenQASM program"},
    {"quarry count bell.qasm --parse-only", "only whether its syntax is right"},
    {NULL, NULL}};

/* ---- what is counted ---- */

enum { FIGURES = 11 };

struct figure {
    const char *name;
    qry_u128 number;
};

static void figures_of(const qry_tally *tally, struct figure figures[FIGURES])
{
    const struct figure all[FIGURES] = {{"gates", qry_tally_gates(tally)},
                                        {"t", qry_tally_t(tally)},
                                        {"toffoli", qry_tally_toffoli(tally)},
                                        {"cswap", tally->gate[QRY_GATE_cswap]},
                                        {"cx", tally->gate[QRY_GATE_cx]},
                                        {"cz", tally->gate[QRY_GATE_cz]},
                                        {"swap", tally->gate[QRY_GATE_swap]},
                                        {"clifford1", qry_tally_clifford1(tally)},
                                        {"rotations", qry_tally_rotations(tally)},
                                        {"measurements", tally->measurements},
                                        {"resets", tally->resets}};
    memcpy(figures, all, sizeof all);
}

const qry_count_node *cli_next_node(const qry_count_node *node)
{
    if (node->first_child)
        return node->first_child;
    while (node && !node->next)
        node = node->parent;
    return node ? node->next : NULL;
}

/* ---- JSON ---- */

static void put_tally(cli *cli, json_t *object, const qry_tally *tally)
{
    struct figure figures[FIGURES];
    figures_of(tally, figures);
    for (int i = 0; i < FIGURES; i++)
        cli_put(cli, object, figures[i].name, cli_json_natural(figures[i].number));
    json_t *by_gate = json_object();
    cli_put(cli, object, "by_gate", by_gate);
    for (int g = 0; g < QRY_GATES; g++)
        if (tally->gate[g])
            cli_put(cli, by_gate, qry_gate_table[g].name, cli_json_natural(tally->gate[g]));
    if (tally->controlled)
        cli_put(cli, by_gate, "ctrl", cli_json_natural(tally->controlled));
}

static void put_depth(cli *cli, json_t *object, const qry_depth *depth)
{
    cli_put(cli, object, "depth", cli_json_natural(depth->depth));
    cli_put(cli, object, "t_depth", cli_json_natural(depth->t_depth));
    cli_put(cli, object, "depth_exact", json_boolean(depth->exact));
}

static void put_total(cli *cli, json_t *object, const qry_count *count)
{
    json_t *total = json_object(), *queries = json_object();
    cli_put(cli, object, "total", total);
    cli_put(cli, total, "qubits", cli_json_natural(count->qubits));
    cli_put(cli, total, "ancilla_peak", cli_json_natural(count->ancilla_peak));
    put_tally(cli, total, &count->total);
    put_depth(cli, total, &count->depth);
    cli_put(cli, total, "queries", queries);
    for (size_t i = 0; i < count->query_count; i++) {
        const qry_query_count *query = &count->queries[i];
        json_t *table = json_object();
        cli_put(cli, queries, query->part->table, table);
        cli_put(cli, table, "address_loads", cli_json_natural(query->address_halves / 2));
        cli_put(cli, table, "loads", cli_json_natural(query->loads));
        cli_put(cli, table, "address", cli_json_natural(query->part->address));
        cli_put(cli, table, "word", cli_json_natural(query->part->word));
        cli_put(cli, table, "arch", cli_json_text(cli, query->part->arch));
    }
}

static void append_subroutine(cli *cli, json_t *list, const qry_count_node *node)
{
    json_t *object = json_object(), *self = json_object(), *inclusive = json_object();
    cli_append(cli, list, object);
    cli_put(cli, object, "name", cli_json_text(cli, node->name));
    cli_put(cli, object, "path", cli_json_text(cli, node->path));
    cli_put(cli, object, "calls", cli_json_natural(node->calls));
    cli_put(cli, object, "width", cli_json_natural(node->width));
    if (cli_depth_is_known(&node->depth))
        put_depth(cli, object, &node->depth);
    cli_put(cli, object, "loads", cli_json_natural(node->loads));
    cli_put(cli, object, "self", self);
    put_tally(cli, self, &node->self);
    cli_put(cli, object, "inclusive", inclusive);
    put_tally(cli, inclusive, &node->inclusive);
}

const char *cli_why_text(qry_arena *arena, const qry_elaboration *elaboration)
{
    size_t line, column;
    qry_span why = elaboration->why;
    if (!why.source)
        return elaboration->why_text;
    qry_source_position(why.source, why.offset, &line, &column);
    return qry_arena_printf(arena, "%s:%zu:%zu: %s", why.source->name, line, column, elaboration->why_text);
}

static void put_search(cli *cli, json_t *object, const cli_circuit *circuit)
{
    cli_put(cli, object, "statement", cli_json_text(cli, circuit->search->name));
    cli_put(cli, object, "part", cli_json_text(cli, circuit->part));
    if (cli_is_round(circuit))
        cli_put(cli, object, "iterations", cli_json_natural(qry_search_rounds(circuit->search)));
}

static void put_openqasm(cli *cli, json_t *object, const qry_elaboration *elaboration)
{
    cli_put(cli, object, "exact", json_boolean(elaboration->exact));
    if (!elaboration->exact)
        cli_put(cli, object, "why", cli_json_text(cli, cli_why_text(cli->arena, elaboration)));
}

static void write_json(cli *cli, const cli_counted *counted, qry_output *output)
{
    json_t *object = cli_json_new(cli), *convention = json_object(), *subroutines = json_array();
    cli_put(cli, object, "file", cli_json_text(cli, counted->path));
    if (counted->search)
        put_search(cli, object, counted->search);
    else
        put_openqasm(cli, object, counted->elaboration);
    cli_put(cli, object, "convention", convention);
    cli_put(cli, convention, "cswap_t", cli_json_natural(qry_gate_table[QRY_GATE_cswap].t));
    cli_put(cli, convention, "toffoli_t", cli_json_natural(qry_gate_table[QRY_GATE_ccx].t));
    put_total(cli, object, counted->count);
    cli_put(cli, object, "subroutines", subroutines);
    const qry_count_node *node = counted->count->root;
    while ((node = cli_next_node(node)))
        append_subroutine(cli, subroutines, node);
    cli_write_json(cli, object, output);
}

/* ---- CSV ---- */

static void write_csv_figures(qry_output *output, const qry_tally *tally)
{
    struct figure figures[FIGURES];
    char digits[CLI_DIGITS];
    figures_of(tally, figures);
    for (int i = 0; i < FIGURES; i++)
        qry_output_printf(output, ",%s", cli_digits(figures[i].number, digits));
}

static void write_csv_depth(qry_output *output, const qry_depth *depth)
{
    char digits[CLI_DIGITS];
    if (!cli_depth_is_known(depth)) {
        qry_output_printf(output, ",,,");
        return;
    }
    qry_output_printf(output, ",%s", cli_digits(depth->depth, digits));
    qry_output_printf(output, ",%s,%s", cli_digits(depth->t_depth, digits), depth->exact ? "true" : "false");
}

/* A line a subroutine, the whole first, with an empty path. */
static void write_csv(const qry_count *count, qry_output *output)
{
    struct figure figures[FIGURES];
    char digits[CLI_DIGITS];
    figures_of(&count->total, figures);
    qry_output_printf(output, "path,calls,width,depth,t_depth,depth_exact,loads");
    for (int self = 0; self < 2; self++)
        for (int i = 0; i < FIGURES; i++)
            qry_output_printf(output, ",%s%s", self ? "self_" : "", figures[i].name);
    qry_output_printf(output, "\n");
    for (const qry_count_node *node = count->root; node; node = cli_next_node(node)) {
        qry_output_printf(output, "%s,%s,%u", node->path, cli_digits(node->calls, digits), node->width);
        write_csv_depth(output, node == count->root ? &count->depth : &node->depth);
        qry_output_printf(output, ",%s", cli_digits(node->loads, digits));
        write_csv_figures(output, &node->inclusive);
        write_csv_figures(output, &node->self);
        qry_output_printf(output, "\n");
    }
}

/* ---- the command ---- */

static int write_count(cli *cli, const struct settings *settings, const cli_counted *counted)
{
    qry_output *output = qry_output_open(cli->ctx, settings->output ? settings->output : "-");
    if (!output)
        return CLI_FAILED;
    if (cli->json || settings->format == JSON)
        write_json(cli, counted, output);
    else if (settings->format == CSV)
        write_csv(counted->count, output);
    else
        cli_write_count_table(cli, counted, settings->depth.given ? settings->depth.value : UINT64_MAX, output);
    return qry_output_commit(output) ? CLI_DONE : CLI_FAILED;
}

static int count_openqasm(cli *cli, const struct settings *settings, const qry_source *source, const char *path)
{
    cli_openqasm read;
    int status = cli_refuse_for_openqasm(cli, cli_program_options, path);
    if (status == CLI_DONE)
        status = cli_refuse_for_openqasm(cli, cli_circuit_options, path);
    if (status == CLI_DONE && settings->parse_only)
        return qry_qasm_parse(cli->ctx, source) ? CLI_DONE : CLI_FAILED;
    if (status == CLI_DONE)
        status = cli_read_openqasm(cli, source, path, &settings->inputs, &read);
    if (status != CLI_DONE)
        return status;
    const qry_count *count = qry_circuit_count(cli->arena, qry_circuit_program(read.elaboration->circuit));
    return write_count(cli, settings, &(cli_counted){path, NULL, read.elaboration, count});
}

static int count_search(cli *cli, const struct settings *settings, const qry_source *source, const char *path)
{
    static const cli_program_settings as_written = {0};
    qry_program *program;
    cli_circuit circuit;
    int status = cli_refuse_for_searches(cli, openqasm_options, path);
    if (status == CLI_DONE && settings->parse_only)
        return cli_read_program(cli, &as_written, source, &program);
    if (status == CLI_DONE)
        status = cli_make_circuit(cli, &settings->circuit, source, path, &circuit);
    if (status != CLI_DONE)
        return status;
    const qry_count *count = qry_circuit_count(cli->arena, qry_circuit_program(circuit.search->circuit));
    return write_count(cli, settings, &(cli_counted){path, &circuit, NULL, count});
}

static int run(cli *cli, void *state, const char *const *arguments)
{
    const struct settings *settings = state;
    const char *path = arguments[0];
    if (settings->output && cli_same_file(settings->output, path))
        return cli_misuse(cli, NULL, "-o %.200s would replace the program itself", settings->output);
    if (cli->json && settings->format == CSV)
        return cli_misuse(cli, NULL, "--json and --format csv exclude each other");
    const qry_source *source = qry_source_read(cli->ctx, path);
    if (!source)
        return CLI_FAILED;
    return cli_is_qasm(path, source) ? count_openqasm(cli, settings, source, path)
                                     : count_search(cli, settings, source, path);
}

const cli_command cli_count_command = {
    .name = "count",
    .line = "count what a circuit costs, subroutine by subroutine",
    .arguments = "FILE",
    .least = 1,
    .most = 1,
    .text =
        "Counts qubits, gates, T gates, depth and queries of the circuit that `quarry compile` prints with the same "
        "options, subroutine by subroutine. Nothing is written out for that, so circuits of any size are counted "
        "at once; the numbers are those of the printed file, gate by gate.\n\n"
        "Counts an OpenQASM program, version 2 or 3, in the same way; its gates and subroutines, and the sections "
        "between "
        "comments `// @enter NAME` and `// @leave`, are the lines of the table. Where measured bits decide what is "
        "run, "
        "every branch and every open loop is counted once, and the output says so.\n\n"
        "A file is OpenQASM if its name ends in .qasm or it begins with the word OPENQASM. FILE may be - for standard "
        "input.",
    .examples = examples,
    .options = {cli_program_options, cli_circuit_options, options, openqasm_options},
    .settings = sizeof(struct settings),
    .run = run};
