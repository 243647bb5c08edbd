// Negative controls act where the qubit is 0.
// expect: state 000 = 1/2, 001 = 1/2, 010 = 1/2, 111 = 1/2
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
h q[0:1];
negctrl(2) @ x q[0], q[1], q[2]; // where both are 0
ctrl(2) @ x q[0], q[1], q[2];
negctrl(2) @ x q[0], q[1], q[2];
