// u3(pi/2, pi/2, pi/2) is e^(-i 3pi/4) U of the same, whose first column is e^(i pi/4) (1, i)/sqrt(2).
// expect: state 0 = -1j/sqrt(2), 1 = 1/sqrt(2)
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
u3(pi / 2, pi / 2, pi / 2) q;
