// cu(theta, phi, lambda, gamma) with its control at 1: e^(i gamma) (cos(theta/2), e^(i phi) sin(theta/2)).
// expect: state 01 = 1j/sqrt(2), 11 = -1j/sqrt(2)
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
x q[0];
cu(pi / 2, pi, 0.3, pi / 2) q[0], q[1];
