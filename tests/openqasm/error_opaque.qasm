// expect: error 5:1 magic
OPENQASM 2.0;
opaque magic(a) x;
qreg q[1];
magic(0.5) q[0];
