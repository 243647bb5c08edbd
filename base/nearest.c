/* nearest.c: what a person may have meant who wrote a word that does not exist: the nearest by typing mistakes. */
#include "base_internal.h"

#include <string.h>

enum { LONGEST = 64 };

static size_t least(size_t a, size_t b) { return a < b ? a : b; }

/* Insertions, deletions, replacements and exchanges of neighbours that lead from a to b. */
static size_t distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][LONGEST + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];
    for (size_t k = 0; k <= b_length; k++)
        last[k] = k;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t k = 1; k <= b_length; k++) {
            row[k] = least(last[k - 1] + (a[i - 1] != b[k - 1]), least(last[k], row[k - 1]) + 1);
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1])
                row[k] = least(row[k], before[k - 2] + 1);
        }
        size_t *free_row = before;
        before = last;
        last = row;
        row = free_row;
    }
    return last[b_length];
}

void qry_nearest_consider(qry_nearest *nearest, const char *word)
{
    size_t length = strlen(word), longer = length > nearest->length ? length : nearest->length;
    if (longer > LONGEST || strcmp(word, nearest->name) == 0)
        return;
    size_t d = distance(nearest->name, nearest->length, word, length);
    if (d < nearest->distance && 2 * d < longer) {
        nearest->distance = d;
        nearest->best = word;
    }
}

qry_nearest qry_nearest_to(const char *name) { return (qry_nearest){name, strlen(name), 3, NULL}; }

const char *qry_nearest_question(qry_arena *arena, const qry_nearest *nearest)
{
    return nearest->best ? qry_arena_printf(arena, "did you mean '%s'?", nearest->best) : NULL;
}

const char *qry_nearest_word(qry_arena *arena, const char *name, const char *const *words, size_t count)
{
    qry_nearest nearest = qry_nearest_to(name);
    for (size_t i = 0; i < count; i++)
        if (words[i])
            qry_nearest_consider(&nearest, words[i]);
    return qry_nearest_question(arena, &nearest);
}
