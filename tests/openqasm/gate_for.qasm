// A loop inside of a gate.
// expect: state 1 = exp(1j*pi*7/8)
OPENQASM 3.0;
include "stdgates.inc";
gate steps(a) q {
  for uint i in [1:3] { p(a) q; }
  p(a / 2) q;
}
qubit q;
x q;
steps(pi / 4) q;
