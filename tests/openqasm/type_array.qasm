// Arrays: shapes, indices in one pair of brackets or several, from the end, sizeof.
// expect: output corner = 6
// expect: output middle = 4
// expect: output rows = 3
// expect: output columns = 2
// expect: output total = 121
OPENQASM 3.0;
output int[32] corner;
output int[32] middle;
output uint[32] rows;
output uint[32] columns;
output int[32] total;
array[int[32], 3, 2] m = {{1, 2}, {3, 4}, {5, 6}};
corner = m[-1][-1];
middle = m[1, 1];
rows = sizeof(m);
columns = sizeof(m, 1);
m[0, 0] = 101;
m[2, 0] = 7;
m[2][1] = 5;
total = 0;
for uint i in [0:2] {
  for uint j in [0:1] {
    total += m[i, j]; // 101 + 2 + 3 + 4 + 7 + 5 - 1
  }
}
total -= 1;
