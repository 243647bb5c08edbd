// Other files are found beside the one that includes them.
// expect: state 1 = 1j
OPENQASM 3.0;
include "stdgates.inc";
include 'included/turns.inc';
qubit q;
flip_and_quarter q;
