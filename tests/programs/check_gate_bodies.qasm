// What cannot stand in a gate, and what can.
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit c;
int[8] n = 2;
const int[8] two = 2;
def f(qubit a) { h a; }
gate itself a { itself a; }
gate uses_program a { cx a, q[0]; }
gate uses_variable a { rz(n) a; }
gate uses_constant a { pow(two) @ rz(two * pi) a; }
gate calls_def a { f a; }
gate measures a { measure a; }
gate resets a { x a; reset a; h a; }
gate decides a { if (true) { x a; } }
gate declares a { int[8] b = 1; }
gate twice a { cx a, a; }
gate same a, a { h a; }
gate parameter(x, x) a { rz(x) a; }
gate index a { h a[0]; }
gate physical a { cx a, $0; }
gate loops a, b { for int i in [1:two] { rz(pi / i) a; barrier a; nop b; { h b; } } }
gate loops_long a { for int i in [1:n] x a; }
gate loops_angle(x) a { for int i in [1:int(x)] for int j in [i:2 * i] rz(j) a; }
gate unknown a { foo a; }
gate angle_of_qubit(x) a { rz(a) x; }
if (true) { gate inner a { } }
gate timed a { delay[20ns] a; box[1us] { h a; } }
gate nothing() a { }
nothing q[0];
nothing() q[1];
// error: 9:17 the gate 'itself' applies itself
// error: 10:29 the gate 'uses_program' cannot use 'q', a qubit register of the program
// hint: a gate has its qubits and angles as parameters, and may use constants and other gates
// error: 11:27 the gate 'uses_variable' cannot use 'n', a variable of the program
// hint: a gate has its qubits and angles as parameters, and may use constants and other gates
// error: 13:20 the gate 'calls_def' cannot use 'f', a def of the program
// hint: a gate has its qubits and angles as parameters, and may use constants and other gates
// error: 14:19 a measurement cannot stand in a gate: gates are made of gates
// hint: a def can hold it
// error: 15:22 a reset cannot stand in a gate: gates are made of gates
// hint: a def can hold it
// error: 16:18 an if cannot stand in a gate: gates are made of gates
// hint: a def can hold it
// error: 17:19 a variable cannot stand in a gate: gates are made of gates
// hint: a def can hold it
// error: 18:22 'cx' gets the qubit a twice
// error: 19:14 the name 'a' is taken
// hint: it is declared on line 19
// error: 20:19 the name 'x' is taken
// hint: it is declared on line 20
// error: 21:18 'a' has no indices: it is a single qubit
// hint: the operands of a gate are single qubits: gate g a, b { ... }
// error: 22:25 a gate has no physical qubits
// hint: name it among the qubits behind the gate's name, and give it where the gate is used
// error: 24:37 the gate 'loops_long' cannot use 'n', a variable of the program
// hint: a gate has its qubits and angles as parameters, and may use constants and other gates
// error: 25:38 a loop in a gate cannot hang on the angles of the gate
// error: 26:18 'foo' is not declared
// error: 27:31 the angle of a gate is a number, and this is qubit
// error: 27:34 a qubit is wanted, and this is float[64]
// error: 28:13 a gate stands outside of all blocks
