// What people write who know other languages.
if (a = 1) x q;
if (a and b) x q;
elif (a) x q;
x = a if b else c;
int a := 3;
a++;
x q[0]; y q[0]
z q[0];
while (true) do { x q; }
let = q;
print("a");
x = !;
x = not a;
measure q -> ;
for int i in [0:3] do x q;

// error: 2:7 expected ')', not '='
// hint: == compares
// error: 3:7 expected ')', not 'and'
// hint: "and" is &&
// error: 4:12 expected ';', not 'q'
// error: 5:6 expected ';' after 'a'
// error: 6:7 expected ';', not ':'
// error: 7:2 expected ';', not '++'
// hint: x += 1; counts up, and ++ joins registers in let and in values
// error: 8:15 expected ';' after ']'
// error: 10:17 expected ';', not '{'
// error: 11:5 expected a name, not '='
// error: 12:7 a bit string has the digits 0 and 1 only
// hint: a string in an expression is a bit register's value: "0110"
// error: 13:6 expected an expression, not ';'
// error: 14:9 expected ';', not 'a'
// hint: "not" is !
// error: 15:14 expected a name or a physical qubit, not ';'
// error: 16:25 expected ';', not 'q'
