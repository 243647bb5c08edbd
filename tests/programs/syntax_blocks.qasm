// Blocks, loops, switches.
gate g(a q { h q; x q; }
gate h2 { }
def f(int) { }
def f2(qubit q -> bit { return measure q; }
x q[0];
switch (a) { x q; }
switch (a) { case 1 x q; }
switch (a) { case { } }
for uint i in { x q; } { x q; }
box 3 { }
if (a) { x q[0]; } else if { y q[0]; }
}
y q[0];
{ x q[0];

// error: 2:10 expected ')', not 'q'
// error: 3:9 expected a name, not '{'
// error: 4:10 expected a name, not ')'
// error: 5:16 expected ')', not '->'
// error: 7:14 expected 'case', 'default' or '}', not 'x'
// error: 8:21 expected '{', not 'x'
// error: 9:19 expected an expression, not '{'
// error: 10:19 expected '}', not 'q'
// error: 11:5 expected '{', not '3'
// error: 12:28 expected '(', not '{'
// hint: what decides stands between parentheses
// error: 13:1 there is no '{' that this '}' could close
// error: 30:1 expected a statement or '}', not the end of the file
