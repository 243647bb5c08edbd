/* check_names.c: names and what they mean: scopes, declarations, and a guess for names that mean nothing. */
#include "qasm/program/check.h"

#include <string.h>

void qasm_check_error(struct checker *c, struct tree_place place, const char *hint, const char *format, ...)
{
    char message[512];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    qry_tree_error(c->tree, place, hint, "%s", message);
}

const char *qasm_check_text(struct checker *c, const struct qasm_type *type) { return qasm_type_text(c->arena, type); }

const char *qasm_check_noun(const struct tree_symbol *symbol)
{
    static const char *const nouns[] = {
        [SYMBOL_VARIABLE] = "a variable",
        [SYMBOL_CONST] = "a constant",
        [SYMBOL_QUBITS] = "a qubit register",
        [SYMBOL_OPERAND] = "a qubit",
        [SYMBOL_ANGLE] = "a parameter of the gate",
        [SYMBOL_ALIAS] = "an alias",
        [SYMBOL_GATE] = "a gate",
        [SYMBOL_DEF] = "a def",
        [SYMBOL_EXTERN] = "an extern",
        [SYMBOL_BUILTIN] = "a function",
        [SYMBOL_BROKEN] = "nothing",
    };
    if (symbol->kind == SYMBOL_QUBITS && symbol->type && !symbol->type->width)
        return "a qubit";
    return nouns[symbol->kind];
}

static size_t line_of(const struct checker *c, struct tree_place place)
{
    size_t line, column;
    qry_source_position(c->tree->sources[place.source], place.offset, &line, &column);
    return line;
}

/* ---- scopes ---- */

void qasm_check_open(struct checker *c) { c->depth++; }

void qasm_check_close(struct checker *c)
{
    for (; c->declared_count; c->declared_count--) {
        struct tree_symbol *symbol = c->declared[c->declared_count - 1];
        if (symbol->scope < c->depth)
            break;
        symbol->name->symbol = symbol->outer;
    }
    c->depth--;
}

static struct tree_symbol *bind(struct checker *c, struct tree_symbol *symbol)
{
    symbol->outer = symbol->name->symbol;
    symbol->name->symbol = symbol;
    QRY_GROW(c->tree->ctx, c->declared, c->declared_room, c->declared_count + 1);
    c->declared[c->declared_count++] = symbol;
    return symbol;
}

/* What an include of the language brings gives way to what the program declares: people call a qubit t or an angle p
 * without thinking of the gate, files declare gates that later versions of the includes have, and an include may be read
 * twice. */
static bool gives_way(const struct tree_symbol *symbol) { return symbol->kind == SYMBOL_BROKEN || symbol->standard; }

/* A gate of stdgates.inc that becomes another one may be meant, or not. Exporters write out gates of qelib1.inc, which has
 * had fewer of them. */
static void warn_of_change(struct checker *c, const struct tree_symbol *symbol, const struct tree_symbol *taken)
{
    enum { MOST = 3 };
    const char *file = c->tree->sources[taken->place.source]->name;
    bool lost = taken->kind == SYMBOL_GATE && symbol->kind == SYMBOL_GATE && taken->standard && !symbol->standard &&
                strcmp(file, "stdgates.inc") == 0;
    if (lost && c->lost++ < MOST)
        qry_tree_warning(c->tree, symbol->place, NULL, "the gate '%.60s' of %s is declared anew", symbol->name->text,
                         file);
}

struct tree_symbol *qasm_check_declare(struct checker *c, enum tree_symbol_kind kind, struct tree_name *name,
                                       struct tree_place place, struct tree_stmt *stmt)
{
    struct tree_symbol *symbol = QRY_NEW(c->arena, struct tree_symbol), *taken = name->symbol;
    *symbol = (struct tree_symbol){.kind = kind,
                                   .name = name,
                                   .place = place,
                                   .stmt = stmt,
                                   .scope = c->depth,
                                   .global = c->depth == 1,
                                   .standard = c->standard,
                                   .gate = QRY_GATES};
    if (!taken || taken->scope < c->depth || gives_way(taken)) {
        if (taken && taken->scope == c->depth)
            warn_of_change(c, symbol, taken);
        return bind(c, symbol);
    }
    const char *hint = qry_arena_printf(c->arena, "it is declared on line %zu", line_of(c, taken->place));
    qasm_check_error(c, place, hint, "the name '%.60s' is taken", name->text);
    return symbol;
}

void qasm_check_spoil(struct checker *c, struct tree_name *name, struct tree_place place)
{
    if (!name->symbol || name->symbol->scope < c->depth)
        qasm_check_declare(c, SYMBOL_BROKEN, name, place, NULL);
}

/* ---- what the language brings ---- */

static struct tree_symbol *bring(struct checker *c, enum tree_symbol_kind kind, const char *text)
{
    struct tree_symbol *symbol = QRY_NEW(c->arena, struct tree_symbol);
    *symbol = (struct tree_symbol){.kind = kind, .gate = QRY_GATES, .global = true};
    symbol->name = qry_tree_name(c->tree, text, strlen(text));
    return bind(c, symbol);
}

static void bring_gate(struct checker *c, const char *text, const char *gate, uint32_t parameters, uint32_t operands)
{
    struct tree_symbol *symbol = bring(c, SYMBOL_GATE, text);
    symbol->gate = qry_gate_find(gate);
    symbol->parameters = parameters;
    symbol->operands = operands;
}

void qasm_check_language(struct checker *c)
{
    const struct qasm_type *real = qasm_type_literal(QASM_FLOAT, 64);
    for (size_t i = 0; i < TREE_CONSTANTS; i++) {
        struct tree_symbol *symbol = bring(c, SYMBOL_CONST, qry_tree_constants[i].name);
        struct qasm_value *value = QRY_NEW(c->arena, struct qasm_value);
        value->type = symbol->type = real;
        value->real = qry_tree_constants[i].value;
        symbol->constant = value;
    }
    for (uint32_t i = 0; qasm_function_name(i); i++)
        bring(c, SYMBOL_BUILTIN, qasm_function_name(i))->number = i;
    bring_gate(c, "U", "U", 3, 1);
    bring_gate(c, "CX", "cx", 0, 2);
    bring_gate(c, "gphase", "gphase", 1, 0);
}

/* ---- looking up ---- */

/* The first declaration of a name that stands outside of all blocks, in the files that are included too. */
static const struct tree_stmt *declared_later(const struct tree_stmt *stmt, const struct tree_name *name)
{
    for (; stmt; stmt = stmt->next) {
        const struct tree_stmt *found = stmt->kind == TREE_INCLUDE ? declared_later(stmt->body, name) : NULL;
        bool declares = stmt->kind == TREE_DECLARE || stmt->kind == TREE_CONST || stmt->kind == TREE_QUBITS ||
                        (stmt->kind >= TREE_ALIAS && stmt->kind <= TREE_OPAQUE);
        if (found || (declares && stmt->name == name))
            return found ? found : stmt;
    }
    return NULL;
}

/* Gates that people expect, of whose include they did not think. */
static const char *missing_include(const struct checker *c, const char *name)
{
    static const char *const gates[] = {
        "p",  "x",   "y",   "z",   "h",  "s",    "sdg", "t",     "tdg", "sx",    "rx",     "ry", "rz", "cx", "cy", "cz",
        "cp", "crx", "cry", "crz", "ch", "swap", "ccx", "cswap", "cu",  "phase", "cphase", "id", "u1", "u2", "u3"};
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++)
        if (strcmp(gates[i], name) == 0)
            return c->tree->version == TREE_VERSION_2 ? "include \"qelib1.inc\"; brings it"
                                                      : "include \"stdgates.inc\"; brings it";
    return NULL;
}

/* What can stand before qubits. Functions with a value stand elsewhere; one whose type is wrong has none. */
static bool is_applied(const struct tree_symbol *symbol)
{
    return symbol->kind == SYMBOL_GATE ||
           (symbol->kind == SYMBOL_DEF && symbol->type && symbol->type->kind == QASM_VOID);
}

/* Every guess goes through all names: there is none for an error that is not shown. */
static const char *guess(const struct checker *c, const struct tree_name *name, bool applied)
{
    if (qry_error_count(c->tree->ctx) >= QRY_MAX_ERRORS)
        return NULL;
    const char *include = applied ? missing_include(c, name->text) : NULL;
    if (include)
        return include;
    const struct tree_stmt *later = declared_later(c->tree->first, name);
    if (later)
        return qry_arena_printf(c->arena, "it is declared only later, on line %zu", line_of(c, later->name_place));
    qry_nearest nearest = qry_nearest_to(name->text);
    for (size_t i = 0; i <= c->tree->name_mask; i++)
        for (const struct tree_name *other = c->tree->names[i]; other; other = other->chain)
            if (other->symbol && other->symbol->kind != SYMBOL_BROKEN && is_applied(other->symbol) == applied)
                qry_nearest_consider(&nearest, other->text);
    return qry_nearest_question(c->arena, &nearest);
}

/* An unknown name is reported once in a file: it is broken outside of all scopes. */
static void say_no_more(struct checker *c, struct tree_name *name)
{
    struct tree_symbol *symbol = QRY_NEW(c->arena, struct tree_symbol);
    *symbol = (struct tree_symbol){.kind = SYMBOL_BROKEN, .name = name, .gate = QRY_GATES};
    name->symbol = symbol;
}

/* A gate is the same wherever it is called: it sees constants, functions, other gates, and what is its own. */
static bool hidden(const struct checker *c, const struct tree_symbol *symbol)
{
    return c->where == CHECK_GATE && symbol->scope == 1 &&
           (symbol->kind == SYMBOL_VARIABLE || symbol->kind == SYMBOL_QUBITS || symbol->kind == SYMBOL_ALIAS ||
            symbol->kind == SYMBOL_DEF || symbol->kind == SYMBOL_EXTERN);
}

struct tree_symbol *qasm_check_find(struct checker *c, struct tree_name *name, struct tree_place place, bool applied)
{
    struct tree_symbol *symbol = name->symbol;
    if (!symbol) {
        qasm_check_error(c, place, guess(c, name, applied), "'%.60s' is not declared", name->text);
        say_no_more(c, name);
        return NULL;
    }
    if (symbol->kind == SYMBOL_BROKEN)
        return NULL;
    if (!hidden(c, symbol))
        return symbol;
    qasm_check_error(c, place, "a gate has its qubits and angles as parameters, and may use constants and other gates",
                     "the gate '%.60s' cannot use '%.60s', %s of the program", c->subroutine->name->text, name->text,
                     qasm_check_noun(symbol));
    return NULL;
}
