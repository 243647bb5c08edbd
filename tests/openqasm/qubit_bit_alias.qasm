// Aliases of bit registers see what is assigned to the register.
// expect: output seen = 10
// expect: output joined = 01101
OPENQASM 3.0;
output bit[2] seen;
output bit[5] joined;
bit[4] c = "0000";
let middle = c[1:2];
c[2] = 1;
seen = middle;
bit[3] low = "101";
bit[2] high = "01";
let both = low ++ high; // the first part has the lower indices
joined = both;
