/* fold.h: what the files of the pass fold share, and its notes to the pass widths. Private to compiler/.
 *
 * An expression folds to a value: an exact number, a sum of nodes with coefficients, or a boolean node. Sums stay open
 * until something asks for a node, so that x + y - x is y and a dot product is one node. */
#ifndef QRY_FOLD_H
#define QRY_FOLD_H

#include "compiler/ast.h"
#include "compiler/formula_build.h"
#include "compiler/program.h"

/* ---- sums (linear.c) ---- */

/* 2^-fraction * (constant + sum of factor * node's M). Terms are sorted by node, none is zero, no node is a number. */
struct linear {
    int fraction;
    int64_t constant;
    uint32_t count;
    struct formula_term *terms;
};

/* A long sum in the making. Starts as zeros. */
struct linear_pile {
    struct linear sum; /* terms in any order */
    uint32_t room;
};

/* All return false, or NULL, when a number does not fit (formula_fits). Results are arena memory. */

/** The sum that a node stands for: itself, or its terms. */
struct linear qry_linear_of(qry_arena *arena, qry_formula *node);
bool qry_linear_add(qry_arena *arena, const struct linear *a, const struct linear *b, bool subtract,
                    struct linear *result);
/** Times factor * 2^-fraction. */
bool qry_linear_scale(qry_arena *arena, const struct linear *a, int64_t factor, int fraction, struct linear *result);
/** The same value with the least fraction that keeps every number whole. */
struct linear qry_linear_reduced(qry_arena *arena, const struct linear *a);
/** The same value with a greater fraction. */
bool qry_linear_at(qry_arena *arena, const struct linear *a, int fraction, struct linear *result);
/** The greatest common divisor of a and a number; 0 has every divisor. */
uint64_t qry_linear_divisor(uint64_t a, int64_t number);
/** Takes the greatest common divisor g of constant and factors out, with the sign of the first factor, and the point of
 *  the first node: a = g * 2^-shift * result. Returns g. There must be a term. */
int64_t qry_linear_primitive(qry_arena *arena, const struct linear *a, struct linear *result, int *shift);
bool qry_linear_pile_up(qry_arena *arena, struct linear_pile *pile, const struct linear *a);
/** Merges the terms: pile->sum is then a sum like any other. */
bool qry_linear_pile_total(struct linear_pile *pile);
qry_formula *qry_linear_node(struct formula_builder *builder, qry_span span, const struct linear *a);
/** M >= bound, M == 0: on the whole numbers, so that common divisors go. */
qry_formula *qry_linear_at_least(struct formula_builder *builder, qry_span span, const struct linear *a, int64_t bound);
qry_formula *qry_linear_is_zero(struct formula_builder *builder, qry_span span, const struct linear *a);

/* ---- values ---- */

enum value_kind {
    VALUE_BROKEN, /* an error has been reported */
    VALUE_NUMBER,
    VALUE_SUM,
    VALUE_TRUTH
};

struct value {
    enum value_kind kind;
    bool typed; /* NUMBER: comes from data or carries an `as`, so its fraction may be as long as a type allows */
    qry_rational number;
    struct linear sum;
    qry_formula *truth;
    const struct ast_expr *from; /* where it was found */
};

static inline struct value value_broken(void) { return (struct value){.kind = VALUE_BROKEN}; }

/* A row of entries: of a table at the bound index, or of data that are known. */
struct row {
    const qry_table *table;
    bool at_bound;
    bool as_row;  /* used as a whole, not for one entry */
    size_t first; /* known data: the first entry */
    uint32_t columns;
};

/* ---- exp (exponential.c) ---- */

/** e^(mantissa * 2^-fraction), rounded to nearest on `precision` fraction bits, 0 .. 32 of them: *result * 2^-precision.
 *  False when that needs more than 62 bits. */
bool qry_exponential(int64_t mantissa, int fraction, int precision, int64_t *result);
bool qry_exponential_of_rational(qry_rational x, int precision, int64_t *result);

/* ---- notes for widths ---- */

enum fold_note_kind {
    NOTE_AS,       /* node must fit type */
    NOTE_ARGUMENT, /* the same, of a function's parameter `what` */
    NOTE_RESULT,   /* the same, of the result of the function `what` */
    NOTE_COMPARE,  /* a boolean node that a comparison became */
    NOTE_CHANCE,   /* node is a probability */
    NOTE_ROWS,     /* the predicate of a mean: some row must match */
    NOTE_EXPLAIN   /* --explain widths wants to know about it */
};

struct fold_note {
    enum fold_note_kind kind;
    qry_formula *node;
    qry_type type;
    const char *what;
    qry_span span;
};

struct fold_notes {
    struct fold_note *note;
    size_t count, room;
};

/** widths.c: the least type that holds every value of a node that has its interval. */
qry_type qry_widths_type(const qry_formula *node);

/* ---- folding (fold.c, fold_expression.c, fold_call.c) ---- */

enum { FOLD_MAX_STEPS = 1000000, FOLD_MAX_DEPTH = 2000 };
/* Fraction bits of exp where no statement says its own: in params and consts, and in statements without the option. */
enum { FOLD_EXP_PRECISION = 12 };

/* The numbers of a table that lookups have read, in the arena: formulas outlive a change of the data. */
struct fold_values {
    const qry_table *table;
    const int64_t *values;
    struct fold_values *next;
};

struct fold {
    qry_program *program;
    struct qry_ast_program *tree;
    qry_arena *arena;
    struct formula_builder builder;
    struct fold_notes *notes; /* NULL: only constants are folded */
    struct value *frame;      /* parameters and counters */
    uint64_t low, high;       /* the bound index */
    const char *bound;        /* its name */
    int precision;            /* fraction bits of exp */
    struct fold_values *values;
    uint32_t steps, depth;
};

/** For constants only; a statement's fold begins with it and goes on in fold.c. */
void qry_fold_begin(struct fold *fold, qry_program *program, qry_formula_list *list);
/** The value of an expression whose names mean what check has found; `slots` parameters and counters. */
struct value qry_fold_whole(struct fold *fold, const struct ast_expr *e, uint32_t slots);
/** A whole number from an expression without the bound name; false after a report that begins with `what`. */
bool qry_fold_integer(struct fold *fold, const struct ast_expr *e, const char *what, int64_t *result);

struct value qry_fold_expression(struct fold *fold, const struct ast_expr *e);
struct value qry_fold_index(struct fold *fold, const struct ast_expr *e);
struct value qry_fold_call(struct fold *fold, const struct ast_expr *e);
struct value qry_fold_apply(struct fold *fold, const struct ast_expr *e);
struct value qry_fold_series(struct fold *fold, const struct ast_expr *e);

struct value qry_fold_number(qry_rational number, bool typed);
struct value qry_fold_truth(qry_formula *node);
struct value qry_fold_sum(struct fold *fold, const struct ast_expr *e, const struct linear *sum);
/** The value of a numeric node; NULL stands for one that did not fit. */
struct value qry_fold_node(struct fold *fold, const struct ast_expr *e, qry_formula *node);
/** False when the data of a table or const could not be loaded, which has been reported. */
bool qry_fold_has_data(const struct ast_item *item);
struct value qry_fold_entry(struct fold *fold, const struct ast_expr *e, const struct row *row, uint32_t column);
/** The value as a sum; false after a report when it has no finite binary fraction. */
bool qry_fold_open(struct fold *fold, const struct value *value, struct linear *result);
struct value qry_fold_plus(struct fold *fold, const struct ast_expr *e, const struct value *a, const struct value *b,
                           bool subtract);
struct value qry_fold_times(struct fold *fold, const struct ast_expr *e, const struct value *a, const struct value *b);
struct value qry_fold_extreme(struct fold *fold, const struct ast_expr *e, qry_formula_kind kind, const struct value *a,
                              const struct value *b);

struct value qry_fold_broken(struct fold *fold, const struct ast_expr *e, const char *hint, const char *format, ...)
    QRY_PRINTF(4, 5);
struct value qry_fold_too_wide(struct fold *fold, const struct ast_expr *e);
/** Sums that differ only in a constant and a factor become one (share.c). */
void qry_fold_share(struct fold *fold);
void qry_fold_note(struct fold *fold, enum fold_note_kind kind, qry_formula *node, qry_type type, const char *what,
                   const struct ast_expr *e);

#endif
