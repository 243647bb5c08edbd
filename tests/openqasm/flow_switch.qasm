// One case is taken and no other: there is no falling through. Cases have several values; they may be constants.
// expect: output first = 10
// expect: output several = 20
// expect: output other = 99
// expect: output none = 5
OPENQASM 3.1;
output int[32] first;
output int[32] several;
output int[32] other;
output int[32] none;
const int[32] seven = 7;
def choose(int[32] i) -> int[32] {
  int[32] result = 0;
  switch (i) {
    case 1 { result = 10; }
    case 2, 3, seven { result = 20; }
    default { result = 99; }
  }
  return result;
}
first = choose(1);
several = choose(7);
other = choose(4);
none = 5;
switch (none) {
  case 0 { none = 100; }
}
