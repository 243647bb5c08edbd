// Real numbers and the functions of the language.
// expect: output root = sqrt(2)
// expect: output half = 0.5
// expect: output third_turn = pi/3
// expect: output e = e
// expect: output one = 1
// expect: output down = -3
// expect: output up = 3
// expect: output rest = 1.5
// expect: output power = 1024
// expect: output quotient = 3.5
// expect: output circle = 2*pi
// expect: output slope = pi/4
OPENQASM 3.0;
output float[64] root;
output float[64] half;
output float[64] third_turn;
output float[64] e;
output float[64] one;
output float[64] down;
output float[64] up;
output float[64] rest;
output float[64] power;
output float[64] quotient;
output float[64] circle;
output float[64] slope;
root = sqrt(2.0);
half = sin(pi / 6);
third_turn = arccos(0.5);
e = exp(1.0);
one = log(euler);
down = floor(-2.5);
up = ceiling(2.1);
rest = mod(7.5, 2.0);
power = pow(2.0, 10);
quotient = 7.0 / 2;
circle = tau;
slope = arctan(tan(π / 4));
