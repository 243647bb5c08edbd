// U(pi/2, 0, 0) of the present specification has the phase e^(i theta/2): (1 + i)/2 on both.
// expect: state 0 = (1+1j)/2, 1 = (1+1j)/2
OPENQASM 3.0;
qubit q;
U(pi / 2, 0, 0) q;
