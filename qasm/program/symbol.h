/* symbol.h: what names are declared as, and where the check leaves it for the interpreter. Private to qasm/.
 *
 * Ownership: symbols live in the arena of their program. The values of variables do not stand here: a symbol has a slot,
 * and whoever runs the program has an array of values for the slots of the program and of every open call. */
#ifndef QRY_QASM_SYMBOL_H
#define QRY_QASM_SYMBOL_H

#include "qasm/read/tree.h"

enum tree_symbol_kind {
    SYMBOL_VARIABLE, /* classical; also loop variables and parameters of a def */
    SYMBOL_CONST,    /* value: known before the program runs */
    SYMBOL_QUBITS,   /* a qubit or a register: declared (first, size), or a qubit parameter of a def */
    SYMBOL_OPERAND,  /* a qubit of the gate around: number `slot` */
    SYMBOL_ANGLE,    /* a parameter of the gate around: number `slot` */
    SYMBOL_ALIAS,    /* let: of qubits or of bits; the expression is stmt->value, evaluated where the let stands */
    SYMBOL_GATE,     /* stmt: GATE or OPAQUE, or NULL for a gate of the language or of a standard include */
    SYMBOL_DEF,
    SYMBOL_EXTERN,
    SYMBOL_BUILTIN, /* a function of the language: sin, sizeof, ...; which: number */
    SYMBOL_BROKEN   /* declared wrongly, or used without being declared: all has been said */
};

#define QASM_ANY UINT32_MAX

struct tree_symbol {
    enum tree_symbol_kind kind;
    struct qasm_cell *cell; /* left by the interpreter: its value while the program runs */
    struct tree_name *name;
    struct tree_place place;           /* of the declaration; source 0 offset 0 length 0 of what the language brings */
    const struct qasm_type *type;      /* of the value; of a DEF and an EXTERN what it returns */
    const struct qasm_value *constant; /* CONST */
    struct tree_stmt *stmt;            /* the declaration */
    uint32_t scope;            /* how deep the scope lies in which it is declared: of the language 0, of the file 1 */
    struct tree_symbol *outer; /* what the name meant outside of the scope of this one */
    bool global;               /* declared outside of all blocks */
    bool refers;               /* an alias, or a parameter that is an array or a register: no value of its own */
    uint8_t io;                /* enum tree_io */
    uint32_t slot; /* VARIABLE, ALIAS, QUBITS parameters: of the program's values if global, else of the call's */
    uint32_t first, size; /* QUBITS that are declared: qubits of the program; size 1 with type->width 0: a lone one */
    uint32_t number;      /* GATE: of its declaration, as tree_stmt.number */
    qry_gate gate;        /* GATE without stmt: which; QRY_GATES otherwise */
    uint32_t
        parameters; /* GATE: angles; DEF, EXTERN: parameters; QASM_ANY: not known, of a gate that only a defcal knows */
    uint32_t operands; /* GATE: qubits */
    uint32_t slots;    /* DEF: values that a call needs */
    bool quantum;      /* DEF: takes qubits, or acts on those of the program */
    bool writes;       /* DEF: changes variables of the program or an array that it is given */
    bool measures;     /* DEF: measures or resets, itself or what it calls */
    bool standard;     /* an include of the language declares it */
    bool calibrated;   /* GATE: only a defcal says what it does */
};

/* A program that has been checked. */
struct qasm_checked {
    struct tree_program *tree;
    struct tree_symbol **globals; /* variables, consts, registers, aliases in order of declaration */
    size_t global_count, global_room;
    struct tree_symbol **gates; /* by number */
    size_t gate_count, gate_room;
    uint32_t slots;    /* values of the program itself, without those of calls */
    uint32_t qubits;   /* of all registers; physical qubits $n are one more register behind them, named `physical` */
    uint32_t physical; /* one more than the greatest n of a $n; 0: none */
};

/** Resolves names, finds types, evaluates constants, and reports what is wrong: several errors, at most 20. NULL after
 *  errors. Afterwards every expression that is left has its type, every name and call its symbol, and what is constant its
 *  value; what an operand, an argument or the value of an assignment must become stands in `to`. The tree is a little
 *  simpler: x += y is an ASSIGN of x + y, and a[i][j] on an array is a[i, j]. */
struct qasm_checked *qasm_check(struct tree_program *tree);

#endif
