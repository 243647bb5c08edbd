// What only a machine knows is taken as it is.
OPENQASM 3.0;
include "stdgates.inc";
defcalgrammar "openpulse";
pragma anything at all
cal { frame f = newframe(d0, 5e9, 0); }
defcal x $0 { play(f, w); }
defcal pulse(angle[20] a) q { play(f, w); }
defcal measure $0 -> bit { return capture(f); }
defcal reset $0 { }
qubit[2] q;
x $0;
pulse(pi) $0;
pulse q[0];
pulse(1, 2) $0, $1;
nopulse $0;
@note this
int[8] n = 2;
@note that
n = pulse;
// error: 16:1 'nopulse' is not declared
// hint: did you mean 'pulse'?
// error: 20:5 'pulse' is a gate, and a value is wanted
// hint: a gate stands before its qubits: h q[0];
