// The specification's example of the bits of an integer.
// expect: output last = 1
// expect: output sign = 0
// expect: output also_sign = 0
// expect: output even = 0000000000000011
// expect: output upper = 0000000000000000
// expect: output changed = 175
OPENQASM 3.0;
output bit last;
output bit sign;
output bit also_sign;
output bit[16] even;
output bit[16] upper;
output int[32] changed;
int[32] number = 15;
last = number[0];
sign = number[31];
also_sign = number[-1];
even = number[0:2:31];
upper = number[-16:-1];
number[4:7] = "1010"; // 0xAF
changed = number;
