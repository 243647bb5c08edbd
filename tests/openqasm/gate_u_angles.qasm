// U(pi/3, pi/2, pi) on |1>: e^(i pi/6) (-e^(i pi) sin(pi/6), e^(i 3pi/2) cos(pi/6)).
// expect: state 0 = exp(1j*pi/6)/2, 1 = -1j*exp(1j*pi/6)*sqrt(3)/2
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
x q;
U(pi / 3, pi / 2, pi) q;
