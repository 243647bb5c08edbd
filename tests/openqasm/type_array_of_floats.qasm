// Items of other types: floats and angles as arguments of gates, bools as conditions.
// expect: always 11
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
bit[2] c;
array[float[64], 2] turns = {pi / 2, pi};
array[bool, 3] flags = {false, true, false};
rx(turns[0]) q[0];
rx(turns[0]) q[0];
for int i in [0:2] {
  if (flags[i]) rx(turns[1]) q[1];
}
c = measure q;
