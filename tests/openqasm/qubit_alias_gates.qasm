// An alias stands wherever a register stands: in broadcasts, resets, measurements and calls.
// expect: always 0 1101
OPENQASM 3.0;
include "stdgates.inc";
def flip(qubit[2] pair) { x pair; }
qubit[4] q;
bit[4] c;
bit e;
let inner = q[1:2];
let outer = q[{0, 3}];
flip(inner);       // 0110
cx inner, outer;   // 1111
reset inner;       // 1001
x inner[1];        // 1101
e = measure inner[0];
c = measure q;
