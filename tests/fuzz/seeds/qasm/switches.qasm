switch (i + 1) { case 0 { x q; } case 1, 2, { z q; } default { } }
switch (i) { }
