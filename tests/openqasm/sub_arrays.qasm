// Arrays are handed over by reference: mutable ones are changed, readonly ones are read; #dim takes any size.
// expect: output sum = 63
// expect: output size = 3
// expect: output entry = 13
OPENQASM 3.0;
output int[32] sum;
output uint[32] size;
output int[32] entry;
def add_to_all(mutable array[int[32], #dim = 1] a, int[32] n) {
  for uint i in [0:sizeof(a) - 1] { a[i] += n; }
}
def sum_of(readonly array[int[32], 2, 3] a) -> int[32] {
  int[32] s = 0;
  for uint i in [0:1] {
    for uint j in [0:2] { s += a[i, j]; }
  }
  return s;
}
def columns(readonly array[int[32], #dim = 2] a) -> uint[32] { return sizeof(a, 1); }
array[int[32], 2, 3] m = {{1, 2, 3}, {4, 5, 6}};
add_to_all(m[1], 10);  // 14 15 16
add_to_all(m[0], 4);   // 5 6 7
sum = sum_of(m);       // 45 + 18
size = columns(m);
entry = m[1, 0] - 1;
