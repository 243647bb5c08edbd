// Signed integers: two's complement; a quotient is cut off towards zero, and the remainder has the sign of the dividend, as in C99.
// expect: output least = -128
// expect: output quotient = -3
// expect: output remainder = -1
// expect: output power = -27
OPENQASM 3.0;
output int[8] least;
output int[8] quotient;
output int[8] remainder;
output int[8] power;
int[8] a = 127;
a += 1;
least = a;
int[8] b = -7;
int[8] two = 2;
quotient = b / two;
remainder = b % two;
int[8] c = -3;
power = c ** 3;
