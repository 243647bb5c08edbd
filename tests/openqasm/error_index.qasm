// expect: error 7:25 3
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit[3] c;
c[0] = measure q;
for uint i in [0:3] { c[i] = 1; }
