/* graph.h: planes as values. Equal values are one (hash-consing), so cleanness and inverses are proved while a segment
 * is planned, and only what is wanted in the end is ever computed.
 *
 * One-hot reasoning makes a bucket-brigade query nearly free: routing a plane p by a router r splits it into p & ~r and
 * p & r; routing back joins two such parts to p again, or, for the data, to the sum of two disjoint parts with nothing
 * left on the other side. A joined value remembers its parts, so the next split finds them. All facts hold for every
 * content of the inputs: they follow from how values were made. */
#ifndef QRY_GRAPH_H
#define QRY_GRAPH_H

#include "sim/sparse/sparse.h"

/** ctx: takes the memory; plans may be made by another thread than the graph's creator, so it must not be shared. */
struct graph *graph_new(qry_ctx *ctx);
void graph_free(struct graph *graph);
size_t graph_size(const struct graph *graph);

/** A value that is given: the content of a storage. */
literal graph_input(struct graph *graph, uint32_t storage);
literal graph_xor(struct graph *graph, literal a, literal b);
literal graph_and(struct graph *graph, literal a, literal b);
/** Where r is 1, *x and *y change places. */
void graph_exchange(struct graph *graph, literal r, literal *x, literal *y);

/** A storage for a content that stays: one that was given back, or the next (*used grows). */
uint32_t graph_storage(struct graph *graph, uint32_t *used);
/** The storage of a value that is an input or kept, whatever its inversion; 0: it is nowhere. */
uint32_t graph_place(const struct graph *graph, literal x);
/** How many storages were given back and not taken again. */
size_t graph_spare(const struct graph *graph);

/** Says that what follows is another segment: values of earlier ones that it uses are worth keeping when computed. */
void graph_begin_segment(struct graph *graph);
/** Forgets all values from the size on that graph_size gave earlier. */
void graph_forget(struct graph *graph, size_t size);

/** Plans the computation of `wanted` from inputs and kept values. result[i]: the storage of wanted[i]; constants get
 *  STORE_ZERO or STORE_ONES. Scratch storages are taken from graph_scratch on; returned is the first that stays unused.
 *  keep: values that cross segments, and wanted ones, get storages of their own (*used grows) and are not computed
 *  again; the plan must then be run at once. */
uint32_t graph_plan(struct graph *graph, const literal *wanted, size_t count, bool keep, uint32_t *used,
                    struct plan_builder *builder, uint32_t *result);

/** Where scratch storages begin, with some room below for what will stay. A plan may be run again as long as this is
 *  what it was after the plan was made: then its scratch has not become the place of anything that stays. */
uint32_t graph_scratch(const struct graph *graph);

#endif
