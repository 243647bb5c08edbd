// One qubit that is measured four times, the correction carried along as a real number: the phase 11/16.
// expect: always 1011
OPENQASM 3.0;
include "stdgates.inc";
qubit q;
qubit r;
bit[4] c;
float[64] correction = 0;
x r;
for int k in [3:-1:0] {
  reset q;
  h q;
  ctrl @ pow(2 ** k) @ p(2 * pi * 11 / 16) q, r;
  p(-correction) q;
  h q;
  c[3 - k] = measure q;
  if (c[3 - k]) { correction += pi; }
  correction /= 2;
}
