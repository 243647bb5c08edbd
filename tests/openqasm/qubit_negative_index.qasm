// Indices from the end.
// expect: always 1001
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
bit[4] c;
x q[-1];
x q[-4];
c[-4:-1] = measure q[-4:-1];
