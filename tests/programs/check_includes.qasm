// Gates of the standard include give way to the program's names; without the include they are missed.
OPENQASM 3.0;
qubit[2] q;
h q[0];
CX q[0], q[1];
U(0, 0, pi) q[0];
gphase(pi / 2);
include "stdgates.inc";
include "stdgates.inc";
cx q[0], q[1];
qubit t;
float p = 0.5;
rx(p) t;
gate s a { h a; }
s t;
t q[0];
// error: 4:1 'h' is not declared
// hint: include "stdgates.inc"; brings it
// error: 16:1 't' is a qubit, not a gate
