OPENQASM 3.0;
include "stdgates.inc";
// Made by quarry 0.1.0 from deep.qry: one round of 90 iterations of the statement
//   large: search all j in T where T[j] >= least { iterations = 90 };
// H on addr, then 90 times the oracle and the diffusion, then the measurement of addr.
// 4 of 8 rows match, at 8 addresses: a shot finds one with probability 0.500000.
// Registers; bit i has the weight 2^i, and all but addr are zero before and after:
//   addr[3]        the row j; measured into c[0] to c[2]
//   word_t[4]      T[j] as uint(4)
//   word_alive[1]  1 where row j is still looked for
//   routers[7]     the nodes of the QRAM's tree, level by level
//   ports[7]       what enters each node
//   work[3]        intermediate results
// Costs: 25 qubits, 22,143 gates, T count 47,880 (7 for a ccx or cswap), depth 8,462, T-depth 9,180.
// Gates: x 540, z 1,800, h 2,343, cx 720, cz 1,800, swap 8,100, ccx 720, cswap 6,120.
qubit[3] addr;
qubit[4] word_t;
qubit[1] word_alive;
qubit[7] routers;
qubit[7] ports;
qubit[3] work;
bit[3] c;
// address in
gate qr_address_in addr0, addr1, addr2, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6 {
  swap addr2, routers0;
  swap addr1, ports0;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  swap ports1, routers1;
  swap ports2, routers2;
  swap addr0, ports0;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  swap ports1, ports3;
  cswap routers1, ports3, ports4;
  swap ports2, ports5;
  cswap routers2, ports5, ports6;
  swap ports3, routers3;
  swap ports4, routers4;
  swap ports5, routers5;
  swap ports6, routers6;
}
// inverse of address in
gate qr_address_in_dg addr0, addr1, addr2, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6 {
  swap ports6, routers6;
  swap ports5, routers5;
  swap ports4, routers4;
  swap ports3, routers3;
  cswap routers2, ports5, ports6;
  swap ports2, ports5;
  cswap routers1, ports3, ports4;
  swap ports1, ports3;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  swap addr0, ports0;
  swap ports2, routers2;
  swap ports1, routers1;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  swap addr1, ports0;
  swap addr2, routers0;
}
// words T
gate qr_words_t addr0, addr1, addr2, word0, word1, word2, word3, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6 {
  h word0;
  h word1;
  h word2;
  h word3;
  swap word0, ports0;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  swap word1, ports0;
  swap ports1, ports3;
  cswap routers1, ports3, ports4;
  swap ports2, ports5;
  cswap routers2, ports5, ports6;
  z ports3;
  cz routers4, ports4;
  z ports5;
  cz routers6, ports6;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  swap word2, ports0;
  cswap routers1, ports3, ports4;
  swap ports1, ports3;
  cswap routers1, ports3, ports4;
  cswap routers2, ports5, ports6;
  swap ports2, ports5;
  cswap routers2, ports5, ports6;
  cz routers4, ports4;
  cz routers6, ports6;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  swap word0, ports0;
  swap word3, ports0;
  cswap routers1, ports3, ports4;
  swap ports1, ports3;
  cswap routers1, ports3, ports4;
  cswap routers2, ports5, ports6;
  swap ports2, ports5;
  cswap routers2, ports5, ports6;
  z ports3;
  cz routers3, ports3;
  z ports4;
  cz routers4, ports4;
  cz routers6, ports6;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  swap word1, ports0;
  cswap routers1, ports3, ports4;
  swap ports1, ports3;
  cswap routers1, ports3, ports4;
  cswap routers2, ports5, ports6;
  swap ports2, ports5;
  cswap routers2, ports5, ports6;
  z ports4;
  cz routers4, ports4;
  z ports5;
  cz routers6, ports6;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  swap word2, ports0;
  cswap routers1, ports3, ports4;
  swap ports1, ports3;
  cswap routers2, ports5, ports6;
  swap ports2, ports5;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  swap word3, ports0;
  h word0;
  h word1;
  h word2;
  h word3;
}
// inverse of words T
gate qr_words_t_dg addr0, addr1, addr2, word0, word1, word2, word3, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6 {
  h word3;
  h word2;
  h word1;
  h word0;
  swap word3, ports0;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  swap ports2, ports5;
  cswap routers2, ports5, ports6;
  swap ports1, ports3;
  cswap routers1, ports3, ports4;
  swap word2, ports0;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  cz routers6, ports6;
  z ports5;
  cz routers4, ports4;
  z ports4;
  cswap routers2, ports5, ports6;
  swap ports2, ports5;
  cswap routers2, ports5, ports6;
  cswap routers1, ports3, ports4;
  swap ports1, ports3;
  cswap routers1, ports3, ports4;
  swap word1, ports0;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  cz routers6, ports6;
  cz routers4, ports4;
  z ports4;
  cz routers3, ports3;
  z ports3;
  cswap routers2, ports5, ports6;
  swap ports2, ports5;
  cswap routers2, ports5, ports6;
  cswap routers1, ports3, ports4;
  swap ports1, ports3;
  cswap routers1, ports3, ports4;
  swap word3, ports0;
  swap word0, ports0;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  cz routers6, ports6;
  cz routers4, ports4;
  cswap routers2, ports5, ports6;
  swap ports2, ports5;
  cswap routers2, ports5, ports6;
  cswap routers1, ports3, ports4;
  swap ports1, ports3;
  cswap routers1, ports3, ports4;
  swap word2, ports0;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  cz routers6, ports6;
  z ports5;
  cz routers4, ports4;
  z ports3;
  cswap routers2, ports5, ports6;
  swap ports2, ports5;
  cswap routers1, ports3, ports4;
  swap ports1, ports3;
  swap word1, ports0;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  swap word0, ports0;
  h word3;
  h word2;
  h word1;
  h word0;
}
// load T
gate qr_load_t addr0, addr1, addr2, word0, word1, word2, word3, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6 {
  // @enter address in
  qr_address_in addr0, addr1, addr2, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6;
  // @leave address in
  // @enter words T
  qr_words_t addr0, addr1, addr2, word0, word1, word2, word3, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6;
  // @leave words T
}
// inverse of load T
gate qr_load_t_dg addr0, addr1, addr2, word0, word1, word2, word3, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6 {
  // @enter words T
  qr_words_t_dg addr0, addr1, addr2, word0, word1, word2, word3, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6;
  // @leave words T
  // @enter address in
  qr_address_in_dg addr0, addr1, addr2, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6;
  // @leave address in
}
// compare
gate qr_compare word0, word1, word2, word3, result0, result1, result2 {
  ccx word1, word0, result0;
  cx word1, result0;
  cx word0, result0;
  ccx word2, result0, result1;
  cx word2, result1;
  cx result0, result1;
  ccx word3, result1, result2;
}
// inverse of compare
gate qr_compare_dg word0, word1, word2, word3, result0, result1, result2 {
  ccx word3, result1, result2;
  cx result0, result1;
  cx word2, result1;
  ccx word2, result0, result1;
  cx word0, result0;
  cx word1, result0;
  ccx word1, word0, result0;
}
// score
gate qr_score word0, word1, word2, word3, result0, result1, result2 {
  // @enter compare
  qr_compare word0, word1, word2, word3, result0, result1, result2;
  // @leave compare
}
// inverse of score
gate qr_score_dg word0, word1, word2, word3, result0, result1, result2 {
  // @enter compare
  qr_compare_dg word0, word1, word2, word3, result0, result1, result2;
  // @leave compare
}
// words alive
gate qr_words_alive addr0, addr1, addr2, word0, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6 {
  h word0;
  swap word0, ports0;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  swap ports1, ports3;
  cswap routers1, ports3, ports4;
  swap ports2, ports5;
  cswap routers2, ports5, ports6;
  z ports3;
  z ports4;
  z ports5;
  z ports6;
  cswap routers1, ports3, ports4;
  swap ports1, ports3;
  cswap routers2, ports5, ports6;
  swap ports2, ports5;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  swap word0, ports0;
  h word0;
}
// inverse of words alive
gate qr_words_alive_dg addr0, addr1, addr2, word0, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6 {
  h word0;
  swap word0, ports0;
  swap ports0, ports1;
  cswap routers0, ports1, ports2;
  swap ports2, ports5;
  cswap routers2, ports5, ports6;
  swap ports1, ports3;
  cswap routers1, ports3, ports4;
  z ports6;
  z ports5;
  z ports4;
  z ports3;
  cswap routers2, ports5, ports6;
  swap ports2, ports5;
  cswap routers1, ports3, ports4;
  swap ports1, ports3;
  cswap routers0, ports1, ports2;
  swap ports0, ports1;
  swap word0, ports0;
  h word0;
}
// load alive
gate qr_load_alive addr0, addr1, addr2, word0, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6 {
  // @enter words alive
  qr_words_alive addr0, addr1, addr2, word0, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6;
  // @leave words alive
}
// inverse of load alive
gate qr_load_alive_dg addr0, addr1, addr2, word0, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6 {
  // @enter words alive
  qr_words_alive_dg addr0, addr1, addr2, word0, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6;
  // @leave words alive
}
// oracle
gate qr_oracle addr0, addr1, addr2, word_t0, word_t1, word_t2, word_t3, word_alive0, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6, work0, work1, work2 {
  // @enter load T
  qr_load_t addr0, addr1, addr2, word_t0, word_t1, word_t2, word_t3, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6;
  // @leave load T
  // @enter score
  qr_score word_t0, word_t1, word_t2, word_t3, work0, work1, work2;
  // @leave score
  // @enter load alive
  qr_load_alive addr0, addr1, addr2, word_alive0, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6;
  // @leave load alive
  // @enter phase
  cz work2, word_alive0;
  // @leave phase
  // @enter load alive
  qr_load_alive_dg addr0, addr1, addr2, word_alive0, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6;
  // @leave load alive
  // @enter score
  qr_score_dg word_t0, word_t1, word_t2, word_t3, work0, work1, work2;
  // @leave score
  // @enter load T
  qr_load_t_dg addr0, addr1, addr2, word_t0, word_t1, word_t2, word_t3, routers0, routers1, routers2, routers3, routers4, routers5, routers6, ports0, ports1, ports2, ports3, ports4, ports5, ports6;
  // @leave load T
}
// diffusion
gate qr_diffusion addr0, addr1, addr2, work0 {
  h addr0;
  h addr1;
  h addr2;
  x addr0;
  x addr1;
  x addr2;
  ccx addr0, addr1, work0;
  cz addr2, work0;
  ccx addr0, addr1, work0;
  x addr2;
  x addr1;
  x addr0;
  h addr0;
  h addr1;
  h addr2;
}
// @enter round
// @enter prepare
h addr[0];
h addr[1];
h addr[2];
// @leave prepare
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @enter oracle
qr_oracle addr[0], addr[1], addr[2], word_t[0], word_t[1], word_t[2], word_t[3], word_alive[0], routers[0], routers[1], routers[2], routers[3], routers[4], routers[5], routers[6], ports[0], ports[1], ports[2], ports[3], ports[4], ports[5], ports[6], work[0], work[1], work[2];
// @leave oracle
// @enter diffusion
qr_diffusion addr[0], addr[1], addr[2], work[0];
// @leave diffusion
// @leave round
// @enter measure
c[0] = measure addr[0];
c[1] = measure addr[1];
c[2] = measure addr[2];
// @leave measure
