// OpenQASM 2: real arithmetic, registers in conditions, the library.
OPENQASM 2.0;
include "qelib1.inc";
qreg q[3];
qreg r[3];
creg c[3];
creg one[1];
opaque magic(a) x, y;
gate own(a) x, y { u3(a / 2, 1 / 2, pi ^ 2) x; cx x, y; barrier x, y; rzz(-a) x, y; }
u2(0, pi / 4) q[0];
own(3 / 4) q[0], q[1];
own(3 / 4) q, r;
cx q, q;
magic(1) q[0], q[1];
magic q[0];
measure q -> c;
measure q[0] -> one[0];
measure q -> one;
if (c == 5) x q[0];
if (c == 8) x q[0];
if (one == 1) cu1(pi / 2) q[0], q[1];
if (d == 1) x q[0];
h q[3];
reset q;
cnot q[0], q[1];
barrier q, r;
rx(sin(pi / 2) + ln(2) - sqrt(2)) q[0];
// error: 13:7 'cx' gets the qubit q[0] twice
// error: 15:1 'magic' takes 1 angle, not 0
// hint: magic(pi / 2)
// error: 18:1 3 qubits are measured into 1 bit
// hint: as many bits as qubits
// error: 22:5 'd' is not declared
// error: 23:5 index 3, but 'q' has 3 qubits
// hint: they are numbered from 0 to 2
// error: 25:1 'cnot' is not declared
