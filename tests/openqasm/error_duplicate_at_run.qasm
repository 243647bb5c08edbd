// Both indices become the same.
// expect: error 6:23 q
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
for uint i in [0:2] { cx q[i], q[2 * i]; }
