OPENQASM 3.0;
include "stdgates.inc";
// Made by quarry 0.1.0 from flat.qry: one round of 1 iteration of the statement
//   twos: search one j in T where T[j] == 2 { seed = 5 };
// with the options --statement twos
// H on addr, then once the oracle and the diffusion, then the measurement of addr.
// 1 of 4 rows matches, at 4 addresses: a shot finds one with probability 1.000000.
// Registers; bit i has the weight 2^i, and all but addr are zero before and after:
//   addr[2]     the row j; measured into c[0] to c[1]
//   word_t[2]   T[j] as uint(2)
//   routers[3]  the nodes of the QRAM's tree, level by level
//   ports[3]    what enters each node
//   work[1]     intermediate results
// Costs: 11 qubits, 68 gates, T count 84 (7 for a ccx or cswap), depth 44, T-depth 36.
// Gates: x 4, z 7, h 14, cx 2, cz 5, swap 24, ccx 2, cswap 10.
qubit[2] addr;
qubit[2] word_t;
qubit[3] routers;
qubit[3] ports;
qubit[1] work;
bit[2] c;
// @enter round
// @enter prepare
h addr[0];
h addr[1];
// @leave prepare
// @enter oracle
// @enter load T
// @enter address in
swap addr[1], routers[0];
swap addr[0], ports[0];
swap ports[0], ports[1];
cswap routers[0], ports[1], ports[2];
swap ports[1], routers[1];
swap ports[2], routers[2];
// @leave address in
// @enter words T
h word_t[0];
h word_t[1];
swap word_t[0], ports[0];
swap ports[0], ports[1];
cswap routers[0], ports[1], ports[2];
z ports[1];
cz routers[2], ports[2];
swap word_t[1], ports[0];
cswap routers[0], ports[1], ports[2];
swap ports[0], ports[1];
cswap routers[0], ports[1], ports[2];
z ports[1];
cz routers[1], ports[1];
z ports[2];
swap word_t[0], ports[0];
cswap routers[0], ports[1], ports[2];
swap ports[0], ports[1];
swap word_t[1], ports[0];
h word_t[0];
h word_t[1];
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
h word_t[1];
h word_t[0];
swap word_t[1], ports[0];
swap ports[0], ports[1];
cswap routers[0], ports[1], ports[2];
swap word_t[0], ports[0];
z ports[2];
cz routers[1], ports[1];
z ports[1];
cswap routers[0], ports[1], ports[2];
swap ports[0], ports[1];
cswap routers[0], ports[1], ports[2];
swap word_t[1], ports[0];
cz routers[2], ports[2];
z ports[1];
cswap routers[0], ports[1], ports[2];
swap ports[0], ports[1];
swap word_t[0], ports[0];
h word_t[1];
h word_t[0];
// @leave words T
// @enter address in
swap ports[2], routers[2];
swap ports[1], routers[1];
cswap routers[0], ports[1], ports[2];
swap ports[0], ports[1];
swap addr[0], ports[0];
swap addr[1], routers[0];
// @leave address in
// @leave load T
// @leave oracle
// @enter diffusion
h addr[0];
h addr[1];
x addr[0];
x addr[1];
cz addr[0], addr[1];
x addr[1];
x addr[0];
h addr[0];
h addr[1];
// @leave diffusion
// @leave round
// @enter measure
c[0] = measure addr[0];
c[1] = measure addr[1];
// @leave measure
