/* ripple.c: addition into one accumulator, a row of bits at a time, by Cuccaro's adder (Cuccaro, Draper, Kutin and
 * Moulton 2004): majorities up, carries in the row's own qubits, then all of it undone but the sum. A row takes one bit
 * of every column in a stretch, whatever word it is from; a second bit of its lowest column serves as the carry in. The
 * first row is copied. The accumulator has only the bits that the sum can reach so far. */
#include "compiler/arith/heap.h"

#include <string.h>

struct row {
    int first, count; /* columns first .. first + count - 1 */
    bool has_carry_in;
    int top; /* the accumulator's bits after it */
    struct qry_heap_item item[QRY_HEAP_COLUMNS], carry_in;
};

/* What is left of each column while rows are made; items before `used` have been taken. */
struct stack {
    qry_heap *heap;
    int columns;
    size_t used[QRY_HEAP_COLUMNS];
    qry_u128 maximum; /* of the accumulator */
};

static qry_u128 power(int exponent) { return (qry_u128)1 << exponent; }
static int smaller(int a, int b) { return a < b ? a : b; }

/* An item of column k whose qubit this row does not hold yet. Products stand on qubits of their own. */
static bool take_item(struct stack *s, int k, uint64_t row, struct qry_heap_item *item)
{
    struct qry_heap_column *c = &s->heap->column[k];
    for (size_t i = s->used[k]; i < c->count; i++) {
        struct qry_heap_item found = c->items[i];
        if (!qry_heap_item_is_product(&found)) {
            struct qry_qubit_note *note = qry_arith_note(s->heap->arith, found.x.qubit);
            if (note->row == row)
                continue;
            note->row = row;
        }
        c->items[i] = c->items[s->used[k]];
        c->items[s->used[k]++] = *item = found;
        return true;
    }
    return false;
}

/* The first row: one item of every column that has any, whatever it is. */
static void make_copied_row(struct stack *s, struct row *row, bool taken[QRY_HEAP_COLUMNS])
{
    for (int k = 0; k < s->columns; k++) {
        taken[k] = s->heap->column[k].count > 0;
        if (!taken[k])
            continue;
        row->item[k] = s->heap->column[k].items[s->used[k]++];
        s->maximum += power(k);
    }
    row->top = smaller(qry_u128_bits(s->maximum), s->columns);
}

static size_t height(const struct stack *s, int k) { return s->heap->column[k].count - s->used[k]; }

/* Where a row should end: at the last column at least half as tall as the tallest. Carries through the accumulator cost
 * as much as bits, and it is shortest as long as the high columns wait. */
static int last_tall_column(const struct stack *s)
{
    size_t tallest = 0;
    int last = 0;
    for (int k = 0; k < s->columns; k++)
        tallest = height(s, k) > tallest ? height(s, k) : tallest;
    for (int k = 0; k < s->columns; k++)
        if (2 * height(s, k) >= tallest)
            last = k;
    return last;
}

static bool make_row(struct stack *s, struct row *row)
{
    uint64_t number = ++s->heap->arith->rows;
    int k = 0, last = last_tall_column(s);
    while (k < s->columns && height(s, k) == 0)
        k++;
    if (k == s->columns)
        return false;
    row->first = k;
    for (row->count = 0; k <= last && take_item(s, k, number, &row->item[row->count]); k++) {
        s->maximum += power(k);
        row->count++;
    }
    row->has_carry_in = take_item(s, row->first, number, &row->carry_in);
    if (row->has_carry_in)
        s->maximum += power(row->first);
    row->top = smaller(qry_u128_bits(s->maximum), s->columns);
    return true;
}

/* The accumulator, and what is needed for a row. */
struct ripple {
    qry_arith *arith;
    qry_qubit sum[QRY_HEAP_COLUMNS];
    int bits; /* of it taken so far */
};

static void widen(struct ripple *r, int bits)
{
    for (; r->bits < bits; r->bits++)
        r->sum[r->bits] = qry_arith_take(r->arith);
}

/* Complements are made where a row needs them and undone when the next row needs the qubit plain, or at the end. */
static void set_flipped(qry_arith *a, qry_qubit qubit, bool flipped)
{
    struct qry_qubit_note *note = qry_arith_note(a, qubit);
    if (note->flipped != flipped)
        qry_arith_x(a, qubit);
    note->flipped = flipped;
}

static qry_bit as_it_is(qry_arith *a, qry_bit bit)
{
    if (!qry_bit_is_constant(bit) && qry_arith_note(a, bit.qubit)->flipped)
        bit.inverted = !bit.inverted;
    return bit;
}

/* target ^= item. */
static void add_plain(qry_arith *a, const struct qry_heap_item *item, qry_qubit target)
{
    if (qry_bit_add_and(a, as_it_is(a, item->x), as_it_is(a, item->y), target) != item->inverted)
        qry_arith_x(a, target);
}

/* A qubit that holds the item: its own, or for a product one from the pool. */
static qry_qubit hold(qry_arith *a, const struct qry_heap_item *item)
{
    if (qry_heap_item_is_product(item)) {
        qry_qubit product = qry_arith_take(a);
        add_plain(a, item, product);
        return product;
    }
    set_flipped(a, item->x.qubit, item->x.inverted);
    return item->x.qubit;
}

static void let_go(qry_arith *a, const struct qry_heap_item *item, qry_qubit qubit)
{
    if (!qry_heap_item_is_product(item))
        return;
    bool inverted = qry_bit_add_and(a, as_it_is(a, item->x), as_it_is(a, item->y), qubit) != item->inverted;
    if (inverted)
        qry_arith_x(a, qubit);
    qry_arith_return(a, qubit);
}

/* Cuccaro's two blocks. Majority: carry, sum and bit become sum of the two, their XOR, the next carry. */
static void majority(qry_arith *a, qry_qubit carry, qry_qubit sum, qry_qubit bit)
{
    qry_arith_cx(a, bit, sum);
    qry_arith_cx(a, bit, carry);
    qry_arith_ccx(a, carry, sum, bit);
}

static void unmajority_and_add(qry_arith *a, qry_qubit carry, qry_qubit sum, qry_qubit bit)
{
    qry_arith_ccx(a, carry, sum, bit);
    qry_arith_cx(a, bit, carry);
    qry_arith_cx(a, carry, sum);
}

/* sum[from .. to-1] += carry, to > from. */
static void carry_through(qry_arith *a, qry_qubit carry, const qry_qubit *sum, int from, int to)
{
    qry_qubit into[QRY_HEAP_COLUMNS]; /* the carry into each */
    into[from] = carry;
    for (int k = from + 1; k < to; k++) {
        into[k] = qry_arith_take(a);
        qry_arith_ccx(a, into[k - 1], sum[k - 1], into[k]);
    }
    for (int k = to - 1; k >= from; k--) {
        qry_arith_cx(a, into[k], sum[k]);
        if (k > from) {
            qry_arith_ccx(a, into[k - 1], sum[k - 1], into[k]);
            qry_arith_return(a, into[k]);
        }
    }
}

static void add_row(struct ripple *r, const struct row *row)
{
    qry_arith *a = r->arith;
    qry_qubit bit[QRY_HEAP_COLUMNS + 1]; /* bit[0]: the carry in, bit[i + 1]: of column first + i */
    int first = row->first, n = row->count, end = first + n;
    widen(r, row->top);
    bit[0] = row->has_carry_in ? hold(a, &row->carry_in) : qry_arith_take(a);
    for (int i = 0; i < n; i++)
        bit[i + 1] = hold(a, &row->item[i]);
    int whole = row->top > end ? n : n - 1; /* the last column needs no majority when nothing carries out of it */
    for (int i = 0; i < whole; i++)
        majority(a, bit[i], r->sum[first + i], bit[i + 1]);
    if (row->top > end) {
        carry_through(a, bit[n], r->sum, end, row->top);
    } else {
        qry_arith_cx(a, bit[n], r->sum[end - 1]);
        qry_arith_cx(a, bit[n - 1], r->sum[end - 1]);
    }
    for (int i = whole - 1; i >= 0; i--)
        unmajority_and_add(a, bit[i], r->sum[first + i], bit[i + 1]);
    for (int i = n - 1; i >= 0; i--)
        let_go(a, &row->item[i], bit[i + 1]);
    if (row->has_carry_in)
        let_go(a, &row->carry_in, bit[0]);
    else
        qry_arith_return(a, bit[0]);
}

static void unflip(const qry_heap *heap, int columns)
{
    for (int k = 0; k < columns; k++)
        for (size_t i = 0; i < heap->column[k].count; i++)
            if (!qry_heap_item_is_product(&heap->column[k].items[i]))
                set_flipped(heap->arith, heap->column[k].items[i].x.qubit, false);
}

void qry_heap_ripple(qry_heap *heap, int columns)
{
    struct stack s = {.heap = heap, .columns = columns};
    struct ripple r = {.arith = heap->arith};
    struct row row;
    bool taken[QRY_HEAP_COLUMNS];
    make_copied_row(&s, &row, taken);
    widen(&r, row.top);
    for (int k = 0; k < columns; k++)
        if (taken[k])
            add_plain(heap->arith, &row.item[k], r.sum[k]);
    while (make_row(&s, &row))
        add_row(&r, &row);
    unflip(heap, columns);
    qry_heap_clear(heap);
    for (int k = 0; k < r.bits; k++)
        qry_heap_add_bit(heap, qry_bit_on(r.sum[k]), k, false);
}

static size_t products(const struct row *row)
{
    size_t count = row->has_carry_in && qry_heap_item_is_product(&row->carry_in);
    for (int i = 0; i < row->count; i++)
        count += qry_heap_item_is_product(&row->item[i]);
    return count;
}

/* Rows take the items of a column out of their order. */
static qry_heap copy_of_items(const qry_heap *heap, int columns)
{
    qry_heap copy = *heap;
    for (int k = 0; k < columns; k++) {
        struct qry_heap_column *c = &copy.column[k];
        c->items = qry_arena_alloc(heap->arith->arena, c->count, sizeof *c->items);
        if (c->count)
            memcpy(c->items, heap->column[k].items, c->count * sizeof *c->items);
    }
    return copy;
}

qry_cost qry_heap_ripple_cost(const qry_heap *heap, int columns)
{
    qry_heap copy = copy_of_items(heap, columns);
    struct stack s = {.heap = &copy, .columns = columns};
    struct row row;
    bool taken[QRY_HEAP_COLUMNS];
    qry_cost total = {0};
    make_copied_row(&s, &row, taken);
    total.work = (uint64_t)row.top;
    for (int k = 0; k < columns; k++)
        total.toffoli += taken[k] && qry_heap_item_is_product(&row.item[k]);
    total.steps = total.toffoli > 0;
    while (make_row(&s, &row)) {
        uint64_t n = (uint64_t)row.count, pairs = products(&row), more = 0;
        if (row.top > row.first + row.count)
            more = (uint64_t)(row.top - row.first - row.count);
        uint64_t adder = more ? 2 * n + 2 * (more - 1) : 2 * n - 2;
        uint64_t work = (uint64_t)row.top + !row.has_carry_in + pairs + (more ? more - 1 : 0);
        total.toffoli += adder + 2 * pairs;
        total.steps += adder + (pairs ? 2 : 0);
        total.work = work > total.work ? work : total.work;
    }
    return total;
}
