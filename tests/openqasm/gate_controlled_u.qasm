// U(pi, 0, pi) is i X, and the phase shows when it is controlled.
// expect: state 00 = 1/sqrt(2), 11 = 1j/sqrt(2)
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
h q[0];
ctrl @ U(pi, 0, pi) q[0], q[1];
