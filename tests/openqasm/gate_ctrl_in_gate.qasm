// Modifiers inside of a gate, on angles of the gate; the whole of it controlled and inverted again.
// expect: state 11 = exp(-1j*pi/8)
OPENQASM 3.0;
include "stdgates.inc";
gate half(a) c, t { ctrl @ phase(a / 2) c, t; }
qubit[2] q;
x q;
half(pi / 4) q[0], q[1];
inv @ half(pi / 2) q[0], q[1];
