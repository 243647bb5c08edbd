/* amplitude.c: an estimate of a probability on its way: what is known of it, what is wanted, and when that is enough. */
#include "runtime/drive/amplitude.h"

#include <math.h>

/* Limits of p nearer to each other are not asked for: at p = 0 they take some 2^15 iterations, at p = 1/2 some 2^30. */
static const double finest = 0x1p-30;

/* Multiples of a grain that limits miss by less, in grains, are within: what double precision loses; */
static const double slack = 1e-6;

/* and of large multiples, relative to them. */
static const double large_slack = 0x1p-48;

/* Of double precision, where an aim is met exactly. */
static const double exactly = 1e-12;

static double angle_of(double p) { return asin(sqrt(fmin(fmax(p, 0), 1))); }

static double probability_of(double angle) { return sin(angle) * sin(angle); }

/* ---- aims ---- */

/* How far from the middle of its limits the number may be if that is where p is. */
static double allowed_half(const qry_aim *aim, double p)
{
    return aim->epsilon * (aim->absolute ? 1 : fabs(aim->offset + aim->scale * p));
}

double qry_aim_width(const qry_aim *aim, double middle, double least)
{
    double half = allowed_half(aim, middle) - aim->rounding;
    return fmax(fmax(2 * half, aim->rounding / 8) / aim->scale, least);
}

bool qry_aim_is_met(const qry_aim *aim, double low, double high)
{
    double half = aim->scale * (high - low) / 2 + aim->rounding;
    return half <= allowed_half(aim, (low + high) / 2) * (1 + exactly);
}

bool qry_aim_is_possible(const qry_aim *aim, double low, double high)
{
    return aim->rounding <= 0 || aim->rounding < fmax(allowed_half(aim, low), allowed_half(aim, high));
}

qry_estimate_end qry_aim_end(const qry_aim *aim, double low, double high, bool stopped)
{
    qry_aim unrounded = *aim;
    unrounded.rounding = 0;
    if (qry_aim_is_met(aim, low, high))
        return QRY_END_REACHED;
    if (stopped)
        return QRY_END_LIMIT;
    if (!qry_aim_is_possible(aim, low, high) || qry_aim_is_met(&unrounded, low, high))
        return QRY_END_ROUNDING;
    return QRY_END_FINEST;
}

/* ---- life ---- */

void qry_amplitude_init(qry_amplitude *a, qry_ctx *ctx, qry_method method, qry_experiment experiment, double failure,
                        double least, double most, double grain)
{
    qry_must(failure > 0 && failure < 1 && least <= most && least <= 1 && most >= 0);
    *a = (qry_amplitude){.ctx = ctx, .method = method, .experiment = experiment, .grain = grain};
    a->least = a->low = angle_of(least);
    a->most = a->high = angle_of(most);
    a->failure = a->left = failure;
}

void qry_amplitude_free(qry_amplitude *a) { qry_free(a->ctx, a->outcome); }

/* ---- what is known ---- */

/* Multiples of the grain, of which there may be none. */
static void round_inwards(const qry_amplitude *a, double *low, double *high)
{
    if (a->grain <= 0)
        return;
    *low = ceil(*low / a->grain * (1 - large_slack) - slack) * a->grain;
    *high = floor(*high / a->grain * (1 + large_slack) + slack) * a->grain;
}

void qry_amplitude_limits(const qry_amplitude *a, double *low, double *high)
{
    *low = probability_of(a->low);
    *high = a->high >= qry_half_pi ? 1 : probability_of(a->high);
    round_inwards(a, low, high);
    qry_must(*low <= *high);
}

/* The interval of this round and what was known exclude each other: one of the two is wrong, and nobody knows which. So
 * nothing is known but what was at first; the failure probability spent stays spent. */
void qry_amplitude_intersect(qry_amplitude *a, double low, double high)
{
    low = fmax(low, a->low);
    high = fmin(high, a->high);
    double p = probability_of(low), q = probability_of(high);
    round_inwards(a, &p, &q);
    bool possible = low <= high && p <= q;
    a->low = possible ? low : a->least;
    a->high = possible ? high : a->most;
}

double qry_amplitude_value(const qry_amplitude *a)
{
    double low, high;
    qry_amplitude_limits(a, &low, &high);
    double p = a->count ? probability_of(qry_likelihood_best(a)) : (low + high) / 2;
    if (a->grain > 0)
        p = round(p / a->grain) * a->grain;
    return fmin(fmax(p, low), high);
}

/* ---- narrowing ---- */

/* Limits of theta that are as far from each other as limits of p may be. */
static double angle_width(const qry_amplitude *a, double middle, double width)
{
    width = fmax(width, a->grain); /* then only one multiple is possible */
    return angle_of(middle + width / 2) - angle_of(middle - width / 2);
}

/* Where the only multiple below that may be 0, it is worth telling. */
static double least_width(const qry_amplitude *a, double low)
{
    return low <= 0 && a->grain > 0 ? fmin(finest, a->grain / 2) : finest;
}

void qry_amplitude_narrow(qry_amplitude *a, const qry_aim *aim)
{
    while (!a->stopped) {
        double low, high;
        qry_check_interrupt(a->ctx);
        qry_amplitude_limits(a, &low, &high);
        double middle = (low + high) / 2, width = qry_aim_width(aim, middle, least_width(a, low));
        if (high - low <= width || !qry_aim_is_possible(aim, low, high))
            return;
        width = a->low > 0 || aim->absolute ? angle_width(a, middle, width) : 0;
        if (a->method == QRY_METHOD_ITERATIVE)
            qry_iterative_round(a, width, aim->share);
        else if (a->method == QRY_METHOD_CANONICAL)
            qry_canonical_round(a, width);
        else
            qry_mlae_round(a);
    }
}
