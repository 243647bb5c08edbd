/* window.c: gates on qubits become gates on positions, and wait until a pass over the state takes them. What is known of
 * the values of qubits is used here, swaps and X become names, and matrices that follow each other on a qubit become one. */
#include "sim/dense/engine.h"

#include <complex.h>
#include <math.h>
#include <string.h>

static const double tiny = 4e-16; /* entries of a unitary matrix below are rounding */

static double complex entry(const double matrix[8], int k) { return matrix[2 * k] + I * matrix[2 * k + 1]; }

static void set_entry(double matrix[8], int k, double complex value)
{
    matrix[2 * k] = creal(value);
    matrix[2 * k + 1] = cimag(value);
}

/* ---- the window ---- */

static void note_last(struct dense *d, size_t number)
{
    const struct gate *g = &d->window[number];
    for (uint64_t rest = g->controls | gate_target(g); rest; rest &= rest - 1)
        d->last[LOWEST_BIT(rest)] = (uint32_t)number + 1;
    d->targets |= gate_target(g);
}

/* One pass over the state; what it did not take moves up. */
static void take_batch(struct dense *d)
{
    double start = qry_seconds();
    qry_check_interrupt(d->sim.ctx);
    size_t count = dense_batch(d), taken = 0, left = 0;
    qry_must(count > 0);
    dense_plan(d, count);
    d->planning_seconds += qry_seconds() - start;
    dense_execute(d);
    memset(d->last, 0, sizeof d->last);
    d->targets = 0;
    for (size_t i = 0; i < d->waiting; i++) {
        if (taken < count && d->chosen[taken] == i) {
            taken++;
            continue;
        }
        d->window[left] = d->window[i];
        note_last(d, left++);
    }
    d->waiting = left;
}

void dense_drain(struct dense *d)
{
    while (d->waiting)
        take_batch(d);
}

static struct gate *append(struct dense *d, int kind, int axis, uint64_t target, uint64_t controls, uint64_t values)
{
    if (d->waiting == WINDOW)
        take_batch(d);
    struct gate *g = &d->window[d->waiting];
    *g = (struct gate){.kind = (uint8_t)kind, .axis = (uint8_t)axis, .controls = controls, .values = values};
    if (target)
        g->target = (uint8_t)LOWEST_BIT(target);
    note_last(d, d->waiting++);
    return g;
}

/* Decides controls on sure positions; false when the gate does not act. */
static bool decide(const struct dense *d, uint64_t *controls, uint64_t *values)
{
    if ((*values ^ d->now.sure_values) & *controls & d->now.sure)
        return false;
    *controls &= ~d->now.sure;
    *values &= ~d->now.sure;
    return true;
}

/* The gate to come changes more of this position than phases. */
static void make_unsure(struct dense *d, uint64_t target)
{
    d->now.sure &= ~target;
    d->now.sure_values &= ~target;
}

/* ---- gates on positions as they are in memory, sure controls decided ---- */

static void phase(struct dense *d, double complex factor, uint64_t controls, uint64_t values)
{
    if (factor == 1)
        return;
    if (!controls) {
        double complex f = factor * (d->now.factor[0] + I * d->now.factor[1]);
        d->now.factor[0] = creal(f);
        d->now.factor[1] = cimag(f);
        return;
    }
    struct gate *g = append(d, GATE_PHASE, AXIS_OTHER, 0, controls, values);
    g->matrix[0] = creal(factor);
    g->matrix[1] = cimag(factor);
}

/* diag(first, second) on the target. */
static void diagonal(struct dense *d, double complex first, double complex second, uint64_t target, uint64_t controls,
                     uint64_t values)
{
    if (d->now.sure & target) {
        phase(d, d->now.sure_values & target ? second : first, controls, values);
        return;
    }
    phase(d, first, controls, values);
    phase(d, second / first, controls | target, values | target);
}

/* The gate in the window that a new one on this position alone could join. */
static struct gate *lone_matrix(struct dense *d, uint64_t target)
{
    uint32_t last = d->last[LOWEST_BIT(target)];
    struct gate *g = last ? &d->window[last - 1] : NULL;
    return d->cut.fuse && g && g->kind == GATE_MATRIX && !g->controls && gate_target(g) == target ? g : NULL;
}

static void flip(struct dense *d, uint64_t target, uint64_t controls, uint64_t values)
{
    if (!controls) {
        d->now.flipped ^= target;
        return;
    }
    make_unsure(d, target);
    append(d, GATE_FLIP, AXIS_X, target, controls, values);
}

/* Multiplications and additions for every real number of the state, when kernels do what is left of a matrix after its
 * scalar was taken out: 1 where the other entry of a row is real or imaginary, one more for a general one, and one for
 * a phase of the second row. */
static int cost(const double matrix[8])
{
    double complex a = entry(matrix, 0), ratio = entry(matrix, 1) / a, turn = entry(matrix, 3) / a;
    bool real = fabs(cimag(ratio)) < tiny, imaginary = fabs(creal(ratio)) < tiny;
    bool plain = cabs(turn - 1) < tiny || (real && cabs(turn + 1) < tiny);
    if (cabs(ratio) < tiny)
        return !plain;
    return (real || imaginary ? 1 : 2) + !plain;
}

static void multiply(double to[8], const double left[8], const double right[8])
{
    for (int k = 0; k < 4; k++)
        set_entry(to, k,
                  entry(left, k & 2) * entry(right, k & 1) + entry(left, (k & 2) + 1) * entry(right, 2 + (k & 1)));
}

static int axis_of(const double matrix[8])
{
    if (cabs(entry(matrix, 0) - entry(matrix, 3)) > tiny)
        return AXIS_OTHER;
    if (cabs(entry(matrix, 1) - entry(matrix, 2)) < tiny)
        return AXIS_X;
    return cabs(entry(matrix, 1) + entry(matrix, 2)) < tiny ? AXIS_Y : AXIS_OTHER;
}

/* The matrix, or the matrix before an X if that has the larger entries on its diagonal, which is where the kernels want
 * them. Returns which. */
static bool settle(double to[8], const double m[8])
{
    bool exchanged = cabs(entry(m, 1)) > cabs(entry(m, 0));
    memcpy(to, m + (exchanged ? 4 : 0), 4 * sizeof *to);
    memcpy(to + 4, m + (exchanged ? 0 : 4), 4 * sizeof *to);
    return exchanged;
}

static void lone(struct dense *d, const double m[8], uint64_t target)
{
    double alone[8], product[8], joined[8];
    bool exchanged = settle(alone, m);
    struct gate *g = lone_matrix(d, target);
    if (g) {
        multiply(product, m, g->matrix);
        bool joined_exchanged = settle(joined, product);
        if (cost(joined) > cost(alone) + cost(g->matrix))
            g = NULL;
        else
            exchanged = joined_exchanged;
    }
    const double *kept = g ? joined : alone;
    if (!g)
        g = append(d, GATE_MATRIX, AXIS_OTHER, target, 0, 0);
    memcpy(g->matrix, kept, sizeof g->matrix);
    g->axis = (uint8_t)axis_of(kept);
    d->now.flipped ^= exchanged ? target : 0;
}

static void matrix(struct dense *d, const double m[8], uint64_t target, uint64_t controls, uint64_t values)
{
    double complex a = entry(m, 0), b = entry(m, 1), c = entry(m, 2), s = entry(m, 3);
    if (cabs(b) < tiny && cabs(c) < tiny) {
        diagonal(d, a, s, target, controls, values);
        return;
    }
    if (cabs(a) < tiny && cabs(s) < tiny) {
        flip(d, target, controls, values);
        if (controls) /* an X, then phases; without controls the X is put off until after them */
            diagonal(d, b, c, target, controls, values);
        else
            diagonal(d, c, b, target, controls, values);
        return;
    }
    make_unsure(d, target);
    if (controls)
        memcpy(append(d, GATE_MATRIX, axis_of(m), target, controls, values)->matrix, m, 8 * sizeof *m);
    else
        lone(d, m, target);
}

/* ---- gates on qubits ---- */

static uint64_t position_bit(const struct dense *d, qry_qubit q) { return (uint64_t)1 << d->now.position[q]; }

/* The same on positions as they are in memory; false when it is sure not to hold. */
static bool place(const struct dense *d, struct condition when, uint64_t *controls, uint64_t *values)
{
    *controls = *values = 0;
    for (uint64_t rest = when.qubits; rest; rest &= rest - 1) {
        uint64_t bit = position_bit(d, (qry_qubit)LOWEST_BIT(rest));
        *controls |= bit;
        *values |= when.values & rest & -rest ? bit : 0;
    }
    *values ^= d->now.flipped & *controls;
    return decide(d, controls, values);
}

void dense_matrix(struct dense *d, const double m[8], qry_qubit target, struct condition when)
{
    uint64_t controls, values, bit = position_bit(d, target);
    if (!place(d, when, &controls, &values))
        return;
    const double turned[8] = {m[6], m[7], m[4], m[5], m[2], m[3], m[0], m[1]}; /* between two X */
    matrix(d, d->now.flipped & bit ? turned : m, bit, controls, values);
}

void dense_phase(struct dense *d, double re, double im, struct condition when)
{
    uint64_t controls, values;
    if (place(d, when, &controls, &values))
        phase(d, re + I * im, controls, values);
}

void dense_swap(struct dense *d, qry_qubit a, qry_qubit b, struct condition when)
{
    uint64_t controls, values;
    if (!place(d, when, &controls, &values))
        return;
    if (!controls) {
        uint8_t position = d->now.position[a];
        d->now.position[a] = d->now.position[b];
        d->now.position[b] = position;
        return;
    }
    static const double x[8] = {0, 0, 1, 0, 1, 0, 0, 0};
    uint64_t bit = (uint64_t)1 << a;
    dense_matrix(d, x, a, (struct condition){(uint64_t)1 << b, (uint64_t)1 << b});
    dense_matrix(d, x, b, (struct condition){when.qubits | bit, when.values | bit});
    dense_matrix(d, x, a, (struct condition){(uint64_t)1 << b, (uint64_t)1 << b});
}
