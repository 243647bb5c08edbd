// The hidden string is read by one question.
// expect: always 10110
OPENQASM 3.0;
include "stdgates.inc";
const uint[8] n = 5;
const uint[8] hidden = 22;
def question(qubit[n] q, qubit answer) {
  for uint[8] i in [0:n - 1] {
    if ((hidden >> i) % 2 == 1) cx q[i], answer;
  }
}
qubit[n] q;
qubit answer;
bit[n] c;
x answer;
h answer;
h q;
question(q, answer);
h q;
c = measure q;
