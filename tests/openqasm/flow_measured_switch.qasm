// A switch over two measured bits: as many qubits are flipped as the number says.
// expect: frequencies 000 00 = 1/4, 001 01 = 1/4, 011 10 = 1/4, 111 11 = 1/4
OPENQASM 3.1;
include "stdgates.inc";
qubit[2] q;
qubit[3] r;
bit[2] c;
bit[3] d;
h q;
c = measure q;
switch (uint[2](c)) {
  case 1 { x r[0]; }
  case 2 { x r[0:1]; }
  case 3 { x r; }
  default { }
}
d = measure r;
