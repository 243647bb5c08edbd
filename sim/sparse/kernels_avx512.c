/* kernels_avx512.c: the column kernels, 512 rows at a time; most operations are one vpternlogq, whose last argument is
 * the truth table of its three inputs. Compiled with -mavx512f -mavx512dq. */
#include "sim/sparse/kernels.h"

#include <immintrin.h>

#define KERNELS      kernels_avx512
#define KERNELS_NAME "AVX-512"

typedef __m512i word;

static inline word w_not(word a) { return _mm512_ternarylogic_epi64(a, a, a, 0x0f); }
static inline word w_xor(word a, word b) { return _mm512_xor_si512(a, b); }
static inline word w_and(word a, word b) { return _mm512_and_si512(a, b); }
static inline word w_or(word a, word b) { return _mm512_or_si512(a, b); }
static inline word w_andnot(word a, word b) { return _mm512_andnot_si512(b, a); }
static inline word w_xor_and(word a, word b, word c) { return _mm512_ternarylogic_epi64(a, b, c, 0x78); }
static inline word w_xor_andnot(word a, word b, word c) { return _mm512_ternarylogic_epi64(a, b, c, 0xb4); }
static inline word w_xor_nor(word a, word b, word c) { return _mm512_ternarylogic_epi64(a, b, c, 0xe1); }
static inline word w_choose(word r, word a, word b) { return _mm512_ternarylogic_epi64(r, a, b, 0xca); }

#include "sim/sparse/kernels_body.h"
