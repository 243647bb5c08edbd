// The variable of a loop belongs to the loop, and hides one outside.
// expect: output outside = 7
// expect: output sum = 3
OPENQASM 3.0;
output int[32] outside;
output int[32] sum;
int[32] i = 7;
sum = 0;
for int[32] i in [0:2] { sum += i; }
outside = i;
