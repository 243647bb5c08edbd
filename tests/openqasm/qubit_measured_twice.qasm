// A measured qubit has its value: measured again it says the same, and the bit follows what comes after.
// expect: frequencies 10 0 = 1/2, 01 1 = 1/2
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit first;
bit[2] c;
h q;
first = measure q;
c[0] = measure q;
x q;
c[1] = measure q;
