// expect: error 4:17 theta
OPENQASM 3.0;
qubit q;
input float[64] theta;
U(theta, 0, 0) q;
