/* ast.h: the syntax tree of a program. Private to compiler/.
 *
 * The parser builds it (ast.c), the pass check resolves its names and leaves the kind of every expression in it, load
 * and fold read it. Everything lives in one arena, as long as the program. Names are interned: equal names are one
 * struct ast_name, so that they compare as pointers and lead to their declaration without a search. */
#ifndef QRY_AST_H
#define QRY_AST_H

#include "base/base.h"
#include "compiler/compiler.h"
#include "compiler/formula.h"

/* Half a qry_span: the source is the same for the whole tree. */
struct ast_place {
    uint32_t offset, length;
};

struct ast_item;
struct ast_expr;
struct ast_reference;

struct ast_name {
    const char *text;
    uint32_t length;
    struct ast_item *item;      /* what the name is declared as: table, const, param or fn; left by check */
    struct ast_item *statement; /* the statement that is called so; left by check */
    struct ast_name *chain;
};

/* A type as written; numbers beyond +-1000 are kept as that. */
struct ast_type {
    qry_type type;
    struct ast_place place;
};

/* How deep an expression may be, so that the passes can walk it by recursion. */
enum { AST_MAX_DEPTH = 1000 };

enum ast_kind {
    AST_NUMBER,
    AST_NAME,
    AST_INDEX,  /* base, index, or base, index, index */
    AST_CALL,   /* of a built-in function: arguments */
    AST_APPLY,  /* of a declared function: arguments */
    AST_SERIES, /* sum(e for i in a..b): e, a, b */
    AST_LIST,
    AST_IF,
    AST_AS,
    AST_NEGATE,
    AST_NOT,
    AST_ADD,
    AST_SUBTRACT,
    AST_MULTIPLY,
    AST_SHIFT_LEFT,
    AST_SHIFT_RIGHT,
    AST_EQUAL,
    AST_UNEQUAL,
    AST_LESS,
    AST_LESS_EQUAL,
    AST_GREATER,
    AST_GREATER_EQUAL,
    AST_AND,
    AST_OR
};

enum ast_builtin { AST_DOT, AST_SUM, AST_SQUARE, AST_EXP, AST_MAX, AST_MIN, AST_ABS, AST_CLIP, AST_LOOKUP };

/* What an expression stands for. */
enum ast_shape {
    AST_BROKEN, /* an error has been reported */
    AST_SCALAR, /* a number */
    AST_TRUTH,
    AST_ROW /* of `columns` numbers, or booleans if truths */
};

/* What the value of an expression depends on. */
enum {
    AST_USES_BOUND = 1, /* the bound name of the statement */
    AST_USES_DATA = 2,  /* tables and consts */
    AST_USES_LOCAL = 4, /* parameters of the function that it stands in */
    AST_USES_PARAM = 8  /* params */
};

/* What a name in an expression means. */
enum ast_meaning {
    AST_MEANS_ITEM,     /* name->item */
    AST_MEANS_BOUND,    /* the bound name */
    AST_MEANS_ARGUMENT, /* parameter `slot` of the function */
    AST_MEANS_COUNTER   /* of the sum that is `slot` deep */
};

struct ast_expr {
    uint8_t kind;    /* enum ast_kind */
    uint8_t builtin; /* CALL */
    uint16_t depth;  /* of the tree below, from 1 */
    struct ast_place place;
    uint32_t count; /* children */
    /* Left by check: */
    uint8_t shape, uses;
    bool truths;           /* a row of booleans */
    uint8_t meaning;       /* NAME */
    uint32_t columns;      /* ROW */
    uint32_t slot;         /* NAME: see meaning; SERIES: of the counter */
    struct ast_expr *next; /* its sibling */
    union {
        qry_rational number;
        struct {
            struct ast_expr *first;
            union {
                struct ast_name *name;         /* NAME, APPLY */
                struct ast_reference *counter; /* SERIES */
                struct ast_type *type;         /* AS */
                struct ast_expr *latest;       /* the last child, while a list grows */
            };
        };
    };
};

enum ast_item_kind { AST_TABLE, AST_CONST, AST_PARAM, AST_QRAM, AST_FN, AST_STATEMENT };

enum ast_source { AST_FROM_LIST, AST_FROM_NPY, AST_FROM_CSV, AST_FROM_NPZ, AST_FROM_SAFETENSORS };

struct ast_source_text {
    enum ast_source from;
    struct ast_place place;
    const char *path;      /* files */
    const char *member;    /* archives: the name of an array in it; else NULL */
    struct ast_expr *list; /* LIST */
    bool has_row;          /* source[row] */
    int64_t row;
    struct ast_place row_place;
};

struct ast_size {
    int64_t size;
    struct ast_place place;
};

/* [rows], [rows][columns] or nothing. */
struct ast_sizes {
    int dims;
    struct ast_size size[2];
};

/* A table's name, or the ends of a range. */
struct ast_domain {
    struct ast_expr *from, *to; /* to is NULL for a table */
};

struct ast_parameter {
    struct ast_name *name;
    struct ast_place place;
    struct ast_type *type;
    struct ast_parameter *next;
};

struct ast_reference { /* a name in a list of names */
    struct ast_name *name;
    struct ast_place place;
    struct ast_reference *next;
};

struct ast_option {
    struct ast_name *name;
    struct ast_place place;
    struct ast_expr *value;
    bool usable; /* left by check */
    struct ast_option *next;
};

enum ast_query {
    AST_SEARCH_ONE,
    AST_SEARCH_ALL,
    AST_SEARCH_MAX,
    AST_SEARCH_MIN,
    AST_COUNT,
    AST_ESTIMATE_MEAN,
    AST_ESTIMATE_SUM,
    AST_SAMPLE_SET,
    AST_SAMPLE_ONE
};

enum ast_arch {
#define BUILT(name, number) AST_ARCH_##name,
#define LATER(name, number) AST_ARCH_##name,
#include "compiler/qram/architectures.def"
#undef BUILT
#undef LATER
    AST_ARCHES
};

/* What the language knows of an architecture. */
struct ast_arch_kind {
    const char *name;
    bool takes_number, built;
};

enum ast_state { AST_NOT_YET, AST_IN_PROGRESS, AST_FINE, AST_FAULTY };

struct ast_architecture {
    enum ast_arch arch;
    bool has_size;
    struct ast_size size; /* hybrid(size), select_swap(size) */
};

/* The options of a statement as check leaves them; 0: not said, unless they have a default. */
struct ast_settings {
    double failure, epsilon;
    bool absolute;
    qry_method method; /* AUTO for searches alone */
    qry_encoding encoding;
    uint64_t expect, iterations, shots, seed;
    bool has_seed;
    int precision; /* fraction bits of exp */
};

/* A declaration or a statement. Which members count depends on the kind. */
struct ast_item {
    enum ast_item_kind kind;
    struct ast_name *name;  /* NULL: a qram; check gives statements theirs */
    struct ast_place place; /* of the name; of the first words of a qram or a statement */
    struct ast_place whole; /* to the semicolon */
    struct ast_item *next;

    /* TABLE, CONST: */
    struct ast_sizes sizes;
    struct ast_type *type;          /* FN: of its result, or NULL */
    struct ast_source_text *source; /* NULL: a const that is an expression */

    /* CONST without a source, PARAM, FN (its body), STATEMENT (its predicate, NULL without one): */
    struct ast_expr *expr;

    struct ast_parameter *parameters; /* FN */
    uint32_t parameter_count;

    struct ast_architecture arch; /* QRAM */
    struct ast_reference *tables; /* NULL: all */

    enum ast_query query; /* STATEMENT */
    struct ast_place label_place;
    struct ast_name *bound;
    struct ast_place bound_place;
    struct ast_domain domain;
    struct ast_expr *by; /* what is maximised or estimated, or the probability */
    struct ast_option *options;

    /* Left by check: */
    uint8_t state;            /* enum ast_state: how far check is with it */
    uint8_t uses;             /* CONST, PARAM, FN: see above */
    uint32_t slots;           /* FN, STATEMENT: parameters and counters that are alive at once */
    struct ast_item *qram;    /* TABLE: the statement that names it */
    struct ast_item *ordered; /* TABLE, CONST, PARAM: the next in an order in which none needs a later one */
    struct ast_settings settings;
    qry_rational value; /* PARAM */
    bool replaced;      /* PARAM: value is from outside */

    /* Left by load: */
    qry_table *data;       /* TABLE, CONST */
    bool is_bound;         /* data come from qry_program_bind */
    bool is_loaded;        /* data are there */
    uint64_t changes_seen; /* the program's count when they were loaded */
};

struct qry_ast_program {
    qry_ctx *ctx;
    qry_arena *arena;
    const qry_source *source;
    struct ast_item *first, *last;
    size_t statements, tables;
    struct ast_name **names; /* hash table of chains */
    size_t name_slots, name_count;
    bool too_deep; /* has been reported */
    /* Left by check: */
    bool faulty;              /* has errors that were reported */
    struct ast_item *ordered; /* tables, consts and params, see ast_item */
    struct ast_item *default_qram;
    /* Of the compilation in progress: */
    uint64_t changes;                        /* of params and data, counted */
    uint64_t versions;                       /* of data, handed out so far */
    bool compiled;                           /* the passes have come to their end before */
    bool again;                              /* a refresh, or nothing new: the text has been warned about before */
    uint64_t changes_compiled;               /* how many there were when the passes last came to their end */
    bool explain;                            /* fold keeps a note for every expression */
    const char *qram;                        /* replaces the qram statements */
    const char *default_arch;                /* of tables that no qram statement names */
    struct fold_notes *notes;                /* one a statement; fold.h */
    struct ast_place faults[QRY_MAX_ERRORS]; /* where fold has reported errors */
    size_t fault_count;
};

qry_span qry_ast_span(const struct qry_ast_program *tree, struct ast_place place);
/** From the beginning of one place to the end of another. */
struct ast_place qry_ast_join(struct ast_place from, struct ast_place to);
/** The empty place behind another. */
struct ast_place qry_ast_behind(struct ast_place place);
struct ast_name *qry_ast_intern(struct qry_ast_program *tree, const char *text, size_t length);
/** "+", "dot", "npy", "search all": as a program says it. */
const char *qry_ast_operator_word(enum ast_kind kind);
const char *qry_ast_source_word(enum ast_source source);
const char *qry_ast_query_words(enum ast_query query);
const char *qry_ast_builtin_word(enum ast_builtin builtin);
const struct ast_arch_kind *qry_ast_arch(enum ast_arch arch);
/** The architecture of that name, or AST_ARCHES. */
enum ast_arch qry_ast_find_arch(const char *name);
/** The tree as text. */
void qry_ast_print(FILE *stream, const struct qry_ast_program *tree);

/* ---- what the parser calls ---- */

struct qry_ast_program *qry_ast_new(qry_ctx *ctx, qry_arena *arena, const qry_source *source);
void qry_ast_add(struct qry_ast_program *tree, struct ast_item *item, struct ast_place whole);

struct ast_type *qry_ast_type(struct qry_ast_program *tree, struct ast_place place, bool is_signed, int64_t integer,
                              int64_t fraction);
struct ast_type *qry_ast_bool(struct qry_ast_program *tree, struct ast_place place);

struct ast_expr *qry_ast_number(struct qry_ast_program *tree, struct ast_place place, qry_rational number);
struct ast_expr *qry_ast_use(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name);
struct ast_expr *qry_ast_unary(struct qry_ast_program *tree, struct ast_place place, enum ast_kind kind,
                               struct ast_expr *a);
struct ast_expr *qry_ast_binary(struct qry_ast_program *tree, struct ast_place place, enum ast_kind kind,
                                struct ast_expr *a, struct ast_expr *b);
struct ast_expr *qry_ast_if(struct qry_ast_program *tree, struct ast_place place, struct ast_expr *condition,
                            struct ast_expr *yes, struct ast_expr *no);
struct ast_expr *qry_ast_as(struct qry_ast_program *tree, struct ast_place place, struct ast_expr *a,
                            struct ast_type *type);
struct ast_expr *qry_ast_index(struct qry_ast_program *tree, struct ast_place place, struct ast_expr *base,
                               struct ast_expr *index);
/** A list of expressions that grows at its end; becomes a call or a list. */
struct ast_expr *qry_ast_list(struct qry_ast_program *tree);
struct ast_expr *qry_ast_append(struct qry_ast_program *tree, struct ast_expr *list, struct ast_expr *entry);
struct ast_expr *qry_ast_literal(struct ast_place place, struct ast_expr *list);
struct ast_expr *qry_ast_call(struct ast_place place, enum ast_builtin builtin, struct ast_expr *list);
struct ast_expr *qry_ast_apply(struct ast_place place, struct ast_name *name, struct ast_expr *list);
struct ast_expr *qry_ast_series(struct qry_ast_program *tree, struct ast_place place, struct ast_expr *body,
                                struct ast_reference *counter, struct ast_expr *from, struct ast_expr *to);

struct ast_source_text *qry_ast_source(struct qry_ast_program *tree, enum ast_source from, struct ast_place place,
                                       const char *path, const char *member, struct ast_expr *list);
struct ast_source_text *qry_ast_source_row(struct ast_source_text *source, struct ast_place place, int64_t row);

/* Lists of parameters, options and names grow at their head; what takes them turns them round. */
struct ast_parameter *qry_ast_parameter(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                                        struct ast_type *type);
struct ast_parameter *qry_ast_parameter_after(struct ast_parameter *earlier, struct ast_parameter *parameter);
struct ast_option *qry_ast_option(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                                  struct ast_expr *value);
struct ast_option *qry_ast_option_after(struct ast_option *earlier, struct ast_option *option);
struct ast_reference *qry_ast_reference(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                                        struct ast_reference *earlier);

struct ast_item *qry_ast_table(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                               struct ast_sizes sizes, struct ast_type *type, struct ast_source_text *source);
/** One of source and value is NULL. */
struct ast_item *qry_ast_const(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                               struct ast_sizes sizes, struct ast_type *type, struct ast_source_text *source,
                               struct ast_expr *value);
struct ast_item *qry_ast_param(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                               struct ast_expr *value);
struct ast_item *qry_ast_qram(struct qry_ast_program *tree, struct ast_place place, struct ast_architecture arch,
                              struct ast_reference *tables);
struct ast_item *qry_ast_fn(struct qry_ast_program *tree, struct ast_place place, struct ast_name *name,
                            struct ast_parameter *parameters, struct ast_type *result, struct ast_expr *body);
/** by and where may be NULL. The options and the name stand outside the query and come later. */
struct ast_item *qry_ast_query(struct qry_ast_program *tree, struct ast_place place, enum ast_query query,
                               struct ast_reference *bound, struct ast_domain domain, struct ast_expr *by,
                               struct ast_expr *where);
struct ast_item *qry_ast_statement(struct ast_item *query, struct ast_option *options);
struct ast_item *qry_ast_label(struct ast_item *statement, struct ast_reference *label);

#endif
