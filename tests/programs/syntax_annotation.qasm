// error: 5:1 expected a statement, not the end of the file
// An annotation belongs to a statement.
x q;
@alone
