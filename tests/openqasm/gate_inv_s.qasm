// inv @ s is -i on |1>.
// expect: state 1 = -1j
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
x q;
inv @ s q;
