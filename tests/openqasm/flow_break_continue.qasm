// Odd numbers up to 9 without 5: 1 + 3 + 7 + 9. The inner break leaves the inner loop only.
// expect: output sum = 20
// expect: output inner = 6
OPENQASM 3.0;
output int[32] sum;
output int[32] inner;
int[32] i = 0;
sum = 0;
while (true) {
  i += 1;
  if (i > 9) break;
  if (i % 2 == 0 || i == 5) continue;
  sum += i;
}
inner = 0;
for int a in [0:2] {
  for int b in [0:9] {
    if (b == 2) { break; }
    inner += 1;
  }
}
