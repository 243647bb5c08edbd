/* formula.h: an expression after the passes check, load and fold: functions inlined, sums unrolled, constants folded,
 * equal parts shared. A formula is a list of nodes in an arena; arguments stand before what uses them.
 *
 * Every numeric node stands for an integer M, exactly; its value is M * 2^-fraction. Boolean nodes are 0 or 1. */
#ifndef QRY_FORMULA_H
#define QRY_FORMULA_H

#include "base/base.h"

typedef struct qry_table {
    const char *name;
    const char *arch; /* a name of qram/architectures.def */
    uint64_t rows;
    uint32_t columns; /* 1 for a one-dimensional table */
    qry_type type;
    int64_t *mantissas; /* rows x columns */
    int64_t low, high;  /* least and greatest of them */
    qry_span span;
    uint64_t version; /* changes when the data change */
} qry_table;

typedef enum qry_formula_kind {
    QRY_FORMULA_TRUTH,   /* constant: 0 or 1                                          boolean */
    QRY_FORMULA_ENTRY,   /* table[j][column]                                          boolean if the table is */
    QRY_FORMULA_INDEX,   /* j */
    QRY_FORMULA_SUM,     /* constant + sum of factor[i] * arg[i]; no args: a number */
    QRY_FORMULA_PRODUCT, /* arg[0] * arg[1]; the same node twice: a square */
    QRY_FORMULA_ABS,     /* |arg[0]| */
    QRY_FORMULA_MIN,     /* min(arg[0], arg[1]), same fraction */
    QRY_FORMULA_MAX,
    QRY_FORMULA_CHOOSE,  /* arg[0] (boolean) ? arg[1] : arg[2]; numbers of one fraction, or booleans */
    QRY_FORMULA_FLOOR,   /* floor(arg[0] * 2^-drop): the low `drop` bits go */
    QRY_FORMULA_LOOKUP,  /* values[arg[0] - first]: a number for every value of an integer; `exp` and `lookup` */
    QRY_FORMULA_UNIFORM, /* bits drop .. drop + width - 1 of the uniform register: made by the pass lower alone */
    QRY_FORMULA_HASH,    /* bit i: the parity of j & masks[i], inverted where bit i of constant is set: lower alone */
    QRY_FORMULA_GE0,     /* arg[0] >= 0                                               boolean */
    QRY_FORMULA_EQ0,     /* arg[0] == 0                                               boolean */
    QRY_FORMULA_AND,     /* all args                                                  boolean */
    QRY_FORMULA_OR,      /* any arg                                                   boolean */
    QRY_FORMULA_NOT      /* !arg[0]                                                   boolean */
} qry_formula_kind;

typedef struct qry_formula qry_formula;

struct qry_formula {
    qry_formula_kind kind;
    bool is_bool;
    int fraction;
    uint32_t number;        /* place in the list: arguments have smaller ones */
    const qry_table *table; /* ENTRY */
    uint32_t column;        /* ENTRY */
    bool by_row;            /* ENTRY: also named as part of its whole row */
    int drop;               /* FLOOR, UNIFORM */
    int64_t constant;       /* TRUTH, SUM, HASH */
    const int64_t *values;  /* LOOKUP: value_count of them */
    uint32_t value_count;
    int64_t first;
    bool is_exp;           /* LOOKUP: value i is e^((first + i) * 2^-arg[0]->fraction), rounded to 2^-fraction */
    const uint64_t *masks; /* HASH: width of them */
    uint32_t arg_count;
    qry_formula **arg;
    int64_t *factor; /* SUM: nonzero */
    qry_span span;   /* what it came from */
    /* Left by the pass widths: */
    int64_t low, high; /* M lies in low .. high */
    int width;         /* bits of a register that holds it: two's complement if low < 0, else unsigned; >= 1 */
};

typedef struct qry_formula_list {
    qry_formula **node;
    size_t count, room;
    qry_formula *root; /* the predicate: boolean */
    qry_formula *by;   /* a number, or NULL: what a statement maximises, estimates, or takes for a probability */
} qry_formula_list;

/** The value of a node when j is the bound index and r the uniform register; exact. Intermediate results are kept in scratch (count numbers). */
int64_t qry_formula_evaluate(const qry_formula_list *list, const qry_formula *node, uint64_t j, uint64_t r,
                             int64_t *scratch);

#endif
