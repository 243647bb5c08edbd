/* check.c: the check of a program, statement by statement.
 *
 * Requires: the tree as read. Leaves: what qasm_check promises in symbol.h. Names are declared as the text goes on: what
 * stands further down is not seen. After a mistake in a declaration its name is known to be broken, and nothing more is
 * said where it is used. */
#include "qasm/program/check.h"

#include <string.h>

/* ---- what may stand where ---- */

/* What a statement is called in messages. */
static const char *noun_of(const struct tree_stmt *stmt)
{
    static const char *const nouns[] = {
        [TREE_INCLUDE] = "an include",
        [TREE_CALIBRATION] = "a defcalgrammar",
        [TREE_CAL] = "a cal block",
        [TREE_DEFCAL] = "a defcal",
        [TREE_DECLARE] = "a variable",
        [TREE_CONST] = "a constant",
        [TREE_QUBITS] = "a register of qubits",
        [TREE_ALIAS] = "an alias",
        [TREE_GATE] = "a gate",
        [TREE_DEF] = "a def",
        [TREE_EXTERN] = "an extern",
        [TREE_OPAQUE] = "an opaque gate",
        [TREE_MEASURE_INTO] = "a measurement",
        [TREE_ASSIGN] = "an assignment",
        [TREE_EXPRESSION] = "a call",
        [TREE_RESET] = "a reset",
        [TREE_DELAY] = "a delay",
        [TREE_BOX] = "a box",
        [TREE_IF] = "an if",
        [TREE_WHILE] = "a while",
        [TREE_SWITCH] = "a switch",
        [TREE_BREAK] = "a break",
        [TREE_CONTINUE] = "a continue",
        [TREE_RETURN] = "a return",
        [TREE_END] = "an end",
        [TREE_FOR] = "a for",
    };
    if (stmt->kind == TREE_DECLARE && stmt->io != TREE_PLAIN)
        return stmt->io == TREE_INPUT ? "an input" : "an output";
    return nouns[stmt->kind];
}

/* A gate is unitary, whatever it is called with; and it may say how long it takes. */
static bool fits_gate(enum tree_stmt_kind kind)
{
    return kind == TREE_DELAY || kind == TREE_BOX || kind == TREE_STRETCH || kind == TREE_APPLY ||
           kind == TREE_BARRIER || kind == TREE_NOP || kind == TREE_FOR || kind == TREE_BLOCK || kind == TREE_PRAGMA;
}

/* What the program has once and for all. */
static bool is_global(const struct tree_stmt *stmt)
{
    switch (stmt->kind) {
    case TREE_INCLUDE:
    case TREE_CALIBRATION:
    case TREE_DEFCAL:
    case TREE_QUBITS:
    case TREE_GATE:
    case TREE_OPAQUE:
    case TREE_DEF:
    case TREE_EXTERN:
        return true;
    default:
        return stmt->kind == TREE_DECLARE && stmt->io != TREE_PLAIN;
    }
}

static bool may_stand_here(struct checker *c, const struct tree_stmt *stmt)
{
    if (c->where == CHECK_GATE && !fits_gate(stmt->kind)) {
        qasm_check_error(c, stmt->place, "a def can hold it", "%s cannot stand in a gate: gates are made of gates",
                         noun_of(stmt));
        return false;
    }
    if (c->depth > 1 && is_global(stmt)) {
        qasm_check_error(c, stmt->place, NULL, "%s stands outside of all blocks", noun_of(stmt));
        if (stmt->name && (stmt->kind != TREE_DEFCAL))
            qasm_check_spoil(c, stmt->name, stmt->name_place);
        return false;
    }
    return true;
}

/* ---- statements ---- */

/* x += y becomes x = x + y. */
static void write_out(struct checker *c, struct tree_stmt *stmt)
{
    struct tree_expr *first = QRY_NEW(c->arena, struct tree_expr), *sum = QRY_NEW(c->arena, struct tree_expr);
    *first = *stmt->target;
    first->next = stmt->value;
    *sum = (struct tree_expr){.kind = TREE_BINARY, .op = stmt->op, .place = stmt->place, .count = 2, .first = first};
    stmt->value = sum;
    stmt->op = TREE_OPERATORS;
}

static void check_assign(struct checker *c, struct tree_stmt *stmt)
{
    bool fine = qasm_check_target(c, stmt->target);
    if (stmt->op != TREE_OPERATORS && fine)
        write_out(c, stmt);
    if (fine)
        qasm_check_value(c, stmt->value, stmt->target->type);
    else if (stmt->value->kind != TREE_LIST)
        qasm_check_expression(c, stmt->value);
}

static void check_measure_into(struct checker *c, struct tree_stmt *stmt)
{
    const struct qasm_type *type = qasm_check_expression(c, stmt->value);
    if (!stmt->target || !qasm_check_target(c, stmt->target) || !type)
        return;
    const struct qasm_type *to = stmt->target->type;
    if (to->kind == QASM_BIT && !qasm_type_fits(type, to)) {
        uint32_t bits = to->width ? to->width : 1, qubits = type->width ? type->width : 1;
        qasm_check_error(c, stmt->place, "as many bits as qubits", "%u qubit%s measured into %u bit%s", qubits,
                         qubits == 1 ? " is" : "s are", bits, bits == 1 ? "" : "s");
        return;
    }
    qasm_check_becomes(c, stmt->value, to);
}

/* An expression that is a statement: for what a call does; qubits have no value to be thrown away. */
static void check_alone(struct checker *c, struct tree_expr *expr)
{
    const struct qasm_type *type = qasm_check_expression(c, expr);
    if (type && type->kind == QASM_QUBIT)
        qasm_check_error(c, expr->place, "a gate stands before its qubits: x q;", "qubits alone are no statement");
}

static void check_operands_of(struct checker *c, struct tree_stmt *stmt)
{
    if (stmt->size)
        qasm_check_as(c, stmt->size, qasm_type_make(c->arena, QASM_DURATION, 0));
    qasm_check_operands(c, stmt->operands);
    if (c->where != CHECK_DEF)
        return;
    c->subroutine->quantum = true;
    c->subroutine->measures = c->subroutine->measures || stmt->kind == TREE_RESET;
}

static void check_include(struct checker *c, struct tree_stmt *stmt)
{
    bool before = c->standard;
    c->standard = before || qry_standard_include(stmt->text);
    qasm_check_statements(c, stmt->body);
    c->standard = before;
}

void qasm_check_statement(struct checker *c, struct tree_stmt *stmt)
{
    if (!may_stand_here(c, stmt))
        return;
    switch (stmt->kind) {
    case TREE_STRETCH: /* whoever read it has checked it */
    case TREE_PRAGMA:
    case TREE_CALIBRATION:
    case TREE_CAL:
    case TREE_END:
        break;
    case TREE_INCLUDE:
        check_include(c, stmt);
        break;
    case TREE_APPLY:
        qasm_check_apply(c, stmt);
        break;
    case TREE_MEASURE_INTO:
        check_measure_into(c, stmt);
        break;
    case TREE_ASSIGN:
        check_assign(c, stmt);
        break;
    case TREE_EXPRESSION:
        check_alone(c, stmt->value);
        break;
    case TREE_RESET:
    case TREE_BARRIER:
    case TREE_NOP:
    case TREE_DELAY:
        check_operands_of(c, stmt);
        break;
    case TREE_BOX:
        if (stmt->size)
            qasm_check_as(c, stmt->size, qasm_type_make(c->arena, QASM_DURATION, 0));
        qasm_check_body(c, stmt->body);
        break;
    case TREE_BLOCK:
        qasm_check_body(c, stmt->body);
        break;
    case TREE_DECLARE:
    case TREE_CONST:
    case TREE_QUBITS:
    case TREE_ALIAS:
    case TREE_GATE:
    case TREE_OPAQUE:
    case TREE_DEFCAL:
    case TREE_DEF:
    case TREE_EXTERN:
        qasm_check_declaration(c, stmt);
        break;
    default:
        qasm_check_flow(c, stmt);
    }
}

void qasm_check_statements(struct checker *c, struct tree_stmt *first)
{
    for (struct tree_stmt *stmt = first; stmt; stmt = stmt->next) {
        qry_check_interrupt(c->tree->ctx);
        qasm_check_statement(c, stmt);
    }
}

void qasm_check_body(struct checker *c, struct tree_stmt *first)
{
    qasm_check_open(c);
    qasm_check_statements(c, first);
    qasm_check_close(c);
}

/* ---- the program ---- */

/* The names mean nothing again, and the list of what was found moves to where the program lives. */
static void finish(struct checker *c)
{
    struct qasm_checked *out = c->out;
    qry_ctx *ctx = c->tree->ctx;
    while (c->depth)
        qasm_check_close(c);
    qasm_check_close(c);
    out->slots = c->slots;
    struct tree_symbol **globals = qry_arena_alloc(c->arena, out->global_count, sizeof *globals);
    if (out->global_count)
        memcpy(globals, out->globals, out->global_count * sizeof *globals);
    qry_free(ctx, out->globals);
    out->globals = globals;
    out->global_room = out->global_count;
    qry_free(ctx, c->declared);
    qry_free(ctx, c->qubits);
}

struct qasm_checked *qasm_check(struct tree_program *tree)
{
    size_t errors = qry_error_count(tree->ctx);
    struct checker c = {.tree = tree, .arena = tree->arena};
    c.out = QRY_NEW(tree->arena, struct qasm_checked);
    c.out->tree = tree;
    c.out->gate_room = tree->gate_count;
    c.out->gates = qry_arena_alloc(tree->arena, tree->gate_count, sizeof *c.out->gates);
    qasm_check_language(&c);
    qasm_check_open(&c);
    qasm_check_statements(&c, tree->first);
    finish(&c);
    if (qry_error_count(tree->ctx) != errors)
        return NULL;
    qry_must(c.out->gate_count == tree->gate_count);
    return c.out;
}
