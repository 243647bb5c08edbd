/* plan.c: what can be said of a loop or a def by looking at its text, once. */
#include "qasm/program/interpret.h"

enum plan { NOT_LOOKED_AT, YES, NO };

/* ---- expressions ---- */

struct look {
    const struct tree_symbol *variable; /* of the loop: not to be mentioned; NULL: of a def */
    bool acts;                          /* something is done to qubits */
};

static bool is_open(const struct look *look, const struct tree_expr *expr)
{
    if (!expr || expr->constant)
        return false;
    switch (expr->kind) {
    case TREE_NAME: {
        const struct tree_symbol *s = expr->symbol;
        if (look->variable)
            return s == look->variable || (s->type && s->type->kind == QASM_BIT);
        return s->global && s->kind != SYMBOL_CONST;
    }
    case TREE_CALL:
        if (expr->symbol->kind != SYMBOL_BUILTIN)
            return true;
        break;
    case TREE_PHYSICAL:
        return !look->variable;
    case TREE_MEASURE:
    case TREE_DURATION_OF:
        return true;
    case TREE_UNARY:
    case TREE_BINARY:
    case TREE_CAST:
    case TREE_INDEX:
    case TREE_RANGE:
    case TREE_SET:
    case TREE_LIST:
    case TREE_CONCAT:
        break;
    default:
        return false;
    }
    for (const struct tree_expr *child = expr->first; child; child = child->next)
        if (is_open(look, child))
            return true;
    return false;
}

static bool any_open(const struct look *look, const struct tree_expr *list)
{
    for (; list; list = list->next)
        if (is_open(look, list))
            return true;
    return false;
}

static bool apply_open(const struct look *look, const struct tree_stmt *stmt)
{
    for (const struct tree_modifier *m = stmt->modifiers; m; m = m->next)
        if (is_open(look, m->argument))
            return true;
    return any_open(look, stmt->arguments) || any_open(look, stmt->operands);
}

/* ---- loops ---- */

static bool repeats(struct look *look, const struct tree_stmt *stmt);

static bool repeats_one(struct look *look, const struct tree_stmt *stmt)
{
    switch (stmt->kind) {
    case TREE_STRETCH: /* one without gates holds the marks at the end of a block */
        look->acts |= stmt->stretch->op_count > 0;
        return true;
    case TREE_APPLY:
        look->acts = true;
        return (stmt->symbol->kind == SYMBOL_GATE || qasm_is_closed(stmt->symbol)) && !apply_open(look, stmt);
    case TREE_EXPRESSION:
        look->acts = true;
        return stmt->value->kind == TREE_CALL && stmt->value->symbol->kind == SYMBOL_DEF &&
               qasm_is_closed(stmt->value->symbol) && !any_open(look, stmt->value->first);
    case TREE_RESET:
    case TREE_BARRIER:
        look->acts = true;
        return !any_open(look, stmt->operands);
    case TREE_NOP:
        return true;
    case TREE_BLOCK:
        return repeats(look, stmt->body);
    case TREE_FOR:
        return stmt->value->kind == TREE_RANGE && !is_open(look, stmt->value) && repeats(look, stmt->body);
    default:
        return false;
    }
}

static bool repeats(struct look *look, const struct tree_stmt *stmt)
{
    for (; stmt; stmt = stmt->next)
        if (!repeats_one(look, stmt))
            return false;
    return true;
}

bool qasm_is_repeat(struct tree_stmt *stmt)
{
    if (stmt->plan == NOT_LOOKED_AT) {
        struct look look = {.variable = stmt->symbol};
        bool repeat = stmt->body && repeats_one(&look, stmt->body) && look.acts;
        stmt->plan = repeat ? YES : NO;
    }
    return stmt->plan == YES;
}

/* ---- defs ---- */

static bool closed(const struct look *look, const struct tree_stmt *stmt);

static bool closed_cases(const struct look *look, const struct tree_stmt *stmt)
{
    for (const struct tree_case *c = stmt->cases; c; c = c->next)
        if (!closed(look, c->body))
            return false;
    return true;
}

static bool closed_one(const struct look *look, const struct tree_stmt *stmt)
{
    switch (stmt->kind) {
    case TREE_APPLY:
        if (stmt->symbol->kind == SYMBOL_DEF && !qasm_is_closed(stmt->symbol))
            return false;
        return !apply_open(look, stmt);
    case TREE_EXPRESSION:
        if (stmt->value->kind != TREE_CALL || stmt->value->symbol->kind != SYMBOL_DEF)
            return !is_open(look, stmt->value);
        return qasm_is_closed(stmt->value->symbol) && !any_open(look, stmt->value->first);
    case TREE_DECLARE:
    case TREE_ALIAS:
        return stmt->io == TREE_PLAIN && !is_open(look, stmt->value);
    case TREE_ASSIGN:
        return !is_open(look, stmt->target) && !is_open(look, stmt->value);
    case TREE_BARRIER:
        return stmt->operands && !any_open(look, stmt->operands);
    case TREE_STRETCH:
        return stmt->stretch->op_count == 0;
    case TREE_CONST:
    case TREE_NOP:
    case TREE_BREAK:
    case TREE_CONTINUE:
        return true;
    case TREE_RETURN:
        return !stmt->value;
    case TREE_BLOCK:
        return closed(look, stmt->body);
    case TREE_IF:
    case TREE_WHILE:
    case TREE_FOR:
        return !is_open(look, stmt->value) && closed(look, stmt->body) && closed(look, stmt->other);
    case TREE_SWITCH:
        return !is_open(look, stmt->value) && closed_cases(look, stmt);
    default:
        return false;
    }
}

static bool closed(const struct look *look, const struct tree_stmt *stmt)
{
    for (; stmt; stmt = stmt->next)
        if (!closed_one(look, stmt))
            return false;
    return true;
}

bool qasm_is_closed(const struct tree_symbol *def)
{
    struct tree_stmt *stmt = def->stmt;
    if (stmt->plan == NOT_LOOKED_AT) {
        struct look look = {0};
        bool good = def->quantum && !def->measures && !def->writes && def->type->kind == QASM_VOID;
        for (const struct tree_parameter *p = stmt->parameters; p; p = p->next) {
            const struct qasm_type *type = p->symbol->type;
            good &= type->kind != QASM_ARRAY && type->kind != QASM_BIT && type->kind != QASM_DURATION &&
                    type->kind != QASM_STRETCH;
        }
        stmt->plan = good && closed(&look, stmt->body) ? YES : NO;
    }
    return stmt->plan == YES;
}
