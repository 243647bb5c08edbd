/* oracle.c: the engine that knows the answer. A circuit of a search ends in each marked state with one probability and in
 * each other state with another, so its outcome can be drawn without running it, once a scan has told what is marked. With
 * a uniform register a row is marked in part, by its weight. */
#include "runtime/drive/drive.h"

#include <math.h>
#include <string.h>

enum { WORD = 64 };

static size_t stretches_of(const qry_scan *scan) { return (scan->rows + QRY_SCAN_STRETCH - 1) / QRY_SCAN_STRETCH; }

void qry_scan_init(qry_scan *scan, qry_ctx *ctx, const qry_search *search)
{
    *scan = (qry_scan){.ctx = ctx, .rows = UINT64_C(1) << search->address};
    if (search->uniform) {
        qry_memory_require(ctx, ldexp(sizeof(double), (int)search->address), "the weights of all rows");
        scan->weight = qry_alloc(ctx, scan->rows + 1, sizeof *scan->weight);
        return;
    }
    qry_memory_require(ctx, ldexp(1, (int)search->address) / 8, "the marks of all rows");
    scan->count = qry_alloc(ctx, stretches_of(scan), sizeof *scan->count);
    scan->word = qry_alloc(ctx, stretches_of(scan), QRY_SCAN_STRETCH / 8);
}

void qry_scan_free(qry_scan *scan)
{
    if (!scan->ctx)
        return;
    qry_free(scan->ctx, scan->word);
    qry_free(scan->ctx, scan->count);
    qry_free(scan->ctx, scan->weight);
}

/* ---- reading ---- */

static void mark_rows(qry_scan *scan, qry_search *search, const uint8_t *alive, uint64_t first)
{
    uint8_t marked[QRY_ROWS];
    qry_search_mark_rows(search, first, marked);
    for (uint64_t k = 0; k < QRY_ROWS; k++) {
        uint64_t row = first + k;
        if (!marked[k] || (alive && !alive[row - search->low])) /* what is marked is in the domain */
            continue;
        scan->word[row / WORD] |= UINT64_C(1) << row % WORD;
        scan->count[row / QRY_SCAN_STRETCH]++;
        scan->marked++;
    }
}

static void weigh_rows(qry_scan *scan, qry_search *search, uint64_t first)
{
    double weight[QRY_ROWS];
    qry_search_weigh_rows(search, first, weight);
    for (uint64_t row = first; row < first + QRY_ROWS && row < scan->rows; row++)
        scan->weight[row + 1] = scan->weight[row] + weight[row - first];
}

void qry_scan_read(qry_scan *scan, qry_search *search, const uint8_t *alive)
{
    if (!scan->weight) {
        scan->marked = 0;
        memset(scan->count, 0, stretches_of(scan) * sizeof *scan->count);
        memset(scan->word, 0, stretches_of(scan) * (QRY_SCAN_STRETCH / 8));
    }
    for (uint64_t first = 0; first < scan->rows; first += QRY_ROWS) {
        if (first % QRY_SCAN_STRETCH == 0)
            qry_check_interrupt(scan->ctx);
        if (scan->weight)
            weigh_rows(scan, search, first);
        else
            mark_rows(scan, search, alive, first);
    }
}

void qry_scan_take(qry_scan *scan, uint64_t row)
{
    uint64_t bit = UINT64_C(1) << row % WORD;
    qry_must(scan->word[row / WORD] & bit);
    scan->word[row / WORD] &= ~bit;
    scan->count[row / QRY_SCAN_STRETCH]--;
    scan->marked--;
}

/* ---- drawing ---- */

/* The row before which there are so many marked ones, or so many others, in the order of the rows: first the stretch, then
 * the word, then the bit. */
static uint64_t row_after(const qry_scan *scan, bool marked, uint64_t before)
{
    uint64_t stretch = 0, count;
    for (;; stretch++, before -= count) {
        count = marked ? scan->count[stretch] : QRY_SCAN_STRETCH - scan->count[stretch];
        if (before < count)
            break;
    }
    uint64_t at = stretch * (QRY_SCAN_STRETCH / WORD), word;
    for (;; at++, before -= count) {
        word = marked ? scan->word[at] : ~scan->word[at];
        count = (uint64_t)__builtin_popcountll(word);
        if (before < count)
            break;
    }
    for (; before > 0; before--)
        word &= word - 1;
    return at * WORD + (uint64_t)__builtin_ctzll(word);
}

double qry_scan_fraction(const qry_scan *scan)
{
    return (scan->weight ? scan->weight[scan->rows] : (double)scan->marked) / (double)scan->rows;
}

/* The row in whose part of all weights a point lies. */
static uint64_t row_at(const qry_scan *scan, double point)
{
    uint64_t low = 0, high = scan->rows - 1;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (point < scan->weight[middle + 1])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

bool qry_scan_draw(const qry_scan *scan, double probability, qry_random *random, uint64_t *row)
{
    double fraction = qry_scan_fraction(scan);
    bool hit = qry_random_unit(random) < probability;
    if (fraction <= 0 || fraction >= 1)
        hit = fraction > 0;
    if (scan->weight) {
        *row = hit ? row_at(scan, qry_random_unit(random) * scan->weight[scan->rows]) : 0;
        return hit;
    }
    *row = row_after(scan, hit, qry_random_below(random, hit ? scan->marked : scan->rows - scan->marked));
    return hit;
}
