// An output that is reckoned from measured bits.
// expect: outcomes sum 0 = 1/4, 1 = 1/2, 2 = 1/4
OPENQASM 3.0;
include "stdgates.inc";
output uint[4] sum;
qubit[2] q;
bit[2] c;
h q;
c = measure q;
sum = uint[4](c[0]) + uint[4](c[1]);
