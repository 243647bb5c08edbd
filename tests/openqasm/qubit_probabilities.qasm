// ry(2 pi / 3): a quarter and three quarters. Registers are printed the last one first.
// expect: probabilities 0 00 = 1/4, 1 00 = 3/4
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
bit[2] low;
bit high;
ry(2 * pi / 3) q[2];
high = measure q[2];
low = measure q[0:1];
