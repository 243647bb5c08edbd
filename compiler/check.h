/* check.h: what the files of the pass check share. Private to compiler/. */
#ifndef QRY_CHECK_H
#define QRY_CHECK_H

#include "compiler/ast.h"
#include "compiler/program.h"

/* A name that is known inside a function, a statement or a sum only. Lives on the stack of the walk. */
struct local {
    struct ast_name *name;
    enum ast_meaning meaning;
    uint32_t slot;
    const struct ast_type *type; /* parameters */
    const struct local *outer;
};

/* The declaration or statement whose expressions are being walked. */
struct scope {
    struct check *check;
    struct ast_item *item;
    const struct local *locals;
    uint32_t slots; /* taken now */
};

/* Expressions within declarations that others need: how deep check follows them. */
enum { CHECK_MAX_DEPTH = 2 * AST_MAX_DEPTH };

struct check {
    struct qry_ast_program *tree;
    struct ast_item **order; /* where the next declaration in order goes */
    uint32_t depth;
};

/** Checks a declaration and all that it needs. False when it has errors, now or before. */
bool qry_check_item(struct check *check, struct ast_item *item);
/** Finds the shape and the uses of an expression and of all its parts (check_expression.c). */
enum ast_shape qry_check_expression(struct scope *scope, struct ast_expr *e);
/** The same; anything but a number is an error: "WHAT takes numbers". */
bool qry_check_number(struct scope *scope, struct ast_expr *e, const char *what);
bool qry_check_truth(struct scope *scope, struct ast_expr *e, const char *what);
/** The name may not hide another. */
bool qry_check_new_local(struct scope *scope, struct ast_name *name, struct ast_place place);
bool qry_check_type(struct check *check, const struct ast_type *type);

void qry_check_error(struct check *check, struct ast_place place, const char *hint, const char *format, ...)
    QRY_PRINTF(4, 5);
void qry_check_unsupported(struct check *check, struct ast_place place, const char *what);
/** Names and shapes of the options of a statement; their values, and those of params (settings.c). */
void qry_check_options(struct scope *scope);
bool qry_check_settings(struct check *check, qry_program *program);
/** Checks and evaluates a param that stands alone, in a program of its own. */
bool qry_check_constant(qry_program *program, struct ast_item *param);

/** A hint with the nearest of the names that a scope knows; NULL if none is near. */
const char *qry_check_nearest(const struct scope *scope, const struct ast_name *name);

#endif
