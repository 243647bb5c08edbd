/* oracle.c: the engine that knows the answer. A circuit of a search ends in each marked state with one probability and in
 * each other state with another, so its outcome can be drawn without running it, once a scan has told what is marked. With
 * a uniform register a row is marked in part, by its weight. */
#include "runtime/drive/drive.h"

#include <math.h>

static void init_rows(qry_scan *scan)
{
    scan->row = qry_alloc(scan->ctx, scan->rows, sizeof *scan->row);
    scan->place = qry_alloc(scan->ctx, scan->rows, sizeof *scan->place);
    for (uint64_t i = 0; i < scan->rows; i++) {
        if (i % QRY_SCAN_STRETCH == 0)
            qry_check_interrupt(scan->ctx);
        scan->row[i] = scan->place[i] = i;
    }
}

void qry_scan_init(qry_scan *scan, qry_ctx *ctx, const qry_search *search)
{
    *scan = (qry_scan){.ctx = ctx, .rows = UINT64_C(1) << search->address};
    qry_memory_require(ctx, ldexp(2 * sizeof(uint64_t), (int)search->address), "the list of all rows");
    if (search->uniform)
        scan->weight = qry_alloc(ctx, scan->rows + 1, sizeof *scan->weight);
    else
        init_rows(scan);
}

void qry_scan_free(qry_scan *scan)
{
    if (!scan->ctx)
        return;
    qry_free(scan->ctx, scan->row);
    qry_free(scan->ctx, scan->place);
    qry_free(scan->ctx, scan->weight);
}

static void move_to(qry_scan *scan, uint64_t row, uint64_t place)
{
    uint64_t other = scan->row[place], from = scan->place[row];
    scan->row[from] = other;
    scan->place[other] = from;
    scan->row[place] = row;
    scan->place[row] = place;
}

void qry_scan_mark(qry_scan *scan, uint64_t row, bool marked)
{
    if ((scan->place[row] < scan->marked) == marked)
        return;
    if (marked)
        move_to(scan, row, scan->marked++);
    else
        move_to(scan, row, --scan->marked);
}

void qry_scan_weigh(qry_scan *scan, qry_search *search)
{
    for (uint64_t j = 0; j < scan->rows; j++) {
        if (j % QRY_SCAN_STRETCH == 0)
            qry_check_interrupt(scan->ctx);
        scan->weight[j + 1] = scan->weight[j] + qry_search_weight(search, j);
    }
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
    uint64_t first = hit ? 0 : scan->marked, count = hit ? scan->marked : scan->rows - scan->marked;
    *row = scan->row[first + qry_random_below(random, count)];
    return hit;
}
