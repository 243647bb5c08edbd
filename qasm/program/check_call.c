/* check_call.c: calls of functions, defs and externs, and what they are given. */
#include "qasm/program/check.h"

static const char *function_hint(const struct tree_symbol *symbol)
{
    return symbol->kind == SYMBOL_GATE ? "a gate stands before its qubits: rz(0.1) q[0];" : NULL;
}

/* ---- functions of the language ---- */

/* Sizes of an array are known where its type has them. */
static bool know_size(struct checker *c, struct tree_expr *call)
{
    const struct qasm_type *array = call->first->type;
    qry_i128 dim = 0;
    if (array->kind != QASM_ARRAY || !array->shape[0] ||
        (call->first->next && !qasm_check_known(call->first->next, &dim)))
        return true;
    if (dim < 0 || dim >= array->dims) {
        qasm_check_error(c, call->first->next->place, NULL, "the array has %u dimension%s, numbered from 0",
                         array->dims, array->dims == 1 ? "" : "s");
        return false;
    }
    struct qasm_value *value = QRY_NEW(c->arena, struct qasm_value);
    *value = qasm_value_integer(call->type, array->shape[(size_t)dim]);
    call->constant = value;
    return true;
}

static void know_value(struct checker *c, struct tree_expr *call, const struct tree_symbol *symbol)
{
    struct qasm_value *arguments = qry_arena_alloc(c->arena, call->count, sizeof *arguments);
    uint32_t i = 0;
    for (const struct tree_expr *a = call->first; a; a = a->next, i++) {
        if (!a->constant)
            return;
        arguments[i] = *a->constant;
    }
    struct qasm_value *constant = QRY_NEW(c->arena, struct qasm_value);
    const char *wrong = qasm_function(c->arena, symbol, arguments, call->count, call->type, constant);
    if (wrong) {
        qasm_check_warn(c, call->place, wrong);
        return;
    }
    qasm_value_narrow(constant);
    call->constant = constant;
    call->type = constant->type;
}

static const struct qasm_type *call_function(struct checker *c, struct tree_expr *call, struct tree_symbol *symbol)
{
    enum { MOST = 2 };
    const struct qasm_type *types[MOST] = {NULL};
    uint32_t count = 0;
    bool fine = true;
    for (struct tree_expr *a = call->first; a; a = a->next, count++) {
        const struct qasm_type *type = qasm_check_expression(c, a);
        fine = type && fine;
        if (count < MOST)
            types[count] = type;
    }
    if (!fine)
        return NULL;
    call->type = qasm_function_type(c->tree, call->place, symbol, types, count);
    if (!call->type)
        return NULL;
    if (types[0]->kind == QASM_ARRAY)
        return know_size(c, call) ? call->type : NULL;
    know_value(c, call, symbol);
    return call->type;
}

/* ---- defs and externs ---- */

static bool is_quantum(const struct tree_parameter *parameter)
{
    return parameter->symbol->type && parameter->symbol->type->kind == QASM_QUBIT;
}

/* A qubit and a register of one are the same to a def. */
static bool check_qubits(struct checker *c, struct tree_expr *argument, const struct qasm_type *type)
{
    const struct qasm_type *from = qasm_check_expression(c, argument);
    uint32_t wanted = type->width ? type->width : 1;
    if (!from)
        return false;
    if (from->kind == QASM_QUBIT && (from->width == QASM_UNSIZED || (from->width ? from->width : 1) == wanted))
        return true;
    qasm_check_error(c, argument->place, NULL, "%s is wanted, and this is %s", qasm_check_text(c, type),
                     qasm_check_text(c, from));
    return false;
}

/* Arrays are given as they are, not copied. */
static bool check_array(struct checker *c, struct tree_expr *argument, const struct qasm_type *type)
{
    if (type->access == QASM_MUTABLE)
        return qasm_check_target(c, argument) && qasm_check_becomes(c, argument, type);
    return qasm_check_as(c, argument, type);
}

static bool check_argument(struct checker *c, struct tree_expr *argument, const struct tree_parameter *parameter)
{
    const struct qasm_type *type = parameter->symbol->type;
    if (!type) /* its declaration was wrong */
        return qasm_check_expression(c, argument) != NULL;
    if (type->kind == QASM_QUBIT)
        return check_qubits(c, argument, type);
    return type->kind == QASM_ARRAY ? check_array(c, argument, type) : qasm_check_as(c, argument, type);
}

static uint32_t length_of(const struct tree_expr *list)
{
    uint32_t count = 0;
    for (; list; list = list->next)
        count++;
    return count;
}

static bool check_count(struct checker *c, struct tree_place place, const struct tree_symbol *def, const char *what,
                        uint32_t got, uint32_t wanted)
{
    if (got == wanted)
        return true;
    qasm_check_error(c, place, NULL, "'%.60s' takes %u %s%s, not %u", def->name->text, wanted, what,
                     wanted == 1 ? "" : "s", got);
    return false;
}

bool qasm_check_arguments(struct checker *c, struct tree_place place, struct tree_symbol *def,
                          struct tree_expr *arguments, struct tree_expr *operands, bool apart)
{
    uint32_t quantum = 0;
    bool fine = true;
    for (const struct tree_parameter *p = def->stmt->parameters; p; p = p->next)
        quantum += apart && is_quantum(p);
    fine = check_count(c, place, def, "argument", length_of(arguments), def->parameters - quantum) &&
           (!apart || check_count(c, place, def, "qubit argument", length_of(operands), quantum));
    for (const struct tree_parameter *p = def->stmt->parameters; p && fine; p = p->next) {
        struct tree_expr **list = apart && is_quantum(p) ? &operands : &arguments;
        fine = check_argument(c, *list, p) && fine;
        *list = (*list)->next;
    }
    return fine;
}

static const struct qasm_type *call_def(struct checker *c, struct tree_expr *call, struct tree_symbol *symbol)
{
    struct tree_symbol *around = c->where == CHECK_DEF ? c->subroutine : NULL;
    if (symbol == around) {
        qasm_check_error(c, call->place, "a loop can do what recursion does", "the def '%.60s' calls itself",
                         symbol->name->text);
        return NULL;
    }
    if (!qasm_check_arguments(c, call->place, symbol, call->first, NULL, false) ||
        !qasm_check_distinct(c, call->first, symbol->name->text, true))
        return NULL;
    if (around) {
        around->quantum = around->quantum || symbol->quantum;
        around->writes = around->writes || symbol->writes;
        around->measures = around->measures || symbol->measures;
    }
    return symbol->type;
}

const struct qasm_type *qasm_check_call(struct checker *c, struct tree_expr *call)
{
    struct tree_symbol *symbol = qasm_check_find(c, call->name, call->place, false);
    if (!symbol) {
        for (struct tree_expr *argument = call->first; argument; argument = argument->next)
            qasm_check_expression(c, argument);
        return NULL;
    }
    call->symbol = symbol;
    if (symbol->kind == SYMBOL_BUILTIN)
        return call_function(c, call, symbol);
    if (symbol->kind == SYMBOL_DEF || symbol->kind == SYMBOL_EXTERN)
        return call_def(c, call, symbol);
    qasm_check_error(c, call->place, function_hint(symbol), "'%.60s' is %s: it cannot be called like a function",
                     symbol->name->text, qasm_check_noun(symbol));
    return NULL;
}
