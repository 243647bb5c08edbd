/* reference.c: a dense simulator that is slow and plain, for tests to compare engines with: 2^n amplitudes, one pass over
 * all of them for every gate, gates by their matrices. */
#include "sim/sim.h"

#include <string.h>

struct reference {
    double *amplitude;
    uint32_t width;
};

static void apply_matrix(struct reference *r, const double m[8], size_t controls, size_t target)
{
    for (size_t i = 0; i < (size_t)1 << r->width; i++) {
        if (i & target || (i & controls) != controls)
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

static void apply_swap(struct reference *r, size_t controls, size_t p, size_t q)
{
    for (size_t i = 0; i < (size_t)1 << r->width; i++) {
        if (!(i & p) || i & q || (i & controls) != controls)
            continue;
        size_t j = (i ^ p) | q;
        for (int k = 0; k < 2; k++) {
            double t = r->amplitude[2 * i + k];
            r->amplitude[2 * i + k] = r->amplitude[2 * j + k];
            r->amplitude[2 * j + k] = t;
        }
    }
}

static bool on_step(void *state, const qry_step *step)
{
    qry_must(step->kind < QRY_GATES);
    const qry_gate_info *info = &qry_gate_table[step->kind];
    int targets = info->swaps ? 2 : 1;
    size_t controls = 0;
    for (int i = 0; i < info->qubits - targets; i++)
        controls |= (size_t)1 << step->qubit[i];
    size_t last = (size_t)1 << step->qubit[info->qubits - 1];
    if (info->swaps)
        apply_swap(state, controls, (size_t)1 << step->qubit[info->qubits - 2], last);
    else {
        double matrix[8];
        qry_gate_matrix((qry_gate)step->kind, step->angle, matrix);
        apply_matrix(state, matrix, controls, last);
    }
    return true;
}

double *qry_reference_state(qry_arena *arena, const qry_circuit *circuit)
{
    const qry_definition *program = qry_circuit_program(circuit);
    qry_must(program->width <= 20);
    struct reference r = {.width = program->width};
    r.amplitude = qry_arena_alloc(arena, (size_t)2 << r.width, sizeof(double));
    r.amplitude[0] = 1;
    qry_visitor visitor = {.state = &r, .step = on_step};
    qry_walk(program, false, NULL, &visitor);
    return r.amplitude;
}
