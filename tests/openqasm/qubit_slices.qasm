// Slices in gates and measurements: both ends, steps, the whole register.
// expect: always 10001
OPENQASM 3.0;
include "stdgates.inc";
qubit[5] q;
bit[5] c;
x q[0:2:4];
x q[1:3];
x q[{1, 3}];
c[0:1] = measure q[0:1];
c[2:4] = measure q[2:4];
