// Qubits: places, slices, the same one twice, sizes side by side.
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
qubit[3] r;
qubit one;
qubit[1] single;
bit[4] c;
int[8] i;
h q[4];
h q[-5];
h q[-4];
h one[0];
cx q[1], q[1];
cx q[1], q[-3];
cx q, q;
cx q, r;
cx q, one;
cx q[0:2], r;
cx q[0:1], q[1:2];
cx q[0:2], q[1:3];
cx q, q[2];
cx q[{0, 2}], q[{2, 0}];
cx q[{0, 2}], q[{1, 2}];
cx single, q;
ccx q[0], one, q[0];
h q[2:1];
h q[0:0:3];
h q[3:-1:0];
h q[0:7];
h q[i];
cx q[i], q[i];
cx q[i:3], r;
h q[1.5];
h q[c];
h q[0, 1];
h c;
cx $0, $0;
cx $0, $1;
swap q[0:1][1], q[1];
// error: 10:5 index 4, but 'q' has 4 qubits
// hint: they are numbered from 0 to 3
// error: 11:5 index -5, but 'q' has 4 qubits
// hint: they are numbered from 0 to 3
// error: 13:3 'one' has no indices: it is a single qubit
// hint: a register of one is declared as qubit[1]
// error: 14:10 'cx' gets the qubit q[1] twice
// error: 15:10 'cx' gets the qubit q[1] twice
// error: 16:7 'cx' gets the qubit q[0] twice
// error: 17:7 'cx' gets registers of 4 and 3 qubits
// hint: registers that stand beside each other need the same size
// error: 22:7 'cx' gets the qubit q[2] twice
// error: 24:15 'cx' gets the qubit q[2] twice
// error: 26:16 'ccx' gets the qubit q[0] twice
// error: 27:5 there is nothing in this range
// hint: both ends are included, and without a step it goes upwards
// error: 28:7 a range with step 0 has no end
// error: 30:7 index 7, but 'q' has 4 qubits
// hint: they are numbered from 0 to 3
// error: 34:5 an index is a whole number, and this is float
// error: 35:5 an index is a whole number, and this is bit[4]
// hint: cast it: uint(...)
// error: 36:8 one index too many for qubit[4]
// hint: several places are a set: {0, 2}
// error: 37:3 a qubit is wanted, and this is bit[4]
// error: 38:8 'cx' gets the qubit $0 twice
// error: 40:17 'swap' gets the qubit q[1] twice
