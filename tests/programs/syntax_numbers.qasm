// Numbers, strings and signs.
x = 3__4;
x = 0b123;
x = 0x12g;
x = 3.4.3;
x = 12abc;
x = 1e;
x = "0120";
x = "01;
x = a ? b;
x = $;
x = 3 § 4;
x = .;
x = `a`;
rz(1e999) q;
x = $99999999999;

// error: 2:5 '3__4' is neither a number nor a name
// hint: underscores stand one at a time between digits: 1_000
// error: 3:5 '0b123' is neither a number nor a name
// hint: 0x has the digits 0 to f, 0o 0 to 7, 0b 0 and 1
// error: 4:5 '0x12g' is neither a number nor a name
// hint: 0x has the digits 0 to f, 0o 0 to 7, 0b 0 and 1
// error: 5:5 '3.4.3' is neither a number nor a name
// hint: names begin with a letter, numbers have one point and one exponent: 1.5e-3
// error: 6:5 '12abc' is neither a number nor a name
// hint: names begin with a letter, numbers have one point and one exponent: 1.5e-3
// error: 7:5 '1e' is neither a number nor a name
// hint: names begin with a letter, numbers have one point and one exponent: 1.5e-3
// error: 8:5 a bit string has the digits 0 and 1 only
// hint: a string in an expression is a bit register's value: "0110"
// error: 9:5 the string has no closing " on its line
// error: 10:7 '?' does not belong here
// error: 11:5 '$' does not belong here
// hint: a physical qubit has a number: $0
// error: 12:7 the character U+00A7 does not belong here
// hint: names are made of letters of any script, digits and _
// error: 13:5 '.' does not belong here
// hint: a number with a point has a digit beside it: .5
// error: 14:5 '`' does not belong here
// error: 15:4 the number is too large
// hint: the greatest number is about 1.8e308
// error: 16:5 there is no physical qubit with so high a number
// hint: physical qubits are numbered from $0 to $2147483647
