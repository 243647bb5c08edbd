// A one-way computation: h by a measurement, with the by-product undone; then h again gives 0 or 1 as it was.
// expect: frequencies 1 0 = 1/2, 1 1 = 1/2
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit m;
bit r;
x q[0];
h q[1];
cz q[0], q[1];
h q[0];
m = measure q[0];
if (m) x q[1];
h q[1];
r = measure q[1];
