/* run_text.c: what `quarry run` prints of a statement, for people. */
#include "run.h"

#include <math.h>
#include <stdlib.h>

/* ---- the answer ---- */

static const char *rows_text(qry_arena *arena, const qry_found *found)
{
    enum { SHOWN = 40 };
    const char *text = "";
    for (size_t i = 0; i < found->count && i < SHOWN; i++)
        text = qry_arena_printf(arena, "%s%s%llu", text, i ? ", " : "", (unsigned long long)found->row[i]);
    return found->count > SHOWN ? qry_arena_printf(arena, "%s, ... (--json lists all)", text) : text;
}

static const char *all_rows(qry_arena *arena, const qry_search *search)
{
    return cli_some(arena, search->high - search->low + 1, "row");
}

static const char *found_text(qry_arena *arena, const cli_run *run)
{
    const qry_search *search = run->search;
    const qry_found *found = &run->result.rows;
    const char *rows = rows_text(arena, found), *all = all_rows(arena, search);
    if (found->count == 0)
        return qry_arena_printf(arena, "none of %s", all);
    switch (search->kind) {
    case QRY_SEARCH_ONE:
        return qry_arena_printf(arena, "row %s", rows);
    case QRY_SEARCH_MAX:
    case QRY_SEARCH_MIN:
        if (run->result.fraction == 0)
            return qry_arena_printf(arena, "row %s, value %lld", rows, (long long)run->result.key);
        return qry_arena_printf(arena, "row %s, value %.17g", rows, run->result.value);
    case QRY_SAMPLE_ONE:
        return qry_arena_printf(arena, "%s: %s", cli_some(arena, found->count, "draw"), rows);
    default:
        return qry_arena_printf(arena, "%zu of %s: %s", found->count, all, rows);
    }
}

static const char *certainty_text(qry_arena *arena, const cli_run *run)
{
    const qry_search *search = run->search;
    const char *sure = qry_arena_printf(arena, "with probability at least %.15g", 1 - search->failure);
    bool any = run->result.rows.count > 0;
    switch (search->kind) {
    case QRY_SEARCH_MAX:
    case QRY_SEARCH_MIN:
        return qry_arena_printf(arena, any ? "%s no row that matches is better" : "%s no row matches", sure);
    case QRY_SAMPLE_ONE:
        if (any && search->method == QRY_METHOD_AMPLIFICATION)
            return "draws are independent, each exactly in proportion to the probabilities";
        return qry_arena_printf(arena, any ? "%s every race was run to its end" : "%s no row has any probability",
                                sure);
    case QRY_SEARCH_ONE:
        if (any)
            return "the row matches: it was checked";
        /* fall through */
    default:
        return qry_arena_printf(arena, "%s%s no row is missing", any ? "every row was checked; " : "", sure);
    }
}

static void write_rows(qry_arena *arena, const cli_run *run, qry_output *output)
{
    cli_write_field(output, "found", found_text(arena, run));
    cli_write_field(output, "certainty",
                    run->result.stopped ? "none: the limit of queries was reached" : certainty_text(arena, run));
}

static const char *wanted_text(qry_arena *arena, const qry_search *search, const qry_estimate *e)
{
    double half = (e->high - e->low) / 2, middle = (e->high + e->low) / 2;
    const char *wanted = qry_arena_printf(arena, "%.4g was asked for", search->epsilon);
    if (search->absolute)
        return qry_arena_printf(arena, "+- %.3g; %s", half, wanted);
    return middle != 0 ? qry_arena_printf(arena, "+- %.3g, %.3g of the value; %s", half,
                                          half / (middle < 0 ? -middle : middle), wanted)
                       : qry_arena_printf(arena, "+- %.3g; of the value %s", half, wanted);
}

/* Digits with which an end of the interval differs from the other in the third at the latest. */
static int digits_of(const qry_estimate *e)
{
    enum { LEAST = 4, MOST = 17 };
    double size = fmax(fabs(e->low), fabs(e->high)), width = e->high - e->low;
    double digits = width > 0 ? ceil(log10(size / width)) + 3 : MOST;
    return digits < LEAST ? LEAST : digits > MOST ? MOST : (int)digits;
}

/* The end in so many digits, or, where that cuts something off the interval, one unit of the last digit beyond. */
static const char *end_text(qry_arena *arena, double end, bool low, int digits)
{
    const char *text = qry_arena_printf(arena, "%.*g", digits, end);
    if (low ? strtod(text, NULL) <= end : strtod(text, NULL) >= end)
        return text;
    double unit = pow(10, floor(log10(fabs(end))) + 1 - digits);
    return qry_arena_printf(arena, "%.*g", digits, low ? end - unit : end + unit);
}

static void write_interval(qry_arena *arena, const cli_run *run, qry_output *output)
{
    const qry_estimate *e = &run->result.estimate;
    int digits = digits_of(e);
    cli_write_field(output, "value", qry_arena_printf(arena, "%.*g", digits, e->value));
    if (e->low == e->high && e->a_calls == 0)
        cli_write_field(output, "interval", "exact: no circuit is needed to know it");
    else if (e->low == e->high)
        cli_write_field(output, "interval",
                        qry_arena_printf(arena, "exact, with probability at least %.15g", 1 - e->failure));
    else
        cli_write_field(output, "interval",
                        qry_arena_printf(arena, "%s to %s with probability at least %.15g",
                                         end_text(arena, e->low, true, digits), end_text(arena, e->high, false, digits),
                                         1 - e->failure));
    if (e->low < e->high)
        cli_write_field(output, "", wanted_text(arena, run->search, e));
}

/* ---- the bill ---- */

/* The plane of rows not found yet is the search's last table. */
static const char *plane_of(const qry_search *search)
{
    return search->keeps_found ? search->tables[search->table_count - 1] : NULL;
}

static const char *calls_text(qry_arena *arena, const cli_run *run)
{
    const qry_ledger *l = run->ledger;
    const char *shots = cli_some(arena, l->shots, "shot");
    if (!qry_is_estimate(run->search->kind))
        return qry_arena_printf(arena, "%s in %s (circuits run and measured)",
                                cli_some(arena, l->oracle_calls, "oracle call"), shots);
    const char *uses =
        l->a_calls == 1 ? "1 use of A" : qry_arena_printf(arena, "%s uses of A", cli_number(arena, l->a_calls));
    if (run->engine == QRY_ENGINE_ORACLE)
        return qry_arena_printf(arena, "%s in %s", uses, shots);
    return qry_arena_printf(arena, "%s in %s (circuits run and measured) of %s", uses, shots,
                            cli_some(arena, l->simulated, "circuit"));
}

static void write_classical(qry_arena *arena, const cli_run *run, qry_output *output)
{
    const qry_ledger *l = run->ledger;
    const char *scan = cli_number(arena, l->classical_score_evaluations);
    if (!qry_is_estimate(run->search->kind)) {
        cli_write_field(output, "classically",
                        qry_arena_printf(arena, "%s checked here; a scan without quantum memory checks %s",
                                         cli_some(arena, l->score_evaluations, "row"), scan));
        return;
    }
    double samples = ceil(run->result.estimate.classical_samples);
    scan = cli_some(arena, l->classical_score_evaluations, "row");
    if (l->a_calls == 0) {
        cli_write_field(output, "classically", qry_arena_printf(arena, "a scan computes %s", scan));
        return;
    }
    cli_write_field(
        output, "classically",
        samples < (double)l->classical_score_evaluations
            ? qry_arena_printf(arena, "a scan computes %s; about %s at random give such an interval", scan,
                               cli_number(arena, (qry_u128)samples))
            : qry_arena_printf(arena, "a scan computes %s; fewer at random do not give such an interval", scan));
}

static void write_cost(qry_arena *arena, const cli_run *run, qry_output *output)
{
    const qry_ledger *l = run->ledger;
    cli_write_field(output, "cost", calls_text(arena, run));
    cli_write_field(output, "",
                    qry_arena_printf(arena, "reads of tables: %s", cli_reads_text(arena, l, plane_of(run->search))));
    cli_write_field(output, "",
                    qry_arena_printf(arena, "%s, of them %s; T count %s",
                                     cli_some(arena, qry_tally_gates(&l->tally), "gate"),
                                     cli_some(arena, l->tally.gate[QRY_GATE_cswap], "controlled swap"),
                                     cli_number(arena, qry_tally_t(&l->tally))));
    cli_write_field(output, "",
                    qry_arena_printf(arena, "%s; depth at most %s", cli_some(arena, l->qubits, "qubit"),
                                     cli_number(arena, l->depth)));
    write_classical(arena, run, output);
}

static const char *seconds_text(qry_arena *arena, const qry_ledger *l)
{
    const char *all = qry_arena_printf(arena, "%.3g s", l->seconds);
    return l->planning_seconds > 0 ? qry_arena_printf(arena, "%s, of them %.3g s planning", all, l->planning_seconds)
                                   : all;
}

/* The state of an estimate, which is kept while shots are drawn from it. */
static void write_state(qry_arena *arena, const qry_ledger *l, qry_output *output)
{
    const char *rows = cli_some(arena, l->rows, "row");
    if (l->rows > 0)
        cli_write_field(output, "",
                        qry_arena_printf(arena, l->axes ? "%s of 2^%u amplitudes held at most" : "%s held at most",
                                         rows, (unsigned)l->axes));
}

bool cli_write_run(cli *cli, const cli_run *run)
{
    qry_output *output = qry_output_open(cli->ctx, "-");
    qry_arena *arena = cli->arena;
    qry_output_printf(output, "%s\n", cli_statement_text(run->search, arena));
    (qry_is_estimate(run->search->kind) ? write_interval : write_rows)(arena, run, output);
    write_cost(arena, run, output);
    cli_write_field(output, "engine", cli_engine_text(arena, run->engine, run->mode));
    write_state(arena, run->ledger, output);
    cli_write_field(
        output, "",
        qry_arena_printf(arena, "%s; seed %llu", seconds_text(arena, run->ledger), (unsigned long long)run->seed));
    qry_output_printf(output, "\n");
    return qry_output_commit(output);
}

bool cli_write_reminder(cli *cli)
{
    qry_output *output = qry_output_open(cli->ctx, "-");
    cli_write_wrapped(
        output,
        "A query of quantum memory has gates for every row of its table: what a search or an estimate saves is "
        "queries and depth, not gates.",
        0, 0, cli_width(100));
    qry_output_printf(output, "\n");
    return qry_output_commit(output);
}
