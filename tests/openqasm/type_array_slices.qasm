// Arrays are copied: rows, and slices of equal shape.
// expect: output row = 7
// expect: output copied = 3
// expect: output apart = 1
// expect: output ends = 45
OPENQASM 3.0;
output int[8] row;
output int[8] copied;
output int[8] apart;
output int[8] ends;
array[int[8], 3] a = {1, 2, 3};
array[int[8], 2, 3] b = {{4, 5, 6}, {7, 8, 9}};
row = b[1][0];
b[1] = a;
copied = b[1, 2];
a[0] = 100;
apart = b[1, 0];         // b has its own items
a[0:1] = b[0][0:1];      // a = 4, 5, 3
ends = 10 * a[0] + a[1];
