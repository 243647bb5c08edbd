// Casts between numbers: to integers by cutting off, between widths by wrapping around, to bool by being nonzero.
// expect: output cut = 3
// expect: output cut_negative = -3
// expect: output narrow = 44
// expect: output unsigned = 253
// expect: output widened = -3
// expect: output nonzero = true
// expect: output zero = false
// expect: output one = 1
// expect: output real = 7.0
OPENQASM 3.0;
output int[8] cut;
output int[8] cut_negative;
output uint[8] narrow;
output uint[8] unsigned;
output int[16] widened;
output bool nonzero;
output bool zero;
output uint[8] one;
output float[64] real;
float[64] x = 3.9;
cut = int[8](x);
cut_negative = int[8](-x);
uint[16] large = 300;
narrow = uint[8](large); // 300 - 256
int[8] small = -3;
unsigned = uint[8](small);
widened = int[16](small);
nonzero = bool(small);
zero = bool(small + 3);
bool yes = true;
one = uint[8](yes);
uint[4] seven = 7;
real = float[64](seven);
