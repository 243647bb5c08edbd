/* build.h: constructors of the syntax tree; what parse.y calls. Private to qasm/read/.
 *
 * What is nested deeper than TREE_MAX_DEPTH is reported here, once a program, and cut off. */
#ifndef QRY_BUILD_H
#define QRY_BUILD_H

#include "qasm/read/tree.h"

/* Lists while they grow, and what a list is when it is whole. */
struct tree_exprs {
    struct tree_expr *first, *last;
    uint32_t count;
};

struct tree_stmts {
    struct tree_stmt *first, *last;
};

struct tree_parameters {
    struct tree_parameter *first, *last;
};

struct tree_modifiers {
    struct tree_modifier *first, *last;
};

struct tree_cases {
    struct tree_case *first, *last;
};

struct tree_annotations {
    struct tree_annotation *first, *last;
};

struct tree_program *qry_tree_new(qry_ctx *ctx, qry_arena *arena);
/** Numbers a source. */
uint32_t qry_tree_add_source(struct tree_program *tree, const qry_source *source);

struct tree_place qry_tree_join(struct tree_place from, struct tree_place to);
struct tree_place qry_tree_behind(struct tree_place place);
/** The text at a place; arena memory. */
const char *qry_tree_inside(const struct tree_program *tree, struct tree_place place); /* without its two braces */
const char *qry_tree_text(const struct tree_program *tree, struct tree_place place);
/** An operator as it is written: "+", "<<". */
const char *qry_tree_operator(enum tree_operator op);

/* ---- expressions (tree.c) ---- */

struct tree_expr *qry_tree_expr(struct tree_program *tree, struct tree_place place, enum tree_expr_kind kind);
struct tree_expr *qry_tree_natural(struct tree_program *tree, struct tree_place place, enum tree_expr_kind kind,
                                   qry_u128 natural);
struct tree_expr *qry_tree_use(struct tree_program *tree, struct tree_place place, struct tree_name *name);
/** The digits of a bit string; what is none is reported. */
struct tree_expr *qry_tree_bits(struct tree_program *tree, struct tree_place place, const char *text);
struct tree_expr *qry_tree_unary(struct tree_program *tree, struct tree_place place, enum tree_operator op,
                                 struct tree_expr *a);
struct tree_expr *qry_tree_binary(struct tree_program *tree, struct tree_place place, enum tree_operator op,
                                  struct tree_expr *a, struct tree_expr *b);
/** A node with the children of a list. */
struct tree_expr *qry_tree_node(struct tree_program *tree, struct tree_place place, enum tree_expr_kind kind,
                                struct tree_exprs children);
struct tree_expr *qry_tree_call(struct tree_program *tree, struct tree_place place, struct tree_name *name,
                                struct tree_exprs arguments);
struct tree_expr *qry_tree_cast(struct tree_program *tree, struct tree_place place, struct tree_type *type,
                                struct tree_expr *a);
struct tree_expr *qry_tree_index(struct tree_program *tree, struct tree_place place, struct tree_expr *base,
                                 struct tree_exprs indices);
/** Missing parts are NULL. */
struct tree_expr *qry_tree_range(struct tree_program *tree, struct tree_place place, struct tree_expr *start,
                                 struct tree_expr *step, struct tree_expr *stop);
struct tree_expr *qry_tree_measure(struct tree_program *tree, struct tree_place place, struct tree_expr *operand);
struct tree_expr *qry_tree_duration_of(struct tree_program *tree, struct tree_place place, struct tree_stmt *block);

/** The depth of the deepest expression in a type; NULL has none. */
unsigned qry_tree_type_depth(const struct tree_type *type);
unsigned qry_tree_list_depth(const struct tree_expr *first);

struct tree_exprs qry_tree_list(struct tree_expr *first);
struct tree_exprs qry_tree_append(struct tree_exprs list, struct tree_expr *next);

/* ---- types (tree.c) ---- */

struct tree_type *qry_tree_type(struct tree_program *tree, struct tree_place place, enum qasm_kind kind,
                                struct tree_expr *size);
struct tree_type *qry_tree_complex(struct tree_program *tree, struct tree_place place, struct tree_type *base);
struct tree_type *qry_tree_array(struct tree_program *tree, struct tree_place place, struct tree_type *base,
                                 struct tree_exprs dims);
struct tree_type *qry_tree_array_rank(struct tree_program *tree, struct tree_place place, struct tree_type *base,
                                      struct tree_expr *rank);

/* ---- statements (stmt.c) ---- */

struct tree_stmt *qry_tree_stmt(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind);
/** Sets the depth of a statement by what it has in it; the last step of making one. */
struct tree_stmt *qry_tree_finish(struct tree_program *tree, struct tree_stmt *stmt);
struct tree_stmts qry_tree_stmts(struct tree_stmts list, struct tree_stmt *next);

/** `left operands;`: a gate, or a def without parentheses. left is what stands before the operands, read as an
 *  expression: a name, a call, or one of them with a duration in brackets. */
struct tree_stmt *qry_tree_apply(struct tree_program *tree, struct tree_place place, struct tree_modifiers modifiers,
                                 struct tree_expr *left, struct tree_exprs operands);
struct tree_stmt *qry_tree_assign(struct tree_program *tree, struct tree_place place, struct tree_expr *target,
                                  enum tree_operator op, struct tree_expr *value);
struct tree_stmt *qry_tree_declare(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind,
                                   struct tree_type *written, struct tree_place name_place, struct tree_name *name,
                                   struct tree_expr *value);
struct tree_stmt *qry_tree_qubits(struct tree_program *tree, struct tree_place place, struct tree_place name_place,
                                  struct tree_name *name, struct tree_expr *size);
/** RESET, BARRIER, NOP, DELAY, with what they act on. */
struct tree_stmt *qry_tree_act(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind,
                               struct tree_expr *size, struct tree_exprs operands);
struct tree_stmt *qry_tree_measure_into(struct tree_program *tree, struct tree_place place, struct tree_expr *measure,
                                        struct tree_expr *target);
/** Statements with a value alone: EXPRESSION, RETURN. */
struct tree_stmt *qry_tree_value(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind,
                                 struct tree_expr *value);
/** BLOCK, BOX, IF, WHILE: parts that are missing are NULL. */
struct tree_stmt *qry_tree_nest(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind,
                                struct tree_expr *value, struct tree_stmt *body, struct tree_stmt *other);
struct tree_stmt *qry_tree_for(struct tree_program *tree, struct tree_place place, struct tree_type *written,
                               struct tree_place name_place, struct tree_name *name, struct tree_expr *set,
                               struct tree_stmt *body);
struct tree_stmt *qry_tree_switch(struct tree_program *tree, struct tree_place place, struct tree_expr *value,
                                  struct tree_cases cases);
struct tree_cases qry_tree_case(struct tree_program *tree, struct tree_cases list, struct tree_place place,
                                struct tree_exprs values, struct tree_stmt *body);
/** GATE, OPAQUE, DEF, EXTERN; block: a BLOCK or NULL. */
struct tree_stmt *qry_tree_subroutine(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind,
                                      struct tree_place name_place, struct tree_name *name,
                                      struct tree_parameters parameters, struct tree_parameters qubits,
                                      struct tree_type *written, struct tree_stmt *block);
/** PRAGMA, CALIBRATION, CAL, DEFCAL, INCLUDE: what has a text. */
struct tree_stmt *qry_tree_worded(struct tree_program *tree, struct tree_place place, enum tree_stmt_kind kind,
                                  const char *text);
/** Puts annotations before a statement. */
struct tree_stmt *qry_tree_annotate(struct tree_stmt *stmt, struct tree_annotations annotations);

/** A list of one, and two lists one after the other. */
struct tree_parameters qry_tree_parameter(struct tree_program *tree, struct tree_place place, struct tree_type *type,
                                          struct tree_name *name);
struct tree_parameters qry_tree_parameters(struct tree_parameters list, struct tree_parameters next);
struct tree_modifiers qry_tree_modifier(struct tree_program *tree, struct tree_place place,
                                        enum tree_modifier_kind kind, struct tree_exprs arguments);
struct tree_modifiers qry_tree_modifiers(struct tree_modifiers list, struct tree_modifiers next);
struct tree_annotations qry_tree_annotation(struct tree_program *tree, struct tree_annotations list,
                                            struct tree_place place);

#endif
