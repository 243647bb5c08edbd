// In any order: inv @ ctrl @ s = ctrl @ sdg; pow(2) @ ctrl @ s = cz; ctrl @ pow(0.5) @ x twice = cx. On |11>: -i * -1, then a flip.
// expect: state 01 = 1j
OPENQASM 3.0;
include "stdgates.inc";
qubit[2] q;
x q;
inv @ ctrl @ s q[0], q[1];
pow(2) @ ctrl @ s q[0], q[1];
ctrl @ pow(0.5) @ x q[0], q[1];
ctrl @ pow(0.5) @ x q[0], q[1];
