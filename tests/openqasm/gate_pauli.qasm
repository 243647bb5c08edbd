// y|0> = i|1>, x|0> = |1>, z|1> = -|1>.
// expect: state 11 = -1j
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
y q[0];
x q[1];
z q[1];
id q[0];
