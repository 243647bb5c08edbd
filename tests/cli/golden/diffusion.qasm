OPENQASM 3.0;
include "stdgates.inc";
// Made by quarry 0.1.0 from search.qry: the diffusion of the statement
//   hits: search all j in K where dot(q, K[j]) >= tau { failure = 1e-3, expect = 4 };
// with the options --part diffusion
// The sign of the uniform superposition of addr changes; what is orthogonal to it stays.
// Registers; bit i has the weight 2^i, and all but addr are zero before and after:
//   addr[4]  the row j
//   work[2]  intermediate results
// Costs: 6 qubits, 21 gates, T count 28 (7 for a ccx or cswap), depth 7, T-depth 6.
// Gates: x 8, h 8, cz 1, ccx 4.
qubit[4] addr;
qubit[2] work;
// @enter diffusion
h addr[0];
h addr[1];
h addr[2];
h addr[3];
x addr[0];
x addr[1];
x addr[2];
x addr[3];
ccx addr[0], addr[1], work[0];
ccx addr[2], addr[3], work[1];
cz work[0], work[1];
ccx addr[2], addr[3], work[1];
ccx addr[0], addr[1], work[0];
x addr[3];
x addr[2];
x addr[1];
x addr[0];
h addr[0];
h addr[1];
h addr[2];
h addr[3];
// @leave diffusion
