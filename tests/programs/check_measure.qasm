// Measurements, resets, delays, boxes.
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
qubit one;
bit[3] c;
bit d;
int[8] n;
uint[3] u;
angle[3] a;
const bit k = 0;
measure q;
measure q -> c;
c = measure q;
c[0] = measure q[0];
d = measure one;
measure q -> d;
measure q[0:1] -> c;
c[1:2] = measure q[0:1];
c[0:n] = measure q[0:n];
n[0] = measure one;
n = measure one;
u = measure q;
a = measure q;
a[2] = measure one;
k = measure one;
c = measure c;
measure q[0] -> q[1];
bit[3] e = measure q;
bit[2] f = measure q;
bool g = measure one;
reset q;
reset c;
barrier;
barrier q, one, $0;
barrier c;
delay[100ns] q[0];
delay[2 * durationof({ x q[0]; })] q;
delay[5] q;
stretch s1;
delay[s1 + 5dt] q[0], one;
box[1us] { x q[0]; y one; }
box { int[8] inner; inner = 2; }
box[2] { }
n = inner;
rz(pi)[20ns] q[0];
rz(pi)[20] q[0];
durationof({ foo; });
// error: 17:1 3 qubits are measured into 1 bit
// hint: as many bits as qubits
// error: 18:1 2 qubits are measured into 3 bits
// hint: as many bits as qubits
// error: 26:1 'k' cannot be assigned: it is a constant
// error: 27:13 a qubit is wanted, and this is bit[3]
// error: 28:17 'q' cannot be assigned: qubits are no variables
// hint: reset q; and gates change them
// error: 30:12 bit[2] is wanted, and this is bit[3]
// hint: give both the same number of bits: a slice c[0:1] has those from the first to the last
// error: 33:7 a qubit is wanted, and this is bit[3]
// error: 36:9 a qubit is wanted, and this is bit[3]
// error: 39:7 duration is wanted, and this is int
// error: 44:5 duration is wanted, and this is int
// error: 45:5 'inner' is not declared
// error: 47:8 duration is wanted, and this is int
// error: 48:14 'foo' is not declared
// hint: did you mean 'floor'?
