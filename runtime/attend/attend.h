/* attend.h: the mathematics of attention rows from a few exact scores and the moments of the rest. What users call is in
 * runtime.h; pipeline.h has the searches. All of it is classical arithmetic in double precision; which keys were found to
 * score high comes in as lists of indices. docs/bounds.md has the mathematics with its proofs; its section numbers stand
 * at the functions that use them.
 *
 *   qry_head       queries, keys and values, made ready                          head.c
 *   qry_moments    the keys in groups, with the moments of each; once a head      cluster.c, moments.c, prefix.c
 *   qry_rest       one row: the moments of the scores that were not found         rest.c, law.c
 *   measured       what amplitude estimation says of the rest                     measured.c
 *   qry_answer     the row's output, its normaliser and its certified bound       answer.c, bound.c
 *   plans          what to measure, to reach a wanted bound                       plan.c
 *   thresholds     where to put the comparator, before anything is searched       threshold.c
 *   qry_codes      keys and queries as small integers, for the circuit            codes.c, widths.c
 *
 * Ownership: what a _new makes belongs to the context of the head (a qry_rest: to the context it is given, so that
 * every thread has its own) and keeps a pointer to what it was made from, which must outlive it.
 * Errors: only qry_head_new meets what users can cause; it reports and returns NULL. All may give up for memory. */
#ifndef QRY_RUNTIME_ATTEND_H
#define QRY_RUNTIME_ATTEND_H

#include "runtime/linalg.h"
#include "runtime/runtime.h"

/* ---- the head (head.c) ---- */

/** Softmax(Q K^T scale) V. Centring keys moves all scores of a row alike, centring values moves all outputs alike:
 *  neither changes anything but precision, and errors then count against V less its mean. */
typedef struct qry_head {
    qry_ctx *ctx;
    size_t rows, keys, width, value_width;
    qry_matrix q;         /* rows x width, times the scale */
    qry_matrix k;         /* keys x width, less their mean */
    qry_matrix v;         /* keys x value_width, less their mean */
    double scale;         /* what q was multiplied by */
    double *key_mean;     /* what was taken from k */
    double *value_mean;   /* what was taken from v */
    double *offset;       /* of a row: what centring took from each of its scores */
    double longest_key;   /* max |k_j| */
    double longest_value; /* max |v_j| */
    double value_radius;  /* max |v_j - mean| */
    bool
        causal; /* row i attends to the keys 0 .. i alone: for the caller to set, where there are as many rows as keys */
} qry_head;

enum { QRY_HEAD_MAX_WIDTH = 4096 }; /* of keys and of values: moments have width^2 numbers a group */

/** Reads Q (rows x width), K (keys x width) and V (keys x value_width), which stay the caller's. scale 0 means
 *  1/sqrt(width). centred false leaves out the centring, for comparison. NULL after a report when the shapes do not fit
 *  together or scores would overflow. */
qry_head *qry_head_new(qry_ctx *ctx, const qry_array *q, const qry_array *k, const qry_array *v, double scale,
                       bool centred);
/** The queries alone of a head whose keys and values are not at hand but for their number, means and widths: neither k nor v
 *  has entries. NULL after a report. */
qry_head *qry_head_of_queries(qry_ctx *ctx, const qry_array *q, double scale, const qry_head *others);
void qry_head_free(qry_head *head);
/** How many keys the row attends to: the first so many. */
size_t qry_head_keys_of(const qry_head *head, size_t row);
/** The score of one key, less offset[row]. */
double qry_head_score(const qry_head *head, size_t row, size_t key);
/** A whole row by the definition. scores: room for head->keys numbers, left as score - shift. output: value_width
 *  numbers. normaliser: sum of e^(score - shift) with the offset in score and shift; shift is the row's maximum. */
void qry_head_exact(const qry_head *head, size_t row, double *scores, double *output, double *normaliser,
                    double *shift);

/* ---- groups and moments (cluster.c, moments.c, prefix.c) ---- */

/** k-means of the rows of `points`: k-means++ seeds (Arthur and Vassilvitskii 2007), then Lloyd's iteration. Writes
 *  the group of every point and returns how many groups there are: at most `groups`, fewer if points repeat; none is
 *  empty. Of many points a sample, 64 a group, makes the centres, and all of them move these once. The same seed gives
 *  the same groups. */
size_t qry_cluster(qry_ctx *ctx, qry_matrix points, size_t groups, uint64_t seed, uint32_t *group_of);

typedef struct qry_moments {
    qry_ctx *ctx;
    const qry_head *head;
    const struct qry_moments *whole; /* of a prefix: those of all keys, whose groups these are; else NULL */
    size_t groups;
    uint32_t *group_of;    /* of a key */
    uint32_t *members;     /* keys by group: members[first[c] .. first[c + 1] - 1], rising. A prefix has its whole's */
    size_t *first;         /* groups + 1 */
    size_t keys;           /* that are summed up: 0 .. keys - 1 */
    size_t *size;          /* of a group, how many of these it has: the first ones of its members */
    qry_matrix key_mean;   /* groups x width */
    qry_matrix value_mean; /* groups x value_width */
    qry_matrix scatter;    /* groups * width x width: sum of (k - mean)(k - mean)^T, stacked */
    qry_matrix cross;      /* groups * value_width x width: sum of (v - mean)(k - mean)^T, stacked */
    qry_matrix spread;     /* groups x value_width^2: sum of (v - mean)(v - mean)^T, one a row */
    double *energy;        /* trace of the spread: sum of |v - mean|^2 */
    double *radius;        /* max |k - mean|, or more in a prefix */
    double *reach;         /* of a prefix: max |k - the whole group's mean| */
} qry_moments;

/** sqrt(2 keys), so that a row costs O(sqrt(n)) here as it does in the search: 32 at 512 keys. */
size_t qry_default_groups(size_t keys);
/** groups 0: the default. Keys are grouped by k-means in the metric k^T (Q^T Q) k, which makes the mean over the
 *  queries of the variance within the groups small. Costs O(n d (d + d_v)) and the k-means. */
qry_moments *qry_moments_new(const qry_head *head, size_t groups, uint64_t seed);
void qry_moments_free(qry_moments *moments);
/** For the two of these files: room for the numbers of groups that are known. */
void qry_moments_make_room(qry_moments *moments);
/** The moments of the first keys alone, in the groups of all, on a context of their own; of no key as yet. */
qry_moments *qry_moments_prefix(qry_ctx *ctx, const qry_moments *whole);
/** Now of the keys 0 .. keys - 1. Keys are added one by one, in their order and from the first, so that sums do not depend
 *  on what was asked for before; to have fewer means to start over. O((d + d_v)^2) a key. */
void qry_moments_extend(qry_moments *prefix, size_t keys);

/* ---- the laws a group's scores may have (law.c; bounds.md 2, 3) ---- */

/** About numbers x with mean 0, a given variance, and -low <= x <= high; all in units of e^high, which cannot overflow.
 *  size is for mean(e^x), slope for mean(x e^x) / variance. */
typedef struct qry_law {
    double size, slope;           /* of a Gaussian cut off at `end` */
    double size_low, size_high;   /* no law is outside */
    double slope_low, slope_high; /* (e^x - 1) / x at -low and at high: for every x in the range */
    double residual; /* mean((e^x - mean(e^x) - s x)^2) is at most this, for s in the middle of the slopes */
    double scatter;  /* the same mean of a Gaussian cut off at `end`, about its size and slope */
} qry_law;

/** high * low >= variance, which may be wrong by `doubt`; end / sqrt(variance) large means the whole Gaussian. */
qry_law qry_law_of(double variance, double doubt, double low, double high, double end);

/** The integral P of the standard normal density p up to t, and p(t) / P(t). */
double qry_normal_below(double t);
double qry_normal_hazard(double t);

/* ---- the rest of a row (rest.c; bounds.md 1, 2, 9) ---- */

/** What is left of a group when the found keys are taken out. */
typedef struct qry_rest_group {
    double count;          /* keys; a fraction where only expected */
    double mean;           /* of their scores */
    double variance;       /* likewise */
    double low, high;      /* none is below mean - low or above mean + high */
    double energy;         /* sum of |v - mean|^2 */
    double doubt;          /* e^mean may be wrong by this fraction, from rounding */
    double variance_doubt; /* the variance may be wrong by this */
    bool spread_known;     /* the spread is the group's less the found keys'; else it is only known to be <= energy */
    double weight;         /* count e^(mean + high - shift) */
    qry_law law;           /* of score - mean */
} qry_rest_group;

/** A key whose exact score is known; or what a group's keys above a threshold are expected to be, in one. */
typedef struct qry_rest_found {
    double score;        /* log of its term in the normaliser */
    const double *value; /* value_width numbers */
    uint32_t group;
} qry_rest_found;

/** The squared errors of what stands in for the keys of the rest, added up with a weight for each group. A key of group c
 *  with score mean + x is stood in for by weight / count (size[c] + slope[c] x), weight and count of its qry_rest_group. */
typedef struct qry_rest_energy {
    double *size, *slope; /* of a group, in units of e^high as its law */
    double *factor;       /* of a group; 0 where nothing is left */
    double limit; /* sum of factor (e^(score - shift) - what stands in)^2 is at most this; INFINITY: not known */
} qry_rest_energy;

typedef struct qry_rest {
    qry_ctx *ctx;
    const qry_moments *moments; /* of a causal head, its own, of the row's keys */
    size_t row;
    double ceiling;       /* no score of the rest is above; INFINITY: unknown, or contradicted */
    double *least, *most; /* of a group: no score of its rest is outside, as far as searches can be trusted; for the
                             caller to set before keys are removed. Another row, or a contradiction, makes them
                             -INFINITY and INFINITY */
    double shift;         /* no term of the normaliser is above e^shift; without the row's offset */
    qry_rest_found *found;
    size_t found_count, found_room;
    double found_weight;   /* sum of e^(score - shift) over the found */
    double *found_value;   /* sum of e^(score - shift) v */
    qry_rest_group *group; /* moments->groups of them */
    qry_matrix value_mean; /* groups x value_width */
    qry_matrix covariance; /* groups x value_width: mean of (score - mean)(v - mean) */
    size_t rescored;       /* scores of the rest that the last removal computed after all: subtraction cancelled */
    double rounding;       /* e^score may be wrong by this fraction, for any one key */
    bool contradicted;     /* the moments prove that a key above the ceiling is in the rest: the search missed one */
    double total_low, total_high; /* limits of the sum of e^(score - shift) over the rest */
    bool total_measured;          /* they are narrower than the moments make them */
    qry_rest_energy energy;
    struct qry_rest_work *work;
} qry_rest;

qry_rest *qry_rest_new(qry_ctx *ctx, const qry_moments *moments);
void qry_rest_free(qry_rest *rest);
/** Another row: nothing found, no ceiling. Of a causal head, rest->moments becomes that of the keys it attends to.
 *  O(G d (d + d_v)). */
void qry_rest_of_row(qry_rest *rest, size_t row);
/** Takes exactly these keys (all different) out of the row, whatever was taken out before, and scores them. ceiling:
 *  what no other key's score is above, as far as the search can be trusted; INFINITY promises nothing. */
void qry_rest_remove(qry_rest *rest, const uint32_t *keys, size_t count, double ceiling);
/** The same for keys whose scores (qry_head_score) are known. */
void qry_rest_remove_scored(qry_rest *rest, const uint32_t *keys, const double *scores, size_t count, double ceiling);
/** The rest as it is to be expected when all keys that score above tau are found: every group a Gaussian. */
void qry_rest_expect(qry_rest *rest, double tau);
/** The same rest under another ceiling. */
void qry_rest_set_ceiling(qry_rest *rest, double ceiling);

/* ---- what was measured of a rest (measured.c; bounds.md 11) ---- */

/** The sum of e^(score - shift) over the rest is at least low and at most high, as far as the estimate can be trusted. The
 *  likely sizes are moved within their limits so that their sum is. Forgotten when the rest changes. False, with
 *  nothing changed, when the moments exclude it. */
bool qry_rest_measured_total(qry_rest *rest, double low, double high);
/** Fixes what the energy is about: the likely laws as they are now, and factors that make the bound small. */
void qry_rest_choose_energy(qry_rest *rest);
/** The term of a key of that group in the energy: the most that it can be when its score is in low .. high, without the row's
 *  offset. For the tables of a circuit. */
double qry_rest_energy_term(const qry_rest *rest, size_t group, double low, double high);
/** The energy that was chosen is at most `limit`, as far as the estimate can be trusted. */
void qry_rest_measured_energy(qry_rest *rest, double limit);

/* ---- the answer (answer.c, bound.c; bounds.md 4 to 6, 10, 11) ---- */

/** What stands in for the rest: the moments of each group (hybrid), or one constant for all its keys (sparse). */
typedef enum qry_rest_shape { QRY_REST_MOMENTS, QRY_REST_CONSTANT } qry_rest_shape;

typedef struct qry_answer {
    double normaliser;    /* sum of e^(score - shift) */
    double shift;         /* with the row's offset */
    double bound;         /* |output - exact output| is at most this; NAN with a reason */
    const char *no_bound; /* NULL or the reason */
} qry_answer;

/** The output alone (value_width numbers); returns the normaliser, relative to rest->shift. */
double qry_answer_output(const qry_rest *rest, qry_rest_shape shape, double *output);
/** With the bound. */
void qry_answer_row(qry_rest *rest, qry_rest_shape shape, double *output, qry_answer *answer);
/** A certified limit of |output - exact output| for any output, from what the rest tells; maybe INFINITY. */
double qry_bound_output(qry_rest *rest, const double *output);

/* ---- what to do, before it is done (plan.c; bounds.md 7, 11) ---- */

/** To which relative precisions to estimate the sums of a rest; 0: not at all. What a circuit estimates of the weights' sum may
 *  say less of it: that is a fraction `blur` more. */
typedef struct qry_rest_plan {
    double total, energy;
    double a_calls; /* that this is expected to take */
    double bound;   /* that is expected then */
    double least;   /* that would be expected with exact sums */
} qry_rest_plan;

/** The cheapest of a few plans whose bound is expected to be at most `wanted`, or at most `slack` (above 1) times that with exact
 *  sums where that is more; else the most precise. Forgets what was measured. */
qry_rest_plan qry_rest_plan_of(qry_rest *rest, qry_rest_shape shape, double wanted, double slack, double blur);
/** What the energy that was chosen is likely to be. */
double qry_rest_likely_energy(const qry_rest *rest);
/** To measure the row's whole normaliser to relative precision epsilon, unless the moments tell it as well; and the energy to
 *  twice that (half at most), if that is expected to lower the bound by more than epsilon of it. Forgets what was measured. */
qry_rest_plan qry_rest_plan_to(qry_rest *rest, qry_rest_shape shape, double epsilon, double blur);
/** The highest threshold of the row that is expected to leave a bound of at most `wanted` with sums measured to these
 *  precisions (0: not at all); if none is, one that all keys are expected to reach. Leaves nothing found. */
double qry_rest_threshold_for(qry_rest *rest, qry_rest_shape shape, double wanted, double total, double energy);

/* ---- thresholds (threshold.c; bounds.md 7) ---- */

/** How many scores of the row are expected above tau: every group a Gaussian within its certified range. */
double qry_rest_expected_above(const qry_rest *rest, double tau);
/** The highest tau that is expected to have `wanted` scores at or above it. */
double qry_rest_threshold(const qry_rest *rest, double wanted);
/** No score of the row's rest is above. */
double qry_rest_top(const qry_rest *rest);
/** The first threshold of a row under a rule, without its offset; a drop is taken from the expected maximum. */
double qry_rule_threshold(qry_rule rule, const qry_rest *rest);

/* ---- small integers for the circuit (codes.c, widths.c; bounds.md 8) ---- */

enum { QRY_CODE_MIN_BITS = 2, QRY_CODE_MAX_BITS = 16 };

/** Keys as integers of `bits` bits, two's complement: key entry = centre + step (code + error), |error| <= 1/2, with
 *  one step and one centre a column. */
typedef struct qry_codes {
    const qry_head *head;
    int bits;
    int32_t *code;         /* keys x width */
    double *step, *centre; /* width */
    double longest_error;  /* max over keys of |error| as a vector */
    double longest_code;   /* max over keys of |code| */
    double *widest_error;  /* of a column, max |error| */
    double *widest_code;   /* of a column, max |code| */
    int32_t *least, *most; /* codes of a column */
} qry_codes;

qry_codes *qry_codes_new(const qry_head *head, int bits);
void qry_codes_free(qry_codes *codes);

/** A query as integer constants: |score - (base + unit sum_c code[c] key_code[c])| <= error for every key. */
typedef struct qry_query_code {
    int bits;
    int32_t *code; /* width numbers, the caller's */
    double base, unit, error;
    int64_t reach; /* no sum of products is beyond */
} qry_query_code;

/** Fills *query but for query->code, which must point to room for width numbers. */
void qry_codes_query(const qry_codes *codes, size_t row, int bits, qry_query_code *query);
/** The integer T for the comparison sum >= T. sure: every key with score >= tau passes; else keys pass whose rounded
 *  score is at least tau. */
int64_t qry_query_comparator(const qry_query_code *query, double tau, bool sure);
/** What no score of a key that fails sum >= T is above. */
double qry_query_ceiling(const qry_query_code *query, int64_t comparator);

/** The cheapest widths that are expected to keep the bound of every row of a sample within `slack` (a little above 1)
 *  times that with exact scores, at the same number of found keys, and the error of every score of theirs within `most`. No
 *  score is computed. */
qry_widths qry_widths_choose(const qry_moments *moments, qry_rule rule, double slack, double most);

#endif
