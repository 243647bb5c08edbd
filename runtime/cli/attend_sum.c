/* attend_sum.c: what `quarry attend` prints for people of all rows together: how far off, what it cost, what was done once. */
#include "attend.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 100 };

/* ---- how far off ---- */

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

static const char *no_bound_of(const qry_attend_row *row) { return row->bound_reason; }
static const char *fallback_of(const qry_attend_row *row) { return row->fallback; }

/* Every reason once, in the order of the rows, each with `what` before its rows. There are only a few. */
static const char *reasons_text(qry_arena *arena, const cli_attention *a, const char *what,
                                const char *(*of)(const qry_attend_row *row))
{
    const char **reason = qry_arena_alloc(arena, a->row_count, sizeof *reason), *text = "";
    size_t *rows = qry_arena_alloc(arena, a->row_count, sizeof *rows), count = 0;
    for (size_t i = 0; i < a->row_count; i++) {
        size_t r = 0;
        if (!of(&a->row[i]))
            continue;
        while (r < count && strcmp(reason[r], of(&a->row[i])) != 0)
            r++;
        if (r == count) {
            reason[count] = of(&a->row[i]);
            rows[count++] = 0;
        }
        rows[r]++;
    }
    for (size_t r = 0; r < count; r++)
        text = qry_arena_printf(arena, "%s%s%s%s: %s", text, r ? "; " : "", what, cli_some(arena, rows[r], "row"),
                                reason[r]);
    return text;
}

static void write_bounds(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_attend_summary *s = &a->summary;
    const char *name = "bound";
    if (s->bound.count > 0) {
        const char *which = s->without_bound == 0 ? ""
                            : s->bound.count == 1 ? " (of the one row that has one)"
                                                  : qry_arena_printf(arena, " (of the %s that have one)",
                                                                     cli_some(arena, s->bound.count, "row"));
        cli_write_field(output, name,
                        qry_arena_printf(arena, "%s%s", spread_text(arena, &s->bound, cli_attend_three_digits), which));
        name = "";
    }
    if (s->without_bound > 0) {
        cli_write_field(output, name, reasons_text(arena, a, "none for ", no_bound_of));
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
    if (cli_attend_finds(a))
        cli_write_field(output, "hits", spread_text(arena, &s->hits, cli_attend_three_digits));
    if (a->settings->method == QRY_ATTEND_NYSTROM && s->residual.count > 0)
        cli_write_field(
            output, "residual",
            qry_arena_printf(arena, "of a query's diagonal: %s", spread_text(arena, &s->residual, cli_attend_percent)));
    if (s->fallbacks > 0)
        cli_write_field(output, "fell back", reasons_text(arena, a, "", fallback_of));
    if (a->settings->check) {
        cli_write_field(output, "error", spread_text(arena, &s->error, cli_attend_three_digits));
        cli_write_field(output, "",
                        qry_arena_printf(arena, "of the row's length: %s",
                                         spread_text(arena, &s->relative_error, cli_attend_percent)));
    }
    if (a->settings->method != QRY_ATTEND_EXACT)
        write_bounds(arena, a, output);
    if (cli_attend_measures(a))
        write_estimates(arena, a, output);
}

/* ---- the bill ---- */

/* Of circuits that were run. */
static void write_gates(qry_arena *arena, const qry_ledger *l, qry_output *output)
{
    cli_write_field(output, "gates",
                    qry_arena_printf(arena, "%s, of them %s controlled swaps; T count %s; depth at most %s; %s",
                                     cli_some(arena, qry_tally_gates(&l->tally), "gate"),
                                     cli_number(arena, l->tally.gate[QRY_GATE_cswap]),
                                     cli_number(arena, qry_tally_t(&l->tally)), cli_number(arena, l->depth),
                                     cli_some(arena, l->qubits, "qubit")));
}

/* Of keys that a row attends to, in the mean: as many scores as a classical scan computes. */
static double mean_keys(const cli_attention *a)
{
    double sum = 0;
    if (!a->facts->causal)
        return (double)a->facts->keys;
    for (size_t i = 0; i < a->row_count; i++)
        sum += (double)a->row[i].row + 1;
    return sum / (double)a->row_count;
}

static const char *scan_text(qry_arena *arena, const cli_attention *a)
{
    return a->facts->causal
               ? qry_arena_printf(arena, "%.6g score%s in the mean", mean_keys(a), mean_keys(a) > 1 ? "s" : "")
               : cli_some(arena, a->facts->keys, "score");
}

static void write_queries(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_ledger *l = &a->summary.ledger;
    if (l->shots > 0)
        cli_write_field(
            output, "queries",
            qry_arena_printf(arena,
                             "%s in %s (circuits %s and measured), median %.4g a row, where a classical scan computes "
                             "%s. A call computes all scores at once and takes them back, so it reads each table "
                             "twice: %s",
                             cli_some(arena, l->oracle_calls, "oracle call"), cli_some(arena, l->shots, "shot"),
                             a->facts->engine == QRY_ENGINE_ORACLE ? "that would be run" : "run",
                             a->summary.oracle_calls.median, scan_text(arena, a), cli_reads_text(arena, l, NULL)));
    else
        cli_write_field(output, "queries",
                        qry_arena_printf(arena, "none: no row needed a circuit; a row's classical scan computes %s",
                                         scan_text(arena, a)));
    cli_write_field(
        output, "classically",
        qry_arena_printf(arena,
                         "%s computed one by one, to verify and to sum; with two for every oracle call that "
                         "makes %s, where scans make %s",
                         cli_some(arena, l->score_evaluations, "score"),
                         cli_number(arena, l->score_evaluations + 2 * (qry_u128)l->oracle_calls),
                         cli_number(arena, l->classical_score_evaluations)));
    if (l->shots > 0)
        write_gates(arena, l, output);
}

/* Of the keys that the tree did not spare. */
static void write_tree(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_ledger *l = &a->summary.ledger;
    cli_write_field(output, "classically",
                    qry_arena_printf(arena,
                                     "%s computed, of keys and of the middles of groups of keys, where scans make %s; "
                                     "a row: %s",
                                     cli_some(arena, l->score_evaluations, "score"),
                                     cli_number(arena, l->classical_score_evaluations),
                                     spread_text(arena, &a->summary.scores, count_text)));
}

/* Rows touch no key but where they fall back to a circuit. */
static void write_low_rank(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_ledger *l = &a->summary.ledger;
    double width = (double)(a->facts->width + a->facts->value_width);
    if (l->shots > 0) {
        cli_write_field(output, "queries",
                        qry_arena_printf(arena, "%s (uses of A) in %s, of the rows that fell back: tables read, %s",
                                         cli_number(arena, l->a_calls), cli_some(arena, l->shots, "shot"),
                                         cli_reads_text(arena, l, NULL)));
        write_gates(arena, l, output);
    }
    cli_write_field(
        output, "a row",
        qry_arena_printf(arena, "of the order of %s operations%s; the exact row takes n (d + d_v) = %s%s",
                         cli_number(arena, a->facts->row_operations), l->shots > 0 ? "" : ", and no key is touched",
                         cli_number(arena, (qry_u128)(mean_keys(a) * width)), a->facts->causal ? " in the mean" : ""));
}

/* ---- what is done once ---- */

static void write_before(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    cli_write_field(
        output, "before",
        qry_arena_printf(arena,
                         "once a head: %s written to load the quantum memory, and of the order of %s operations for "
                         "the groups and their moments; a row's moments take of the order of %s. It took %.2g s",
                         cli_some(arena, a->facts->qram_writes, "word"), cli_number(arena, a->facts->operations),
                         cli_number(arena, a->facts->row_operations), a->facts->seconds));
}

static const char *stage_number(qry_arena *arena, qry_u128 number)
{
    return number > 0 ? cli_number(arena, number) : "-";
}

/* A row of the table of stages. */
static void write_stage(qry_arena *arena, const qry_attend_stage *s, bool circuits, cli_table *table)
{
    const qry_ledger *l = &s->ledger;
    cli_table_cell(table, s->name);
    cli_table_cell(table, cli_number(arena, s->operations));
    if (circuits) {
        cli_table_cell(table, stage_number(arena, l->oracle_calls));
        cli_table_cell(table, stage_number(arena, l->a_calls));
        cli_table_cell(table, stage_number(arena, l->shots));
        cli_table_cell(table, stage_number(arena, qry_tally_gates(&l->tally)));
    }
    cli_table_cell(table, qry_arena_printf(arena, "%.2g s", s->seconds));
}

static void write_stages(cli *cli, const cli_attention *a, qry_output *output)
{
    static const cli_column of_circuits[] = {{"once a head", true, 0},   {"operations", false, 3},
                                             {"oracle calls", false, 0}, {"uses of A", false, 0},
                                             {"shots", false, 2},        {"gates", false, 1},
                                             {"time", true, 4}},
                            classical[] = {{"once a head", true, 0}, {"operations", false, 0}, {"time", true, 0}};
    qry_arena *arena = cli->arena;
    const qry_attend_facts *f = a->facts;
    bool circuits = f->nystrom.landmarks > 0;
    const char *notes = "";
    cli_table *table = circuits ? cli_table_new(arena, of_circuits, sizeof of_circuits / sizeof *of_circuits)
                                : cli_table_new(arena, classical, sizeof classical / sizeof *classical);
    for (size_t i = 0; i < f->stage_count; i++) {
        const qry_attend_stage *s = &f->stage[i];
        write_stage(arena, s, circuits, table);
        if (s->note)
            notes = qry_arena_printf(arena, "%s%s%s: %s", notes, *notes ? "; " : "", s->name, s->note);
    }
    qry_output_printf(output, "\n");
    cli_table_write(table, output, cli_width(WIDTH));
    qry_output_printf(output, "\n");
    if (*notes)
        cli_write_field(output, "once", notes);
    if (f->qram_writes > 0)
        cli_write_field(
            output, *notes ? "" : "once",
            qry_arena_printf(arena, "%s written to load the quantum memory", cli_some(arena, f->qram_writes, "word")));
}

static void write_bill(cli *cli, const cli_attention *a, qry_output *output)
{
    qry_arena *arena = cli->arena;
    if (cli_attend_searches(a))
        write_queries(arena, a, output);
    if (a->settings->method == QRY_ATTEND_HALFSPACE)
        write_tree(arena, a, output);
    if (a->settings->method == QRY_ATTEND_NYSTROM)
        write_low_rank(arena, a, output);
    if (a->facts->stage_count > 1)
        write_stages(cli, a, output);
    else if (cli_attend_finds(a))
        write_before(arena, a, output);
}

/* ---- how it was run ---- */

static const char *engine_text(qry_arena *arena, const cli_attention *a)
{
    if (a->facts->engine == QRY_ENGINE_ORACLE)
        return "oracle: outcomes drawn from the exact distribution of the circuits; no gate was run, the cost is what "
               "running them takes";
    bool ran = strcmp(a->facts->mode, "none") != 0 || cli_attend_searches(a);
    return ran ? qry_arena_printf(arena, "gates, mode %s", a->facts->mode) : "gates";
}

static void write_engine(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    double rate = (double)a->row_count / a->seconds;
    if (cli_attend_searches(a) || a->settings->method == QRY_ATTEND_NYSTROM)
        cli_write_field(output, "engine",
                        a->facts->loaded ? qry_arena_printf(arena, "when the state was made: %s", engine_text(arena, a))
                                         : qry_arena_printf(arena, "%s; seed %llu", engine_text(arena, a),
                                                            (unsigned long long)a->seed));
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

/* When the landmarks are too few for what most rows ask of them. */
static void write_advice(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    size_t failed = 0;
    for (size_t i = 0; i < a->row_count; i++)
        failed += a->row[i].fallback || a->row[i].bound_reason;
    if (a->settings->method == QRY_ATTEND_NYSTROM && 2 * failed > a->row_count)
        cli_write_field(output, "warning",
                        qry_arena_printf(arena,
                                         "%zu of %s fell back or have no bound: the low-rank kernel says little about "
                                         "them. Ask for more --landmarks%s%s, or use --method hybrid",
                                         failed, cli_some(arena, a->row_count, "row"),
                                         a->facts->nystrom.value_samples < a->facts->keys ? " and --value-samples" : "",
                                         a->facts->loaded ? " when the state is made" : ""));
}

void cli_attend_write_sum(cli *cli, const cli_attention *a, qry_output *output)
{
    write_errors(cli->arena, a, output);
    write_bill(cli, a, output);
    write_engine(cli->arena, a, output);
    write_advice(cli->arena, a, output);
}
