/* run_json.c: what `quarry run --json` writes of a program's statements. */
#include "run.h"

static const char *engine_name(const cli_run_settings *settings)
{
    return settings->engine == CLI_ENGINE_ORACLE ? "oracle" : settings->engine == CLI_ENGINE_DENSE ? "dense" : "sparse";
}

json_t *cli_start_runs(cli *cli, const cli_run_settings *settings, const char *path, json_t **statements)
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

bool cli_finish_runs(cli *cli, const json_t *runs)
{
    qry_output *output = qry_output_open(cli->ctx, "-");
    cli_write_json(cli, runs, output);
    return qry_output_commit(output);
}

/* ---- results ---- */

static json_t *rows_value(cli *cli, const qry_found *found)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < found->count; i++)
        cli_append(cli, rows, cli_json_natural(found->row[i]));
    return rows;
}

/* The best value: as a double where that has it exactly, else its digits. */
static json_t *key_value(const qry_result *result)
{
    enum { DIGITS = 24 };
    const int64_t exact = INT64_C(1) << 53;
    char digits[DIGITS];
    if (result->fraction != 0 || (result->key >= -exact && result->key <= exact))
        return json_real(result->value);
    snprintf(digits, sizeof digits, "%lld", (long long)result->key);
    return json_string(digits);
}

static json_t *result_value(cli *cli, const cli_run *run)
{
    const qry_result *result = &run->result;
    const qry_estimate *e = &result->estimate;
    if (qry_is_estimate(run->search->kind))
        return json_pack("{s:f, s:f, s:f}", "value", e->value, "low", e->low, "high", e->high);
    switch (run->search->kind) {
    case QRY_SEARCH_ONE:
        return result->rows.count ? cli_json_natural(result->rows.row[0]) : json_null();
    case QRY_SEARCH_MAX:
    case QRY_SEARCH_MIN:
        return result->rows.count
                   ? json_pack("{s:o, s:o}", "index", cli_json_natural(result->rows.row[0]), "value", key_value(result))
                   : json_null();
    default:
        return rows_value(cli, &result->rows);
    }
}

static void put_methods(cli *cli, json_t *object, const qry_search *search)
{
    const char *method = qry_method_word(search->method), *encoding = qry_encoding_word(search->encoding);
    if (method)
        cli_put(cli, object, "method", json_string(method));
    if (encoding)
        cli_put(cli, object, "encoding", json_string(encoding));
}

void cli_append_run(cli *cli, json_t *statements, const cli_run *run)
{
    json_t *object = json_object();
    bool estimate = qry_is_estimate(run->search->kind);
    cli_append(cli, statements, object);
    cli_put(cli, object, "name", cli_json_text(cli, run->search->name));
    cli_put(cli, object, "kind", json_string(qry_kind_words(run->search->kind)));
    cli_put(cli, object, "result", result_value(cli, run));
    cli_put(cli, object, "complete", json_boolean(estimate ? run->result.estimate.reached : !run->result.stopped));
    cli_put(cli, object, "failure", cli_json_real(run->search->failure));
    put_methods(cli, object, run->search);
    if (estimate)
        cli_put(cli, object, "classical_samples", cli_json_real(run->result.estimate.classical_samples));
    cli_put(cli, object, "seed", cli_json_natural(run->seed));
    cli_put(cli, object, "engine_mode", cli_json_text(cli, run->mode));
    if (run->ledger->rows)
        cli_put(cli, object, "state",
                json_pack("{s:o, s:o}", "rows", cli_json_natural(run->ledger->rows), "axes",
                          cli_json_natural(run->ledger->axes)));
    cli_put(cli, object, "ledger", cli_json_ledger(cli, run->ledger));
}
