OPENQASM 2.0;
// Words that only OpenQASM 3 has are names here.
include "qelib1.inc";
qreg bit[2];
creg input[2];
opaque while(a) b;
measure bit -> input;
if (input == 2) x bit[0];
qubit[2] q;
for int i in [0:2] { x bit[0]; }

// error: 10:9 expected ';', not 'i'
// hint: the file says OPENQASM 2.0: what came with OpenQASM 3 is not known in it
