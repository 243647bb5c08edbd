/* table.h: the transitions that are known in a world. Private to sim/sparse/. */
#ifndef QRY_TABLE_H
#define QRY_TABLE_H

#include "sim/sparse/engine.h"

/* Keys of what is no definition: no definition has these numbers. */
#define FOLD       UINT32_MAX
#define FIRST_NOTE (FOLD - NOTES)

/** The transition that goes from the state of a key, or one that comes from there backwards; or none. */
struct child table_find(const struct world *world, const struct key *key);
/** Keeps a transition of the present world. Memory of the world that is in use now is its own, until it is dropped. */
void table_keep(struct sparse *sim, struct transition *transition);
/** Frees a child of a composite, with its transition if that is a part. */
void table_free_child(struct sparse *sim, struct world *world, struct child *child);

#endif
