/* map.h: a hash table from 64-bit keys to 32-bit values, and on top of it a set of names with numbers. Private to
 * qasm/. */
#ifndef QRY_MAP_H
#define QRY_MAP_H

#include "base/base.h"

typedef struct qry_map {
    qry_ctx *ctx;
    struct qry_map_slot *slots; /* a power of two of them, at most half in use */
    size_t count, room;
} qry_map;

void qry_map_free(qry_map *map);
/** The value of a key, 0 when the key is new; valid until the next call. A value that stays 0 costs its place. */
uint32_t *qry_map_at(qry_map *map, uint64_t key);
/** Two numbers as a key. */
static inline uint64_t qry_map_pair(uint32_t a, uint32_t b) { return (uint64_t)a << 32 | b; }

/** Names, each once, numbered from 0 in the order in which they came. */
typedef struct qry_names {
    qry_arena *arena; /* holds the texts */
    qry_map map;
    const char **text;
    size_t count, room;
} qry_names;

void qry_names_init(qry_names *names, qry_arena *arena);
/** Frees what is not in the arena. */
void qry_names_free(qry_names *names);
/** The number of a name, which is added when it is new. */
uint32_t qry_names_number(qry_names *names, const char *name);
bool qry_names_has(qry_names *names, const char *name);
/** Adds a name; false when it is there already. */
bool qry_names_add(qry_names *names, const char *name);

#endif
