// The last digit of a bit string is bit 0; casts to numbers give bit i the weight 2^i.
// expect: output first = 1
// expect: output last = 0
// expect: output number = 3
// expect: output negative = -6
// expect: output from_number = 00000101
// expect: output from_negative = 11111110
// expect: output truth = true
OPENQASM 3.0;
output bit first;
output bit last;
output uint[4] number;
output int[4] negative;
output bit[8] from_number;
output bit[8] from_negative;
output bool truth;
bit[4] c = "0011";
first = c[0];
last = c[3];
number = uint[4](c);
bit[4] d = "1010";
negative = int[4](d); // -8 + 2
uint[8] five = 5;
from_number = bit[8](five);
int[8] minus_two = -2;
from_negative = bit[8](minus_two);
truth = bool(d[3]);
