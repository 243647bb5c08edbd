/* heap.h: the inside of a heap. Private to arith/. */
#ifndef QRY_HEAP_H
#define QRY_HEAP_H

#include "compiler/arith/arith.h"

/** (x AND y) XOR inverted; a bit alone has y = 1 and no inversion of its own. */
struct qry_heap_item {
    qry_bit x, y;
    bool inverted;
};

/** Bits of one weight. Items are given bits and partial products not computed yet; carries are work qubits that
 *  compress.c has made and may overwrite. */
struct qry_heap_column {
    struct qry_heap_item *items;
    size_t count, room;
    qry_bit *carries;
    size_t carry_count, carry_room;
};

struct qry_heap {
    qry_arith *arith;
    uint64_t number; /* for notes */
    int width;
    struct qry_heap_column column[QRY_HEAP_COLUMNS];
    uint64_t constant; /* modulo 2^64 */
    qry_u128 maximum;  /* of the bits together, the constant apart */
};

static inline bool qry_heap_item_is_product(const struct qry_heap_item *item) { return !qry_bit_is_constant(item->y); }
/** Columns that the sum of the bits reaches. */
int qry_heap_columns(const qry_heap *heap);
/** Bits of a number. */
int qry_u128_bits(qry_u128 value);
void qry_heap_add_item(qry_heap *heap, struct qry_heap_item item, int weight);
void qry_heap_add_carry(qry_heap *heap, qry_bit carry, int weight);
/** Takes out everything, but not the constant. */
void qry_heap_clear(qry_heap *heap);

/** compress.c: bits from .. to-1 of the sum, constant included, modulo 2^to into out. Leaves the heap empty. */
void qry_heap_compress(qry_heap *heap, int from, int to, qry_bit *out);
/** ripple.c: adds up columns 0 .. columns-1 modulo 2^columns; the sum replaces what was there. */
void qry_heap_ripple(qry_heap *heap, int columns);

#endif
