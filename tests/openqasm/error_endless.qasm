// run: --max-steps 1000
// expect: error 5:1 1000
OPENQASM 3.0;
int[32] i = 0;
while (i < 10) { i *= 2; }
