/* dense.c: see dense.h. */
#include "tests/compiler/dense.h"

struct dense {
    double complex *state;
    uint64_t size;
};

static bool apply(void *state, const qry_step *step)
{
    struct dense *d = state;
    if (step->kind >= QRY_GATES)
        return true;
    const qry_gate_info *info = &qry_gate_table[step->kind];
    qry_must(info->targets && !step->controls); /* what the compiler makes */
    int controls = info->qubits - info->targets;
    uint64_t on = 0, t = UINT64_C(1) << step->qubit[info->qubits - 1], u = 0;
    for (int i = 0; i < controls; i++)
        on |= UINT64_C(1) << step->qubit[i];
    if (info->swaps)
        u = UINT64_C(1) << step->qubit[info->qubits - 2];
    double m[8];
    qry_gate_matrix((qry_gate)step->kind, step->angle, m);
    for (uint64_t i = 0; i < d->size; i++) {
        if ((i & on) != on || i & t || (info->swaps && !(i & u)))
            continue;
        uint64_t k = info->swaps ? (i ^ u) | t : i | t;
        double complex x = d->state[i], y = d->state[k];
        d->state[i] = info->swaps ? y : (m[0] + I * m[1]) * x + (m[2] + I * m[3]) * y;
        d->state[k] = info->swaps ? x : (m[4] + I * m[5]) * x + (m[6] + I * m[7]) * y;
    }
    return true;
}

double complex *dense_run(qry_ctx *ctx, const qry_definition *definition, uint64_t start, const double *angles)
{
    struct dense d = {.size = UINT64_C(1) << definition->width};
    d.state = qry_alloc(ctx, d.size, sizeof *d.state);
    d.state[start] = 1;
    qry_walk(definition, false, angles, &(qry_visitor){.state = &d, .step = apply});
    return d.state;
}

double dense_probability(const double complex *state, uint32_t width, qry_qubit first, uint32_t count, uint64_t value)
{
    double p = 0;
    uint64_t mask = (UINT64_C(1) << count) - 1;
    for (uint64_t i = 0; i < UINT64_C(1) << width; i++)
        if ((i >> first & mask) == value)
            p += creal(state[i]) * creal(state[i]) + cimag(state[i]) * cimag(state[i]);
    return p;
}
