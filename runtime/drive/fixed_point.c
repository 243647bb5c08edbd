/* fixed_point.c: the search of Yoder, Low and Chuang (Phys. Rev. Lett. 113, 210501, 2014), which does not overshoot: it
 * ends in a marked state with at least the wanted probability whenever at least the given fraction is marked.
 *
 * With L = 2 count + 1, delta^2 = failure and c = T_(1/L)(1/delta) = cosh(acosh(1/delta)/L), T the Chebyshev polynomials,
 *     alpha_j = -beta_(count+1-j) = 2 arccot(tan(2 pi j/L) sqrt(1 - 1/c^2))            (equation 11)
 *     success = 1 - failure T_L(c sqrt(1 - marked))^2                                  (equation 1)
 * and success is at least 1 - failure when the argument of T_L is at most 1. */
#include "runtime/runtime.h"

#include <math.h>

static double acosh_of_amplitude(double failure) { return acosh(1 / sqrt(failure)); }

/* T_(1/L)(1/delta). */
static double widening(double failure, size_t count)
{
    return cosh(acosh_of_amplitude(failure) / (2 * (double)count + 1));
}

/* The least odd L for which c sqrt(1 - fraction) <= 1. */
static size_t iterations(double failure, double fraction)
{
    double least = acosh_of_amplitude(failure) / atanh(sqrt(fraction));
    qry_must(least < 0x1p52);
    size_t count = (size_t)ceil((least - 1) / 2);
    return least <= 1 ? 0 : count;
}

void qry_fixed_point_angles(qry_arena *arena, double failure, double fraction, size_t *count, double **alpha,
                            double **beta)
{
    qry_must(failure > 0 && failure < 1 && fraction > 0 && fraction <= 1);
    size_t l = *count = fraction < 1 ? iterations(failure, fraction) : 0;
    *alpha = qry_arena_alloc(arena, l, sizeof **alpha);
    *beta = qry_arena_alloc(arena, l, sizeof **beta);
    double length = 2 * (double)l + 1, c = widening(failure, l), narrowing = sqrt(1 - 1 / (c * c));
    for (size_t j = 0; j < l; j++) {
        (*alpha)[j] = 2 * atan2(1, tan(4 * acos(0) * (double)(j + 1) / length) * narrowing);
        (*beta)[l - 1 - j] = -(*alpha)[j];
    }
}

double qry_fixed_point_success(double failure, size_t count, double marked)
{
    double length = 2 * (double)count + 1, x = widening(failure, count) * sqrt(1 - marked);
    double t = x > 1 ? cosh(length * acosh(x)) : cos(length * acos(x));
    return 1 - failure * t * t;
}
