/* kernels_plain.c: the column kernels in plain C, 64 rows at a time. */
#include "sim/sparse/kernels.h"

#define KERNELS      kernels_plain
#define KERNELS_NAME "plain C"

typedef uint64_t word;

static inline word w_not(word a) { return ~a; }
static inline word w_xor(word a, word b) { return a ^ b; }
static inline word w_and(word a, word b) { return a & b; }
static inline word w_or(word a, word b) { return a | b; }
static inline word w_andnot(word a, word b) { return a & ~b; }
static inline word w_xor_and(word a, word b, word c) { return a ^ (b & c); }
static inline word w_xor_andnot(word a, word b, word c) { return a ^ (b & ~c); }
static inline word w_xor_nor(word a, word b, word c) { return a ^ ~(b | c); }
static inline word w_choose(word r, word a, word b) { return b ^ (r & (a ^ b)); }

#include "sim/sparse/kernels_body.h"
