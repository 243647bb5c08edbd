/* amplitude.c: an estimate of a probability on its way: what is known of it, what is wanted, and when that is enough. */
#include "runtime/drive/amplitude.h"

#include <math.h>

static const double half_pi = 1.57079632679489661923;

/* Limits of p nearer to each other are not asked for: at p = 0 they take some 2^15 iterations, at p = 1/2 some 2^30. */
static const double finest = 0x1p-30;

/* Multiples of a grain that limits miss by less, in grains, are within: what double precision loses. */
static const double slack = 1e-6;

/* Of double precision, where an aim is met exactly. */
static const double rounding = 1e-12;

static double angle_of(double p) { return asin(sqrt(fmin(fmax(p, 0), 1))); }

static double probability_of(double angle) { return sin(angle) * sin(angle); }

/* ---- aims ---- */

double qry_aim_width(const qry_aim *aim, double middle)
{
    double half = aim->absolute ? aim->epsilon : aim->epsilon * fabs(aim->offset + aim->scale * middle);
    return fmax(fmax(2 * (half - aim->rounding), aim->rounding / 8) / aim->scale, finest);
}

bool qry_aim_is_met(const qry_aim *aim, double low, double high)
{
    double half = aim->scale * (high - low) / 2 + aim->rounding;
    double middle = aim->offset + aim->scale * (low + high) / 2;
    return half <= aim->epsilon * (aim->absolute ? 1 : fabs(middle)) * (1 + rounding);
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
    *low = ceil(*low / a->grain - slack) * a->grain;
    *high = floor(*high / a->grain + slack) * a->grain;
}

void qry_amplitude_limits(const qry_amplitude *a, double *low, double *high)
{
    *low = probability_of(a->low);
    *high = a->high >= half_pi ? 1 : probability_of(a->high);
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

void qry_amplitude_narrow(qry_amplitude *a, const qry_aim *aim)
{
    while (!a->stopped) {
        double low, high;
        qry_check_interrupt(a->ctx);
        qry_amplitude_limits(a, &low, &high);
        double middle = (low + high) / 2, width = qry_aim_width(aim, middle);
        if (high - low <= width)
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
