// Names for parts of registers: concatenation, ranges with steps, from the end, sets, aliases of aliases.
// expect: always 1100101011
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] one;
qubit[8] two;
bit[10] c;
let both = one ++ two;
let every_third = both[0:3:9];  // 0, 3, 6, 9
let last = two[-1];             // 9
let some = both[{1, 5}];
let back = both[8:-1:7];        // 8, 7
let first_of_back = back[0];    // 8
x every_third;  // 0, 3, 6, 9
x some;         // 1, 5
x last;         // 9 again: off
x first_of_back;
x last;
x both[6];      // off
c = measure both;
