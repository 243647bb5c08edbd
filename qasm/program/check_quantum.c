/* check_quantum.c: gates and their modifiers, operands, measurements. */
#include "qasm/program/check.h"

const struct qasm_type *qasm_check_measure(struct checker *c, struct tree_expr *measure)
{
    if (!qasm_check_operands(c, measure->first))
        return NULL;
    if (c->where == CHECK_DEF)
        c->subroutine->quantum = c->subroutine->measures = true;
    return qasm_type_make(c->arena, QASM_BIT, measure->first->type->width);
}

bool qasm_check_operands(struct checker *c, struct tree_expr *operands)
{
    bool fine = true;
    for (struct tree_expr *operand = operands; operand; operand = operand->next) {
        const struct qasm_type *type = qasm_check_expression(c, operand);
        if (type && type->kind != QASM_QUBIT)
            qasm_check_error(c, operand->place, NULL, "a qubit is wanted, and this is %s", qasm_check_text(c, type));
        fine = fine && type && type->kind == QASM_QUBIT;
    }
    return fine;
}

/* ---- operands of gates ---- */

/* Registers that a gate gets have one size; single qubits go with each of their qubits. */
static bool check_sizes(struct checker *c, const struct tree_expr *operands, const char *name)
{
    const struct tree_expr *first = NULL;
    for (const struct tree_expr *operand = operands; operand; operand = operand->next) {
        uint32_t width = operand->type->width;
        if (width <= 1 || width == QASM_UNSIZED)
            continue;
        if (first && first->type->width != width) {
            qasm_check_error(c, operand->place, "registers that stand beside each other need the same size",
                             "'%.60s' gets registers of %u and %u qubits", name, first->type->width, width);
            return false;
        }
        first = first ? first : operand;
    }
    return true;
}

static const char *plural(uint32_t count) { return count == 1 ? "" : "s"; }

static bool check_operand_count(struct checker *c, const struct tree_stmt *stmt, uint32_t controls)
{
    const struct tree_symbol *gate = stmt->symbol;
    uint32_t count = 0, wanted = gate->operands + controls;
    for (const struct tree_expr *operand = stmt->operands; operand; operand = operand->next)
        count++;
    if (gate->operands == QASM_ANY || count == wanted)
        return true;
    const char *hint = controls ? qry_arena_printf(c->arena, "%u of the gate itself, and %u control%s before them",
                                                   gate->operands, controls, plural(controls))
                                : NULL;
    qasm_check_error(c, stmt->place, hint, "'%.60s' takes %u qubit%s, not %u", gate->name->text, wanted, plural(wanted),
                     count);
    return false;
}

/* ---- angles and modifiers ---- */

static bool is_number(const struct qasm_type *type)
{
    return type->kind == QASM_INT || type->kind == QASM_UINT || type->kind == QASM_FLOAT || type->kind == QASM_ANGLE ||
           type->kind == QASM_BOOL;
}

static bool check_number(struct checker *c, struct tree_expr *expr, const char *what)
{
    const struct qasm_type *type = qasm_check_expression(c, expr);
    if (type && !is_number(type))
        qasm_check_error(c, expr->place, NULL, "%s is a number, and this is %s", what, qasm_check_text(c, type));
    return type && is_number(type);
}

static bool check_angles(struct checker *c, struct tree_stmt *stmt)
{
    const struct tree_symbol *gate = stmt->symbol;
    uint32_t count = 0;
    bool fine = true;
    for (struct tree_expr *angle = stmt->arguments; angle; angle = angle->next, count++)
        fine = check_number(c, angle, "the angle of a gate") && fine;
    if (gate->parameters == QASM_ANY || count == gate->parameters)
        return fine;
    const char *hint =
        count || gate->parameters != 1 ? NULL : qry_arena_printf(c->arena, "%.60s(pi / 2)", gate->name->text);
    qasm_check_error(c, stmt->name_place, hint, "'%.60s' takes %u angle%s, not %u", gate->name->text, gate->parameters,
                     plural(gate->parameters), count);
    return false;
}

/* Controls that the modifiers bring. */
static bool check_modifiers(struct checker *c, const struct tree_stmt *stmt, uint32_t *controls)
{
    enum { MOST = 1 << 20 };
    bool fine = true;
    *controls = 0;
    for (const struct tree_modifier *m = stmt->modifiers; m; m = m->next) {
        uint32_t count = 1;
        if (m->kind == TREE_POW && m->argument)
            fine = check_number(c, m->argument, "a power") && fine;
        if (m->kind != TREE_CTRL && m->kind != TREE_NEGCTRL)
            continue;
        if (m->argument)
            fine = qasm_check_constant(c, m->argument, 1, MOST, "the number of controls", &count) && fine;
        *controls += count;
        if (*controls > MOST) {
            qasm_check_error(c, m->place, NULL, "a gate has at most 2^20 controls");
            return false;
        }
    }
    return fine;
}

/* ---- gates and defs ---- */

static void apply_gate(struct checker *c, struct tree_stmt *stmt)
{
    uint32_t controls;
    const char *name = stmt->symbol->name->text;
    if (stmt->symbol == c->subroutine) {
        qasm_check_error(c, stmt->name_place, NULL, "the gate '%.60s' applies itself", name);
        return;
    }
    if (c->where == CHECK_DEF)
        c->subroutine->quantum = true;
    bool fine = check_modifiers(c, stmt, &controls);
    fine = check_angles(c, stmt) && fine;
    if (qasm_check_operands(c, stmt->operands) && fine && check_operand_count(c, stmt, controls) &&
        check_sizes(c, stmt->operands, name))
        qasm_check_distinct(c, stmt->operands, name, false);
}

static void apply_def(struct checker *c, struct tree_stmt *stmt)
{
    struct tree_symbol *def = stmt->symbol, *around = c->where == CHECK_DEF ? c->subroutine : NULL;
    if (stmt->modifiers) {
        qasm_check_error(c, stmt->modifiers->place, NULL, "modifiers are for gates, and '%.60s' is %s", def->name->text,
                         qasm_check_noun(def));
        return;
    }
    if (def == around) {
        qasm_check_error(c, stmt->name_place, "a loop can do what recursion does", "the def '%.60s' calls itself",
                         def->name->text);
        return;
    }
    if (qasm_check_arguments(c, stmt->place, def, stmt->arguments, stmt->operands, true))
        qasm_check_distinct(c, stmt->operands, def->name->text, true);
    if (!around)
        return;
    around->quantum = around->quantum || def->quantum;
    around->writes = around->writes || def->writes;
    around->measures = around->measures || def->measures;
}

void qasm_check_apply(struct checker *c, struct tree_stmt *stmt)
{
    struct tree_symbol *symbol = qasm_check_find(c, stmt->name, stmt->name_place, true);
    stmt->symbol = symbol;
    if (stmt->size)
        qasm_check_as(c, stmt->size, qasm_type_make(c->arena, QASM_DURATION, 0));
    if (symbol && symbol->kind == SYMBOL_GATE) {
        apply_gate(c, stmt);
        return;
    }
    if (symbol && (symbol->kind == SYMBOL_DEF || symbol->kind == SYMBOL_EXTERN)) {
        apply_def(c, stmt);
        return;
    }
    if (symbol)
        qasm_check_error(c, stmt->name_place, NULL, "'%.60s' is %s, not a gate", symbol->name->text,
                         qasm_check_noun(symbol));
    for (struct tree_expr *argument = stmt->arguments; argument; argument = argument->next)
        qasm_check_expression(c, argument);
    qasm_check_operands(c, stmt->operands);
}
