// Without a version it is OpenQASM 3; keywords of newer versions are known in every file.
// expect: always 1
include "stdgates.inc";
qubit q;
bit c;
int[8] i = 2;
switch (i) { case 2 { x q; } default { nop q; } }
c = measure q;
