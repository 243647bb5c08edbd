// A qubit and a bit without a size, beside registers of one.
// expect: always 1 1 1
OPENQASM 3.0;
include "stdgates.inc";
qubit a;
qubit[1] b;
bit c;
bit[1] d;
bit[1] e;
x a;
cx a, b[0];
c = measure a;
d[0] = measure b[0];
e = measure b;
