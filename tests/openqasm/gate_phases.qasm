// On |1>: s is i, t is e^(i pi/4), sdg and tdg undo them, p and phase are what they say.
// expect: state 1 = -1
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
x q;
s q;
t q;
s q;
sdg q;
t q;
tdg q;
p(pi / 8) q;
phase(pi / 16) q;
u1(pi / 16) q;
