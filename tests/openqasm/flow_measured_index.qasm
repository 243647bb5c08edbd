// A measured number as the index of a qubit and as the bound of a loop.
// expect: frequencies 001 0001 00 = 1/4, 010 0011 01 = 1/4, 100 0111 10 = 1/4, 000 1111 11 = 1/4
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
qubit[4] bar;
qubit[4] dot;
bit[2] c;
bit[4] d;
bit[3] e;
h q;
c = measure q;
uint[2] n = uint[2](c);
for uint i in [0:n] { x bar[i]; }
x dot[n];
d = measure bar;
e = measure dot[0:2];
