/* lookup.c: numbers from a table by unary iteration over the bits of an index (Babbush et al. 2018, arXiv:1805.03662,
 * section III.A): a control for every prefix of the index that still matters, made from the one before with one CCX for
 * both halves. A half that holds one number throughout is written at once, so that tables cost what varies in them. */
#include "compiler/arith/arith.h"

struct lookup {
    qry_arith *a;
    const qry_number *index;
    const int64_t *values;
    int64_t first;
    uint64_t count;
    int width;
    qry_qubit *target; /* by bit of the result; QRY_NO_QUBIT where all values agree */
};

/* What the table holds for a pattern of the index's bits; patterns that cannot come hold what the nearest value has, so
 * that they do not break up what is the same throughout. */
static int64_t value_at(const struct lookup *l, uint64_t pattern)
{
    int64_t number = (int64_t)pattern;
    if (l->index->is_signed && pattern >> (l->index->width - 1) & 1)
        number -= (int64_t)(UINT64_C(1) << l->index->width);
    if (number < l->first)
        return l->values[0];
    uint64_t place = (uint64_t)(number - l->first);
    return l->values[place < l->count ? place : l->count - 1];
}

static bool is_constant(const struct lookup *l, uint64_t from, uint64_t count)
{
    int64_t value = value_at(l, from);
    for (uint64_t i = 1; i < count; i++)
        if (value_at(l, from + i) != value)
            return false;
    return true;
}

/* target ^= value, less what bit of the whole table's first value is there already, where the control is 1. */
static void write_value(const struct lookup *l, qry_bit control, int64_t value)
{
    uint64_t change = (uint64_t)(value ^ value_at(l, 0));
    for (int i = 0; i < l->width; i++)
        if (change >> i & 1) {
            if (!qry_bit_is_constant(control))
                qry_arith_cx(l->a, control.qubit, l->target[i]);
            if (control.inverted)
                qry_arith_x(l->a, l->target[i]);
        }
}

/* The 2^bits patterns from `from`, where the control is 1. */
static void write_half(const struct lookup *l, qry_bit control, uint64_t from, int bits)
{
    qry_arith *a = l->a;
    if (bits == 0 || is_constant(l, from, UINT64_C(1) << bits)) {
        write_value(l, control, value_at(l, from));
        return;
    }
    qry_bit choice = l->index->bits[bits - 1];
    uint64_t half = UINT64_C(1) << (bits - 1);
    if (qry_bit_is_constant(choice)) {
        write_half(l, control, from + choice.inverted * half, bits - 1);
    } else if (qry_bit_is_constant(control)) {
        write_half(l, qry_bit_not(choice), from, bits - 1);
        write_half(l, choice, from + half, bits - 1);
    } else {
        qry_qubit both = qry_arith_take(a);
        size_t begin = a->op_count;
        bool inverted = qry_bit_add_and(a, control, choice, both);
        size_t end = a->op_count;
        write_half(l, (qry_bit){both, inverted}, from + half, bits - 1);
        qry_arith_cx(a, control.qubit, both); /* control AND NOT choice = control XOR (control AND choice) */
        write_half(l, (qry_bit){both, inverted != control.inverted}, from, bits - 1);
        qry_arith_cx(a, control.qubit, both);
        for (size_t i = end; i-- > begin;) {
            qry_op op = a->ops[i];
            op.kind == QRY_GATE_ccx ? qry_arith_ccx(a, op.a, op.b, op.c) : qry_arith_cx(a, op.a, op.b);
        }
        qry_arith_return(a, both);
    }
}

qry_number qry_number_lookup(qry_arith *a, const qry_number *index, int64_t first, const int64_t *values,
                             uint64_t count, int width, bool is_signed)
{
    qry_must(count > 0 && index->width < 63);
    struct lookup l = {a, index, values, first, count, width, NULL};
    l.target = qry_arena_alloc(a->arena, (size_t)width, sizeof *l.target);
    qry_bit *bits = qry_arena_alloc(a->arena, (size_t)width, sizeof *bits);
    uint64_t varies = 0;
    for (uint64_t i = 0; i < UINT64_C(1) << index->width; i++)
        varies |= (uint64_t)(value_at(&l, i) ^ value_at(&l, 0));
    for (int i = 0; i < width; i++) {
        bool base = value_at(&l, 0) >> i & 1;
        l.target[i] = varies >> i & 1 ? qry_arith_take(a) : QRY_NO_QUBIT;
        bits[i] = (qry_bit){l.target[i], base};
    }
    write_half(&l, qry_bit_constant(true), 0, index->width);
    return (qry_number){bits, width, is_signed};
}
