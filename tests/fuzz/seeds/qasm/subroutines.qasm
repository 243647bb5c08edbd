def f(int[8] a, qubit q, qubit[3] r, bit[2] b, creg c[2], qreg d[2], readonly array[int, 3] m, mutable array[int[8], #dim = 2] n) -> bit[4] { return measure r; }
def v() { return; }
def w(bit b,) -> int { return b + 1; }
extern e(int, float[32], creg[2], readonly array[int, #dim=1],) -> bit;
extern o();
b = f(1, q) ;
dist(2) w, b;
