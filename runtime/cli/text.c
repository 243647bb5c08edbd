/* text.c: numbers, paragraphs, and the lines of reports, for people. */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

size_t cli_width(size_t otherwise)
{
    enum { LEAST = 40 };
    struct winsize size;
    if (!isatty(STDOUT_FILENO) || ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
        return otherwise;
    return size.ws_col < LEAST ? LEAST : size.ws_col;
}

static bool starts_character(char c) { return ((unsigned char)c & 0xc0) != 0x80; }

/* Every character that we print takes one column. */
static size_t columns_of(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += starts_character(text[i]);
    return columns;
}

size_t cli_columns(const char *text) { return columns_of(text, strlen(text)); }

void cli_write_wrapped(qry_output *output, const char *text, size_t used, size_t indent, size_t width)
{
    size_t column = used;
    bool fresh = true; /* nothing stands on this line but blanks */
    while (*text) {
        if (*text == '\n') {
            qry_output_printf(output, "\n");
            column = 0;
            fresh = true;
            text++;
            continue;
        }
        size_t blanks = strspn(text, " "), length = strcspn(text + blanks, " \n");
        size_t columns = columns_of(text + blanks, length);
        if (!fresh && column + blanks + columns > width) {
            qry_output_printf(output, "\n");
            column = 0;
            fresh = true;
        }
        if (fresh)
            blanks = column < indent ? indent - column : 0;
        qry_output_printf(output, "%*s%.*s", (int)blanks, "", (int)length, text + strspn(text, " "));
        column += blanks + columns;
        text += strspn(text, " ") + length;
        fresh = false;
    }
}

const char *cli_digits(qry_u128 number, char text[CLI_DIGITS])
{
    size_t at = CLI_DIGITS;
    text[--at] = 0;
    do {
        text[--at] = (char)('0' + (int)(number % 10));
        number /= 10;
    } while (number);
    return text + at;
}

const char *cli_number(qry_arena *arena, qry_u128 number)
{
    static const uint64_t LONG = 1000000000000000;
    if (number >= LONG)
        return qry_arena_printf(arena, "%.3e", (double)number);
    char digits[CLI_DIGITS], text[CLI_DIGITS], *to = text;
    for (const char *from = cli_digits(number, digits); *from; from++) {
        *to++ = *from;
        if (from[1] && strlen(from + 1) % 3 == 0)
            *to++ = ',';
    }
    return qry_arena_text(arena, text, (size_t)(to - text));
}

const char *cli_some(qry_arena *arena, qry_u128 number, const char *noun)
{
    return qry_arena_printf(arena, "%s %s%s", cli_number(arena, number), noun, number == 1 ? "" : "s");
}

const char *cli_real_text(qry_arena *arena, double number) { return qry_arena_printf(arena, "%.4g", number); }

/* ---- lines of reports ---- */

void cli_write_field(qry_output *output, const char *name, const char *text)
{
    enum { COLUMN = 14, WIDTH = 100 };
    qry_output_printf(output, "  %-*s", COLUMN - 2, name);
    cli_write_wrapped(output, text, COLUMN, COLUMN, cli_width(WIDTH));
    qry_output_printf(output, "\n");
}

const char *cli_reads_text(qry_arena *arena, const qry_ledger *ledger, const char *plane)
{
    const char *text = "";
    for (size_t i = 0; i < ledger->query_count; i++) {
        const qry_ledger_query *query = &ledger->query[i];
        text =
            qry_arena_printf(arena, "%s%s%s %s%s", text, i ? ", " : "", query->table, cli_number(arena, query->loads),
                             plane && strcmp(query->table, plane) == 0 ? " (the rows not found yet)" : "");
    }
    return *text ? text : "none";
}

const char *cli_engine_text(qry_arena *arena, qry_engine engine, const char *mode)
{
    if (engine == QRY_ENGINE_ORACLE)
        return "oracle: outcomes drawn from the exact distribution of the circuits; no gate was run, the cost is what "
               "they would have taken";
    if (strcmp(mode, "double precision") == 0)
        return "dense, double precision: all 2^n amplitudes, every gate executed";
    const char *how = strcmp(mode, "gates") == 0      ? "every gate executed"
                      : strcmp(mode, "numbered") == 0 ? "equal qubits computed once"
                                                      : "unchanged parts computed once";
    return qry_arena_printf(arena, "sparse, mode %s: %s", mode, how);
}
