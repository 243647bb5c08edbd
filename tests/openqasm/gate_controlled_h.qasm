// ch makes a Bell pair's half only where its control is 1.
// expect: state 00 = 1/sqrt(2), 01 = 1/2, 11 = 1/2
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
h q[0];
ch q[0], q[1];
