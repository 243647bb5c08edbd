// Unsigned integers wrap around at their width.
// expect: output sum = 4
// expect: output difference = 16
// expect: output product = 196
// expect: output shifted = 232
OPENQASM 3.0;
output uint[8] sum;
output uint[8] difference;
output uint[8] product;
output uint[8] shifted;
uint[8] a = 250;
uint[8] b = 10;
sum = a + b;        // 260 - 256
difference = b - a; // -240 + 256
product = a * b;    // 2500 - 9 * 256
shifted = a << 2;   // 1000 - 3 * 256
