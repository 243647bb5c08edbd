/* extreme.c: the best rows, by a bar that rises: whatever is found above the bar becomes the bar (Durr and Hoyer 1996,
 * arXiv:quant-ph/9607014), or, for the k best, the worst of the k best so far does (Durr, Heiligman, Hoyer and Mhalla 2006,
 * SIAM J. Comput. 35, section 4).
 *
 * What is found is any of the marked rows, each as likely as another, so its rank among them is uniform: if t rows were
 * above the bar, then afterwards 0, 1, ... or t - 1 are, with equal odds. That is all that belief.c need know to go on with
 * the right number of iterations. Where rows have equal keys fewer are left above the bar than that: the odds then are only
 * nearly right, which costs time and nothing else. The first bar is a random row, whose rank is uniform too. The answer is certified as that
 * of any search: nothing is left above the last bar. */
#include "runtime/drive/drive.h"

#include <string.h>

struct best {
    qry_searcher *searcher;
    uint64_t *row; /* the best first */
    int64_t *key;
    size_t count, wanted;
    bool least; /* the best are the least */
};

static bool is_better(const struct best *b, int64_t x, int64_t y) { return b->least ? x < y : x > y; }

/* In front of those that are no better; the last of too many goes. */
static void keep(struct best *b, uint64_t row)
{
    int64_t key = qry_search_key(b->searcher->runs.search, row);
    size_t i = b->count < b->wanted ? b->count++ : b->count - 1;
    for (; i > 0 && is_better(b, key, b->key[i - 1]); i--) {
        b->row[i] = b->row[i - 1];
        b->key[i] = b->key[i - 1];
    }
    b->row[i] = row;
    b->key[i] = key;
}

/* A row at random: for a single best, one look that is worth half of all rows. */
static void start(struct best *b)
{
    qry_searcher *h = b->searcher;
    const qry_search *search = h->runs.search;
    if (b->wanted > 1)
        return;
    uint64_t row = search->low + qry_random_below(&h->runs.random, search->high - search->low + 1);
    h->runs.ledger.score_evaluations++;
    if (!qry_search_matches(h->runs.search, row))
        return;
    keep(b, row);
    qry_search_set_bar(h->runs.search, b->key[0]);
    qry_belief_expect_below(&h->belief, (double)(search->high - search->low + 1));
    qry_searcher_remark(h);
}

/* After a find. The k-th best is the bar; until there are k there is none. */
static void raise_bar(struct best *b)
{
    qry_searcher *h = b->searcher;
    if (b->count < b->wanted)
        return;
    qry_search_set_bar(h->runs.search, b->key[b->count - 1]);
    if (b->wanted == 1)
        qry_belief_rank(&h->belief);
    else /* of t rows above the bar and the k - 1 kept ones, the least was the bar's next */
        qry_belief_expect(&h->belief, qry_belief_mean(&h->belief) * (double)b->wanted / (double)(b->wanted + 1));
    qry_searcher_remark(h);
}

qry_found qry_searcher_best(qry_searcher *h, size_t count, double failure, qry_arena *arena)
{
    uint64_t rows = h->runs.search->high - h->runs.search->low + 1, row;
    size_t wanted = count < rows ? count : (size_t)rows;
    struct best b = {.searcher = h, .wanted = wanted, .least = h->runs.search->kind == QRY_SEARCH_MIN};
    qry_must(wanted > 0 && (wanted == 1 || h->runs.search->keeps_found));
    b.row = qry_arena_alloc(arena, wanted, sizeof *b.row);
    b.key = qry_arena_alloc(arena, wanted, sizeof *b.key);
    qry_search_set_bar(h->runs.search, QRY_NO_BAR);
    qry_searcher_begin(h, -1, failure);
    start(&b);
    while (qry_searcher_find(h, &row)) {
        keep(&b, row);
        raise_bar(&b);
    }
    return (qry_found){b.row, b.count};
}
