// The square root of x: (1 + i)/2 and (1 - i)/2.
// expect: state 0 = (1+1j)/2, 1 = (1-1j)/2
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
sx q;
