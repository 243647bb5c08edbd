// The transform of OpenQASM 2 files, with register broadcasting and angles of pi.
// expect: probabilities 0000 = 1/16, 0001 = 1/16, 0010 = 1/16, 0011 = 1/16, 0100 = 1/16, 0101 = 1/16, 0110 = 1/16, 0111 = 1/16
// expect: probabilities 1000 = 1/16, 1001 = 1/16, 1010 = 1/16, 1011 = 1/16, 1100 = 1/16, 1101 = 1/16, 1110 = 1/16, 1111 = 1/16
OPENQASM 2.0;
include "qelib1.inc";
qreg q[4];
creg c[4];
x q[0];
x q[2];
h q[0];
cu1(pi/2) q[1],q[0];
h q[1];
cu1(pi/4) q[2],q[0];
cu1(pi/2) q[2],q[1];
h q[2];
cu1(pi/8) q[3],q[0];
cu1(pi/4) q[3],q[1];
cu1(pi/2) q[3],q[2];
h q[3];
measure q -> c;
