/* kernels_avx2.c: the loops of the dense engine with 256-bit vectors: 16 registers, so tiles of two qubits. Compiled with
 * -mavx2 -mfma. */
#include "sim/dense/kernels.h"

#include <immintrin.h>
#include <string.h>

#define TILE_BITS    2
#define KERNELS_NAME "AVX2"

/* All ones in the lanes whose bit is 1. */
static inline __m256d wide_lanes(int lanes)
{
    __m256i bit = _mm256_set_epi64x(8, 4, 2, 1);
    return _mm256_castsi256_pd(_mm256_cmpeq_epi64(_mm256_and_si256(_mm256_set1_epi64x(lanes), bit), bit));
}

static inline __m256 narrow_lanes(int lanes)
{
    __m256i bit = _mm256_set_epi32(128, 64, 32, 16, 8, 4, 2, 1);
    return _mm256_castsi256_ps(_mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32(lanes), bit), bit));
}

/* Both precisions permute 32-bit items. */
static inline void write_index(void *to, const uint8_t *lanes, int count)
{
    uint32_t *item = to;
    for (int i = 0; i < 8; i++)
        item[i] = count == 8 ? lanes[i] : 2u * lanes[i / 2] + (unsigned)i % 2;
}

#define KERNELS   dense_avx2_double
#define FN(name)  name##_double
#define REAL      double
#define vec       __m256d
#define LANE_BITS 2
#define v_load    _mm256_load_pd
#define v_store   _mm256_store_pd
#define v_all     _mm256_set1_pd
#define v_mul     _mm256_mul_pd
#define v_fma     _mm256_fmadd_pd
#define v_fnma    _mm256_fnmadd_pd
#define v_fms     _mm256_fmsub_pd
/* a in the lanes whose bit is 1, else b */
#define v_pick(lanes, a, b) _mm256_blendv_pd(b, a, wide_lanes(lanes))
#define v_permute(a, index)                                                                                            \
    _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(a), _mm256_castpd_si256(*(index))))
#define v_write_index(to, lanes) write_index(to, lanes, 4)
#include "sim/dense/kernels_body.h"

#include "sim/dense/kernels_end.h"

#define KERNELS                  dense_avx2_single
#define FN(name)                 name##_single
#define REAL                     float
#define vec                      __m256
#define LANE_BITS                3
#define v_load                   _mm256_load_ps
#define v_store                  _mm256_store_ps
#define v_all                    _mm256_set1_ps
#define v_mul                    _mm256_mul_ps
#define v_fma                    _mm256_fmadd_ps
#define v_fnma                   _mm256_fnmadd_ps
#define v_fms                    _mm256_fmsub_ps
#define v_pick(lanes, a, b)      _mm256_blendv_ps(b, a, narrow_lanes(lanes))
#define v_permute(a, index)      _mm256_permutevar8x32_ps(a, _mm256_castps_si256(*(index)))
#define v_write_index(to, lanes) write_index(to, lanes, 8)
#include "sim/dense/kernels_body.h"
