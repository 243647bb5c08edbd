/* kernels.c: which set of loops a machine and a precision get. */
#include "sim/dense/kernels.h"

const struct kernels *dense_kernels(qry_simd simd, bool single)
{
#if defined(__x86_64__)
    if (simd == QRY_SIMD_BEST)
        simd = qry_simd_available(QRY_SIMD_AVX512) ? QRY_SIMD_AVX512
               : qry_simd_available(QRY_SIMD_AVX2) ? QRY_SIMD_AVX2
                                                   : QRY_SIMD_PLAIN;
    if (simd == QRY_SIMD_AVX512)
        return single ? &dense_avx512_single : &dense_avx512_double;
    if (simd == QRY_SIMD_AVX2)
        return single ? &dense_avx2_single : &dense_avx2_double;
#else
    (void)simd;
#endif
    return single ? &dense_plain_single : &dense_plain_double;
}
