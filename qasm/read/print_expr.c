/* print_expr.c: expressions and types of the tree as text. Parentheses stand only where the tree would be read otherwise. */
#include "qasm/read/tree_print.h"

#include <stdlib.h>
#include <string.h>

/* How tightly an operator binds, as parse.y has it; a unary one stands between the products and the powers. */
enum { LOOSEST, UNARY = 11, POWER, POSTFIX };

static const uint8_t strength[TREE_OPERATORS] = {
    [TREE_OR] = 1,          [TREE_AND] = 2,        [TREE_BIT_OR] = 3,        [TREE_BIT_XOR] = 4,
    [TREE_BIT_AND] = 5,     [TREE_EQUAL] = 6,      [TREE_UNEQUAL] = 6,       [TREE_LESS] = 7,
    [TREE_GREATER] = 7,     [TREE_LESS_EQUAL] = 7, [TREE_GREATER_EQUAL] = 7, [TREE_SHIFT_LEFT] = 8,
    [TREE_SHIFT_RIGHT] = 8, [TREE_ADD] = 9,        [TREE_SUBTRACT] = 9,      [TREE_MULTIPLY] = 10,
    [TREE_DIVIDE] = 10,     [TREE_MODULO] = 10,    [TREE_POWER] = POWER,     [TREE_COMPLEMENT] = UNARY,
    [TREE_NOT] = UNARY,     [TREE_NEGATE] = UNARY};

static int strength_of(const struct tree_expr *e)
{
    return e->kind == TREE_UNARY || e->kind == TREE_BINARY ? strength[e->op] : POSTFIX;
}

static void put(struct tree_printer *p, const char *text) { qry_output_write(p->output, text, strlen(text)); }

/* An operand that must bind at least so tightly. */
static void operand(struct tree_printer *p, const struct tree_expr *e, int least)
{
    bool parentheses = strength_of(e) < least;
    put(p, parentheses ? "(" : "");
    qry_tree_print_expr(p, e);
    put(p, parentheses ? ")" : "");
}

void qry_tree_print_real(struct tree_printer *p, double value)
{
    char text[40];
    int digits = 15;
    do /* the fewest digits that say it */
        snprintf(text, sizeof text, "%.*g", digits, value);
    while (strtod(text, NULL) != value && ++digits <= 17);
    put(p, text);
    put(p, strpbrk(text, ".e") ? "" : ".0");
}

static void natural(struct tree_printer *p, qry_u128 value)
{
    char digits[48], *at = digits + sizeof digits - 1;
    *at = 0;
    do
        *--at = (char)('0' + (int)(value % 10));
    while (value /= 10);
    put(p, at);
}

static void index_of(struct tree_printer *p, const struct tree_expr *e)
{
    operand(p, e->first, POSTFIX);
    put(p, "[");
    qry_tree_print_list(p, e->first->next);
    put(p, "]");
}

static void range(struct tree_printer *p, const struct tree_expr *e)
{
    const struct tree_expr *start = e->first, *step = start->next, *stop = step->next;
    qry_tree_print_expr(p, start);
    put(p, ":");
    if (step->kind != TREE_NONE) {
        qry_tree_print_expr(p, step);
        put(p, ":");
    }
    qry_tree_print_expr(p, stop);
}

static void binary(struct tree_printer *p, const struct tree_expr *e)
{
    int own = strength[e->op];
    bool power = e->op == TREE_POWER;
    operand(p, e->first, power ? POSTFIX : own);
    put(p, " ");
    put(p, power && p->tree->version == TREE_VERSION_2 ? "^" : qry_tree_operator((enum tree_operator)e->op));
    put(p, " ");
    operand(p, e->first->next, power ? UNARY : own + 1);
}

static void between(struct tree_printer *p, const char *open, const struct tree_expr *e, const char *close)
{
    put(p, open);
    qry_tree_print_list(p, e->first);
    put(p, close);
}

static void concatenation(struct tree_printer *p, const struct tree_expr *e)
{
    for (const struct tree_expr *part = e->first; part; part = part->next) {
        put(p, part == e->first ? "" : " ++ ");
        qry_tree_print_expr(p, part);
    }
}

static void literal(struct tree_printer *p, const struct tree_expr *e)
{
    static const char *const units[] = {
        [TREE_DT] = "dt", [TREE_NS] = "ns", [TREE_US] = "us", [TREE_MS] = "ms", [TREE_S] = "s"};
    switch (e->kind) {
    case TREE_INTEGER:
        natural(p, e->natural);
        put(p, e->too_large ? "00000000000000000000000000000000000000000" : ""); /* as much too large as it was */
        break;
    case TREE_TRUTH:
        put(p, e->natural ? "true" : "false");
        break;
    case TREE_PHYSICAL:
        put(p, "$");
        natural(p, e->natural);
        break;
    case TREE_BITS:
        qry_output_printf(p->output, "\"%s\"", e->text);
        break;
    default:
        qry_tree_print_real(p, e->real);
        put(p, e->kind == TREE_IMAGINARY ? "im" : e->kind == TREE_TIME ? units[e->op] : "");
        break;
    }
}

void qry_tree_print_expr(struct tree_printer *p, const struct tree_expr *e)
{
    switch ((enum tree_expr_kind)e->kind) {
    case TREE_BROKEN:
    case TREE_NONE:
        break;
    case TREE_INTEGER:
    case TREE_FLOAT:
    case TREE_IMAGINARY:
    case TREE_TRUTH:
    case TREE_BITS:
    case TREE_TIME:
    case TREE_PHYSICAL:
        literal(p, e);
        break;
    case TREE_NAME:
        put(p, e->name->text);
        break;
    case TREE_UNARY:
        put(p, qry_tree_operator((enum tree_operator)e->op));
        operand(p, e->first, UNARY);
        break;
    case TREE_BINARY:
        binary(p, e);
        break;
    case TREE_CALL:
        put(p, e->name->text);
        between(p, "(", e, ")");
        break;
    case TREE_CAST:
        qry_tree_print_type(p, e->written);
        between(p, "(", e, ")");
        break;
    case TREE_INDEX:
        index_of(p, e);
        break;
    case TREE_RANGE:
        range(p, e);
        break;
    case TREE_SET:
    case TREE_LIST:
        between(p, "{", e, "}");
        break;
    case TREE_CONCAT:
        concatenation(p, e);
        break;
    case TREE_MEASURE:
        put(p, "measure ");
        qry_tree_print_expr(p, e->first);
        break;
    case TREE_DURATION_OF:
        put(p, "durationof(");
        qry_tree_print_body(p, e->body);
        put(p, ")");
        break;
    }
}

void qry_tree_print_list(struct tree_printer *p, const struct tree_expr *first)
{
    for (const struct tree_expr *e = first; e; e = e->next) {
        qry_tree_print_expr(p, e);
        put(p, e->next ? ", " : "");
    }
}

void qry_tree_print_set(struct tree_printer *p, const struct tree_expr *set)
{
    bool bracket = set->kind == TREE_RANGE;
    put(p, bracket ? "[" : "");
    qry_tree_print_expr(p, set);
    put(p, bracket ? "]" : "");
}

void qry_tree_print_designator(struct tree_printer *p, const struct tree_expr *size)
{
    if (!size)
        return;
    put(p, "[");
    qry_tree_print_expr(p, size);
    put(p, "]");
}

void qry_tree_print_type(struct tree_printer *p, const struct tree_type *type)
{
    static const char *const words[] = {
        [QASM_VOID] = "",           [QASM_BOOL] = "bool",       [QASM_BIT] = "bit",
        [QASM_INT] = "int",         [QASM_UINT] = "uint",       [QASM_FLOAT] = "float",
        [QASM_ANGLE] = "angle",     [QASM_COMPLEX] = "complex", [QASM_DURATION] = "duration",
        [QASM_STRETCH] = "stretch", [QASM_QUBIT] = "qubit",     [QASM_ARRAY] = "array"};
    put(p, type->access == QASM_READONLY ? "readonly " : type->access == QASM_MUTABLE ? "mutable " : "");
    put(p, words[type->kind]);
    qry_tree_print_designator(p, type->size);
    if (!type->base)
        return;
    put(p, "[");
    qry_tree_print_type(p, type->base);
    put(p, type->dims ? ", " : type->rank ? ", #dim = " : "");
    qry_tree_print_list(p, type->dims ? type->dims : type->rank);
    put(p, "]");
}
