// Constants that are known: sizes of registers say so.
OPENQASM 3.0;
const int[8] n = 4;
const uint[8] m = n / 3 + 2 ** 3;
const float half = 1 / 2;
const bit[4] mask = "0110";
array[int[8], 2, n] table;
const uint rows = sizeof(table);
const uint columns = sizeof(table, 1);
qubit[m] nine;
qubit[popcount(mask)] two;
qubit[int[8](half * 10)] five;
qubit[rows * columns] eight;
qubit[int(floor(pi))] three;
qubit[2 - int[2](mask[1] == 1 && !mask[0])] three_again;
qubit[uint[8](rotl(mask, 2))] nine_again;
nop nine[8], two[1], five[4], eight[7], three[2], three_again[0], nine_again[8];
nop nine[-9], two[-2], nine[0:8], nine[8:-4:0], nine[{0, 8}], nine[-1:-1], nine[:], nine[::4];
