OPENQASM 3;
include "stdgates.inc";
gate g(a, b) q { U(a/2 + b, 0, a) q; rz(2*a) q; ry(sin(b)) q; }
gate h2(a) x, y { g(a, pi) x; inv @ g(a*a, a) y; pow(3) @ g(0.5, 1) x; ctrl @ g(a, a) x, y; negctrl @ pow(2) @ g(1, -a) y, x; }
qubit[2] q;
h2(0.25) q[0], q[1];
ctrl @ negctrl @ h q[0], $0, q[1];
