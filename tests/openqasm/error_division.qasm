// expect: error 6:5 zero
OPENQASM 3.0;
int[32] a = 3;
int[32] b = 3;
int[32] c;
c = a / (a - b);
