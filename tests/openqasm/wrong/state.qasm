// The amplitude of 1 is i.
// expect: state 1 = 1
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
y q;
