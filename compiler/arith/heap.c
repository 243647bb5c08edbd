/* heap.c: filling a heap, and which way to add it up. */
#include "compiler/arith/heap.h"

#include <string.h>

qry_heap *qry_heap_new(qry_arith *a, int width)
{
    qry_must(width >= 1 && width <= QRY_HEAP_COLUMNS);
    qry_heap *heap = QRY_NEW(a->arena, qry_heap);
    heap->arith = a;
    heap->width = width;
    heap->number = ++a->heaps;
    return heap;
}

int qry_u128_bits(qry_u128 value)
{
    int bits = 0;
    for (; value; value >>= 1)
        bits++;
    return bits;
}

int qry_heap_columns(const qry_heap *heap)
{
    int columns = qry_u128_bits(heap->maximum);
    return columns < heap->width ? columns : heap->width;
}

static uint64_t power(int exponent) { return UINT64_C(1) << exponent; }

/* Room for one more in an array that lives in an arena. */
static void *grown(qry_arena *arena, void *items, size_t count, size_t *room, size_t size)
{
    if (count < *room)
        return items;
    *room = *room ? 2 * *room : 8;
    void *more = qry_arena_alloc(arena, *room, size);
    if (count)
        memcpy(more, items, count * size);
    return more;
}

void qry_heap_add_carry(qry_heap *heap, qry_bit carry, int weight)
{
    qry_must(weight < heap->width);
    struct qry_heap_column *c = &heap->column[weight];
    c->carries = grown(heap->arith->arena, c->carries, c->carry_count, &c->carry_room, sizeof *c->carries);
    c->carries[c->carry_count++] = carry;
}

static void push(qry_heap *heap, struct qry_heap_item item, int weight)
{
    struct qry_heap_column *c = &heap->column[weight];
    c->items = grown(heap->arith->arena, c->items, c->count, &c->room, sizeof *c->items);
    c->items[c->count++] = item;
    heap->maximum += power(weight);
}

/* Takes the single bit on `qubit` out of a column where the note says that it is. */
static struct qry_heap_item take_twin(qry_heap *heap, qry_qubit qubit, int weight)
{
    struct qry_heap_column *c = &heap->column[weight];
    size_t i = 0;
    while (qry_heap_item_is_product(&c->items[i]) || c->items[i].x.qubit != qubit) {
        i++;
        qry_must(i < c->count);
    }
    struct qry_heap_item twin = c->items[i];
    c->items[i] = c->items[--c->count];
    heap->maximum -= power(weight);
    return twin;
}

/* A bit that stands in the column already: b + b = 2b, b + NOT b = 1. A qubit is never twice in one adder. */
void qry_heap_add_item(qry_heap *heap, struct qry_heap_item item, int weight)
{
    if (weight >= heap->width)
        return;
    if (qry_heap_item_is_product(&item)) {
        push(heap, item, weight);
        return;
    }
    struct qry_qubit_note *note = qry_arith_note(heap->arith, item.x.qubit);
    if (note->heap != heap->number) {
        note->heap = heap->number;
        note->columns = 0;
    }
    if (!(note->columns >> weight & 1)) {
        note->columns |= power(weight);
        push(heap, item, weight);
        return;
    }
    note->columns &= ~power(weight);
    struct qry_heap_item twin = take_twin(heap, item.x.qubit, weight);
    if (twin.x.inverted == item.x.inverted)
        qry_heap_add_item(heap, item, weight + 1);
    else
        heap->constant += power(weight);
}

void qry_heap_clear(qry_heap *heap)
{
    for (int k = 0; k < QRY_HEAP_COLUMNS; k++)
        heap->column[k].count = heap->column[k].carry_count = 0;
    heap->maximum = 0;
    heap->number = ++heap->arith->heaps; /* the notes are about what was there before */
}

void qry_heap_add_constant(qry_heap *heap, int64_t value) { heap->constant += (uint64_t)value; }

/* + 2^weight x AND y, or -: the complement's, and a constant. */
static void add_and(qry_heap *heap, qry_bit x, qry_bit y, int weight, bool negative)
{
    struct qry_heap_item item = {x, y, negative};
    if (weight >= heap->width)
        return;
    if (qry_bit_is_constant(x) || qry_bit_is_constant(y) || x.qubit == y.qubit) {
        if (qry_bit_is_constant(x))
            item.x = x.inverted ? y : x;
        else if (qry_bit_is_constant(y))
            item.x = y.inverted ? x : y;
        else
            item.x = x.inverted == y.inverted ? x : qry_bit_constant(false);
        if (qry_bit_is_constant(item.x)) {
            if (item.x.inverted)
                heap->constant += negative ? -power(weight) : power(weight);
            return;
        }
        item.x.inverted ^= negative;
        item.y = qry_bit_constant(true);
        item.inverted = false;
    }
    if (negative)
        heap->constant -= power(weight);
    qry_heap_add_item(heap, item, weight);
}

void qry_heap_add_bit(qry_heap *heap, qry_bit bit, int weight, bool negative)
{
    add_and(heap, bit, qry_bit_constant(true), weight, negative);
}

static bool weighs_negative(const qry_number *x, int i) { return x->is_signed && i == x->width - 1; }

int qry_signed_digits(int64_t value, int8_t digits[65])
{
    int count = 0;
    for (qry_i128 rest = value; rest; rest /= 2) {
        int8_t digit = rest % 2 == 0 ? 0 : (rest & 3) == 1 ? 1 : -1;
        digits[count++] = digit;
        rest -= digit;
    }
    return count;
}

void qry_heap_add_number(qry_heap *heap, const qry_number *x, int64_t factor)
{
    int8_t digits[65];
    int count = qry_signed_digits(factor, digits);
    for (int shift = 0; shift < count; shift++)
        for (int i = 0; digits[shift] && i < x->width; i++)
            qry_heap_add_bit(heap, x->bits[i], i + shift, (digits[shift] < 0) != weighs_negative(x, i));
}

static void add_square(qry_heap *heap, const qry_number *x, int shift, bool negative)
{
    for (int i = 0; i < x->width; i++) {
        qry_heap_add_bit(heap, x->bits[i], 2 * i + shift, negative);
        for (int j = 0; j < i; j++) /* twice the same product: one column up */
            add_and(heap, x->bits[i], x->bits[j], i + j + 1 + shift, negative != weighs_negative(x, i));
    }
}

void qry_heap_add_product(qry_heap *heap, const qry_number *x, const qry_number *y, int shift, bool negative)
{
    if (x == y) {
        add_square(heap, x, shift, negative);
        return;
    }
    for (int i = 0; i < x->width; i++)
        for (int j = 0; j < y->width; j++)
            add_and(heap, x->bits[i], y->bits[j], i + j + shift,
                    negative != (weighs_negative(x, i) != weighs_negative(y, j)));
}

void qry_heap_add_abs(qry_heap *heap, const qry_number *x, int64_t factor)
{
    if (!x->is_signed) {
        qry_heap_add_number(heap, x, factor);
        return;
    }
    int last = x->width - 1 < heap->width ? x->width - 1 : heap->width;
    qry_bit sign = x->bits[x->width - 1];
    qry_bit *bits = qry_arena_alloc(heap->arith->arena, (size_t)x->width, sizeof *bits);
    for (int i = 0; i < last; i++)
        bits[i] = qry_bit_xor(heap->arith, x->bits[i], sign);
    if (last)
        qry_heap_add_number(heap, &(qry_number){bits, last, false}, factor);
    qry_heap_add_number(heap, &(qry_number){&sign, 1, false}, factor);
}

bool qry_heap_is_tall(const qry_heap *heap)
{
    for (int k = 0; k < QRY_HEAP_COLUMNS; k++)
        if (heap->column[k].count > 2)
            return true;
    return false;
}

/* The stated cost: steps times qubits, of everything so far with this added. */
static double volume(const qry_arith *a, qry_cost cost)
{
    return (double)(a->around.steps + cost.steps) * (double)(a->around.work + a->work + cost.work);
}

/* Leaves at most one bit a column if the ripple form is the cheaper, else everything as it is. */
static void ripple_if_cheaper(qry_heap *heap, uint64_t constant, int columns)
{
    if (!qry_heap_is_tall(heap))
        return;
    qry_cost compress = qry_heap_compress_cost(heap, constant, 0, columns);
    qry_cost ripple = qry_heap_ripple_cost(heap, columns);
    if (volume(heap->arith, ripple) < volume(heap->arith, compress))
        qry_heap_ripple(heap, columns);
}

void qry_heap_collect(qry_heap *heap)
{
    int columns = qry_heap_columns(heap);
    if (columns == 0)
        return;
    uint64_t constant = heap->constant;
    qry_bit sum[QRY_HEAP_COLUMNS];
    ripple_if_cheaper(heap, 0, columns);
    heap->constant = 0;
    qry_heap_compress(heap, 0, columns, sum);
    heap->constant = constant;
    for (int k = 0; k < columns; k++)
        qry_heap_add_bit(heap, sum[k], k, false);
}

qry_number qry_heap_number(qry_heap *heap, bool is_signed)
{
    int width = heap->width;
    qry_bit *bits = qry_arena_alloc(heap->arith->arena, (size_t)width, sizeof *bits);
    ripple_if_cheaper(heap, heap->constant, width);
    qry_heap_compress(heap, 0, width, bits);
    return (qry_number){bits, width, is_signed};
}

qry_bit qry_heap_is_negative(qry_heap *heap)
{
    qry_bit sign;
    qry_heap_compress(heap, heap->width - 1, heap->width, &sign);
    return sign;
}
