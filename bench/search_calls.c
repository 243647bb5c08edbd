/* search_calls.c: oracle calls (and shots) that finding all of k matching rows among N takes, certificate of failure
 * 1e-3 included, by the schedule of runtime/drive and by that of Boyer, Brassard, Hoyer and Tapp. Outcomes are drawn from
 * their probabilities; nothing is simulated gate by gate. Usage:
 *
 *   search_calls [RUNS]
 *
 * "BBHT w": j uniform below m, which grows by 5/4 after a failure and shrinks by w after a success; from 1, up to sqrt(N);
 * the certificate comes after sqrt(N) iterations in vain. "restart": m begins at 1 after each success. "odds": ours, nothing
 * known; "odds, 30 %": k is known up to a random factor of which the logarithm has deviation 0.3. */
#include "runtime/drive/drive.h"

#include <math.h>
#include <stdlib.h>

static const double failure = 1e-3;

struct trial {
    qry_random random;
    double states;
    uint64_t left;
    double calls, shots;
    int certificates;
    double in_vain;
};

static bool succeeds(struct trial *t, double probability, uint64_t iterations)
{
    t->calls += (double)iterations;
    t->shots++;
    bool found = qry_random_unit(&t->random) < probability;
    t->left -= found;
    t->in_vain = found ? 0 : t->in_vain + (double)iterations;
    return found;
}

static bool round_succeeds(struct trial *t, uint64_t iterations)
{
    double theta = asin(sqrt((double)t->left / t->states));
    return succeeds(t, pow(sin((2 * (double)iterations + 1) * theta), 2), iterations);
}

/* The shares of searcher.c. */
static bool certificate_finds(qry_ctx *ctx, struct trial *t)
{
    double i = ++t->certificates, share = failure * (i > 1 ? 0.1 / (i * (i - 1)) : 0.9), *alpha, *beta;
    size_t count;
    qry_arena *arena = qry_arena_new(ctx);
    qry_fixed_point_angles(arena, share, 1 / t->states, &count, &alpha, &beta);
    qry_arena_free(arena);
    bool found = succeeds(t, qry_fixed_point_success(share, count, (double)t->left / t->states), count);
    t->in_vain = 0;
    return found;
}

static void search_by_odds(qry_ctx *ctx, qry_belief *belief, struct trial *t, double expected)
{
    qry_belief_expect(belief, expected);
    for (;;)
        if (qry_belief_empty(belief) <= 0.75 && t->in_vain <= 3 * sqrt(t->states))
            qry_belief_learn(belief, round_succeeds(t, qry_belief_choose(belief)));
        else if (certificate_finds(ctx, t))
            qry_belief_take(belief);
        else
            return;
}

/* shrink 0: back to 1. */
static void search_at_random(qry_ctx *ctx, struct trial *t, double shrink)
{
    double m = 1, most = sqrt(t->states);
    for (;;) {
        bool certify = t->in_vain >= most;
        bool found =
            certify ? certificate_finds(ctx, t) : round_succeeds(t, qry_random_below(&t->random, (uint64_t)ceil(m)));
        if (certify && !found)
            return;
        m = fmin(fmax(found ? m * shrink : m * 1.25, 1), most);
    }
}

enum { METHODS = 8 };

static const char *const names[METHODS] = {"restart",  "BBHT 0.5", "BBHT 0.6", "BBHT 0.7",
                                           "BBHT 0.8", "BBHT 0.9", "odds",     "odds, 30 %"};

static void run(qry_ctx *ctx, qry_belief *belief, int method, struct trial *t)
{
    static const double shrink[] = {0, 0.5, 0.6, 0.7, 0.8, 0.9};
    if (method < 6) {
        search_at_random(ctx, t, shrink[method]);
        return;
    }
    double guess = ((double)t->left + 0.5) * exp(0.3 * qry_random_normal(&t->random)) - 0.5;
    search_by_odds(ctx, belief, t, method == 6 ? -1 : fmax(guess, 0));
}

int main(int argc, char **argv)
{
    static const uint64_t matching[] = {0, 1, 2, 4, 8, 16, 32, 64};
    int runs = argc > 1 ? atoi(argv[1]) : 1000;
    qry_ctx *ctx = qry_ctx_new();
    for (uint32_t address = 8; address <= 12; address++) {
        qry_belief belief;
        qry_belief_init(&belief, ctx, address, false);
        printf("\n| N = %u |", 1u << address);
        for (size_t k = 0; k < sizeof matching / sizeof *matching; k++)
            printf(" %llu |", (unsigned long long)matching[k]);
        printf("\n|---|---|---|---|---|---|---|---|---|\n");
        for (int method = 0; method < METHODS; method++) {
            printf("| %s |", names[method]);
            for (size_t k = 0; k < sizeof matching / sizeof *matching; k++) {
                double calls = 0, shots = 0;
                for (int r = 0; r < runs; r++) {
                    struct trial t = {.states = ldexp(1, (int)address), .left = matching[k]};
                    qry_random_seed(&t.random, (uint64_t)method, (uint64_t)r);
                    run(ctx, &belief, method, &t);
                    calls += t.calls / runs;
                    shots += t.shots / runs;
                }
                printf(" %.0f (%.0f) |", calls, shots);
            }
            printf("\n");
        }
        qry_belief_free(&belief);
    }
    qry_ctx_free(ctx);
    return 0;
}
