/* logic.c: AND, OR, XOR and selection of bits. Complements cost at most a CX: x AND NOT y = x XOR (x AND y). */
#include "compiler/arith/arith.h"

/* target ^= x, apart from the constant. */
static bool add_bit(qry_arith *a, qry_bit x, qry_qubit target)
{
    if (!qry_bit_is_constant(x))
        qry_arith_cx(a, x.qubit, target);
    return x.inverted;
}

bool qry_bit_add_and(qry_arith *a, qry_bit x, qry_bit y, qry_qubit target)
{
    if (qry_bit_is_constant(x))
        return x.inverted && add_bit(a, y, target);
    if (qry_bit_is_constant(y))
        return y.inverted && add_bit(a, x, target);
    if (x.qubit == y.qubit)
        return x.inverted == y.inverted && add_bit(a, x, target);
    qry_arith_ccx(a, x.qubit, y.qubit, target);
    if (y.inverted)
        qry_arith_cx(a, x.qubit, target);
    if (x.inverted)
        qry_arith_cx(a, y.qubit, target);
    return x.inverted && y.inverted;
}

qry_bit qry_bit_and(qry_arith *a, qry_bit x, qry_bit y)
{
    if (qry_bit_is_constant(x))
        return x.inverted ? y : x;
    if (qry_bit_is_constant(y))
        return y.inverted ? x : y;
    if (x.qubit == y.qubit)
        return x.inverted == y.inverted ? x : qry_bit_constant(false);
    qry_qubit target = qry_arith_take(a);
    bool inverted = qry_bit_add_and(a, x, y, target);
    return (qry_bit){target, inverted};
}

qry_bit qry_bit_xor(qry_arith *a, qry_bit x, qry_bit y)
{
    if (qry_bit_is_constant(x))
        return (qry_bit){y.qubit, y.inverted != x.inverted};
    if (qry_bit_is_constant(y))
        return (qry_bit){x.qubit, x.inverted != y.inverted};
    if (x.qubit == y.qubit)
        return qry_bit_constant(x.inverted != y.inverted);
    qry_qubit target = qry_arith_take(a);
    qry_arith_cx(a, x.qubit, target);
    qry_arith_cx(a, y.qubit, target);
    return (qry_bit){target, x.inverted != y.inverted};
}

qry_bit qry_bits_and(qry_arith *a, const qry_bit *bits, size_t count)
{
    /* A queue: two from the front become one at the back, so the tree is balanced. */
    qry_bit *queue = qry_arena_alloc(a->arena, 2 * count + 1, sizeof *queue);
    size_t first = 0, last = 0;
    for (size_t i = 0; i < count; i++)
        queue[last++] = bits[i];
    for (; last - first > 1; first += 2)
        queue[last++] = qry_bit_and(a, queue[first], queue[first + 1]);
    return count ? queue[first] : qry_bit_constant(true);
}

qry_bit qry_bits_or(qry_arith *a, const qry_bit *bits, size_t count)
{
    qry_bit *complements = qry_arena_alloc(a->arena, count + 1, sizeof *complements);
    for (size_t i = 0; i < count; i++)
        complements[i] = qry_bit_not(bits[i]);
    return qry_bit_not(qry_bits_and(a, complements, count));
}

/* choice ? x : y with three different qubits: y XOR choice AND (x XOR y), with x XOR y made in x for the moment. */
static qry_bit select_qubits(qry_arith *a, qry_bit choice, qry_bit x, qry_bit y)
{
    qry_qubit target = qry_arith_take(a);
    qry_arith_cx(a, y.qubit, target);
    qry_arith_cx(a, y.qubit, x.qubit);
    qry_arith_ccx(a, choice.qubit, x.qubit, target);
    qry_arith_cx(a, y.qubit, x.qubit);
    if (x.inverted != y.inverted)
        qry_arith_cx(a, choice.qubit, target);
    return (qry_bit){target, y.inverted};
}

qry_bit qry_bit_select(qry_arith *a, qry_bit choice, qry_bit x, qry_bit y)
{
    if (qry_bit_is_constant(choice))
        return choice.inverted ? x : y;
    if (choice.inverted) {
        qry_bit other = x;
        choice = qry_bit_not(choice);
        x = y;
        y = other;
    }
    if (x.qubit == choice.qubit) /* where x is taken, the choice is known; where y is, too */
        x = qry_bit_constant(!x.inverted);
    if (y.qubit == choice.qubit)
        y = qry_bit_constant(y.inverted);
    if (x.qubit == y.qubit) /* two constants, too */
        return x.inverted == y.inverted ? x : qry_bit_xor(a, choice, y);
    if (qry_bit_is_constant(x))
        return x.inverted ? qry_bits_or(a, (qry_bit[]){choice, y}, 2) : qry_bit_and(a, qry_bit_not(choice), y);
    if (qry_bit_is_constant(y))
        return y.inverted ? qry_bits_or(a, (qry_bit[]){qry_bit_not(choice), x}, 2) : qry_bit_and(a, choice, x);
    return select_qubits(a, choice, x, y);
}
