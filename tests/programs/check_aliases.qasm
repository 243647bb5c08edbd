// let and ++.
OPENQASM 3.0;
include "stdgates.inc";
qubit[4] q;
qubit[2] r;
qubit one;
bit[4] c;
bit d;
array[int[8], 2, 2] a;
int[8] n = 2;
let both = q ++ r ++ one;
cx both[0], q[0];
cx both[4], r[0];
cx both[6], one;
cx both[7], one;
let odd = both[1:2:6];
cx odd[0], q[1];
cx odd[2], r[1];
cx odd[1], q[2];
let bits = c[0:1] ++ d;
bits[2] = 1;
bits[3] = 1;
bits = measure q[0:2];
bits = measure q;
let wrong = q ++ c;
let number = n;
let sum = n + 1;
let row = a[0];
row[1] = 3;
row[2] = 3;
let part = q[n:3];
h part;
cx part[0], q[0];
let q = r;
{
    let q = r;
    h q[1];
    h q[2];
}
let late = later;
qubit later;
// error: 12:13 'cx' gets the qubit q[0] twice
// error: 13:13 'cx' gets the qubit r[0] twice
// error: 14:13 'cx' gets the qubit one twice
// error: 15:9 index 7, but 'both' has 7 qubits
// hint: they are numbered from 0 to 6
// error: 17:12 'cx' gets the qubit q[1] twice
// error: 18:12 'cx' gets the qubit r[1] twice
// error: 22:6 index 3, but 'bits' has 3 bits
// hint: they are numbered from 0 to 2
// error: 24:8 bit[3] is wanted, and this is bit[4]
// hint: give both the same number of bits: a slice c[0:1] has those from the first to the last
// error: 25:18 qubit[4] and bit[4] cannot be joined by ++
// hint: ++ joins qubits with qubits, bits with bits, arrays with arrays
// error: 26:14 let gives a name to qubits, bits, arrays, and parts of them
// hint: declare a variable for other values
// error: 27:11 let gives a name to qubits, bits, arrays, and parts of them
// hint: declare a variable for other values
// error: 30:5 index 2, but 'row' has 2 items
// hint: they are numbered from 0 to 1
// error: 34:5 the name 'q' is taken
// hint: it is declared on line 4
// error: 38:9 index 2, but 'q' has 2 qubits
// hint: they are numbered from 0 to 1
// error: 40:12 'later' is not declared
// hint: it is declared only later, on line 41
