// expect: error 6:5 decode
OPENQASM 3.0;
extern decode(bit[3]) -> bit;
bit[3] c;
bit r;
r = decode(c);
