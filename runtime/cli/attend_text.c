/* attend_text.c: what `quarry attend` prints for people: a line a row where they are few, and the sum of them. */
#include "attend.h"

#include <math.h>
#include <string.h>

enum { MOST_LINES = 64, WIDTH = 100 };

static bool is_exact(const cli_attention *a) { return a->settings->method == QRY_ATTEND_EXACT; }

/* ---- what was computed ---- */

static const char *rule_text(qry_arena *arena, const qry_rule *rule)
{
    switch (rule->kind) {
    case QRY_RULE_TAU:
        return qry_arena_printf(arena, "the keys that score at least %g", rule->value);
    case QRY_RULE_DROP:
        return qry_arena_printf(
            arena, "the keys that score at most %g below the row's highest, and those met on the way", rule->value);
    case QRY_RULE_TARGET:
        return qry_arena_printf(
            arena, "keys of highest score, as many as it takes for a bound of at most %g times the row's length",
            rule->value);
    default:
        return qry_arena_printf(arena, "the keys of highest score, about %g, by rounded score; ties all", rule->value);
    }
}

/* The failures of rows add up; where they may reach 1 there is nothing to say of all of them. */
static const char *all_rows_text(qry_arena *arena, const cli_attention *a)
{
    double none = 1 - (double)a->row_count * a->facts->failure;
    return a->row_count > 1 && none > 0
               ? qry_arena_printf(arena, ", that of all %zu rows at least %.6g", a->row_count, none)
               : "";
}

static void write_method(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_attend_facts *f = a->facts;
    if (is_exact(a)) {
        cli_write_field(output, "searched", "nothing: every score is computed classically");
        return;
    }
    cli_write_field(output, "searched",
                    qry_arena_printf(arena, "%s; the search of a row misses none%s with probability at least %.15g%s",
                                     rule_text(arena, &f->rule),
                                     a->settings->epsilon ? ", and its estimates hold," : "", 1 - f->failure,
                                     all_rows_text(arena, a)));
    cli_write_field(
        output, "other keys",
        a->settings->method == QRY_ATTEND_SPARSE
            ? qry_arena_printf(arena, "one constant for all, its size by the moments of %zu group%s", f->groups,
                               f->groups == 1 ? "" : "s")
            : qry_arena_printf(arena, "by the moments of %zu group%s", f->groups, f->groups == 1 ? "" : "s"));
    cli_write_field(output, "circuit",
                    qry_arena_printf(arena, "an entry of a key has %d bits in the quantum memory, one of a query %d",
                                     f->bits.key, f->bits.query));
}

/* ---- rows ---- */

static const char *three_digits(qry_arena *arena, double number)
{
    return isfinite(number) ? qry_arena_printf(arena, "%.3g", number) : "-";
}

static const char *percent(qry_arena *arena, double share)
{
    return isfinite(share) ? qry_arena_printf(arena, "%.3g%%", 100 * share) : "-";
}

static const char *row_cell(qry_arena *arena, const qry_attend_row *r)
{
    return qry_arena_printf(arena, "%zu", r->row);
}
static const char *hits_cell(qry_arena *arena, const qry_attend_row *r)
{
    return qry_arena_printf(arena, "%zu", r->hits);
}
static const char *tau_cell(qry_arena *arena, const qry_attend_row *r) { return three_digits(arena, r->tau); }
static const char *bound_cell(qry_arena *arena, const qry_attend_row *r) { return three_digits(arena, r->bound); }
static const char *error_cell(qry_arena *arena, const qry_attend_row *r) { return three_digits(arena, r->error); }
static const char *relative_cell(qry_arena *arena, const qry_attend_row *r)
{
    return percent(arena, r->error / r->exact_length);
}
static const char *calls_cell(qry_arena *arena, const qry_attend_row *r)
{
    return cli_number(arena, r->ledger.oracle_calls);
}
static const char *shots_cell(qry_arena *arena, const qry_attend_row *r) { return cli_number(arena, r->ledger.shots); }
static const char *gates_cell(qry_arena *arena, const qry_attend_row *r)
{
    return cli_number(arena, qry_tally_gates(&r->ledger.tally));
}

/* What was asked of the circuit, and the uses of A it took; those of thresholds that were given up are in that, too. */
static const char *estimate_cell(qry_arena *arena, const qry_attend_estimate *estimate)
{
    if (estimate->a_calls == 0)
        return "-";
    return estimate->epsilon > 0
               ? qry_arena_printf(arena, "%.2g: %s", estimate->epsilon, cli_number(arena, estimate->a_calls))
               : qry_arena_printf(arena, "-: %s", cli_number(arena, estimate->a_calls));
}
static const char *normaliser_cell(qry_arena *arena, const qry_attend_row *r)
{
    return estimate_cell(arena, &r->rest_normaliser);
}
static const char *energy_cell(qry_arena *arena, const qry_attend_row *r) { return estimate_cell(arena, &r->energy); }
static const char *thresholds_cell(qry_arena *arena, const qry_attend_row *r)
{
    return qry_arena_printf(arena, "%zu", r->thresholds);
}

static void write_rows(cli *cli, const cli_attention *a, qry_output *output)
{
    const bool searched = !is_exact(a);
    const struct {
        cli_column column;
        const char *(*text)(qry_arena *arena, const qry_attend_row *row);
        bool shown;
    } all[] = {{{"row", false, 0}, row_cell, true},
               {{"hits", false, 0}, hits_cell, searched},
               {{"threshold", false, 2}, tau_cell, searched},
               {{"tried", false, 5}, thresholds_cell, a->settings->target.given},
               {{"error", false, 0}, error_cell, a->settings->check},
               {{"of the row", false, 1}, relative_cell, a->settings->check},
               {{"bound", false, 0}, bound_cell, searched},
               {{"oracle calls", false, 0}, calls_cell, searched},
               {{"normaliser", false, 0}, normaliser_cell, a->settings->epsilon != NULL},
               {{"energy", false, 0}, energy_cell, a->settings->epsilon != NULL},
               {{"shots", false, 3}, shots_cell, searched},
               {{"gates", false, 4}, gates_cell, searched}};
    enum { ALL = sizeof all / sizeof *all };
    cli_column columns[ALL];
    size_t from[ALL] = {0}, count = 0;
    for (size_t c = 0; c < ALL; c++)
        if (all[c].shown) {
            columns[count] = all[c].column;
            from[count++] = c;
        }
    cli_table *table = cli_table_new(cli->arena, columns, count);
    for (size_t i = 0; i < a->row_count; i++)
        for (size_t c = 0; c < count; c++)
            cli_table_cell(table, all[from[c]].text(cli->arena, &a->row[i]));
    qry_output_printf(output, "\n");
    cli_table_write(table, output, cli_width(WIDTH));
    qry_output_printf(output, "\n");
}

/* ---- the sum ---- */

static const char *spread_text(qry_arena *arena, const qry_spread *s,
                               const char *(*text)(qry_arena *arena, double number))
{
    return s->count == 1 ? text(arena, s->max)
                         : qry_arena_printf(arena, "median %s, 95%% of the rows at most %s, all at most %s",
                                            text(arena, s->median), text(arena, s->p95), text(arena, s->max));
}

static size_t count_missed(const cli_attention *a)
{
    size_t count = 0;
    for (size_t i = 0; i < a->row_count; i++)
        count += a->row[i].missed;
    return count;
}

/* Why rows have no bound: every reason once, in the order of the rows. There are only a few. */
static const char *reasons_text(qry_arena *arena, const cli_attention *a)
{
    const char **reason = qry_arena_alloc(arena, a->row_count, sizeof *reason), *text = "";
    size_t *rows = qry_arena_alloc(arena, a->row_count, sizeof *rows), count = 0;
    for (size_t i = 0; i < a->row_count; i++) {
        size_t r = 0;
        if (!a->row[i].bound_reason)
            continue;
        while (r < count && strcmp(reason[r], a->row[i].bound_reason) != 0)
            r++;
        if (r == count) {
            reason[count] = a->row[i].bound_reason;
            rows[count++] = 0;
        }
        rows[r]++;
    }
    for (size_t r = 0; r < count; r++)
        text = qry_arena_printf(arena, "%s%snone for %s: %s", text, r ? "; " : "", cli_some(arena, rows[r], "row"),
                                reason[r]);
    return text;
}

static void write_bounds(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_attend_summary *s = &a->summary;
    const char *name = "bound";
    if (s->bound.count > 0) {
        cli_write_field(output, name, spread_text(arena, &s->bound, three_digits));
        name = "";
    }
    if (s->without_bound > 0) {
        cli_write_field(output, name, reasons_text(arena, a));
        name = "";
    }
    if (a->settings->check && s->over_bound > 0)
        cli_write_field(output, name,
                        qry_arena_printf(arena, "EXCEEDED by the error of %s", cli_some(arena, s->over_bound, "row")));
    else if (a->settings->check && s->bound.count > 0)
        cli_write_field(output, name, "exceeded by the error of no row");
    if (count_missed(a) > 0)
        cli_write_field(output, "missed",
                        qry_arena_printf(arena, "a key in %s: their bounds do without the search's promise",
                                         cli_some(arena, count_missed(a), "row")));
}

static const char *count_text(qry_arena *arena, double number) { return cli_number(arena, (qry_u128)ceil(number)); }

static void write_estimate(qry_arena *arena, const char *name, const char *what, const qry_spread *calls,
                           const qry_spread *samples, qry_output *output)
{
    if (calls->count == 0) {
        cli_write_field(output, name, qry_arena_printf(arena, "%s: of no row", what));
        return;
    }
    cli_write_field(
        output, name,
        qry_arena_printf(arena, "%s of %s: uses of A, %s; random keys scored classically for the same interval, %s",
                         what, cli_some(arena, calls->count, "row"), spread_text(arena, calls, count_text),
                         spread_text(arena, samples, count_text)));
}

static void write_estimates(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_attend_summary *s = &a->summary;
    write_estimate(arena, "estimated", "normaliser", &s->normaliser_calls, &s->normaliser_samples, output);
    write_estimate(arena, "", "energy", &s->energy_calls, &s->energy_samples, output);
}

static void write_errors(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_attend_summary *s = &a->summary;
    if (!is_exact(a))
        cli_write_field(output, "hits", spread_text(arena, &s->hits, three_digits));
    if (a->settings->check) {
        cli_write_field(output, "error", spread_text(arena, &s->error, three_digits));
        cli_write_field(
            output, "",
            qry_arena_printf(arena, "of the row's length: %s", spread_text(arena, &s->relative_error, percent)));
    }
    if (!is_exact(a))
        write_bounds(arena, a, output);
    if (a->settings->epsilon)
        write_estimates(arena, a, output);
}

static void write_bill(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_ledger *l = &a->summary.ledger;
    cli_write_field(output, "queries",
                    qry_arena_printf(arena,
                                     "%s in %s (circuits run and measured), median %.4g a row, where a classical scan "
                                     "computes %s. A call computes all scores at once and takes them back, so it reads "
                                     "each table twice: %s",
                                     cli_some(arena, l->oracle_calls, "oracle call"), cli_some(arena, l->shots, "shot"),
                                     a->summary.oracle_calls.median, cli_some(arena, a->facts->keys, "score"),
                                     cli_reads_text(arena, l, NULL)));
    cli_write_field(
        output, "classically",
        qry_arena_printf(arena,
                         "%s computed one by one, to verify and to sum; with two for every oracle call that "
                         "makes %s, where scans make %s",
                         cli_some(arena, l->score_evaluations, "score"),
                         cli_number(arena, l->score_evaluations + 2 * (qry_u128)l->oracle_calls),
                         cli_number(arena, l->classical_score_evaluations)));
    cli_write_field(output, "gates",
                    qry_arena_printf(arena, "%s, of them %s controlled swaps; T count %s; depth at most %s; %s",
                                     cli_some(arena, qry_tally_gates(&l->tally), "gate"),
                                     cli_number(arena, l->tally.gate[QRY_GATE_cswap]),
                                     cli_number(arena, qry_tally_t(&l->tally)), cli_number(arena, l->depth),
                                     cli_some(arena, l->qubits, "qubit")));
    cli_write_field(
        output, "before",
        qry_arena_printf(arena,
                         "once a head: %s written to load the quantum memory, and of the order of %s operations for "
                         "the groups and their moments (%.2g s). A row's moments take of the order of %s",
                         cli_some(arena, a->facts->qram_writes, "word"), cli_number(arena, a->facts->operations),
                         a->facts->seconds, cli_number(arena, a->facts->row_operations)));
}

static const char *engine_text(qry_arena *arena, const cli_attention *a)
{
    if (a->settings->engine == QRY_ENGINE_ORACLE)
        return "oracle: outcomes drawn from the exact distribution of the circuits; no gate was run, the cost is what "
               "running them takes";
    return qry_arena_printf(arena, "gates, mode %s", a->facts->mode);
}

static void write_engine(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    double rate = (double)a->row_count / a->seconds;
    if (!is_exact(a))
        cli_write_field(output, "engine",
                        qry_arena_printf(arena, "%s; seed %llu", engine_text(arena, a), (unsigned long long)a->seed));
    cli_write_field(output, "time", qry_arena_printf(arena, "%.3g s, %.3g rows a second", a->seconds, rate));
    if (a->settings->output)
        cli_write_field(output, "output", a->settings->output);
    if (a->settings->report)
        cli_write_field(output, "report", a->settings->report);
    if (a->settings->qasm_dir)
        cli_write_field(output, "circuits",
                        qry_arena_printf(arena, "%s in %s, %s of OpenQASM 3", cli_some(arena, a->file_count, "file"),
                                         a->settings->qasm_dir, cli_some(arena, a->file_bytes, "byte")));
}

void cli_attend_write_text(cli *cli, const cli_attention *a, qry_output *output)
{
    qry_arena *arena = cli->arena;
    const qry_attend_facts *f = a->facts;
    qry_output_printf(output, "%s attention: %zu of %s; %s of dimension %zu, values of dimension %zu\n",
                      cli_attend_method(cli, a), a->row_count, cli_some(arena, f->queries, "row"),
                      cli_some(arena, f->keys, "key"), f->width, f->value_width);
    write_method(arena, a, output);
    if (a->row_count <= MOST_LINES)
        write_rows(cli, a, output);
    write_errors(arena, a, output);
    if (!is_exact(a))
        write_bill(arena, a, output);
    write_engine(arena, a, output);
    if (cli->quiet || is_exact(a))
        return;
    qry_output_printf(output, "\n");
    cli_write_wrapped(output,
                      "A query of quantum memory has gates for every key: what a search saves is queries and depth, "
                      "not gates.",
                      0, 0, cli_width(WIDTH));
    qry_output_printf(output, "\n");
}
