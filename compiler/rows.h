/* rows.h: the value of a formula in many rows, for scans: node by node over a block of rows, so that a scan takes
 * nanoseconds a row where qry_formula_evaluate takes a function call a node. Private to compiler/. */
#ifndef QRY_ROWS_H
#define QRY_ROWS_H

#include "compiler/compiler.h"
#include "compiler/formula.h"

/** Tables of small numbers once more, in 16 bits each: what scans read is what they wait for. */
typedef struct qry_narrow {
    const qry_table *table;
    uint64_t version;
    int16_t *entry; /* as mantissas; NULL: some do not fit */
    int64_t most;   /* no |entry| is more */
} qry_narrow;

typedef struct qry_narrow_book {
    qry_ctx *ctx;
    qry_narrow *narrow;
    size_t count, room;
} qry_narrow_book;

void qry_narrow_free(qry_narrow_book *book);

/** How to evaluate one node, the uniform register being 0. Arena memory; tables may get other data, nodes stay. */
typedef struct qry_rows qry_rows;
qry_rows *qry_rows_new(qry_arena *arena, qry_narrow_book *book, const qry_formula *node);
/** Its values in the rows first .. first + QRY_ROWS - 1, as qry_formula_evaluate has them; first is a multiple of
 *  QRY_ROWS. Valid until the next call. */
const int64_t *qry_rows_values(qry_rows *rows, uint64_t first);

#endif
