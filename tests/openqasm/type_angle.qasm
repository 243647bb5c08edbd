// The examples of the specification's section on angles: fixed-point fractions of a turn.
// expect: output sum = 1000
// expect: output wrapped = 0001
// expect: output difference = 1010
// expect: output doubled = 1110
// expect: output halved = 0011
// expect: output ratio = 7
// expect: output negative = 1001
OPENQASM 3.0;
output bit[4] sum;
output bit[4] wrapped;
output bit[4] difference;
output bit[4] doubled;
output bit[4] halved;
output uint[4] ratio;
output bit[4] negative;
angle[4] a = 7 * (pi / 8); // 0111
angle[4] b = pi / 8;       // 0001
angle[4] c = 5 * (pi / 4); // 1010
uint[4] two = 2;
sum = bit[4](a + b);
wrapped = bit[4](a + c);
difference = bit[4](b - a);
doubled = bit[4](a * two);
halved = bit[4](a / two);
ratio = a / b;
negative = bit[4](-a);
