/* circuit.c: from a file and options to a program, and to a circuit. */
#include "circuit.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

/* Words for the options, a | before each; from the compiler's own lists. */
static const char pass_words[] =
#define PASS(name, requires, leaves) "|" #name
#include "compiler/passes.def"
#undef PASS
    ;
static const char qram_words[] =
#define BUILT(name, number) "|" #name
#define LATER(name, number)
#include "compiler/qram/architectures.def"
#undef BUILT
#undef LATER
    ;
static const char later_qram_words[] =
#define BUILT(name, number)
#define LATER(name, number) "|" #name
#include "compiler/qram/architectures.def"
#undef BUILT
#undef LATER
    ;

const cli_option cli_program_options[] = {{.name = "define",
                                           .letter = 'D',
                                           .kind = CLI_TEXTS,
                                           .at = offsetof(cli_program_settings, defines),
                                           .value = "NAME=VALUE",
                                           .help = "the value of a param; may be given several times"},
                                          {.name = "statement",
                                           .kind = CLI_TEXT,
                                           .at = offsetof(cli_program_settings, statement),
                                           .value = "NAME",
                                           .help = "this statement alone"},
                                          {.name = "qram",
                                           .kind = CLI_TEXT,
                                           .at = offsetof(cli_program_settings, qram),
                                           .words = qram_words + 1,
                                           .help = "architecture of the quantum memory, whatever the program says"},
                                          {0}};

const cli_option cli_circuit_options[] = {
    {.name = "iterations",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_circuit_settings, iterations),
     .value = "R",
     .help = "uses of the oracle in the round; without it what the statement says, else the best for the rows that "
             "it expects to match (one, if it does not say)"},
    {.name = "part",
     .kind = CLI_TEXT,
     .at = offsetof(cli_circuit_settings, part),
     .value = "PART",
     .words = "round|oracle|diffusion|prepare|canonical:|load:",
     .help = "round (the whole), oracle, diffusion, load:TABLE (one query of a table); of estimates prepare (A: the "
             "superposition, and the mark computed) and canonical:T (phase estimation with T counting qubits)"},
    {.name = "superpose",
     .kind = CLI_FLAG,
     .at = offsetof(cli_circuit_settings, superpose),
     .help = "with load:TABLE: query all addresses at once and measure address and word"},
    {.name = "max-operands",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_circuit_settings, max_operands),
     .value = "N",
     .least = 1,
     .most = UINT32_MAX,
     .help = "no gate definition of more than N qubits (Cirq reads up to 64)"},
    {.name = "profile",
     .kind = CLI_WORD,
     .at = offsetof(cli_circuit_settings, profile),
     .value = "PROFILE",
     .words = "portable|full",
     .later = "dynamic",
     .help = "portable: what every reader of OpenQASM 3 takes; full: every definition and repeated block as it is, for "
             "readers of all of OpenQASM 3.1"},
    {.name = "explain",
     .kind = CLI_CHOICE,
     .at = offsetof(cli_circuit_settings, explain),
     .value = "WHAT",
     .words = "widths",
     .help = "widths: print the width inferred for every expression, on standard error"},
    {.name = "dump",
     .kind = CLI_CHOICE,
     .at = offsetof(cli_circuit_settings, dump),
     .words = pass_words + 1,
     .help = "print what a pass of the compiler left, on standard error"},
    {.name = "qasm", .kind = CLI_WORD, .at = offsetof(cli_circuit_settings, qasm), .words = "3", .later = "2"},
    {.name = "dialect",
     .kind = CLI_WORD,
     .at = offsetof(cli_circuit_settings, dialect),
     .words = "none",
     .later = "braket|pennylane"},
    {.name = "basis",
     .kind = CLI_WORD,
     .at = offsetof(cli_circuit_settings, basis),
     .words = "any",
     .later = "clifford+t|toffoli|cx"},
    {.name = "uncompute",
     .kind = CLI_WORD,
     .at = offsetof(cli_circuit_settings, uncompute),
     .words = "unitary",
     .later = "measured"},
    {.name = "optimize", .kind = CLI_TEXT},
    {0}};

/* ---- programs ---- */

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

bool cli_is_qasm(const char *path, const qry_source *source)
{
    const char *at = source->text;
    for (;;) {
        at += strspn(at, " \t\r\n");
        if (at[0] == '/' && at[1] == '/')
            at += strcspn(at, "\n");
        else if (at[0] == '/' && at[1] == '*' && strstr(at, "*/"))
            at = strstr(at, "*/") + 2;
        else
            break;
    }
    return ends_with(path, ".qasm") || strncmp(at, "OPENQASM", 8) == 0;
}

static int define(cli *cli, qry_program *program, const char *text)
{
    const char *equal = strchr(text, '=');
    if (!equal || equal == text)
        return cli_misuse(cli, NULL, "-D takes NAME=VALUE, not '%.60s'", text);
    const char *name = qry_arena_text(cli->arena, text, (size_t)(equal - text));
    return qry_program_define(program, name, equal + 1) ? CLI_DONE : CLI_FAILED;
}

int cli_read_program(cli *cli, const cli_program_settings *settings, const qry_source *source, qry_program **program)
{
    *program = NULL;
    qry_program *read = qry_program_read(cli->ctx, source);
    int status = read ? CLI_DONE : CLI_FAILED;
    for (size_t i = 0; i < settings->defines.count && status == CLI_DONE; i++)
        status = define(cli, read, settings->defines.text[i]);
    *program = status == CLI_DONE ? read : NULL;
    return status;
}

int cli_check_qram(cli *cli, const char *qram)
{
    if (!qram || cli_has_word(cli->arena, qram_words + 1, qram))
        return CLI_DONE;
    if (cli_has_word(cli->arena, later_qram_words + 1, qry_arena_text(cli->arena, qram, strcspn(qram, "("))))
        return cli_not_yet(cli, qry_arena_printf(cli->arena, "--qram %s", qram));
    return cli_not_a_word(cli, "qram", qram_words + 1, qram);
}

/* ---- circuits ---- */

bool cli_same_file(const char *a, const char *b)
{
    struct stat x, y;
    return stat(a, &x) == 0 && stat(b, &y) == 0 && x.st_dev == y.st_dev && x.st_ino == y.st_ino && S_ISREG(x.st_mode);
}

bool cli_is_round(const cli_circuit *circuit) { return strcmp(circuit->part, "round") == 0; }

bool cli_is_certificate(const cli_circuit *circuit) { return strcmp(circuit->part, "certificate") == 0; }

static bool is_query(const char *part) { return strncmp(part, "load:", 5) == 0; }

bool cli_is_query(const cli_circuit *circuit) { return is_query(circuit->part); }

static const char canonical[] = "canonical:";

/* Its counting qubits; 0: it is another part. */
static uint32_t counting_qubits(const char *part)
{
    enum { MOST = 30 };
    if (strncmp(part, canonical, sizeof canonical - 1) != 0)
        return 0;
    char *end;
    long bits = strtol(part + sizeof canonical - 1, &end, 10);
    return *end || bits < 1 || bits > MOST ? 0 : (uint32_t)bits;
}

bool cli_is_canonical(const cli_circuit *circuit) { return counting_qubits(circuit->part) > 0; }

static int check_part(cli *cli, const cli_circuit_settings *settings)
{
    static const char *const parts[] = {"round", "oracle", "diffusion", "prepare", "canonical:", "load:"};
    const char *part = settings->part ? settings->part : "round";
    bool known = (is_query(part) && part[5]) || counting_qubits(part);
    for (int i = 0; i < 4; i++)
        known |= strcmp(part, parts[i]) == 0;
    if (!known)
        return cli_misuse(
            cli, strchr(part, ':') ? NULL : qry_nearest_word(cli->arena, part, parts, 6),
            "--part takes round, oracle, diffusion, prepare, canonical:T (T from 1 to 30) or load:TABLE, not "
            "'%.60s'",
            part);
    if (settings->superpose && !is_query(part))
        return cli_misuse(cli, NULL, "--superpose goes with --part load:TABLE");
    if (settings->iterations.given && strcmp(part, "round") != 0)
        return cli_misuse(cli, NULL, "--iterations goes with the whole round, not with --part %.60s", part);
    if (settings->max_operands.given && settings->profile != QRY_PROFILE_PORTABLE)
        return cli_misuse(cli, NULL, "--max-operands goes with the portable profile");
    return CLI_DONE;
}

static void tell_of_others(cli *cli, const qry_program *program, const cli_circuit *circuit)
{
    size_t count = qry_program_statements(program);
    if (circuit->settings->program.statement || count < 2)
        return;
    const char *message = qry_arena_printf(cli->arena, "%s has %zu statements; this is the first, %s", circuit->path,
                                           count, circuit->search->name);
    qry_report(cli->ctx, &(qry_diagnostic){QRY_NOTE, {0}, message, "--statement NAME takes another"});
}

static bool write_part(const cli_circuit *circuit)
{
    const cli_circuit_settings *settings = circuit->settings;
    uint64_t rounds = settings->iterations.given ? settings->iterations.value : qry_search_rounds(circuit->search);
    if (cli_is_canonical(circuit) && qry_is_estimate(circuit->search->kind)) {
        qry_search_write_canonical(circuit->search, counting_qubits(circuit->part));
        return true;
    }
    return qry_search_write_part(circuit->search, circuit->part, rounds, settings->superpose);
}

int cli_make_circuit(cli *cli, const cli_circuit_settings *settings, const qry_source *source, const char *path,
                     cli_circuit *circuit)
{
    *circuit = (cli_circuit){.settings = settings, .path = path, .part = settings->part ? settings->part : "round"};
    if (cli_is_qasm(path, source))
        return cli_misuse(cli, "quarry run and quarry count take OpenQASM",
                          "%.200s is OpenQASM; quarry %s takes programs of Quarry's language", path,
                          cli->command->name);
    int status = cli_check_qram(cli, settings->program.qram);
    if (status == CLI_DONE)
        status = check_part(cli, settings);
    qry_program *program = NULL;
    if (status == CLI_DONE)
        status = cli_read_program(cli, &settings->program, source, &program);
    if (status != CLI_DONE)
        return status;
    const char *dump = settings->dump ? cli_word_at(cli->arena, pass_words + 1, (size_t)settings->dump - 1) : NULL;
    circuit->search = qry_program_compile(program, &(qry_compile_options){.statement = settings->program.statement,
                                                                          .qram = settings->program.qram,
                                                                          .dump = dump,
                                                                          .explain_widths = settings->explain != 0});
    if (!circuit->search)
        return CLI_FAILED;
    cli_choose_marks(cli, circuit->search);
    if (!write_part(circuit))
        return CLI_FAILED;
    tell_of_others(cli, program, circuit);
    return CLI_DONE;
}

const char *cli_part_text(const cli_circuit *circuit, qry_arena *arena)
{
    if (cli_is_round(circuit))
        return qry_arena_printf(arena, "one round of %s",
                                cli_some(arena, qry_search_rounds(circuit->search), "iteration"));
    if (is_query(circuit->part))
        return qry_arena_printf(arena, "one query of %s", circuit->part + 5);
    if (cli_is_canonical(circuit))
        return qry_arena_printf(arena, "canonical estimation with %s",
                                cli_some(arena, counting_qubits(circuit->part), "counting qubit"));
    return strcmp(circuit->part, "prepare") == 0 ? "the preparation" : qry_arena_printf(arena, "the %s", circuit->part);
}

double cli_success_probability(const cli_circuit *circuit, uint64_t iterations)
{
    double amplitude = sin((2 * (double)iterations + 1) * asin(sqrt(circuit->share)));
    return amplitude * amplitude;
}

const char *cli_statement_text(const qry_search *search, qry_arena *arena)
{
    qry_span span = qry_search_span(search);
    const char *from = span.source->text + span.offset, *end = from + span.length;
    char *text = qry_arena_alloc(arena, span.length + 1, 1), *to = text;
    while (from < end) {
        if (from[0] == '/' && from[1] == '/')
            from += strcspn(from, "\n");
        else if (from[0] == '/' && from[1] == '*')
            from = strstr(from, "*/") + 2;
        else if (strchr(" \t\r\n", *from)) {
            from++;
            if (to > text && to[-1] != ' ')
                *to++ = ' ';
        } else
            *to++ = *from++;
    }
    return text;
}

const char *cli_gates_text(qry_arena *arena, const qry_tally *tally)
{
    const char *text = "";
    for (int g = 0; g < QRY_GATES; g++)
        if (tally->gate[g])
            text = qry_arena_printf(arena, "%s%s%s %s", text, *text ? ", " : "", qry_gate_table[g].name,
                                    cli_number(arena, tally->gate[g]));
    if (tally->controlled)
        text = qry_arena_printf(arena, "%s%sctrl %s", text, *text ? ", " : "", cli_number(arena, tally->controlled));
    return *text ? text : "none";
}
