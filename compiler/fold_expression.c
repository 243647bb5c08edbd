/* fold_expression.c: expressions to values, operator by operator. Calls and indices are in fold_call.c. */
#include "compiler/fold.h"

/* ---- values ---- */

struct value qry_fold_number(qry_rational number, bool typed)
{
    return (struct value){.kind = VALUE_NUMBER, .typed = typed, .number = number};
}

struct value qry_fold_truth(qry_formula *node) { return (struct value){.kind = VALUE_TRUTH, .truth = node}; }

/* A sum without terms is a number. */
struct value qry_fold_sum(struct fold *fold, const struct ast_expr *e, const struct linear *sum)
{
    qry_rational number;
    if (sum->count)
        return (struct value){.kind = VALUE_SUM, .sum = *sum};
    if (!qry_rational_scale((qry_rational){sum->constant, 1}, -sum->fraction, &number))
        return qry_fold_too_wide(fold, e);
    return qry_fold_number(number, true);
}

struct value qry_fold_node(struct fold *fold, const struct ast_expr *e, qry_formula *node)
{
    if (!node)
        return qry_fold_too_wide(fold, e);
    struct linear sum = qry_linear_of(fold->arena, node);
    return qry_fold_sum(fold, e, &sum);
}

struct value qry_fold_too_wide(struct fold *fold, const struct ast_expr *e)
{
    return qry_fold_broken(fold, e, "narrow its parts with \"as\"", "the value needs more than %d bits", QRY_MAX_WIDTH);
}

static struct value too_long(struct fold *fold, const struct ast_expr *e)
{
    return qry_fold_broken(fold, e, NULL, "the number has a numerator or a denominator of more than 63 bits");
}

bool qry_fold_open(struct fold *fold, const struct value *value, struct linear *result)
{
    if (value->kind == VALUE_SUM) {
        *result = value->sum;
        return true;
    }
    int most = value->typed ? QRY_MAX_WIDTH : 32, fraction = 0;
    int64_t den = value->number.den;
    for (; den % 2 == 0; den /= 2)
        fraction++;
    if (den != 1 || fraction > most) {
        qry_fold_broken(fold, value->from, "say how many bits are kept: x as fixed(4,8)",
                        "%.10g has no exact binary fraction of at most %d bits", qry_rational_to_double(value->number),
                        most);
        return false;
    }
    *result = (struct linear){.fraction = fraction, .constant = value->number.num};
    if (qry_formula_fits(result->constant))
        return true;
    qry_fold_too_wide(fold, value->from);
    return false;
}

/* ---- + - * << >> as ---- */

struct value qry_fold_plus(struct fold *fold, const struct ast_expr *e, const struct value *a, const struct value *b,
                           bool subtract)
{
    struct linear x, y, sum;
    qry_rational number;
    if (a->kind == VALUE_NUMBER && b->kind == VALUE_NUMBER) {
        bool fits = subtract ? qry_rational_sub(a->number, b->number, &number)
                             : qry_rational_add(a->number, b->number, &number);
        return fits ? qry_fold_number(number, a->typed || b->typed) : too_long(fold, e);
    }
    if (!qry_fold_open(fold, a, &x) || !qry_fold_open(fold, b, &y))
        return value_broken();
    return qry_linear_add(fold->arena, &x, &y, subtract, &sum) ? qry_fold_sum(fold, e, &sum)
                                                               : qry_fold_too_wide(fold, e);
}

/* What both have in common stands before the product, so that (2 x) y, x (2 y) and -x (-2 y) share one. */
static struct value multiply_sums(struct fold *fold, const struct ast_expr *e, const struct linear *a,
                                  const struct linear *b)
{
    struct linear x, y, product;
    int shift_x, shift_y;
    int64_t g = qry_linear_primitive(fold->arena, a, &x, &shift_x),
            h = qry_linear_primitive(fold->arena, b, &y, &shift_y), both;
    qry_span span = qry_ast_span(fold->tree, e->place);
    qry_formula *p = qry_linear_node(&fold->builder, span, &x), *q = qry_linear_node(&fold->builder, span, &y);
    qry_formula *node = p && q ? qry_formula_product(&fold->builder, span, p, q) : NULL;
    if (!node || QRY_MUL_OVERFLOWS(g, h, &both) || !qry_formula_fits(both))
        return qry_fold_too_wide(fold, e);
    product = qry_linear_of(fold->arena, node);
    if (!qry_linear_scale(fold->arena, &product, both, shift_x + shift_y, &product))
        return qry_fold_too_wide(fold, e);
    return qry_fold_sum(fold, e, &product);
}

struct value qry_fold_times(struct fold *fold, const struct ast_expr *e, const struct value *a, const struct value *b)
{
    struct linear x, y, product;
    qry_rational number;
    if (a->kind == VALUE_NUMBER && b->kind == VALUE_NUMBER)
        return qry_rational_mul(a->number, b->number, &number) ? qry_fold_number(number, a->typed || b->typed)
                                                               : too_long(fold, e);
    if (!qry_fold_open(fold, a, &x) || !qry_fold_open(fold, b, &y))
        return value_broken();
    if (x.count && y.count)
        return multiply_sums(fold, e, &x, &y);
    const struct linear *number_part = x.count ? &y : &x, *sum_part = x.count ? &x : &y;
    if (!qry_linear_scale(fold->arena, sum_part, number_part->constant, number_part->fraction, &product))
        return qry_fold_too_wide(fold, e);
    return qry_fold_sum(fold, e, &product);
}

static struct value shift(struct fold *fold, const struct ast_expr *e, bool left)
{
    int64_t by;
    struct value a = qry_fold_expression(fold, e->first);
    if (a.kind == VALUE_BROKEN || !qry_fold_integer(fold, e->first->next, "a shift", &by))
        return value_broken();
    if (by < -QRY_MAX_WIDTH || by > QRY_MAX_WIDTH)
        return qry_fold_broken(fold, e->first->next, NULL, "a shift goes by at most %d bits", QRY_MAX_WIDTH);
    int up = left ? (int)by : -(int)by;
    if (a.kind == VALUE_SUM)
        a.sum.fraction -= up;
    else if (!qry_rational_scale(a.number, up, &a.number))
        return too_long(fold, e);
    return a;
}

static struct value negate(struct fold *fold, const struct ast_expr *e)
{
    struct value a = qry_fold_expression(fold, e->first), zero = qry_fold_number((qry_rational){0, 1}, false);
    if (a.kind == VALUE_BROKEN)
        return a;
    if (a.kind == VALUE_NUMBER)
        return qry_rational_sub(zero.number, a.number, &a.number) ? a : too_long(fold, e);
    bool fits = qry_linear_scale(fold->arena, &a.sum, -1, 0, &a.sum);
    return fits ? a : qry_fold_too_wide(fold, e);
}

/* floor(number * 2^fraction); *exact says whether that is the product itself. False when it does not fit. */
static bool scaled_floor(qry_rational number, int fraction, int64_t *floor, bool *exact)
{
    for (; fraction > 0 && number.den % 2 == 0; fraction--)
        number.den /= 2;
    if (fraction > QRY_MAX_WIDTH && number.num)
        return false;
    *exact = number.num == 0;
    *floor = number.num < 0 ? -1 : 0;
    if (number.num == 0 || fraction < -QRY_MAX_WIDTH)
        return true;
    qry_i128 n = (qry_i128)number.num * ((qry_i128)1 << (fraction > 0 ? fraction : 0));
    qry_i128 d = (qry_i128)number.den * ((qry_i128)1 << (fraction < 0 ? -fraction : 0));
    qry_i128 quotient = n / d - (n % d < 0);
    if (quotient < INT64_MIN || quotient > INT64_MAX)
        return false;
    *floor = (int64_t)quotient;
    *exact = n % d == 0;
    return qry_formula_fits(*floor);
}

static struct value number_as(struct fold *fold, const struct ast_expr *e, qry_rational number)
{
    qry_type type = e->type->type;
    int64_t mantissa;
    bool exact;
    bool fits = scaled_floor(number, type.fraction, &mantissa, &exact);
    if (!fits || mantissa < qry_type_min(type) || mantissa > qry_type_max(type))
        return qry_fold_broken(fold, e, NULL, "%s does not hold %.10g", qry_type_text(fold->arena, type),
                               qry_rational_to_double(number));
    qry_must(qry_rational_scale((qry_rational){mantissa, 1}, -type.fraction, &number));
    return qry_fold_number(number, true);
}

/* Low bits go; that the rest fits is for the pass widths to see. */
static struct value as(struct fold *fold, const struct ast_expr *e)
{
    struct value a = qry_fold_expression(fold, e->first);
    qry_type type = e->type->type;
    qry_span span = qry_ast_span(fold->tree, e->place);
    if (a.kind == VALUE_BROKEN)
        return a;
    if (a.kind == VALUE_NUMBER)
        return number_as(fold, e, a.number);
    struct linear sum = qry_linear_reduced(fold->arena, &a.sum);
    qry_formula *node = qry_linear_node(&fold->builder, span, &sum);
    if (node && sum.fraction > type.fraction)
        node = qry_formula_floor(&fold->builder, span, node, sum.fraction - type.fraction);
    if (node)
        qry_fold_note(fold, NOTE_AS, node, type, NULL, e);
    return qry_fold_node(fold, e, node);
}

/* ---- comparisons ---- */

/* a - b as a sum over a whole-number grid, against *bound: with a number on one side it goes there, rounded down;
 * *exact says whether nothing was lost. With the number on the left the sides are exchanged. */
static bool difference(struct fold *fold, const struct ast_expr *e, const struct value *a, const struct value *b,
                       struct linear *sum, int64_t *bound, bool *exact)
{
    *bound = 0;
    *exact = true;
    if (a->kind == VALUE_SUM && b->kind == VALUE_SUM) {
        if (qry_linear_add(fold->arena, &a->sum, &b->sum, true, sum))
            return true;
    } else {
        const struct value *number = a->kind == VALUE_SUM ? b : a;
        *sum = a->kind == VALUE_SUM ? a->sum : b->sum;
        if (scaled_floor(number->number, sum->fraction, bound, exact))
            return true;
    }
    qry_fold_broken(fold, e, "narrow its parts with \"as\"", "the comparison needs more than %d bits", QRY_MAX_WIDTH);
    return false;
}

/* x < y as it is seen from the other side: y > x. */
static enum ast_kind mirrored(enum ast_kind kind)
{
    switch (kind) {
    case AST_LESS:
        return AST_GREATER;
    case AST_LESS_EQUAL:
        return AST_GREATER_EQUAL;
    case AST_GREATER:
        return AST_LESS;
    case AST_GREATER_EQUAL:
        return AST_LESS_EQUAL;
    default:
        return kind;
    }
}

static bool holds(enum ast_kind kind, int order)
{
    switch (kind) {
    case AST_LESS:
        return order < 0;
    case AST_LESS_EQUAL:
        return order <= 0;
    case AST_GREATER:
        return order > 0;
    case AST_GREATER_EQUAL:
        return order >= 0;
    case AST_EQUAL:
        return order == 0;
    default:
        return order != 0;
    }
}

/* S > t is S >= floor(t) + 1 on whole numbers, S >= t is S >= ceil(t); the others are negations. */
static qry_formula *compare_sum(struct fold *fold, qry_span span, enum ast_kind kind, const struct linear *sum,
                                int64_t floor, bool exact)
{
    struct formula_builder *builder = &fold->builder;
    if (kind == AST_EQUAL || kind == AST_UNEQUAL) {
        struct linear moved = *sum, constant = {.fraction = sum->fraction, .constant = floor};
        qry_formula *node = exact ? NULL : qry_formula_truth(builder, span, false);
        if (exact && qry_linear_add(fold->arena, sum, &constant, true, &moved))
            node = qry_linear_is_zero(builder, span, &moved);
        return node && kind == AST_UNEQUAL ? qry_formula_not(builder, span, node) : node;
    }
    bool strict = kind == AST_GREATER || kind == AST_LESS_EQUAL, negated = kind == AST_LESS || kind == AST_LESS_EQUAL;
    qry_formula *node = qry_linear_at_least(builder, span, sum, strict || !exact ? floor + 1 : floor);
    return node && negated ? qry_formula_not(builder, span, node) : node;
}

static struct value compare_truths(struct fold *fold, const struct ast_expr *e, qry_formula *a, qry_formula *b)
{
    qry_span span = qry_ast_span(fold->tree, e->place);
    if (e->kind == AST_EQUAL)
        return qry_fold_truth(qry_formula_choose(&fold->builder, span, a, b, qry_formula_not(&fold->builder, span, b)));
    return qry_fold_truth(qry_formula_choose(&fold->builder, span, a, qry_formula_not(&fold->builder, span, b), b));
}

static struct value compare(struct fold *fold, const struct ast_expr *e)
{
    struct value a = qry_fold_expression(fold, e->first), b = qry_fold_expression(fold, e->first->next);
    qry_span span = qry_ast_span(fold->tree, e->place);
    enum ast_kind kind = (enum ast_kind)e->kind;
    struct linear sum;
    int64_t floor;
    bool exact;
    if (a.kind == VALUE_BROKEN || b.kind == VALUE_BROKEN)
        return value_broken();
    if (a.kind == VALUE_TRUTH)
        return compare_truths(fold, e, a.truth, b.truth);
    if (a.kind == VALUE_NUMBER && b.kind == VALUE_NUMBER)
        return qry_fold_truth(
            qry_formula_truth(&fold->builder, span, holds(kind, qry_rational_compare(a.number, b.number))));
    if (!difference(fold, e, &a, &b, &sum, &floor, &exact))
        return value_broken();
    qry_formula *node = compare_sum(fold, span, a.kind == VALUE_SUM ? kind : mirrored(kind), &sum, floor, exact);
    if (!node)
        return qry_fold_too_wide(fold, e);
    qry_fold_note(fold, NOTE_COMPARE, node, (qry_type){0}, NULL, e);
    return qry_fold_truth(node);
}

/* ---- && || ! if min max ---- */

/* A chain such as a && b && c is one node: its operands hang on the left side of the tree. */
static struct value join(struct fold *fold, const struct ast_expr *e)
{
    uint32_t count = 1;
    for (const struct ast_expr *x = e; x->kind == e->kind; x = x->first)
        count++;
    qry_formula **args = qry_arena_alloc(fold->arena, count, sizeof *args);
    const struct ast_expr **operands = qry_arena_alloc(fold->arena, count, sizeof *operands), *x = e;
    for (uint32_t i = count; --i > 0; x = x->first)
        operands[i] = x->first->next;
    operands[0] = x;
    bool fine = true;
    for (uint32_t i = 0; i < count; i++) {
        struct value v = qry_fold_expression(fold, operands[i]);
        fine = fine && v.kind == VALUE_TRUTH;
        args[i] = v.truth;
    }
    if (!fine)
        return value_broken();
    return qry_fold_truth(qry_formula_join(&fold->builder, qry_ast_span(fold->tree, e->place),
                                           e->kind == AST_AND ? QRY_FORMULA_AND : QRY_FORMULA_OR, args, count));
}

static struct value not(struct fold * fold, const struct ast_expr *e)
{
    struct value a = qry_fold_expression(fold, e->first);
    if (a.kind == VALUE_TRUTH)
        a.truth = qry_formula_not(&fold->builder, qry_ast_span(fold->tree, e->place), a.truth);
    return a;
}

/* Two nodes with the same fraction. */
static bool align(struct fold *fold, const struct ast_expr *e, const struct value *a, const struct value *b,
                  qry_formula *node[2])
{
    struct linear x, y;
    if (!qry_fold_open(fold, a, &x) || !qry_fold_open(fold, b, &y))
        return false;
    x = qry_linear_reduced(fold->arena, &x);
    y = qry_linear_reduced(fold->arena, &y);
    int fraction = x.fraction > y.fraction ? x.fraction : y.fraction;
    bool fits = qry_linear_at(fold->arena, &x, fraction, &x) && qry_linear_at(fold->arena, &y, fraction, &y);
    qry_span span = qry_ast_span(fold->tree, e->place);
    node[0] = fits ? qry_linear_node(&fold->builder, span, &x) : NULL;
    node[1] = fits ? qry_linear_node(&fold->builder, span, &y) : NULL;
    if (!node[0] || !node[1])
        qry_fold_too_wide(fold, e);
    return node[0] && node[1];
}

struct value qry_fold_extreme(struct fold *fold, const struct ast_expr *e, qry_formula_kind kind, const struct value *a,
                              const struct value *b)
{
    qry_formula *node[2];
    if (a->kind == VALUE_NUMBER && b->kind == VALUE_NUMBER)
        return (qry_rational_compare(a->number, b->number) < 0) == (kind == QRY_FORMULA_MIN) ? *a : *b;
    if (!align(fold, e, a, b, node))
        return value_broken();
    return qry_fold_node(
        fold, e, qry_formula_extreme(&fold->builder, qry_ast_span(fold->tree, e->place), kind, node[0], node[1]));
}

/* Where the condition is known, the other branch is not looked at. */
static struct value choose(struct fold *fold, const struct ast_expr *e)
{
    const struct ast_expr *yes = e->first->next, *no = yes->next;
    struct value condition = qry_fold_expression(fold, e->first);
    qry_formula *node[2];
    if (condition.kind != VALUE_TRUTH)
        return value_broken();
    if (condition.truth->kind == QRY_FORMULA_TRUTH)
        return qry_fold_expression(fold, condition.truth->constant ? yes : no);
    struct value a = qry_fold_expression(fold, yes), b = qry_fold_expression(fold, no);
    if (a.kind == VALUE_BROKEN || b.kind == VALUE_BROKEN)
        return value_broken();
    qry_span span = qry_ast_span(fold->tree, e->place);
    if (a.kind == VALUE_TRUTH)
        return qry_fold_truth(qry_formula_choose(&fold->builder, span, condition.truth, a.truth, b.truth));
    if (!align(fold, e, &a, &b, node))
        return value_broken();
    return qry_fold_node(fold, e, qry_formula_choose(&fold->builder, span, condition.truth, node[0], node[1]));
}

/* ---- names and the whole ---- */

static struct value item_value(struct fold *fold, const struct ast_expr *e)
{
    const struct ast_item *item = e->name->item;
    if (item->kind == AST_PARAM)
        return qry_fold_number(item->value, false);
    struct row row = {.table = item->data, .columns = 1};
    if (!qry_fold_has_data(item))
        return value_broken();
    return qry_fold_entry(fold, e, &row, 0);
}

static struct value name(struct fold *fold, const struct ast_expr *e)
{
    switch (e->meaning) {
    case AST_MEANS_BOUND:
        return qry_fold_node(fold, e, qry_formula_index(&fold->builder, qry_ast_span(fold->tree, e->place)));
    case AST_MEANS_ARGUMENT:
    case AST_MEANS_COUNTER:
        return fold->frame[e->slot];
    default:
        return item_value(fold, e);
    }
}

static struct value arithmetic(struct fold *fold, const struct ast_expr *e)
{
    struct value a = qry_fold_expression(fold, e->first), b = qry_fold_expression(fold, e->first->next);
    if (a.kind == VALUE_BROKEN || b.kind == VALUE_BROKEN)
        return value_broken();
    if (e->kind == AST_MULTIPLY)
        return qry_fold_times(fold, e, &a, &b);
    return qry_fold_plus(fold, e, &a, &b, e->kind == AST_SUBTRACT);
}

static struct value dispatch(struct fold *fold, const struct ast_expr *e)
{
    switch ((enum ast_kind)e->kind) {
    case AST_NUMBER:
        return qry_fold_number(e->number, false);
    case AST_NAME:
        return name(fold, e);
    case AST_INDEX:
        return qry_fold_index(fold, e);
    case AST_CALL:
        return qry_fold_call(fold, e);
    case AST_APPLY:
        return qry_fold_apply(fold, e);
    case AST_SERIES:
        return qry_fold_series(fold, e);
    case AST_IF:
        return choose(fold, e);
    case AST_AS:
        return as(fold, e);
    case AST_NEGATE:
        return negate(fold, e);
    case AST_NOT:
        return not(fold, e);
    case AST_ADD:
    case AST_SUBTRACT:
    case AST_MULTIPLY:
        return arithmetic(fold, e);
    case AST_SHIFT_LEFT:
    case AST_SHIFT_RIGHT:
        return shift(fold, e, e->kind == AST_SHIFT_LEFT);
    case AST_AND:
    case AST_OR:
        return join(fold, e);
    case AST_LIST:
        break;
    default:
        return compare(fold, e);
    }
    qry_must(!"an expression that check lets pass");
    return value_broken();
}

static void explain(struct fold *fold, const struct ast_expr *e, const struct value *value)
{
    struct linear sum = qry_linear_reduced(fold->arena, &value->sum);
    qry_formula *node = qry_linear_node(&fold->builder, qry_ast_span(fold->tree, e->place), &sum);
    if (node)
        qry_fold_note(fold, NOTE_EXPLAIN, node, (qry_type){0}, NULL, e);
}

struct value qry_fold_expression(struct fold *fold, const struct ast_expr *e)
{
    if (fold->steps > FOLD_MAX_STEPS)
        return value_broken();
    if (++fold->steps > FOLD_MAX_STEPS)
        return qry_fold_broken(fold, e, "sums and functions are written out in full",
                               "the expression has more than %d parts", FOLD_MAX_STEPS);
    if ((fold->steps & 0xffff) == 0)
        qry_check_interrupt(fold->tree->ctx);
    if (fold->depth >= FOLD_MAX_DEPTH)
        return qry_fold_broken(fold, e, NULL, "functions and expressions are nested more than %d deep", FOLD_MAX_DEPTH);
    fold->depth++;
    struct value value = dispatch(fold, e);
    fold->depth--;
    value.from = e;
    if (value.kind == VALUE_SUM && e->kind != AST_NAME && fold->tree->explain && fold->notes)
        explain(fold, e, &value);
    return value;
}
