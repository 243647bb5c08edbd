// Slices of a bit register, read and written; both ends belong to them.
// expect: output middle = 001
// expect: output reversed = 0110001
// expect: output written = 1111010
// expect: output some = 101
OPENQASM 3.0;
output bit[3] middle;
output bit[7] reversed;
output bit[7] written;
output bit[3] some;
bit[7] c = "1000110"; // bits 1, 2 and 6
middle = c[2:4];      // bits 4, 3, 2
reversed = c[6:-1:0];
some = c[{1, 3, 6}];
c[3:5] = "111";
c[2] = 0;
written = c;
