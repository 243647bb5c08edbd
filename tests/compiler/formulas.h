/* formulas.h: for tests of lowering: formulas built by hand with the intervals and widths that the pass widths would
 * leave, tables, whole programs without text, random predicates, and the plain value of a node. */
#ifndef FORMULAS_H
#define FORMULAS_H

#include "compiler/program.h"

typedef struct formulas {
    qry_ctx *ctx;
    qry_program program; /* one statement */
    qry_statement statement;
    qry_arena *arena;
    qry_formula_list list;
    qry_table tables[4];
    uint64_t versions;
} formulas;

/** An empty program over rows low .. high. */
void formulas_begin(formulas *f, qry_ctx *ctx, qry_search_kind kind, uint64_t low, uint64_t high, const char *arch);
void formulas_end(formulas *f);
/** Drops the nodes, keeps the tables: what a refresh starts with. */
void formulas_clear(formulas *f);
/** A table of random mantissas. */
qry_table *formulas_table(formulas *f, const char *name, const char *arch, uint64_t rows, uint32_t columns,
                          qry_type type, uint64_t seed);
/** New data for a table. */
void formulas_fill(formulas *f, qry_table *table, uint64_t seed);

qry_formula *f_truth(formulas *f, bool value);
qry_formula *f_entry(formulas *f, const qry_table *table, uint32_t column);
qry_formula *f_index(formulas *f);
qry_formula *f_sum(formulas *f, int64_t constant, uint32_t count, qry_formula *const *args, const int64_t *factors);
/** constant + factor * x. */
qry_formula *f_linear(formulas *f, int64_t constant, int64_t factor, qry_formula *x);
qry_formula *f_node(formulas *f, qry_formula_kind kind, uint32_t count, qry_formula *const *args);
qry_formula *f_floor(formulas *f, qry_formula *x, int drop);
#define F(f, kind, ...)                                                                                                \
    f_node((f), QRY_FORMULA_##kind, sizeof((qry_formula *[]){__VA_ARGS__}) / sizeof(qry_formula *),                    \
           (qry_formula *[]){__VA_ARGS__})

/** Makes it the predicate. */
void f_root(formulas *f, qry_formula *root);
/** The value of a node at j, from its meaning alone. */
int64_t f_value(const qry_formula *node, uint64_t j);
/** A predicate of about `size` random nodes over the tables. */
qry_formula *f_random(formulas *f, qry_random *random, int size);

#endif
