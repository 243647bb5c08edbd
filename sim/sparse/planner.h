/* planner.h: what gates do to the cells of one block, and the plane operations that make it true. The same rules serve
 * both kinds of plan: in place, a gate becomes operations on storages; numbered, it becomes values of the graph. */
#ifndef QRY_PLANNER_H
#define QRY_PLANNER_H

#include "sim/sparse/engine.h"

struct planner {
    struct block *block;       /* its cells move on with every gate */
    const uint32_t *slot;      /* of an upper block: where they are (struct world); else NULL */
    struct effect *effect;     /* phases, guards, asserts and the sign are added to it */
    struct in_place *in_place; /* NULL: numbered, in the block's graph */
};

/** One gate; no dense gate but h, and that without controls. Controls must not be in the X frame for sure (scout.c). */
void planner_gate(struct planner *planner, const struct flat_gate *gate);
/** Asserts that a work qubit is back to |0>, and makes it so. */
void planner_assert_zero(struct planner *planner, qry_qubit qubit);
/** Takes it that a word qubit is back in the Z frame; the plan strays if it is not. */
void planner_expect_z_frame(struct planner *planner, qry_qubit qubit);
/** Replaces a cell's plane, which holds `constant` in every row, by the constant. */
void planner_fold(struct planner *planner, literal *plane, literal constant);

#endif
