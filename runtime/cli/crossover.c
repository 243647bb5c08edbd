/* crossover.c: `quarry crossover`: at how many keys a row by quantum search takes less than a classical one. */
#include "crossover.h"

#include <math.h>
#include <stdlib.h>

#define METHODS "sparse|hybrid|nystrom"

static const cli_option inputs[] = {
    {.name = "queries",
     .letter = 'q',
     .kind = CLI_TEXT,
     .at = offsetof(cli_crossover_settings, q),
     .value = "FILE",
     .help = "Q, rows x d numbers (.npy)"},
    {.name = "keys",
     .letter = 'k',
     .kind = CLI_TEXT,
     .at = offsetof(cli_crossover_settings, k),
     .value = "FILE",
     .help = "K, n x d numbers"},
    {.name = "values",
     .letter = 'v',
     .kind = CLI_TEXT,
     .at = offsetof(cli_crossover_settings, v),
     .value = "FILE",
     .help = "V, n x d_v numbers"},
    {.name = "scale",
     .kind = CLI_REAL,
     .at = offsetof(cli_crossover_settings, scale),
     .value = "X",
     .help = "of the scores; without it 1/sqrt(d)"},
    {.name = "method",
     .kind = CLI_WORD,
     .at = offsetof(cli_crossover_settings, method),
     .value = "METHOD",
     .words = METHODS,
     .help = "how a row comes about, as in quarry attend: by a search (sparse, hybrid), or from a low-rank kernel"},
    {.name = "drop",
     .kind = CLI_REAL,
     .at = offsetof(cli_crossover_settings, drop),
     .value = "T",
     .help = "search for the keys that score at most T below the row's highest; sparse does, with T = 6"},
    {.name = "top",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_crossover_settings, top),
     .value = "K",
     .least = 1,
     .help = "search for about K keys of highest score; hybrid does, with K = 16"},
    {.name = "landmarks",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_crossover_settings, landmarks),
     .value = "S",
     .least = 1,
     .help = "landmarks of nystrom, whatever n; without it as many as QAttention's theorem needs, which is measured"},
    {.name = "sample",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_crossover_settings, sample),
     .value = "R",
     .least = 1,
     .help = "rows of each head to search, evenly spread; without it 16"},
    {.name = "seed",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_crossover_settings, seed),
     .value = "S",
     .help = "of the random numbers; without it 1"},
    {0}};

static const cli_option machine[] = {
    {.name = "gate-time",
     .kind = CLI_REAL,
     .at = offsetof(cli_crossover_settings, gate_time),
     .value = "SECONDS",
     .help = "of a layer of T gates, error correction included; without it 1e-8"},
    {.name = "classical-rate",
     .kind = CLI_REAL,
     .at = offsetof(cli_crossover_settings, classical_rate),
     .value = "RATE",
     .help = "multiply-adds a second of the classical computer; without it as OpenBLAS does here, on one core"},
    {.name = "rows-asked",
     .kind = CLI_NATURAL,
     .at = offsetof(cli_crossover_settings, rows_asked),
     .value = "R",
     .least = 1,
     .help = "rows over which loading the keys, and all else that is done once, is spread; without it the rows of Q"},
    {0}};

static const cli_example examples[] = {
    {"quarry crossover -q q.npy -k k.npy -v v.npy", "where a sparse row would pay, if k stays as it is"},
    {"quarry crossover -q q.npy -k k.npy -v v.npy --method hybrid --gate-time 1e-6",
     "of the hybrid, on a slower quantum computer"},
    {"quarry crossover -q q.npy -k k.npy -v v.npy --method nystrom --landmarks 8 --json",
     "of rows from a low-rank kernel, for programs"},
    {NULL, NULL}};

/* ---- what was asked for ---- */

/* Beyond, no computer is meant, and costs could leave the range of numbers. */
static const double least_time = 1e-18, most_time = 1e6, least_rate = 1e-3, most_rate = 1e30;

static int check(cli *cli, const cli_crossover_settings *s)
{
    bool low_rank = s->method == CLI_CROSS_NYSTROM;
    if (!s->q || !s->k || !s->v)
        return cli_misuse(cli, "quarry crossover -q q.npy -k k.npy -v v.npy", "-q, -k and -v are needed: Q, K and V");
    if (s->scale.given && s->scale.value == 0)
        return cli_misuse(cli, NULL, "--scale 0 would make all scores equal");
    if (s->drop.given && s->top.given)
        return cli_misuse(cli, NULL, "one of --drop and --top is enough");
    if (s->drop.given && s->drop.value < 0)
        return cli_misuse(cli, NULL, "--drop takes a number from 0, not %g", s->drop.value);
    if (low_rank && (s->drop.given || s->top.given || s->sample.given))
        return cli_misuse(cli, NULL,
                          "--method nystrom searches for nothing: --drop, --top and --sample go with others");
    if (!low_rank && s->landmarks.given)
        return cli_misuse(cli, NULL, "--landmarks goes with --method nystrom");
    if (s->gate_time.given && !(s->gate_time.value >= least_time && s->gate_time.value <= most_time))
        return cli_misuse(cli, NULL, "--gate-time takes seconds from %g to %g, not %g", least_time, most_time,
                          s->gate_time.value);
    if (s->classical_rate.given && !(s->classical_rate.value >= least_rate && s->classical_rate.value <= most_rate))
        return cli_misuse(cli, NULL, "--classical-rate takes a number from %g to %g, not %g", least_rate, most_rate,
                          s->classical_rate.value);
    return CLI_DONE;
}

static qry_rule rule_of(const cli_crossover_settings *s)
{
    return s->top.given ? (qry_rule){QRY_RULE_TOP, (double)s->top.value} : (qry_rule){QRY_RULE_DROP, s->drop.value};
}

/* ---- heads ---- */

/* The arrays of a head, until all of it is measured. */
struct arrays {
    qry_array *q, *k, *v;
};

/* Of the multipliers that low-rank rows are compared with: nothing was rounded for those. */
static const qry_widths usual_bits = {8, 8};

static bool read_arrays(cli *cli, const char *q, const char *k, const char *v, struct arrays *arrays)
{
    return (arrays->q = qry_npy_read(cli->ctx, q, (qry_span){0})) != NULL &&
           (arrays->k = qry_npy_read(cli->ctx, k, (qry_span){0})) != NULL &&
           (arrays->v = qry_npy_read(cli->ctx, v, (qry_span){0})) != NULL;
}

static void free_arrays(cli *cli, struct arrays *arrays)
{
    qry_array_free(cli->ctx, arrays->q);
    qry_array_free(cli->ctx, arrays->k);
    qry_array_free(cli->ctx, arrays->v);
}

/* One model is for heads of one width. */
static bool fits_others(cli *cli, const cli_crossover *c, const qry_head *head, const char *name)
{
    if (c->model.width == 0 || (head->width == c->model.width && head->value_width == c->model.value_width))
        return true;
    qry_error(cli->ctx,
              "%s has d = %zu and d_v = %zu, the head of -q, -k and -v has %zu and %zu; growth with n can only "
              "be told from heads of the same widths",
              name, head->width, head->value_width, c->model.width, c->model.value_width);
    return false;
}

/* No more landmarks are chosen than there are queries and keys. */
static bool landmarks_of(cli *cli, const cli_crossover *c, const qry_head *head, const char *name,
                         cli_crossover_length *length)
{
    const cli_natural *given = &c->settings->landmarks;
    if (given->given && given->value > head->rows + head->keys) {
        qry_error(cli->ctx, "--landmarks %llu: %s has %zu queries and keys to choose from",
                  (unsigned long long)given->value, name, head->rows + head->keys);
        return false;
    }
    length->head.keys = head->keys;
    length->landmarks = given->given ? qry_quantity_of((double)given->value) : qry_crossover_landmarks(head);
    length->head.found = length->landmarks.value;
    return true;
}

/* Of the longest head so far, what the model takes. */
static void take_longest(cli_crossover *c, const qry_head *head, const qry_crossover_facts *facts)
{
    c->model.points = (double)(head->rows + head->keys) / (double)head->keys;
    c->model.width = head->width;
    c->model.value_width = head->value_width;
    c->model.bits = facts->bits;
    c->model.once = facts->once;
    c->model.each = facts->each;
    c->model.rows_asked = (double)head->rows;
    c->rule = facts->rule;
}

/* What its rows take, and of the longest head so far what is the model's. */
static bool search_length(cli *cli, cli_crossover *c, const struct arrays *a, const qry_head *head, size_t longest,
                          cli_crossover_length *length)
{
    const cli_crossover_settings *s = c->settings;
    const qry_rule rule = rule_of(s);
    const qry_array *const arrays[3] = {a->q, a->k, a->v};
    const qry_params_watch watch = {cli_progress_step, cli};
    qry_crossover_search search = {.method = s->method == CLI_CROSS_SPARSE ? QRY_ATTEND_SPARSE : QRY_ATTEND_HYBRID,
                                   .rule = s->drop.given || s->top.given ? &rule : NULL,
                                   .scale = s->scale.value,
                                   .sample = s->sample.given ? s->sample.value : 16,
                                   .seed = s->seed.given ? s->seed.value : 1,
                                   .schedule = &c->model.schedule};
    qry_crossover_facts facts;
    if (!qry_crossover_head_measure(cli->ctx, arrays, &search, &length->head, &facts))
        return false;
    if (head->keys < longest)
        return true;
    take_longest(c, head, &facts);
    c->model.oracle = qry_oracle_lines_measure(head, facts.bits, &watch);
    return qry_crossover_factor_measure(head, arrays, &search, &length->head, &facts, &c->model.over);
}

static bool measure_length(cli *cli, cli_crossover *c, const struct arrays *a, const char *name, size_t longest,
                           cli_crossover_length *length)
{
    const qry_crossover_facts plain = {.bits = usual_bits};
    qry_head *head = qry_head_new(cli->ctx, a->q, a->k, a->v, c->settings->scale.value, true);
    if (!head)
        return false;
    bool done = fits_others(cli, c, head, name);
    if (done && c->settings->method != CLI_CROSS_NYSTROM)
        done = search_length(cli, c, a, head, longest, length);
    else if (done && (done = landmarks_of(cli, c, head, name, length)) && head->keys >= longest)
        take_longest(c, head, &plain);
    qry_head_free(head);
    return done;
}

static int by_keys(const void *a, const void *b)
{
    size_t x = ((const cli_crossover_length *)a)->head.keys, y = ((const cli_crossover_length *)b)->head.keys;
    return (x > y) - (x < y);
}

/* The head of -q, -k and -v, then those of the folders. */
static bool measure_all(cli *cli, cli_crossover *c, const char *const *folders)
{
    const cli_crossover_settings *s = c->settings;
    size_t longest = 0, folder_count = 0;
    while (folders[folder_count])
        folder_count++;
    c->length = qry_arena_alloc(cli->arena, folder_count + 1, sizeof *c->length);
    for (size_t i = 0; i <= folder_count; i++) {
        struct arrays arrays = {0};
        cli_crossover_length *length = &c->length[i];
        const char *f = i > 0 ? folders[i - 1] : NULL;
        cli_progress_step(cli, "heads", i, folder_count + 1);
        if (!(f ? read_arrays(cli, qry_arena_printf(cli->arena, "%s/q.npy", f),
                              qry_arena_printf(cli->arena, "%s/k.npy", f), qry_arena_printf(cli->arena, "%s/v.npy", f),
                              &arrays)
                : read_arrays(cli, s->q, s->k, s->v, &arrays)) ||
            !measure_length(cli, c, &arrays, f ? f : s->k, longest, length))
            return false;
        free_arrays(cli, &arrays);
        length->head.name = f ? f : s->k;
        longest = length->head.keys > longest ? length->head.keys : longest;
    }
    c->count = folder_count + 1;
    qsort(c->length, c->count, sizeof *c->length, by_keys);
    return true;
}

/* ---- the model ---- */

static void fit(cli *cli, cli_crossover *c)
{
    const cli_crossover_settings *s = c->settings;
    const qry_crossover_head *last = &c->length[c->count - 1].head;
    double *n = qry_arena_alloc(cli->arena, c->count, sizeof *n), *y = qry_arena_alloc(cli->arena, c->count, sizeof *y);
    for (size_t i = 0; i < c->count; i++) {
        n[i] = (double)c->length[i].head.keys;
        y[i] = s->method == CLI_CROSS_NYSTROM ? c->length[i].landmarks.value : fmax(1, c->length[i].head.found);
        if (c->length[i].landmarks.missing)
            c->unknown = c->length[i].landmarks.missing;
    }
    c->model.low_rank = s->method == CLI_CROSS_NYSTROM;
    c->model.growth = qry_growth_of(n, y, c->count);
    c->assumed_growth = c->model.low_rank && !s->landmarks.given && c->model.growth.lengths == 1;
    if (c->assumed_growth) {
        c->model.growth.exponent = 1;
        c->model.growth.log_factor -= log((double)last->keys);
    }
    c->model.here = *last;
    c->model.verified = last->verified / fmax(1, last->found);
    for (int i = 0; i < QRY_CROSS_KINDS && !c->unknown; i++)
        c->crossing[i] = qry_crossover_find(&c->model, (qry_measure_kind)i);
}

static bool measure(cli *cli, cli_crossover *c, const char *const *folders)
{
    static const double usual_gate_time = 1e-8, usual_failure = 1e-3;
    const cli_crossover_settings *s = c->settings;
    if (s->method != CLI_CROSS_NYSTROM)
        c->model.schedule = qry_schedule_measure(cli->ctx, usual_failure, s->seed.given ? s->seed.value : 1);
    bool done = measure_all(cli, c, folders);
    cli_progress_end(cli);
    if (!done)
        return false;
    c->model.gate_time = s->gate_time.given ? s->gate_time.value : usual_gate_time;
    c->rate_given = s->classical_rate.given;
    c->model.classical_rate = c->rate_given ? s->classical_rate.value : qry_classical_rate(cli->ctx, c->model.width);
    if (s->rows_asked.given)
        c->model.rows_asked = (double)s->rows_asked.value;
    fit(cli, c);
    return true;
}

static int run(cli *cli, void *state, const char *const *arguments)
{
    cli_crossover c = {.settings = state};
    int status = check(cli, c.settings);
    if (status != CLI_DONE)
        return status;
    if (!measure(cli, &c, arguments))
        return CLI_FAILED;
    qry_output *output = qry_output_open(cli->ctx, "-");
    if (cli->json)
        cli_crossover_write_json(cli, &c, output);
    else
        cli_crossover_write_text(cli, &c, output);
    return qry_output_commit(output) ? CLI_DONE : CLI_FAILED;
}

const cli_command cli_crossover_command = {
    .name = "crossover",
    .line = "tell at how many keys a row by quantum search would pay, if ever",
    .arguments = "-q Q.npy -k K.npy -v V.npy [FOLDER...]",
    .most = 64,
    .text =
        "Compares what a row of attention takes by quantum search with what it takes classically, as a function of "
        "the number of keys n: in scores computed, in depth, in gates and in time. The quantum side is measured: "
        "searches of this head's rows, and circuits that are compiled and counted at several n. Every assumption is "
        "printed with the result, and where no n is enough it says never.\n\n"
        "How many keys k a row has to find at another n is the question that decides most. FOLDERs with q.npy, k.npy "
        "and v.npy of other lengths measure it, and a power of n is fitted; without them k stays as it is.",
    .examples = examples,
    .options = {inputs, machine},
    .settings = sizeof(cli_crossover_settings),
    .run = run};
