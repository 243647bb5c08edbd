/* leaf.h: transitions that are planned at once (leaf.c), and the net effect of those that are lists of others
 * (composite.c). */
#ifndef QRY_LEAF_H
#define QRY_LEAF_H

#include "sim/sparse/engine.h"

/** Plans a stretch that the scout found to be a permutation with phases on `touched`. The cells stay where they are. */
struct transition *leaf_plan(struct sparse *sim, const struct stretch *stretch, const qry_qubit *touched, size_t count);
/** What is asserted at the end of a call of these operands, by their roles: work is |0>, words are in the Z frame. */
struct transition *leaf_end_call(struct sparse *sim, const qry_qubit *operands, const qry_role *roles, size_t count);
/** Makes constants of the planes, other than those of axes, that hold the same bit in all rows of all blocks. Whatever
 *  cannot be folded stays. */
struct transition *leaf_fold(struct sparse *sim);
/** Sums up the children of a composite; the cells stand at its end. */
void composite_finish(struct sparse *sim, struct transition *transition);
void effect_free(qry_ctx *ctx, struct effect *effect);
/** Bytes that it holds, about. */
size_t effect_size(const struct effect *effect);
/** Whether it does anything but move cells: a sign, a phase, something to check. */
bool effect_acts(const struct effect *effect);

#endif
