/* kernels_avx512.c: the loops of the dense engine with 512-bit vectors: 32 registers, so tiles of three qubits. Compiled
 * with -mavx512f -mavx512dq -mfma. */
#include "sim/dense/kernels.h"

#include <immintrin.h>
#include <string.h>

#define TILE_BITS    3
#define KERNELS_NAME "AVX-512"

#define KERNELS   dense_avx512_double
#define FN(name)  name##_double
#define REAL      double
#define vec       __m512d
#define LANE_BITS 3
#define v_load    _mm512_load_pd
#define v_store   _mm512_store_pd
#define v_all     _mm512_set1_pd
#define v_mul     _mm512_mul_pd
#define v_fma     _mm512_fmadd_pd
#define v_fnma    _mm512_fnmadd_pd
#define v_fms     _mm512_fmsub_pd
/* a in the lanes whose bit is 1, else b */
#define v_pick(lanes, a, b) _mm512_mask_blend_pd((__mmask8)(lanes), b, a)
#define v_permute(a, index) _mm512_permutexvar_pd(_mm512_castpd_si512(*(index)), a)
#define v_write_index(to, lanes)                                                                                       \
    _mm512_store_si512((void *)(to), _mm512_cvtepu8_epi64(_mm_loadl_epi64((const void *)(lanes))))
#include "sim/dense/kernels_body.h"

#include "sim/dense/kernels_end.h"

#define KERNELS             dense_avx512_single
#define FN(name)            name##_single
#define REAL                float
#define vec                 __m512
#define LANE_BITS           4
#define v_load              _mm512_load_ps
#define v_store             _mm512_store_ps
#define v_all               _mm512_set1_ps
#define v_mul               _mm512_mul_ps
#define v_fma               _mm512_fmadd_ps
#define v_fnma              _mm512_fnmadd_ps
#define v_fms               _mm512_fmsub_ps
#define v_pick(lanes, a, b) _mm512_mask_blend_ps((__mmask16)(lanes), b, a)
#define v_permute(a, index) _mm512_permutexvar_ps(_mm512_castps_si512(*(index)), a)
#define v_write_index(to, lanes)                                                                                       \
    _mm512_store_si512((void *)(to), _mm512_cvtepu8_epi32(_mm_loadu_si128((const void *)(lanes))))
#include "sim/dense/kernels_body.h"
