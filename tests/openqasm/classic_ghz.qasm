// Twenty qubits, all 0 or all 1.
// expect: probabilities 00000000000000000000 = 1/2, 11111111111111111111 = 1/2
OPENQASM 3.0;
include "stdgates.inc";
const uint[32] n = 20;
qubit[n] q;
bit[n] c;
h q[0];
for uint i in [1:n - 1] { cx q[i - 1], q[i]; }
c = measure q;
