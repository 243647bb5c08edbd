/* crossover_json.c: what `quarry crossover --json` prints. docs/schema/crossover.schema.json describes it. */
#include "crossover.h"

#include <math.h>

const char *const cli_crossover_names[QRY_CROSS_KINDS] = {"queries", "depth", "parallel_depth",
                                                          "gates",   "time",  "time_in_all"};

static json_t *lengths_value(cli *cli, const cli_crossover *c)
{
    json_t *list = json_array();
    for (size_t i = 0; i < c->count; i++) {
        const cli_crossover_length *length = &c->length[i];
        json_t *object = json_object();
        cli_put(cli, object, "head", cli_json_text(cli, length->head.name));
        cli_put(cli, object, "n", cli_json_natural(length->head.keys));
        if (c->model.low_rank) {
            cli_put(cli, object, "landmarks", cli_json_real(length->landmarks.value));
        } else {
            cli_put(cli, object, "rows", cli_json_natural(length->head.rows));
            cli_put(cli, object, "k", cli_json_real(length->head.found));
            cli_put(cli, object, "oracle_calls", cli_json_real(length->head.calls));
            cli_put(cli, object, "over_schedule", cli_json_real(length->head.ratio));
            cli_put(cli, object, "classical_scores", cli_json_real(length->head.verified));
        }
        cli_append(cli, list, object);
    }
    return list;
}

static json_t *growth_value(cli *cli, const qry_growth *growth)
{
    json_t *object = json_object();
    cli_put(cli, object, "lengths", cli_json_natural(growth->lengths));
    cli_put(cli, object, "factor", cli_json_real(exp(growth->log_factor)));
    cli_put(cli, object, "exponent", cli_json_real(growth->exponent));
    cli_put(cli, object, "residual", growth->lengths > 2 ? cli_json_real(growth->residual) : json_null());
    return object;
}

static json_t *schedule_value(cli *cli, const qry_schedule *schedule)
{
    json_t *object = json_object();
    cli_put(cli, object, "of_found", cli_json_real(schedule->of_found));
    cli_put(cli, object, "of_log", cli_json_real(schedule->of_log));
    cli_put(cli, object, "of_all", cli_json_real(schedule->of_all));
    cli_put(cli, object, "failure", cli_json_real(schedule->failure));
    cli_put(cli, object, "residual", cli_json_real(schedule->residual));
    cli_put(cli, object, "checked_rows", cli_json_natural(schedule->checked_rows));
    cli_put(cli, object, "checked_found", cli_json_natural(schedule->checked_found));
    cli_put(cli, object, "checked", cli_json_real(schedule->checked));
    cli_put(cli, object, "checked_as", cli_json_real(schedule->checked_as));
    return object;
}

static json_t *factor_value(cli *cli, const qry_crossover_factor *factor)
{
    json_t *object = json_object();
    cli_put(cli, object, "over_schedule", cli_json_real(factor->ratio));
    cli_put(cli, object, "share", cli_json_real(factor->share));
    return object;
}

static json_t *line_value(cli *cli, const qry_line *line)
{
    json_t *object = json_object(), *below = json_array();
    cli_put(cli, object, "per_row", cli_json_real(line->per_row));
    cli_put(cli, object, "per_bit", cli_json_real(line->per_bit));
    cli_put(cli, object, "constant", cli_json_real(line->constant));
    for (int i = 0; i < QRY_LINE_FROM; i++)
        cli_append(cli, below, cli_json_real(line->below[i]));
    cli_put(cli, object, "below", below);
    return object;
}

static json_t *oracle_value(cli *cli, const cli_crossover *c)
{
    const qry_oracle_lines *lines = &c->model.oracle;
    json_t *object = json_object(), *bits = json_object();
    cli_put(cli, bits, "q", json_integer(c->model.bits.query));
    cli_put(cli, bits, "k", json_integer(c->model.bits.key));
    cli_put(cli, object, "bits", bits);
    cli_put(cli, object, "gates", line_value(cli, &lines->gates));
    cli_put(cli, object, "t", line_value(cli, &lines->t));
    cli_put(cli, object, "depth", line_value(cli, &lines->depth));
    cli_put(cli, object, "t_depth", line_value(cli, &lines->t_depth));
    cli_put(cli, object, "qubits", line_value(cli, &lines->qubits));
    cli_put(cli, object, "from_bits", json_integer(lines->from));
    cli_put(cli, object, "to_bits", json_integer(lines->to));
    cli_put(cli, object, "checked_bits", json_integer(lines->checked));
    cli_put(cli, object, "deviation", cli_json_real(lines->deviation));
    return object;
}

static json_t *crossing_value(cli *cli, const cli_crossover *c, qry_measure_kind kind)
{
    const qry_crossing *crossing = &c->crossing[kind];
    json_t *object = json_object();
    cli_put(cli, object, "never", json_boolean(crossing->never));
    cli_put(cli, object, "n", cli_json_real(crossing->keys));
    cli_put(cli, object, "last", cli_json_real(crossing->last));
    cli_put(cli, object, "qubits", cli_json_real(crossing->qubits));
    cli_put(cli, object, "ratio_exponent", cli_json_real(crossing->slope));
    cli_put(cli, object, "least_ratio", cli_json_real(crossing->nearest));
    cli_put(cli, object, "quantum_here", cli_json_real(qry_crossover_here(&c->model, kind)));
    cli_put(cli, object, "classical_here",
            cli_json_real(qry_crossover_classical(&c->model, kind, (double)c->model.here.keys)));
    return object;
}

static json_t *crossings_value(cli *cli, const cli_crossover *c)
{
    if (c->unknown)
        return json_null();
    json_t *object = json_object();
    for (int i = 0; i < QRY_CROSS_KINDS; i++)
        cli_put(cli, object, cli_crossover_names[i], crossing_value(cli, c, (qry_measure_kind)i));
    return object;
}

void cli_crossover_write_json(cli *cli, const cli_crossover *c, qry_output *output)
{
    static const char *const methods[] = {"sparse", "hybrid", "nystrom"};
    json_t *object = cli_json_new(cli), *list = json_array();
    cli_put(cli, object, "quarry", json_string(QRY_VERSION));
    cli_put(cli, object, "method", json_string(methods[c->settings->method]));
    cli_put(cli, object, "d", cli_json_natural(c->model.width));
    cli_put(cli, object, "dv", cli_json_natural(c->model.value_width));
    cli_put(cli, object, "lengths", lengths_value(cli, c));
    cli_put(cli, object, "growth", c->unknown ? json_null() : growth_value(cli, &c->model.growth));
    cli_put(cli, object, "schedule", c->model.low_rank ? json_null() : schedule_value(cli, &c->model.schedule));
    cli_put(cli, object, "factor", c->model.low_rank ? json_null() : factor_value(cli, &c->model.over));
    cli_put(cli, object, "oracle", c->model.low_rank ? json_null() : oracle_value(cli, c));
    cli_put(cli, object, "gate_time", cli_json_real(c->model.gate_time));
    cli_put(cli, object, "classical_rate", cli_json_real(c->model.classical_rate));
    cli_put(cli, object, "rows_asked", cli_json_real(c->model.rows_asked));
    cli_put(cli, object, "crossover", crossings_value(cli, c));
    if (c->unknown)
        cli_put(cli, object, "crossover_reason", json_string(c->unknown));
    for (const char *const *text = cli_crossover_assumptions(cli, c); *text; text++)
        cli_append(cli, list, json_string(*text));
    cli_put(cli, object, "assumptions", list);
    cli_write_json(cli, object, output);
}
