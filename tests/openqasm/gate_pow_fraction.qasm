// Roots are principal: x^0.5 = sx, z^0.5 = s; and the square of the first root is x again.
// expect: state 00 = (1+1j)/2, 01 = (1-1j)/2
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
pow(0.5) @ x q[0];
pow(0.5) @ x q[1];
pow(0.5) @ x q[1];
x q[1];
pow(0.5) @ z q[1];
