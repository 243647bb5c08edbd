// u2(0, pi) is e^(-i 3pi/4) U(pi/2, 0, pi): -i/sqrt(2) on both.
// expect: state 0 = -1j/sqrt(2), 1 = -1j/sqrt(2)
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
u2(0, pi) q;
