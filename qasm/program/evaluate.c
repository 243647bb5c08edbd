/* evaluate.c: expressions. Numbers are computed by operate.c and function.c; what is here is where their operands come
 * from, and what happens when one of them hangs on a measurement that has not been made. */
#include "qasm/program/interpret.h"

#include <math.h>
#include <string.h>

/* ---- conversions ---- */

static bool same_bits(const struct qasm_type *a, const struct qasm_type *b)
{
    return a->kind == QASM_BIT && b->kind == QASM_BIT && (a->width ? a->width : 1) == (b->width ? b->width : 1);
}

bool qasm_convert_at(struct qasm_run *run, struct tree_place place, const struct qasm_value *value,
                     const struct qasm_type *to, struct qasm_value *result)
{
    const struct qasm_type *from = value->type;
    if (from == to) {
        *result = *value;
        return true;
    }
    if (value->unknown && to->kind != QASM_ARRAY) {
        qasm_unknown(run, to, result);
        result->unknown = true;
        return true;
    }
    if (same_bits(from, to)) { /* stays as little known as it is */
        qasm_bit *one = QRY_NEW(run->scratch, qasm_bit);
        *one = from->width ? value->bits[0] : value->bit;
        *result = (struct qasm_value){.type = to};
        if (to->width)
            result->bits = from->width ? value->bits : one;
        else
            result->bit = *one;
        return true;
    }
    if (from->kind == QASM_ARRAY && to->kind == QASM_ARRAY) {
        size_t count = qasm_item_count(from);
        *result = (struct qasm_value){.type = to};
        if (count != qasm_item_count(to)) {
            qasm_unknown(run, to, result);
            return qasm_fail(run, place, NULL, "an array of %zu items does not fit one of %zu", count,
                             qasm_item_count(to));
        }
        result->items = qry_arena_alloc(run->scratch, count + 1, sizeof *result->items);
        for (size_t i = 0; i < count; i++)
            if (!qasm_convert_at(run, place, &value->items[i], to->base, &result->items[i]))
                return false;
        return true;
    }
    struct qasm_value known = *value;
    qasm_know(run, &known);
    if (known.unknown) {
        qasm_unknown(run, to, result);
        result->unknown = true;
        return true;
    }
    const char *wrong = qasm_convert(run->scratch, &known, to, result);
    if (!wrong)
        return true;
    qasm_unknown(run, to, result);
    result->unknown = true;
    return qasm_fail(run, place, NULL, "%s", wrong);
}

bool qasm_evaluate_known(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value)
{
    if (!qasm_evaluate(run, expr, value))
        return false;
    qasm_know(run, value);
    return true;
}

bool qasm_evaluate_wide(struct qasm_run *run, const struct tree_expr *expr, qry_i128 *number, bool *unknown)
{
    struct qasm_value value, converted;
    if (!qasm_evaluate_known(run, expr, &value))
        return false;
    *number = 0;
    if (value.unknown) {
        *unknown = true;
        return true;
    }
    if (value.type->kind != QASM_INT && value.type->kind != QASM_UINT) {
        static const struct qasm_type wide = {.kind = QASM_INT, .width = 64};
        if (!qasm_convert_at(run, expr->place, &value, &wide, &converted))
            return false;
        value = converted;
    }
    *number = (qry_i128)value.natural;
    if (value.type->kind == QASM_INT || *number >= 0)
        return true;
    *unknown = true;
    return qasm_fail(run, expr->place, NULL, "this number is beyond 2^127");
}

bool qasm_evaluate_integer(struct qasm_run *run, const struct tree_expr *expr, int64_t *number, bool *unknown)
{
    qry_i128 whole;
    *number = 0;
    if (!qasm_evaluate_wide(run, expr, &whole, unknown))
        return false;
    if (whole != (int64_t)whole) {
        *unknown = true;
        return qasm_fail(run, expr->place, NULL, "this number is beyond 64 bits");
    }
    *number = (int64_t)whole;
    return true;
}

double qasm_radians(const struct qasm_value *value)
{
    switch (value->type->kind) {
    case QASM_FLOAT:
        return value->real;
    case QASM_ANGLE:
        return ldexp((double)value->natural, -(int)value->type->width) * (2 * M_PI);
    case QASM_INT:
        return (double)(qry_i128)value->natural;
    case QASM_UINT:
        return (double)value->natural;
    case QASM_BOOL:
        return value->truth;
    default:
        return NAN;
    }
}

bool qasm_evaluate_radians(struct qasm_run *run, const struct tree_expr *expr, double *number)
{
    struct qasm_value value, converted;
    if (!qasm_evaluate_known(run, expr, &value))
        return false;
    *number = 0;
    if (value.unknown) {
        qasm_inexact(run, expr->place, "an angle hangs on a measurement");
        return true;
    }
    if (value.type->kind == QASM_BIT || value.type->kind == QASM_COMPLEX) {
        static const struct qasm_type real = {.kind = QASM_FLOAT, .width = 64};
        if (!qasm_convert_at(run, expr->place, &value, &real, &converted))
            return false;
        value = converted;
    }
    *number = qasm_radians(&value);
    if (isfinite(*number))
        return true;
    *number = 0;
    return qasm_fail(run, expr->place, NULL, "this angle is no number");
}

/* ---- operators ---- */

/* `&&` and `||` look at their second operand only if the first leaves it open. */
static bool either(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value)
{
    bool decides = expr->op == TREE_OR, unknown = false;
    *value = (struct qasm_value){.type = expr->type, .truth = decides};
    for (const struct tree_expr *side = expr->first; side; side = side->next) {
        struct qasm_value v;
        if (!qasm_evaluate_known(run, side, &v))
            return false;
        if (!v.unknown && qasm_is_true(&v) == decides)
            return true;
        unknown |= v.unknown;
    }
    value->truth = !decides;
    value->unknown = unknown;
    return true;
}

static bool operate(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value)
{
    struct qasm_value a, b = {0};
    const struct tree_expr *second = expr->first->next;
    if (expr->op == TREE_AND || expr->op == TREE_OR)
        return either(run, expr, value);
    if (!qasm_evaluate_known(run, expr->first, &a) || (second && !qasm_evaluate_known(run, second, &b)))
        return false;
    const struct qasm_type *type = expr->type->width == QASM_UNSIZED ? a.type : expr->type;
    if (a.unknown || (second && b.unknown)) {
        qasm_unknown(run, type, value);
        return true;
    }
    const char *wrong = qasm_operate(run->scratch, expr->op, &a, second ? &b : NULL, type, value);
    if (!wrong)
        return true;
    qasm_unknown(run, type, value);
    return qasm_fail(run, expr->place, NULL, "%s", wrong);
}

/* ---- calls ---- */

static bool size_of(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value)
{
    struct qasm_value array;
    int64_t dimension = 0;
    bool unknown = false;
    const struct tree_expr *second = expr->first->next;
    if (!qasm_evaluate(run, expr->first, &array) ||
        (second && !qasm_evaluate_integer(run, second, &dimension, &unknown)))
        return false;
    *value = (struct qasm_value){.type = expr->type};
    if (!unknown && dimension >= 0 && dimension < array.type->dims) {
        value->natural = array.type->shape[dimension];
        return true;
    }
    value->unknown = true;
    return unknown || qasm_fail(run, second->place, NULL, "an array of %u dimensions has no dimension %lld",
                                array.type->dims, (long long)dimension);
}

static bool function(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value)
{
    if (strcmp(expr->symbol->name->text, "sizeof") == 0)
        return size_of(run, expr, value);
    struct qasm_value *arguments = qry_arena_alloc(run->scratch, expr->count + 1, sizeof *arguments);
    uint32_t count = 0;
    bool unknown = false;
    for (const struct tree_expr *a = expr->first; a; a = a->next, count++) {
        if (!qasm_evaluate_known(run, a, &arguments[count]))
            return false;
        unknown |= arguments[count].unknown;
    }
    if (unknown) {
        qasm_unknown(run, expr->type, value);
        return true;
    }
    const char *wrong = qasm_function(run->scratch, expr->symbol, arguments, count, expr->type, value);
    if (!wrong)
        return true;
    qasm_unknown(run, expr->type, value);
    return qasm_fail(run, expr->place, NULL, "%s", wrong);
}

static bool call(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value)
{
    if (expr->symbol->kind == SYMBOL_BUILTIN)
        return function(run, expr, value);
    if (expr->symbol->kind == SYMBOL_DEF)
        return qasm_call(run, expr->place, expr->symbol, expr->first, NULL, value);
    *value = (struct qasm_value){.type = expr->type, .unknown = true};
    qry_tree_error(run->tree, expr->place, "run the program where it has one",
                   "extern '%s' has no body here and cannot be called", expr->symbol->name->text);
    return false;
}

/* ---- bits and lists ---- */

static bool concatenate_bits(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value)
{
    qasm_bit *bits = NULL;
    uint32_t count = 0;
    size_t room = 0;
    for (const struct tree_expr *part = expr->first; part; part = part->next) {
        struct qasm_value v;
        if (!qasm_evaluate(run, part, &v))
            return false;
        if (run->machine)
            qasm_know(run, &v); /* what follows may measure, and use hidden bits again */
        uint32_t width = v.type->width ? v.type->width : 1;
        bits = qasm_lengthen(run, bits, count, &room, (size_t)count + width, sizeof *bits);
        for (uint32_t i = 0; i < width; i++)
            bits[count++] = v.unknown ? QASM_UNKNOWN_BIT : v.type->width ? v.bits[i] : v.bit;
    }
    *value = (struct qasm_value){.type = qasm_type_make(run->scratch, QASM_BIT, count), .bits = bits};
    return true;
}

static bool fill(struct qasm_run *run, const struct tree_expr *expr, const struct qasm_type *base,
                 struct qasm_value *items, size_t *at)
{
    struct qasm_value v;
    if (expr->kind == TREE_LIST || expr->kind == TREE_CONCAT) {
        for (const struct tree_expr *item = expr->first; item; item = item->next)
            if (!fill(run, item, base, items, at))
                return false;
        return true;
    }
    if (!qasm_evaluate(run, expr, &v))
        return false;
    if (v.type->kind == QASM_ARRAY) {
        for (size_t i = 0, n = qasm_item_count(v.type); i < n; i++)
            if (!qasm_convert_at(run, expr->place, &v.items[i], base, &items[(*at)++]))
                return false;
        return true;
    }
    if (run->machine)
        qasm_know(run, &v);
    return qasm_convert_at(run, expr->place, &v, base, &items[(*at)++]);
}

bool qasm_evaluate_list(struct qasm_run *run, const struct tree_expr *expr, const struct qasm_type *type,
                        struct qasm_value *value)
{
    size_t at = 0;
    *value = (struct qasm_value){.type = type};
    value->items = qry_arena_alloc(run->scratch, qasm_item_count(type) + 1, sizeof *value->items);
    return fill(run, expr, type->base, value->items, &at);
}

/* ---- all together ---- */

static bool cast(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value)
{
    struct qasm_value v;
    return qasm_evaluate(run, expr->first, &v) && qasm_convert_at(run, expr->place, &v, expr->type, value);
}

static bool name(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value)
{
    struct qasm_cell *cell = qasm_cell_of(run, expr->symbol);
    if (!cell->refs && !cell->view) {
        *value = cell->value;
        return true;
    }
    struct qasm_spot spot;
    if (!qasm_spot_of(run, expr, &spot))
        return false;
    qasm_spot_load(run, &spot, value);
    return true;
}

bool qasm_evaluate_as_it_is(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value)
{
    struct qasm_spot spot;
    switch (expr->kind) {
    case TREE_NAME:
        return name(run, expr, value);
    case TREE_INDEX:
        if (!qasm_spot_of(run, expr, &spot))
            return false;
        qasm_spot_load(run, &spot, value);
        return true;
    case TREE_UNARY:
    case TREE_BINARY:
        return operate(run, expr, value);
    case TREE_CALL:
        return call(run, expr, value);
    case TREE_CAST:
        return cast(run, expr, value);
    case TREE_CONCAT:
        return expr->type->kind == QASM_ARRAY ? qasm_evaluate_list(run, expr, expr->type, value)
                                              : concatenate_bits(run, expr, value);
    case TREE_LIST:
        return qasm_evaluate_list(run, expr, expr->type, value);
    case TREE_MEASURE:
        return qasm_measure(run, expr, NULL, value);
    default:
        qry_must(expr->kind == TREE_DURATION_OF);
        qry_tree_error(run->tree, expr->place, NULL, "durationof needs a duration: timing is not simulated here");
        return false;
    }
}

bool qasm_evaluate(struct qasm_run *run, const struct tree_expr *expr, struct qasm_value *value)
{
    struct qasm_value v;
    if (expr->constant) {
        *value = *expr->constant;
        return true;
    }
    if (!expr->to)
        return qasm_evaluate_as_it_is(run, expr, value);
    return qasm_evaluate_as_it_is(run, expr, &v) && qasm_convert_at(run, expr->place, &v, expr->to, value);
}
