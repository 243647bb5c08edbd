/* oracle.c: the engine that knows the answer. A circuit of a search ends in each marked state with one probability and in
 * each other state with another, so its outcome can be drawn without running it, once a scan has told what is marked. */
#include "runtime/drive/drive.h"

#include <math.h>

void qry_scan_init(qry_scan *scan, qry_ctx *ctx, uint32_t address)
{
    qry_memory_require(ctx, ldexp(2 * sizeof(uint64_t), (int)address), "the list of all states");
    *scan = (qry_scan){.ctx = ctx, .states = UINT64_C(1) << address};
    scan->state = qry_alloc(ctx, scan->states, sizeof *scan->state);
    scan->place = qry_alloc(ctx, scan->states, sizeof *scan->place);
    for (uint64_t i = 0; i < scan->states; i++) {
        if (i % QRY_SCAN_STRETCH == 0)
            qry_check_interrupt(ctx);
        scan->state[i] = scan->place[i] = i;
    }
}

void qry_scan_free(qry_scan *scan)
{
    if (!scan->ctx)
        return;
    qry_free(scan->ctx, scan->state);
    qry_free(scan->ctx, scan->place);
}

static void move_to(qry_scan *scan, uint64_t state, uint64_t place)
{
    uint64_t other = scan->state[place], from = scan->place[state];
    scan->state[from] = other;
    scan->place[other] = from;
    scan->state[place] = state;
    scan->place[state] = place;
}

void qry_scan_mark(qry_scan *scan, uint64_t state, bool marked)
{
    if ((scan->place[state] < scan->marked) == marked)
        return;
    if (marked)
        move_to(scan, state, scan->marked++);
    else
        move_to(scan, state, --scan->marked);
}

uint64_t qry_scan_draw(const qry_scan *scan, double probability, qry_random *random)
{
    bool hit = qry_random_unit(random) < probability;
    if (scan->marked == 0 || scan->marked == scan->states)
        hit = scan->marked > 0;
    uint64_t first = hit ? 0 : scan->marked, count = hit ? scan->marked : scan->states - scan->marked;
    return scan->state[first + qry_random_below(random, count)];
}
