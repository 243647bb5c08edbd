// A block has its own names; what it does to names outside remains.
// expect: output inside = 2
// expect: output outside = 1
// expect: output changed = 10
OPENQASM 3.0;
output int[32] inside;
output int[32] outside;
output int[32] changed;
int[32] x = 1;
int[32] y = 1;
{
  int[32] x = 2;
  inside = x;
  y = 10;
}
outside = x;
changed = y;
