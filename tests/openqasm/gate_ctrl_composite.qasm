// A gate's global phase counts when the gate is controlled: here it is z on the control, beside an x on the target.
// expect: state 00 = 1/sqrt(2), 11 = -1/sqrt(2)
OPENQASM 3.0;
include "stdgates.inc";
gate flip q { gphase(pi); h q; z q; h q; }
qubit[2] q;
h q[0];
ctrl @ flip q[0], q[1];
