// The amplitude of 1 is i times as large.
// expect: state 0 = 1/sqrt(2), 1 = 1/sqrt(2)
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
h q;
s q;
