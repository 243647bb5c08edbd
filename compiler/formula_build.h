/* formula_build.h: construction of formulas (formula.c). Private to the passes fold and widths.
 *
 * Equal nodes are one node, and what can be computed at once is: a constructor returns the simplest node it knows that
 * has the asked value, perhaps one of its arguments. */
#ifndef QRY_FORMULA_BUILD_H
#define QRY_FORMULA_BUILD_H

#include "compiler/formula.h"

struct formula_builder {
    qry_arena *arena;
    qry_formula_list *list;
    qry_formula **slots; /* hash table with open addressing */
    size_t slot_count;
};

struct formula_term {
    qry_formula *arg;
    int64_t factor;
};

/** Builds into an empty list. */
void qry_formula_begin(struct formula_builder *builder, qry_arena *arena, qry_formula_list *list);

/** Constants and factors stay within +-2^62, so that they can be negated, and divided by -1, without a thought. */
bool qry_formula_fits(int64_t number);

bool qry_formula_is_number(const qry_formula *node);
bool qry_formula_is_truth(const qry_formula *node, bool value);

/** Sorts terms by the numbers of their nodes, adds up those of one node and drops those that vanish. False when a
 *  factor does not fit. */
bool qry_formula_merge(struct formula_term *terms, uint32_t *count);

qry_formula *qry_formula_truth(struct formula_builder *builder, qry_span span, bool value);
qry_formula *qry_formula_number(struct formula_builder *builder, qry_span span, int64_t mantissa, int fraction);
/** by_row: the entry is named as part of its row; once is enough. */
qry_formula *qry_formula_entry(struct formula_builder *builder, qry_span span, const qry_table *table, uint32_t column,
                               bool by_row);
qry_formula *qry_formula_index(struct formula_builder *builder, qry_span span);

/* These return NULL when a constant or a factor does not fit. */

/** M = constant + sum of factor * arg's M. The terms are used up. */
qry_formula *qry_formula_sum(struct formula_builder *builder, qry_span span, int fraction, int64_t constant,
                             struct formula_term *terms, uint32_t count);
qry_formula *qry_formula_product(struct formula_builder *builder, qry_span span, qry_formula *a, qry_formula *b);

/* These always return a node. */

qry_formula *qry_formula_abs(struct formula_builder *builder, qry_span span, qry_formula *a);
qry_formula *qry_formula_extreme(struct formula_builder *builder, qry_span span, qry_formula_kind min_or_max,
                                 qry_formula *a, qry_formula *b);
qry_formula *qry_formula_choose(struct formula_builder *builder, qry_span span, qry_formula *condition,
                                qry_formula *yes, qry_formula *no);
qry_formula *qry_formula_floor(struct formula_builder *builder, qry_span span, qry_formula *a, int drop);
/** The LOOKUP `like`, with its values, of another argument. Of a number that they reach it is a number. Values of exp
 *  may be missing until the pass widths knows which it needs. */
qry_formula *qry_formula_lookup(struct formula_builder *builder, const qry_formula *like, qry_formula *a);
/** GE0 or EQ0. */
qry_formula *qry_formula_compare(struct formula_builder *builder, qry_span span, qry_formula_kind kind, qry_formula *a);
qry_formula *qry_formula_not(struct formula_builder *builder, qry_span span, qry_formula *a);
/** AND or OR of any number of nodes; args may be reordered. */
qry_formula *qry_formula_join(struct formula_builder *builder, qry_span span, qry_formula_kind and_or_or,
                              qry_formula **args, uint32_t count);

/* ---- whole formulas ---- */

/** The node again, over now[number] in place of every argument. NULL when a number does not fit. */
qry_formula *qry_formula_again(struct formula_builder *builder, const qry_formula *node, qry_formula *const *now);
/** Marks, by number, root and by, and all that they are made of. */
void qry_formula_mark(const qry_formula_list *list, bool *marked);

#endif
