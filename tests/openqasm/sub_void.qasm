// A subroutine without a result; one that is called for what it does to qubits of both calls.
// expect: always 10
OPENQASM 3.0;
include "stdgates.inc";
def move(qubit from, qubit to) {
  cx from, to;
  cx to, from;
}
qubit[3] q;
bit[2] c;
x q[0];
move(q[0], q[1]);
move(q[1], q[2]);
c = measure q[1:2];
