/* nearest.h: what a person may have meant who wrote a name that does not exist. Private to compiler/. */
#ifndef QRY_NEAREST_H
#define QRY_NEAREST_H

#include "base/base.h"

/* The nearest word so far. */
struct nearest {
    const char *name;
    size_t length, distance;
    const char *best;
};

struct nearest qry_nearest_to(const char *name);
void qry_nearest_consider(struct nearest *nearest, const char *word);
/** "did you mean 'tau'?", or NULL when nothing was near. */
const char *qry_nearest_question(qry_arena *arena, const struct nearest *nearest);

/** All three for count words, of which some may be NULL. */
const char *qry_nearest_word(qry_arena *arena, const char *name, const char *const *words, size_t count);

#endif
