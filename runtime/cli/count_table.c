/* count_table.c: the costs of a circuit as a table for people: a tree of subroutines, a line each. */
#include "count.h"

#include <string.h>

/* ORDER COLUMN: add_row. */
static const cli_column columns[] = {{"subroutine", true, 0}, {"calls", false, 0},  {"qubits", false, 3},
                                     {"gates", false, 0},     {"CSWAP", false, 5},  {"Toffoli", false, 2},
                                     {"T", false, 0},         {"CX", false, 7},     {"depth", false, 1},
                                     {"T-depth", false, 6},   {"queries", false, 4}};

/* Some line has a depth that is only a bound. */
struct notes {
    bool bound;
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

static const char *write_tree(cli *cli, const qry_count *count, uint64_t levels, struct notes *notes,
                              qry_output *output)
{
    cli_table *table = cli_table_new(cli->arena, columns, sizeof columns / sizeof *columns);
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

void cli_write_count_table(cli *cli, const cli_circuit *circuit, const qry_count *count, uint64_t levels,
                           qry_output *output)
{
    struct notes notes = {false};
    size_t width = cli_width(100);
    qry_output_printf(output, "%s: %s of %s\n\n", circuit->path, cli_part_text(circuit, cli->arena),
                      circuit->search->name);
    const char *left_out = write_tree(cli, count, levels, &notes, output);
    qry_output_printf(output, "\n");
    write_queries(cli, count, output);
    qry_output_printf(output, "Gates    ");
    cli_write_wrapped(output, cli_gates_text(cli->arena, &count->total), 9, 9, width);
    qry_output_printf(output, "\nQubits   %s, %s of them work qubits, which are zero before and after\n\n",
                      cli_number(cli->arena, count->qubits), cli_number(cli->arena, count->ancilla_peak));
    cli_write_wrapped(output,
                      "A line counts all its calls with everything below it; qubits and depth are those of one call. "
                      "Toffoli: controlled swaps (CSWAP) and Toffoli gates together. T: 7 for each of them, 2 for a "
                      "controlled H. T-depth: 3 for each of them, 2 for a controlled H. Queries: words read from "
                      "tables; taking a word back is a read as well.",
                      0, 0, width);
    if (notes.bound)
        cli_write_wrapped(output, " ≤: no more than that; the exact depth would take too long to find.", 0, 0, width);
    qry_output_printf(output, "\n");
    if (left_out)
        qry_output_printf(output, "Not shown for want of room: %s\n", left_out);
}
