// Functions of the language, and values that do not exist.
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
i = 170141183460469231731687303715884105727 + 1;
i = 340282366920938463463374607431768211456;
f = sqrt(-1);
f = sqrt(z);
f = sin(c);
f = sin();
i = mod(1, 2, 3);
c = rotl(i, 1);
c = rotl(5, 1);
i = popcount(f);
f = real(f) + arcsin(2);
i = sizeof(c);
b = c == 16;
b = c == d;
f = (1 + 2im) * 2;
// warning: 12:5 this number needs more than 128 bits
// hint: the program stops with an error if it comes here
// error: 13:5 this number needs more than 128 bits
// warning: 14:5 this function has no finite value here
// hint: the program stops with an error if it comes here
// error: 15:5 float[64] is wanted, and this is complex[float[64]]
// hint: real(...) and imag(...) are its parts
// error: 16:5 sin cannot be applied to bit[4]
// hint: it takes a number
// error: 17:5 sin with 0 arguments
// hint: it takes a number
// error: 18:5 mod with 3 arguments
// hint: it takes two numbers
// error: 19:5 bit[4] is wanted, and this is int[8]
// hint: write the cast: bit[4](...)
// error: 20:5 rotl cannot be applied to int, int
// hint: it takes bits or an integer that has a size, and how far to rotate: rotl(c, 1)
// error: 21:5 popcount cannot be applied to float[64]
// hint: it takes bits or an integer
// warning: 22:15 this function has no finite value here
// hint: the program stops with an error if it comes here
// error: 23:5 sizeof cannot be applied to bit[4]
// hint: it takes an array, and which of its dimensions if not the first: sizeof(a, 1)
// error: 25:5 no operator == for bit[4] and bit[3]
// hint: both need the same number of bits
// error: 26:5 float[64] is wanted, and this is complex
// hint: real(...) and imag(...) are its parts
