// A Fourier transform, phases that add 11, and the inverse transform: 5 + 11 = 0 modulo 16, and 1 less.
// expect: always 1111
OPENQASM 3.0;
include "stdgates.inc";
gate qft4 a, b, c, d {
  h d; cp(pi / 2) c, d; cp(pi / 4) b, d; cp(pi / 8) a, d;
  h c; cp(pi / 2) b, c; cp(pi / 4) a, c;
  h b; cp(pi / 2) a, b;
  h a;
  swap a, d;
  swap b, c;
}
def add(qubit[4] q, int[32] k) {
  qft4 q[0], q[1], q[2], q[3];
  for int i in [0:3] { p(2 * pi * k * 2 ** i / 16) q[i]; }
  inv @ qft4 q[0], q[1], q[2], q[3];
}
qubit[4] q;
bit[4] c;
x q[0];
x q[2];
add(q, 11);
add(q, -1);
c = measure q;
