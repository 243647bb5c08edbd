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
gate h a { h a; }
gate x a { s a; }
gate y a { s a; }
gate z a { s a; }
// error: 4:1 'h' is not declared
// hint: include "stdgates.inc"; brings it
// warning: 14:6 the gate 's' of stdgates.inc is declared anew
// error: 16:1 't' is a qubit, not a gate
// warning: 17:6 the gate 'h' of stdgates.inc is declared anew
// error: 17:12 the gate 'h' applies itself
// warning: 18:6 the gate 'x' of stdgates.inc is declared anew
