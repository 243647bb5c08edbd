// Gates of gates, with angles that are reckoned from their own. ry(pi/4 + pi/4) and rz(-pi/2) on each half.
// expect: state 0 = exp(1j*pi/4)/sqrt(2), 1 = exp(-1j*pi/4)/sqrt(2)
OPENQASM 3.0;
include "stdgates.inc";
gate first(a, b) q { ry(a + b / 2) q; }
gate second(c) q { first(c / 4, c / 2) q; rz(-c / 2) q; }
qubit q;
second(pi) q;
