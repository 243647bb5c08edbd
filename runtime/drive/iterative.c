/* iterative.c: iterative amplitude estimation (Grinko, Gacon, Zoufal, Woerner 2021), modified.
 *
 * A round tosses K = 2k + 1 times theta: K is the greatest odd number for which K theta, wherever theta may still be, lies
 * within one quarter turn, where sin^2 is monotone. Clopper and Pearson's limits of the counts are limits of theta, and are
 * intersected with what was known.
 *
 * The promise. A round has its own shots, and all that it decides before them (K, how many, its failure probability)
 * depends on earlier rounds alone. So whatever happened before, its limits are wrong with at most its own failure
 * probability; and that is a part of what is left of the whole. The parts can never add up to more than the whole,
 * whenever and for whatever reason the rounds end: the limits of all rounds are right together with probability at least
 * 1 - failure.
 *
 * The bill. A round is to halve the interval, in about 2 z^2 shots for limits of z deviations, and costs K a shot; K doubles
 * too, so most is spent by the last. What is left of the failure probability therefore is kept for it: an earlier round
 * gets little, in proportion to how near the goal it comes. Fukuzawa et al. (2023) divide it by K alike. The numbers below
 * are those that cost least in bench/estimate_calls. */
#include "runtime/drive/amplitude.h"

#include <math.h>

/* A round that can reach the goal when it narrows the interval by this much is the last, if all goes well. */
static const double last_stride = 3;

/* Else it narrows it by this. */
static const double stride = 2;

/* The last aims at a little less than the goal, */
static const double margin = 0.95;

/* and never at more than this part of what is known. */
static const double most_kept = 0.8;

/* Of the failure probability left: for the last round; for one that would leave twice the goal, twice of this, ...; the least. */
static const double last_share = 0.8, early_share = 0.7, least_share = 0.02, most_early = 0.5;

/* By this part there may be more shots than are needed. */
static const double a_little = 0.04;

static const double most_shots = 0x1p20, most_turns = 0x1p31;

/* K, and the quarter turn in which K theta lies. */
struct turns {
    double times, quarter;
};

/* How much of a quarter turn K theta may reach into the next: rounding of what is exactly on its border. */
static const double border = 1e-9;

static struct turns most_turns_between(double low, double high)
{
    double most = fmin(floor(qry_half_pi / (high - low)), most_turns);
    struct turns t = {fmax(most - (fmod(most, 2) == 0), 1), 0};
    for (; t.times > 1; t.times -= 2) {
        t.quarter = floor(t.times * low / qry_half_pi + border);
        if (t.times * high / qry_half_pi <= t.quarter + 1 + border)
            return t;
    }
    return (struct turns){1, 0};
}

/* An angle of the first quarter turn in its place, and back: in odd quarters sin^2 falls. */
static double unfold(const struct turns *t, double angle)
{
    return fmod(t->quarter, 2) == 0 ? t->quarter * qry_half_pi + angle : (t->quarter + 1) * qry_half_pi - angle;
}

static void limits_of_angle(double shots, double marked, double failure, double *low, double *high)
{
    qry_clopper_pearson(shots, marked, failure, low, high);
    *low = asin(sqrt(*low));
    *high = asin(sqrt(*high));
}

/* How far limits of the angle will be from each other if the count is as expected, which need not be a whole number. */
static double expected_width(double shots, double p, double failure)
{
    double below = floor(shots * p), part = shots * p - below, width = 0;
    for (int above = 0; above < 2; above++) {
        double low, high, weight = above ? part : 1 - part;
        if (weight > 0) {
            limits_of_angle(shots, below + above, failure, &low, &high);
            width += weight * (high - low);
        }
    }
    return width;
}

/* The fewest for that width, or a little more: doubled until they are enough, then halved between. */
static double shots_for(double width, double p, double failure)
{
    double few = 0, enough = fmin(fmax(ceil(1 / (width * width)), 1), most_shots);
    while (enough < most_shots && expected_width(enough, p, failure) > width) {
        few = enough;
        enough = fmin(2 * enough, most_shots);
    }
    while (enough - few > fmax(few * a_little, 1)) {
        double middle = floor((few + enough) / 2);
        if (expected_width(middle, p, failure) > width)
            few = middle;
        else
            enough = middle;
    }
    return enough;
}

/* What a round does. */
struct plan {
    struct turns turns;
    double shots, failure;
};

static struct plan plan_round(const qry_amplitude *a, double goal, double share)
{
    double known = a->high - a->low, width = known / stride, part;
    if (goal >= known / last_stride) {
        width = fmin(goal * margin, known * most_kept);
        part = last_share;
    } else {
        part = fmin(fmax(early_share * goal / width, least_share), most_early);
    }
    if (share > 0)
        part *= share;
    struct plan plan = {.turns = most_turns_between(a->low, a->high), .failure = a->left * part};
    double p = pow(sin(plan.turns.times * (a->low + a->high) / 2), 2);
    plan.shots = shots_for(width * plan.turns.times, p, plan.failure);
    return plan;
}

void qry_iterative_round(qry_amplitude *a, double width, double share)
{
    struct plan plan = plan_round(a, width, share);
    uint64_t marked, shots = (uint64_t)plan.shots, iterations = (uint64_t)(plan.turns.times - 1) / 2;
    uint64_t made = a->experiment.toss(a->experiment.state, iterations, shots, &marked);
    a->a_calls += made * (2 * iterations + 1);
    a->stopped = made < shots;
    if (made == 0)
        return;
    a->left -= plan.failure;
    double low, high;
    limits_of_angle((double)made, (double)marked, plan.failure, &low, &high);
    double from = unfold(&plan.turns, low) / plan.turns.times, to = unfold(&plan.turns, high) / plan.turns.times;
    qry_amplitude_intersect(a, fmin(from, to), fmax(from, to));
}
