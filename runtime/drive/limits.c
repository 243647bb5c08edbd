/* limits.c: what no engine can run is refused before it starts, with a way out. */
#include "runtime/drive/drive.h"

#include <math.h>

/* What the engines take for an amplitude, with the planes of a comparison and what shots are drawn from: 1.7 GB were
 * measured at 2^24. */
static const double amplitude_bytes = 100;

/* And for a row and a qubit of arithmetic: 2 bits, for planes there and back (0.2 GB at 2^20 rows and 459 qubits). */
static const double work_bytes = 0.25;

/* Rows that are scanned: at some ten million a second, minutes. */
static const double most_scanned = 0x1p32;

/* Rows and uniform register are in superposition all the time, and all of their states are different. */
void qry_require_state(qry_ctx *ctx, const qry_search *search, uint32_t counting)
{
    uint32_t bits = search->address + search->uniform + counting;
    double bytes =
        ldexp(amplitude_bytes, (int)bits) + ldexp(work_bytes * qry_search_work(search), (int)search->address);
    if (qry_memory_fits(bytes))
        return;
    const char *hint = search->uniform
                           ? "drop low bits of the number with \"as\", take encoding = flags, or --engine oracle"
                           : "take --engine oracle, which scans the rows instead";
    qry_error_at(ctx, qry_search_span(search), counting ? "take the method iterative" : hint,
                 "2^%u amplitudes take %.3g GB, more than there is: %u qubits of rows, %u of a uniform number%s", bits,
                 bytes / 1e9, search->address, search->uniform, counting ? ", the others count" : "");
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
