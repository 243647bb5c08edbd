// The transform of |1>: amplitudes e^(2 pi i y / 8) / sqrt(8).
// expect: state 000 = 1/sqrt(8), 001 = exp(1j*pi/4)/sqrt(8), 010 = 1j/sqrt(8), 011 = exp(3j*pi/4)/sqrt(8)
// expect: state 100 = -1/sqrt(8), 101 = exp(5j*pi/4)/sqrt(8), 110 = -1j/sqrt(8), 111 = exp(7j*pi/4)/sqrt(8)
OPENQASM 3.0;
include "stdgates.inc";
const int[32] n = 3;
qubit[n] q;
x q[0];
for int i in [n - 1:-1:0] {
  h q[i];
  for int j in [i - 1:-1:0] { cp(pi / 2 ** (i - j)) q[j], q[i]; }
}
swap q[0], q[2];
