/* reference.c: a dense simulator that is slow and plain, for tests to compare engines with: 2^n amplitudes, one pass over
 * all of them for every gate, gates by their matrices. */
#include "sim/sim.h"

#include <math.h>
#include <string.h>

/* A value of this probability, or less, is rounding: no random number is drawn for the other. */
static const double CERTAIN = 1e-12;

struct reference {
    double *amplitude;
    uint32_t width;
    qry_random *random; /* NULL: measurements are not looked for */
    uint8_t *bits;
    uint32_t skipping; /* conditions that are open since one did not hold, itself included */
};

/* Which basis states a gate acts on: those whose bits under `mask` are `value`. */
struct where {
    size_t mask, value;
};

static void apply_matrix(struct reference *r, const double m[8], struct where on, size_t target)
{
    for (size_t i = 0; i < (size_t)1 << r->width; i++) {
        if (i & target || (i & on.mask) != on.value)
            continue;
        double *x = r->amplitude + 2 * i, *y = r->amplitude + 2 * (i | target);
        double a[2] = {x[0], x[1]}, b[2] = {y[0], y[1]};
        for (int k = 0; k < 2; k++) {
            double *to = k ? y : x;
            const double *u = m + 4 * k, *v = m + 4 * k + 2;
            to[0] = u[0] * a[0] - u[1] * a[1] + v[0] * b[0] - v[1] * b[1];
            to[1] = u[0] * a[1] + u[1] * a[0] + v[0] * b[1] + v[1] * b[0];
        }
    }
}

static void apply_phase(struct reference *r, const double phase[2], struct where on)
{
    for (size_t i = 0; i < (size_t)1 << r->width; i++) {
        if ((i & on.mask) != on.value)
            continue;
        double *x = r->amplitude + 2 * i, a[2] = {x[0], x[1]};
        x[0] = phase[0] * a[0] - phase[1] * a[1];
        x[1] = phase[0] * a[1] + phase[1] * a[0];
    }
}

static void apply_swap(struct reference *r, struct where on, size_t p, size_t q)
{
    for (size_t i = 0; i < (size_t)1 << r->width; i++) {
        if (!(i & p) || i & q || (i & on.mask) != on.value)
            continue;
        size_t j = (i ^ p) | q;
        for (int k = 0; k < 2; k++) {
            double t = r->amplitude[2 * i + k];
            r->amplitude[2 * i + k] = r->amplitude[2 * j + k];
            r->amplitude[2 * j + k] = t;
        }
    }
}

static size_t bit_of(qry_qubit qubit) { return (size_t)1 << qubit; }

static void apply_gate(struct reference *r, const qry_step *step)
{
    const qry_gate_info *info = &qry_gate_table[step->kind];
    struct where on = {0, 0};
    for (int i = 0; i < info->qubits - info->targets; i++)
        on.mask |= bit_of(step->qubit[i]);
    on.value = on.mask;
    for (uint32_t i = 0; i < step->controls; i++) {
        size_t bit = bit_of(step->control[i] & ~QRY_NEGATIVE);
        on.mask |= bit;
        on.value |= step->control[i] & QRY_NEGATIVE ? 0 : bit;
    }
    double matrix[8];
    qry_gate_matrix((qry_gate)step->kind, step->angle, matrix);
    const qry_qubit *target = step->qubit + info->qubits - info->targets;
    if (info->targets == 0)
        apply_phase(r, matrix, on);
    else if (info->targets == 1)
        apply_matrix(r, matrix, on, bit_of(target[0]));
    else
        apply_swap(r, on, bit_of(target[0]), bit_of(target[1]));
}

/* ---- measurement ---- */

/* The probability that a qubit is 1. */
static double weight(const struct reference *r, size_t qubit)
{
    double sum = 0;
    for (size_t i = 0; i < (size_t)1 << r->width; i++)
        if (i & qubit)
            sum += r->amplitude[2 * i] * r->amplitude[2 * i] + r->amplitude[2 * i + 1] * r->amplitude[2 * i + 1];
    return sum;
}

/* Draws a value for a qubit, unless it has one, and leaves the state that goes with it. */
static bool measure(struct reference *r, size_t qubit)
{
    double p = weight(r, qubit);
    bool one = p > 0.5, certain = p < CERTAIN || p > 1 - CERTAIN;
    if (!certain)
        one = qry_random_unit(r->random) < p;
    double scale = 1 / sqrt(one ? p : 1 - p);
    for (size_t i = 0; i < (size_t)1 << r->width; i++) {
        double keep = !(i & qubit) == !one ? scale : 0;
        r->amplitude[2 * i] *= keep;
        r->amplitude[2 * i + 1] *= keep;
    }
    return one;
}

static bool on_step(void *state, const qry_step *step)
{
    struct reference *r = state;
    if (r->skipping)
        return true;
    if (step->kind < QRY_GATES) {
        apply_gate(r, step);
        return true;
    }
    qry_must(r->random);
    bool one = measure(r, bit_of(step->qubit[0]));
    if (step->kind == QRY_OP_MEASURE)
        r->bits[step->bit] = one;
    else if (one)
        apply_matrix(r, (const double[8]){0, 0, 1, 0, 1, 0, 0, 0}, (struct where){0, 0}, bit_of(step->qubit[0]));
    return true;
}

static bool on_begin_if(void *state, uint32_t bit, bool value)
{
    struct reference *r = state;
    if (r->skipping || r->bits[bit] != value)
        r->skipping++;
    return true;
}

static bool on_end_if(void *state)
{
    struct reference *r = state;
    r->skipping -= r->skipping > 0;
    return true;
}

/* ---- whole programs ---- */

double *qry_reference_shot(qry_arena *arena, const qry_circuit *circuit, qry_random *random, uint8_t *bits)
{
    const qry_definition *program = qry_circuit_program(circuit);
    qry_must(program->width <= 20);
    struct reference r = {.width = program->width, .random = random, .bits = bits};
    r.amplitude = qry_arena_alloc(arena, (size_t)2 << r.width, sizeof(double));
    r.amplitude[0] = 1;
    if (bits)
        memset(bits, 0, qry_circuit_bit_count(circuit));
    qry_visitor visitor = {.state = &r, .step = on_step, .begin_if = on_begin_if, .end_if = on_end_if};
    qry_walk(program, false, NULL, &visitor);
    return r.amplitude;
}

double *qry_reference_state(qry_arena *arena, const qry_circuit *circuit)
{
    return qry_reference_shot(arena, circuit, NULL, NULL);
}
