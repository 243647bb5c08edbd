/* load.c: the pass load.
 *
 * Requires: shapes, types and an order of declarations (check). Leaves: item->data of every table and const:
 * mantissas of the declared type, with their least and greatest value. Data stay from one compilation to the next;
 * read again is only what names params or other data that have changed. */
#include "compiler/load.h"

#include "compiler/fold.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* Entries on their way into a table, and those that did not fit. */
struct intake {
    struct qry_ast_program *tree;
    const struct ast_item *item;
    struct fold *fold;
    int64_t *mantissas;
    size_t count, taken, saturated;
    double largest_error;
};

bool qry_table_take(struct qry_ast_program *tree, qry_table *table, int64_t *mantissas)
{
    size_t count = (size_t)table->rows * table->columns;
    if (table->mantissas && memcmp(table->mantissas, mantissas, count * sizeof *mantissas) == 0) {
        qry_free(tree->ctx, mantissas);
        return false;
    }
    qry_free(tree->ctx, table->mantissas);
    table->mantissas = mantissas;
    table->low = table->high = mantissas[0];
    for (size_t i = 1; i < count; i++) {
        table->low = mantissas[i] < table->low ? mantissas[i] : table->low;
        table->high = mantissas[i] > table->high ? mantissas[i] : table->high;
    }
    table->version = ++tree->versions;
    return true;
}

static void take(struct intake *in, int64_t mantissa, bool saturated, double value)
{
    in->mantissas[in->taken++] = mantissa;
    if (!saturated)
        return;
    double error = fabs(value - ldexp((double)mantissa, -in->item->type->type.fraction));
    in->saturated++;
    in->largest_error = error > in->largest_error ? error : in->largest_error;
}

/* ---- numbers in the program ---- */

/* Nearest mantissa, ties to even; outside the range the nearer end. */
static int64_t round_rational(qry_type type, qry_rational value, bool *saturated)
{
    int f = type.fraction;
    qry_i128 n = (qry_i128)value.num * ((qry_i128)1 << (f > 0 ? f : 0));
    qry_i128 d = (qry_i128)value.den * ((qry_i128)1 << (f < 0 ? -f : 0));
    qry_i128 down = n / d - (n % d < 0), rest = n - down * d;
    qry_i128 nearest = down + (2 * rest > d || (2 * rest == d && down % 2 != 0));
    int64_t low = qry_type_min(type), high = qry_type_max(type);
    *saturated = nearest < low || nearest > high;
    return nearest < low ? low : nearest > high ? high : (int64_t)nearest;
}

static bool take_expression(struct intake *in, const struct ast_expr *e)
{
    in->fold->steps = 0;
    struct value value = qry_fold_whole(in->fold, e, in->item->slots);
    if (value.kind == VALUE_BROKEN)
        return false;
    if (value.kind == VALUE_TRUTH)
        value.number = (qry_rational){value.truth->constant, 1};
    bool saturated;
    int64_t mantissa = round_rational(in->item->type->type, value.number, &saturated);
    take(in, mantissa, saturated, qry_rational_to_double(value.number));
    return true;
}

/* The lengths of a list on each level, from its first entries. */
static int list_shape(const struct ast_expr *list, size_t shape[QRY_ARRAY_MAX_DIMS])
{
    int dims = 0;
    for (; list->kind == AST_LIST && dims < QRY_ARRAY_MAX_DIMS; list = list->first)
        shape[dims++] = list->count;
    return dims;
}

static bool take_list(struct intake *in, const struct ast_expr *list, int dims, const size_t *shape)
{
    const struct qry_ast_program *tree = in->tree;
    if (list->kind == AST_LIST && dims > 0 && list->count != shape[0]) {
        qry_error_at(tree->ctx, qry_ast_span(tree, list->place), NULL,
                     "this row has %" PRIu32 " entries, the first has %zu", list->count, shape[0]);
        return false;
    }
    if ((list->kind == AST_LIST) != (dims > 0)) {
        qry_error_at(tree->ctx, qry_ast_span(tree, list->place), NULL,
                     dims > 0 ? "a row is expected here, not a single entry" : "an entry is expected here, not a list");
        return false;
    }
    if (dims == 0)
        return take_expression(in, list);
    for (const struct ast_expr *entry = list->first; entry; entry = entry->next)
        if (!take_list(in, entry, dims - 1, shape + 1))
            return false;
    return true;
}

/* ---- shapes ---- */

/* As the program writes it: "[512][32]". */
static const char *declared_shape(struct intake *in)
{
    const struct ast_sizes *sizes = &in->item->sizes;
    qry_arena *arena = in->fold->arena;
    if (sizes->dims == 0)
        return "a single number";
    if (sizes->dims == 1)
        return qry_arena_printf(arena, "[%" PRId64 "]", sizes->size[0].size);
    return qry_arena_printf(arena, "[%" PRId64 "][%" PRId64 "]", sizes->size[0].size, sizes->size[1].size);
}

static void make_room(struct intake *in)
{
    qry_ctx *ctx = in->tree->ctx;
    qry_memory_require(ctx, (double)in->count * sizeof *in->mantissas, in->item->name->text);
    in->mantissas = qry_alloc(ctx, in->count, sizeof *in->mantissas);
}

/* What makes an array fit the item, or the item the array; NULL when nothing is near. */
static const char *shape_hint(const struct intake *in, int dims, const size_t *shape)
{
    const struct ast_item *item = in->item;
    const struct ast_size *size = item->sizes.size;
    qry_arena *arena = in->fold->arena;
    bool two = dims == 2 && item->sizes.dims == 2;
    if (dims == 2 && item->sizes.dims == 1 && shape[0] == 1 && shape[1] == (uint64_t)size[0].size)
        return item->source->from == AST_FROM_CSV ? "a line is a row: write one number a line"
                                                  : "this is one row of a matrix: a const takes it with [0] behind it";
    if (two && shape[0] == (uint64_t)size[1].size && shape[1] == (uint64_t)size[0].size)
        return "rows and columns have changed places";
    if (two)
        return qry_arena_printf(arena, "declare %s[%zu][%zu] to take all of it", item->name->text, shape[0], shape[1]);
    if (dims == 1 && item->sizes.dims == 1)
        return qry_arena_printf(arena, "declare %s[%zu] to take all of it", item->name->text, shape[0]);
    return NULL;
}

/* Whether an array, or the row of it that is asked for, is what the item declares. A file whose lines have one number
 * may stand for a column. On success there is room, and *first is the first item to take. */
static bool shape_fits(struct intake *in, const char *what, int dims, const size_t *shape, size_t *first)
{
    const struct ast_item *item = in->item;
    const struct ast_source_text *source = item->source;
    const struct qry_ast_program *tree = in->tree;
    qry_span span = qry_ast_span(tree, source->place);
    char text[QRY_SHAPE_TEXT];
    *first = source->has_row ? (size_t)source->row * in->count : 0;
    if (source->has_row && (dims == 0 || (uint64_t)source->row >= shape[0])) {
        qry_error_at(tree->ctx, qry_ast_span(tree, source->row_place), NULL, "%s has %zu rows, counted from 0", what,
                     dims ? shape[0] : 0);
        return false;
    }
    if (source->has_row) {
        shape++;
        dims--;
    }
    const struct ast_size *size = item->sizes.size;
    bool column = source->from == AST_FROM_CSV && item->sizes.dims && size[item->sizes.dims - 1].size == 1;
    bool same = dims == item->sizes.dims || (column && dims == item->sizes.dims - 1);
    for (int i = 0; i < dims && same; i++)
        same = shape[i] == (uint64_t)size[i].size;
    if (!same)
        qry_error_at(tree->ctx, span, shape_hint(in, dims, shape), "%s%s has the shape %s, but %s is declared %s",
                     source->has_row ? "a row of " : "", what, qry_shape_text(dims, shape, text), item->name->text,
                     declared_shape(in));
    if (same)
        make_room(in);
    return same;
}

static bool from_expression(struct intake *in)
{
    make_room(in);
    return take_expression(in, in->item->expr);
}

static bool from_list(struct intake *in)
{
    const struct ast_source_text *source = in->item->source;
    const struct ast_expr *list = source->list;
    size_t shape[QRY_ARRAY_MAX_DIMS], first;
    int dims = list_shape(list, shape);
    if (!shape_fits(in, "the list", dims, shape, &first))
        return false;
    if (!source->has_row)
        return take_list(in, list, dims, shape);
    const struct ast_expr *row = list->first;
    for (int64_t i = 0; i < source->row; i++)
        row = row->next;
    return take_list(in, row, dims - 1, shape + 1);
}

/* ---- files ---- */

/* Paths in a program are relative to its folder. */
static const char *resolved(qry_arena *arena, const qry_source *source, const char *path)
{
    const char *slash = strrchr(source->name, '/');
    if (path[0] == '/' || !slash)
        return strcmp(path, "-") == 0 ? "./-" : path; /* a lone - would be standard input */
    return qry_arena_printf(arena, "%.*s/%s", (int)(slash - source->name), source->name, path);
}

static bool from_file(struct intake *in)
{
    struct qry_ast_program *tree = in->tree;
    const struct ast_source_text *source = in->item->source;
    qry_span span = qry_ast_span(tree, source->place);
    const char *path = resolved(in->fold->arena, tree->source, source->path);
    qry_array *array = source->from == AST_FROM_NPZ   ? qry_npz_read(tree->ctx, path, source->member, span)
                       : source->from == AST_FROM_NPY ? qry_npy_read(tree->ctx, path, span)
                                                      : qry_csv_read(tree->ctx, path, span);
    size_t first;
    if (!array)
        return false;
    const char *what =
        source->member ? qry_arena_printf(in->fold->arena, "%s[\"%s\"]", source->path, source->member) : source->path;
    bool fine = shape_fits(in, what, array->dims, array->shape, &first);
    for (size_t i = 0; i < in->count && fine; i++) {
        bool saturated;
        int64_t mantissa = qry_array_round(array, first + i, in->item->type->type, &saturated);
        take(in, mantissa, saturated, qry_array_get(array, first + i));
    }
    qry_array_free(tree->ctx, array);
    return fine;
}

/* ---- the pass ---- */

static void warn_of_saturation(const struct intake *in)
{
    const struct ast_item *item = in->item;
    const char *name = item->name->text, *type = qry_type_text(in->fold->arena, item->type->type);
    char message[256];
    if (in->count == 1)
        snprintf(message, sizeof message,
                 "%.60s lies outside %s and became its least or greatest value; the error is %.6g", name, type,
                 in->largest_error);
    else
        snprintf(message, sizeof message,
                 "%zu of %zu entries of %.60s lie outside %s and became its least or greatest value; the largest error "
                 "is %.6g",
                 in->saturated, in->count, name, type, in->largest_error);
    qry_report(in->tree->ctx, &(qry_diagnostic){QRY_WARNING, qry_ast_span(in->tree, item->place), message,
                                                "widen the type or scale the data"});
}

static bool load(struct fold *fold, struct ast_item *item)
{
    struct qry_ast_program *tree = fold->tree;
    qry_table *table = item->data;
    struct intake in = {.tree = tree, .item = item, .fold = fold, .count = (size_t)table->rows * table->columns};
    bool fine = !item->source                         ? from_expression(&in)
                : item->source->from == AST_FROM_LIST ? from_list(&in)
                                                      : from_file(&in);
    if (!fine) {
        qry_free(tree->ctx, in.mantissas);
        return false;
    }
    item->is_loaded = true;
    item->changes_seen = tree->changes;
    if (qry_table_take(tree, table, in.mantissas) && in.saturated)
        warn_of_saturation(&in);
    return true;
}

static bool is_current(const struct qry_ast_program *tree, const struct ast_item *item)
{
    return item->is_bound || (item->is_loaded && (!item->uses || item->changes_seen == tree->changes));
}

bool qry_pass_load(qry_program *program)
{
    struct qry_ast_program *tree = program->tree;
    struct fold fold;
    qry_formula_list constants;
    bool fine = true;
    qry_fold_begin(&fold, program, &constants);
    for (struct ast_item *item = tree->ordered; item; item = item->ordered)
        if (item->kind != AST_PARAM && !is_current(tree, item))
            fine = load(&fold, item) && fine;
    return fine;
}
