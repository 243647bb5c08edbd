// It is the same U inside of gates, and CX is the language's own.
// expect: state 11 = -1j
OPENQASM 2.0;
gate flip a { U(pi,0,pi) a; U(0,0,0) a; }
gate pair a,b { flip a; CX a,b; }
qreg q[2];
pair q[0],q[1];
