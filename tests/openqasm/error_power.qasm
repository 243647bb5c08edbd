// The root of several gates is not made.
// expect: error 7:1 pow(0.5)
OPENQASM 3.0;
include "stdgates.inc";
gate both a, b { cx a, b; h a; }
qubit[2] q;
pow(0.5) @ both q[0], q[1];
