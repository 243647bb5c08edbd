/* outcomes.c: what measurements gave, and how often: strings of bits with a weight each, in a hash table. */
#include "sim/sim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct qry_outcomes {
    qry_ctx *ctx;
    size_t words;   /* of one outcome */
    uint64_t *word; /* of all outcomes, one behind the other */
    double *weight;
    size_t count, word_room, weight_room;
    uint32_t
        *slot; /* the hash table: the number of an outcome and 1; a power of two of them, at most half of them used */
    size_t slots;
    uint32_t *order; /* after a sort: the numbers in their order */
};

qry_outcomes *qry_outcomes_new(qry_ctx *ctx, uint32_t bits)
{
    enum { FIRST_SLOTS = 64 };
    qry_outcomes *outcomes = qry_alloc(ctx, 1, sizeof *outcomes);
    outcomes->ctx = ctx;
    outcomes->words = bits ? ((size_t)bits + 63) / 64 : 1;
    outcomes->slots = FIRST_SLOTS;
    outcomes->slot = qry_alloc(ctx, FIRST_SLOTS, sizeof *outcomes->slot);
    return outcomes;
}

void qry_outcomes_free(qry_outcomes *outcomes)
{
    if (!outcomes)
        return;
    qry_ctx *ctx = outcomes->ctx;
    qry_free(ctx, outcomes->word);
    qry_free(ctx, outcomes->weight);
    qry_free(ctx, outcomes->slot);
    qry_free(ctx, outcomes->order);
    qry_free(ctx, outcomes);
}

/* The multiplication and shifts of splitmix64, word by word. */
static uint64_t hash_of(const uint64_t *words, size_t count)
{
    uint64_t h = 0;
    for (size_t i = 0; i < count; i++) {
        h = (h ^ words[i]) + UINT64_C(0x9e3779b97f4a7c15);
        h = (h ^ h >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
        h = (h ^ h >> 27) * UINT64_C(0x94d049bb133111eb);
        h ^= h >> 31;
    }
    return h;
}

/* The slot of an outcome, or the empty one where it belongs. */
static size_t slot_of(const qry_outcomes *o, const uint64_t *words)
{
    size_t at = hash_of(words, o->words) & (o->slots - 1);
    while (o->slot[at] && memcmp(o->word + (o->slot[at] - 1) * o->words, words, o->words * sizeof *words) != 0)
        at = (at + 1) & (o->slots - 1);
    return at;
}

static void widen(qry_outcomes *o)
{
    qry_free(o->ctx, o->slot);
    o->slots *= 2;
    o->slot = qry_alloc(o->ctx, o->slots, sizeof *o->slot);
    for (size_t i = 0; i < o->count; i++)
        o->slot[slot_of(o, o->word + i * o->words)] = (uint32_t)i + 1;
}

void qry_outcomes_add(qry_outcomes *o, const uint64_t *words, double weight)
{
    size_t at = slot_of(o, words);
    if (o->slot[at]) {
        o->weight[o->slot[at] - 1] += weight;
        return;
    }
    qry_must(o->count < UINT32_MAX / 2);
    if (2 * (o->count + 1) > o->slots) {
        widen(o);
        at = slot_of(o, words);
    }
    QRY_GROW(o->ctx, o->word, o->word_room, (o->count + 1) * o->words);
    QRY_GROW(o->ctx, o->weight, o->weight_room, o->count + 1);
    memcpy(o->word + o->count * o->words, words, o->words * sizeof *words);
    o->weight[o->count] = weight;
    o->slot[at] = (uint32_t)++o->count;
}

size_t qry_outcomes_count(const qry_outcomes *outcomes) { return outcomes->count; }

size_t qry_outcomes_words(const qry_outcomes *outcomes) { return outcomes->words; }

/* ---- in order ---- */

/* What the comparison needs, since qsort passes nothing on. */
struct item {
    const uint64_t *word;
    size_t words;
    double weight; /* in millionths of a millionth of all; 0 when weights do not count */
};

static int compare_items(const void *a, const void *b)
{
    const struct item *x = a, *y = b;
    if (x->weight != y->weight)
        return x->weight < y->weight ? 1 : -1;
    for (size_t i = x->words; i-- > 0;)
        if (x->word[i] != y->word[i])
            return x->word[i] < y->word[i] ? -1 : 1;
    return 0;
}

void qry_outcomes_sort(qry_outcomes *o, bool by_weight)
{
    struct item *item = qry_alloc(o->ctx, o->count, sizeof *item);
    double all = 0;
    for (size_t i = 0; i < o->count; i++)
        all += o->weight[i];
    /* Rounded, so that probabilities that are equal but for their last digits are equal. */
    double scale = by_weight && all > 0 ? 1e12 / all : 0;
    for (size_t i = 0; i < o->count; i++)
        item[i] = (struct item){o->word + i * o->words, o->words, rint(o->weight[i] * scale)};
    qsort(item, o->count, sizeof *item, compare_items);
    o->order = qry_resize(o->ctx, o->order, o->count, sizeof *o->order);
    for (size_t i = 0; i < o->count; i++)
        o->order[i] = (uint32_t)((size_t)(item[i].word - o->word) / o->words);
    qry_free(o->ctx, item);
}

const uint64_t *qry_outcomes_at(const qry_outcomes *o, size_t place, double *weight)
{
    qry_must(place < o->count && o->order);
    size_t i = o->order[place];
    *weight = o->weight[i];
    return o->word + i * o->words;
}
