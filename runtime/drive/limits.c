/* limits.c: what no engine can run is refused before it starts, with a way out. */
#include "runtime/drive/drive.h"

#include <math.h>

/* Of an amplitude, in single precision. */
enum { AMPLITUDE_BYTES = 8 };

/* Rows that are scanned: at some ten million a second, minutes. */
static const double most_scanned = 0x1p32;

/* Rows and uniform register are in superposition all the time, and all of their states are different. */
void qry_require_state(qry_ctx *ctx, const qry_search *search, uint32_t counting)
{
    uint32_t bits = search->address + search->uniform + counting;
    double bytes = ldexp(AMPLITUDE_BYTES, (int)bits);
    if (qry_memory_fits(bytes))
        return;
    const char *hint = search->uniform ? "drop low bits of the number with \"as\", or take --engine oracle"
                                       : "take --engine oracle, which scans the rows instead";
    qry_error_at(ctx, qry_search_span(search), counting ? "take the method iterative" : hint,
                 "2^%u amplitudes do not fit into memory: %u qubits of rows, %u of a uniform number%s", bits,
                 search->address, search->uniform, counting ? ", the others count" : "");
    qry_give_up(ctx);
}

void qry_require_scan(qry_ctx *ctx, const qry_search *search)
{
    double rows = (double)(search->high - search->low) + 1;
    if (rows <= most_scanned)
        return;
    qry_error_at(ctx, qry_search_span(search), "take the other engine, which runs the circuit",
                 "--engine oracle scans all rows, and %.10g are too many", rows);
    qry_give_up(ctx);
}
