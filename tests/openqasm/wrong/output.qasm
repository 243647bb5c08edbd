// expect: output r = 4
OPENQASM 3.0;
output int[32] r;
r = 2 + 3;
