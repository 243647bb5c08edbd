qubit θ位;
qubit _a1;
x θ位;
rz(π) _a1; /* a comment
 of two lines */ x _a1;
