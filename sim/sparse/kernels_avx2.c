/* kernels_avx2.c: the column kernels, 256 rows at a time. Compiled with -mavx2. */
#include "sim/sparse/kernels.h"

#include <immintrin.h>

#define KERNELS      kernels_avx2
#define KERNELS_NAME "AVX2"

typedef __m256i word;

static inline word w_not(word a) { return _mm256_xor_si256(a, _mm256_set1_epi64x(-1)); }
static inline word w_xor(word a, word b) { return _mm256_xor_si256(a, b); }
static inline word w_and(word a, word b) { return _mm256_and_si256(a, b); }
static inline word w_or(word a, word b) { return _mm256_or_si256(a, b); }
static inline word w_andnot(word a, word b) { return _mm256_andnot_si256(b, a); }
static inline word w_xor_and(word a, word b, word c) { return w_xor(a, w_and(b, c)); }
static inline word w_xor_andnot(word a, word b, word c) { return w_xor(a, w_andnot(b, c)); }
static inline word w_xor_nor(word a, word b, word c) { return w_xor(a, w_not(w_or(b, c))); }
static inline word w_choose(word r, word a, word b) { return w_xor(b, w_and(r, w_xor(a, b))); }

#include "sim/sparse/kernels_body.h"
