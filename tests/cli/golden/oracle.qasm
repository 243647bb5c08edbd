OPENQASM 3.0;
include "stdgates.inc";
// Made by quarry 0.1.0 from flat.qry: the oracle of the statement
//   twos: search one j in T where T[j] == 2 { seed = 5 };
// with the options --statement twos --qram select --part oracle
// The sign of every state of addr that is a row that matches changes; no other register does.
// Registers; bit i has the weight 2^i, and all but addr are zero before and after:
//   addr[2]    the row j
//   word_t[2]  T[j] as uint(2)
//   ladder[1]  whether the address begins as the row's
//   work[1]    intermediate results
// Costs: 6 qubits, 37 gates, T count 70 (7 for a ccx or cswap), depth 35, T-depth 24.
// Gates: x 4, z 1, cx 22, ccx 10.
qubit[2] addr;
qubit[2] word_t;
qubit[1] ladder;
qubit[1] work;
// @enter oracle
// @enter load T
// @enter words T
x addr[1];
ccx addr[1], addr[0], ladder[0];
cx addr[1], ladder[0];
cx ladder[0], word_t[0];
cx ladder[0], word_t[1];
cx addr[1], ladder[0];
cx ladder[0], word_t[0];
ccx addr[1], addr[0], ladder[0];
x addr[1];
ccx addr[1], addr[0], ladder[0];
cx addr[1], ladder[0];
cx ladder[0], word_t[1];
cx addr[1], ladder[0];
cx ladder[0], word_t[0];
cx ladder[0], word_t[1];
ccx addr[1], addr[0], ladder[0];
// @leave words T
// @leave load T
// @enter score
// @enter equal
ccx word_t[0], word_t[1], work[0];
cx word_t[1], work[0];
// @leave equal
// @leave score
// @enter phase
z work[0];
// @leave phase
// @enter score
// @enter equal
cx word_t[1], work[0];
ccx word_t[0], word_t[1], work[0];
// @leave equal
// @leave score
// @enter load T
// @enter words T
ccx addr[1], addr[0], ladder[0];
cx ladder[0], word_t[1];
cx ladder[0], word_t[0];
cx addr[1], ladder[0];
cx ladder[0], word_t[1];
cx addr[1], ladder[0];
ccx addr[1], addr[0], ladder[0];
x addr[1];
ccx addr[1], addr[0], ladder[0];
cx ladder[0], word_t[0];
cx addr[1], ladder[0];
cx ladder[0], word_t[1];
cx ladder[0], word_t[0];
cx addr[1], ladder[0];
ccx addr[1], addr[0], ladder[0];
x addr[1];
// @leave words T
// @leave load T
// @leave oracle
