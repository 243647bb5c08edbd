/* table.c: tables whose columns line up, as wide as the terminal allows. */
#include "cli.h"

#include <string.h>

enum { MOST_COLUMNS = 32, GAP = 2 };

struct cli_table {
    qry_arena *arena;
    const cli_column *columns;
    size_t column_count;
    const char **cells;
    size_t cell_count, cell_room;
};

cli_table *cli_table_new(qry_arena *arena, const cli_column *columns, size_t count)
{
    qry_must(count <= MOST_COLUMNS);
    cli_table *table = QRY_NEW(arena, cli_table);
    *table = (cli_table){.arena = arena, .columns = columns, .column_count = count};
    return table;
}

void cli_table_cell(cli_table *table, const char *text)
{
    if (table->cell_count == table->cell_room) {
        size_t room = table->cell_room ? 2 * table->cell_room : 16 * table->column_count;
        const char **cells = qry_arena_alloc(table->arena, room, sizeof *cells);
        for (size_t i = 0; i < table->cell_count; i++)
            cells[i] = table->cells[i];
        table->cells = cells;
        table->cell_room = room;
    }
    table->cells[table->cell_count++] = text;
}

/* The columns that stay, and how wide each is. */
struct layout {
    size_t width[MOST_COLUMNS];
    bool stays[MOST_COLUMNS];
};

static size_t whole_width(const cli_table *table, const struct layout *layout)
{
    size_t sum = 0;
    for (size_t c = 0; c < table->column_count; c++)
        if (layout->stays[c])
            sum += layout->width[c] + (sum ? GAP : 0);
    return sum;
}

static struct layout lay_out(const cli_table *table, size_t width)
{
    struct layout layout = {0};
    for (size_t c = 0; c < table->column_count; c++) {
        layout.stays[c] = true;
        layout.width[c] = cli_columns(table->columns[c].head);
        for (size_t i = c; i < table->cell_count; i += table->column_count) {
            size_t columns = cli_columns(table->cells[i]);
            layout.width[c] = columns > layout.width[c] ? columns : layout.width[c];
        }
    }
    while (width && whole_width(table, &layout) > width) {
        size_t first = table->column_count;
        for (size_t c = 0; c < table->column_count; c++)
            if (layout.stays[c] && table->columns[c].leaves &&
                (first == table->column_count || table->columns[c].leaves > table->columns[first].leaves))
                first = c;
        if (first == table->column_count)
            break;
        layout.stays[first] = false;
    }
    return layout;
}

/* No blanks at the end of a line. */
static void write_row(const cli_table *table, const struct layout *layout, qry_output *output, const char *const *cells)
{
    size_t owed = 0;
    bool first = true;
    for (size_t c = 0; c < table->column_count; c++) {
        if (!layout->stays[c])
            continue;
        size_t blanks = layout->width[c] - cli_columns(cells[c]);
        bool left = table->columns[c].left;
        owed += first ? 0 : GAP;
        first = false;
        if (*cells[c])
            qry_output_printf(output, "%*s%s", (int)(owed + (left ? 0 : blanks)), "", cells[c]);
        owed = *cells[c] ? left ? blanks : 0 : owed + blanks;
    }
    qry_output_printf(output, "\n");
}

const char *cli_table_write(const cli_table *table, qry_output *output, size_t width)
{
    struct layout layout = lay_out(table, width);
    const char *heads[MOST_COLUMNS], *left_out = NULL;
    for (size_t c = 0; c < table->column_count; c++) {
        heads[c] = table->columns[c].head;
        if (!layout.stays[c])
            left_out = left_out ? qry_arena_printf(table->arena, "%s, %s", left_out, heads[c]) : heads[c];
    }
    write_row(table, &layout, output, heads);
    for (size_t i = 0; i < table->cell_count; i += table->column_count)
        write_row(table, &layout, output, table->cells + i);
    return left_out;
}
