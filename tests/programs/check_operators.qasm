// Operators and what they are for.
OPENQASM 3.0;
qubit q;
bit[4] c;
bit[3] d;
int[8] i;
float f;
angle[8] a;
complex z;
duration t;
bool b;
i = c + 1;
i = c & d;
i = c << 1.5;
b = q == 1;
b = z < z;
f = t * t;
t = t + 1;
f = ~f;
i = -c;
b = !q;
a = a * a;
a = a + i;
f = f | 1;
i = 5 % 0;
i = 1 / 0;
i = 2 ** -1;
i = 1 << -1;
// error: 12:5 no operator + for bit[4] and int
// hint: bits are no number: write uint[4](...)
// error: 13:5 no operator & for bit[4] and bit[3]
// hint: both need the same number of bits
// error: 14:5 no operator << for bit[4] and float
// error: 15:5 no operator == for qubit and int
// hint: measure a qubit first: c = measure q;
// error: 16:5 no operator < for complex[float[64]] and complex[float[64]]
// error: 17:5 no operator * for duration and duration
// error: 18:5 no operator + for duration and int
// error: 19:5 no operator ~ for float[64]
// error: 20:5 no operator - for bit[4]
// error: 21:5 no operator ! for qubit
// hint: measure a qubit first: c = measure q;
// error: 22:5 no operator * for angle[8] and angle[8]
// error: 23:5 no operator + for angle[8] and int[8]
// error: 24:5 no operator | for float[64] and int
// warning: 25:5 division by zero
// hint: the program stops with an error if it comes here
// warning: 26:5 division by zero
// hint: the program stops with an error if it comes here
// warning: 27:5 a negative power of an integer is no integer: write one of them as a float
// hint: the program stops with an error if it comes here
// warning: 28:5 a shift by a negative number
// hint: the program stops with an error if it comes here
