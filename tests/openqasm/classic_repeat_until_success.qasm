// From the specification's examples (Nielsen and Chuang, chapter 4): a rotation by arccos(3/5) that succeeds with probability 5/8.
// expect: always 0 00
// expect: outcomes tries 1 = 5/8, 2 = 15/64, 3 = 9/64
OPENQASM 3.0;
include "stdgates.inc";
output uint[8] tries;
def segment(qubit[2] anc, qubit psi) -> bit[2] {
  bit[2] b;
  reset anc;
  h anc;
  ccx anc[0], anc[1], psi;
  s psi;
  ccx anc[0], anc[1], psi;
  z psi;
  h anc;
  measure anc -> b;
  return b;
}
qubit input_qubit;
qubit[2] ancilla;
bit[2] flags = "11";
bit output_qubit;
tries = 0;
reset input_qubit;
h input_qubit;
while (uint[2](flags) != 0) {
  flags = segment(ancilla, input_qubit);
  tries += 1;
}
rz(pi - arccos(3.0 / 5)) input_qubit;
h input_qubit;
output_qubit = measure input_qubit;
if (tries > 2) { tries = 3; }
