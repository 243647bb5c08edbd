// What binds tighter: ** (from the right), then signs, * / %, + -, shifts, comparisons, & ^ |, && and last ||.
// expect: output sum = 7
// expect: output sign = -4
// expect: output tower = 512
// expect: output shift = 8
// expect: output left = 3
// expect: output mask = 11
// expect: output either = 4
// expect: output complement = 10
// expect: output truth = false
// expect: output compared = true
// expect: output last = true
OPENQASM 3.0;
output int[32] sum;
output int[32] sign;
output int[32] tower;
output int[32] shift;
output int[32] left;
output uint[8] mask;
output uint[8] either;
output uint[4] complement;
output bool truth;
output bool compared;
output bool last;
sum = 1 + 2 * 3;
sign = -2 ** 2;
tower = 2 ** 3 ** 2;
shift = 1 << 2 + 1;
left = 10 - 4 - 3;
uint[8] seven = 7;
uint[8] six = 6;
uint[8] three = 3;
uint[8] eight = 8;
uint[8] two = 2;
mask = seven & three | eight;
either = six ^ three & two;
uint[4] five = 5;
complement = ~five;
truth = !false && false;
compared = 1 + 2 < 4 == true;
last = true || false && false;
