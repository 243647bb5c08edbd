/* random.c: xoshiro256** with streams. */
#include "base.h"

#include <math.h>

static uint64_t rotate_left(uint64_t x, int k) { return x << k | x >> (64 - k); }

/* splitmix64 (Steele, Lea and Flood 2014): well mixed numbers from any. */
static uint64_t splitmix(uint64_t *x)
{
    uint64_t z = *x += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* The generator is linear over GF(2), and so would be any sum of states that share a seed or a stream; the second
 * mixing leaves no such relation between neighbours. */
void qry_random_seed(qry_random *random, uint64_t seed, uint64_t stream)
{
    uint64_t x = seed, y = stream ^ 0x5851f42d4c957f2du;
    for (int i = 0; i < 4; i++) {
        uint64_t both = splitmix(&x) ^ rotate_left(splitmix(&y), 23);
        random->state[i] = splitmix(&both);
    }
    if (!(random->state[0] | random->state[1] | random->state[2] | random->state[3]))
        random->state[0] = 1; /* the one state that never leaves itself */
}

uint64_t qry_random_next(qry_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

double qry_random_unit(qry_random *random) { return (double)(qry_random_next(random) >> 11) * 0x1p-53; }

uint64_t qry_random_below(qry_random *random, uint64_t bound)
{
    qry_must(bound > 0);
    uint64_t rest = -bound % bound; /* 2^64 mod bound: so many values are too many, draw again on those */
    for (;;) {
        uint64_t x = qry_random_next(random);
        if (x >= rest)
            return x % bound;
    }
}

double qry_random_normal(qry_random *random)
{
    for (;;) {
        double x = 2 * qry_random_unit(random) - 1, y = 2 * qry_random_unit(random) - 1, s = x * x + y * y;
        if (s > 0 && s < 1)
            return x * sqrt(-2 * log(s) / s);
    }
}
