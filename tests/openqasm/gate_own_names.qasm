// Without an include the names of the standard library are free.
// expect: state 1 = 1j
OPENQASM 3.0;
gate x a { U(pi, 0, pi) a; }
qubit q;
x q;
