gate g(a, b,) q, r, { U(a, b, -a / 2) q; ctrl @ gphase(b) r; gphase(0.5); gphase(-a); barrier q; }
gate e() q { }
gate n q { for int i in [0:3] { x q; } inv @ pow(2) @ x q; }
