// Constants of the program are seen inside of subroutines and gates.
// expect: state 1 = exp(1j*pi/2)
OPENQASM 3.0;
include "stdgates.inc";
const float[64] step = pi / 8;
const uint[8] times = 2;
gate one_step q { p(step) q; }
def steps(qubit q) {
  for uint i in [1:times] { one_step q; p(step) q; }
}
qubit q;
x q;
steps(q);
