// A balanced function of one bit.
// expect: always 1
OPENQASM 3.0;
include "stdgates.inc";
qubit x_;
qubit y_;
bit c;
x y_;
h x_;
h y_;
cx x_, y_;
h x_;
c = measure x_;
