// The greatest common divisor of 252 and 105 is 21.
// expect: output divisor = 21
OPENQASM 3.0;
output uint[16] divisor;
uint[16] a = 252;
uint[16] b = 105;
while (b != 0) {
  uint[16] rest = a % b;
  a = b;
  b = rest;
}
divisor = a;
