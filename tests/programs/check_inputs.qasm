// Inputs and outputs.
OPENQASM 3.0;
include "stdgates.inc";
input float angle_in;
input uint[4] k;
input array[int[8], 2] pair;
output bit[2] result;
output bool flag;
qubit[4] q;
rz(angle_in) q[k];
k = 2;
k += 1;
pair[0] = 1;
result = measure q[0:1];
flag = result == 3;
const uint[4] twice = 2 * k;
if (flag) {
    input int[8] inner;
    output int[8] outer;
    qubit p;
    h p;
}
// error: 11:1 'k' cannot be assigned: it is an input
// hint: copy it to a variable
// error: 12:1 'k' cannot be assigned: it is an input
// hint: copy it to a variable
// error: 13:1 'pair' cannot be assigned: it is an input
// hint: copy it to a variable
// error: 16:23 the value of a constant must be known before the program runs
// hint: declare a variable: leave out const
// error: 18:5 an input stands outside of all blocks
// error: 19:5 an output stands outside of all blocks
// error: 20:5 a register of qubits stands outside of all blocks
