// A qubit is no value, and no statement.
OPENQASM 3.0;
qubit[3] q;
let r = q[0:1];
q[2];
q;
r[1];
$0;
// error: 5:1 qubits alone are no statement
// hint: a gate stands before its qubits: x q;
// error: 6:1 qubits alone are no statement
// hint: a gate stands before its qubits: x q;
// error: 7:1 qubits alone are no statement
// hint: a gate stands before its qubits: x q;
// error: 8:1 qubits alone are no statement
// hint: a gate stands before its qubits: x q;
