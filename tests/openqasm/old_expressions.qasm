// The functions of OpenQASM 2 in angles, and ^ as the power: rx(2^2 * pi/4) = rx(pi), ry(sin(pi/2) * pi).
// expect: always 11
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[2];
rx(2^2*pi/4) q[0];
ry(sin(pi/2)*sqrt(4)*ln(exp(1))*pi/2) q[1];
measure q -> c;
