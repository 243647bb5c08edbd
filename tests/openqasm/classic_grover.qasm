// Two qubits, one marked item: found for certain after one round.
// expect: always 10
OPENQASM 3.0;
include "stdgates.inc";
gate oracle a, b { negctrl @ z a, b; }
gate diffusion a, b { h a; h b; negctrl(2) @ gphase(pi) a, b; h a; h b; }
qubit[2] q;
bit[2] c;
h q;
oracle q[0], q[1];
diffusion q[0], q[1];
c = measure q;
