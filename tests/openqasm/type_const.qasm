// Constants size registers, and are numbers in gates.
// expect: always 00100
OPENQASM 3.0;
include "stdgates.inc";
const uint[8] n = 3;
const uint[8] last = n - 1;
const float[64] whole = 2 * pi / 2;
qubit[n] q;
bit[2 * n - 1] c;
rx(whole) q[last];
c[0:last] = measure q;
