ctrl @ x a, b;
ctrl(2) @ negctrl @ inv @ pow(-1/2) @ g(0.5) a, b, c, d;
ctrl @x a, b;
g[10ns] q;
g(0.1)[d] q[0], $3;
gphase(pi);
gphase(pi)[3ns];
