// Gates: how many qubits and angles, modifiers, bodies.
OPENQASM 3.0;
include "stdgates.inc";
qubit[5] q;
bit[5] c;
int[8] n = 2;
const int[8] two = 2;
def f(qubit a) { h a; }
gate bell a, b { h a; cx a, b; }
gate turn(x, y) a { rx(x / 2 + y) a; rz(sin(x) * pi) a; gphase(x); }
bell q[0];
bell q[0], q[1], q[2];
turn(1) q[0];
turn q[0];
turn(1, 2, 3) q[0];
rz q[0];
h(1) q[0];
rz(true) q[0];
rz("01") q[0];
rz(2im) q[0];
turn(n, angle[8](pi)) q[0];
ctrl @ bell q[0], q[1];
ctrl(two) @ x q[0], q[1], q[2];
ctrl(n) @ x q[0], q[1], q[2];
ctrl(0) @ x q[0];
negctrl @ ctrl(2) @ pow(1 / 2) @ inv @ z q[0], q[1], q[2], q[3];
ctrl @ x q[0], q[0];
pow(n) @ x q[0];
pow("01") @ x q[0];
inv @ f q[0];
ctrl @ gphase(pi) q[0];
gphase(pi) q[0];
// error: 11:1 'bell' takes 2 qubits, not 1
// error: 12:1 'bell' takes 2 qubits, not 3
// error: 13:1 'turn' takes 2 angles, not 1
// error: 14:1 'turn' takes 2 angles, not 0
// error: 15:1 'turn' takes 2 angles, not 3
// error: 16:1 'rz' takes 1 angle, not 0
// hint: rz(pi / 2)
// error: 17:1 'h' takes 0 angles, not 1
// error: 19:4 the angle of a gate is a number, and this is bit[2]
// error: 20:4 the angle of a gate is a number, and this is complex
// error: 22:1 'bell' takes 3 qubits, not 2
// hint: 2 of the gate itself, and 1 control before them
// error: 24:6 the number of controls must be known before the program runs
// hint: make it of numbers and of names that are declared const
// error: 25:6 the number of controls is 1 to 1048576, and this is 0
// error: 27:16 'x' gets the qubit q[0] twice
// error: 29:5 a power is a number, and this is bit[2]
// error: 30:1 modifiers are for gates, and 'f' is a def
// error: 32:1 'gphase' takes 0 qubits, not 1
