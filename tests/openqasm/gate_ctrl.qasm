// A control in front of anything; the first qubits are the controls, in the order of the modifiers.
// expect: always 1 0111
OPENQASM 3.0;
include "stdgates.inc";
gate both a, b { x a; x b; }
qubit[4] q;
qubit r;
bit[4] c;
bit d;
x q[0];
ctrl @ x q[0], q[1];
ctrl(2) @ x q[0], q[1], q[2];
ctrl @ negctrl @ x q[0], q[3], r; // r flips: q[0] is 1, q[3] is 0
negctrl @ ctrl @ x q[0], q[3], r; // nothing
ctrl @ both q[3], q[0], q[1];     // nothing
c = measure q;
d = measure r;
