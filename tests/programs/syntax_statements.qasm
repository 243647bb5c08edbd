// Statements that are begun wrong or not ended; reading goes on with the next one.
qubit[2] q
bit c;
h q[0] x q[1];
if true x q[0];
if (c) ;
else x q[0];
fro uint i in [0:1] { x q[i]; }
for i in [0:1] { x q[i]; }
while c { x q[0]; }
measure q[0], q[1];
c = 2 * measure q[0];
reset q, q;
barrier q[0] q[1];
return measure q[0] -> c;
int a, b;

// error: 2:11 expected ';' after 'q'
// error: 4:8 expected ';', not 'x'
// error: 5:4 expected '(', not 'true'
// hint: what decides stands between parentheses
// error: 6:8 expected a statement, not ';'
// error: 7:1 expected a statement, not 'else'
// error: 8:5 expected ';', not 'uint'
// hint: did you mean 'for'?
// error: 9:5 expected a type, not 'i'
// error: 10:7 expected '(', not 'c'
// hint: what decides stands between parentheses
// error: 11:13 expected '->' or ';', not ','
// error: 12:9 expected an expression, not 'measure'
// hint: a measurement stands alone behind = or return, or before ->: c = measure q;
// error: 13:8 expected ';' or '[', not ','
// error: 14:14 expected ';', not 'q'
// error: 15:21 expected ';', not '->'
// error: 16:6 expected ';', not ','
// hint: one statement declares one name
