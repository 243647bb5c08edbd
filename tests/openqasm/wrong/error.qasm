// There is no error.
// expect: error 3:1 nothing
OPENQASM 3.0;
bit c;
