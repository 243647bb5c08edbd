/* kernels.c: which instruction set this machine has. */
#include "sim/sparse/kernels.h"

bool qry_simd_available(qry_simd simd)
{
    switch (simd) {
    case QRY_SIMD_BEST:
    case QRY_SIMD_PLAIN:
        return true;
#if defined(__x86_64__)
    case QRY_SIMD_AVX2:
        return __builtin_cpu_supports("avx2");
    case QRY_SIMD_AVX512:
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
#endif
    default:
        return false;
    }
}

const struct kernels *kernels_for(qry_simd simd)
{
#if defined(__x86_64__)
    if (simd == QRY_SIMD_BEST)
        simd = qry_simd_available(QRY_SIMD_AVX512) ? QRY_SIMD_AVX512
               : qry_simd_available(QRY_SIMD_AVX2) ? QRY_SIMD_AVX2
                                                   : QRY_SIMD_PLAIN;
    if (simd == QRY_SIMD_AVX512)
        return &kernels_avx512;
    if (simd == QRY_SIMD_AVX2)
        return &kernels_avx2;
#endif
    return &kernels_plain;
}
