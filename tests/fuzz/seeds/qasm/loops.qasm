for int i in [0:3] x q[i];
for uint[8] i in {1, 4, 6} { reset q[i]; }
for int i in [5:-1:0] { }
for bit b in c { break; }
for int i in a
  f(i);
while (a < 3) { a += 1; continue; }
while (a) x q;
