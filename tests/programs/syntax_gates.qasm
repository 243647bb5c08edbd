// Gates and modifiers.
pow @ x q;
pow(2, 3) @ x q;
ctrl(1, 2) @ x q, r;
inv(1) @ x q;
notmodifier @ x q;
gphase(pi) @ ctrl @ x q;
(x) q;
x + y q;
x[0:2] q;
f(1)(2) q;
ctrl @ ;
3 = 4;
f(1) = 2;
(a) = 2;
a += measure q;
x q[;

// error: 2:5 expected '(', not '@'
// hint: modifiers stand before a gate: inv, pow(k), ctrl(n) and negctrl(n), each with an @
// error: 3:1 pow takes one argument: the power
// hint: pow(2) @ g q; applies g twice
// error: 4:1 ctrl takes one argument: how many controls
// hint: ctrl(2) @ g a, b, q; has the controls a and b
// error: 5:4 expected '@', not '('
// hint: inv takes no argument
// error: 6:13 expected ';', not '@'
// hint: modifiers stand before a gate: inv, pow(k), ctrl(n) and negctrl(n), each with an @
// error: 7:12 expected ';', not '@'
// hint: modifiers stand before a gate: inv, pow(k), ctrl(n) and negctrl(n), each with an @
// error: 9:7 expected ';', not 'q'
// error: 10:3 between a gate and its operands stands a duration, not a range or a set
// hint: g[10ns] q; is a gate that takes 10 ns
// error: 11:5 expected ';', not '('
// error: 12:8 expected an expression, 'ctrl', 'negctrl', 'inv' or 'gphase', not ';'
// error: 13:1 this cannot be assigned to
// hint: only variables, and items of them as in a[0], can
// error: 14:1 this cannot be assigned to
// hint: only variables, and items of them as in a[0], can
// error: 15:1 this cannot be assigned to
// hint: only variables, and items of them as in a[0], can
// error: 16:6 expected an expression, not 'measure'
// hint: a measurement stands alone behind = or return, or before ->: c = measure q;
// error: 17:5 expected ':', not ';'
