// Comments of both kinds, anywhere between words; several statements in a line.
// expect: always 1
OPENQASM 3.0; // here
include "stdgates.inc"; /* over
several lines; x q; // and not nested
*/ qubit /**/ q; bit c;
x q; // x q;
c /* = 0 */ = measure q;
