/* belief.c: how many rows are left to be found, as odds; and what the next shot should be.
 *
 * With t of N states marked, j iterations end in a marked one with probability sin^2((2j+1) theta), sin^2 theta = t/N.
 * Boyer, Brassard, Hoyer and Tapp (1998), who do not know t, draw j at random below a limit that grows by a factor. But
 * every shot tells something about t: Bayes' rule turns the odds of each t into new ones, and the best j is the one with
 * the most success per unit of cost. What is found, and that nothing is left, is proved elsewhere (searcher.c): wrong odds
 * cost time, nothing else. bench/search_calls compares the two.
 *
 * The numbers t are all up to some limit and beyond it some, in geometric progression. */
#include "runtime/drive/drive.h"

#include <math.h>
#include <string.h>

enum {
    EACH_LEFT = 256,      /* numbers of rows up to here are told apart */
    EACH_ITERATIONS = 16, /* likewise */
};

static const double left_ratio = 1 + 1.0 / 16, iterations_ratio = 1.1;

/* An iteration computes and uncomputes a score; what was measured is verified by computing one score classically. */
static const double shot_cost = 0.5;

/* More than this times sqrt(states) is never best, not even for a single row: success for the cost of j iterations,
 * sin^2((2j+1) theta)/(j + 1/2), is greatest at (2j+1) theta = 1.166. */
static const double most_iterations = 0.6;

/* What is expected is taken to be right within a factor of e^spread either way, */
static const double spread = 0.4;

/* but with these odds for anything else. */
static const double surprise = 1e-3;

/* Odds below are not summed. */
static const double negligible = 1e-12;

static size_t write_levels(double states, double *left)
{
    size_t count = 0;
    double x = 0;
    while (x < states) {
        if (left)
            left[count] = x;
        count++;
        x = x < EACH_LEFT ? x + 1 : floor(x * left_ratio);
    }
    if (left)
        left[count] = states;
    return count + 1;
}

static size_t write_choices(double states, uint64_t *iterations)
{
    size_t count = 0;
    double most = most_iterations * sqrt(states), x = 0;
    while (x <= most) {
        if (iterations)
            iterations[count] = (uint64_t)x;
        count++;
        x = x < EACH_ITERATIONS ? x + 1 : floor(x * iterations_ratio);
    }
    return count;
}

void qry_belief_init(qry_belief *b, qry_ctx *ctx, uint32_t bits, bool stays)
{
    double states = ldexp(1, (int)bits);
    *b = (qry_belief){
        .ctx = ctx, .stays = stays, .levels = write_levels(states, NULL), .choices = write_choices(states, NULL)};
    b->left = qry_alloc(ctx, b->levels, sizeof *b->left);
    b->odds = qry_alloc(ctx, b->levels, sizeof *b->odds);
    b->iterations = qry_alloc(ctx, b->choices, sizeof *b->iterations);
    b->value = qry_alloc(ctx, b->choices, sizeof *b->value);
    b->success = qry_alloc(ctx, b->levels * b->choices, sizeof *b->success);
    write_levels(states, b->left);
    write_choices(states, b->iterations);
    for (size_t i = 0; i < b->levels; i++) {
        double theta = asin(sqrt(b->left[i] / states));
        for (size_t c = 0; c < b->choices; c++)
            b->success[i * b->choices + c] = pow(sin((2 * (double)b->iterations[c] + 1) * theta), 2);
    }
}

void qry_belief_free(qry_belief *b)
{
    qry_free(b->ctx, b->left);
    qry_free(b->ctx, b->odds);
    qry_free(b->ctx, b->iterations);
    qry_free(b->ctx, b->value);
    qry_free(b->ctx, b->success);
}

/* ---- what is thought at first ---- */

/* How many numbers a level stands for. */
static double width_of(const qry_belief *b, size_t level)
{
    double before = level > 0 ? b->left[level - 1] : -1;
    double after = level + 1 < b->levels ? b->left[level + 1] : b->left[level] + 1;
    return (after - before) / 2;
}

static bool normalise(qry_belief *b)
{
    double sum = 0;
    for (size_t i = 0; i < b->levels; i++)
        sum += b->odds[i];
    if (!(sum > 0) || !isfinite(sum))
        return false;
    for (size_t i = 0; i < b->levels; i++)
        b->odds[i] /= sum;
    return true;
}

void qry_belief_expect(qry_belief *b, double expected)
{
    double most = b->left[b->levels - 1];
    for (size_t i = 0; i < b->levels; i++) {
        double t = b->left[i], any = 1 / fmax(t, 1); /* as likely between 10 and 20 as between 100 and 200 */
        double z = log((t + 0.5) / (expected + 0.5)) / spread;
        double odds = expected < 0 ? any : exp(-z * z / 2) / (t + 0.5) + surprise * any / log(most + 1);
        b->odds[i] = odds * width_of(b, i);
    }
    if (!normalise(b))
        qry_belief_expect(b, -1);
}

void qry_belief_expect_below(qry_belief *b, double number)
{
    for (size_t i = 0; i < b->levels; i++)
        b->odds[i] = b->left[i] < number ? width_of(b, i) : 0;
    normalise(b); /* none is left is among them */
}

/* ---- the next shot, and what it tells ---- */

uint64_t qry_belief_choose(qry_belief *b)
{
    memset(b->value, 0, b->choices * sizeof *b->value);
    for (size_t i = 0; i < b->levels; i++) {
        const double odds = b->odds[i], *success = b->success + i * b->choices;
        if (odds > negligible)
            for (size_t c = 0; c < b->choices; c++)
                b->value[c] += odds * success[c];
    }
    b->chosen = 0;
    for (size_t c = 0; c < b->choices; c++) {
        b->value[c] /= (double)b->iterations[c] + shot_cost;
        if (b->value[c] > b->value[b->chosen])
            b->chosen = c;
    }
    return b->iterations[b->chosen];
}

/* One fewer is left. Where not all numbers are told apart, odds are split between two levels so that the mean is right. */
static void shift(qry_belief *b)
{
    b->odds[0] = 0;
    for (size_t i = 1; i < b->levels; i++) {
        double moved = b->odds[i] / (b->left[i] - b->left[i - 1]);
        b->odds[i - 1] += moved;
        b->odds[i] -= moved;
    }
}

/* What was thought impossible has happened: nothing is known. */
static void settle(qry_belief *b)
{
    if (!normalise(b))
        qry_belief_expect(b, -1);
}

void qry_belief_learn(qry_belief *b, bool found)
{
    for (size_t i = 0; i < b->levels; i++) {
        double success = b->success[i * b->choices + b->chosen];
        b->odds[i] *= found ? success : 1 - success;
    }
    if (found && !b->stays)
        shift(b);
    settle(b);
}

void qry_belief_take(qry_belief *b)
{
    if (!b->stays)
        shift(b);
    settle(b);
}

void qry_belief_rank(qry_belief *b)
{
    double above = 0; /* sum over the levels above of odds / number */
    for (size_t i = b->levels; i-- > 0;) {
        double share = b->left[i] > 0 ? b->odds[i] / b->left[i] : 0;
        b->odds[i] = above * width_of(b, i);
        above += share;
    }
    settle(b);
}

double qry_belief_empty(const qry_belief *b) { return b->odds[0]; }

double qry_belief_mean(const qry_belief *b)
{
    double mean = 0;
    for (size_t i = 0; i < b->levels; i++)
        mean += b->odds[i] * b->left[i];
    return mean;
}
