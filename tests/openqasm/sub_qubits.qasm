// Qubits are handed over as themselves: one, a register, a slice, beside numbers.
// expect: state 1101 = 1j
OPENQASM 3.0;
include "stdgates.inc";
def flip_all(qubit[3] q) { x q; }
def turn(qubit q, float[64] a) { p(a) q; }
def exchange(qubit a, qubit b) { swap a, b; }
qubit[4] q;
flip_all(q[0:2]);         // 0111
exchange(q[1], q[3]);     // 1101
turn(q[3], pi / 4);
turn(q[1], pi);           // 0 there: nothing
turn(q[0], pi / 4);
