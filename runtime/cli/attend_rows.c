/* attend_rows.c: the rows that `quarry attend` prints for people, a line each. */
#include "attend.h"

#include <math.h>
#include <string.h>

enum { WIDTH = 100 };

const char *cli_attend_three_digits(qry_arena *arena, double number)
{
    return isfinite(number) ? qry_arena_printf(arena, "%.3g", number) : "-";
}

const char *cli_attend_percent(qry_arena *arena, double share)
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
static const char *tau_cell(qry_arena *arena, const qry_attend_row *r)
{
    return cli_attend_three_digits(arena, r->tau);
}
static const char *bound_cell(qry_arena *arena, const qry_attend_row *r)
{
    return cli_attend_three_digits(arena, r->bound);
}
static const char *error_cell(qry_arena *arena, const qry_attend_row *r)
{
    return cli_attend_three_digits(arena, r->error);
}
static const char *relative_cell(qry_arena *arena, const qry_attend_row *r)
{
    return cli_attend_percent(arena, r->error / r->exact_length);
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

static const char *rest_cell(qry_arena *arena, const qry_attend_row *r)
{
    (void)arena;
    return r->rest ? r->rest : "-";
}
static const char *residual_cell(qry_arena *arena, const qry_attend_row *r)
{
    return cli_attend_three_digits(arena, r->residual);
}
static const char *scores_cell(qry_arena *arena, const qry_attend_row *r)
{
    return cli_number(arena, r->ledger.score_evaluations);
}

static bool rests_differ(const cli_attention *a)
{
    for (size_t i = 1; i < a->row_count; i++)
        if (strcmp(a->row[i].rest ? a->row[i].rest : "", a->row[0].rest ? a->row[0].rest : "") != 0)
            return true;
    return false;
}

void cli_attend_write_rows(cli *cli, const cli_attention *a, qry_output *output)
{
    const cli_attend_settings *s = a->settings;
    const bool circuits = a->summary.ledger.shots > 0 || cli_attend_searches(a), found = cli_attend_finds(a);
    const bool measured = cli_attend_measures(a);
    const struct {
        cli_column column;
        const char *(*text)(qry_arena *arena, const qry_attend_row *row);
        bool shown;
    } all[] = {{{"row", false, 0}, row_cell, true},
               {{"hits", false, 0}, hits_cell, found},
               {{"threshold", false, 2}, tau_cell, found},
               {{"tried", false, 5}, thresholds_cell, s->target.given},
               {{"rest", true, 6}, rest_cell, found && rests_differ(a)},
               {{"residual", false, 3}, residual_cell, s->method == QRY_ATTEND_NYSTROM},
               {{"error", false, 0}, error_cell, s->check},
               {{"of the row", false, 1}, relative_cell, s->check},
               {{"bound", false, 0}, bound_cell, s->method != QRY_ATTEND_EXACT},
               {{"scores", false, 0}, scores_cell, s->method == QRY_ATTEND_HALFSPACE},
               {{"oracle calls", false, 0}, calls_cell, circuits},
               {{"normaliser", false, 0}, normaliser_cell, measured},
               {{"energy", false, 0}, energy_cell, measured},
               {{"shots", false, 3}, shots_cell, circuits},
               {{"gates", false, 4}, gates_cell, circuits}};
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
