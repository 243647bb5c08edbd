// The phase 3/8 of a turn, to three bits.
// expect: always 011
OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
qubit target;
bit[3] c;
x target;
h q;
for uint i in [0:2] { ctrl @ pow(2 ** i) @ p(2 * pi * 3 / 8) q[i], target; }
swap q[0], q[2];
for int i in [0:2] {
  for int j in [0:i - 1] { cp(-pi / 2 ** (i - j)) q[j], q[i]; }
  h q[i];
}
c = measure q;
