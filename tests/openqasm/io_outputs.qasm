// Outputs of every kind, as they are printed.
// expect: output small = -5
// expect: output large = 18446744073709551615
// expect: output flag = 1
// expect: output text = 0110
// expect: output yes = true
// expect: output real = 0.25
// expect: output quarter = pi/2
OPENQASM 3.0;
output int[8] small;
output uint[64] large;
output bit flag;
output bit[4] text;
output bool yes;
output float[64] real;
output angle[8] quarter;
small = -5;
large = 18446744073709551615;
flag = 1;
text = "0110";
yes = 2 > 1;
real = 1.0 / 4;
quarter = pi / 2;
