/* clock.c: how long things take. */
#include "base/base.h"

#include <time.h>

double qry_seconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}
