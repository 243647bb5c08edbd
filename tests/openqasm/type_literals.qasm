// Integers in four bases, with underscores; real numbers in every form; bit strings; the constants by both names.
// expect: output binary = 10
// expect: output octal = 15
// expect: output hexadecimal = 255
// expect: output million = 1000000
// expect: output text = 01100011
// expect: output half = 0.5
// expect: output five = 5
// expect: output thousand = 1000
// expect: output milli = 0.00125
// expect: output greek = 0
OPENQASM 3.0;
output uint[8] binary;
output uint[8] octal;
output uint[8] hexadecimal;
output uint[32] million;
output bit[8] text;
output float[64] half;
output float[64] five;
output float[64] thousand;
output float[64] milli;
output float[64] greek;
binary = 0b10_10;
octal = 0o17;
hexadecimal = 0xfF;
million = 1_000_000;
text = "0110_0011";
half = .5;
five = 5.;
thousand = 1e3;
milli = 1.25E-3;
greek = (π - pi) + (τ - tau) + (ℇ - euler);
