// Names: unknown ones, near ones, later ones, scopes.
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] qubits;
int[8] counter = 1;
countr = 2;
h quibts[0];
hh qubits[0];
later = 3;
int[8] later;
later = countr;
if (counter == 1) {
    int[8] inner = 2;
    counter = inner;
}
counter = inner;
float counter;
{
    float counter = 0.5;
    counter = counter * 2;
}
counter = h;
counter = qubits;
counter(3);
h counter;
gate counter a { }
def pi_twice() -> float { return 2 * pi; }
float x = pi_twice() + π + τ + ℇ + tau + euler;
float y = pi_twice;
// error: 6:1 'countr' is not declared
// hint: did you mean 'counter'?
// error: 7:3 'quibts' is not declared
// hint: did you mean 'qubits'?
// error: 8:1 'hh' is not declared
// error: 9:1 'later' is not declared
// hint: it is declared only later, on line 10
// error: 16:11 'inner' is not declared
// error: 17:7 the name 'counter' is taken
// hint: it is declared on line 5
// error: 22:11 'h' is a gate, and a value is wanted
// hint: a gate stands before its qubits: h q[0];
// error: 23:11 int[8] is wanted, and this is qubit[3]
// hint: measure a qubit to have bits: c = measure q;
// error: 24:1 'counter' is a variable: it cannot be called like a function
// error: 25:3 a qubit is wanted, and this is int[8]
// error: 26:6 the name 'counter' is taken
// hint: it is declared on line 5
// error: 29:11 'pi_twice' is a def, and a value is wanted
// hint: call it: name(...)
