// Tossed until heads, three times at most.
// expect: outcomes tries 1 = 1/2, 2 = 1/4, 3 = 1/4
// expect: outcomes heads true = 7/8, false = 1/8
OPENQASM 3.0;
include "stdgates.inc";
output uint[8] tries;
output bool heads;
qubit q;
tries = 0;
heads = false;
while (!heads && tries < 3) {
  reset q;
  h q;
  bit b = measure q;
  heads = bool(b);
  tries += 1;
}
