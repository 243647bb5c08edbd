/* clock.h: when qubits are free. The depth rules stand here and in gates.def alone: an operation begins as soon as all its
 * qubits are free and takes one step of depth, and as many of T-depth as the table says. Private to qasm/. */
#ifndef QRY_CLOCK_H
#define QRY_CLOCK_H

#include "qasm/qasm.h"

/** Whole numbers as doubles: the later of two is then one instruction, and a walk twice as fast. Good up to 2^52. */
struct qry_clock {
    double depth, t;
};

/** What one operation does to the clocks of its qubits, by kind; calls and blocks have none, nor what has its qubits in
 *  a list (gates.c). */
struct qry_step_cost {
    uint8_t qubits, t_depth;
};
extern const struct qry_step_cost qry_step_costs[QRY_OP_KINDS];

static inline struct qry_clock qry_clock_later(struct qry_clock a, struct qry_clock b)
{
    return (struct qry_clock){a.depth > b.depth ? a.depth : b.depth, a.t > b.t ? a.t : b.t};
}

/** The clocks of a walk: where operand i of the body that is being walked has its clock. */
struct qry_clocks {
    struct qry_clock *clock;
    size_t count;
    const qry_qubit *map; /* NULL: operands are numbers of clocks */
};

static inline struct qry_clock *qry_clock_of(const struct qry_clocks *clocks, qry_qubit operand)
{
    return &clocks->clock[clocks->map ? clocks->map[operand] : operand];
}

/** qry_clock_step for operations that have their qubits in a list, or none: controlled gates, barriers, gphase (clock.c). */
struct qry_clock qry_clock_step_list(const struct qry_clocks *clocks, const qry_definition *d, const qry_op *op,
                                     struct qry_clock floor);

/** Takes one plain operation, not before `floor`. Returns when it is done. */
static inline struct qry_clock qry_clock_step(const struct qry_clocks *clocks, const qry_definition *d,
                                              const qry_op *op, struct qry_clock floor)
{
    const struct qry_step_cost cost = qry_step_costs[op->kind];
    if (QRY_UNLIKELY(!cost.qubits))
        return qry_clock_step_list(clocks, d, op, floor);
    struct qry_clock *a = qry_clock_of(clocks, op->a), at = qry_clock_later(*a, floor);
    if (cost.qubits == 1)
        return *a = (struct qry_clock){at.depth + 1, at.t + cost.t_depth};
    struct qry_clock *b = qry_clock_of(clocks, op->b);
    at = qry_clock_later(at, *b);
    if (cost.qubits == 2)
        return *a = *b = (struct qry_clock){at.depth + 1, at.t + cost.t_depth};
    struct qry_clock *c = qry_clock_of(clocks, op->c);
    at = qry_clock_later(at, *c);
    return *a = *b = *c = (struct qry_clock){at.depth + 1, at.t + cost.t_depth};
}

/** How many operations of a body that is counted are kept before they are taken, and what takes them (digest.c). */
enum { QRY_COUNTED_STRETCH = 4096 };
void qry_counted_take(qry_definition *definition);

#endif
