// A set is gone through as written; so are the items of an array and the bits of a register.
// expect: output sum = 16
// expect: output order = 312
// expect: output total = 7.5
// expect: output ones = 3
OPENQASM 3.0;
output int[32] sum;
output int[32] order;
output float[64] total;
output int[32] ones;
sum = 0;
order = 0;
total = 0;
ones = 0;
for int i in {1, 5, 10} sum += i;
for int i in {3, 1, 2} order = 10 * order + i;
array[float[64], 3] steps = {1.5, 2.5, 3.5};
for float[64] step in steps total += step;
bit[5] flags = "10110";
for bit b in flags { if (b) ones += 1; }
