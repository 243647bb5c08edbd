// The same with an angle that is made of measured bits, as in the specification's example: the newest bit comes in at the top, and
// all move down by one.
// expect: output found = 1011
OPENQASM 3.0;
include "stdgates.inc";
output bit[4] found;
const int[32] n = 4;
const float[64] theta = 2 * pi * 11 / 16;
qubit q;
qubit r;
const angle[n] half = pi;
angle[n] c = 0.0;
uint[n] power = 8;
x r;
for uint i in [0:n - 1] {
  reset q;
  h q;
  ctrl @ pow(power) @ phase(theta) q, r;
  inv @ phase(c) q;
  h q;
  bit newest = measure q;
  found[i] = newest;
  if (newest) { c += half; }
  c >>= 1;
  power >>= 1;
}
