/* tree_print.h: what the printer of statements and that of expressions share. Private to qasm/read/. */
#ifndef QRY_TREE_PRINT_H
#define QRY_TREE_PRINT_H

#include "qasm/read/build.h"

/* A register of qubits, and which of the program's qubits it has. */
struct tree_printed_register {
    const struct tree_stmt *stmt;
    uint32_t first, size;
};

struct tree_printed_names {
    const char **text;
    size_t room;
};

struct tree_printer {
    const struct tree_program *tree;
    qry_output *output;
    int depth;   /* of blocks */
    bool within; /* in the body of a gate, whose names are: */
    struct tree_printed_names angles, operands;
    const struct tree_stmt **gates; /* by number */
    size_t gate_room;
    struct tree_printed_register *registers; /* in order */
    size_t register_count, register_room;
    uint32_t qubits;
};

void qry_tree_print_expr(struct tree_printer *p, const struct tree_expr *e);
/** With commas between. */
void qry_tree_print_list(struct tree_printer *p, const struct tree_expr *first);
/** What a loop goes through. */
void qry_tree_print_set(struct tree_printer *p, const struct tree_expr *set);
/** "[size]", or nothing without one. */
void qry_tree_print_designator(struct tree_printer *p, const struct tree_expr *size);
void qry_tree_print_type(struct tree_printer *p, const struct tree_type *type);
/** A number that reads back as the same double, never as an integer. */
void qry_tree_print_real(struct tree_printer *p, double value);
/** The statements of durationof, between braces (tree_print.c). */
void qry_tree_print_body(struct tree_printer *p, const struct tree_stmt *first);

#endif
