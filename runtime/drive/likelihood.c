/* likelihood.c: the two methods that look at all outcomes together, by their likelihood: amplitude estimation by maximum
 * likelihood (Suzuki et al. 2020), and canonical amplitude estimation (Brassard, Hoyer, Mosca, Tapp 2002).
 *
 * The promise. Let L(theta) be the probability of all outcomes so far, and B its mean over theta uniform between the known
 * limits. If theta is the true angle, B / L(theta) is a nonnegative martingale that starts at 1: given the past, the
 * next outcome multiplies it by something with mean 1, also when the past decided what to do next. By Ville's
 * inequality it ever reaches 1 / failure with probability at most failure. So the set of all theta where it is smaller
 * holds the true one at all times with probability at least 1 - failure, and one may look, and stop, whenever one wants.
 * Here the mean leaves out angles excluded before; that makes B smaller and the set larger. Limits are those of its hull.
 *
 * Phase estimation of an angle theta with M = 2^bits gives y or M - y with probability F(M theta / pi - y) +
 * F(M theta / pi + y), F(x) = sin^2(pi x) / (M sin(pi x / M))^2; half of that for y = 0 and y = M / 2. */
#include "runtime/drive/amplitude.h"

#include <math.h>

/* Angles at which the likelihood is taken: this many, or so many for each turn of the fastest outcome, if that is more. */
enum { CELLS = 256, CELLS_A_TURN = 160, MOST_CELLS = 1 << 20 };

/* MLAE: shots for each number of iterations, and between two looks at them. */
enum { MLAE_SHOTS = 4, MLAE_LOOK = 2 };

/* The number is doubled if then no more than so much of a turn is open, 2 pi being one: more shots of many iterations
 * would leave more and more angles apart that are equally likely. Else it becomes three quarters of what it was, which
 * tells angles apart that were alike. */
static const double most_open = 0.5;

/* CANONICAL: a run resolves so much more than is known, */
static const double stride = 8;

/* but no more than this part of what is wanted. */
static const double finest_cell = 0.5;

enum { LEAST_BITS = 2, MOST_BITS = 31 };

/* Of probabilities, where logarithms end. */
static const double nothing = 1e-300;

/* Steps of the golden section, each to 0.618 of the last. */
enum { GOLDEN_STEPS = 40 };

static double log_toss(const qry_outcome *o, double theta)
{
    double s = sin((2 * (double)o->iterations + 1) * theta), sum = 0;
    if (o->marked > 0)
        sum += o->marked * log(fmax(s * s, nothing));
    if (o->shots > o->marked)
        sum += (o->shots - o->marked) * log(fmax(1 - s * s, nothing));
    return sum;
}

double qry_phase_law(double size, double x)
{
    double below = size * sin(qry_pi * x / size), above = sin(qry_pi * x);
    return fabs(below) < 1e-9 ? 1 : above * above / (below * below);
}

static double log_phase(const qry_outcome *o, double theta)
{
    double size = ldexp(1, (int)o->bits), x = size * theta / qry_pi;
    return o->shots * log(fmax(qry_phase_law(size, x - o->y) + qry_phase_law(size, x + o->y), nothing));
}

static double log_likelihood(const qry_amplitude *a, double theta)
{
    double sum = 0;
    for (size_t i = 0; i < a->count; i++)
        sum += a->outcome[i].bits ? log_phase(&a->outcome[i], theta) : log_toss(&a->outcome[i], theta);
    return sum;
}

/* ---- the angles between the limits ---- */

/* How many, so that the likelihood hardly changes from one to the next. */
static size_t cells_of(const qry_amplitude *a)
{
    double fastest = 1;
    for (size_t i = 0; i < a->count; i++) {
        const qry_outcome *o = &a->outcome[i];
        fastest = fmax(fastest, o->bits ? ldexp(1, (int)o->bits) : 2 * (double)o->iterations + 1);
    }
    double turns = fastest * (a->high - a->low) / (2 * qry_pi);
    return (size_t)fmin(fmax(turns * CELLS_A_TURN, CELLS), MOST_CELLS);
}

/* Logarithms at the middles of the cells; returns the greatest's place. Freed by the caller. */
static double *likelihoods(const qry_amplitude *a, size_t cells, size_t *greatest)
{
    double *l = qry_alloc(a->ctx, cells, sizeof *l), step = (a->high - a->low) / (double)cells;
    *greatest = 0;
    for (size_t i = 0; i < cells; i++) {
        l[i] = log_likelihood(a, a->low + ((double)i + 0.5) * step);
        if (l[i] > l[*greatest])
            *greatest = i;
    }
    return l;
}

/* Leaves out what is excluded; a cell more than that at either end stays in. */
static void look(qry_amplitude *a)
{
    size_t cells = cells_of(a), greatest, first = 0, last = cells - 1;
    double *l = likelihoods(a, cells, &greatest), step = (a->high - a->low) / (double)cells, sum = 0;
    for (size_t i = 0; i < cells; i++)
        sum += exp(l[i] - l[greatest]);
    double least = l[greatest] + log(a->failure * sum * step / (a->most - a->least));
    while (first < greatest && l[first] <= least)
        first++;
    while (last > greatest && l[last] <= least)
        last--;
    qry_free(a->ctx, l);
    double low = first > 0 ? a->low + ((double)first - 1) * step : a->low;
    double high = last < cells - 1 ? a->low + ((double)last + 2) * step : a->high;
    qry_amplitude_intersect(a, low, high);
}

double qry_likelihood_best(const qry_amplitude *a)
{
    static const double golden = 0.61803398874989484820;
    size_t cells = cells_of(a), greatest;
    double step = (a->high - a->low) / (double)cells;
    qry_free(a->ctx, likelihoods(a, cells, &greatest));
    double low = a->low + fmax((double)greatest - 0.5, 0) * step;
    double high = fmin(a->low + ((double)greatest + 1.5) * step, a->high);
    for (int i = 0; i < GOLDEN_STEPS; i++) {
        double part = (high - low) * golden;
        if (log_likelihood(a, high - part) < log_likelihood(a, low + part))
            low = high - part;
        else
            high = low + part;
    }
    return (low + high) / 2;
}

/* ---- rounds ---- */

static void record(qry_amplitude *a, qry_outcome outcome)
{
    qry_outcome *last = a->count ? &a->outcome[a->count - 1] : NULL;
    if (last && !outcome.bits && !last->bits && last->iterations == outcome.iterations) {
        last->shots += outcome.shots;
        last->marked += outcome.marked;
        return;
    }
    QRY_GROW(a->ctx, a->outcome, a->room, a->count + 1);
    a->outcome[a->count++] = outcome;
}

static uint64_t next_iterations(const qry_amplitude *a)
{
    if (a->next == 0)
        return 1;
    double turns = (4 * (double)a->next + 1) * (a->high - a->low) / (2 * qry_pi);
    return turns <= most_open ? 2 * a->next : a->next * 3 / 4;
}

void qry_mlae_round(qry_amplitude *a)
{
    const qry_outcome *last = a->count ? &a->outcome[a->count - 1] : NULL;
    if (last && last->shots >= MLAE_SHOTS)
        a->next = next_iterations(a);
    uint64_t marked, made = a->experiment.toss(a->experiment.state, a->next, MLAE_LOOK, &marked);
    a->a_calls += made * (2 * a->next + 1);
    a->stopped = made < MLAE_LOOK;
    if (made == 0)
        return;
    record(a, (qry_outcome){.iterations = a->next, .shots = (double)made, .marked = (double)marked});
    look(a);
}

void qry_canonical_round(qry_amplitude *a, double width)
{
    double cells = fmin(stride / (a->high - a->low), 1 / fmax(finest_cell * width, 1e-12));
    uint32_t bits = (uint32_t)fmin(fmax(ceil(log2(qry_pi * cells)), LEAST_BITS), MOST_BITS);
    uint64_t y, size = UINT64_C(1) << bits;
    if (!a->experiment.phase(a->experiment.state, bits, &y)) {
        a->stopped = true;
        return;
    }
    a->a_calls += 2 * size - 1;
    record(a, (qry_outcome){.bits = bits, .shots = 1, .y = (double)(y < size - y ? y : size - y)});
    look(a);
}
