// Conditions, loops, switch.
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
bit[4] c;
bit d;
int[8] n;
float f;
duration t;
array[int[8], 3] a;
if (c) x q[0];
if (d == 1) x q[0];
if (t) x q[0];
if (q[0]) x q[0];
while (n < 3) { n += 1; if (n == 2) break; else continue; }
break;
continue;
for int i in [0:3] { h q[i]; i = 2; }
for uint i in [0:0:3] h q[i];
for uint i in [:3] h q[i];
for int i in {1, 5, n} n = i;
for float x in {0.5, pi} f += x;
for angle x in [0:3] rz(x) q[0];
for float x in [0:3] rz(x) q[0];
for bit b in c d = b;
for int[8] b in a n += b;
for int b in n n += b;
for bit b in a d = b;
for int b in [0:1.5] n = b;
n = i;
switch (n) { case 1 { x q[0]; } case 2, 3 { int[8] z = 1; n = z; } default { } }
switch (n) { case 1, 2 { } case 3, 1 { } }
switch (n) { case n { } case 1 { } }
switch (c) { case 1 { } }
switch (f) { case 1 { } }
switch (int[4](c)) { case 0b0001 { } case 0b1111 { } case -1 { } }
switch (n) { default { } case 1 { } }
switch (n) { case 300 { } case 44 { } }
end;
// error: 13:5 bool is wanted, and this is duration
// error: 14:5 bool is wanted, and this is qubit
// hint: measure a qubit to have bits: c = measure q;
// error: 16:1 break stands in a loop
// error: 17:1 continue stands in a loop
// error: 19:18 a range with step 0 has no end
// error: 20:15 this range needs a beginning and an end
// hint: write both: [0:3]
// error: 23:16 a range gives whole numbers, not angle[64]
// hint: declare the variable as int or uint
// error: 27:14 a loop goes through a range, a set, bits, or an array of one dimension
// hint: as in [0:3], {1, 5}, or the name of a register of bits
// error: 28:14 the variable is bit, and goes through values of type int[8]
// error: 29:17 the end of a range is a whole number, and this is float
// error: 30:5 'i' is not declared
// error: 32:36 the case 1 stands here twice
// error: 33:19 a case must be known before the program runs
// error: 34:9 what a switch looks at is a whole number, and this is bit[4]
// hint: cast it: uint(...)
// error: 35:9 what a switch looks at is a whole number, and this is float[64]
// error: 36:59 the case -1 stands here twice
// error: 37:26 default is the last of a switch, and this case comes after it
// warning: 38:19 300 does not fit int[8]: it becomes 44
// error: 38:32 the case 44 stands here twice
