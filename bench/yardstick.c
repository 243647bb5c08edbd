/* yardstick.c: see yardstick.h. Compiled for the machine it is built on, so that the compiler may use its widest
 * instructions. */
#include "bench/yardstick.h"

void yardstick_run(yardstick_plane *plane, const exchange *exchange, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        yardstick_plane a = plane[exchange[i].a], b = plane[exchange[i].b], c = plane[exchange[i].c];
        for (int w = 0; w < 8; w++) {
            uint64_t t = (a.word[w] ^ b.word[w]) & c.word[w];
            a.word[w] ^= t;
            b.word[w] ^= t;
        }
        plane[exchange[i].a] = a;
        plane[exchange[i].b] = b;
    }
}
