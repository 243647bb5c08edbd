// if, else, and a chain of them; braces may be left out around one statement.
// expect: output a = 1
// expect: output b = 20
// expect: output c = 300
OPENQASM 3.0;
output int[32] a;
output int[32] b;
output int[32] c;
int[32] x = 5;
a = 0;
b = 0;
c = 0;
if (x > 3) a = 1;
if (x > 7) { b = 10; } else { b = 20; }
if (x == 3) c = 100;
else if (x == 4) c = 200;
else if (x == 5) c = 300;
else c = 400;
