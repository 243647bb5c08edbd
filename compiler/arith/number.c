/* number.c: views of numbers, selection, the larger and the smaller. */
#include "compiler/arith/arith.h"

static qry_bit *new_bits(qry_arith *a, int width) { return qry_arena_alloc(a->arena, (size_t)width, sizeof(qry_bit)); }

/* Bit i of x, sign or zeros continued. */
static qry_bit bit_of(const qry_number *x, int i)
{
    if (i < x->width)
        return x->bits[i];
    return x->is_signed ? x->bits[x->width - 1] : qry_bit_constant(false);
}

qry_number qry_number_constant(qry_arith *a, int64_t value)
{
    int width = value < 0; /* the sign's own */
    for (int64_t rest = value; rest != (value < 0 ? -1 : 0); rest >>= 1)
        width++;
    width += width == 0;
    qry_bit *bits = new_bits(a, width);
    for (int i = 0; i < width; i++)
        bits[i] = qry_bit_constant((uint64_t)value >> i & 1);
    return (qry_number){bits, width, value < 0};
}

qry_number qry_number_resize(qry_arith *a, const qry_number *x, int width, bool is_signed)
{
    qry_bit *bits = new_bits(a, width);
    for (int i = 0; i < width; i++)
        bits[i] = bit_of(x, i);
    return (qry_number){bits, width, is_signed};
}

qry_number qry_number_floor(qry_arith *a, const qry_number *x, int drop)
{
    if (drop < x->width)
        return (qry_number){x->bits + drop, x->width - drop, x->is_signed};
    qry_bit *bits = new_bits(a, 1);
    bits[0] = bit_of(x, drop);
    return (qry_number){bits, 1, x->is_signed};
}

qry_number qry_number_select(qry_arith *a, qry_bit choice, const qry_number *x, const qry_number *y, int width,
                             bool is_signed)
{
    qry_bit *bits = new_bits(a, width);
    for (int i = 0; i < width; i++)
        bits[i] = qry_bit_select(a, choice, bit_of(x, i), bit_of(y, i));
    return (qry_number){bits, width, is_signed};
}

static qry_bit is_less(qry_arith *a, const qry_number *x, const qry_number *y)
{
    int width_x = x->width + !x->is_signed, width_y = y->width + !y->is_signed;
    qry_heap *difference = qry_heap_new(a, 1 + (width_x > width_y ? width_x : width_y));
    qry_heap_add_number(difference, x, 1);
    qry_heap_add_number(difference, y, -1);
    return qry_heap_is_negative(difference);
}

qry_number qry_number_max(qry_arith *a, const qry_number *x, const qry_number *y, int width, bool is_signed)
{
    return qry_number_select(a, is_less(a, x, y), y, x, width, is_signed);
}

qry_number qry_number_min(qry_arith *a, const qry_number *x, const qry_number *y, int width, bool is_signed)
{
    return qry_number_select(a, is_less(a, x, y), x, y, width, is_signed);
}
