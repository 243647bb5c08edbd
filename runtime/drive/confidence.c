/* confidence.c: what counts say of a probability (Clopper and Pearson 1934), and how many a classical sampler needs. */
#include "runtime/drive/amplitude.h"

#include <math.h>

/* Of halvings: the limits are as good as double precision. */
enum { HALVINGS = 54 };

/* When the number of marks varies by this variance, limits are as far apart as those of a normal law: the distance falls
 * with the square root of the shots. */
static const double normal = 0x1p20;

/* ln n!, without the global variable that lgamma writes: other threads may be at it too. */
static double log_factorial(double n)
{
    int sign;
    return lgamma_r(n + 1, &sign);
}

double qry_binomial_log_tail(double shots, double marked, double p)
{
    if (marked <= 0)
        return 0;
    if (p <= 0)
        return -INFINITY;
    double first = log_factorial(shots) - log_factorial(marked) - log_factorial(shots - marked) + marked * log(p) +
                   (shots > marked ? (shots - marked) * log1p(-p) : 0);
    double sum = 1, term = 1; /* of the first; they fall, as marked / shots >= p */
    for (double k = marked; k < shots && term > sum * 1e-17; k++) {
        term *= (shots - k) / (k + 1) * (p / (1 - p));
        sum += term;
    }
    return fmin(first + log(sum), 0);
}

/* The p at which so many or more come with probability `chance`. */
static double least_probability(double shots, double marked, double chance)
{
    double low = 0, high = marked / shots;
    if (marked <= 0)
        return 0;
    for (int i = 0; i < HALVINGS; i++) {
        double middle = (low + high) / 2;
        if (qry_binomial_log_tail(shots, marked, middle) > log(chance))
            high = middle;
        else
            low = middle;
    }
    return low;
}

void qry_clopper_pearson(double shots, double marked, double failure, double *low, double *high)
{
    *low = least_probability(shots, marked, failure / 2);
    *high = 1 - least_probability(shots, shots - marked, failure / 2);
}

/* ---- sampling rows instead ---- */

/* Limits' distance at the expected count, which need not be a whole number. */
static double coin_width(double shots, double mean, double failure)
{
    double expected = shots * mean, below = floor(expected), part = expected - below, width = 0;
    for (int above = 0; above < 2; above++) {
        double low, high, weight = above ? part : 1 - part;
        if (weight > 0) {
            qry_clopper_pearson(shots, below + above, failure, &low, &high);
            width += weight * (high - low);
        }
    }
    return width;
}

/* 2 (sqrt(2 V ln(3/failure) / n) + 3 ln(3/failure) / n), solved for n. */
static double bernstein_samples(double variance, double width, double failure)
{
    double l = log(3 / failure), a = 2 * sqrt(2 * variance * l), b = 6 * l;
    double root = (a + sqrt(a * a + 4 * width * b)) / (2 * width);
    return ceil(root * root);
}

/* Shots of a coin, from 1 to `most`. */
static double coin_samples(qry_ctx *ctx, double mean, double width, double failure, double most)
{
    double low = 0, high = 1, many = normal / fmax(mean * (1 - mean), 1e-300);
    while (high < fmin(most, many) && coin_width(high, mean, failure) > width) {
        qry_check_interrupt(ctx);
        low = high;
        high = fmin(2 * high, fmin(most, many));
    }
    double reached = coin_width(high, mean, failure);
    if (reached > width)
        return high < most ? fmin(high * pow(reached / width, 2), most) : most;
    while (high - low > fmax(1, low * 1e-3)) {
        double middle = floor((low + high) / 2);
        qry_check_interrupt(ctx);
        if (coin_width(middle, mean, failure) > width)
            low = middle;
        else
            high = middle;
    }
    return high;
}

double qry_classical_samples(qry_ctx *ctx, double mean, double variance, double width, double failure, double most)
{
    if (width >= 1)
        return 0;
    most = fmin(most, bernstein_samples(variance, width, failure));
    return most <= 1 ? most : coin_samples(ctx, mean, width, failure, most);
}
