/* attend.c: `quarry attend`: rows of softmax(Q K^T scale) V by one of five methods. */
#include "attend.h"

#include <string.h>

#define RESTS "best|moments|rank1|nystrom"

static const cli_option inputs[] = {
    {.name = "queries",
     .letter = 'q',
     .kind = CLI_TEXT,
     .at = offsetof(cli_attend_settings, q),
     .value = "FILE",
     .help = "Q, rows x d numbers (.npy)"},
    {.name = "keys",
     .letter = 'k',
     .kind = CLI_TEXT,
     .at = offsetof(cli_attend_settings, k),
     .value = "FILE",
     .help = "K, n x d numbers"},
    {.name = "values",
     .letter = 'v',
     .kind = CLI_TEXT,
     .at = offsetof(cli_attend_settings, v),
     .value = "FILE",
     .help = "V, n x d_v numbers"},
    {.name = "method",
     .kind = CLI_WORD,
     .at = offsetof(cli_attend_settings, method),
     .value = "METHOD",
     .words = CLI_ATTEND_METHODS,
     .help = "how a row comes about. sparse: a search finds the keys that score high, one constant stands in for the "
             "others; "
             "hybrid: the same, and the others by --rest; nystrom: a low-rank kernel from sampled landmarks, no key is "
             "touched; halfspace: sparse, with a classical tree instead of a search; exact: every score is computed"},
    {.name = "rows",
     .kind = CLI_TEXT,
     .at = offsetof(cli_attend_settings, rows),
     .value = "ROWS",
     .help = "rows of Q, as 0,5,10:20 (10:20 is 10 to 19); without it all"},
    {.name = "causal",
     .kind = CLI_FLAG,
     .at = offsetof(cli_attend_settings, causal),
     .help = "row i attends to the keys 0 to i alone; Q has as many rows as K"},
    {.name = "scale",
     .kind = CLI_REAL,
     .at = offsetof(cli_attend_settings, scale),
     .value = "X",
     .help = "of the scores; without it 1/sqrt(d)"},
    {0}};

static const cli_option search_options[] = {
    {.name = "tau",
     .kind = CLI_REAL,
     .at = offsetof(cli_attend_settings, tau),
     .value = "T",
     .help = "search for the keys that score at least T"},
    {.name = "drop",
     .kind = CLI_REAL,
     .at = offsetof(cli_attend_settings, drop),
     .value = "T",
     .help = "search for the keys that score at most T below the row's highest; sparse does, with T = 6"},
    {.name = "top",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_attend_settings, top),
     .value = "K",
     .least = 1,
     .help = "search for about K keys of highest score, no fewer; hybrid does, with K = 16"},
    {.name = "target",
     .kind = CLI_REAL,
     .at = offsetof(cli_attend_settings, target),
     .value = "G",
     .help = "search for as many keys of highest score as it takes for a bound of at most G times the row's length"},
    {.name = "epsilon",
     .kind = CLI_TEXT,
     .at = offsetof(cli_attend_settings, epsilon),
     .value = "E|auto",
     .help =
         "estimate the normaliser of a row to this relative precision, above 0 and at most 1, by circuits of its own "
         "where the moments leave it less sure; and the energy of what stands in for the keys that were not found, to "
         "2E, where it is expected to lower the bound by more than E of it. auto: to precisions chosen row by "
         "row, so that the row costs least. Without it nothing is estimated. nystrom: the precision, in the norm of "
         "the "
         "kernel, of the sum that rows are divided by, which is estimated once; auto, or without it: 0.1"},
    {.name = "clusters",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_attend_settings, clusters),
     .value = "G",
     .least = 1,
     .help = "groups of keys; without it sqrt(2n)"},
    {.name = "rest",
     .kind = CLI_WORD,
     .at = offsetof(cli_attend_settings, rest),
     .value = "REST",
     .words = RESTS,
     .help =
         "what stands in for the keys that hybrid did not find. moments: of their groups; rank1: one constant; "
         "nystrom: "
         "the low-rank kernel; best: row by row the one with the smallest bound, nystrom among them if --landmarks or "
         "--lambda is given"},
    {.name = "bits",
     .kind = CLI_TEXT,
     .at = offsetof(cli_attend_settings, bits),
     .value = "Q,K",
     .help =
         "bits of an entry of a query and of a key in the circuit, 2 to 16 each; without it the cheapest that keep "
         "the bound within a fifth of what it is without rounding, and with --epsilon scores within an eighth of it"},
    {.name = "failure",
     .kind = CLI_REAL,
     .at = offsetof(cli_attend_settings, failure),
     .value = "P",
     .help = "probability with which what circuits say of a row may be wrong: that no key was missed, that estimates "
             "hold; without it 0.001"},
    {0}};

static const cli_option kernel_options[] = {
    {.name = "landmarks",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_attend_settings, landmarks),
     .value = "S",
     .least = 1,
     .help = "landmarks of the low-rank kernel; without it 4 sqrt(n), 256 at most"},
    {.name = "lambda",
     .kind = CLI_REAL,
     .at = offsetof(cli_attend_settings, lambda),
     .value = "L",
     .help = "sample as many landmarks as the ridge L needs, in units of the kernel's largest diagonal entry"},
    {.name = "value-samples",
     .kind = CLI_TEXT,
     .at = offsetof(cli_attend_settings, value_samples),
     .value = "M|all",
     .help = "stand-ins for the rows of V: about M of them, sampled by leverage; all (the usual): no sampling"},
    {.name = "kernel",
     .kind = CLI_WORD,
     .at = offsetof(cli_attend_settings, kernel),
     .value = "KERNEL",
     .words = "balanced|raw",
     .help = "balanced: queries and keys centred and of the same size, a Gaussian kernel; raw: e^(q.k) as it is"},
    {.name = "probabilities",
     .kind = CLI_WORD,
     .at = offsetof(cli_attend_settings, probabilities),
     .value = "FROM",
     .words = "auto|coherent|table",
     .help = "where samples get their probabilities. coherent: the oracle computes them; table: computed classically "
             "and loaded; auto: coherent where the circuit is small"},
    {.name = "save",
     .kind = CLI_TEXT,
     .at = offsetof(cli_attend_settings, save),
     .value = "FILE",
     .help = "write what rows of nystrom need to FILE (.npz)"},
    {.name = "load",
     .kind = CLI_TEXT,
     .at = offsetof(cli_attend_settings, load),
     .value = "FILE",
     .help = "rows of nystrom from such a file: -k and -v are not needed"},
    {0}};

static const cli_option run_options[] = {
    {.name = "engine",
     .kind = CLI_WORD,
     .at = offsetof(cli_attend_settings, engine),
     .value = "ENGINE",
     .words = "gates|oracle",
     .help = "gates: simulates the circuits gate by gate; oracle: draws from the exact distribution of their outcomes, "
             "found by a classical scan"},
    {.name = "engine-mode",
     .kind = CLI_WORD,
     .at = offsetof(cli_attend_settings, mode),
     .value = "MODE",
     .words = "auto|gates|numbered|replay",
     .help = "how the engine goes through a circuit. gates: every gate; numbered: what gates do to equal qubits once; "
             "replay: an unchanged part once; auto: the fastest. Same results, same counts"},
    {.name = "seed",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_attend_settings, seed),
     .value = "S",
     .help = "of the random numbers; without it 1"},
    {.name = "threads",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_attend_settings, threads),
     .value = "T",
     .least = 1,
     .most = 1024,
     .help = "rows side by side; without it 1. The results do not depend on it"},
    {.name = "check",
     .kind = CLI_FLAG,
     .at = offsetof(cli_attend_settings, check),
     .help = "compute the exact rows as well, and print how far off the others are"},
    {.name = "output",
     .letter = 'o',
     .kind = CLI_TEXT,
     .at = offsetof(cli_attend_settings, output),
     .value = "FILE",
     .help = "write the rows to FILE (.npy)"},
    {.name = "qasm-dir",
     .kind = CLI_TEXT,
     .at = offsetof(cli_attend_settings, qasm_dir),
     .value = "FOLDER",
     .help =
         "write the circuits to FOLDER (.qasm), and the programs that they are compiled from (.qry): the parts that "
         "all rows share, and a round of each row, or of the first that reads the quantum memory if there are more "
         "than "
         "16"},
    {.name = "report",
     .kind = CLI_TEXT,
     .at = offsetof(cli_attend_settings, report),
     .value = "FILE",
     .help = "write a page with plots to FILE (.html), which needs no network"},
    {0}};

static const cli_example examples[] = {
    {"quarry attend -q q.npy -k k.npy -v v.npy --method hybrid --rows 0:8 --check",
     "eight rows, with their bounds, their true errors and what they cost"},
    {"quarry attend -q q.npy -k k.npy -v v.npy --method sparse --drop 8 -o out.npy",
     "all rows, from the keys within 8 of the highest score and one constant for the others"},
    {"quarry attend -q q.npy -k k.npy -v v.npy --method sparse --rows 0:8 --epsilon auto",
     "tighter bounds, from sums over the other keys that circuits estimate"},
    {"quarry attend -q q.npy -k k.npy -v v.npy --method hybrid --engine oracle --json",
     "for programs, and without simulating the circuits"},
    {"quarry attend -q q.npy -k k.npy -v v.npy --method nystrom --landmarks 4 --save state.npz",
     "all rows from a low-rank kernel, which is kept"},
    {"quarry attend -q q.npy --load state.npz", "rows of other queries from it, without keys and values"},
    {"quarry attend -q q.npy -k k.npy -v v.npy --method halfspace --top 4 --causal --check",
     "classically, by a tree of the keys; a row attends to the keys up to its own number"},
    {"quarry attend -q q.npy -k k.npy -v v.npy --rows 0:2 --qasm-dir circuits",
     "two rows, and the circuits of their searches as OpenQASM 3 files"},
    {NULL, NULL}};

/* ---- rows that were asked for ---- */

/* Appends from .. end-1. */
static bool add_rows(cli *cli, size_t from, size_t end, size_t queries, size_t **rows, size_t *count, size_t *room)
{
    if (from >= end || end > queries) {
        if (from >= end)
            qry_error(cli->ctx, "--rows %zu:%zu names no row", from, end);
        else
            qry_error(cli->ctx, "there is no row %zu: Q has %zu rows", from < queries ? end - 1 : from, queries);
        return false;
    }
    QRY_GROW(cli->ctx, *rows, *room, *count + (end - from));
    while (from < end)
        (*rows)[(*count)++] = from++;
    return true;
}

/* text NULL: all. */
static int read_rows(cli *cli, const char *text, size_t queries, size_t **rows, size_t *count)
{
    size_t room = 0;
    *rows = NULL;
    *count = 0;
    if (!text)
        return add_rows(cli, 0, queries, queries, rows, count, &room) ? CLI_DONE : CLI_FAILED;
    for (const char *at = text;; at++) {
        size_t from, end;
        bool read = cli_attend_read_natural(&at, &from);
        end = from + 1;
        if (read && *at == ':') {
            at++;
            read = cli_attend_read_natural(&at, &end);
        }
        if (!read || (*at && *at != ','))
            return cli_misuse(cli, NULL, "--rows takes rows as 0,5,10:20, not '%.60s'", text);
        if (!add_rows(cli, from, end, queries, rows, count, &room))
            return CLI_FAILED;
        if (!*at)
            return CLI_DONE;
    }
}

/* ---- computing ---- */

const char *cli_attend_method(cli *cli, const cli_attention *a)
{
    return cli_word_at(cli->arena, CLI_ATTEND_METHODS, (size_t)a->settings->method);
}

bool cli_attend_searches(const cli_attention *a)
{
    return a->settings->method == QRY_ATTEND_SPARSE || a->settings->method == QRY_ATTEND_HYBRID;
}

bool cli_attend_finds(const cli_attention *a)
{
    return cli_attend_searches(a) || a->settings->method == QRY_ATTEND_HALFSPACE;
}

bool cli_attend_measures(const cli_attention *a) { return cli_attend_searches(a) && a->settings->epsilon; }

static void progress(void *state, size_t done) { cli_progress_at(state, done); }

/* A line for every stage that is done once; `progress_state` is the command. */
static void stage_progress(void *state, const char *stage, size_t done, size_t total)
{
    cli *cli = state;
    if (cli->progress.label != stage) {
        cli_progress_end(cli);
        cli_progress_begin(cli, stage, "parts", total);
    }
    cli->progress.total = total;
    cli_progress_at(cli, done);
}

static bool read_array(cli *cli, const char *path, qry_array **array)
{
    *array = qry_npy_read(cli->ctx, path, (qry_span){0});
    return *array != NULL;
}

static qry_attend *load_attend(cli *cli, const qry_attend_options *options, const cli_attend_settings *s)
{
    qry_array *q;
    if (!read_array(cli, s->q, &q))
        return NULL;
    qry_attend *attend = qry_attend_load(cli->ctx, s->load, q, options);
    qry_array_free(cli->ctx, q);
    return attend;
}

static qry_attend *new_attend(cli *cli, const qry_attend_options *options, const cli_attend_settings *s)
{
    qry_array *q, *k, *v;
    if (!read_array(cli, s->q, &q) || !read_array(cli, s->k, &k) || !read_array(cli, s->v, &v))
        return NULL;
    cli_progress_begin(cli, "preparing", NULL, 0);
    cli_progress_watch(cli, NULL, NULL);
    qry_attend *attend = qry_attend_new(cli->ctx, q, k, v, options);
    cli_progress_end(cli);
    qry_array_free(cli->ctx, q);
    qry_array_free(cli->ctx, k);
    qry_array_free(cli->ctx, v);
    return attend;
}

/* And saved as soon as it is there. */
static bool make_attend(cli *cli, const qry_attend_options *options, cli_attention *a)
{
    const cli_attend_settings *s = a->settings;
    a->attend = s->load ? load_attend(cli, options, s) : new_attend(cli, options, s);
    if (!a->attend || (s->save && cli->ranks.number == 0 && !qry_attend_save(a->attend, s->save)))
        return false;
    a->facts = qry_attend_facts_of(a->attend);
    return true;
}

static bool compute(cli *cli, const size_t *rows, cli_attention *a)
{
    double start = qry_seconds();
    qry_memory_require(cli->ctx, 8.0 * (double)a->row_count * (double)a->facts->value_width, "the rows");
    a->row = qry_alloc(cli->ctx, a->row_count, sizeof *a->row);
    a->output = qry_alloc(cli->ctx, a->row_count, a->facts->value_width * sizeof *a->output);
    cli_progress_begin(cli, cli_attend_method(cli, a), "rows", a->row_count);
    bool done = qry_attend_run(a->attend, cli->arena, rows, a->row_count, a->row, a->output);
    cli_progress_end(cli);
    a->seconds = qry_seconds() - start;
    if (done && cli->ranks.number == 0)
        a->summary = qry_attend_summarise(cli->arena, a->row, a->row_count);
    return done;
}

/* Before hours are spent: whether the results can be written at all. */
static bool check_outputs(cli *cli, const cli_attend_settings *s)
{
    const char *const paths[] = {s->output, s->save, s->report};
    if (cli->ranks.number > 0) /* the first writes */
        return true;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        qry_output *output = paths[i] ? qry_output_open(cli->ctx, paths[i]) : NULL;
        if (paths[i] && !output)
            return false;
        qry_output_free(output);
    }
    return !s->qasm_dir || cli_attend_make_folder(cli, s->qasm_dir);
}

static bool write_all(cli *cli, cli_attention *a)
{
    size_t shape[] = {a->row_count, a->facts->value_width};
    if (cli->ranks.number > 0) /* the first has all rows */
        return true;
    if (a->settings->output && !qry_npy_write(cli->ctx, a->settings->output, 2, shape, a->output))
        return false;
    if (a->settings->qasm_dir && !cli_attend_write_files(cli, a))
        return false;
    if (a->settings->report && !cli_attend_write_report(cli, a))
        return false;
    qry_output *output = qry_output_open(cli->ctx, "-");
    if (cli->json)
        cli_attend_write_json(cli, a, output);
    else
        cli_attend_write_text(cli, a, output);
    return qry_output_commit(output);
}

static int run(cli *cli, void *state, const char *const *arguments)
{
    cli_attend_settings *s = state;
    static const uint64_t usual_seed = 1;
    cli_attention a = {.settings = s, .seed = s->seed.given ? s->seed.value : usual_seed};
    qry_attend_options options = {
        .rest = (qry_attend_rest)s->rest,
        .causal = s->causal,
        .scale = s->scale.value,
        .groups = s->clusters.value,
        .failure = s->failure.value,
        .run = {.engine = (qry_engine)s->engine, .sim = {.mode = (qry_sim_mode)s->mode}, .seed = a.seed},
        .threads = (int)s->threads.value,
        .check = s->check,
        .keep_found = (s->qasm_dir || s->report) && s->epsilon,
        .progress = progress,
        .stage_progress = stage_progress,
        .progress_state = cli,
        .ranks = cli->ranks.count > 1 ? &cli->ranks : NULL};
    qry_rule rule;
    size_t *rows;
    (void)arguments;
    int status = cli_attend_check(cli, s, &options, &rule);
    if (status == CLI_DONE && s->report)
        status = cli_attend_check_report(cli);
    if (status != CLI_DONE)
        return status;
    if (!check_outputs(cli, s) || !make_attend(cli, &options, &a))
        return CLI_FAILED;
    status = read_rows(cli, s->rows, a.facts->queries, &rows, &a.row_count);
    if (status == CLI_DONE)
        status = cli_agree(cli, status);
    if (status != CLI_DONE)
        return status;
    return compute(cli, rows, &a) && write_all(cli, &a) ? CLI_DONE : CLI_FAILED;
}

const cli_command cli_attend_command = {
    .name = "attend",
    .line = "compute attention rows by quantum search or sampling, with certified bounds",
    .arguments = "-q Q.npy (-k K.npy -v V.npy | --load STATE.npz)",
    .text =
        "Computes rows of softmax(Q K^T scale) V. With the methods sparse and hybrid a circuit is compiled for every "
        "row whose oracle computes the scores of all keys in quantum memory and compares them with a threshold; a "
        "search with it finds the keys that score high. Their scores are computed exactly; the other keys enter by one "
        "constant (sparse), or by the moments of their groups, a constant or a low-rank kernel (hybrid). With nystrom "
        "circuits sample landmarks among queries and keys once, and estimate the sum that rows are divided by; then a "
        "row touches no key. halfspace and exact are classical.\n\n"
        "Every row comes with a bound: how far it can be from the exact row, given that the circuits found what they "
        "promise, which holds with the probability asked for. Nothing is assumed about the data.",
    .examples = examples,
    .options = {inputs, search_options, kernel_options, run_options},
    .settings = sizeof(cli_attend_settings),
    .run = run};
