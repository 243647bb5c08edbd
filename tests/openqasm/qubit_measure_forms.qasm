// A measurement with =, with an arrow, in a declaration, and with nowhere to go.
// expect: always 11 1 101
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
bit[3] c;
x q[0];
x q[2];
c = measure q;
measure q[1];
bit d = measure q[0];
bit[2] e;
measure q[0] -> e[0];
e[1] = measure q[2];
