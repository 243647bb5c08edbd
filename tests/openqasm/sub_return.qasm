// Subroutines that return values; arguments are handed over by value.
// expect: output parity = 1
// expect: output doubled = 14
// expect: output unchanged = 7
OPENQASM 3.0;
output bit parity;
output uint[8] doubled;
output uint[8] unchanged;
def parity_of(bit[5] c) -> bit {
  bit p = 0;
  for bit b in c { p ^= b; }
  return p;
}
def twice(uint[8] n) -> uint[8] {
  n *= 2;
  return n;
}
bit[5] c = "10110";
uint[8] seven = 7;
parity = parity_of(c);
doubled = twice(seven);
unchanged = seven;
