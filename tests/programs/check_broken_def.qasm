// A def whose type is wrong is still a name that others are compared with.
OPENQASM 3.0;
def stop(int[32] i) -> int[0] { return i; }
stob $0;
// error: 3:28 the size of an integer is 1 to 128, and this is 0
// error: 4:1 'stob' is not declared
