// Subroutines call others, return early, and have variables of their own in every call.
// expect: output found = 12
// expect: output missing = -1
// expect: output sum = 30
OPENQASM 3.0;
output int[32] found;
output int[32] missing;
output int[32] sum;
def square(int[32] x) -> int[32] { return x * x; }
def sum_of_squares(int[32] n) -> int[32] {
  int[32] s = 0;
  for int[32] i in [1:n] { s += square(i); }
  return s;
}
def first_multiple(int[32] of, int[32] above, int[32] limit) -> int[32] {
  for int[32] i in [above + 1:limit] {
    if (i % of == 0) { return i; }
  }
  return -1;
}
found = first_multiple(4, 8, 20);
missing = first_multiple(50, 8, 20);
sum = sum_of_squares(4); // 1 + 4 + 9 + 16
