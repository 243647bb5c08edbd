// Everything that flips when its controls are 1: cx, cy (with i), ccx, swap, cswap.
// expect: state 1110111 = 1j
OPENQASM 3.0;
include "stdgates.inc";
qubit[7] q;
x q[0];
cx q[0], q[1];
cy q[1], q[2];
ccx q[1], q[2], q[4];
cx q[3], q[5];           // nothing
cswap q[4], q[0], q[5];  // 0 goes to 5
cx q[5], q[0];
swap q[3], q[6];         // both 0
ccx q[0], q[4], q[6];
