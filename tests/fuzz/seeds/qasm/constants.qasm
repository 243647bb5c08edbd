const int[32] n = 4;
const float e = 2 ** -n ** 2;
input angle[32] theta;
output bit result;
array[int[8], 2, 3] a = {{1, 2, 3}, {4, -5, 6}};
array[float, n] b;
a[0, 1] = 3;
a[1] = a[0];
a[0:1][0:1] = b;
