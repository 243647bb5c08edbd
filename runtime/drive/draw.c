/* draw.c: rows drawn with given probabilities, `sample one`.
 *
 * By amplitude amplification: every state (j, r) with r < p_j is marked, so p_j 2^b of the 2^b states of row j are; any
 * marked state that a search finds is one of them with equal odds, whatever the number of iterations was. So every draw is
 * exact and independent of the others; what earlier draws tell is only how many iterations are best.
 *
 * By a race: key_j = ln p_j + g_j, with g_j stored independent Gumbel variates (-ln of an exponential one), is greatest at j
 * with probability p_j / sum p (Gumbel 1954). New variates for every draw. No exponential in the oracle, but 2^m words to be written for every draw. */
#include "runtime/drive/drive.h"

static bool draw_by_race(qry_searcher *h, double failure, qry_arena *arena, uint64_t *row)
{
    qry_search_draw(h->runs.search, &h->runs.random);
    qry_found found = qry_searcher_best(h, 1, failure, arena);
    if (found.count)
        *row = found.row[0];
    return found.count > 0;
}

qry_found qry_searcher_draw(qry_searcher *h, size_t count, double failure, qry_arena *arena)
{
    bool race = h->runs.search->method == QRY_METHOD_RACE;
    qry_found draws = {qry_arena_alloc(arena, count + 1, sizeof *draws.row), 0};
    if (!race)
        qry_searcher_begin(h, h->runs.search->expect ? (double)h->runs.search->expect : -1, failure);
    while (draws.count < count) {
        uint64_t *row = &draws.row[draws.count];
        if (race ? draw_by_race(h, failure / (double)count, arena, row) : qry_searcher_find(h, row))
            draws.count++;
        else if (draws.count == 0 || h->stopped) /* else some row has weight: the certificate erred */
            break;
    }
    return draws;
}
