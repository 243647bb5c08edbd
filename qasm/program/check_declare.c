/* check_declare.c: declarations: variables, constants, qubits, aliases, gates, defs, externs. */
#include "qasm/program/check.h"

#include <string.h>

/* ---- lists of what has been declared ---- */

static void add_global(struct checker *c, struct tree_symbol *symbol)
{
    struct qasm_checked *out = c->out;
    if (!symbol->global)
        return;
    QRY_GROW(c->tree->ctx, out->globals, out->global_room, out->global_count + 1);
    out->globals[out->global_count++] = symbol;
}

/* The number of a gate is the reader's, which stretches use. */
static void add_gate(struct checker *c, struct tree_symbol *symbol, uint32_t number)
{
    symbol->number = number;
    c->out->gates[number] = symbol;
    c->out->gate_count++;
}

/* ---- variables and constants ---- */

static void declare_variable(struct checker *c, struct tree_stmt *stmt)
{
    const struct qasm_type *type = qasm_check_type(c, stmt->written);
    if (stmt->value && type && type->kind == QASM_STRETCH)
        qasm_check_error(c, stmt->value->place, "declare a duration", "a stretch gets its value from the machine");
    else if (stmt->value && type)
        qasm_check_value(c, stmt->value, type);
    if (!type) {
        qasm_check_spoil(c, stmt->name, stmt->name_place);
        return;
    }
    struct tree_symbol *symbol = qasm_check_declare(c, SYMBOL_VARIABLE, stmt->name, stmt->name_place, stmt);
    symbol->type = type;
    symbol->io = stmt->io;
    symbol->slot = c->slots++;
    stmt->symbol = symbol;
    add_global(c, symbol);
}

static void declare_constant(struct checker *c, struct tree_stmt *stmt)
{
    const struct qasm_type *type = qasm_check_type(c, stmt->written);
    struct check_wrong wrong = {.text = NULL};
    c->wrong = &wrong;
    bool fine = type && qasm_check_value(c, stmt->value, type);
    c->wrong = NULL;
    if (!fine || !qasm_check_has_value(c, stmt->value, &wrong, "declare a variable: leave out const",
                                       "the value of a constant must be known before the program runs"))
    {
        qasm_check_spoil(c, stmt->name, stmt->name_place);
        return;
    }
    struct tree_symbol *symbol = qasm_check_declare(c, SYMBOL_CONST, stmt->name, stmt->name_place, stmt);
    symbol->type = type;
    symbol->constant = stmt->value->constant;
    stmt->symbol = symbol;
    add_global(c, symbol);
}

/* ---- qubits ---- */

static void declare_qubits(struct checker *c, struct tree_stmt *stmt)
{
    enum { MOST = 1 << 30 };
    uint32_t size = 0;
    if (stmt->size && !qasm_check_constant(c, stmt->size, 1, MOST, "the size of a register", &size)) {
        qasm_check_spoil(c, stmt->name, stmt->name_place);
        return;
    }
    struct tree_symbol *symbol = qasm_check_declare(c, SYMBOL_QUBITS, stmt->name, stmt->name_place, stmt);
    symbol->type = qasm_type_make(c->arena, QASM_QUBIT, size);
    symbol->first = c->out->qubits;
    symbol->size = size ? size : 1;
    if (symbol->size > MOST - c->out->qubits)
        qasm_check_error(c, stmt->place, NULL, "a program has at most 2^30 qubits");
    else
        c->out->qubits += symbol->size;
    stmt->symbol = symbol;
    add_global(c, symbol);
}

/* ---- aliases ---- */

/* Whether an expression is made of names and parts of them. */
static bool is_place(const struct tree_expr *expr)
{
    while (expr->kind == TREE_INDEX)
        expr = expr->first;
    if (expr->kind != TREE_CONCAT)
        return expr->kind == TREE_NAME || expr->kind == TREE_PHYSICAL;
    for (const struct tree_expr *part = expr->first; part; part = part->next)
        if (!is_place(part))
            return false;
    return true;
}

static void declare_alias(struct checker *c, struct tree_stmt *stmt)
{
    const struct qasm_type *type = qasm_check_expression(c, stmt->value);
    bool fine = type && (type->kind == QASM_QUBIT || type->kind == QASM_BIT || type->kind == QASM_ARRAY) &&
                is_place(stmt->value);
    if (!fine) {
        if (type)
            qasm_check_error(c, stmt->value->place, "declare a variable for other values",
                             "let gives a name to qubits, bits, arrays, and parts of them");
        qasm_check_spoil(c, stmt->name, stmt->name_place);
        return;
    }
    struct tree_symbol *symbol = qasm_check_declare(c, SYMBOL_ALIAS, stmt->name, stmt->name_place, stmt);
    symbol->type = type;
    symbol->refers = true;
    symbol->slot = c->slots++;
    stmt->symbol = symbol;
    add_global(c, symbol);
}

/* ---- gates ---- */

static uint32_t length_of(const struct tree_parameter *list)
{
    uint32_t count = 0;
    for (; list; list = list->next)
        count++;
    return count;
}

static void declare_parameters(struct checker *c, struct tree_parameter *list, enum tree_symbol_kind kind,
                               const struct qasm_type *type)
{
    uint32_t slot = 0;
    for (struct tree_parameter *p = list; p; p = p->next) {
        p->symbol = qasm_check_declare(c, kind, p->name, p->place, NULL);
        p->symbol->type = type;
        p->symbol->slot = slot++;
    }
}

/* Gates of the table that an include brings are what the table says; CX is that of the language. */
static bool is_primitive(const struct checker *c, const struct tree_symbol *symbol, qry_gate *gate)
{
    *gate = strcmp(symbol->name->text, "CX") == 0 ? QRY_GATE_cx : qry_gate_find(symbol->name->text);
    return c->standard && *gate != QRY_GATES && qry_gate_table[*gate].qubits == symbol->operands &&
           qry_gate_table[*gate].angles == symbol->parameters;
}

static void check_gate_body(struct checker *c, struct tree_stmt *stmt, struct tree_symbol *symbol)
{
    uint32_t slots = c->slots, loops = c->loops;
    c->where = CHECK_GATE;
    c->subroutine = symbol;
    c->slots = c->loops = 0;
    qasm_check_open(c);
    declare_parameters(c, stmt->parameters, SYMBOL_ANGLE, qasm_type_make(c->arena, QASM_FLOAT, 64));
    declare_parameters(c, stmt->qubits, SYMBOL_OPERAND, qasm_type_make(c->arena, QASM_QUBIT, 0));
    qasm_check_statements(c, stmt->body);
    qasm_check_close(c);
    symbol->slots = c->slots;
    c->where = CHECK_FILE;
    c->subroutine = NULL;
    c->slots = slots;
    c->loops = loops;
}

static void declare_gate(struct checker *c, struct tree_stmt *stmt)
{
    struct tree_symbol *symbol = qasm_check_declare(c, SYMBOL_GATE, stmt->name, stmt->name_place, stmt);
    stmt->symbol = symbol;
    symbol->parameters = length_of(stmt->parameters);
    symbol->operands = length_of(stmt->qubits);
    add_gate(c, symbol, stmt->number);
    if (is_primitive(c, symbol, &symbol->gate)) {
        symbol->stmt = NULL;
        return;
    }
    symbol->gate = QRY_GATES;
    if (stmt->kind == TREE_GATE)
        check_gate_body(c, stmt, symbol);
}

/* A gate that only a defcal knows: its name may be used, with whatever the defcals take. */
static void declare_calibrated(struct checker *c, struct tree_stmt *stmt)
{
    const char *name = stmt->name->text;
    struct tree_symbol *symbol = stmt->name->symbol;
    bool is_gate = strcmp(name, "measure") != 0 && strcmp(name, "reset") != 0 && strcmp(name, "delay") != 0;
    if (is_gate && !symbol) {
        symbol = qasm_check_declare(c, SYMBOL_GATE, stmt->name, stmt->name_place, NULL);
        symbol->parameters = symbol->operands = QASM_ANY;
        symbol->calibrated = true;
    } else if (is_gate && symbol->kind == SYMBOL_GATE && symbol->stmt && symbol->stmt->kind == TREE_OPAQUE) {
        symbol->calibrated = true;
    }
    stmt->symbol = is_gate ? symbol : NULL;
}

/* ---- defs and externs ---- */

static void declare_argument(struct checker *c, struct tree_parameter *p)
{
    const struct qasm_type *type = qasm_check_type(c, p->type);
    bool qubits = type && type->kind == QASM_QUBIT;
    if (!type)
        qasm_check_spoil(c, p->name, p->place);
    p->symbol = type ? qasm_check_declare(c, qubits ? SYMBOL_QUBITS : SYMBOL_VARIABLE, p->name, p->place, NULL)
                     : QRY_NEW(c->arena, struct tree_symbol);
    p->symbol->type = type;
    p->symbol->slot = c->slots++;
    p->symbol->refers = type && (qubits || type->kind == QASM_ARRAY);
    if (qubits) {
        p->symbol->size = type->width ? type->width : 1;
        c->subroutine->quantum = true;
    }
}

/* Whether every way through a list of statements ends with return or end. */
static bool always_returns(const struct tree_stmt *stmt)
{
    for (; stmt; stmt = stmt->next) {
        bool all = stmt->kind == TREE_SWITCH, otherwise = false;
        switch (stmt->kind) {
        case TREE_RETURN:
        case TREE_END:
            return true;
        case TREE_BLOCK:
        case TREE_BOX:
            if (always_returns(stmt->body))
                return true;
            break;
        case TREE_IF:
            if (stmt->other && always_returns(stmt->body) && always_returns(stmt->other))
                return true;
            break;
        case TREE_SWITCH:
            for (const struct tree_case *one = stmt->cases; one; one = one->next) {
                all = all && always_returns(one->body);
                otherwise = otherwise || !one->values;
            }
            if (all && otherwise)
                return true;
            break;
        default:
            break;
        }
    }
    return false;
}

static void check_def_body(struct checker *c, struct tree_stmt *stmt, struct tree_symbol *symbol)
{
    uint32_t slots = c->slots, loops = c->loops;
    c->where = CHECK_DEF;
    c->subroutine = symbol;
    c->result = symbol->type;
    c->slots = c->loops = 0;
    qasm_check_open(c);
    for (struct tree_parameter *p = stmt->parameters; p; p = p->next)
        declare_argument(c, p);
    size_t errors = qry_error_count(c->tree->ctx);
    qasm_check_statements(c, stmt->body);
    qasm_check_close(c);
    if (symbol->type && symbol->type->kind != QASM_VOID && errors == qry_error_count(c->tree->ctx) &&
        !always_returns(stmt->body))
        qasm_check_error(c, stmt->name_place, "end it with return ...;", "not every way through '%.60s' returns %s",
                         symbol->name->text, qasm_check_text(c, symbol->type));
    symbol->slots = c->slots;
    c->where = CHECK_FILE;
    c->subroutine = NULL;
    c->slots = slots;
    c->loops = loops;
}

static struct tree_symbol *declare_callable(struct checker *c, enum tree_symbol_kind kind, struct tree_stmt *stmt)
{
    struct tree_symbol *symbol = qasm_check_declare(c, kind, stmt->name, stmt->name_place, stmt);
    symbol->parameters = length_of(stmt->parameters);
    symbol->type = stmt->written ? qasm_check_type(c, stmt->written) : qasm_type_make(c->arena, QASM_VOID, 0);
    stmt->symbol = symbol;
    return symbol;
}

static void declare_extern(struct checker *c, struct tree_stmt *stmt)
{
    declare_callable(c, SYMBOL_EXTERN, stmt);
    for (struct tree_parameter *p = stmt->parameters; p; p = p->next) {
        p->symbol = QRY_NEW(c->arena, struct tree_symbol);
        p->symbol->kind = SYMBOL_VARIABLE;
        p->symbol->type = qasm_check_type(c, p->type);
    }
}

void qasm_check_declaration(struct checker *c, struct tree_stmt *stmt)
{
    switch (stmt->kind) {
    case TREE_DECLARE:
        declare_variable(c, stmt);
        break;
    case TREE_CONST:
        declare_constant(c, stmt);
        break;
    case TREE_QUBITS:
        declare_qubits(c, stmt);
        break;
    case TREE_ALIAS:
        declare_alias(c, stmt);
        break;
    case TREE_GATE:
    case TREE_OPAQUE:
        declare_gate(c, stmt);
        break;
    case TREE_DEFCAL:
        declare_calibrated(c, stmt);
        break;
    case TREE_DEF:
        check_def_body(c, stmt, declare_callable(c, SYMBOL_DEF, stmt));
        break;
    default:
        declare_extern(c, stmt);
    }
}
