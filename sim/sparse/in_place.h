/* in_place.h: steps of a plan that works on the storages of a block, gate by gate.
 *
 * A literal names a storage; a step changes storages and returns the literals that then hold. Every operation can be
 * undone, so the plan backwards is the plan of the inverse. What a storage holds has a number, its content, and of some
 * contents it is known where they can be 1: a plane that was split by a router and comes back untouched is joined again
 * at a third less work than a swap, and the other half is known to be zero. A storage that no cell uses holds anything:
 * it is cleared when it is taken into use and, backwards, asserted to be zero again. */
#ifndef QRY_IN_PLACE_H
#define QRY_IN_PLACE_H

#include "sim/sparse/sparse.h"

struct in_place;

/** For one leaf of one block, whose cells stand where the leaf begins. */
struct in_place *in_place_new(struct block *block, uint32_t cells);
void in_place_free(struct in_place *p);
/** What was planned; freed with it. */
struct plan_builder *in_place_builder(struct in_place *p);

/** t ^ x. */
literal in_place_xor(struct in_place *p, literal t, literal x);
/** t ^ (x & y). */
literal in_place_add_product(struct in_place *p, literal t, literal x, literal y);
/** sign ^= x & y; the literal of the sign so far, and back. */
literal in_place_add_sign(struct in_place *p, literal sign, literal x, literal y);
/** Where r is 1, *x and *y change places. */
void in_place_exchange(struct in_place *p, literal r, literal *x, literal *y);
/** A Pauli (z: Z, else X) where x is 1 on a cell whose frame is data. */
void in_place_pauli(struct in_place *p, struct cell *cell, literal x, bool z);
/** x & y for the time of one gate; call again with the result to give it back. */
literal in_place_product(struct in_place *p, literal x, literal y);
void in_place_end_product(struct in_place *p, literal x, literal y, literal product);
/** A copy of x that nothing else in this leaf touches. */
literal in_place_copy(struct in_place *p, literal x);
/** A storage that nothing in this leaf has touched, for what is copied into it before the plan runs. */
literal in_place_import(struct in_place *p);
/** Checks, when the plan runs, that x is 0 everywhere; kind says how (PLAN_GUARD or PLAN_ASSERT). */
void in_place_expect_zero(struct in_place *p, literal x, enum plan_kind kind);

void block_reserve(struct block *block, uint32_t storages);

#endif
