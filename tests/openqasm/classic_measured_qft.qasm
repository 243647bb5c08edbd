// The inverse transform with measurements in the middle, on a state that is a Fourier state: the number 6 comes back.
// expect: always 0110
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
bit[4] c;
h q;
for int i in [0:3] { p(2 * pi * 6 * 2 ** i / 16) q[i]; }
// the highest qubit knows the lowest bit
h q[3];
c[0] = measure q[3];
if (c[0]) { p(-pi / 2) q[2]; }
h q[2];
c[1] = measure q[2];
if (c[0]) { p(-pi / 4) q[1]; }
if (c[1]) { p(-pi / 2) q[1]; }
h q[1];
c[2] = measure q[1];
if (c[0]) { p(-pi / 8) q[0]; }
if (c[1]) { p(-pi / 4) q[0]; }
if (c[2]) { p(-pi / 2) q[0]; }
h q[0];
c[3] = measure q[0];
