/* gates.c: the gate table, from gates.def. */
#include "qasm/clock.h"
#include "qasm/walk.h"

#include <complex.h>
#include <math.h>
#include <string.h>

const qry_gate_info qry_gate_table[QRY_GATES] = {
#define NONE   0
#define TARGET 1
#define SWAP   2
#define GATE(name, qubits, angles, shape, matrix, inverse, sign, class, t, t_depth, toffoli, clifford)                 \
    {#name,       qubits, angles,  shape,  (shape) == SWAP, (sign) < 0, clifford, QRY_GATE_##inverse,                  \
     QRY_##class, t,      t_depth, toffoli},
#include "qasm/gates.def"
#undef GATE
#undef SWAP
#undef TARGET
#undef NONE
};

const struct qry_step_cost qry_step_costs[QRY_OP_KINDS] = {
#define GATE(name, qubits, angles, shape, matrix, inverse, sign, class, t, t_depth, ...)                               \
    [QRY_GATE_##name] = {qubits, t_depth},
#include "qasm/gates.def"
#undef GATE
    [QRY_OP_MEASURE] = {1, 0}, [QRY_OP_RESET] = {1, 0}};

void qry_gate_matrix(qry_gate gate, const double *angles, double matrix[8])
{
    qry_must(gate < QRY_GATES);
    const int count = qry_gate_table[gate].angles;
    const double p = count > 0 ? angles[0] : 0, q = count > 1 ? angles[1] : 0, r = count > 2 ? angles[2] : 0;
    switch (gate) {
#define M(a, b, c, d) a, b, c, d
#define GATE(name, qubits, angles, shape, entries, ...)                                                                \
    case QRY_GATE_##name: {                                                                                            \
        const double complex m[4] = {entries};                                                                         \
        memcpy(matrix, m, sizeof m);                                                                                   \
        break;                                                                                                         \
    }
#include "qasm/gates.def"
#undef GATE
#undef M
    default:
        break;
    }
}

qry_gate qry_gate_invert(qry_gate gate, qry_angle *angles)
{
    const qry_gate_info *info = &qry_gate_table[gate];
    if (info->negate)
        for (int i = 0; i < info->angles; i++)
            angles[i].factor = -angles[i].factor;
    if (info->angles == 3) {
        qry_angle second = angles[1];
        angles[1] = angles[2];
        angles[2] = second;
    }
    return info->inverse;
}

qry_gate qry_gate_under_control(qry_gate gate)
{
    _Static_assert(QRY_GATE_id == 0, "0 stands for none: no gate is id under a control");
    static const uint8_t controlled[QRY_GATES] = {
        [QRY_GATE_x] = QRY_GATE_cx,   [QRY_GATE_cx] = QRY_GATE_ccx,     [QRY_GATE_y] = QRY_GATE_cy,
        [QRY_GATE_z] = QRY_GATE_cz,   [QRY_GATE_h] = QRY_GATE_ch,       [QRY_GATE_gphase] = QRY_GATE_p,
        [QRY_GATE_p] = QRY_GATE_cp,   [QRY_GATE_rx] = QRY_GATE_crx,     [QRY_GATE_ry] = QRY_GATE_cry,
        [QRY_GATE_rz] = QRY_GATE_crz, [QRY_GATE_swap] = QRY_GATE_cswap,
    };
    return controlled[gate] ? (qry_gate)controlled[gate] : QRY_GATES;
}

qry_controlled_cost qry_cost_of_controlled(qry_gate gate, uint32_t controls)
{
    for (qry_gate next; controls && (next = qry_gate_under_control(gate)) != QRY_GATES; controls--)
        gate = next;
    const qry_gate_info *info = &qry_gate_table[gate];
    qry_controlled_cost cost = {info->toffoli, info->t, info->t_depth, info->angles && info->qubits};
    if (!controls || gate == QRY_GATE_id)
        return cost;
    /* What is left has no form with one control more: ccx, cy and cz are the last rung of a ladder; for others with a
     * control the ladder ends at that; the rest is a rotation. */
    uint64_t ladder = 2 * (uint64_t)controls;
    if (info->qubits == info->targets) {
        cost = (qry_controlled_cost){.rotation = true};
        ladder -= 2;
    } else if (gate == QRY_GATE_cy || gate == QRY_GATE_cz)
        ladder--;
    cost.toffoli += ladder;
    cost.t += 7 * ladder;
    cost.t_depth += 3 * ladder;
    return cost;
}

qry_gate qry_gate_find(const char *name)
{
    for (int g = 0; g < QRY_GATES; g++)
        if (strcmp(qry_gate_table[g].name, name) == 0)
            return (qry_gate)g;
    return QRY_GATES;
}
