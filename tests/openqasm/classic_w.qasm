// The W state: one of three.
// expect: probabilities 001 = 1/3, 010 = 1/3, 100 = 1/3
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
bit[3] c;
ry(2 * arccos(sqrt(1 / 3.0))) q[0];
ch q[0], q[1];
cx q[1], q[2];
cx q[0], q[1];
x q[0];
c = measure q;
