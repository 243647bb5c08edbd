// The branch of 0: the third bit is 1 just where both others are 0.
// expect: frequencies 100 = 1/4, 001 = 1/4, 010 = 1/4, 011 = 1/4
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
bit[3] c;
h q[0];
h q[1];
c[0:1] = measure q[0:1];
if (c[0] || c[1]) { z q[2]; } else { x q[2]; }
c[2] = measure q[2];
