OPENQASM 3.0;
include "stdgates.inc";
qubit[14] t_2;
qubit[1] word;
bit[2] c;
// turn ?
gate qr_turn__(p00, p01) a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a1_0, a1_1 {
  rz(p01) a10;
  cp(-p00) a1_0, a1_1;
  p(3.0) a0;
  s a1;
}
// inverse of turn ?
gate qr_turn___dg(p00, p01) a0, a1, a2, a3, a4, a5, a6, a7, a8, a9, a10, a1_0, a1_1 {
  sdg a1;
  p(-3.0) a0;
  cp(p00) a1_0, a1_1;
  rz(-p01) a10;
}
h word[0];
// @enter round
// @enter load K
// @enter turn ?
qr_turn___dg(0.25, 1e-10) t_2[12], t_2[11], t_2[10], t_2[9], t_2[8], t_2[7], t_2[6], t_2[5], t_2[4], t_2[3], t_2[2], t_2[1], t_2[0];
// @leave turn ?
// @enter half
ry(0.75) t_2[7];
// @leave half
// @enter fetch
ccx t_2[0], t_2[1], t_2[13];
// @leave fetch
// @leave load K
cswap t_2[0], t_2[13], word[0];
// @enter load K
// @enter turn ?
qr_turn___dg(0.25, 1e-10) t_2[12], t_2[11], t_2[10], t_2[9], t_2[8], t_2[7], t_2[6], t_2[5], t_2[4], t_2[3], t_2[2], t_2[1], t_2[0];
// @leave turn ?
// @enter half
ry(0.75) t_2[7];
// @leave half
// @enter fetch
ccx t_2[0], t_2[1], t_2[13];
// @leave fetch
// @leave load K
cswap t_2[0], t_2[13], word[0];
// @leave round
// @enter load K
// @enter fetch
ccx t_2[0], t_2[1], t_2[13];
// @leave fetch
// @enter half
ry(-0.75) t_2[7];
// @leave half
// @enter turn ?
qr_turn__(0.25, 1e-10) t_2[12], t_2[11], t_2[10], t_2[9], t_2[8], t_2[7], t_2[6], t_2[5], t_2[4], t_2[3], t_2[2], t_2[1], t_2[0];
// @leave turn ?
// @leave load K
// @enter turn ?
qr_turn__(3.1415926535897931, 0.0) t_2[12], t_2[11], t_2[10], t_2[9], t_2[8], t_2[7], t_2[6], t_2[5], t_2[4], t_2[3], t_2[2], t_2[1], t_2[0];
// @leave turn ?
c[0] = measure word[0];
c[1] = measure t_2[2];
