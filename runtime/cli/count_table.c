/* count_table.c: the costs of a circuit as a table for people: a tree of subroutines, a line each. */
#include "count.h"

#include <string.h>

/* ORDER COLUMN: add_row. */
static const cli_column columns[] = {{"subroutine", true, 0}, {"calls", false, 0},  {"qubits", false, 3},
                                     {"gates", false, 0},     {"CSWAP", false, 5},  {"Toffoli", false, 2},
                                     {"T", false, 0},         {"CX", false, 7},     {"depth", false, 1},
                                     {"T-depth", false, 6},   {"queries", false, 4}};

struct notes {
    bool queries; /* there is a column for them */
    bool bound;   /* some line has a depth that is only a bound */
};

static const char *depth_text(qry_arena *arena, const qry_depth *depth, qry_u128 number, struct notes *notes)
{
    if (!cli_depth_is_known(depth))
        return "";
    notes->bound |= !depth->exact;
    return qry_arena_printf(arena, "%s%s", depth->exact ? "" : "≤ ", cli_number(arena, number));
}

static void add_row(cli *cli, cli_table *table, const char *name, const qry_count_node *node, const qry_depth *depth,
                    struct notes *notes)
{
    qry_arena *arena = cli->arena;
    const qry_tally *tally = &node->inclusive;
    const qry_u128 numbers[] = {node->calls,
                                node->width,
                                qry_tally_gates(tally),
                                tally->gate[QRY_GATE_cswap],
                                qry_tally_toffoli(tally),
                                qry_tally_t(tally),
                                tally->gate[QRY_GATE_cx]};
    cli_table_cell(table, name);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        cli_table_cell(table, cli_number(arena, numbers[i]));
    cli_table_cell(table, depth_text(arena, depth, depth->depth, notes));
    cli_table_cell(table, depth_text(arena, depth, depth->t_depth, notes));
    if (notes->queries)
        cli_table_cell(table, cli_number(arena, node->loads));
}

/* The branches of the tree before a node: "│ ├ ". */
static const char *branches(qry_arena *arena, const qry_count_node *node)
{
    const char *text = node->next ? "├ " : "└ ";
    for (const qry_count_node *up = node->parent; up->parent; up = up->parent)
        text = qry_arena_printf(arena, "%s%s", up->next ? "│ " : "  ", text);
    return text;
}

static uint64_t level_of(const qry_count_node *node)
{
    uint64_t level = 0;
    while ((node = node->parent))
        level++;
    return level;
}

static const char *write_tree(cli *cli, const cli_counted *counted, uint64_t levels, struct notes *notes,
                              qry_output *output)
{
    const qry_count *count = counted->count;
    cli_table *table = cli_table_new(cli->arena, columns, sizeof columns / sizeof *columns - !counted->search);
    notes->queries = counted->search != NULL;
    add_row(cli, table, "whole", count->root, &count->depth, notes);
    for (const qry_count_node *node = cli_next_node(count->root); node; node = cli_next_node(node))
        if (level_of(node) <= levels) {
            const char *name = qry_arena_printf(cli->arena, "%s%s", branches(cli->arena, node), node->name);
            add_row(cli, table, name, node, &node->depth, notes);
        }
    return cli_table_write(table, output, cli_width(0));
}

static void write_queries(cli *cli, const qry_count *count, qry_output *output)
{
    qry_arena *arena = cli->arena;
    for (size_t i = 0; i < count->query_count; i++) {
        const qry_query_count *query = &count->queries[i];
        const char *in_and_out = query->address_halves
                                     ? qry_arena_printf(arena, "; its address goes in and out %s",
                                                        cli_some(arena, query->address_halves / 2, "time"))
                                     : "";
        qry_output_printf(output, "%s  %s: %s of %s at %s, by %s%s\n", i ? "       " : "Queries", query->part->table,
                          cli_some(arena, query->loads, "read"), cli_some(arena, query->part->word, "bit"),
                          cli_some(arena, query->part->address, "address bit"), query->part->arch, in_and_out);
    }
}

static void write_title(cli *cli, const cli_counted *counted, qry_output *output)
{
    if (counted->search)
        qry_output_printf(output, "%s: %s of %s\n\n", counted->path, cli_part_text(counted->search, cli->arena),
                          counted->search->search->name);
    else
        qry_output_printf(output, "%s: %s\n\n", counted->path,
                          counted->elaboration->exact ? "the whole program" : "every branch and every open loop once");
}

/* What is not a gate, and what is of no search. */
static void write_others(cli *cli, const cli_counted *counted, size_t width, qry_output *output)
{
    const qry_count *count = counted->count;
    qry_output_printf(output, "\nQubits   %s", cli_number(cli->arena, count->qubits));
    if (counted->search)
        qry_output_printf(output, ", %s of them work qubits, which are zero before and after",
                          cli_number(cli->arena, count->ancilla_peak));
    else
        qry_output_printf(output, "; %s, %s", cli_some(cli->arena, count->total.measurements, "measurement"),
                          cli_some(cli->arena, count->total.resets, "reset"));
    qry_output_printf(output, "\n\n");
    if (counted->elaboration && !counted->elaboration->exact) {
        qry_output_printf(output, "Open     ");
        cli_write_wrapped(output,
                          qry_arena_printf(cli->arena, "the numbers are not exact: %s",
                                           cli_why_text(cli->arena, counted->elaboration)),
                          9, 9, width);
        qry_output_printf(output, "\n\n");
    }
}

void cli_write_count_table(cli *cli, const cli_counted *counted, uint64_t levels, qry_output *output)
{
    struct notes notes = {false, false};
    size_t width = cli_width(100);
    write_title(cli, counted, output);
    const char *left_out = write_tree(cli, counted, levels, &notes, output);
    qry_output_printf(output, "\n");
    write_queries(cli, counted->count, output);
    qry_output_printf(output, "Gates    ");
    cli_write_wrapped(output, cli_gates_text(cli->arena, &counted->count->total), 9, 9, width);
    write_others(cli, counted, width, output);
    static const char columns_text[] =
        "A line counts all its calls with everything below it; qubits and depth are those of one call. "
        "Toffoli: controlled swaps (CSWAP) and Toffoli gates together. T: 7 for each of them, 2 for a "
        "controlled H. T-depth: 3 for each of them, 2 for a controlled H.";
    static const char ctrl_text[] =
        " ctrl: gates with more controls than their names say; with k in all, 2 (k - 1) Toffoli "
        "gates and the gate with one control, 2 k - 3 if it is x, y or z.";
    static const char queries_text[] = " Queries: words read from tables; taking a word back is a read as well.";
    cli_write_wrapped(output,
                      qry_arena_printf(cli->arena, "%s%s%s", columns_text,
                                       counted->count->total.controlled ? ctrl_text : "",
                                       notes.queries ? queries_text : ""),
                      0, 0, width);
    if (notes.bound)
        cli_write_wrapped(output, " ≤: no more than that; the exact depth would take too long to find.", 0, 0, width);
    qry_output_printf(output, "\n");
    if (left_out)
        qry_output_printf(output, "Not shown for want of room: %s\n", left_out);
}
