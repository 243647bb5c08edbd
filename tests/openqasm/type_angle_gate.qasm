// An angle variable as a gate's argument: 3/4 of a turn on |1> is -i.
// expect: state 1 = -1j
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
angle[8] a = 3 * pi / 2;
x q;
p(a) q;
