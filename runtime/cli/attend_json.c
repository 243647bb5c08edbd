/* attend_json.c: what `quarry attend --json` prints. docs/schema/attend.schema.json describes it. */
#include "attend.h"

#include <stdlib.h>
#include <string.h>

static json_t *spread_value(cli *cli, const qry_spread *spread)
{
    json_t *object = json_object();
    cli_put(cli, object, "median", cli_json_real(spread->median));
    cli_put(cli, object, "p95", cli_json_real(spread->p95));
    cli_put(cli, object, "max", cli_json_real(spread->max));
    return object;
}

static json_t *estimate_value(cli *cli, const qry_attend_estimate *estimate)
{
    if (estimate->a_calls == 0 && !(estimate->epsilon > 0))
        return json_null();
    json_t *object = json_object();
    cli_put(cli, object, "epsilon", estimate->epsilon > 0 ? cli_json_real(estimate->epsilon) : json_null());
    cli_put(cli, object, "low", cli_json_real(estimate->low));
    cli_put(cli, object, "high", cli_json_real(estimate->high));
    cli_put(cli, object, "a_calls", cli_json_natural(estimate->a_calls));
    cli_put(cli, object, "classical_samples", cli_json_real(estimate->classical_samples));
    return object;
}

static json_t *estimates_value(cli *cli, const cli_attention *a, const qry_attend_row *row)
{
    if (!cli_attend_measures(a))
        return json_null();
    json_t *object = json_object();
    cli_put(cli, object, "normaliser", estimate_value(cli, &row->rest_normaliser));
    cli_put(cli, object, "energy", estimate_value(cli, &row->energy));
    return object;
}

/* What only rows have for which keys were looked for. */
static void put_found(cli *cli, const cli_attention *a, const qry_attend_row *row, json_t *object)
{
    bool kernel = a->settings->method == QRY_ATTEND_NYSTROM;
    bool searched = cli_attend_searches(a);
    cli_put(cli, object, "hits", kernel ? json_null() : cli_json_natural(row->hits));
    cli_put(cli, object, "rest", row->rest ? json_string(row->rest) : json_null());
    cli_put(cli, object, "tau", kernel ? json_null() : cli_json_real(row->tau));
    cli_put(cli, object, "missed", searched ? json_boolean(row->missed) : json_null());
    if (a->settings->target.given)
        cli_put(cli, object, "thresholds", cli_json_natural(row->thresholds));
}

static json_t *row_value(cli *cli, const cli_attention *a, const qry_attend_row *row)
{
    json_t *object = json_object();
    cli_put(cli, object, "row", cli_json_natural(row->row));
    cli_put(cli, object, "method", json_string(cli_attend_method(cli, a)));
    put_found(cli, a, row, object);
    cli_put(cli, object, "normaliser", cli_json_real(row->normaliser));
    cli_put(cli, object, "shift", cli_json_real(row->shift));
    cli_put(cli, object, "residual", cli_json_real(row->residual));
    cli_put(cli, object, "fallback", row->fallback ? json_string(row->fallback) : json_null());
    cli_put(cli, object, "bound", cli_json_real(row->bound));
    if (row->bound_reason)
        cli_put(cli, object, "bound_reason", json_string(row->bound_reason));
    cli_put(cli, object, "estimates", estimates_value(cli, a, row));
    if (a->settings->check) {
        cli_put(cli, object, "normaliser_exact", cli_json_real(row->normaliser_exact));
        cli_put(cli, object, "error", cli_json_real(row->error));
        cli_put(cli, object, "relative_error", cli_json_real(row->error / row->exact_length));
    }
    cli_put(cli, object, "ledger", cli_json_ledger(cli, &row->ledger));
    return object;
}

static json_t *rows_value(cli *cli, const cli_attention *a)
{
    json_t *list = json_array();
    for (size_t i = 0; i < a->row_count; i++)
        cli_append(cli, list, row_value(cli, a, &a->row[i]));
    return list;
}

static json_t *calls_value(cli *cli, const qry_spread *calls, const qry_spread *samples)
{
    json_t *object = json_object();
    cli_put(cli, object, "rows", cli_json_natural(calls->count));
    cli_put(cli, object, "a_calls", spread_value(cli, calls));
    cli_put(cli, object, "classical_samples", spread_value(cli, samples));
    return object;
}

static json_t *measured_value(cli *cli, const qry_attend_summary *s)
{
    json_t *object = json_object();
    cli_put(cli, object, "normaliser", calls_value(cli, &s->normaliser_calls, &s->normaliser_samples));
    cli_put(cli, object, "energy", calls_value(cli, &s->energy_calls, &s->energy_samples));
    return object;
}

static json_t *summary_value(cli *cli, const cli_attention *a)
{
    const qry_attend_summary *s = &a->summary;
    json_t *object = json_object();
    bool kernel = a->settings->method == QRY_ATTEND_NYSTROM;
    cli_put(cli, object, "hits", kernel ? json_null() : spread_value(cli, &s->hits));
    cli_put(cli, object, "oracle_calls", spread_value(cli, &s->oracle_calls));
    cli_put(cli, object, "score_evaluations", spread_value(cli, &s->scores));
    cli_put(cli, object, "residual", s->residual.count > 0 ? spread_value(cli, &s->residual) : json_null());
    cli_put(cli, object, "bound", spread_value(cli, &s->bound));
    cli_put(cli, object, "rows_without_bound", cli_json_natural(s->without_bound));
    cli_put(cli, object, "rows_fallen_back", cli_json_natural(s->fallbacks));
    if (cli_attend_measures(a))
        cli_put(cli, object, "estimates", measured_value(cli, s));
    if (a->settings->check) {
        cli_put(cli, object, "error", spread_value(cli, &s->error));
        cli_put(cli, object, "relative_error", spread_value(cli, &s->relative_error));
        cli_put(cli, object, "rows_over_bound", cli_json_natural(s->over_bound));
    }
    return object;
}

/* The ledger is null where nothing was run: what took operations was classical. */
static json_t *stage_value(cli *cli, const qry_attend_stage *stage)
{
    json_t *object = json_object();
    cli_put(cli, object, "name", json_string(stage->name));
    cli_put(cli, object, "note", stage->note ? cli_json_text(cli, stage->note) : json_null());
    cli_put(cli, object, "operations", cli_json_natural(stage->operations));
    cli_put(cli, object, "seconds", cli_json_real(stage->seconds));
    cli_put(cli, object, "ledger", stage->ledger.shots > 0 ? cli_json_ledger(cli, &stage->ledger) : json_null());
    return object;
}

static json_t *stages_value(cli *cli, const qry_attend_facts *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->stage_count; i++)
        cli_append(cli, list, stage_value(cli, &f->stage[i]));
    return list;
}

static json_t *ledger_value(cli *cli, const cli_attention *a)
{
    json_t *object = json_object(), *once = json_object();
    cli_put(cli, once, "qram_writes", cli_json_natural(a->facts->qram_writes));
    cli_put(cli, once, "operations", cli_json_natural(a->facts->operations));
    cli_put(cli, once, "seconds", cli_json_real(a->facts->seconds));
    cli_put(cli, once, "stages", stages_value(cli, a->facts));
    cli_put(cli, object, "preprocess", once);
    cli_put(cli, object, "rows", cli_json_ledger(cli, &a->summary.ledger));
    cli_put(cli, object, "classical_score_evaluations",
            cli_json_natural(a->summary.ledger.classical_score_evaluations));
    return object;
}

static json_t *rule_value(cli *cli, const qry_rule *rule)
{
    static const char *const names[] = {"tau", "drop", "top", "target"};
    json_t *object = json_object();
    cli_put(cli, object, "rule", json_string(names[rule->kind]));
    cli_put(cli, object, "value", cli_json_real(rule->value));
    return object;
}

static json_t *bits_value(cli *cli, const qry_widths *bits)
{
    json_t *object = json_object();
    cli_put(cli, object, "q", json_integer(bits->query));
    cli_put(cli, object, "k", json_integer(bits->key));
    return object;
}

static json_t *epsilon_value(const cli_attention *a)
{
    const char *epsilon = a->settings->epsilon;
    if (!epsilon)
        return json_null();
    return strcmp(epsilon, "auto") == 0 ? json_string(epsilon) : cli_json_real(strtod(epsilon, NULL));
}

static json_t *kernel_value(cli *cli, const qry_attend_facts *f)
{
    const qry_nystrom_facts *n = &f->nystrom;
    if (n->landmarks == 0)
        return json_null();
    json_t *object = json_object();
    cli_put(cli, object, "landmarks", cli_json_natural(n->landmarks));
    cli_put(cli, object, "lambda", cli_json_real(n->lambda));
    cli_put(cli, object, "kernel", json_string(n->raw ? "raw" : "balanced"));
    cli_put(cli, object, "residual_trace", cli_json_real(n->residual_trace));
    cli_put(cli, object, "key_trace", cli_json_real(n->key_trace));
    cli_put(cli, object, "value_samples", cli_json_natural(n->value_samples));
    cli_put(cli, object, "mean_epsilon", n->mean_epsilon > 0 ? cli_json_real(n->mean_epsilon) : json_null());
    cli_put(cli, object, "loaded", json_boolean(f->loaded));
    return object;
}

/* What a method has none of is null. */
static void put_method(cli *cli, const cli_attention *a, json_t *object)
{
    const qry_attend_facts *f = a->facts;
    int method = a->settings->method;
    bool searched = cli_attend_searches(a), circuits = searched || method == QRY_ATTEND_NYSTROM;
    bool ruled = cli_attend_finds(a), gates = f->engine == QRY_ENGINE_SPARSE;
    cli_put(cli, object, "engine", !circuits ? json_null() : json_string(gates ? "gates" : "oracle"));
    cli_put(cli, object, "engine_mode", circuits ? json_string(f->mode) : json_null());
    cli_put(cli, object, "threshold", ruled ? rule_value(cli, &f->rule) : json_null());
    cli_put(cli, object, "failure", circuits ? cli_json_real(f->failure) : json_null());
    cli_put(cli, object, "epsilon", epsilon_value(a));
    cli_put(cli, object, "clusters", ruled ? cli_json_natural(f->groups) : json_null());
    cli_put(cli, object, "bits", searched ? bits_value(cli, &f->bits) : json_null());
    cli_put(cli, object, "nystrom", kernel_value(cli, f));
}

json_t *cli_attend_json(cli *cli, const cli_attention *a)
{
    json_t *object = cli_json_new(cli);
    cli_put(cli, object, "quarry", json_string(QRY_VERSION));
    cli_put(cli, object, "method", json_string(cli_attend_method(cli, a)));
    put_method(cli, a, object);
    cli_put(cli, object, "n", cli_json_natural(a->facts->keys));
    cli_put(cli, object, "d", cli_json_natural(a->facts->width));
    cli_put(cli, object, "dv", cli_json_natural(a->facts->value_width));
    cli_put(cli, object, "scale", cli_json_real(a->facts->scale));
    cli_put(cli, object, "causal", json_boolean(a->facts->causal));
    cli_put(cli, object, "seed", cli_json_natural(a->seed));
    cli_put(cli, object, "rows", rows_value(cli, a));
    cli_put(cli, object, "summary", summary_value(cli, a));
    cli_put(cli, object, "ledger", ledger_value(cli, a));
    cli_put(cli, object, "seconds", cli_json_real(a->seconds));
    return object;
}

void cli_attend_write_json(cli *cli, const cli_attention *a, qry_output *output)
{
    cli_write_json(cli, cli_attend_json(cli, a), output);
}
