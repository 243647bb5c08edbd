/* clock.c: see clock.h. */
#include "qasm/clock.h"

#include "qasm/walk.h"

/* A fence: all clocks of the list, or all there are, go on to the latest of them. */
static struct qry_clock wait_for_all(const struct qry_clocks *clocks, const qry_definition *d, const qry_op *op)
{
    struct qry_clock last = {0, 0};
    uint32_t count = qry_op_qubits(d, op);
    if (count == 0) {
        for (size_t i = 0; i < clocks->count; i++)
            last = qry_clock_later(last, clocks->clock[i]);
        for (size_t i = 0; i < clocks->count; i++)
            clocks->clock[i] = last;
        return last;
    }
    for (uint32_t i = 0; i < count; i++)
        last = qry_clock_later(last, *qry_clock_of(clocks, qry_op_qubit(d, op, i)));
    for (uint32_t i = 0; i < count; i++)
        *qry_clock_of(clocks, qry_op_qubit(d, op, i)) = last;
    return last;
}

struct qry_clock qry_clock_step_list(const struct qry_clocks *clocks, const qry_definition *d, const qry_op *op,
                                     struct qry_clock floor)
{
    if (op->kind == QRY_OP_BARRIER)
        return wait_for_all(clocks, d, op);
    if (op->kind != QRY_OP_CONTROLLED) /* gphase, which is on no qubit */
        return floor;
    uint32_t count = qry_op_qubits(d, op);
    qry_controlled_cost cost = qry_cost_of_controlled((qry_gate)op->a, d->operands[op->b]);
    struct qry_clock at = floor;
    for (uint32_t i = 0; i < count; i++)
        at = qry_clock_later(at, *qry_clock_of(clocks, qry_op_qubit(d, op, i)));
    at = (struct qry_clock){at.depth + 1, at.t + (double)cost.t_depth};
    for (uint32_t i = 0; i < count; i++)
        *qry_clock_of(clocks, qry_op_qubit(d, op, i)) = at;
    return at;
}
