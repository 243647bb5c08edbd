OPENQASM 2.0;
qreg input[2];
creg bit[2];
measure input -> bit;
