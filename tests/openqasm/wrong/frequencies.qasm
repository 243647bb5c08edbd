// A fair coin.
// expect: frequencies 0 = 2/3, 1 = 1/3
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit c;
h q;
c = measure q;
