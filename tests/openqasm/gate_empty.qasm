// A gate without a body is the identity; parentheses without angles may stand.
// expect: state 1 = 1
OPENQASM 3.0;
include "stdgates.inc";
gate nothing() q { }
gate also_nothing q { }
qubit q;
x q;
nothing q;
also_nothing() q;
