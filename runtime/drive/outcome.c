/* outcome.c: outcomes of estimating circuits drawn from their exact law, for the engine that knows the answer. */
#include "runtime/drive/amplitude.h"

#include <math.h>

uint64_t qry_toss_draw(double theta, uint64_t iterations, uint64_t shots, qry_random *random)
{
    double p = pow(sin((2 * (double)iterations + 1) * theta), 2);
    uint64_t marked = 0;
    for (uint64_t i = 0; i < shots; i++)
        marked += qry_random_unit(random) < p;
    return marked;
}

/* One of the two eigenvalues, of angles theta and -theta, is chosen, each with probability 1/2; then y is at a distance from
 * 2^bits theta / pi that has the law F (likelihood.c). Distances are tried from the nearest on, to either side. */
uint64_t qry_phase_draw(double theta, uint32_t bits, qry_random *random)
{
    uint64_t size = UINT64_C(1) << bits, mask = size - 1;
    double x = (double)size * theta / qry_pi, whole = floor(x), u = qry_random_unit(random);
    bool mirrored = qry_random_next(random) >> 63;
    uint64_t y = (uint64_t)whole;
    for (uint64_t step = 0; step < size && u >= 0; step++) {
        uint64_t away = (step + 1) / 2;
        y = (uint64_t)whole + (step % 2 ? away : -away);
        u -= qry_phase_law((double)size, x - whole + (step % 2 ? -(double)away : (double)away));
    }
    return (mirrored ? -y : y) & mask;
}
