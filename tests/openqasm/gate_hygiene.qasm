// The names of a gate's angles and qubits are its own, also where the same names stand outside.
// expect: state 0 10 = 1j
OPENQASM 3.0;
include "stdgates.inc";
const float[64] a = pi;
qubit[2] b;
qubit c;
gate turned(a) b, c { x c; p(a) c; }
turned(pi / 2) b[0], b[1];
