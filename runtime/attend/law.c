/* law.c: numbers x of which only the mean (0), the variance and a range are known: what mean(e^x) and mean(x e^x) can
 * be at least and at most, and what they are likely to be. Everything is multiplied by e^-high.
 *
 * The limits of the size are Bennett's two-point law (1962) with an atom at the upper end and its mirror image. The
 * likely law is a Gaussian that was cut off at `end`, as the scores of a group are when those above a threshold have
 * been found; closer than one standard deviation no such Gaussian exists, and a gamma law that ends there stands in.
 * Both become exponential laws where they meet, and Gaussian when the end is far. */
#include "runtime/attend/attend.h"

#include <math.h>

/* What a cut this many standard deviations from the mean takes away can be neglected. */
static const double far_end = 8;

/* An end nearer than this many standard deviations is not that of a cut Gaussian. */
static const double near_end = 1 + 1e-5;

/* ---- the limits ---- */

/* (e^x - 1) / x, times e^-high; grows with x. */
static double slope_at(double x, double high)
{
    if (x == 0)
        return exp(-high);
    return x > 1 ? (exp(x - high) - exp(-high)) / x : expm1(x) / x * exp(-high);
}

/* Atoms at high and at -variance / high. */
static double largest_size(double variance, double high)
{
    double square = high * high;
    return (variance + square * exp(-variance / high - high)) / (variance + square);
}

/* Atoms at -low and at variance / low. */
static double least_size(double variance, double low, double high)
{
    double square = low * low;
    return (square * exp(fmin(variance / low - high, 0)) + variance * exp(-low - high)) / (variance + square);
}

/* ---- the likely law ---- */

/* With p the standard normal density and P its integral: hazard = p(t) / P(t) and gap = t + hazard, which is how far the
 * mean of a standard Gaussian cut off at t is below t. On the left P underflows and the sum cancels; there the gap
 * comes from the continued fraction of Mills' ratio. */
struct cut {
    double t, hazard, gap;
};

static struct cut cut_at(double t)
{
    if (t > -4) {
        double hazard = exp(-t * t / 2) * sqrt(M_2_PI) / erfc(-t * M_SQRT1_2);
        return (struct cut){t, hazard, t + hazard};
    }
    double gap = 0;
    for (int k = 40; k >= 1; k--)
        gap = k / (-t + gap);
    return (struct cut){t, gap - t, gap};
}

double qry_normal_below(double t) { return erfc(-t * M_SQRT1_2) / 2; }

double qry_normal_hazard(double t) { return cut_at(t).hazard; }

/* Where to cut a standard Gaussian so that the cut is `ratio` > 1 standard deviations of what remains above its mean.
 * What remains has variance v = 1 - hazard gap, so ratio = gap / sqrt(v): Newton's method within a bracket, on the
 * derivatives gap' = v and v' = hazard (gap^2 - v). */
static struct cut cut_for(double ratio)
{
    double from = -1000, to = far_end + 1; /* ratio - 1 is about t^-2 on the left */
    struct cut c = cut_at(ratio - 1 / sqrt(ratio - 1));
    for (int i = 0; i < 60; i++) {
        double v = 1 - c.hazard * c.gap, root = sqrt(v), miss = c.gap / root - ratio;
        if (miss < 0)
            from = c.t;
        else
            to = c.t;
        double step = miss / (root - c.gap * c.hazard * (c.gap * c.gap - v) / (2 * v * root));
        if (fabs(step) < 1e-12)
            break;
        c = cut_at(c.t - step > from && c.t - step < to ? c.t - step : (from + to) / 2);
    }
    return c;
}

static double log_hazard(struct cut c) { return c.t > far_end ? -c.t * c.t / 2 - log(2 * M_PI) / 2 : log(c.hazard); }

/* log of mean(e^x), and the slope divided by mean(e^x). The factor e^x moves a Gaussian by its variance, towards the
 * cut: what was far from it may be beyond. */
static void likely(double variance, double end, double *log_size, double *relative_slope)
{
    double deviation = sqrt(variance), ratio = end / deviation;
    if (ratio < near_end) {
        *log_size = end - ratio * ratio * log1p(variance / end);
        *relative_slope = 1 / (1 + variance / end);
    } else if (ratio < far_end || ratio - deviation < far_end) {
        struct cut c = ratio < far_end ? cut_for(ratio) : cut_at(ratio);
        double before = end / c.gap; /* deviation before the cut */
        struct cut moved = cut_at(c.t - before);
        *log_size = end + log_hazard(c) - log_hazard(moved);
        *relative_slope = (end - before * moved.gap) / variance;
    } else {
        *log_size = variance / 2;
        *relative_slope = 1;
    }
}

qry_law qry_law_of(double variance, double doubt, double low, double high, double end)
{
    if (variance <= 0 || low <= 0 || high <= 0) {
        double one = exp(-high);
        return (qry_law){one, one, one, one, one, one, 0, 0};
    }
    qry_law law = {.slope_low = slope_at(-low, high), .slope_high = slope_at(high, high)};
    law.size_low = least_size(fmax(variance - doubt, 0), low, high);
    law.size_high = fmin(largest_size(variance + doubt, high), 1);
    law.size_high = fmax(law.size_high, law.size_low);
    double half = (law.slope_high - law.slope_low) / 2, excess = fmax(law.size_low - exp(-high), 0);
    law.residual = fmax((variance + doubt) * half * half - excess * excess, 0);
    double log_size, relative_slope, log_square, unused;
    likely(variance, end, &log_size, &relative_slope);
    likely(4 * variance, 2 * end, &log_square, &unused); /* of 2 x: the same law, twice as wide */
    law.size = fmin(fmax(exp(fmin(log_size - high, 0)), law.size_low), law.size_high);
    law.slope = fmin(fmax(relative_slope * law.size, law.slope_low), law.slope_high);
    double square = exp(fmin(log_square - 2 * high, 0));
    law.scatter = fmax(square - law.size * law.size - law.slope * law.slope * variance, 0);
    return law;
}
