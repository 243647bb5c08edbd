// Both ends of a range belong to it; a step may be negative; a range may be empty.
// expect: output three = 3
// expect: output down = 22
// expect: output odd = 16
// expect: output empty = 0
OPENQASM 3.0;
output int[32] three;
output int[32] down;
output int[32] odd;
output int[32] empty;
three = 0;
down = 0;
odd = 0;
empty = 0;
for int i in [0:2] { three += 1; }
for int i in [10:-3:0] { down += i; } // 10 + 7 + 4 + 1
for uint[8] i in [1:2:8] { odd += i; } // 1 + 3 + 5 + 7
for int i in [3:1] { empty += 1; }
