// A register where a qubit stands: the gate for each; two registers go side by side, a single qubit stays.
// expect: always 110 011 101
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] a;
qubit[3] b;
qubit[3] c;
bit[3] ra;
bit[3] rb;
bit[3] rc;
x a;
x a[1];        // 101
cx a, b;       // 101
x b[1:2];      // 011
cx a[0], c;    // 111
x c[0];        // 110
ra = measure a;
rb = measure b;
rc = measure c;
