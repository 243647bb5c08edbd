OPENQASM 3;
include "stdgates.inc";
qubit[3] q;
pow(0.5) @ x q[0];
pow(1/3) @ swap q[0], q[1];
ctrl @ pow(0.25) @ z q[0], q[1];
inv @ pow(2) @ sx q[0];
pow(0) @ x q[0];
pow(-2) @ t q[0];
ctrl @ gphase(0.5) q[0];
negctrl @ gphase(0.5) q[0];
ctrl(2) @ gphase(0.5) q[0], q[1];
pow(0.5) @ cx q[0], q[1];
gphase(1);
pow(0.5) @ pow(0.5) @ h q[2];
gate sr(a) q { pow(0.5) @ rx(a) q; }
sr(0.3) q[0];
gate hs q { h q; s q; }
pow(0.5) @ hs q[1];
