// A rotation by a measured ancilla: with the correction the state is as after rz, and turned back it is 0.
// expect: frequencies 0 0 = 1/2, 0 1 = 1/2
OPENQASM 3.0;
include "stdgates.inc";
qubit data;
qubit magic;
bit m;
bit r;
h data;
h magic;
t magic;
cx data, magic;
m = measure magic;
if (m) s data;
tdg data;
h data;
r = measure data;
