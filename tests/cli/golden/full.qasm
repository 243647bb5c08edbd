OPENQASM 3.1;
include "stdgates.inc";
// Made by quarry 0.1.0 from flat.qry: one round of 1 iteration of the statement
//   twos: search one j in T where T[j] == 2 { seed = 5 };
// with the options --statement twos --profile full
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
// definition: address in
gate address_in addr0, addr1, routers0, routers1, routers2, ports0, ports1, ports2 {
  swap addr1, routers0;
  swap addr0, ports0;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  swap ports1, routers1;
  swap ports2, routers2;
}
// definition: words T
gate words_t addr0, addr1, word0, word1, routers0, routers1, routers2, ports0, ports1, ports2 {
  h word0;
  h word1;
  swap word0, ports0;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  z ports1;
  cz routers2, ports2;
  swap word1, ports0;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  z ports1;
  cz routers1, ports1;
  z ports2;
  swap word0, ports0;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  swap word1, ports0;
  h word0;
  h word1;
}
// definition: load T
gate load_t addr0, addr1, word0, word1, routers0, routers1, routers2, ports0, ports1, ports2 {
  address_in addr0, addr1, routers0, routers1, routers2, ports0, ports1, ports2;
  words_t addr0, addr1, word0, word1, routers0, routers1, routers2, ports0, ports1, ports2;
}
gate equal word0, word1, result {
  ccx word0, word1, result;
  cx word1, result;
}
gate score word0, word1, result {
  equal word0, word1, result;
}
gate oracle addr0, addr1, word_t0, word_t1, routers0, routers1, routers2, ports0, ports1, ports2, work0 {
  load_t addr0, addr1, word_t0, word_t1, routers0, routers1, routers2, ports0, ports1, ports2;
  score word_t0, word_t1, work0;
  // @enter phase
  z work0;
  // @leave phase
  inv @ score word_t0, word_t1, work0;
  inv @ load_t addr0, addr1, word_t0, word_t1, routers0, routers1, routers2, ports0, ports1, ports2;
}
gate diffusion addr0, addr1 {
  h addr0;
  h addr1;
  x addr0;
  x addr1;
  cz addr0, addr1;
  x addr1;
  x addr0;
  h addr0;
  h addr1;
}
// @enter round
// @enter prepare
h addr[0];
h addr[1];
// @leave prepare
for uint i in [1:1] {
  oracle addr[0], addr[1], word_t[0], word_t[1], routers[0], routers[1], routers[2], ports[0], ports[1], ports[2], work[0];
  diffusion addr[0], addr[1];
}
// @leave round
// @enter measure
c[0] = measure addr[0];
c[1] = measure addr[1];
// @leave measure
