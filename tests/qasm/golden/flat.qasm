OPENQASM 3.0;
include "stdgates.inc";
// made by a test
// for K?; "h" q[0]
qubit[14] t_2;
qubit[1] word;
bit[2] c;
h word[0];
// @enter round
// @enter load K
// @enter turn ?
sdg t_2[11];
p(-3.0) t_2[12];
cp(0.25) t_2[1], t_2[0];
rz(-1e-10) t_2[2];
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
sdg t_2[11];
p(-3.0) t_2[12];
cp(0.25) t_2[1], t_2[0];
rz(-1e-10) t_2[2];
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
rz(1e-10) t_2[2];
cp(-0.25) t_2[1], t_2[0];
p(3.0) t_2[12];
s t_2[11];
// @leave turn ?
// @leave load K
// @enter turn ?
rz(0.0) t_2[2];
cp(-3.1415926535897931) t_2[1], t_2[0];
p(3.0) t_2[12];
s t_2[11];
// @leave turn ?
c[0] = measure word[0];
c[1] = measure t_2[2];
