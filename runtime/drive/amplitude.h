/* amplitude.h: amplitude estimation as statistics, without circuits. Private to runtime/drive/.
 *
 * A circuit marks a state with an unknown probability p = sin^2(theta), 0 <= theta <= pi/2. After k iterations the mark is
 * seen with probability sin^2((2k+1) theta); phase estimation of the iterate with t counting bits gives numbers y near
 * 2^t theta / pi and its mirror. From such outcomes the functions here say where p is, at any moment with a
 * probability of error that was fixed before. */
#ifndef QRY_AMPLITUDE_H
#define QRY_AMPLITUDE_H

#include "runtime/runtime.h"

static const double qry_pi = 3.14159265358979323846, qry_half_pi = 1.57079632679489661923;

/* ---- binomial counts (confidence.c) ---- */

/** ln P(at least `marked` of `shots`) when each is with probability p; marked / shots >= p. */
double qry_binomial_log_tail(double shots, double marked, double p);
/** Limits of Clopper and Pearson: p is below *low with probability at most failure / 2, and above *high likewise. */
void qry_clopper_pearson(double shots, double marked, double failure, double *low, double *high);
/** Random draws of numbers in [0, 1], with that mean and variance, of which an interval of that width would be expected to
 *  need about so many. The better of two ways: a coin is tossed for every number, and Clopper and Pearson's limits
 *  taken; or the numbers themselves are taken, by the inequality of Audibert, Munos and Szepesvari (2009). No more than
 *  `most`, which is at least 1. */
double qry_classical_samples(qry_ctx *ctx, double mean, double variance, double width, double failure, double most);

/* ---- what can be asked of a circuit ---- */

typedef struct qry_experiment {
    void *state;
    /** Runs `iterations` so many times; *marked of them saw the mark. Returns how many times it was: fewer than `shots`
     *  when no more is allowed. */
    uint64_t (*toss)(void *state, uint64_t iterations, uint64_t shots, uint64_t *marked);
    /** Runs phase estimation once; *y below 2^bits. False: not allowed. */
    bool (*phase)(void *state, uint32_t bits, uint64_t *y);
} qry_experiment;

/** What is wanted of the number offset + scale p, which is known up to `rounding` either way: see qry_goal. */
typedef struct qry_aim {
    double scale, offset, rounding;
    double epsilon;
    bool absolute;
    double share; /* of the failure probability that is left, how much may be spent on this aim; 0: most of it */
} qry_aim;

/** How wide limits of p around that middle may be. Never less than what makes no difference: an eighth of what rounding leaves
 *  open, and `least` of p. */
double qry_aim_width(const qry_aim *aim, double middle, double least);
bool qry_aim_is_met(const qry_aim *aim, double low, double high);
/** Whether rounding leaves room for it, wherever p is between these limits. */
bool qry_aim_is_possible(const qry_aim *aim, double low, double high);
/** Why there is nothing more to do, given these limits of p. */
qry_estimate_end qry_aim_end(const qry_aim *aim, double low, double high, bool stopped);

/* ---- the law of outcomes (outcome.c, likelihood.c) ---- */

/** How many of `shots` see the mark after so many iterations. */
uint64_t qry_toss_draw(double theta, uint64_t iterations, uint64_t shots, qry_random *random);
/** What phase estimation with so many counting bits measures. */
uint64_t qry_phase_draw(double theta, uint32_t bits, qry_random *random);
/** The probability that phase estimation with `size` values measures one at this distance from the phase, in units of
 *  1 / size: sin^2(pi x) / (size sin(pi x / size))^2. */
double qry_phase_law(double size, double distance);

/* ---- estimating (amplitude.c) ---- */

/** Shots that were alike. */
typedef struct qry_outcome {
    uint32_t bits;       /* of a phase; 0: tosses */
    uint64_t iterations; /* of tosses */
    double shots, marked;
    double y; /* of a phase: the nearer to 0 of y and 2^bits - y */
} qry_outcome;

typedef struct qry_amplitude {
    qry_ctx *ctx;
    qry_method method;
    qry_experiment experiment;
    double grain;         /* p is a multiple of it; 0: of nothing */
    double least, most;   /* theta, as it was known at first */
    double low, high;     /* theta, as it is known */
    double failure, left; /* the probability that p is not there; what is not spent of it (ITERATIVE) */
    qry_outcome *outcome; /* the others: all there were */
    size_t count, room;
    uint64_t next;    /* MLAE: iterations of the next shots */
    uint64_t a_calls; /* uses of A and its inverse */
    bool stopped;     /* the experiment did not allow what it was asked */
} qry_amplitude;

/** method: ITERATIVE, CANONICAL or MLAE. p is known to be from `least` to `most`, and a multiple of `grain` unless that is 0. */
void qry_amplitude_init(qry_amplitude *amplitude, qry_ctx *ctx, qry_method method, qry_experiment experiment,
                        double failure, double least, double most, double grain);
void qry_amplitude_free(qry_amplitude *amplitude);
/** Experiments until the aim is met, or cannot be, or nothing more is to be had or allowed: limits of p are not asked to be
 *  nearer than 2^-30, so that every aim comes to an end, that of a relative error of 0 too; but if p may be 0 and has a
 *  grain, nearer than that. May be called again, with another
 *  aim: all that was ever said is right with probability at least 1 - failure. */
void qry_amplitude_narrow(qry_amplitude *amplitude, const qry_aim *aim);
/** Where p is. With a grain: the least and the greatest multiple that are possible. */
void qry_amplitude_limits(const qry_amplitude *amplitude, double *low, double *high);
/** What p is best taken to be: the most likely value (MLAE, CANONICAL) or the middle, within the limits. */
double qry_amplitude_value(const qry_amplitude *amplitude);

/* ---- inside (iterative.c, likelihood.c) ---- */

/** One round of experiments each, and what it says of theta. `width` is how narrow limits of theta would have to be. */
void qry_iterative_round(qry_amplitude *amplitude, double width, double share);
void qry_mlae_round(qry_amplitude *amplitude);
void qry_canonical_round(qry_amplitude *amplitude, double width);
/** The most likely theta within the limits. */
double qry_likelihood_best(const qry_amplitude *amplitude);
/** Takes theta to be from low to high. */
void qry_amplitude_intersect(qry_amplitude *amplitude, double low, double high);

#endif
