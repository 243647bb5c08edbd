/* lines.c: one use of the oracle of a row's search, counted on circuits for a few numbers of rows. Gates, depths and qubits of
 * bucket brigades are a 2^m + b m + c exactly, from some m on; three circuits give the line, two more are compared with it, and
 * smaller ones are counted one by one. */
#include "runtime/params/crossover.h"

#include <math.h>
#include <string.h>

enum { FITTED = 3, CHECKED = 2, SIZES = QRY_LINE_FROM + FITTED + CHECKED, QUANTITIES = 5 };

double qry_line_at(const qry_line *line, int bits)
{
    return bits < QRY_LINE_FROM ? line->below[bits]
                                : line->per_row * exp2(bits) + line->per_bit * bits + line->constant;
}

/* ---- the circuit ---- */

static const char *numbers_text(qry_arena *arena, const int32_t *numbers, size_t count)
{
    enum { LONGEST = 16 };
    char *text = qry_arena_alloc(arena, count + 1, LONGEST);
    int length = 0;
    for (size_t i = 0; i < count; i++)
        length += snprintf(text + length, LONGEST, "%s%ld", i == 0 ? "" : ", ", (long)numbers[i]);
    return text;
}

/* The greatest integer score of the first rows: what the search looks for. */
static int64_t comparator_of(const qry_codes *codes, const qry_query_code *query, size_t rows)
{
    int64_t top = INT64_MIN;
    size_t width = codes->head->width;
    for (size_t j = 0; j < codes->head->keys && j < rows; j++) {
        int64_t sum = 0;
        for (size_t c = 0; c < width; c++)
            sum += (int64_t)query->code[c] * codes->code[j * width + c];
        top = sum > top ? sum : top;
    }
    return top;
}

static qry_search *compile(qry_ctx *ctx, qry_arena *arena, const qry_codes *codes, const qry_query_code *query,
                           int bits)
{
    size_t width = codes->head->width, rows = (size_t)1 << bits;
    const char *text =
        qry_arena_printf(arena,
                         "table K[%zu][%zu] : int(%d) = npy(\"keys.npy\");\n"
                         "const q[%zu] : int(%d) = [%s];\n"
                         "hits: search all j in K where dot(q, K[j]) >= %lld { failure = 0.001 };\n",
                         rows, width, codes->bits, width, query->bits, numbers_text(arena, query->code, width),
                         (long long)comparator_of(codes, query, rows));
    qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "crossover.qry", text, strlen(text)));
    qry_memory_require(ctx, 16.0 * (double)rows * (double)width, "the keys of a circuit");
    int64_t *integers = qry_alloc(ctx, rows, width * sizeof *integers);
    for (size_t i = 0; i < rows * width; i++)
        integers[i] = codes->code[i % (codes->head->keys * width)];
    if (!program || !qry_program_bind(program, "K", integers))
        qry_give_up(ctx);
    qry_free(ctx, integers);
    qry_search *search = qry_program_compile(program, NULL);
    if (!search)
        qry_give_up(ctx);
    return search;
}

static const qry_count *count_round(qry_arena *arena, qry_search *search, uint64_t iterations)
{
    qry_search_write_round(search, iterations);
    return qry_circuit_count(arena, qry_circuit_program(search->circuit));
}

/* An iteration is what a round of two has more than a round of one. */
static void measure(const qry_codes *codes, const qry_query_code *query, int bits, double quantity[QUANTITIES])
{
    qry_ctx *ctx = codes->head->ctx;
    qry_arena *arena = qry_arena_new(ctx);
    qry_search *search = compile(ctx, arena, codes, query, bits);
    qry_program *program = search->program;
    const qry_count *one = count_round(arena, search, 1), *two = count_round(arena, search, 2);
    quantity[0] = (double)(qry_tally_gates(&two->total) - qry_tally_gates(&one->total));
    quantity[1] = (double)(qry_tally_t(&two->total) - qry_tally_t(&one->total));
    quantity[2] = (double)(two->depth.depth - one->depth.depth);
    quantity[3] = (double)(two->depth.t_depth - one->depth.t_depth);
    quantity[4] = one->qubits;
    qry_search_free(search);
    qry_program_free(program);
    qry_arena_free(arena);
}

/* ---- lines ---- */

/* y: by bits. */
static qry_line line_through(const double *y)
{
    const double *at = y + QRY_LINE_FROM;
    double rows = exp2(QRY_LINE_FROM), per_row = (at[2] - 2 * at[1] + at[0]) / rows,
           per_bit = at[1] - at[0] - per_row * rows;
    qry_line line = {per_row, per_bit, at[0] - per_row * rows - per_bit * QRY_LINE_FROM, {0}};
    memcpy(line.below, y, sizeof line.below);
    return line;
}

qry_oracle_lines qry_oracle_lines_measure(const qry_head *head, qry_widths bits, const qry_params_watch *watch)
{
    qry_oracle_lines lines = {.from = QRY_LINE_FROM, .to = QRY_LINE_FROM + FITTED - 1, .checked = SIZES - 1};
    qry_line *line[QUANTITIES] = {&lines.gates, &lines.t, &lines.depth, &lines.t_depth, &lines.qubits};
    double y[QUANTITIES][SIZES], quantity[QUANTITIES];
    qry_codes *codes = qry_codes_new(head, bits.key);
    qry_query_code query = {.code = qry_alloc(head->ctx, head->width, sizeof *query.code)};
    qry_codes_query(codes, 0, bits.query, &query);
    for (int i = 0; i < SIZES; i++) {
        qry_check_interrupt(head->ctx);
        qry_params_tell(watch, "circuits", (size_t)i, SIZES);
        measure(codes, &query, i > 0 ? i : 1, quantity); /* a search has a bit of address at least */
        for (int k = 0; k < QUANTITIES; k++)
            y[k][i] = quantity[k];
    }
    for (int k = 0; k < QUANTITIES; k++) {
        *line[k] = line_through(y[k]);
        for (int i = QRY_LINE_FROM + FITTED; i < SIZES; i++)
            lines.deviation = fmax(lines.deviation, fabs(qry_line_at(line[k], i) / y[k][i] - 1));
    }
    qry_free(head->ctx, query.code);
    qry_codes_free(codes);
    return lines;
}
