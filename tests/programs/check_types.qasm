// Types: sizes, and what may become what.
OPENQASM 3.0;
int[0] a;
uint[129] b;
float[80] c;
complex[int[8]] d;
int[n] e;
input int n;
int[n] f;
array[int[8], 0] g;
array[stretch, 2] h;
bit[2] i = 5;
bit[2] j = "101";
uint[4] k = 20;
int[8] l = 2.5;
int[8] m = "0101";
int[4] o = "0101";
int[2] o2 = "0101";
// error: 3:5 the size of an integer is 1 to 128, and this is 0
// error: 4:6 the size of an integer is 1 to 128, and this is 129
// error: 5:7 a float has 16, 32 or 64 bits, not 80
// error: 6:9 a complex number is made of floats, not of int[8]
// hint: write complex[float[64]]
// error: 7:5 'n' is not declared
// hint: it is declared only later, on line 8
// error: 9:5 the size of an integer must be known before the program runs
// hint: make it of numbers and of names that are declared const
// error: 10:15 the size of an array is 1 to 1073741824, and this is 0
// error: 11:7 there are no arrays of stretch
// error: 12:12 5 does not fit bit[2]
// error: 13:12 bit[2] is wanted, and this is bit[3]
// hint: give both the same number of bits: a slice c[0:1] has those from the first to the last
// warning: 14:13 20 does not fit uint[4]: it becomes 4
// error: 18:13 int[2] is wanted, and this is bit[4]
// hint: write the cast: int[2](...)
