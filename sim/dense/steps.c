/* steps.c: operations of the circuit, one by one as it is walked, become matrices, phases and swaps under conditions. */
#include "sim/dense/engine.h"

static struct condition condition_of(const qry_step *step, const qry_gate_info *info)
{
    struct condition when = {0, 0};
    for (int i = 0; i < info->qubits - info->targets; i++)
        when.qubits |= (uint64_t)1 << step->qubit[i];
    when.values = when.qubits;
    for (uint32_t i = 0; i < step->controls; i++) {
        uint64_t bit = (uint64_t)1 << (step->control[i] & ~QRY_NEGATIVE);
        when.qubits |= bit;
        when.values |= step->control[i] & QRY_NEGATIVE ? 0 : bit;
    }
    return when;
}

static void take_gate(struct dense *d, const qry_step *step)
{
    const qry_gate_info *info = &qry_gate_table[step->kind];
    struct condition when = condition_of(step, info);
    const qry_qubit *target = step->qubit + info->qubits - info->targets;
    double matrix[8];
    if (step->controls)
        qry_tally_add_controlled(&d->executed, (qry_gate)step->kind, step->controls, 1);
    else
        d->executed.gate[step->kind]++;
    if (info->swaps) {
        dense_swap(d, target[0], target[1], when);
        return;
    }
    qry_gate_matrix((qry_gate)step->kind, step->angle, matrix);
    if (info->targets)
        dense_matrix(d, matrix, target[0], when);
    else
        dense_phase(d, matrix[0], matrix[1], when);
}

static void take_measurement(struct dense *d, const qry_step *step)
{
    d->executed.measurements++;
    if (d->random)
        d->bits[step->bit] = (uint8_t)dense_measure(d, step->qubit[0]);
}

static void take_reset(struct dense *d, const qry_step *step)
{
    static const double x[8] = {0, 0, 1, 0, 1, 0, 0, 0};
    d->executed.resets++;
    if (dense_measure(d, step->qubit[0]))
        dense_matrix(d, x, step->qubit[0], (struct condition){0, 0});
}

/* ---- the walk ---- */

struct reader {
    struct dense *d;
    uint32_t skipping; /* conditions that are open since one did not hold, itself included */
};

static bool on_step(void *state, const qry_step *step)
{
    const struct reader *r = state;
    if (r->skipping)
        return true;
    if (step->kind < QRY_GATES)
        take_gate(r->d, step);
    else if (step->kind == QRY_OP_MEASURE)
        take_measurement(r->d, step);
    else
        take_reset(r->d, step);
    return true;
}

static bool on_begin_if(void *state, uint32_t bit, bool value)
{
    struct reader *r = state;
    if (r->skipping || r->d->bits[bit] != value)
        r->skipping++;
    return true;
}

static bool on_end_if(void *state)
{
    struct reader *r = state;
    r->skipping -= r->skipping > 0;
    return true;
}

void dense_walk(struct dense *d, size_t from, size_t to)
{
    struct reader r = {.d = d};
    qry_visitor visitor = {.state = &r, .step = on_step, .begin_if = on_begin_if, .end_if = on_end_if};
    qry_walk_ops(qry_circuit_program(d->sim.circuit), from, to, false, NULL, &visitor);
    qry_must(r.skipping == 0);
}
