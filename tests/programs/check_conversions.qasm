// Conversions that are not there, and some that are.
OPENQASM 3.0;
angle[4] r = 3;
bool p = 2im;
int[8] ri = 3;
angle[4] s = ri;
angle[4] s2 = angle[4](ri);
float t = r;
duration u = 5;
duration v = 5ns + 3dt;
complex w = v;
bit x = 2;
bit y = 1;
bool z = y;
float aa = 2im;
float ab = imag(2im);
uint[8] ac = "1";
stretch ad = 5ns;
qubit[0] ae;
// error: 4:10 bool is wanted, and this is complex
// error: 6:14 angle[4] is wanted, and this is int[8]
// error: 7:15 int[8] cannot be cast to angle[4]
// error: 8:11 float[64] is wanted, and this is angle[4]
// error: 9:14 duration is wanted, and this is int
// error: 11:13 complex[float[64]] is wanted, and this is duration
// error: 12:9 2 does not fit bit
// error: 15:12 float[64] is wanted, and this is complex
// hint: real(...) and imag(...) are its parts
// error: 18:14 a stretch gets its value from the machine
// hint: declare a duration
// error: 19:7 the size of a register is 1 to 1073741824, and this is 0
