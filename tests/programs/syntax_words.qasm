// What people write who know other languages.
if (a = 1) x q;
if (a and b) x q;
elif (a) x q;
x = a if b else c;
int a := 3;
a++;
x q[0]; y q[0]
z q[0];
while (true) do { x q; }
let = q;
print("a");
x = !;
x = not a;
measure q -> ;
for int i in [0:3] do x q;
