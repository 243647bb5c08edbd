// Barriers, delays, boxes, nop, annotations, pragmas and calibrations do nothing to the state.
// expect: state 11 = 1
OPENQASM 3.1;
include "stdgates.inc";
pragma vendor.option on
#pragma vendor.other off
defcalgrammar "openpulse";
cal {
  extern frame drive;
  if (1) { { play; } }
}
defcal rx(angle[20] theta) $0 { play(drive, gaussian({1, 2})); }
qubit[2] q;
@reversible
@vendor.name with "words" and 3 numbers
x q;
barrier q;
barrier q[0], q[1];
barrier;
nop q[0];
delay[100ns] q;
stretch s;
delay[s] q[0];
box { x q[0]; delay[20us] q[1]; x q[0]; }
box[1ms] { nop q; }
