// A controlled global phase is a phase of its control.
// expect: state 0 00 = 1/2, 0 01 = 1j/2, 0 10 = -1/2, 0 11 = -1j/2
OPENQASM 3.0;
include "stdgates.inc";
gate minus q { gphase(pi); }
qubit[2] q;
h q;
ctrl @ gphase(pi / 2) q[0];
qubit t;
ctrl @ minus q[1], t;
