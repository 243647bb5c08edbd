/* attend_text.c: what `quarry attend` prints for people: a line a row where they are few, and the sum of them. */
#include "attend.h"

#include <math.h>

enum { MOST_LINES = 64, WIDTH = 100 };

static void write_field(qry_output *output, const char *name, const char *text)
{
    enum { COLUMN = 14 };
    qry_output_printf(output, "  %-*s", COLUMN - 2, name);
    cli_write_wrapped(output, text, COLUMN, COLUMN, cli_width(WIDTH));
    qry_output_printf(output, "\n");
}

static const char *three_digits(qry_arena *arena, double number)
{
    return isfinite(number) ? qry_arena_printf(arena, "%.3g", number) : "-";
}

/* ---- what was computed ---- */

static const char *rule_text(qry_arena *arena, const qry_rule *rule)
{
    switch (rule->kind) {
    case QRY_RULE_TAU:
        return qry_arena_printf(arena, "the keys that score at least %g", rule->value);
    case QRY_RULE_DROP:
        return qry_arena_printf(arena, "the keys that score at most %g below the row's highest", rule->value);
    default:
        return qry_arena_printf(arena, "the keys of highest score, %g or a few more", rule->value);
    }
}

static void write_method(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_attend_facts *f = a->facts;
    if (a->settings->method == QRY_ATTEND_EXACT) {
        write_field(output, "method", "exact: every score is computed classically, nothing is searched");
        return;
    }
    write_field(output, "searched",
                qry_arena_printf(arena, "%s; every row's search is complete with probability at least %.15g",
                                 rule_text(arena, &f->rule), 1 - f->failure));
    write_field(output, "the others",
                a->settings->method == QRY_ATTEND_SPARSE
                    ? qry_arena_printf(arena, "one constant for all, from the moments of %zu groups", f->groups)
                    : qry_arena_printf(arena, "by the moments of %zu groups", f->groups));
    write_field(output, "circuit",
                qry_arena_printf(arena,
                                 "keys of %d bits an entry in the quantum memory, the query's entries of %d bits",
                                 f->bits.key, f->bits.query));
}

/* ---- rows ---- */

static void write_rows(cli *cli, const cli_attention *a, qry_output *output)
{
    enum { CHECKED = 2 };
    static const cli_column columns[] = {
        {"row", false, 0},   {"hits", false, 0},         {"threshold", false, 2},
        {"bound", false, 0}, {"oracle calls", false, 0}, {"shots", false, 3},
        {"gates", false, 4}, {"error", false, 0},        {"of the row's length", false, 1}};
    const size_t count = sizeof columns / sizeof *columns - (a->settings->check ? 0 : CHECKED);
    qry_arena *arena = cli->arena;
    cli_table *table = cli_table_new(arena, columns, count);
    for (size_t i = 0; i < a->row_count; i++) {
        const qry_attend_row *r = &a->row[i];
        cli_table_cell(table, qry_arena_printf(arena, "%zu", r->row));
        cli_table_cell(table, qry_arena_printf(arena, "%zu", r->hits));
        cli_table_cell(table, three_digits(arena, r->tau));
        cli_table_cell(table, three_digits(arena, r->bound));
        cli_table_cell(table, cli_number(arena, r->ledger.oracle_calls));
        cli_table_cell(table, cli_number(arena, r->ledger.shots));
        cli_table_cell(table, cli_number(arena, qry_tally_gates(&r->ledger.tally)));
        if (a->settings->check) {
            cli_table_cell(table, three_digits(arena, r->error));
            cli_table_cell(table, qry_arena_printf(arena, "%.2f %%", 100 * r->error / r->exact_length));
        }
    }
    qry_output_printf(output, "\n");
    cli_table_write(table, output, cli_width(WIDTH));
    qry_output_printf(output, "\n");
}

/* ---- the sum ---- */

static const char *spread_text(qry_arena *arena, const qry_spread *s)
{
    return qry_arena_printf(arena, "median %.3g, 95 %% of the rows at most %.3g, all at most %.3g", s->median, s->p95,
                            s->max);
}

static void write_errors(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_attend_summary *s = &a->summary;
    write_field(output, "hits", spread_text(arena, &s->hits));
    if (a->settings->check) {
        write_field(output, "error", spread_text(arena, &s->error));
        write_field(output, "",
                    qry_arena_printf(arena,
                                     "of the row's length: median %.2f %%, 95 %% of the rows at most %.2f %%, "
                                     "all at most %.2f %%",
                                     100 * s->relative_error.median, 100 * s->relative_error.p95,
                                     100 * s->relative_error.max));
    }
    if (a->settings->method == QRY_ATTEND_EXACT)
        return;
    if (s->bound.count > 0)
        write_field(output, "bound", spread_text(arena, &s->bound));
    if (s->without_bound > 0)
        write_field(output, s->bound.count > 0 ? "" : "bound",
                    qry_arena_printf(arena,
                                     "%s without one: it would say no more than that outputs are averages of "
                                     "values",
                                     cli_some(arena, s->without_bound, "row")));
    if (a->settings->check && s->bound.count > 0)
        write_field(output, "",
                    s->over_bound
                        ? qry_arena_printf(arena, "ERROR ABOVE THE BOUND in %s", cli_some(arena, s->over_bound, "row"))
                        : "no error is above its bound");
}

static void write_bill(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_ledger *l = &a->summary.ledger;
    const char *reads = "";
    for (size_t i = 0; i < l->query_count; i++)
        reads = qry_arena_printf(arena, "%s%s%s %s", reads, i ? ", " : "", l->query[i].table,
                                 cli_number(arena, l->query[i].loads));
    write_field(output, "queries",
                qry_arena_printf(arena,
                                 "%s in %s (circuits run and measured), median %.4g a row; an oracle call computes all "
                                 "scores at once, and takes them back: reads of tables: %s",
                                 cli_some(arena, l->oracle_calls, "oracle call"), cli_some(arena, l->shots, "shot"),
                                 a->summary.oracle_calls.median, *reads ? reads : "none"));
    write_field(output, "classically",
                qry_arena_printf(arena, "%s computed one by one, to verify and to sum; without quantum memory: %s",
                                 cli_some(arena, l->score_evaluations, "score"),
                                 cli_number(arena, l->classical_score_evaluations)));
    write_field(output, "gates",
                qry_arena_printf(arena, "%s, of them %s controlled swaps; T count %s; depth at most %s; %s",
                                 cli_some(arena, qry_tally_gates(&l->tally), "gate"),
                                 cli_number(arena, l->tally.gate[QRY_GATE_cswap]),
                                 cli_number(arena, qry_tally_t(&l->tally)), cli_number(arena, l->depth),
                                 cli_some(arena, l->qubits, "qubit")));
    write_field(output, "before",
                qry_arena_printf(arena,
                                 "once a head: %s written to load the quantum memory; about %s operations for groups "
                                 "and moments, %.2g s. A row's moments take about %s operations",
                                 cli_some(arena, a->facts->qram_writes, "word"),
                                 cli_number(arena, a->facts->operations), a->facts->seconds,
                                 cli_number(arena, a->facts->row_operations)));
}

static void write_engine(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const char *mode = a->facts->mode;
    if (a->settings->method != QRY_ATTEND_EXACT)
        write_field(output, "engine",
                    a->settings->engine == QRY_ENGINE_ORACLE
                        ? "oracle: outcomes drawn from the exact distribution of the circuits; no gate was run, the "
                          "bill is what running them takes"
                        : qry_arena_printf(arena, "gates, mode %s; seed %llu", mode, (unsigned long long)a->seed));
    write_field(output, "time",
                qry_arena_printf(arena, "%.3g s, %.3g rows a second", a->seconds, (double)a->row_count / a->seconds));
}

void cli_attend_write_text(cli *cli, const cli_attention *a, qry_output *output)
{
    qry_arena *arena = cli->arena;
    const qry_attend_facts *f = a->facts;
    qry_output_printf(output, "%s attention: %zu of %s, %s of dimension %zu, values of dimension %zu\n",
                      cli_attend_method(cli, a), a->row_count, cli_some(arena, f->queries, "row"),
                      cli_some(arena, f->keys, "key"), f->width, f->value_width);
    write_method(arena, a, output);
    if (a->row_count <= MOST_LINES)
        write_rows(cli, a, output);
    write_errors(arena, a, output);
    if (a->settings->method != QRY_ATTEND_EXACT)
        write_bill(arena, a, output);
    write_engine(arena, a, output);
    if (a->settings->output)
        write_field(output, "rows", qry_arena_printf(arena, "in %s", a->settings->output));
    if (!cli->quiet && a->settings->method != QRY_ATTEND_EXACT) {
        qry_output_printf(output, "\n");
        cli_write_wrapped(output,
                          "A query of quantum memory has gates for every key: what a search saves is queries and "
                          "depth, not gates.",
                          0, 0, cli_width(WIDTH));
        qry_output_printf(output, "\n");
    }
}
