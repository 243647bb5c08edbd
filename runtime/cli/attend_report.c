/* attend_report.c: `quarry attend --report`: a page with plots. The page is runtime/report/'s; here are its data: what --json
 * prints, rows as columns, and the circuits of one row, subroutine by subroutine. */
#include "attend.h"
#include "count.h"
#include "runtime/report/report.h"

#include <stdlib.h>
#include <string.h>

/* ---- the files of the page ---- */

static const qry_report_file *find_file(const char *name, size_t length)
{
    for (const qry_report_file *file = qry_report_files; file->name; file++)
        if (strlen(file->name) == length && strncmp(file->name, name, length) == 0)
            return file;
    return NULL;
}

static const char library[] = "d3.min.js";

int cli_attend_check_report(cli *cli)
{
    if (find_file(library, strlen(library)))
        return CLI_DONE;
    return cli_misuse(cli,
                      "install D3 5 (Debian's node-d3), and build again: cmake finds it, or takes -DQUARRY_D3=FILE",
                      "--report needs D3, which draws the plots, and this quarry was built without it");
}

/* ---- rows as columns ---- */

/* The value of a row, or of its ledger; borrowed, NULL if there is none. */
static json_t *value_of(const json_t *row, const char *key)
{
    json_t *value = json_object_get(row, key);
    return value ? value : json_object_get(json_object_get(row, "ledger"), key);
}

/* What no row has is no column. */
static void put_column(cli *cli, json_t *columns, const json_t *rows, const char *key)
{
    bool any = false;
    json_t *column = json_array();
    for (size_t i = 0; i < json_array_size(rows); i++) {
        json_t *value = value_of(json_array_get(rows, i), key);
        any = any || (value && !json_is_null(value));
        cli_append(cli, column, value ? json_incref(value) : json_null());
    }
    if (any)
        cli_put(cli, columns, key, column);
    else
        json_decref(column);
}

/* Thousands of rows as objects would be mostly names. */
static json_t *columns_value(cli *cli, const json_t *rows)
{
    static const char *const keys[] = {
        "row",     "rest",         "fallback", "residual", "hits",           "tau",
        "bound",   "bound_reason", "missed",   "error",    "relative_error", "oracle_calls",
        "a_calls", "shots",        "gates",    "t",        "depth",          "score_evaluations"};
    json_t *columns = json_object();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        put_column(cli, columns, rows, keys[i]);
    return columns;
}

/* ---- the circuits of a row ---- */

/* They are compiled for the report, with as many bits of keys at most. */
static const double most_bits = 1 << 24;

static bool reads_memory(const qry_attend_row *row)
{
    return row->ledger.query_count > 0 && row->ledger.oracle_calls > 0;
}

static int compare_calls(const void *a, const void *b)
{
    const qry_attend_row *x = *(const qry_attend_row *const *)a, *y = *(const qry_attend_row *const *)b;
    if (x->ledger.oracle_calls != y->ledger.oracle_calls)
        return x->ledger.oracle_calls < y->ledger.oracle_calls ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Of the rows that read the quantum memory, that with the median of oracle calls; NULL if there is none. */
static const qry_attend_row *typical_row(cli *cli, const cli_attention *a)
{
    const qry_attend_row **rows = qry_arena_alloc(cli->arena, a->row_count, sizeof *rows);
    size_t count = 0;
    for (size_t i = 0; i < a->row_count; i++)
        if (reads_memory(&a->row[i]))
            rows[count++] = &a->row[i];
    qsort(rows, count, sizeof *rows, compare_calls);
    return count > 0 ? rows[count / 2] : NULL;
}

static json_t *subroutine_value(cli *cli, const qry_count_node *node)
{
    json_t *object = json_object(), *parts = json_array();
    cli_put(cli, object, "name", cli_json_text(cli, node->parent ? node->name : "whole"));
    cli_put(cli, object, "calls", cli_json_natural(node->calls));
    cli_put(cli, object, "width", cli_json_natural(node->width));
    cli_put(cli, object, "gates", cli_json_natural(qry_tally_gates(&node->inclusive)));
    cli_put(cli, object, "t", cli_json_natural(qry_tally_t(&node->inclusive)));
    cli_put(cli, object, "loads", cli_json_natural(node->loads));
    if (cli_depth_is_known(&node->depth))
        cli_put(cli, object, "depth", cli_json_natural(node->depth.depth));
    for (const qry_count_node *child = node->first_child; child; child = child->next)
        cli_append(cli, parts, subroutine_value(cli, child));
    cli_put(cli, object, "parts", parts);
    return object;
}

static json_t *tables_value(cli *cli, const qry_count *count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count->query_count; i++) {
        const qry_query_part *part = count->queries[i].part;
        json_t *object = json_object();
        cli_put(cli, object, "name", cli_json_text(cli, part->table));
        cli_put(cli, object, "address", cli_json_natural(part->address));
        cli_put(cli, object, "word", cli_json_natural(part->word));
        cli_put(cli, object, "arch", cli_json_text(cli, part->arch));
        cli_append(cli, list, object);
    }
    return list;
}

static void append_circuit(cli *cli, const cli_attention *a, json_t *circuits, const char *name,
                           const qry_attend_row *row, const char *text)
{
    json_t *object = json_object();
    cli_append(cli, circuits, object);
    qry_search *search = qry_attend_compile(a->attend, text);
    qry_program *program = search->program;
    const qry_count *count = qry_circuit_count(cli->arena, qry_circuit_program(search->circuit));
    cli_put(cli, object, "name", json_string(name));
    cli_put(cli, object, "row", cli_json_natural(row->row));
    cli_put(cli, object, "iterations", cli_json_natural(qry_search_rounds(search)));
    cli_put(cli, object, "qubits", cli_json_natural(count->qubits));
    cli_put(cli, object, "tables", tables_value(cli, count));
    json_t *whole = subroutine_value(cli, count->root);
    cli_put(cli, object, "whole", whole);
    cli_put(cli, whole, "depth", cli_json_natural(count->depth.depth));
    qry_search_free(search);
    qry_program_free(program);
}

static json_t *circuits_value(cli *cli, const cli_attention *a, const qry_attend_row *row)
{
    static const char *const names[] = {"normaliser", "energy"};
    json_t *circuits = json_array();
    append_circuit(cli, a, circuits, "search", row, qry_attend_program(a->attend, row, "keys.npy", cli->arena));
    for (int i = 0; i < 2; i++) {
        const char *text = qry_attend_estimate_program(a->attend, row, i == 1, "keys.npy", cli->arena);
        if (text)
            append_circuit(cli, a, circuits, names[i], row, text);
    }
    return circuits;
}

static void put_circuits(cli *cli, const cli_attention *a, json_t *data)
{
    const qry_attend_facts *f = a->facts;
    const qry_attend_row *row = typical_row(cli, a);
    if (row && (double)f->keys * (double)f->width * f->bits.key <= most_bits)
        cli_put(cli, data, "circuits", circuits_value(cli, a, row));
    else
        cli_put(
            cli, data, "circuits_reason",
            json_string(row ? "with so many keys it is not compiled for a report" : "no row reads the quantum memory"));
}

/* ---- the page ---- */

/* No text of JSON ends the script that it stands in: "<" stands in strings alone, where it may be written otherwise. */
static int write_escaped(const char *bytes, size_t length, void *output)
{
    size_t from = 0;
    for (size_t i = 0; i < length; i++)
        if (bytes[i] == '<') {
            qry_output_write(output, bytes + from, i - from);
            qry_output_printf(output, "\\u003c");
            from = i + 1;
        }
    qry_output_write(output, bytes + from, length - from);
    return 0;
}

static json_t *data_value(cli *cli, const cli_attention *a)
{
    json_t *data = cli_json_new(cli), *files = json_object(), *attend = json_incref(cli_attend_json(cli, a));
    const cli_attend_settings *s = a->settings;
    const char *const paths[][2] = {{"q", s->q}, {"k", s->k}, {"v", s->v}, {"load", s->load}};
    cli_put(cli, data, "attend", attend);
    cli_put(cli, data, "columns", columns_value(cli, json_object_get(attend, "rows")));
    json_object_del(attend, "rows");
    cli_put(cli, data, "files", files);
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        if (paths[i][1])
            cli_put(cli, files, paths[i][0], cli_json_text(cli, paths[i][1]));
    cli_put(cli, data, "queries", cli_json_natural(a->facts->queries));
    put_circuits(cli, a, data);
    return data;
}

/* The page has {{NAME}} where a file is to stand, or the data. */
static void write_page(const json_t *data, qry_output *output)
{
    const qry_report_file *page = find_file("page.html", strlen("page.html"));
    qry_must(page);
    const char *at = (const char *)page->bytes, *end = at + page->size, *open;
    while ((open = memmem(at, (size_t)(end - at), "{{", 2))) {
        const char *name = open + 2, *close = memmem(name, (size_t)(end - name), "}}", 2);
        qry_must(close);
        qry_output_write(output, at, (size_t)(open - at));
        const qry_report_file *file = find_file(name, (size_t)(close - name));
        qry_must(file || strncmp(name, "data}}", 6) == 0);
        if (file)
            qry_output_write(output, (const char *)file->bytes, file->size);
        else
            json_dump_callback(data, write_escaped, output, JSON_REAL_PRECISION(6) | JSON_COMPACT);
        at = close + 2;
    }
    qry_output_write(output, at, (size_t)(end - at));
}

bool cli_attend_write_report(cli *cli, const cli_attention *a)
{
    qry_output *output = qry_output_open(cli->ctx, a->settings->report);
    if (!output)
        return false;
    write_page(data_value(cli, a), output);
    return qry_output_commit(output);
}
