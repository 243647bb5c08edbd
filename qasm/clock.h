/* clock.h: when qubits are free. The depth rules stand here and in gates.def alone: an operation begins as soon as all its
 * qubits are free and takes one step of depth, and as many of T-depth as the table says. Private to qasm/. */
#ifndef QRY_CLOCK_H
#define QRY_CLOCK_H

#include "qasm/qasm.h"

/** Whole numbers as doubles: the later of two is then one instruction, and a walk twice as fast. Good up to 2^52. */
struct qry_clock {
    double depth, t;
};

/** What one operation does to the clocks of its qubits, by kind; calls and blocks have none (gates.c). */
struct qry_step_cost {
    uint8_t qubits, t_depth;
};
extern const struct qry_step_cost qry_step_costs[QRY_OP_RESET + 1];

static inline struct qry_clock qry_clock_later(struct qry_clock a, struct qry_clock b)
{
    return (struct qry_clock){a.depth > b.depth ? a.depth : b.depth, a.t > b.t ? a.t : b.t};
}

/** Takes one gate, measurement or reset, not before `floor`. map: operands as clocks; NULL: as they are. Returns when it is
 *  done. */
static inline struct qry_clock qry_clock_step(struct qry_clock *clocks, const qry_qubit *map, const qry_op *op,
                                              struct qry_clock floor)
{
    const struct qry_step_cost cost = qry_step_costs[op->kind];
    struct qry_clock *a = &clocks[map ? map[op->a] : op->a], at = qry_clock_later(*a, floor);
    if (cost.qubits == 1)
        return *a = (struct qry_clock){at.depth + 1, at.t + cost.t_depth};
    struct qry_clock *b = &clocks[map ? map[op->b] : op->b];
    at = qry_clock_later(at, *b);
    if (cost.qubits == 2)
        return *a = *b = (struct qry_clock){at.depth + 1, at.t + cost.t_depth};
    struct qry_clock *c = &clocks[map ? map[op->c] : op->c];
    at = qry_clock_later(at, *c);
    return *a = *b = *c = (struct qry_clock){at.depth + 1, at.t + cost.t_depth};
}

#endif
