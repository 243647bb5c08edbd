// def and extern: arguments, results.
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
qubit one;
bit[4] c;
int[8] n;
array[int[8], 3] a;
array[int[8], 2, 3] b;
const int[8] two = 2;
extern seen(bit[two], float[32]) -> bit;
extern quiet(int);
def parity(bit[4] d, qubit[2] r) -> bit { cx r[0], r[1]; return d[0] ^ d[1]; }
def act(int[8] k, qubit[2] r, qubit s) { rx(k) r; cx r[0], s; }
def sum(readonly array[int[8], #dim = 1] v) -> int[8] {
    int[8] s = 0;
    for int[8] x in v { s += x; }
    v[0] = 1;
    return s;
}
def fill(mutable array[int[8], 3] v) { v[0] = n; n = 2; }
def none(qubit s) -> bit { if (true) { return measure s; } }
def both(qubit s) -> bit { if (true) { return measure s; } else { return true; } }
def wrong() -> int[8] { return "0101"; }
def no_value() -> int[8] { return; }
def value() { return 1; }
def again(int[8] k) -> int[8] { return again(k - 1); }
def local() -> int[8] { int[8] n = 3; return n * two; }
def local() { }
def doubled(int[8] k, int[8] k) { }
def other() { qubit r; }
c[0] = parity(c, q[0:1]);
c[0] = parity(c, q);
c[0] = parity(c);
c[0] = parity(q[0:1], c);
parity(c) q[0:1];
act(1) q[0:1], q[2];
act(1) q[0:1], q[1];
act(1, q[0:1], q[0]);
act(1) q[0], one;
n = act(1, q[0:1], one);
n = sum(a) + sum(b[1]);
n = sum(b);
fill(a);
fill(b[0]);
fill(sum(a));
c[0] = seen(c[0:1], 0.5) | seen("01", 1);
quiet(5);
quiet(q[0]);
return;
// error: 18:5 'v' cannot be assigned: it is readonly
// hint: declare the parameter as mutable
// error: 22:5 not every way through 'none' returns bit
// hint: end it with return ...;
// error: 25:28 the def 'no_value' returns int[8]
// error: 26:22 the def 'value' is declared to return nothing
// hint: write '-> int' behind its parameters
// error: 27:40 the def 'again' calls itself
// hint: a loop can do what recursion does
// error: 29:5 the name 'local' is taken
// hint: it is declared on line 28
// error: 30:30 the name 'k' is taken
// hint: it is declared on line 30
// error: 31:15 a register of qubits stands outside of all blocks
// error: 33:18 qubit[2] is wanted, and this is qubit[4]
// error: 34:8 'parity' takes 2 arguments, not 1
// error: 35:15 bit[4] is wanted, and this is qubit[2]
// hint: measure a qubit to have bits: c = measure q;
// error: 38:8 'act' gets the qubit q[1] twice
// error: 39:5 'act' gets the qubit q[0] twice
// error: 40:8 qubit[2] is wanted, and this is qubit
// error: 41:5 this gives no value, and int[8] is wanted
// error: 43:9 readonly array[int[8], #dim = 1] is wanted, and this is array[int[8], 2, 3]
// error: 46:6 this is no variable
// error: 49:7 int[32] is wanted, and this is qubit
// hint: measure a qubit to have bits: c = measure q;
// error: 50:1 return stands in a def
// hint: end; stops the program
