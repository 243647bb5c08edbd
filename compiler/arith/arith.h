/* arith.h: reversible integer arithmetic on qubits. Private to compiler/.
 *
 * Everything is written once, forward, into a list of X, CX and CCX gates; who uses the result takes the list as the
 * body of a definition and calls its inverse afterwards. So intermediate values may stay on their work qubits: only
 * what the inverse restores at no cost (copies, partial products of one addition) is cleaned up on the way.
 *
 * Three ideas carry the rest. A *bit* is a qubit or its complement or a constant, so that NOT is free and constants
 * vanish while gates are written. A *number* is a list of bits. A *heap* is a sum that has not been added up yet: bits
 * with weights, and a constant. A negative weight becomes a positive one of the complemented bit (-b = (1 - b) - 1), so
 * every bit of a heap is added and all constants end in one. Sums, differences, constant multiples, products and
 * squares all are heaps; adding up, comparing with a limit and testing for zero are done to heaps.
 *
 * Given bits (of words, of the address, of earlier results) are never left changed.
 *
 * Cost. `toffoli` counts CCX, `work` the qubits taken at one time, `steps` how many CCX can stand one after the other
 * if none waits for another only to read a given bit. Where there is a choice (qry_heap_collect, qry_heap_number) the
 * smaller volume wins: (steps of the oracle so far + steps) x (qubits so far + work). The carry-save form has fewer and
 * shorter steps, the ripple form fewer qubits; a bucket brigade, which has many qubits and few steps, mostly gets the
 * first, unary iteration the second. */
#ifndef QRY_ARITH_H
#define QRY_ARITH_H

#include "base/base.h"
#include "compiler/arith/cost.h"
#include "qasm/qasm.h"

/* ---- bits ---- */

#define QRY_NO_QUBIT UINT32_MAX

/** A qubit, or its complement; without a qubit the constant `inverted`. */
typedef struct qry_bit {
    qry_qubit qubit;
    bool inverted;
} qry_bit;

static inline qry_bit qry_bit_constant(bool value) { return (qry_bit){QRY_NO_QUBIT, value}; }
static inline qry_bit qry_bit_on(qry_qubit qubit) { return (qry_bit){qubit, false}; }
static inline qry_bit qry_bit_not(qry_bit b) { return (qry_bit){b.qubit, !b.inverted}; }
static inline bool qry_bit_is_constant(qry_bit b) { return b.qubit == QRY_NO_QUBIT; }

/** Bit i has weight 2^i; of a signed number the last has -2^(width-1). */
typedef struct qry_number {
    const qry_bit *bits;
    int width; /* >= 1 */
    bool is_signed;
} qry_number;

/* ---- writing (writer.c) ---- */

/** What is known of a qubit while a heap that holds it is worked on; heap.c, ripple.c. */
struct qry_qubit_note {
    uint64_t heap;    /* which heap the next line is about */
    uint64_t columns; /* in which columns it stands there */
    uint64_t row;     /* the last row of a ripple addition that took it */
    bool flipped;     /* holds its complement for the moment */
};

/** Whether a work qubit is taken now, and in which part it was taken last. */
struct qry_work_note {
    bool live;
    uint64_t part;
};

/** Where gates go, and the pool of work qubits. The qubits below first_work are given. */
typedef struct qry_arith {
    qry_ctx *ctx;
    qry_arena *arena; /* for heaps and bits; the caller's */
    qry_op *ops;
    size_t op_count, op_room;
    qry_qubit first_work;
    uint32_t work;               /* first_work .. first_work + work - 1 have been taken at some time */
    struct qry_work_note *taken; /* by work qubit */
    size_t taken_room;
    qry_qubit *idle; /* given back, zero; the last goes out first */
    size_t idle_count, idle_room;
    struct qry_qubit_note *notes; /* by qubit */
    size_t note_count, note_room;
    uint64_t heaps, rows, parts; /* numbered so far */
    qry_cost around;             /* the oracle that this is a part of, as far as it is known */
} qry_arith;

/** Starts anew; what was written is forgotten, buffers stay. `around` is what a choice looks at. */
void qry_arith_begin(qry_arith *a, qry_ctx *ctx, qry_arena *arena, qry_qubit first_work, qry_cost around);
void qry_arith_free(qry_arith *a);
/** Begins the next part: the list of gates is empty again, qubits stay as they are. */
void qry_arith_begin_part(qry_arith *a);
/** A work qubit in |0>; and back, when it is in |0> again. */
qry_qubit qry_arith_take(qry_arith *a);
void qry_arith_return(qry_arith *a, qry_qubit qubit);
void qry_arith_x(qry_arith *a, qry_qubit target);
void qry_arith_cx(qry_arith *a, qry_qubit control, qry_qubit target);
void qry_arith_ccx(qry_arith *a, qry_qubit first, qry_qubit second, qry_qubit target);
struct qry_qubit_note *qry_arith_note(qry_arith *a, qry_qubit qubit);

/* ---- logic (logic.c) ---- */

/** target ^= x AND y, apart from a constant 1, which is returned: the target then is the complement. CCX unless an
 *  argument is constant or both are one qubit. */
bool qry_bit_add_and(qry_arith *a, qry_bit x, qry_bit y, qry_qubit target);
/** x AND y, x XOR y on a new qubit, or without one where constants or equal bits allow. */
qry_bit qry_bit_and(qry_arith *a, qry_bit x, qry_bit y);
qry_bit qry_bit_xor(qry_arith *a, qry_bit x, qry_bit y);
/** AND of all bits as a balanced tree: count - 1 CCX and work qubits, ceil(log2 count) steps. No bits: true. */
qry_bit qry_bits_and(qry_arith *a, const qry_bit *bits, size_t count);
/** OR, by the complements: the same cost. No bits: false. */
qry_bit qry_bits_or(qry_arith *a, const qry_bit *bits, size_t count);
/** choice ? x : y. One CCX and work qubit; none where a constant decides or x and y are equal or opposite. */
qry_bit qry_bit_select(qry_arith *a, qry_bit choice, qry_bit x, qry_bit y);

/* ---- sums (heap.c, compress.c, ripple.c) ---- */

enum { QRY_HEAP_COLUMNS = 64 };

/** A sum not added up yet, modulo 2^width. Arena memory; may be added to until it is collected, added up or compared. */
typedef struct qry_heap qry_heap;

/** width <= QRY_HEAP_COLUMNS. What weighs 2^width or more is left out, so width should be no more than the result's
 *  interval asks for, whatever the sum passes through on its way. */
qry_heap *qry_heap_new(qry_arith *a, int width);
void qry_heap_add_constant(qry_heap *heap, int64_t value);
/** + 2^weight * bit, or -. */
void qry_heap_add_bit(qry_heap *heap, qry_bit bit, int weight, bool negative);
/** + factor * x: the bits once for every canonical signed digit of the factor. */
void qry_heap_add_number(qry_heap *heap, const qry_number *x, int64_t factor);
/** + 2^shift * x * y, or -: width(x) * width(y) partial products, a CCX each. x == y: a square, half as many. */
void qry_heap_add_product(qry_heap *heap, const qry_number *x, const qry_number *y, int shift, bool negative);
/** + factor * |x|: x XOR sign, on width - 1 work qubits, and the sign. */
void qry_heap_add_abs(qry_heap *heap, const qry_number *x, int64_t factor);
/** Digits -1, 0, 1 of a number, no two neighbours both nonzero, lowest first: at most 65 of them. Returns how many. */
int qry_signed_digits(int64_t value, int8_t digits[65]);

/** Whether some column holds more than two bits: then adding up is worth a definition of its own. */
bool qry_heap_is_tall(const qry_heap *heap);
/** Adds up all but the constant; after that every column holds at most one bit. */
void qry_heap_collect(qry_heap *heap);
/** The sum as a number of the heap's width. Consumes the heap. */
qry_number qry_heap_number(qry_heap *heap, bool is_signed);
/** The last bit of the sum, as a sign: whether it is negative, if -2^(width-1) <= sum < 2^(width-1). Consumes the heap.
 *  The carry chain alone, sums left out: a register of w bits against a constant takes at most w - 1 CCX, two
 *  registers w. */
qry_bit qry_heap_is_negative(qry_heap *heap);
/** Whether the sum is a multiple of 2^width: zero, if -2^width < sum < 2^width. Consumes the heap. Two registers of w
 *  bits: w - 1 CCX. */
qry_bit qry_heap_is_zero(qry_heap *heap);

/** What adding up bits from .. to-1 of heap + constant, modulo 2^to, costs by carry-save adders: per column of h bits
 *  floor(h / 2) CCX and carries, none in the last column, one CCX a partial product; exact, but for a carry that meets
 *  its own bit in the next column. */
qry_cost qry_heap_compress_cost(const qry_heap *heap, uint64_t constant, int from, int to);
/** What adding up the columns below `columns`, modulo 2^columns, costs by ripple adders, one row of bits after the other
 *  into an accumulator. A row of n bits: 2n - 2 CCX, with e >= 1 more accumulator bits to carry through 2n + 2(e - 1),
 *  and two a partial product. Exact. */
qry_cost qry_heap_ripple_cost(const qry_heap *heap, int columns);

/* ---- numbers (number.c, lookup.c) ---- */

/** The constant in as few bits as hold it. */
qry_number qry_number_constant(qry_arith *a, int64_t value);
/** A view: width bits, sign or zeros continued; no gates. width may be less: then modulo 2^width. */
qry_number qry_number_resize(qry_arith *a, const qry_number *x, int width, bool is_signed);
/** A view of floor(x / 2^drop). */
qry_number qry_number_floor(qry_arith *a, const qry_number *x, int drop);
/** choice ? x : y in `width` bits: a CCX and a work qubit a bit in which they differ. */
qry_number qry_number_select(qry_arith *a, qry_bit choice, const qry_number *x, const qry_number *y, int width,
                             bool is_signed);
/** values[index - first], `count` of them, in `width` bits; an index of at most 20 bits that lies among them. At most
 *  2^bits - 2 CCX and as many to take them back, bits - 1 work qubits given back, and the result's. */
qry_number qry_number_lookup(qry_arith *a, const qry_number *index, int64_t first, const int64_t *values,
                             uint64_t count, int width, bool is_signed);
/** The larger, the smaller: a comparison of the two and a selection. */
qry_number qry_number_max(qry_arith *a, const qry_number *x, const qry_number *y, int width, bool is_signed);
qry_number qry_number_min(qry_arith *a, const qry_number *x, const qry_number *y, int width, bool is_signed);

#endif
