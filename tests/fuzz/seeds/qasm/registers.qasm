OPENQASM 3.0;
include "stdgates.inc";
qubit[3] q;
qubit lone;
bit[3] c;
bit flag;
