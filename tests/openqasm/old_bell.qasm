// OpenQASM 2: registers, an arrow, the library.
// expect: probabilities 00 = 1/2, 11 = 1/2
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
creg c[2];
h q[0];
cx q[0],q[1];
barrier q;
measure q -> c;
