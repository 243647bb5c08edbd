// inv of a gate of several: the inverses in the opposite order, global phase and all.
// expect: state 01 = 1
OPENQASM 3.0;
include "stdgates.inc";
gate many(a) q, r { h q; rz(a) q; cx q, r; sx r; gphase(a); U(a, 0.2, 0.7) r; s q; }
qubit[2] q;
x q[0];
many(0.3) q[0], q[1];
inv @ many(0.3) q[0], q[1];
inv @ inv @ id q[1];
