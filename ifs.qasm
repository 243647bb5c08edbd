OPENQASM 3;
include "stdgates.inc";
qubit[3] q; bit[3] c; bit d; int n = 3;
c = measure q;
if (c[0]) { x q[1]; } else { y q[1]; }
if (c == 5) z q[0];
if (c[0] && !c[1]) { c[2] = measure q[2]; }
if (c[2] == 1) h q[2];
d = c[1];
c[1] = measure q[0];
if (d) s q[0];
if (n == 3 && c[1]) t q[0];
if (n == 4 && c[1]) x q[0];
switch (int[3](c)) { case 1 { x q[0]; } case 6 { y q[0]; } }
