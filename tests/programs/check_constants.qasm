// Constants and what is made of them.
OPENQASM 3.0;
const int[8] n = 4;
const float half = 1 / 2;
const int[8] m = n / 3 + 2 ** 3;
qubit[n + m] q;
const int[8] far = q[12];
U(0, 0, 0) q[12];
U(0, 0, 0) q[13];
int[8] v = 3;
const int[8] w = v;
bit[v] r;
const bit[4] mask = "0110";
bit[popcount(mask)] two;
two[1] = mask[2];
two[2] = 1;
n = 5;
n += 5;
array[int[8], 2, n] table;
const uint rows = sizeof(table, 2);
const uint columns = sizeof(table, v);
const float infinite = 1.0 / 0.0;
const float root = 1 + sqrt(-1);
bit[5 % 0] none;
const bool never = false && 1 / 0 == 1;
switch (v) { case 1 / 0 { } }
int[128] least = -170141183460469231731687303715884105728;
int[8] cut = 300.7;
v = int(1e300) + int(2.9) + int[4](uint(-7.5));
// error: 7:20 int[8] is wanted, and this is qubit
// hint: measure a qubit to have bits: c = measure q;
// error: 9:14 index 13, but 'q' has 13 qubits
// hint: they are numbered from 0 to 12
// error: 11:18 the value of a constant must be known before the program runs
// hint: declare a variable: leave out const
// error: 12:5 the size of a register must be known before the program runs
// hint: make it of numbers and of names that are declared const
// error: 16:5 index 2, but 'two' has 2 bits
// hint: they are numbered from 0 to 1
// error: 17:1 'n' cannot be assigned: it is a constant
// error: 18:1 'n' cannot be assigned: it is a constant
// error: 20:33 the array has 2 dimensions, numbered from 0
// error: 21:22 the value of a constant must be known before the program runs
// hint: declare a variable: leave out const
// error: 22:24 division by zero
// error: 23:24 this function has no finite value here
// error: 24:5 division by zero
// error: 26:19 division by zero
// warning: 28:14 300.7 does not fit int[8]: it becomes 44
// warning: 29:9 1e+300 does not fit int[32]: it becomes 0
// warning: 29:41 -7.5 does not fit uint[32]: it becomes 4294967289
