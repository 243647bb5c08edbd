OPENQASM 3;
include "stdgates.inc";
qubit[4] q; bit c;
for int i in [1:1000000000] { h q[0]; for int j in [0:1] { cx q[j], q[j + 1]; } }
for int i in {3, 1} { h q[i]; }
for int i in [3:-2:0] rz(i * pi / 8) q[i];
for int i in [1:5] { if (i == 3) continue; if (i == 5) break; x q[i - 1]; }
let a = q[1:2] ++ q[0];
h a; cx a[0], a[2];
reset q; barrier q[0], a; barrier; delay[10ns] q[0];
while (c) { x q[0]; }
c = measure q[0];
while (c) { x q[0]; c = measure q[0]; }
