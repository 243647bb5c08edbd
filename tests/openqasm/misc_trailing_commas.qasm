// Commas behind the last of a list.
// expect: output sum = 6
OPENQASM 3.1;
include "stdgates.inc";
output int[32] sum;
gate two(a, b,) q, r, { rx(a) q; ry(b) r; }
def add(int[32] x, int[32] y,) -> int[32] { return x + y; }
qubit[2] q;
array[int[32], 2,] a = {1, 2,};
two(0.1, 0.2,) q[0], q[1],;
sum = add(a[0,], a[1],);
for int i in {1, 2,} sum += i;
