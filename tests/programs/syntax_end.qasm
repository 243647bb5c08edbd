// error: 6:1 expected a statement or '}', not the end of the file
// The file ends too early.
qubit q;
if (a) {
  x q;
