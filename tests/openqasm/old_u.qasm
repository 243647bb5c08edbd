// U of OpenQASM 2 is Rz(phi) Ry(theta) Rz(lambda): (e^(-i (phi + lambda)/2) cos, e^(i (phi - lambda)/2) sin) on |0>.
// expect: state 0 = exp(-3j*pi/8)/sqrt(2), 1 = exp(1j*pi/8)/sqrt(2)
OPENQASM 2.0;
qreg q[1];
U(pi/2,pi/2,pi/4) q[0];
