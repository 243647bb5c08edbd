OPENQASM 3.1;
include "stdgates.inc";
// made by a test
qubit[4] data;
qubit[1] i;
bit[3] flags;
bit[2] c;
// definition: turn ?
gate turn__(p_0, p_1) a0, a1, a10 {
  for uint i_ in [1:3] {
    U(p_1, -p_0, 0.5*p_1) a10;
    // @enter inner
    gphase(-0.25*p_0);
    // @leave inner
  }
  barrier a0, a10;
  negctrl @ ctrl @ gphase(p_1) a1, a0;
}
def syndrome(float p_0, qubit q0, qubit q1, qubit q2) {
  if (!c[0]) {
    reset q2;
    if (flags[0]) {
      inv @ sx q1;
    }
  }
  inv @ turn__(p_0, 2.0) q2, q0, q1;
  c[0] = measure q2;
}
gate Bell_2 bell0, bell1 {
  swap bell1, bell0;
}
gate p0 a {
  id a;
}
// definition: h
gate h_2 a {
  sx a;
}
// definition: data
gate data_2 a {
}
turn__(3.1415926535897931, 1e+22) data[3], data[2], i[0];
syndrome(0.0, data[0], data[1], data[2]);
inv @ Bell_2 data[0], data[1];
p0 i[0];
h_2 i[0];
data_2 i[0];
ctrl(2) @ negctrl @ ctrl @ inv @ sx data[0], data[1], data[2], data[3], i[0];
ctrl @ ccx i[0], data[0], data[1], data[2];
cx i[0], data[0];
// @enter corrections
for uint[64] i_ in [1:5000000000] {
  barrier;
  h i[0];
}
// @leave corrections
flags[2] = measure data[0];
if (flags[2]) {
  x data[0];
}
