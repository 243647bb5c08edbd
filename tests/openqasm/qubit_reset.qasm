// A reset makes 0 of anything, and leaves the other half of a Bell pair a fair coin.
// expect: frequencies 00 = 1/2, 10 = 1/2
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
reset q;
h q[0];
cx q[0], q[1];
reset q[0];
c = measure q;
