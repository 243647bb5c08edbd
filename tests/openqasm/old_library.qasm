// Gates that only qelib1.inc has, each undone by what it is made of: cu1, cu3, rzz, u0 and others on known bits.
// expect: always 11111
OPENQASM 2.0;
include "qelib1.inc";
opaque magic(a) x,y;
qreg q[5];
creg c[5];
x q[0];
cu3(pi,0,pi) q[0],q[1];
h q[2];
cu1(pi) q[0],q[2];
h q[2];
u2(0,pi) q[3];
rzz(pi) q[0],q[3];
u2(0,pi) q[3];
u0(1) q[4];
c3x q[0],q[1],q[2],q[4];
measure q -> c;
