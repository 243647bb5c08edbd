// rx: (1, -i)/sqrt(2); ry: (1, 1)/sqrt(2); rz on |1>: e^(i pi/4).
// expect: state 100 = exp(1j*pi/4)/2, 101 = -1j*exp(1j*pi/4)/2, 110 = exp(1j*pi/4)/2, 111 = -1j*exp(1j*pi/4)/2
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
rx(pi / 2) q[0];
ry(pi / 2) q[1];
x q[2];
rz(pi / 2) q[2];
