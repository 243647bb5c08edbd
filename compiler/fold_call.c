/* fold_call.c: entries of tables, built-in functions, declared functions written out, sums over a range. */
#include "compiler/fold.h"

#include <inttypes.h>
#include <string.h>

/* ---- entries and rows ---- */

bool qry_fold_has_data(const struct ast_item *item) { return item->data->mantissas != NULL; }

struct value qry_fold_entry(struct fold *fold, const struct ast_expr *e, const struct row *row, uint32_t column)
{
    const qry_table *table = row->table;
    qry_span span = qry_ast_span(fold->tree, e->place);
    if (row->at_bound) {
        qry_formula *node = qry_formula_entry(&fold->builder, span, table, column, row->as_row);
        return table->type.is_bool ? qry_fold_truth(node) : qry_fold_node(fold, e, node);
    }
    int64_t mantissa = table->mantissas[row->first + column];
    if (table->type.is_bool)
        return qry_fold_truth(qry_formula_truth(&fold->builder, span, mantissa != 0));
    qry_rational number;
    qry_must(qry_rational_scale((qry_rational){mantissa, 1}, -table->type.fraction, &number));
    return qry_fold_number(number, true);
}

/* The bound name, or a parameter that stands for it: the value is the index itself. */
static bool is_bound(const struct value *index)
{
    const struct linear *sum = &index->sum;
    return index->kind == VALUE_SUM && index->from->kind == AST_NAME && sum->count == 1 &&
           sum->terms[0].arg->kind == QRY_FORMULA_INDEX && sum->terms[0].factor == 1 && sum->constant == 0 &&
           sum->fraction == 0;
}

static bool whole(const struct value *value, int64_t *result)
{
    *result = value->number.num;
    return value->kind == VALUE_NUMBER && value->number.den == 1;
}

static bool row_at_bound(struct fold *fold, const struct ast_expr *e, const struct ast_item *item, struct row *row)
{
    const qry_table *table = item->data;
    if (item->kind != AST_TABLE) {
        qry_fold_broken(fold, e, "make it a table to look it up by the bound name",
                        "%s is a const: its index is a constant", table->name);
        return false;
    }
    if (fold->high >= table->rows) {
        qry_fold_broken(fold, e, NULL, "%s goes up to %" PRIu64 ", but the last row of %s is %" PRIu64, fold->bound,
                        fold->high, table->name, table->rows - 1);
        return false;
    }
    *row = (struct row){.table = table, .at_bound = true, .columns = table->columns};
    return true;
}

static bool constant_row(struct fold *fold, const struct ast_expr *at, const qry_table *table,
                         const struct value *index, struct row *row)
{
    int64_t number;
    if (!whole(index, &number) || number < 0 || (uint64_t)number >= table->rows) {
        qry_fold_broken(fold, at, NULL, "%s has no entry %.10g: its indices go from 0 to %" PRIu64, table->name,
                        qry_rational_to_double(index->number), table->rows - 1);
        return false;
    }
    *row = (struct row){.table = table, .first = (size_t)number * table->columns, .columns = table->columns};
    return true;
}

/* The row that the first index of e chooses. */
static bool indexed_row(struct fold *fold, const struct ast_expr *e, struct row *row)
{
    const struct ast_item *item = e->first->name->item;
    if (!qry_fold_has_data(item))
        return false;
    const struct ast_expr *at = e->first->next;
    struct value index = qry_fold_expression(fold, at);
    if (index.kind == VALUE_BROKEN)
        return false;
    if (is_bound(&index))
        return row_at_bound(fold, at, item, row);
    if (index.kind != VALUE_NUMBER) {
        qry_fold_broken(fold, at, "only the bound name itself and constants are indices",
                        "a computed index: %s is read where the bound name says, or at a constant", item->data->name);
        return false;
    }
    return constant_row(fold, at, item->data, &index, row);
}

struct value qry_fold_index(struct fold *fold, const struct ast_expr *e)
{
    struct row row;
    if (!indexed_row(fold, e, &row))
        return value_broken();
    if (e->count == 2)
        return qry_fold_entry(fold, e, &row, 0);
    const struct ast_expr *at = e->first->next->next;
    struct value column = qry_fold_expression(fold, at);
    int64_t number;
    if (column.kind == VALUE_BROKEN)
        return column;
    if (column.kind != VALUE_NUMBER)
        return qry_fold_broken(fold, at, "sum over the columns instead", "a computed column: it must be a constant");
    if (!whole(&column, &number) || number < 0 || number >= row.columns)
        return qry_fold_broken(fold, at, NULL, "%s has no column %.10g: they go from 0 to %" PRIu32, row.table->name,
                               qry_rational_to_double(column.number), row.columns - 1);
    return qry_fold_entry(fold, e, &row, (uint32_t)number);
}

/* An expression that check calls a row: a const of one dimension, or a row of two. */
static bool fold_row(struct fold *fold, const struct ast_expr *e, struct row *row)
{
    if (e->kind == AST_INDEX) {
        bool fine = indexed_row(fold, e, row);
        row->as_row = true;
        return fine;
    }
    const qry_table *table = e->name->item->data;
    *row = (struct row){.table = table, .columns = (uint32_t)table->rows};
    return qry_fold_has_data(e->name->item);
}

/* ---- dot and sum ---- */

/* The product of two entries, on the grid of both tables. */
static bool add_product(struct fold *fold, const struct ast_expr *e, struct row *a, struct row *b, uint32_t column,
                        struct linear_pile *pile)
{
    qry_span span = qry_ast_span(fold->tree, e->place);
    struct formula_term term = {NULL, 1};
    struct linear part = {.fraction = a->table->type.fraction + b->table->type.fraction, .count = 1, .terms = &term};
    if (a->at_bound && b->at_bound) {
        qry_formula *x = qry_formula_entry(&fold->builder, span, a->table, column, true);
        term.arg = qry_formula_product(&fold->builder, span, x,
                                       qry_formula_entry(&fold->builder, span, b->table, column, true));
        return term.arg && qry_linear_pile_up(fold->arena, pile, &part);
    }
    const struct row *known = a->at_bound ? b : a, *other = a->at_bound ? a : b;
    int64_t mantissa = known->table->mantissas[known->first + column];
    if (!other->at_bound) {
        part.count = 0;
        return !QRY_MUL_OVERFLOWS(mantissa, other->table->mantissas[other->first + column], &part.constant) &&
               qry_formula_fits(part.constant) && qry_linear_pile_up(fold->arena, pile, &part);
    }
    if (mantissa == 0)
        return true;
    term = (struct formula_term){qry_formula_entry(&fold->builder, span, other->table, column, true), mantissa};
    return qry_linear_pile_up(fold->arena, pile, &part);
}

static struct value dot(struct fold *fold, const struct ast_expr *e)
{
    struct row a, b;
    struct linear_pile pile = {.room = 0};
    if (!fold_row(fold, e->first, &a) || !fold_row(fold, e->first->next, &b))
        return value_broken();
    fold->steps += a.columns;
    for (uint32_t i = 0; i < a.columns; i++)
        if (!add_product(fold, e, &a, &b, i, &pile))
            return qry_fold_too_wide(fold, e);
    return qry_linear_pile_total(&pile) ? qry_fold_sum(fold, e, &pile.sum) : qry_fold_too_wide(fold, e);
}

/* The sum of values one by one. Numbers are added up apart, exactly: together they may be a binary fraction. */
struct total {
    struct linear_pile pile;
    qry_rational number;
    bool typed;
};

static bool add_to_total(struct fold *fold, const struct ast_expr *e, struct total *total, const struct value *value)
{
    bool fits = value->kind == VALUE_NUMBER ? qry_rational_add(total->number, value->number, &total->number)
                                            : qry_linear_pile_up(fold->arena, &total->pile, &value->sum);
    if (!fits)
        qry_fold_too_wide(fold, e);
    total->typed = total->typed || value->typed;
    return fits;
}

static struct value total_value(struct fold *fold, const struct ast_expr *e, struct total *total)
{
    struct value number = qry_fold_number(total->number, total->typed), sum;
    if (!qry_linear_pile_total(&total->pile))
        return qry_fold_too_wide(fold, e);
    if (total->pile.sum.count == 0 && total->pile.sum.constant == 0)
        return number;
    sum = qry_fold_sum(fold, e, &total->pile.sum);
    number.from = sum.from = e;
    return sum.kind == VALUE_BROKEN ? sum : qry_fold_plus(fold, e, &sum, &number, false);
}

static struct value sum_of_row(struct fold *fold, const struct ast_expr *e)
{
    struct row row;
    struct total total = {.number = {0, 1}};
    if (!fold_row(fold, e->first, &row))
        return value_broken();
    fold->steps += row.columns;
    for (uint32_t i = 0; i < row.columns; i++) {
        struct value entry = qry_fold_entry(fold, e, &row, i);
        if (entry.kind == VALUE_BROKEN || !add_to_total(fold, e, &total, &entry))
            return value_broken();
    }
    return total_value(fold, e, &total);
}

struct value qry_fold_series(struct fold *fold, const struct ast_expr *e)
{
    const struct ast_expr *from = e->first->next, *to = from->next;
    struct total total = {.number = {0, 1}};
    int64_t first, last;
    if (!qry_fold_integer(fold, from, "the range of a sum", &first) ||
        !qry_fold_integer(fold, to, "the range of a sum", &last))
        return value_broken();
    for (int64_t i = first; i <= last; i++) {
        fold->frame[e->slot] = qry_fold_number((qry_rational){i, 1}, true);
        struct value part = qry_fold_expression(fold, e->first);
        if (part.kind == VALUE_BROKEN || !add_to_total(fold, e, &total, &part))
            return value_broken();
        if (i == INT64_MAX)
            break;
    }
    return total_value(fold, e, &total);
}

/* ---- other built-in functions ---- */

static struct value absolute(struct fold *fold, const struct ast_expr *e, const struct value *a)
{
    struct linear x;
    int shift;
    if (a->kind == VALUE_NUMBER) {
        qry_rational number = a->number;
        if (number.num < 0 && !qry_rational_sub((qry_rational){0, 1}, number, &number))
            return qry_fold_too_wide(fold, e);
        return qry_fold_number(number, a->typed);
    }
    int64_t g = qry_linear_primitive(fold->arena, &a->sum, &x, &shift);
    qry_span span = qry_ast_span(fold->tree, e->place);
    qry_formula *node = qry_linear_node(&fold->builder, span, &x);
    if (!node)
        return qry_fold_too_wide(fold, e);
    x = qry_linear_of(fold->arena, qry_formula_abs(&fold->builder, span, node));
    if (!qry_linear_scale(fold->arena, &x, g < 0 ? -g : g, shift, &x))
        return qry_fold_too_wide(fold, e);
    return qry_fold_sum(fold, e, &x);
}

/* min(max(x, low), high). */
static struct value clip(struct fold *fold, const struct ast_expr *e, const struct value *x, const struct value *low,
                         const struct value *high)
{
    if (low->kind == VALUE_NUMBER && high->kind == VALUE_NUMBER && qry_rational_compare(low->number, high->number) > 0)
        return qry_fold_broken(fold, e, "clip(x, low, high)", "the limits of clip are the wrong way round");
    struct value raised = qry_fold_extreme(fold, e, QRY_FORMULA_MAX, x, low);
    raised.from = e;
    return raised.kind == VALUE_BROKEN ? raised : qry_fold_extreme(fold, e, QRY_FORMULA_MIN, &raised, high);
}

static struct value least_or_greatest(struct fold *fold, const struct ast_expr *e, qry_formula_kind kind)
{
    struct value best = qry_fold_expression(fold, e->first);
    for (const struct ast_expr *x = e->first->next; x; x = x->next) {
        struct value next = qry_fold_expression(fold, x);
        if (best.kind == VALUE_BROKEN || next.kind == VALUE_BROKEN)
            best = value_broken();
        else
            best = qry_fold_extreme(fold, e, kind, &best, &next);
        best.from = e;
    }
    return best;
}

/* ---- tables over the values of a number ---- */

static struct value exponential(struct fold *fold, const struct ast_expr *e, const struct value *x)
{
    qry_span span = qry_ast_span(fold->tree, e->place);
    if (x->kind == VALUE_NUMBER) {
        int64_t mantissa;
        qry_rational number;
        if (!qry_exponential_of_rational(x->number, fold->precision, &mantissa))
            return qry_fold_broken(fold, e, NULL, "exp(%.10g) needs more than %d bits",
                                   qry_rational_to_double(x->number), QRY_MAX_WIDTH);
        qry_must(qry_rational_scale((qry_rational){mantissa, 1}, -fold->precision, &number));
        return qry_fold_number(number, true);
    }
    struct linear sum = qry_linear_reduced(fold->arena, &x->sum);
    qry_formula *node = qry_linear_node(&fold->builder, span, &sum);
    if (!node)
        return qry_fold_too_wide(fold, e);
    qry_formula like = {.fraction = fold->precision, .is_exp = true, .span = span};
    return qry_fold_node(fold, e, qry_formula_lookup(&fold->builder, &like, node));
}

static const int64_t *values_of(struct fold *fold, const qry_table *table)
{
    struct fold_values *v = fold->values;
    while (v && v->table != table)
        v = v->next;
    if (v)
        return v->values;
    int64_t *values = qry_arena_alloc(fold->arena, table->rows, sizeof *values);
    memcpy(values, table->mantissas, table->rows * sizeof *values);
    v = QRY_NEW(fold->arena, struct fold_values);
    *v = (struct fold_values){table, values, fold->values};
    fold->values = v;
    return values;
}

/* A whole number as a node; NULL after a report. */
static qry_formula *whole_node(struct fold *fold, const struct ast_expr *e, const struct value *index)
{
    struct linear sum = qry_linear_reduced(fold->arena, &index->sum);
    if (sum.fraction > 0) {
        qry_fold_broken(fold, e, "\"as int(...)\" drops them",
                        "an index is a whole number, and this has %d fraction bit%s", sum.fraction,
                        sum.fraction == 1 ? "" : "s");
        return NULL;
    }
    qry_formula *node = NULL;
    if (qry_linear_at(fold->arena, &sum, 0, &sum))
        node = qry_linear_node(&fold->builder, qry_ast_span(fold->tree, e->place), &sum);
    if (!node)
        qry_fold_too_wide(fold, e);
    return node;
}

/* lookup(T, e). Booleans are numbers in the table: true is what is not 0. */
static struct value lookup(struct fold *fold, const struct ast_expr *e)
{
    const struct ast_item *item = e->first->name->item;
    const struct ast_expr *at = e->first->next;
    const qry_table *table = item->data;
    qry_span span = qry_ast_span(fold->tree, e->place);
    struct value index = qry_fold_expression(fold, at);
    if (!qry_fold_has_data(item) || index.kind == VALUE_BROKEN)
        return value_broken();
    if (index.kind == VALUE_NUMBER) {
        struct row row;
        return constant_row(fold, at, table, &index, &row) ? qry_fold_entry(fold, e, &row, 0) : value_broken();
    }
    qry_formula *node = whole_node(fold, at, &index);
    if (!node)
        return value_broken();
    qry_formula like = {.fraction = table->type.is_bool ? 0 : table->type.fraction, .span = span};
    like.values = values_of(fold, table);
    like.value_count = (uint32_t)table->rows;
    node = qry_formula_lookup(&fold->builder, &like, node);
    if (!table->type.is_bool)
        return qry_fold_node(fold, e, node);
    struct linear sum = qry_linear_of(fold->arena, node);
    return qry_fold_truth(qry_formula_not(&fold->builder, span, qry_linear_is_zero(&fold->builder, span, &sum)));
}

struct value qry_fold_call(struct fold *fold, const struct ast_expr *e)
{
    enum ast_builtin builtin = (enum ast_builtin)e->builtin;
    if (builtin == AST_LOOKUP)
        return lookup(fold, e);
    if (builtin == AST_DOT)
        return dot(fold, e);
    if (builtin == AST_SUM)
        return sum_of_row(fold, e);
    if (builtin == AST_MIN || builtin == AST_MAX)
        return least_or_greatest(fold, e, builtin == AST_MIN ? QRY_FORMULA_MIN : QRY_FORMULA_MAX);
    struct value args[3];
    uint32_t count = 0;
    bool fine = true;
    for (const struct ast_expr *x = e->first; x; x = x->next, count++) {
        args[count] = qry_fold_expression(fold, x);
        fine = fine && args[count].kind != VALUE_BROKEN;
    }
    if (!fine)
        return value_broken();
    if (builtin == AST_ABS)
        return absolute(fold, e, &args[0]);
    if (builtin == AST_EXP)
        return exponential(fold, e, &args[0]);
    if (builtin == AST_SQUARE)
        return qry_fold_times(fold, e, &args[0], &args[0]);
    qry_must(builtin == AST_CLIP);
    return clip(fold, e, &args[0], &args[1], &args[2]);
}

/* ---- declared functions ---- */

/* Whether a value is one of a type, exactly. What depends on intervals is left to the pass widths. */
static bool fits_type(struct fold *fold, const struct ast_expr *e, struct value *value, qry_type type,
                      enum fold_note_kind note, const char *what)
{
    if (type.is_bool)
        return true;
    if (value->kind == VALUE_NUMBER) {
        qry_rational mantissa;
        if (qry_rational_scale(value->number, type.fraction, &mantissa) && mantissa.den == 1 &&
            mantissa.num >= qry_type_min(type) && mantissa.num <= qry_type_max(type))
        {
            value->typed = true;
            return true;
        }
        qry_fold_broken(fold, e, NULL, "%s is %s, which does not hold %.10g", what, qry_type_text(fold->arena, type),
                        qry_rational_to_double(value->number));
        return false;
    }
    value->sum = qry_linear_reduced(fold->arena, &value->sum);
    if (value->sum.fraction > type.fraction) {
        qry_fold_broken(fold, e, "\"as\" drops the bits that are too many",
                        "%s is %s, but this value has %d fraction bits", what, qry_type_text(fold->arena, type),
                        value->sum.fraction);
        return false;
    }
    qry_formula *node = qry_linear_node(&fold->builder, qry_ast_span(fold->tree, e->place), &value->sum);
    if (!node)
        qry_fold_too_wide(fold, e);
    else
        qry_fold_note(fold, note, node, type, what, e);
    return node != NULL;
}

struct value qry_fold_apply(struct fold *fold, const struct ast_expr *e)
{
    const struct ast_item *fn = e->name->item;
    struct value *frame = qry_arena_alloc(fold->arena, fn->slots, sizeof *frame), *outer = fold->frame;
    const struct ast_parameter *parameter = fn->parameters;
    bool fine = true;
    uint32_t i = 0;
    for (const struct ast_expr *x = e->first; x; x = x->next, parameter = parameter->next, i++) {
        frame[i] = qry_fold_expression(fold, x);
        fine = fine && frame[i].kind != VALUE_BROKEN &&
               fits_type(fold, x, &frame[i], parameter->type->type, NOTE_ARGUMENT, parameter->name->text);
    }
    if (!fine)
        return value_broken();
    fold->frame = frame;
    struct value result = qry_fold_expression(fold, fn->expr);
    fold->frame = outer;
    if (result.kind != VALUE_BROKEN && fn->type &&
        !fits_type(fold, fn->expr, &result, fn->type->type, NOTE_RESULT, fn->name->text))
        return value_broken();
    return result;
}
