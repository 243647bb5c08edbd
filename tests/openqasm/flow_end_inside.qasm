// `end` inside of a loop and a subroutine ends the program.
// expect: output reached = 3
OPENQASM 3.0;
output int[32] reached;
def stop(int[32] i) -> int[32] {
  if (i == 3) { end; }
  return i;
}
for int[32] i in [1:10] {
  reached = i;
  int[32] j = stop(i);
}
reached = 100;
