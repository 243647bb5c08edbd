// The examples of the specification's section on operations on bit registers.
// expect: output shifted = 00011110
// expect: output turned = 00111110
// expect: output either = 11111111
// expect: output both = 00000000
// expect: output one_of = 11110000
// expect: output none = 01110000
// expect: output ones = 5
// expect: output back = 11000111
OPENQASM 3.0;
output bit[8] shifted;
output bit[8] turned;
output bit[8] either;
output bit[8] both;
output bit[8] one_of;
output bit[8] none;
output uint[8] ones;
output bit[8] back;
bit[8] a = "10001111";
bit[8] b = "01110000";
shifted = a << 1;
turned = rotl(a, 2);
either = a | b;
both = a & b;
one_of = a ^ "01111111";
none = ~a;
ones = popcount(a);
back = rotr(a, 1);
