// Subroutines that measure: a coin that is tossed twice, and a copy of the first.
// expect: frequencies 00 0 = 1/4, 00 1 = 1/4, 11 0 = 1/4, 11 1 = 1/4
OPENQASM 3.0;
include "stdgates.inc";
def toss(qubit q) -> bit {
  reset q;
  h q;
  return measure q;
}
def copy(bit value, qubit q) -> bit {
  bit result;
  reset q;
  if (value) { x q; }
  result = measure q;
  return result;
}
qubit[2] q;
bit again;
bit[2] c;
c[0] = toss(q[0]);
c[1] = copy(c[0], q[1]);
again = toss(q[0]);
