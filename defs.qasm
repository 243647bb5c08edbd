OPENQASM 3;
include "stdgates.inc";
qubit[3] q;
bit r;
def rot(float a, int n, qubit t) { for int i in [1:n] { rx(a * i) t; } }
def par(qubit[2] p, qubit a) -> bit { cx p[0], a; cx p[1], a; return measure a; }
rot(0.5, 2, q[0]); rot(0.5, 2, q[1]); rot(0.25, 2, q[0]);
r = par(q[0:1], q[2]);
if (r) x q[0];
for int i in [1:1000000000] { rot(0.1, 1, q[0]); h q[1]; }
// @enter alpha
h q[0];
// @enter beta
for uint i in [0:2] { h q[i]; }
// @leave
// @leave
