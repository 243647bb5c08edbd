// With the control at 1: crx(pi)|0> = -i|1>, cry(pi)|0> = |1>, crz(pi)|1> = i|1>, cp(pi/2)|11> = i|11>, cz|11> = -|11>. In all: i.
// expect: state 1111 = 1j
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
x q[0];
x q[3];
crx(pi) q[0], q[1];      // -i
cry(pi) q[0], q[2];
crz(pi) q[0], q[3];      // i
cp(pi / 2) q[1], q[2];   // i
cz q[2], q[3];           // -1
cphase(pi) q[0], q[3];   // -1
