/* compress.c: carry-save addition. Columns from the lowest: full adders turn three bits of a column into one and a carry
 * in the next until one or two are left, a half adder or the constant does the rest. Sums and carries stay on their
 * qubits. Given bits are only read; sums overwrite carries, or a copy where a column has none.
 *
 * Complements cost nothing: the majority of complements is the complement of the majority, and where two of three agree
 * in being complements, which of the bits is copied into the carry makes up for it (full_adder). */
#include "compiler/arith/heap.h"

/* A bit of a column; whether it may be overwritten. */
struct pick {
    qry_bit bit;
    bool writable;
};

/* A column being emptied: items first, then carries, as they came, so that nothing waits long for a carry. */
struct source {
    qry_arith *arith;
    const struct qry_heap_column *column;
    size_t item, carry;
};

static struct source open_column(const qry_heap *heap, int k)
{
    return (struct source){heap->arith, &heap->column[k], 0, 0};
}

static size_t left(const struct source *s) { return s->column->count - s->item + s->column->carry_count - s->carry; }

static struct pick compute(qry_arith *a, const struct qry_heap_item *item)
{
    if (!qry_heap_item_is_product(item))
        return (struct pick){item->x, false};
    qry_bit bit = qry_bit_and(a, item->x, item->y);
    bit.inverted ^= item->inverted;
    return (struct pick){bit, true};
}

static struct pick next(struct source *s)
{
    if (s->item < s->column->count)
        return compute(s->arith, &s->column->items[s->item++]);
    return (struct pick){s->column->carries[s->carry++], true};
}

static qry_bit copied(qry_arith *a, qry_bit bit)
{
    qry_qubit copy = qry_arith_take(a);
    qry_arith_cx(a, bit.qubit, copy);
    return (qry_bit){copy, bit.inverted};
}

/* One that may be overwritten: a carry, else the last item, which must not be asked for again. */
static qry_bit next_writable(struct source *s)
{
    if (s->carry < s->column->carry_count)
        return s->column->carries[s->carry++];
    struct pick last = compute(s->arith, &s->column->items[s->column->count - 1]);
    return last.writable ? last.bit : copied(s->arith, last.bit);
}

/* Returns the carry of x + y + t on a new qubit; if `sum`, t becomes the sum, else t stays. x and y stay.
 * Of three bits two agree in being complements or not. With u = p XOR o and v = p XOR t for one of those two, p, the
 * majority of the plain qubits is p XOR uv; complementing o in it gives t XOR uv, complementing t gives o XOR uv, and
 * complementing all three, its complement. */
static qry_bit full_adder(qry_arith *a, qry_bit x, qry_bit y, qry_bit *t, bool sum)
{
    bool x_leads = x.inverted == y.inverted || x.inverted == t->inverted;
    qry_bit p = x_leads ? x : y, o = x_leads ? y : x;
    qry_bit base = o.inverted != p.inverted ? *t : t->inverted != p.inverted ? o : p;
    qry_qubit carry = qry_arith_take(a);
    qry_arith_cx(a, base.qubit, carry);
    qry_arith_cx(a, p.qubit, o.qubit);
    qry_arith_cx(a, p.qubit, t->qubit);
    qry_arith_ccx(a, o.qubit, t->qubit, carry);
    qry_arith_cx(a, p.qubit, o.qubit);
    qry_arith_cx(a, sum ? o.qubit : p.qubit, t->qubit);
    if (sum)
        t->inverted = (x.inverted != y.inverted) != t->inverted;
    return (qry_bit){carry, p.inverted};
}

/* Full adders until at most two bits are left; returns them and how many. Unless `sum` is wanted a last sum is not made
 * and none is left. */
static size_t thin(qry_heap *heap, int k, bool sum, struct pick rest[2])
{
    struct source s = open_column(heap, k);
    qry_arith *a = heap->arith;
    size_t count = left(&s);
    if (count == 3 && !sum) {
        qry_bit x = next(&s).bit, y = next(&s).bit, t = next(&s).bit;
        qry_heap_add_carry(heap, full_adder(a, x, y, &t, false), k + 1);
        return 0;
    }
    if (count < 3) {
        for (size_t i = 0; i < count; i++)
            rest[i] = next(&s);
        return count;
    }
    qry_bit t = next_writable(&s);
    for (count -= 1; count >= 2; count -= 2) {
        qry_bit x = next(&s).bit, y = next(&s).bit;
        qry_heap_add_carry(heap, full_adder(a, x, y, &t, count > 2 || sum), k + 1);
    }
    if (count == 1)
        rest[0] = next(&s);
    rest[count] = (struct pick){t, true};
    return count == 1 ? 2 : sum;
}

/* x XOR y, over one of them if it may be overwritten; then *kept is the other one. */
static qry_bit sum_of_two(qry_arith *a, const struct pick *x, const struct pick *y, qry_bit *kept)
{
    *kept = x->bit;
    if (!x->writable && !y->writable)
        return qry_bit_xor(a, x->bit, y->bit);
    qry_bit target = y->bit;
    if (!y->writable) {
        *kept = y->bit;
        target = x->bit;
    }
    qry_arith_cx(a, kept->qubit, target.qubit);
    return (qry_bit){target.qubit, target.inverted != kept->inverted};
}

static qry_bit with_constant(qry_bit bit, bool one) { return (qry_bit){bit.qubit, bit.inverted != one}; }

static void add_shared(qry_heap *heap, qry_bit bit, int k)
{
    qry_heap_add_item(heap, (struct qry_heap_item){bit, qry_bit_constant(true), false}, k);
}

/* Adds up column k with the constant's bit `one`; what it carries goes to the next column. */
static qry_bit add_column(qry_heap *heap, int k, bool one, bool wanted)
{
    qry_arith *a = heap->arith;
    struct pick rest[2];
    qry_bit kept;
    if (heap->column[k].count + heap->column[k].carry_count == 1 && !one && !wanted)
        return qry_bit_constant(false); /* nobody looks at it */
    switch (thin(heap, k, wanted || one, rest)) {
    case 0:
        return qry_bit_constant(one);
    case 1: /* b + 1 = 2b + NOT b */
        if (one)
            add_shared(heap, rest[0].bit, k + 1);
        return with_constant(rest[0].bit, one);
    default: { /* the carry is x AND y; with a one x OR y */
        qry_bit carry = qry_bit_and(a, with_constant(rest[0].bit, one), with_constant(rest[1].bit, one));
        qry_heap_add_carry(heap, with_constant(carry, one), k + 1);
        return wanted ? with_constant(sum_of_two(a, &rest[0], &rest[1], &kept), one) : qry_bit_constant(false);
    }
    }
}

/* The last column: its carries are not wanted, so XOR is all. */
static qry_bit add_last_column(qry_heap *heap, int k, bool one)
{
    struct source s = open_column(heap, k);
    qry_arith *a = heap->arith;
    if (left(&s) == 0)
        return qry_bit_constant(one);
    if (left(&s) == 1)
        return with_constant(next(&s).bit, one);
    qry_bit t = next_writable(&s);
    size_t items = s.column->count - (s.carry == 0);
    for (size_t i = 0; i < items; i++) {
        const struct qry_heap_item *item = &s.column->items[i];
        t.inverted ^= qry_bit_add_and(a, item->x, item->y, t.qubit) != item->inverted;
    }
    for (size_t i = s.carry; i < s.column->carry_count; i++)
        t.inverted ^= qry_bit_add_and(a, s.column->carries[i], qry_bit_constant(true), t.qubit);
    return with_constant(t, one);
}

void qry_heap_compress(qry_heap *heap, int from, int to, qry_bit *out)
{
    qry_must(0 <= from && from < to && to <= heap->width);
    for (int k = 0; k < to; k++) {
        bool one = heap->constant >> k & 1;
        qry_bit sum = k == to - 1 ? add_last_column(heap, k, one) : add_column(heap, k, one, k >= from);
        if (k >= from)
            out[k - from] = sum;
    }
    qry_heap_clear(heap);
}

/* The sum of column k, which shows the digit if the whole is zero. Given that it does, two bits x and y have the carry x if
 * that digit is 0, and none if it is 1: the last two of a column need no adder. */
static qry_bit add_column_of_zero(qry_heap *heap, int k, bool digit)
{
    struct pick rest[2];
    qry_bit kept;
    size_t count = thin(heap, k, true, rest);
    if (count < 2)
        return count ? rest[0].bit : qry_bit_constant(false);
    qry_bit sum = sum_of_two(heap->arith, &rest[0], &rest[1], &kept);
    if (!digit)
        add_shared(heap, kept, k + 1);
    return sum;
}

/* Every column must show the digit that the constant wants. */
qry_bit qry_heap_is_zero(qry_heap *heap)
{
    qry_bit equal[QRY_HEAP_COLUMNS];
    for (int k = 0; k < heap->width; k++) {
        bool digit = -heap->constant >> k & 1, last = k == heap->width - 1;
        qry_bit sum = last ? add_last_column(heap, k, false) : add_column_of_zero(heap, k, digit);
        equal[k] = with_constant(sum, !digit);
    }
    qry_heap_clear(heap);
    return qry_bits_and(heap->arith, equal, (size_t)heap->width);
}

/* One column of the cost, as add_column does it. */
static qry_cost column_cost(const struct qry_heap_column *c, size_t carries, size_t height, bool one, bool wanted)
{
    if (height == 1 && !one && !wanted)
        return (qry_cost){0};
    size_t products = 0;
    for (size_t i = 0; i < c->count; i++)
        products += qry_heap_item_is_product(&c->items[i]);
    bool writable = carries > 0 || (c->count && qry_heap_item_is_product(&c->items[c->count - 1]));
    bool sum = wanted || one, copy = false;
    if (height == 2)
        copy = wanted && carries == 0 && products == 0;
    else if (height > 2)
        copy = !writable && (height > 3 || sum);
    return (qry_cost){products + height / 2, products + height / 2 + copy, 0};
}

static qry_cost last_column_cost(const struct qry_heap_column *c, size_t carries, size_t height)
{
    size_t products = 0;
    for (size_t i = 0; i < c->count; i++)
        products += qry_heap_item_is_product(&c->items[i]);
    return (qry_cost){products, height > 1 ? carries == 0 : products, 0};
}

qry_cost qry_heap_compress_cost(const qry_heap *heap, uint64_t constant, int from, int to)
{
    qry_cost total = {0};
    size_t carries = 0, shared = 0, longest = 0;
    for (int k = 0; k < to; k++) {
        const struct qry_heap_column *c = &heap->column[k];
        bool one = constant >> k & 1;
        size_t height = c->count + carries + shared;
        qry_cost cost =
            k == to - 1 ? last_column_cost(c, carries, height) : column_cost(c, carries, height, one, k >= from);
        total.toffoli += cost.toffoli;
        total.work += cost.work;
        longest = height / 2 > longest ? height / 2 : longest;
        carries = height / 2;
        shared = height % 2 == 1 && one;
    }
    total.steps = longest + (uint64_t)to + 1;
    return total;
}
