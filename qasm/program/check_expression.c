/* check_expression.c: the types and, where they are known, the values of expressions. */
#include "qasm/program/check.h"

#include <math.h>

/* ---- values that are known ---- */

static void know(struct checker *c, struct tree_expr *expr, struct qasm_value value)
{
    struct qasm_value *constant = QRY_NEW(c->arena, struct qasm_value);
    qasm_value_narrow(&value);
    *constant = value;
    expr->constant = constant;
    expr->type = value.type;
}

/* A literal or a float that is cut off where it goes is most often a mistake; the rest of the language wraps around in
 * silence. */
static void warn_of_loss(struct checker *c, struct tree_expr *expr, const struct qasm_type *to)
{
    const struct qasm_value *was = expr->constant;
    bool literal = qasm_is_integer(was->type) && was->type->weak && was->type->width > to->width;
    struct qasm_value becomes;
    if (!qasm_is_integer(to) || (!literal && was->type->kind != QASM_FLOAT) ||
        qasm_convert(c->arena, was, to, &becomes) || (!literal && qasm_value_real(&becomes) == trunc(was->real)))
        return;
    qry_tree_warning(c->tree, expr->place, NULL, "%s does not fit %s: it becomes %s", qasm_value_text(c->arena, was),
                     qasm_check_text(c, to), qasm_value_text(c->arena, &becomes));
}

void qasm_check_warn(struct checker *c, struct tree_place place, const char *wrong)
{
    if (!c->wrong)
        qry_tree_warning(c->tree, place, "the program stops with an error if it comes here", "%s", wrong);
    else if (!c->wrong->text)
        *c->wrong = (struct check_wrong){place, wrong};
}

/* Gives an expression the type that it must have where it stands. */
static void convert(struct checker *c, struct tree_expr *expr, const struct qasm_type *to)
{
    if (qasm_type_equal(expr->type, to) && !expr->type->weak)
        return;
    expr->to = to;
    if (!expr->constant || to->kind == QASM_ARRAY)
        return;
    warn_of_loss(c, expr, to);
    struct qasm_value *constant = QRY_NEW(c->arena, struct qasm_value);
    const char *wrong = qasm_convert(c->arena, expr->constant, to, constant);
    if (wrong)
        qasm_check_warn(c, expr->place, wrong);
    expr->constant = wrong ? NULL : constant;
}

/* ---- what an expression must become ---- */

static const char *cast_hint(struct checker *c, const struct qasm_type *from, const struct qasm_type *to)
{
    if (from->kind != QASM_ARRAY && to->kind != QASM_QUBIT && qasm_type_casts(from, to))
        return qry_arena_printf(c->arena, "write the cast: %s(...)", qasm_check_text(c, to));
    if (from->kind == QASM_QUBIT)
        return "measure a qubit to have bits: c = measure q;";
    if (from->kind == QASM_BIT && to->kind == QASM_BIT)
        return "give both the same number of bits: a slice c[0:1] has those from the first to the last";
    if (from->kind == QASM_COMPLEX && to->kind == QASM_FLOAT)
        return "real(...) and imag(...) are its parts";
    return NULL;
}

bool qasm_check_becomes(struct checker *c, struct tree_expr *expr, const struct qasm_type *type)
{
    const struct qasm_type *from = expr->type;
    if (!from)
        return false;
    if (from->kind != QASM_VOID && qasm_type_fits(from, type)) {
        convert(c, expr, type);
        return true;
    }
    if (from->kind == QASM_VOID)
        qasm_check_error(c, expr->place, NULL, "this gives no value, and %s is wanted", qasm_check_text(c, type));
    else if (expr->constant && from->weak && type->kind == QASM_BIT)
        qasm_check_error(c, expr->place, NULL, "%s does not fit %s", qasm_value_text(c->arena, expr->constant),
                         qasm_check_text(c, type));
    else
        qasm_check_error(c, expr->place, cast_hint(c, from, type), "%s is wanted, and this is %s",
                         qasm_check_text(c, type), qasm_check_text(c, from));
    return false;
}

bool qasm_check_as(struct checker *c, struct tree_expr *expr, const struct qasm_type *type)
{
    qasm_check_expression(c, expr);
    return qasm_check_becomes(c, expr, type);
}

bool qasm_check_truth(struct checker *c, struct tree_expr *expr)
{
    return qasm_check_as(c, expr, qasm_type_make(c->arena, QASM_BOOL, 0));
}

/* ---- operators ---- */

static const char *const operator_texts[TREE_OPERATORS] = {
    [TREE_OR] = "||",          [TREE_AND] = "&&",        [TREE_BIT_OR] = "|",         [TREE_BIT_XOR] = "^",
    [TREE_BIT_AND] = "&",      [TREE_EQUAL] = "==",      [TREE_UNEQUAL] = "!=",       [TREE_LESS] = "<",
    [TREE_GREATER] = ">",      [TREE_LESS_EQUAL] = "<=", [TREE_GREATER_EQUAL] = ">=", [TREE_SHIFT_LEFT] = "<<",
    [TREE_SHIFT_RIGHT] = ">>", [TREE_ADD] = "+",         [TREE_SUBTRACT] = "-",       [TREE_MULTIPLY] = "*",
    [TREE_DIVIDE] = "/",       [TREE_MODULO] = "%",      [TREE_POWER] = "**",         [TREE_COMPLEMENT] = "~",
    [TREE_NOT] = "!",          [TREE_NEGATE] = "-",
};

static bool is_quantum(const struct qasm_type *type) { return type->kind == QASM_QUBIT; }

static const char *operator_hint(struct checker *c, enum tree_operator op, const struct qasm_type *a,
                                 const struct qasm_type *b)
{
    bool bits = a->kind == QASM_BIT || (b && b->kind == QASM_BIT);
    const struct qasm_type *register_type = a->kind == QASM_BIT ? a : b;
    if (is_quantum(a) || (b && is_quantum(b)))
        return "measure a qubit first: c = measure q;";
    if (!bits)
        return NULL;
    if (register_type->width == QASM_UNSIZED)
        return "how many bits the slice has is known only when the program runs: copy it to a register first";
    if (b && a->kind == QASM_BIT && b->kind == QASM_BIT && a->width != b->width)
        return "both need the same number of bits";
    if (op >= TREE_ADD && op <= TREE_POWER)
        return qry_arena_printf(c->arena, "bits are no number: write uint[%u](...)",
                                register_type->width ? register_type->width : 1);
    return NULL;
}

static const struct qasm_type *no_operator(struct checker *c, struct tree_expr *expr, const struct qasm_type *a,
                                           const struct qasm_type *b)
{
    const char *text = operator_texts[expr->op];
    if (b)
        qasm_check_error(c, expr->place, operator_hint(c, expr->op, a, b), "no operator %s for %s and %s", text,
                         qasm_check_text(c, a), qasm_check_text(c, b));
    else
        qasm_check_error(c, expr->place, operator_hint(c, expr->op, a, NULL), "no operator %s for %s", text,
                         qasm_check_text(c, a));
    return NULL;
}

static bool is_literal(const struct tree_expr *expr)
{
    return expr->constant && expr->type->weak && qasm_is_integer(expr->type);
}

/* Literals that are taken as floats: in the arithmetic of OpenQASM 2, which has no integers; and in a division with a rest,
 * because the specification itself writes pow(1/2) and arccos(3/5) for one half and 0.6. */
static bool are_real(const struct checker *c, const struct tree_expr *expr)
{
    const struct tree_expr *a = expr->first, *b = a->next;
    if (!b || !is_literal(a) || !is_literal(b))
        return false;
    if (c->tree->version == TREE_VERSION_2)
        return expr->op >= TREE_ADD && expr->op <= TREE_POWER;
    qry_i128 number[2];
    return expr->op == TREE_DIVIDE && qasm_check_known(a, &number[0]) && qasm_check_known(b, &number[1]) &&
           number[1] != 0 && number[0] % number[1] != 0;
}

/* Whether the first operand of && or || decides alone. */
static bool decides(const struct tree_expr *expr)
{
    const struct qasm_value *first = expr->first->constant;
    return first && ((expr->op == TREE_AND && !first->truth) || (expr->op == TREE_OR && first->truth));
}

static void know_operator(struct checker *c, struct tree_expr *expr)
{
    const struct tree_expr *first = expr->first, *second = expr->kind == TREE_BINARY ? first->next : NULL;
    struct qasm_value value;
    if (decides(expr)) {
        know(c, expr, *first->constant);
        return;
    }
    if (!first->constant || (second && !second->constant))
        return;
    const char *wrong =
        qasm_operate(c->arena, expr->op, first->constant, second ? second->constant : NULL, expr->type, &value);
    if (wrong)
        qasm_check_warn(c, expr->place, wrong);
    else
        know(c, expr, value);
}

static const struct qasm_type *check_operator(struct checker *c, struct tree_expr *expr)
{
    struct tree_expr *first = expr->first, *second = expr->kind == TREE_BINARY ? first->next : NULL;
    const struct qasm_type *a = qasm_check_expression(c, first), *b = second ? qasm_check_expression(c, second) : NULL;
    const struct qasm_type *a_to, *b_to;
    if (!a || (second && !b))
        return NULL;
    if (are_real(c, expr))
        a = b = qasm_type_literal(QASM_FLOAT, 64);
    const struct qasm_type *type = qasm_type_of_operator(c->arena, expr->op, a, b, &a_to, &b_to);
    if (!type)
        return no_operator(c, expr, first->type, second ? second->type : NULL);
    expr->type = type;
    convert(c, first, a_to);
    if (second)
        convert(c, second, b_to);
    know_operator(c, expr);
    return expr->type;
}

/* ---- casts ---- */

static const struct qasm_type *check_cast(struct checker *c, struct tree_expr *expr)
{
    const struct qasm_type *to = qasm_check_type(c, expr->written), *from = qasm_check_expression(c, expr->first);
    if (!to || !from)
        return NULL;
    bool possible = from->kind != QASM_VOID && from->kind != QASM_QUBIT && to->kind != QASM_ARRAY &&
                    to->kind != QASM_STRETCH && qasm_type_casts(from, to);
    if (!possible) {
        qasm_check_error(c, expr->place, cast_hint(c, from, to), "%s cannot be cast to %s", qasm_check_text(c, from),
                         qasm_check_text(c, to));
        return NULL;
    }
    expr->type = to;
    if (!expr->first->constant)
        return to;
    if (from->kind == QASM_FLOAT)
        warn_of_loss(c, expr->first, to);
    struct qasm_value value;
    const char *wrong = qasm_convert(c->arena, expr->first->constant, to, &value);
    if (wrong)
        qasm_check_warn(c, expr->place, wrong);
    else
        know(c, expr, value);
    return expr->type;
}

/* ---- names and literals ---- */

static const struct qasm_type *check_name(struct checker *c, struct tree_expr *expr)
{
    struct tree_symbol *symbol = qasm_check_find(c, expr->name, expr->place, false);
    if (!symbol)
        return NULL;
    expr->symbol = symbol;
    switch (symbol->kind) {
    case SYMBOL_GATE:
    case SYMBOL_DEF:
    case SYMBOL_EXTERN:
    case SYMBOL_BUILTIN:
        qasm_check_error(c, expr->place,
                         symbol->kind == SYMBOL_GATE ? "a gate stands before its qubits: h q[0];"
                                                     : "call it: name(...)",
                         "'%.60s' is %s, and a value is wanted", symbol->name->text, qasm_check_noun(symbol));
        return NULL;
    case SYMBOL_QUBITS:
    case SYMBOL_OPERAND:
        if (c->where == CHECK_DEF && symbol->global)
            c->subroutine->quantum = true;
        break;
    default:
        expr->constant = symbol->constant;
    }
    return symbol->type;
}

static const struct qasm_type *check_physical(struct checker *c, struct tree_expr *expr)
{
    enum { MOST = 1 << 20 };
    if (c->where == CHECK_GATE) {
        qasm_check_error(c, expr->place,
                         "name it among the qubits behind the gate's name, and give it where the gate is used",
                         "a gate has no physical qubits");
        return NULL;
    }
    if (expr->natural >= MOST) {
        qasm_check_error(c, expr->place, NULL, "physical qubits have numbers below 2^20");
        return NULL;
    }
    if (expr->natural >= c->out->physical)
        c->out->physical = (uint32_t)expr->natural + 1;
    if (c->where == CHECK_DEF)
        c->subroutine->quantum = true;
    return qasm_type_make(c->arena, QASM_QUBIT, 0);
}

static const struct qasm_type *check_bits(struct checker *c, struct tree_expr *expr)
{
    uint32_t width = 0;
    while (expr->text[width])
        width++;
    struct qasm_value value = {.type = qasm_type_make(c->arena, QASM_BIT, width)};
    if (!width) {
        qasm_check_error(c, expr->place, NULL, "a bit string has at least one bit");
        return NULL;
    }
    if (!qasm_value_parse(c->arena, expr->text, value.type, &value)) {
        qasm_check_error(c, expr->place, "as in \"0101\"", "a bit string is made of 0 and 1");
        return NULL;
    }
    know(c, expr, value);
    return value.type;
}

static const struct qasm_type *check_literal(struct checker *c, struct tree_expr *expr)
{
    struct qasm_value value = {.type = NULL};
    switch (expr->kind) {
    case TREE_INTEGER:
        if (expr->too_large) {
            qasm_check_error(c, expr->place, NULL, "this number needs more than 128 bits");
            return NULL;
        }
        value.type = qasm_type_literal(QASM_UINT, QASM_MAX_WIDTH);
        value.natural = expr->natural;
        break;
    case TREE_FLOAT:
        value.type = qasm_type_literal(QASM_FLOAT, 64);
        value.real = expr->real;
        break;
    case TREE_IMAGINARY:
        value.type = qasm_type_literal(QASM_COMPLEX, 64);
        value.im = expr->real;
        break;
    case TREE_TRUTH:
        value.type = qasm_type_make(c->arena, QASM_BOOL, 0);
        value.truth = expr->natural != 0;
        break;
    default:
        value = qasm_value_time(qasm_type_make(c->arena, QASM_DURATION, 0), expr->real, expr->op);
    }
    know(c, expr, value);
    return expr->type;
}

/* ---- all of them ---- */

static const struct qasm_type *check_kind(struct checker *c, struct tree_expr *expr)
{
    switch (expr->kind) {
    case TREE_INTEGER:
    case TREE_FLOAT:
    case TREE_IMAGINARY:
    case TREE_TRUTH:
    case TREE_TIME:
        return check_literal(c, expr);
    case TREE_BITS:
        return check_bits(c, expr);
    case TREE_NAME:
        return check_name(c, expr);
    case TREE_PHYSICAL:
        return check_physical(c, expr);
    case TREE_UNARY:
    case TREE_BINARY:
        return check_operator(c, expr);
    case TREE_CALL:
        return qasm_check_call(c, expr);
    case TREE_CAST:
        return check_cast(c, expr);
    case TREE_INDEX:
        return qasm_check_index(c, expr);
    case TREE_CONCAT:
        return qasm_check_concat(c, expr);
    case TREE_MEASURE:
        return qasm_check_measure(c, expr);
    case TREE_DURATION_OF:
        qasm_check_body(c, expr->body);
        return qasm_type_make(c->arena, QASM_DURATION, 0);
    case TREE_BROKEN:
        return NULL;
    default:
        qasm_check_error(c, expr->place, NULL, "a value is wanted here");
        return NULL;
    }
}

const struct qasm_type *qasm_check_expression(struct checker *c, struct tree_expr *expr)
{
    expr->constant = NULL;
    expr->to = NULL;
    expr->type = check_kind(c, expr);
    return expr->type;
}
