/* estimate_calls.c: uses of A that an estimate takes, by method, probability and relative error, in units of 1/(epsilon sqrt p);
 * how often it was wrong; and what it asks of a simulator that keeps states. Outcomes are drawn from their
 * probabilities; nothing is simulated gate by gate. Usage:
 *
 *   estimate_calls [RUNS [FAILURE]]
 *
 * "c": uses of A times epsilon sqrt p. "states": iterations of all different circuits, in the same units: what is simulated
 * if shots of one circuit are drawn from its state. "classical": random rows for the same, scored classically. */
#include "runtime/drive/amplitude.h"

#include <math.h>
#include <stdlib.h>

struct coin {
    qry_random random;
    double theta;
    double simulated, held; /* iterations of all circuits; of the last */
};

static uint64_t toss(void *state, uint64_t iterations, uint64_t shots, uint64_t *marked)
{
    struct coin *coin = state;
    coin->simulated += coin->held == (double)iterations ? 0 : (double)iterations;
    coin->held = (double)iterations;
    *marked = qry_toss_draw(coin->theta, iterations, shots, &coin->random);
    return shots;
}

static bool phase(void *state, uint32_t bits, uint64_t *y)
{
    struct coin *coin = state;
    coin->simulated += ldexp(1, (int)bits) - 1;
    *y = qry_phase_draw(coin->theta, bits, &coin->random);
    return true;
}

static void measure(qry_ctx *ctx, qry_method method, double p, double epsilon, double failure, int runs)
{
    double calls = 0, simulated = 0, unit = epsilon * sqrt(p) / runs;
    int wrong = 0;
    for (int r = 0; r < runs; r++) {
        struct coin coin = {.theta = asin(sqrt(p)), .held = -1};
        qry_aim aim = {.scale = 1, .epsilon = epsilon};
        qry_amplitude a;
        double low, high;
        qry_random_seed(&coin.random, (uint64_t)method, (uint64_t)r);
        qry_amplitude_init(&a, ctx, method, (qry_experiment){&coin, toss, phase}, failure, 0, 1, 0);
        qry_amplitude_narrow(&a, &aim);
        qry_amplitude_limits(&a, &low, &high);
        wrong += p < low || p > high;
        calls += (double)a.a_calls;
        simulated += coin.simulated;
        qry_amplitude_free(&a);
    }
    printf(" %.1f | %.1f | %.3f |", calls * unit, simulated * unit, (double)wrong / runs);
}

int main(int argc, char **argv)
{
    static const qry_method methods[] = {QRY_METHOD_ITERATIVE, QRY_METHOD_MLAE, QRY_METHOD_CANONICAL};
    static const double probabilities[] = {0.5, 0.1, 1.0 / 256, 1.0 / 1024}, epsilons[] = {0.1, 0.05, 0.01};
    int runs = argc > 1 ? atoi(argv[1]) : 1000;
    double failure = argc > 2 ? atof(argv[2]) : 0.05;
    qry_ctx *ctx = qry_ctx_new();
    printf("| p | epsilon | iterative: c | states | wrong | mlae: c | states | wrong | canonical: c | states | wrong | "
           "classical |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n");
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 3; j++) {
            double p = probabilities[i], epsilon = epsilons[j];
            printf("| %.4g | %g |", p, epsilon);
            for (size_t m = 0; m < 3; m++)
                measure(ctx, methods[m], p, epsilon, failure, runs);
            printf(" %.0f |\n", qry_classical_samples(ctx, p, p * (1 - p), 2 * epsilon * p, failure, INFINITY));
        }
    qry_ctx_free(ctx);
    return 0;
}
