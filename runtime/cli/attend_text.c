/* attend_text.c: what `quarry attend` prints for people, from its head on: what was computed, and how. */
#include "attend.h"

#include <string.h>

enum { MOST_LINES = 64, WIDTH = 100 };

/* ---- how rows came about ---- */

/* A search by circuits finds a few keys more: those it meets before it knows the row's highest, and those that round alike. */
static const char *rule_text(qry_arena *arena, const qry_rule *rule, bool searched)
{
    switch (rule->kind) {
    case QRY_RULE_TAU:
        return qry_arena_printf(arena, "the keys that score at least %g", rule->value);
    case QRY_RULE_DROP:
        return qry_arena_printf(arena, "the keys that score at most %g below the row's highest%s", rule->value,
                                searched ? ", and those met on the way" : "");
    case QRY_RULE_TARGET:
        return qry_arena_printf(
            arena, "keys of highest score, as many as it takes for a bound of at most %g times the row's length",
            rule->value);
    default:
        return searched ? qry_arena_printf(arena, "the keys of highest score, about %g, by rounded score; ties all",
                                           rule->value)
                        : qry_arena_printf(arena, "the keys of highest score, %g of them", rule->value);
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

/* A search by circuits, or by the tree. */
static void write_search(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_attend_facts *f = a->facts;
    const char *rule = rule_text(arena, &f->rule, cli_attend_searches(a));
    if (a->settings->method == QRY_ATTEND_HALFSPACE) {
        cli_write_field(output, "searched", qry_arena_printf(arena, "%s; classically, by a tree of the keys", rule));
        return;
    }
    cli_write_field(output, "searched",
                    qry_arena_printf(arena, "%s; the search of a row misses none%s with probability at least %.15g%s",
                                     rule, a->settings->epsilon ? ", and its estimates hold," : "", 1 - f->failure,
                                     all_rows_text(arena, a)));
}

/* What stands in for the keys that were not found, by the word that rows have for it. */
static const char *rest_text(qry_arena *arena, const cli_attention *a, const char *rest)
{
    const char *groups = cli_some(arena, a->facts->groups, "group");
    if (strcmp(rest, "moments") == 0)
        return qry_arena_printf(arena, "by the moments of %s", groups);
    if (strcmp(rest, "rank1") == 0)
        return qry_arena_printf(arena, "one constant for all, its size by the moments of %s", groups);
    return strcmp(rest, "nystrom") == 0 ? "by the low-rank kernel" : "the mean value";
}

/* Rows may differ in that. */
static void write_rests(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    static const char *const rests[] = {"moments", "rank1", "nystrom", "mean"};
    enum { RESTS = sizeof rests / sizeof *rests };
    size_t count[RESTS] = {0}, kinds = 0;
    const char *text = "";
    for (size_t i = 0; i < a->row_count; i++)
        for (size_t r = 0; r < RESTS; r++)
            count[r] += a->row[i].rest && strcmp(a->row[i].rest, rests[r]) == 0;
    for (size_t r = 0; r < RESTS; r++)
        kinds += count[r] > 0;
    for (size_t r = 0; r < RESTS; r++)
        if (count[r] > 0)
            text =
                qry_arena_printf(arena, "%s%s%s%s", text, *text ? "; " : "", rest_text(arena, a, rests[r]),
                                 kinds > 1 ? qry_arena_printf(arena, " (%s)", cli_some(arena, count[r], "row")) : "");
    cli_write_field(output, "other keys", kinds > 0 ? text : "none: all were found");
}

static void write_kernel(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_attend_facts *f = a->facts;
    const qry_nystrom_facts *n = &f->nystrom;
    cli_write_field(
        output, "kernel",
        qry_arena_printf(arena,
                         "%s, from %s among queries and keys (ridge %.3g); of its trace over the keys they leave %s",
                         n->raw ? "e^(q.k)" : "balanced Gaussian", cli_some(arena, n->landmarks, "landmark"), n->lambda,
                         cli_attend_percent(arena, n->residual_trace / n->key_trace)));
    cli_write_field(output, "values",
                    n->value_samples < f->keys
                        ? qry_arena_printf(arena, "%zu of %zu rows of V stand for all, sampled by their leverage",
                                           n->value_samples, f->keys)
                        : "all rows of V");
    if (n->mean_epsilon > 0)
        cli_write_field(output, "normaliser",
                        qry_arena_printf(arena,
                                         "by amplitude estimation, once, to %.3g in the norm of the kernel; it "
                                         "holds with probability at least %.15g",
                                         n->mean_epsilon, 1 - f->failure));
}

static void write_method(qry_arena *arena, const cli_attention *a, qry_output *output)
{
    const qry_attend_facts *f = a->facts;
    if (a->settings->method == QRY_ATTEND_EXACT)
        cli_write_field(output, "searched", "nothing: every score is computed classically");
    if (cli_attend_finds(a)) {
        write_search(arena, a, output);
        write_rests(arena, a, output);
    }
    if (f->nystrom.landmarks > 0)
        write_kernel(arena, a, output);
    if (cli_attend_searches(a))
        cli_write_field(output, "circuit",
                        qry_arena_printf(arena,
                                         "an entry of a key has %d bits in the quantum memory, one of a query %d",
                                         f->bits.key, f->bits.query));
    if (f->loaded)
        cli_write_field(output, "state", qry_arena_printf(arena, "from %s", a->settings->load));
    if (a->settings->save)
        cli_write_field(output, "state", qry_arena_printf(arena, "saved to %s", a->settings->save));
}

void cli_attend_write_text(cli *cli, const cli_attention *a, qry_output *output)
{
    qry_arena *arena = cli->arena;
    const qry_attend_facts *f = a->facts;
    qry_output_printf(output, "%s attention%s: %zu of %s; %s of dimension %zu, values of dimension %zu\n",
                      cli_attend_method(cli, a), f->causal ? ", causal" : "", a->row_count,
                      cli_some(arena, f->queries, "row"), cli_some(arena, f->keys, "key"), f->width, f->value_width);
    write_method(arena, a, output);
    if (a->row_count <= MOST_LINES)
        cli_attend_write_rows(cli, a, output);
    cli_attend_write_sum(cli, a, output);
    if (cli->quiet || !cli_attend_searches(a))
        return;
    qry_output_printf(output, "\n");
    cli_write_wrapped(output,
                      "A query of quantum memory has gates for every key: what a search saves is queries and depth, "
                      "not gates.",
                      0, 0, cli_width(WIDTH));
    qry_output_printf(output, "\n");
}
