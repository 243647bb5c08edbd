// Declarations.
int[8, 8] a;
bool[4] b;
int a[3];
complex[int 3] c;
array[8] d;
array[int[8], #dim = 2] e;
const f = 3;
int[8] gate;
input qubit g;
input int h = 3;
let i;
qreg[4] j;
int k = {1, 2;
uint l = 3 +;
array[int, 2] m = [1, 2];
float[32] n = int[8] o = 2;

// error: 2:6 expected ']', not ','
// error: 3:5 expected a name or '(', not '['
// error: 4:6 expected ';', not '['
// hint: the size is part of the type: int[8] a; array[int[8], 3] a;
// error: 5:13 expected ']', not '3'
// error: 6:7 expected a type, not '8'
// error: 7:15 expected an expression, not '#dim'
// error: 8:7 expected a type, not 'f'
// error: 9:8 'gate' is a word of the language and cannot be a name
// hint: choose another name
// error: 10:7 expected a type, not 'qubit'
// error: 11:13 expected ';', not '='
// error: 12:6 expected '=', not ';'
// error: 13:5 expected a name, not '['
// hint: qreg q[4]; or qubit[4] q; and creg c[4]; or bit[4] c;
// error: 14:14 expected '}' or ',', not ';'
// error: 15:13 expected an expression, not ';'
// error: 16:19 expected an expression, 'measure' or '{', not '['
// hint: an array's value stands between braces: {1, 2}
// error: 17:22 expected '(', not 'o'
