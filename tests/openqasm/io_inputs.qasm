// Inputs of every kind, from the command line.
// run: --input turns=3 --input theta=1.5707963267948966 --input flags=0110 --input on=true --input shift=-2
// expect: output sum = 4
// expect: output seen = 0110
// expect: always 0 0110
// expect: output real = pi/2
OPENQASM 3.0;
include "stdgates.inc";
input uint[8] turns;
input float[64] theta;
input bit[4] flags;
input bool on;
input int[8] shift;
output int[8] sum;
output bit[4] seen;
output float[64] real;
qubit q;
sum = shift + 6;
seen = flags;
real = theta;
if (on) {
  for uint i in [0:turns] { rx(theta) q; } // four quarters of a turn
}
bit r = measure q;
