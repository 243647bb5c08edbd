// Versions, includes, pragmas, calibrations.
OPENQASM 4.0;
include 3;
include "a.inc"
qubit q;
OPENQASM 3.0;
if (a) { include "b.inc"; }
#pragmatic text
#include "c.inc"
@
defcalgrammar 3;
defcal x { }
defcal $0 { }
defcal x $0 -> bit -> bit { }
cal x { }
x@y;
include "";

// error: 2:10 OpenQASM 4.0 is not known here
// hint: there are 2.0, 3.0 and 3.1
// error: 3:9 expected a string, not '3'
// error: 4:16 expected ';' after '"a.inc"'
// error: 6:1 the version stands before all else in a file, once
// error: 7:10 files are included outside of all blocks only
// hint: move it out of the braces
// error: 8:1 this is no pragma
// hint: #pragma TEXT, with a blank before the text
// error: 9:1 '#' does not belong here
// hint: a comment begins with //; with # begins only #pragma
// error: 10:1 expected a statement, not '@'
// hint: an annotation has a name: @name, and a statement behind it
// error: 12:10 expected a name or a physical qubit, not '{'
// error: 14:20 expected '{', not '->'
// error: 17:9 an include names a file
// hint: include "stdgates.inc"; brings the gates of the language
