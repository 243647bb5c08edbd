// Every operator of assignment.
// expect: output a = 9
// expect: output b = 40
// expect: output c = 12
// expect: output d = 1
// expect: output f = 8
OPENQASM 3.0;
output int[32] a;
output uint[32] b;
output uint[32] c;
output int[32] d;
output float[64] f;
a = 5;
a += 6;   // 11
a -= 2;   // 9
b = 5;
b <<= 4;  // 80
b >>= 1;  // 40
c = 13;
c &= 6;   // 4
c |= 9;   // 13
c ^= 1;   // 12
d = 7;
d *= 3;   // 21
d /= 2;   // 10
d %= 3;   // 1
f = 2.0;
f **= 3;  // 8
