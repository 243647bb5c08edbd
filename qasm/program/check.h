/* check.h: what the files of the check share. Private to qasm/program/.
 *
 * Functions that return a type return NULL, and those that return bool false, after a report; whoever calls them says nothing
 * more about the same mistake. */
#ifndef QRY_QASM_CHECK_H
#define QRY_QASM_CHECK_H

#include "qasm/program/value.h"

enum check_where { CHECK_FILE, CHECK_GATE, CHECK_DEF };

/* A qubit as far as it is known which one it is: a number of a register, or with NULL a physical one. */
struct check_qubit {
    const struct tree_symbol *symbol;
    uint32_t index;
};

/* Why a constant has no value, and where. */
struct check_wrong {
    struct tree_place place;
    const char *text; /* NULL: it hangs on something that is not known */
};

struct checker {
    struct tree_program *tree;
    qry_arena *arena;
    struct qasm_checked *out;
    struct tree_symbol **declared; /* in the scopes that are open, the innermost last */
    size_t declared_count, declared_room;
    uint32_t depth; /* of the innermost scope */
    enum check_where where;
    struct tree_symbol *subroutine; /* the gate or def around */
    const struct qasm_type *result; /* of the def around */
    uint32_t slots;                 /* of the program or the def around, taken so far */
    uint32_t loops;                 /* open ones */
    bool standard;                  /* in an include that the language brings */
    uint32_t lost;                  /* gates of stdgates.inc that the program has declared anew */
    struct check_wrong *wrong;      /* while a constant is looked at; NULL: nothing need be known */
    struct check_qubit *qubits;     /* of the operands of a statement */
    size_t qubit_count, qubit_room;
};

/* ---- names (check_names.c) ---- */

void qasm_check_error(struct checker *c, struct tree_place place, const char *hint, const char *format, ...)
    QRY_PRINTF(4, 5);
/** What the language itself declares: constants, functions, U, CX, gphase. */
void qasm_check_language(struct checker *c);
/** Opens a scope; closing forgets what has been declared in it. */
void qasm_check_open(struct checker *c);
void qasm_check_close(struct checker *c);
/** A new name in the innermost scope; reports when it is taken, and then what comes back is bound to nothing. */
struct tree_symbol *qasm_check_declare(struct checker *c, enum tree_symbol_kind kind, struct tree_name *name,
                                       struct tree_place place, struct tree_stmt *stmt);
/** Keeps quiet about a name that was to be declared. */
void qasm_check_spoil(struct checker *c, struct tree_name *name, struct tree_place place);
/** What a name means here, or NULL after a report; `applied`: it stands where a gate does. */
struct tree_symbol *qasm_check_find(struct checker *c, struct tree_name *name, struct tree_place place, bool applied);
/** "a variable", "a gate", ... */
const char *qasm_check_noun(const struct tree_symbol *symbol);
const char *qasm_check_text(struct checker *c, const struct qasm_type *type);

/* ---- types and constants (check_type.c) ---- */

const struct qasm_type *qasm_check_type(struct checker *c, struct tree_type *written);
/** Whether an expression that was looked at with c->wrong = wrong has a value; says why not, with `hint` and `message` where
 *  nothing went wrong in it. */
bool qasm_check_has_value(struct checker *c, const struct tree_expr *expr, const struct check_wrong *wrong,
                          const char *hint, const char *message);
/** A whole number that is known now, low <= number <= high; `what` begins the message: "the size of a register". */
bool qasm_check_constant(struct checker *c, struct tree_expr *expr, uint32_t low, uint32_t high, const char *what,
                         uint32_t *number);
/** What a declaration gets as its value: an expression, a MEASURE, a CONCAT, or a LIST for an array. */
bool qasm_check_value(struct checker *c, struct tree_expr *value, const struct qasm_type *type);

/* ---- expressions (check_expression.c, check_index.c, check_call.c) ---- */

/** Something that is known cannot be computed: this is a mistake only if the program comes there, or in a constant if that
 *  gets no value. */
void qasm_check_warn(struct checker *c, struct tree_place place, const char *wrong);
const struct qasm_type *qasm_check_expression(struct checker *c, struct tree_expr *expr);
/** An expression whose value becomes a type; the second when it has been checked before. */
bool qasm_check_as(struct checker *c, struct tree_expr *expr, const struct qasm_type *type);
bool qasm_check_becomes(struct checker *c, struct tree_expr *expr, const struct qasm_type *type);
bool qasm_check_truth(struct checker *c, struct tree_expr *expr);
bool qasm_check_integer(struct checker *c, struct tree_expr *expr, const char *what);
const struct qasm_type *qasm_check_index(struct checker *c, struct tree_expr *expr);
const struct qasm_type *qasm_check_concat(struct checker *c, struct tree_expr *expr);
/** The three numbers of a RANGE that is no index; its step must not be 0. */
bool qasm_check_range(struct checker *c, struct tree_expr *range);
const struct qasm_type *qasm_check_call(struct checker *c, struct tree_expr *call);
/** What a def or an extern is called with: all its arguments in `arguments`, or the quantum ones apart in `operands`. */
bool qasm_check_arguments(struct checker *c, struct tree_place place, struct tree_symbol *def,
                          struct tree_expr *arguments, struct tree_expr *operands, bool apart);
/** Whether an expression may be assigned to: a variable, or a part of one. */
bool qasm_check_target(struct checker *c, struct tree_expr *target);
/** Whether a literal number is known, and which. */
bool qasm_check_known(const struct tree_expr *expr, qry_i128 *number);

/* ---- qubits and gates (check_quantum.c, check_qubits.c) ---- */

const struct qasm_type *qasm_check_measure(struct checker *c, struct tree_expr *measure);
bool qasm_check_operands(struct checker *c, struct tree_expr *operands);
/** That nobody gets a qubit twice, of operands or arguments that have been checked: a gate one qubit after the other of
 *  its registers, side by side; a def all of them at once. */
bool qasm_check_distinct(struct checker *c, const struct tree_expr *operands, const char *name, bool at_once);
void qasm_check_apply(struct checker *c, struct tree_stmt *stmt);

/* ---- declarations and statements (check_declare.c, check_flow.c, check.c) ---- */

void qasm_check_declaration(struct checker *c, struct tree_stmt *stmt);
void qasm_check_flow(struct checker *c, struct tree_stmt *stmt);
void qasm_check_statement(struct checker *c, struct tree_stmt *stmt);
void qasm_check_statements(struct checker *c, struct tree_stmt *first);
/** Statements in a scope of their own. */
void qasm_check_body(struct checker *c, struct tree_stmt *first);

#endif
