/* tree.h: the syntax tree of an OpenQASM program. Private to qasm/.
 *
 * The reader builds it (tree.c), the check resolves its names and leaves types and constants in it, the interpreter runs
 * it, the writer prints it. Everything lives in one arena, as long as the program; only stretches of plain gates, which
 * can be most of a file, are memory of the context and handed on when they are used.
 *
 * Names are interned: equal names are one struct tree_name. */
#ifndef QRY_TREE_H
#define QRY_TREE_H

#include "qasm/program/type.h"
#include "qasm/qasm.h"

/* A place in one of the sources of a program: the file itself is number 0, what it includes follows. */
struct tree_place {
    uint32_t source, offset, length;
};

struct tree_expr;
struct tree_stmt;
struct tree_symbol; /* what a name is declared as: left by check (qasm/program/symbol.h) */

struct tree_name {
    const char *text; /* UTF-8 */
    uint32_t length;
    struct tree_name *chain;    /* of the hash table */
    struct tree_symbol *symbol; /* while checking: the innermost declaration in force */
    uint32_t direct;            /* the reader's own: what the direct path knows of the name (direct.c); 0: nothing */
};

/** The text of an include that is built in, or NULL (standard.c). */
const char *qry_standard_include(const char *path);

/* The constants that the language has, in all their spellings (literal.c). */
enum { TREE_CONSTANTS = 6 };
struct tree_constant {
    const char *name;
    double value;
};
extern const struct tree_constant qry_tree_constants[TREE_CONSTANTS];

/* How deep expressions and statements may be nested, so that the passes can walk them by recursion. */
enum {
    TREE_MAX_DEPTH = 1000,
    TREE_TOO_DEEP = UINT16_MAX /* depth of an expression whose part has been reported for it */
};

/* ---- types as written ---- */

struct tree_type {
    enum qasm_kind kind; /* type.h; QASM_ARRAY with base, dims; QASM_COMPLEX may have a base */
    struct tree_place place;
    struct tree_expr *size; /* the designator, or NULL */
    struct tree_type *base; /* of an array its items, of a complex its float */
    struct tree_expr *dims; /* list: sizes of an array's dimensions */
    struct tree_expr *rank; /* array[T, #dim = rank] */
    enum qasm_access access;
};

/* ---- expressions ---- */

enum tree_expr_kind {
    TREE_BROKEN,    /* an error has been reported */
    TREE_INTEGER,   /* natural */
    TREE_FLOAT,     /* real */
    TREE_IMAGINARY, /* real, times i */
    TREE_TRUTH,     /* natural: 0 or 1 */
    TREE_BITS,      /* text: the digits without underscores, the highest bit first */
    TREE_TIME,      /* real, unit */
    TREE_NAME,      /* name; pi, tau, euler and their Greek letters are names */
    TREE_PHYSICAL,  /* natural: $0, $1, ... */
    TREE_UNARY,     /* op; first */
    TREE_BINARY,    /* op; two children */
    TREE_CALL,      /* name; arguments. Built-in functions and sizeof are calls too */
    TREE_CAST,      /* type; first */
    TREE_INDEX,     /* base, then the indices of one pair of brackets: expressions, RANGEs, or one SET */
    TREE_RANGE,     /* start, step, stop; a missing one is a TREE_NONE */
    TREE_NONE,
    TREE_SET,        /* {1, 3}: as an index or behind `in` */
    TREE_LIST,       /* {1, 2}: an array's value */
    TREE_CONCAT,     /* a ++ b, in `let` and in the value of a bit register */
    TREE_MEASURE,    /* first: what is measured */
    TREE_DURATION_OF /* body: durationof({ ... }) */
};

enum tree_operator {
    TREE_OR,
    TREE_AND,
    TREE_BIT_OR,
    TREE_BIT_XOR,
    TREE_BIT_AND,
    TREE_EQUAL,
    TREE_UNEQUAL,
    TREE_LESS,
    TREE_GREATER,
    TREE_LESS_EQUAL,
    TREE_GREATER_EQUAL,
    TREE_SHIFT_LEFT,
    TREE_SHIFT_RIGHT,
    TREE_ADD,
    TREE_SUBTRACT,
    TREE_MULTIPLY,
    TREE_DIVIDE,
    TREE_MODULO,
    TREE_POWER,
    TREE_COMPLEMENT, /* ~ */
    TREE_NOT,        /* ! */
    TREE_NEGATE,     /* - */
    TREE_OPERATORS
};

enum tree_unit { TREE_DT, TREE_NS, TREE_US, TREE_MS, TREE_S };

struct tree_expr {
    uint8_t kind; /* enum tree_expr_kind */
    uint8_t op;   /* enum tree_operator, or enum tree_unit */
    uint16_t depth;
    struct tree_place place;
    uint32_t count; /* children */
    struct tree_expr *next;
    union {
        struct tree_expr *first; /* child */
        struct tree_stmt *body;
        const char *text;
        double real;
        qry_u128 natural;
    };
    union {
        struct tree_name *name;
        struct tree_type *written;
        struct tree_expr *latest; /* the last child, while a list grows */
        bool too_large;           /* INTEGER: beyond 128 bits */
    };
    /* Left by check: */
    const struct qasm_type *type;      /* of the value; NULL after an error */
    const struct qasm_type *to;        /* what the value is converted to where it stands; NULL: it stays what it is */
    struct tree_symbol *symbol;        /* NAME, CALL */
    const struct qasm_value *constant; /* the value, converted already, if it is known before the program runs */
};

/* ---- statements ---- */

enum tree_stmt_kind {
    TREE_STRETCH,     /* stretch: plain gates, read by the direct path */
    TREE_INCLUDE,     /* text: the path; body: what is in it */
    TREE_PRAGMA,      /* text */
    TREE_CALIBRATION, /* defcalgrammar text */
    TREE_CAL,         /* cal { text } */
    TREE_DEFCAL,      /* text: all of it, from `defcal`; name: what it calibrates (a gate, measure, reset, delay) */
    TREE_DECLARE,     /* written, name, value or NULL; io */
    TREE_CONST,       /* written, name, value */
    TREE_QUBITS,      /* name, size or NULL: qubit[size] name, and qreg */
    TREE_ALIAS,       /* let name = value */
    TREE_GATE,        /* name, parameters (angles), operands, body */
    TREE_DEF,         /* name, parameters, written: what it returns, or NULL; body */
    TREE_EXTERN,      /* name, parameters without names, written */
    TREE_OPAQUE,      /* OpenQASM 2: name, parameters, operands */
    TREE_APPLY, /* modifiers, name, arguments, size (of `g[10ns] q;`), operands: a gate, gphase, or a def without () */
    TREE_MEASURE_INTO, /* value: a MEASURE; target or NULL */
    TREE_ASSIGN,       /* target, value; op, or TREE_OPERATORS for a plain = */
    TREE_EXPRESSION,   /* value: a call and the like */
    TREE_RESET,        /* operands */
    TREE_BARRIER,      /* operands; none: all qubits */
    TREE_NOP,          /* operands */
    TREE_DELAY,        /* size: how long; operands */
    TREE_BOX,          /* size or NULL; body */
    TREE_BLOCK,        /* body: { ... } */
    TREE_IF,           /* value; body, other */
    TREE_FOR,          /* written, name; value: a RANGE, a SET or an expression; body */
    TREE_WHILE,        /* value; body */
    TREE_SWITCH,       /* value; cases */
    TREE_BREAK,
    TREE_CONTINUE,
    TREE_RETURN, /* value or NULL; may be a MEASURE */
    TREE_END
};

enum tree_modifier_kind { TREE_CTRL, TREE_NEGCTRL, TREE_INV, TREE_POW };

struct tree_modifier {
    enum tree_modifier_kind kind;
    struct tree_place place;
    struct tree_expr *argument; /* NULL: none written */
    struct tree_modifier *next;
};

struct tree_parameter {
    struct tree_name *name; /* NULL: of an extern */
    struct tree_place place;
    struct tree_type *type;     /* NULL: an angle or a qubit of a gate */
    struct tree_symbol *symbol; /* left by check */
    struct tree_parameter *next;
};

struct tree_case {
    struct tree_expr *values; /* list; NULL: default */
    struct tree_place place;
    struct tree_stmt *body; /* a BLOCK */
    struct tree_case *next;
};

struct tree_annotation {
    const char *text; /* with the @, without the line break */
    struct tree_place place;
    struct tree_annotation *next;
};

/* A comment "// @enter NAME" or "// @leave": the section of the statements between them. */
struct tree_mark {
    const char *name; /* NULL: leave */
    struct tree_mark *next;
};

/* Plain gates one after the other, in the form of a definition's body: gates without controls of their own, and calls of
 * gates declared before. Outside definitions qubits are numbered over all registers in the order in which they are
 * declared, in the body of a gate over its operands. The number of a callee is that of its declaration
 * (tree_stmt.number; those of the standard includes count too). Angles are numbers or multiples of a parameter of the gate around. Everything in
 * it has been checked. */
struct tree_stretch {
    struct tree_place place;
    qry_op *ops;
    size_t op_count, op_room;
    qry_qubit *operands; /* of calls: how many, then they themselves, as in qry_definition */
    size_t operand_count, operand_room;
    qry_angle *angles;
    size_t angle_count, angle_room;
};

enum tree_io { TREE_PLAIN, TREE_INPUT, TREE_OUTPUT };

struct tree_stmt {
    uint8_t kind; /* enum tree_stmt_kind */
    uint8_t op;   /* ASSIGN: enum tree_operator */
    uint8_t io;   /* DECLARE: enum tree_io */
    bool old;     /* written as in OpenQASM 2: qreg, creg, ->, if (c == n) */
    uint8_t plan; /* left by the interpreter: whether a FOR is a repeat, whether a DEF is a definition */
    uint16_t depth;
    uint32_t number;              /* GATE, OPAQUE: place among them all, those of the includes too, from 0 */
    struct tree_place place;      /* all of it */
    struct tree_place name_place; /* of name */
    struct tree_annotation *annotations;
    struct tree_mark *marks; /* the sections that open or close just before it */
    struct tree_stmt *next;
    struct tree_name *name;
    struct tree_type *written;
    struct tree_expr *size, *value, *target;
    struct tree_expr *arguments, *operands; /* lists */
    struct tree_modifier *modifiers;
    struct tree_parameter *parameters, *qubits; /* qubits: the operands of a gate's declaration */
    struct tree_stmt *body, *other; /* the first of a list; of IF, FOR and WHILE one statement, maybe a BLOCK */
    struct tree_case *cases;
    const char *text;
    struct tree_stretch *stretch;
    struct tree_symbol *symbol; /* left by check: of what is declared, or of the gate or def applied */
};

/* ---- the program ---- */

enum tree_version { TREE_NO_VERSION, TREE_VERSION_2, TREE_VERSION_3 };

struct tree_program {
    qry_ctx *ctx;
    qry_arena *arena;
    const qry_source **sources;
    size_t source_count, source_room;
    enum tree_version version;
    struct tree_place version_place;
    struct tree_stmt *first, *last;
    struct tree_mark *last_marks; /* behind the last statement */
    struct tree_name **names;     /* the hash table */
    size_t name_count, name_mask;
    uint32_t gate_count; /* GATEs and OPAQUEs */
    bool direct;         /* some stretch was read by the direct path */
};

/** Errors at a place of a program. hint may be NULL. */
void qry_tree_error(const struct tree_program *tree, struct tree_place place, const char *hint, const char *format, ...)
    QRY_PRINTF(4, 5);
void qry_tree_warning(const struct tree_program *tree, struct tree_place place, const char *hint, const char *format,
                      ...) QRY_PRINTF(4, 5);
qry_span qry_tree_span(const struct tree_program *tree, struct tree_place place);
struct tree_name *qry_tree_name(struct tree_program *tree, const char *text, size_t length);
/** The name if the program has it, or NULL. */
struct tree_name *qry_tree_find(const struct tree_program *tree, const char *text, size_t length);
/** Frees the memory of a stretch that was handed on. */
void qry_tree_free_stretch(struct tree_program *tree, struct tree_stretch *stretch);

/** How a program is read. */
struct tree_options {
    bool syntax_only;  /* opens no include */
    bool grammar_only; /* without the direct path: to prove that both read the same */
};

/** The tree of a program, or NULL after errors. Its names and types are not checked, but for what stretches need. */
struct tree_program *qry_tree_read(qry_ctx *ctx, qry_arena *arena, const qry_source *source,
                                   const struct tree_options *options);
/** Frees the stretches that are left. NULL is fine. */
void qry_tree_free(struct tree_program *tree);

/** The tree as text that reads back to the same tree (tree_print.c), in the version of OpenQASM that it was read in;
 *  stretches are written out, includes as includes. */
void qry_tree_print(const struct tree_program *tree, qry_output *output);
/** The tree, a node a line, with kinds and without places: for tests that compare two of them. */
void qry_tree_dump(const struct tree_program *tree, FILE *stream);

#endif
