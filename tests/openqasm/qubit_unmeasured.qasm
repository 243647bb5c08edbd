// Bits that nothing was measured into are 0; the same qubit in two bits is the same value.
// expect: probabilities 0000 = 1/2, 0101 = 1/2
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
bit[4] c;
h q;
c[0] = measure q;
c[2] = measure q;
