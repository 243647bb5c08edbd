/* params.c: `quarry params`: what the theorems of quantum attention are about, measured on a head. */
#include "runtime/params/params.h"
#include "cli.h"

#include <math.h>
#include <string.h>

typedef struct params_settings {
    const char *q, *k, *v;
    cli_real scale;
    cli_natural threads;
} params_settings;

static const cli_option options[] = {{.name = "queries",
                                      .letter = 'q',
                                      .kind = CLI_TEXT,
                                      .at = offsetof(params_settings, q),
                                      .value = "FILE",
                                      .help = "Q, rows x d numbers (.npy)"},
                                     {.name = "keys",
                                      .letter = 'k',
                                      .kind = CLI_TEXT,
                                      .at = offsetof(params_settings, k),
                                      .value = "FILE",
                                      .help = "K, n x d numbers"},
                                     {.name = "values",
                                      .letter = 'v',
                                      .kind = CLI_TEXT,
                                      .at = offsetof(params_settings, v),
                                      .value = "FILE",
                                      .help = "V, n x d_v numbers"},
                                     {.name = "scale",
                                      .kind = CLI_REAL,
                                      .at = offsetof(params_settings, scale),
                                      .value = "X",
                                      .help = "of the scores; without it 1/sqrt(d)"},
                                     {.name = "threads",
                                      .kind = CLI_NATURAL,
                                      .at = offsetof(params_settings, threads),
                                      .value = "T",
                                      .least = 1,
                                      .most = 1024,
                                      .help = "inside the linear algebra; without it 1. The last digits may depend "
                                              "on it"},
                                     {0}};

static const cli_example examples[] = {
    {"quarry params -q q.npy -k k.npy -v v.npy", "the numbers of a head, each with a line that says what it is"},
    {"quarry params -q q.npy -k k.npy -v v.npy --scale 1", "of e^(q.k)"},
    {"quarry params -q q.npy -k k.npy -v v.npy --json", "for programs"},
    {NULL, NULL}};

/* ---- JSON ---- */

/* What is missing is null, and `reasons` says why. */
static void put(cli *cli, json_t *object, json_t *reasons, const char *name, qry_quantity quantity)
{
    cli_put(cli, object, name, quantity.missing ? json_null() : cli_json_real(quantity.value));
    if (quantity.missing)
        cli_put(cli, reasons, name, json_string(quantity.missing));
}

static json_t *spread_value(cli *cli, const qry_spread *spread)
{
    json_t *object = json_object();
    cli_put(cli, object, "median", cli_json_real(spread->median));
    cli_put(cli, object, "p95", cli_json_real(spread->p95));
    cli_put(cli, object, "max", cli_json_real(spread->max));
    return object;
}

/* The reasons of a list are those of its first item that is missing. */
static json_t *ridges_value(cli *cli, const qry_params *p, json_t *reasons)
{
    json_t *list = json_array(), *why = json_object();
    for (size_t i = 0; i < QRY_RIDGES; i++) {
        json_t *object = json_object();
        cli_put(cli, object, "lambda", cli_json_real(p->ridge[i].lambda));
        put(cli, object, why, "raw", p->ridge[i].raw);
        put(cli, object, why, "balanced", p->ridge[i].balanced);
        cli_append(cli, list, object);
    }
    if (json_object_size(why) > 0)
        cli_put(cli, reasons, "s_lambda", why);
    else
        json_decref(why);
    return list;
}

static json_t *needed_value(cli *cli, const qry_params *p, json_t *reasons)
{
    json_t *object = json_object(), *why = json_object();
    cli_put(cli, object, "log_lambda_raw", cli_json_real(p->needed_log_lambda_raw));
    put(cli, object, why, "raw", p->needed_raw);
    cli_put(cli, object, "log_lambda_balanced", cli_json_real(p->needed_log_lambda_balanced));
    put(cli, object, why, "balanced", p->needed_balanced);
    if (json_object_size(why) > 0)
        cli_put(cli, reasons, "s_lambda_needed", why);
    else
        json_decref(why);
    return object;
}

static json_t *drops_value(cli *cli, const qry_params *p, json_t *reasons)
{
    json_t *list = json_array();
    for (size_t i = 0; i < QRY_DROPS; i++) {
        json_t *object = json_object();
        cli_put(cli, object, "drop", cli_json_real(p->drop[i].drop));
        cli_put(cli, object, "k", cli_json_real(p->drop[i].k));
        cli_put(cli, object, "error", p->drop[i].error.missing ? json_null() : cli_json_real(p->drop[i].error.value));
        cli_append(cli, list, object);
    }
    if (p->drop[0].error.missing)
        cli_put(cli, reasons, "tau_k", json_string(p->drop[0].error.missing));
    return list;
}

static void write_json(cli *cli, const qry_params *p, qry_output *output)
{
    json_t *object = cli_json_new(cli), *reasons = json_object();
    cli_put(cli, object, "quarry", json_string(QRY_VERSION));
    cli_put(cli, object, "rows", cli_json_natural(p->queries));
    cli_put(cli, object, "n", cli_json_natural(p->keys));
    cli_put(cli, object, "d", cli_json_natural(p->width));
    cli_put(cli, object, "dv", cli_json_natural(p->value_width));
    cli_put(cli, object, "scale", cli_json_real(p->scale));
    put(cli, object, reasons, "eps_max", p->eps_max);
    put(cli, object, reasons, "log_eps_max", p->log_eps_max);
    put(cli, object, reasons, "eps_max_shifted", p->eps_max_shifted);
    put(cli, object, reasons, "a_fro_over_spec", p->a_fro_over_spec);
    put(cli, object, reasons, "a_inf_over_spec", p->a_inf_over_spec);
    cli_put(cli, object, "row_concentration", spread_value(cli, &p->row_concentration));
    cli_put(cli, object, "v_rank", cli_json_natural(p->values.rank));
    put(cli, object, reasons, "v_fro_over_spec", p->values.fro_over_spec);
    put(cli, object, reasons, "d_over_srank_v", p->values.d_over_srank);
    put(cli, object, reasons, "log_kappa_v", p->values.log_kappa);
    put(cli, object, reasons, "distortion", p->values.distortion);
    cli_put(cli, object, "s_lambda", ridges_value(cli, p, reasons));
    cli_put(cli, object, "s_lambda_needed", needed_value(cli, p, reasons));
    cli_put(cli, object, "tau_k", drops_value(cli, p, reasons));
    cli_put(cli, object, "reasons", reasons);
    cli_write_json(cli, object, output);
}

/* ---- text ---- */

static const char *quantity_text(cli *cli, qry_quantity quantity)
{
    return quantity.missing ? qry_arena_printf(cli->arena, "unknown: %s", quantity.missing)
                            : cli_real_text(cli->arena, quantity.value);
}

static void write_line(cli *cli, qry_output *output, const char *name, qry_quantity quantity, const char *text)
{
    enum { COLUMN = 16 };
    qry_output_printf(output, "  %-*s%-10s  ", COLUMN, name,
                      quantity.missing ? "unknown" : quantity_text(cli, quantity));
    cli_write_wrapped(output, quantity.missing ? qry_arena_printf(cli->arena, "%s (%s)", text, quantity.missing) : text,
                      COLUMN + 14, COLUMN + 14, cli_width(100));
    qry_output_printf(output, "\n");
}

static void write_weights(cli *cli, const qry_params *p, qry_output *output)
{
    const qry_spread *c = &p->row_concentration;
    qry_output_printf(output, "A = e^(scale Q K^T), |A| its largest singular value, D_i the sum of row i\n");
    write_line(cli, output, "min D / |A|", p->eps_max, "QAttention's error parameter must be below; of A as it is");
    write_line(cli, output, "  its logarithm", p->log_eps_max, "natural");
    write_line(cli, output, "  rows shifted", p->eps_max_shifted,
               "the same with every row's maximum at score 0, which attention does not notice");
    write_line(cli, output, "|A|_F / |A|", p->a_fro_over_spec,
               "1 for a matrix of rank one; the root of the stable rank");
    write_line(cli, output, "|A|_inf / |A|", p->a_inf_over_spec, "the largest row sum");
    write_line(cli, output, "|A_i| / D_i", qry_quantity_of(c->median),
               qry_arena_printf(cli->arena,
                                "median over the rows, 95%% at most %s, all at most %s: 1/sqrt(n) for uniform "
                                "attention, 1 for a single key",
                                cli_real_text(cli->arena, c->p95), cli_real_text(cli->arena, c->max)));
}

static void write_values(cli *cli, const qry_params *p, qry_output *output)
{
    qry_output_printf(output, "\nV as it is, of rank %zu\n", p->values.rank);
    write_line(cli, output, "|V|_F / |V|", p->values.fro_over_spec, "the root of the stable rank");
    write_line(cli, output, "d / srank(V)", p->values.d_over_srank, "how uneven the directions of V are; 1 is even");
    write_line(cli, output, "ln kappa(V)", p->values.log_kappa, "largest over least singular value");
    write_line(cli, output, "distortion", p->values.distortion,
               "max_j d |v_j|^2 / (|V|_F^2 leverage_j): leverage sampling of V takes so many times more rows");
}

static void write_ridges(cli *cli, const qry_params *p, qry_output *output)
{
    static const cli_column columns[] = {{.head = "lambda"}, {.head = "raw"}, {.head = "balanced"}};
    cli_table *table = cli_table_new(cli->arena, columns, sizeof columns / sizeof *columns);
    qry_output_printf(output,
                      "\ns_lambda = tr K (K + lambda)^-1 of the kernel on all %zu queries and keys, lambda in units of "
                      "its\nlargest diagonal entry: landmarks that a low-rank kernel needs at that precision\n",
                      p->queries + p->keys);
    for (size_t i = 0; i < QRY_RIDGES; i++) {
        cli_table_cell(table, cli_real_text(cli->arena, p->ridge[i].lambda));
        cli_table_cell(table, quantity_text(cli, p->ridge[i].raw));
        cli_table_cell(table, quantity_text(cli, p->ridge[i].balanced));
    }
    cli_table_write(table, output, 0);
    const char *needed = qry_arena_printf(
        cli->arena,
        "At 0.1 min D / sqrt(n), which QAttention's theorem needs: raw %s (ln lambda %s), balanced %s (ln lambda %s)",
        quantity_text(cli, p->needed_raw), cli_real_text(cli->arena, p->needed_log_lambda_raw),
        quantity_text(cli, p->needed_balanced), cli_real_text(cli->arena, p->needed_log_lambda_balanced));
    cli_write_wrapped(output, needed, 0, 0, cli_width(100));
    qry_output_printf(output, "\n");
}

static void write_drops(cli *cli, const qry_params *p, qry_output *output)
{
    static const cli_column columns[] = {{.head = "drop"}, {.head = "keys a row"}, {.head = "error of the row"}};
    cli_table *table = cli_table_new(cli->arena, columns, sizeof columns / sizeof *columns);
    qry_output_printf(output,
                      "\nKeys within a drop of their row's highest score exact, one constant for the others, the "
                      "normaliser\nknown: mean over the rows\n");
    for (size_t i = 0; i < QRY_DROPS; i++) {
        cli_table_cell(table, cli_real_text(cli->arena, p->drop[i].drop));
        cli_table_cell(table, cli_real_text(cli->arena, p->drop[i].k));
        cli_table_cell(table, quantity_text(cli, p->drop[i].error));
    }
    cli_table_write(table, output, 0);
}

static void write_text(cli *cli, const qry_params *p, qry_output *output)
{
    qry_output_printf(output, "%zu queries and %zu keys of dimension %zu, values of dimension %zu; scores times %s\n\n",
                      p->queries, p->keys, p->width, p->value_width, cli_real_text(cli->arena, p->scale));
    write_weights(cli, p, output);
    write_values(cli, p, output);
    write_ridges(cli, p, output);
    write_drops(cli, p, output);
}

/* ---- the command ---- */

static bool measure(cli *cli, const params_settings *s, qry_params *params)
{
    const char *paths[] = {s->q, s->k, s->v};
    qry_params_watch watch = {cli_progress_step, cli};
    qry_array *arrays[3];
    for (int i = 0; i < 3; i++)
        if (!(arrays[i] = qry_npy_read(cli->ctx, paths[i], (qry_span){0})))
            return false;
    bool done =
        qry_params_measure(cli->ctx, cli->arena, arrays[0], arrays[1], arrays[2], s->scale.value, &watch, params);
    cli_progress_end(cli);
    return done;
}

static int run(cli *cli, void *state, const char *const *arguments)
{
    const params_settings *s = state;
    qry_params params;
    (void)arguments;
    if (!s->q || !s->k || !s->v)
        return cli_misuse(cli, "quarry params -q q.npy -k k.npy -v v.npy", "-q, -k and -v are needed: Q, K and V");
    if (s->scale.given && s->scale.value == 0)
        return cli_misuse(cli, NULL, "--scale 0 would make all scores equal");
    if (s->threads.given)
        qry_linalg_threads((int)s->threads.value);
    if (!measure(cli, s, &params))
        return CLI_FAILED;
    qry_output *output = qry_output_open(cli->ctx, "-");
    if (cli->json)
        write_json(cli, &params, output);
    else
        write_text(cli, &params, output);
    return qry_output_commit(output) ? CLI_DONE : CLI_FAILED;
}

const cli_command cli_params_command = {
    .name = "params",
    .line = "measure what the theorems of quantum attention are about",
    .arguments = "-q Q.npy -k K.npy -v V.npy",
    .text =
        "Measures the numbers in which the theorems on quantum attention are stated, on the weights "
        "A = e^(scale Q K^T) and the values V of a head: how even A and V are, how many landmarks a low-rank kernel "
        "of it needs, how many keys score near their row's highest. All are computed exactly, up to rounding; what "
        "double precision cannot tell is said to be unknown, with the reason.\n\n"
        "The time is that of dense linear algebra on all queries and keys: seconds for 512, minutes for 4,096; above "
        "8,192 queries and keys together the effective dimension is left out, where both are "
        "more than 8,192 the spectral norms.",
    .examples = examples,
    .options = {options},
    .settings = sizeof(params_settings),
    .run = run};
