/* check_flow.c: conditions, loops, switch, return. */
#include "qasm/program/check.h"

#include <stdlib.h>

/* ---- for ---- */

/* A loop in a gate is written out where the gate is defined: it may hang on loops around it, not on the gate's angles. */
static bool uses_angles(const struct tree_expr *expr)
{
    if (expr->kind == TREE_NAME)
        return expr->symbol && expr->symbol->kind == SYMBOL_ANGLE;
    bool parts = expr->kind == TREE_UNARY || expr->kind == TREE_BINARY || expr->kind == TREE_CALL ||
                 expr->kind == TREE_CAST || expr->kind == TREE_INDEX || expr->kind == TREE_RANGE ||
                 expr->kind == TREE_SET;
    for (const struct tree_expr *part = parts ? expr->first : NULL; part; part = part->next)
        if (uses_angles(part))
            return true;
    return false;
}

/* A range gives whole numbers; they become what the variable is. */
static bool check_loop_range(struct checker *c, struct tree_stmt *stmt, const struct qasm_type *type)
{
    static const struct qasm_type whole = {.kind = QASM_INT, .width = QASM_MAX_WIDTH};
    if (!qasm_check_range(c, stmt->value))
        return false;
    if (qasm_type_fits(&whole, type))
        return true;
    qasm_check_error(c, stmt->value->place, "declare the variable as int or uint",
                     "a range gives whole numbers, not %s", qasm_check_text(c, type));
    return false;
}

/* The bits of a register, or the items of an array with one dimension. */
static bool check_loop_items(struct checker *c, struct tree_stmt *stmt, const struct qasm_type *type)
{
    const struct qasm_type *of = qasm_check_expression(c, stmt->value), *item = NULL;
    if (!of)
        return false;
    if (of->kind == QASM_ARRAY && of->dims == 1)
        item = of->base;
    if (of->kind == QASM_BIT && of->width)
        item = qasm_type_make(c->arena, QASM_BIT, 0);
    if (!item)
        qasm_check_error(c, stmt->value->place, "as in [0:3], {1, 5}, or the name of a register of bits",
                         "a loop goes through a range, a set, bits, or an array of one dimension");
    else if (!qasm_type_fits(item, type))
        qasm_check_error(c, stmt->value->place, NULL, "the variable is %s, and goes through values of type %s",
                         qasm_check_text(c, type), qasm_check_text(c, item));
    return item && qasm_type_fits(item, type);
}

static void check_loop_values(struct checker *c, struct tree_stmt *stmt, const struct qasm_type *type)
{
    bool fine = true;
    if (stmt->value->kind == TREE_RANGE) {
        fine = check_loop_range(c, stmt, type);
    } else if (stmt->value->kind == TREE_SET) {
        for (struct tree_expr *value = stmt->value->first; value; value = value->next)
            fine = qasm_check_as(c, value, type) && fine;
        stmt->value->type = type;
    } else {
        fine = check_loop_items(c, stmt, type);
    }
    if (fine && c->where == CHECK_GATE && uses_angles(stmt->value))
        qasm_check_error(c, stmt->value->place, NULL, "a loop in a gate cannot hang on the angles of the gate");
}

static void check_for(struct checker *c, struct tree_stmt *stmt)
{
    const struct qasm_type *type = qasm_check_type(c, stmt->written);
    if (type)
        check_loop_values(c, stmt, type);
    qasm_check_open(c);
    if (type) {
        stmt->symbol = qasm_check_declare(c, SYMBOL_VARIABLE, stmt->name, stmt->name_place, stmt);
        stmt->symbol->type = type;
        stmt->symbol->slot = c->slots++;
    } else {
        qasm_check_spoil(c, stmt->name, stmt->name_place);
    }
    c->loops++;
    qasm_check_body(c, stmt->body);
    c->loops--;
    qasm_check_close(c);
}

/* ---- switch ---- */

struct label {
    struct tree_expr *expr;
    qry_u128 number;
};

static int by_number(const void *x, const void *y)
{
    const struct label *a = x, *b = y;
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return a->expr->place.offset < b->expr->place.offset ? -1 : 1;
}

static void check_labels_differ(struct checker *c, struct label *labels, size_t count)
{
    if (count)
        qsort(labels, count, sizeof *labels, by_number);
    for (size_t i = 1; i < count; i++)
        if (labels[i].number == labels[i - 1].number)
            qasm_check_error(c, labels[i].expr->place, NULL, "the case %s stands here twice",
                             qasm_value_text(c->arena, labels[i].expr->constant));
}

static bool check_label(struct checker *c, struct tree_expr *value, const struct qasm_type *type)
{
    struct check_wrong wrong = {.text = NULL};
    c->wrong = &wrong;
    bool fine = qasm_check_integer(c, value, "a case");
    c->wrong = NULL;
    if (!fine || !qasm_check_has_value(c, value, &wrong, NULL, "a case must be known before the program runs"))
        return false;
    return !type || qasm_check_becomes(c, value, type);
}

static void check_switch(struct checker *c, struct tree_stmt *stmt)
{
    const struct qasm_type *type =
        qasm_check_integer(c, stmt->value, "what a switch looks at") ? stmt->value->type : NULL;
    const struct tree_case *otherwise = NULL;
    size_t count = 0, known = 0;
    if (type && type->weak) {
        type = qasm_type_make(c->arena, QASM_INT, QASM_MAX_WIDTH);
        qasm_check_becomes(c, stmt->value, type);
    }
    for (const struct tree_case *one = stmt->cases; one; one = one->next)
        for (const struct tree_expr *value = one->values; value; value = value->next)
            count++;
    struct label *labels = qry_arena_alloc(c->arena, count, sizeof *labels);
    for (struct tree_case *one = stmt->cases; one; one = one->next) {
        for (struct tree_expr *value = one->values; value; value = value->next)
            if (check_label(c, value, type))
                labels[known++] = (struct label){value, value->constant->natural};
        if (!one->values && otherwise)
            qasm_check_error(c, one->place, NULL, "a switch has one default");
        else if (one->values && otherwise)
            qasm_check_error(c, one->place, NULL, "default is the last of a switch, and this case comes after it");
        otherwise = !one->values ? one : otherwise;
        qasm_check_body(c, one->body);
    }
    check_labels_differ(c, labels, known);
}

/* ---- return ---- */

static void check_return(struct checker *c, struct tree_stmt *stmt)
{
    if (c->where != CHECK_DEF) {
        qasm_check_error(c, stmt->place, "end; stops the program", "return stands in a def");
        return;
    }
    const char *name = c->subroutine->name->text;
    if (!c->result) { /* its declaration was wrong */
        if (stmt->value)
            qasm_check_expression(c, stmt->value);
    } else if (stmt->value && c->result->kind == QASM_VOID) {
        if (qasm_check_expression(c, stmt->value))
            qasm_check_error(c, stmt->value->place,
                             qry_arena_printf(c->arena, "write '-> %s' behind its parameters",
                                              qasm_check_text(c, stmt->value->type)),
                             "the def '%.60s' is declared to return nothing", name);
    } else if (stmt->value) {
        qasm_check_as(c, stmt->value, c->result);
    } else if (c->result->kind != QASM_VOID) {
        qasm_check_error(c, stmt->place, NULL, "the def '%.60s' returns %s", name, qasm_check_text(c, c->result));
    }
}

void qasm_check_flow(struct checker *c, struct tree_stmt *stmt)
{
    switch (stmt->kind) {
    case TREE_IF:
        qasm_check_truth(c, stmt->value);
        qasm_check_body(c, stmt->body);
        qasm_check_body(c, stmt->other);
        break;
    case TREE_WHILE:
        qasm_check_truth(c, stmt->value);
        c->loops++;
        qasm_check_body(c, stmt->body);
        c->loops--;
        break;
    case TREE_FOR:
        check_for(c, stmt);
        break;
    case TREE_SWITCH:
        check_switch(c, stmt);
        break;
    case TREE_RETURN:
        check_return(c, stmt);
        break;
    default:
        if (!c->loops)
            qasm_check_error(c, stmt->place, NULL, "%s stands in a loop",
                             stmt->kind == TREE_BREAK ? "break" : "continue");
    }
}
