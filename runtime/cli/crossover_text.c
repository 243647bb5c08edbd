/* crossover_text.c: what `quarry crossover` prints for people, and the assumptions in words. */
#include "crossover.h"

#include <math.h>

/* ---- assumptions ---- */

/* A list of sentences that grows; `room` of them. */
struct sentences {
    const char **text;
    size_t count, room;
};

static void say(struct sentences *s, const char *text)
{
    qry_must(s->count + 1 < s->room);
    s->text[s->count++] = text;
}

static void say_growth(cli *cli, const cli_crossover *c, struct sentences *s)
{
    const qry_growth *g = &c->model.growth;
    const char *what = c->model.low_rank ? "The landmarks s" : "The keys found in a row, k,";
    const char *name = c->model.low_rank ? "s" : "k";
    if (c->assumed_growth)
        say(s,
            qry_arena_printf(cli->arena,
                             "The landmarks s grow like n, as on heads of several lengths: one length does not tell, "
                             "and here s = %.4g n. FOLDERs of other lengths measure it.",
                             exp(g->log_factor)));
    else if (g->lengths > 1)
        say(s, qry_arena_printf(cli->arena,
                                "%s grow with n as %s = %.3g n^%.3g, fitted to %zu lengths; beyond them that "
                                "is an extrapolation.",
                                what, name, exp(g->log_factor), g->exponent, g->lengths));
    else
        say(s, qry_arena_printf(cli->arena, "%s stay at %.4g for every n: %s.", what, exp(g->log_factor),
                                c->settings->landmarks.given ? "as given" : "only one length was given"));
}

static void say_classical(cli *cli, const cli_crossover *c, struct sentences *s)
{
    const qry_crossover_model *m = &c->model;
    say(s, qry_arena_printf(cli->arena,
                            "The classical row computes all n scores and sums all n values: n (d + d_v) = %zu n "
                            "multiply-adds, %s a second on one core (%s); nothing is approximated.",
                            m->width + m->value_width, cli_real_text(cli->arena, m->classical_rate),
                            c->rate_given ? "as given" : "measured here, OpenBLAS, 16,384 keys"));
    say(s, qry_arena_printf(cli->arena,
                            "A classical multiply-add is %g gates: %d x %d bits%s, an AND and a full adder of five "
                            "gates for each pair.",
                            qry_crossover_gates_of_operation(m->bits), m->bits.query, m->bits.key,
                            m->low_rank ? " on either side, which is not measured" : ""));
}

static const char *schedule_text(cli *cli, const qry_schedule *s)
{
    return qry_arena_printf(cli->arena, "sqrt(n) (%.3g sqrt(k) + %.3g ln k + %.3g)", s->of_found, s->of_log, s->of_all);
}

static void say_search(cli *cli, const cli_crossover *c, struct sentences *s)
{
    const qry_crossover_model *m = &c->model;
    say(s, qry_arena_printf(
               cli->arena,
               "A row uses the oracle %.3g (%s) times: the formula from searches for known numbers of rows, "
               "failing with probability %g at most; the factor from rows of the longest head, which learn k "
               "and their threshold on the way, where they find %.2g%% of the keys%s. Where a greater part is "
               "found a row takes less than that.",
               m->over.ratio, schedule_text(cli, &m->schedule), m->schedule.failure, 100 * m->over.share,
               m->over.share > QRY_CROSS_FEW    ? " (as few as can be; 1 at least)"
               : m->here.ratio != m->over.ratio ? " (by a narrower rule)"
                                                : ""));
    say(s, "A circuit has a power of two of rows: n of the formulas of a use of the oracle and of their number is the "
           "next one from the number of keys. What a row takes at this n is measured, not by the formula; below 256 "
           "keys the formula is not looked at.");
    say(s, qry_arena_printf(cli->arena,
                            "A use of the oracle computes all scores and takes them back, as two scores count; a key "
                            "found takes %.3g scores more, computed classically.",
                            m->verified));
    say(s, qry_arena_printf(cli->arena,
                            "Entries keep %d bits (query) and %d (key) at every n, and bucket brigades hold the keys.",
                            m->bits.query, m->bits.key));
    say(s,
        qry_arena_printf(cli->arena,
                         "Time is T-depth times %g s a layer, error correction and factories included; all qubits are "
                         "there, however many, and perfect. Clifford gates and measurements take no time.",
                         m->gate_time));
    say(s, qry_arena_printf(
               cli->arena,
               "In all: loading n d words, the moments of the keys (%.3g operations a key) and the classical "
               "part of a row (%.3g sqrt(n)) at the classical rate; what is done once is spread over %s rows.",
               m->once, m->each, cli_number(cli->arena, (qry_u128)m->rows_asked)));
}

static void say_low_rank(cli *cli, const cli_crossover *c, struct sentences *s)
{
    say(s,
        c->settings->landmarks.given
            ? "The number of landmarks is as given; how far off the rows are then is not looked at."
            : "The landmarks are s_lambda of the balanced kernel at lambda = 0.1 min D / sqrt(n), which the theorem of "
              "QAttention needs; its constants and logarithms are left out, in its favour.");
    say(s, "A row takes s (d + d_v) + s^2 / 2 multiply-adds, on a classical computer: circuits are used in the "
           "preprocessing alone.");
    say(s, qry_arena_printf(
               cli->arena,
               "In all: a preprocessing of n s (s + d) multiply-adds, that of the classical algorithm, spread "
               "over %s rows. A quantum one still loads n d words first.",
               cli_number(cli->arena, (qry_u128)c->model.rows_asked)));
}

const char *const *cli_crossover_assumptions(cli *cli, const cli_crossover *c)
{
    enum { ROOM = 12 };
    struct sentences s = {qry_arena_alloc(cli->arena, ROOM, sizeof *s.text), 0, ROOM};
    if (!c->unknown)
        say_growth(cli, c, &s);
    if (c->model.low_rank)
        say_low_rank(cli, c, &s);
    else
        say_search(cli, c, &s);
    say_classical(cli, c, &s);
    say(&s, "A classical algorithm may search as well: trees and hashing that skip keys, and sampling, are not beside "
            "these numbers.");
    return s.text;
}

/* ---- what was measured ---- */

static void write_lengths(cli *cli, const cli_crossover *c, qry_output *output)
{
    static const cli_column searched[] = {{.head = "n"},
                                          {.head = "keys found"},
                                          {.head = "oracle calls"},
                                          {.head = "over the formula"},
                                          {.head = "classical scores"},
                                          {.head = "head", .left = true}};
    static const cli_column low_rank[] = {{.head = "n"}, {.head = "landmarks"}, {.head = "head", .left = true}};
    size_t columns = c->model.low_rank ? sizeof low_rank / sizeof *low_rank : sizeof searched / sizeof *searched;
    cli_table *table = cli_table_new(cli->arena, c->model.low_rank ? low_rank : searched, columns);
    for (size_t i = 0; i < c->count; i++) {
        const qry_crossover_head *h = &c->length[i].head;
        cli_table_cell(table, cli_number(cli->arena, h->keys));
        if (c->model.low_rank) {
            cli_table_cell(table, c->length[i].landmarks.missing
                                      ? "unknown"
                                      : cli_real_text(cli->arena, c->length[i].landmarks.value));
        } else {
            cli_table_cell(table, cli_real_text(cli->arena, h->found));
            cli_table_cell(table, cli_real_text(cli->arena, h->calls));
            cli_table_cell(table, cli_real_text(cli->arena, h->ratio));
            cli_table_cell(table, cli_real_text(cli->arena, h->verified));
        }
        cli_table_cell(table, h->name);
    }
    cli_table_write(table, output, 0);
}

static const char *line_text(cli *cli, const qry_line *line)
{
    const char *rows = line->per_row != 0
                           ? qry_arena_printf(cli->arena, "%.6g n %c ", line->per_row, line->per_bit < 0 ? '-' : '+')
                       : line->per_bit < 0 ? "-"
                                           : "";
    return qry_arena_printf(cli->arena, "%s%.6g log2 n %c %.6g", rows, fabs(line->per_bit),
                            line->constant < 0 ? '-' : '+', fabs(line->constant));
}

static void write_measured(cli *cli, const cli_crossover *c, qry_output *output)
{
    const qry_growth *g = &c->model.growth;
    const qry_schedule *s = &c->model.schedule;
    const qry_oracle_lines *l = &c->model.oracle;
    qry_arena *arena = cli->arena;
    const char *name = c->model.low_rank ? "s" : "k";
    qry_output_printf(output, "\n");
    if (!c->unknown)
        cli_write_field(output, "growth",
                        g->lengths > 2 ? qry_arena_printf(arena, "%s = %.3g n^%.3g, off by a factor of %.3g on average",
                                                          name, exp(g->log_factor), g->exponent, exp(g->residual))
                        : g->lengths == 2 ? qry_arena_printf(arena, "%s = %.3g n^%.3g, through two lengths", name,
                                                             exp(g->log_factor), g->exponent)
                        : c->settings->landmarks.given
                            ? "as many landmarks at every n, as asked for"
                            : qry_arena_printf(arena, "not known from one length; %s %s", name,
                                               c->assumed_growth ? "is taken to grow like n" : "stays"));
    if (c->model.low_rank)
        return;
    cli_write_field(
        output, "schedule",
        qry_arena_printf(
            arena,
            "%s uses of the oracle, within %.2g%% of the means that it was fitted to; for %zu of %s rows it "
            "says %.4g, measured %.4g",
            schedule_text(cli, s), 100 * s->residual, s->checked_found, cli_number(arena, s->checked_rows),
            s->checked_as, s->checked));
    cli_write_field(
        output, "a use",
        qry_arena_printf(arena,
                         "takes %s gates, depth %s, T-depth %s; qubits %s. From circuits of 2^%d to 2^%d keys; "
                         "those up to 2^%d are off by %.2g%%",
                         line_text(cli, &l->gates), line_text(cli, &l->depth), line_text(cli, &l->t_depth),
                         line_text(cli, &l->qubits), l->from, l->to, l->checked, 100 * l->deviation));
}

/* ---- the answer ---- */

static const char *keys_text(cli *cli, double keys)
{
    static const double plain = 1e6;
    return keys < plain ? cli_number(cli->arena, (qry_u128)ceil(keys)) : qry_arena_printf(cli->arena, "%.2e", keys);
}

static const char *when_text(cli *cli, const qry_crossing *crossing)
{
    if (crossing->never)
        return "never";
    if (isnan(crossing->keys))
        return qry_arena_printf(cli->arena, "not beyond %s", keys_text(cli, crossing->last));
    return qry_arena_printf(cli->arena, "from %s", keys_text(cli, crossing->keys));
}

static void write_answer(cli *cli, const cli_crossover *c, qry_output *output)
{
    static const cli_column columns[] = {
        {.head = "measure", .left = true}, {.head = "this n: quantum"}, {.head = "classical"},
        {.head = "quantum pays"},          {.head = "ratio goes like"}, {.head = "qubits there"}};
    static const char *const names[QRY_CROSS_KINDS] = {
        "scores computed", "depth, one processor", "depth, many processors", "gates", "seconds", "seconds in all"};
    cli_table *table = cli_table_new(cli->arena, columns, sizeof columns / sizeof *columns);
    double keys = (double)c->model.here.keys;
    for (int i = 0; i < QRY_CROSS_KINDS; i++) {
        const qry_crossing *crossing = &c->crossing[i];
        qry_measure_kind kind = (qry_measure_kind)i;
        cli_table_cell(table, names[i]);
        cli_table_cell(table, cli_real_text(cli->arena, qry_crossover_here(&c->model, kind)));
        cli_table_cell(table, cli_real_text(cli->arena, qry_crossover_classical(&c->model, kind, keys)));
        cli_table_cell(table, when_text(cli, crossing));
        cli_table_cell(table, qry_arena_printf(cli->arena, "n^%.2f", round(100 * crossing->slope) / 100 + 0.0));
        cli_table_cell(table, isfinite(crossing->qubits) ? qry_arena_printf(cli->arena, "%.2g", crossing->qubits) : "");
    }
    qry_output_printf(output, "\nA row at n = %s keys, and the n from which the quantum one takes less:\n",
                      cli_number(cli->arena, c->model.here.keys));
    cli_table_write(table, output, 0);
}

static void write_wrapped(qry_output *output, const char *text)
{
    qry_output_printf(output, "\n");
    cli_write_wrapped(output, text, 0, 0, cli_width(100));
    qry_output_printf(output, "\n");
}

static void write_words(cli *cli, const cli_crossover *c, qry_output *output)
{
    const qry_crossing *queries = &c->crossing[QRY_CROSS_QUERIES], *gates = &c->crossing[QRY_CROSS_GATES];
    const qry_crossing *time = &c->crossing[QRY_CROSS_ALL];
    if (c->model.low_rank) {
        write_wrapped(output,
                      "A row of the low-rank kernel is classical work on both sides. It is less than exact "
                      "attention only where s is below n, and in operations only as long as s grows more slowly "
                      "than the root of n.");
        return;
    }
    const char *text = !isnan(queries->keys) ? "In scores computed the search wins, as the theorems say."
                       : queries->never      ? "Not even the scores become fewer: too many keys have to be found."
                                        : "In the long run not even the scores become fewer: too many keys have to be "
                                          "found.";
    text = qry_arena_printf(cli->arena, "%s %s", text,
                            !isnan(gates->keys)
                                ? "In gates it does as well."
                                : qry_arena_printf(cli->arena,
                                                   "In gates it %s: every use of the oracle reads a "
                                                   "quantum memory with gates for every key, and it takes "
                                                   "of the order of the root of n k uses.",
                                                   gates->never ? "never does" : "does not in the long run"));
    text = qry_arena_printf(cli->arena, "%s In time, with all that belongs to it, %s", text,
                            !isnan(time->keys)
                                ? qry_arena_printf(cli->arena,
                                                   "it pays from %s keys on, on a machine of %.2g perfect qubits, "
                                                   "against one core.",
                                                   keys_text(cli, time->keys), time->qubits)
                            : time->never ? "it never pays under these assumptions."
                                          : "it does not pay in the long run under these assumptions.");
    write_wrapped(output, text);
}

void cli_crossover_write_text(cli *cli, const cli_crossover *c, qry_output *output)
{
    static const char *const methods[] = {"sparse", "hybrid", "nystrom"};
    const char *rule = "";
    if (!c->model.low_rank)
        rule = c->rule.kind == QRY_RULE_DROP
                   ? qry_arena_printf(cli->arena, ", keys that score at most %g below the row's highest", c->rule.value)
                   : qry_arena_printf(cli->arena, ", about the %g keys of highest score", c->rule.value);
    qry_output_printf(output, "Rows of %s attention%s\n\n", methods[c->settings->method], rule);
    write_lengths(cli, c, output);
    write_measured(cli, c, output);
    if (c->unknown) {
        write_wrapped(output, qry_arena_printf(cli->arena, "Nothing follows: %s.", c->unknown));
    } else {
        write_answer(cli, c, output);
        write_words(cli, c, output);
    }
    qry_output_printf(output, "\nAssumed:\n");
    for (const char *const *text = cli_crossover_assumptions(cli, c); *text; text++) {
        qry_output_printf(output, "- ");
        cli_write_wrapped(output, *text, 2, 2, cli_width(100));
        qry_output_printf(output, "\n");
    }
}
