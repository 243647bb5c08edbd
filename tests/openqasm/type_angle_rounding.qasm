// A real number becomes the nearest angle of so many bits, modulo a turn.
// expect: output quarter = 0100
// expect: output near = 0001
// expect: output below_zero = 1100
// expect: output more_than_a_turn = 1000
OPENQASM 3.0;
output bit[4] quarter;
output bit[4] near;
output bit[4] below_zero;
output bit[4] more_than_a_turn;
angle[4] a = pi / 2;
quarter = bit[4](a);
angle[4] b = pi / 10; // 0.8 of pi/8
near = bit[4](b);
angle[4] c = -pi / 2;
below_zero = bit[4](c);
angle[4] d = 3 * pi;
more_than_a_turn = bit[4](d);
