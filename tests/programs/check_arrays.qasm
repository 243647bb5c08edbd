// Arrays: shapes, indices, slices.
OPENQASM 3.0;
const int[8] n = 2;
int[8] k = 1;
array[int[8], 2, 3] a = {{1, 2, 3}, {4, 5, k}};
array[int[8], 3] row = a[1];
array[int[8], 2, 3] from_rows = {row, {1, 2, 3}};
array[int[8], 2] short = {1, 2, 3};
array[int[8], 2, 2] flat = {1, 2, 3, 4};
array[int[8], 2, 2] deep = {{1, 2}, {3, {4}}};
array[bit[2], 2] bits = {"01", "10"};
array[bit[2], 2] long = {"011", "10"};
array[float[32], 2] reals = {1, 2.5};
array[int[8], 1, 1, 1, 1, 1, 1, 1, 1] eight;
int[8] scalar = {1};
a[0] = row;
a[0, 1] = 5;
a[0][1] = 5;
a[-1][-3] = 5;
a[2][0] = 5;
a[0][3] = 5;
a[0][0][7] = 1;
a[0][0][8] = 1;
a[0, 0, 0] = 1;
a[0] = 5;
a[0] = {7, 8, 9};
a[0:1] = from_rows;
a[0:1][0] = {1, 2};
a[0:1][0:1] = flat;
a[0:1, 0:1] = a[0:1, 1:2];
a[k][0:1] = row;
a[0:k] = from_rows;
a = from_rows;
a = row;
row = reals;
a += 1;
array[int[8], 5] joined = row ++ a[0, 0:1];
array[int[8], 4] joined_wrong = row ++ a[0, 0:1];
bits[0][1] = 1;
bits[0] = "11";
if (a[0][0] == row[1]) { k = sizeof(a, 0) + sizeof(row); }
// error: 8:26 3 items, where array[int[8], 2] wants 2
// error: 9:28 4 items, where array[int[8], 2, 2] wants 2
// error: 10:41 a list of values is for arrays, and this is to be int[8]
// error: 12:26 bit[2] is wanted, and this is bit[3]
// hint: give both the same number of bits: a slice c[0:1] has those from the first to the last
// error: 14:36 an array has at most 7 dimensions
// error: 15:17 a list of values is for arrays, and this is to be int[8]
// error: 20:3 index 2, but 'a' has 2 items
// hint: they are numbered from 0 to 1
// error: 21:6 index 3, but 'a' has 3 items
// hint: they are numbered from 0 to 2
// error: 23:9 index 8, but this has 8 bits
// hint: they are numbered from 0 to 7
// error: 24:9 one index too many: the array has 2 dimensions
// error: 25:8 array[int[8], 3] is wanted, and this is int
// error: 31:13 array[int[8], 2] is wanted, and this is array[int[8], 3]
// error: 34:5 array[int[8], 2, 3] is wanted, and this is array[int[8], 3]
// error: 35:7 array[int[8], 3] is wanted, and this is array[float[32], 2]
// error: 36:1 no operator + for array[int[8], 2, 3] and int
// error: 38:33 array[int[8], 4] is wanted, and this is array[int[8], 5]
