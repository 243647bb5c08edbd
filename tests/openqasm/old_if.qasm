// if compares a whole register with a number. 3 is q[0] and q[1]; the register d stays what it is otherwise.
// expect: frequencies 0 00 = 1/4, 0 01 = 1/4, 0 10 = 1/4, 1 11 = 1/4
OPENQASM 2.0;
include "qelib1.inc";
qreg q[2];
qreg r[1];
creg c[2];
creg d[1];
h q;
measure q -> c;
if(c==3) x r[0];
if(c==4) x r[0];
measure r -> d;
