OPENQASM 3.1;
qubit q;
@bind [2:3]
@keep.this too
qubit r;
