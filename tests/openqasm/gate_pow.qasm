// t^2 = s, s^-2 = z, (rz(pi/3))^3 = rz(pi): on |1> i * -1 * i.
// expect: state 1 = 1
OPENQASM 3.0;
include "stdgates.inc";
gate third q { rz(pi / 6) q; rz(pi / 6) q; }
qubit q;
x q;
pow(2) @ t q;
pow(-2) @ s q;
pow(3) @ third q;
pow(0) @ x q;
