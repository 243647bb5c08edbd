// An extern that is not called needs no body.
// expect: always 1
OPENQASM 3.0;
include "stdgates.inc";
extern decode(bit[3], float[64]) -> bit;
qubit q;
x q;
bit c = measure q;
