/* yardstick.h: the yardstick of the engine bench: what plain C does on planes of bits, with nothing else around it. */
#ifndef QRY_BENCH_YARDSTICK_H
#define QRY_BENCH_YARDSTICK_H

#include <stddef.h>
#include <stdint.h>

/** 512 rows of a qubit. */
typedef struct yardstick_plane {
    uint64_t word[8];
} yardstick_plane;

/** Where c is 1, a and b change places; numbers of planes, all three different. */
typedef struct exchange {
    uint32_t a, b, c;
} exchange;

void yardstick_run(yardstick_plane *plane, const exchange *exchange, size_t count);

#endif
