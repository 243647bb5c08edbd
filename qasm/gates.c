/* gates.c: the gate table, from gates.def. */
#include "qasm/clock.h"

#include <complex.h>
#include <math.h>
#include <string.h>

const qry_gate_info qry_gate_table[QRY_GATES] = {
#define SWAP   true
#define TARGET false
#define GATE(name, qubits, angles, shape, matrix, inverse, sign, class, t, t_depth, toffoli, clifford)                 \
    {#name, qubits, angles, shape, (sign) < 0, clifford, QRY_GATE_##inverse, QRY_##class, t, t_depth, toffoli},
#include "qasm/gates.def"
#undef GATE
#undef TARGET
#undef SWAP
};

const struct qry_step_cost qry_step_costs[QRY_OP_RESET + 1] = {
#define GATE(name, qubits, angles, shape, matrix, inverse, sign, class, t, t_depth, ...)                               \
    [QRY_GATE_##name] = {qubits, t_depth},
#include "qasm/gates.def"
#undef GATE
    [QRY_OP_MEASURE] = {1, 0}, [QRY_OP_RESET] = {1, 0}};

void qry_gate_matrix(qry_gate gate, double angle, double matrix[8])
{
    const double p = angle;
    (void)p;
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
        qry_must(gate < QRY_GATES);
    }
}

qry_gate qry_gate_find(const char *name)
{
    for (int g = 0; g < QRY_GATES; g++)
        if (strcmp(qry_gate_table[g].name, name) == 0)
            return (qry_gate)g;
    return QRY_GATES;
}
