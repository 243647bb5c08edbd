// Durations are reckoned with; no time passes. 3 * 100ns / 50ns = 6.
// expect: output ratio = 6
// expect: output longer = true
OPENQASM 3.0;
output float[64] ratio;
output bool longer;
duration a = 3 * 100ns;
duration b = 50ns;
ratio = a / b;
longer = a + b > 0.3us;
