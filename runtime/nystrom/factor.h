/* factor.h: what rows need of the low-rank kernel, as plain numbers. Private to runtime/nystrom/. docs/bounds.md, 15 to 19.
 *
 * u(x) = R^-1 g(x), g(x) = G(x, l) over the landmarks l, G the Gaussian; L_j = e^(w_j) of key j, divided by the greatest; the row of
 * query x is A_j = L_j G(x, y_j), its low-rank part L_j u(x).u_j, what is left of it L_j M(x, y_j). */
#ifndef QRY_RUNTIME_NYSTROM_FACTOR_H
#define QRY_RUNTIME_NYSTROM_FACTOR_H

#include "runtime/nystrom/nystrom.h"

/** Sums over all keys. `values` and `mean` are sums over a sample of keys, where one was drawn, each term over its
 *  probability p; then the variances are sums over all keys of 1/p - 1 times what they say. */
typedef struct qry_sketch {
    qry_matrix values; /* landmarks x value_width: sum of L_j u_j v_j^T */
    double *mean;      /* landmarks: sum of L_j u_j by amplitude estimation */
    qry_matrix spread; /* landmarks x landmarks: what u is multiplied by so that |spread u|^2 = sum of (L_j u.u_j)^2 */
    double *half; /* landmarks: |sum over the keys of L_j u.u_j - u.mean| <= sum of |spread u| half, entry by entry */
    bool sampled;
    double *sample_mean;   /* landmarks: the sum of L_j u_j by the sample */
    double *sample_value;  /* value_width: sum of v_j by the sample; it is 0 */
    qry_matrix variance;   /* landmarks x landmarks: sum of L_j^2 u_j u_j^T */
    qry_matrix of_values;  /* the same times |v_j|^2 */
    double *value_cross;   /* landmarks: sum of L_j u_j |v_j|^2 */
    double value_constant; /* sum of |v_j|^2 */
} qry_sketch;

/** What limits the part that the landmarks leave. */
typedef struct qry_certificate {
    qry_matrix left; /* (1 + value_width)^2: in the order of matrices at least H^T M H, H of rows L_j (1, v_j) */
    double top;      /* the greatest eigenvalue of its part of values */
    double weights;  /* sum of L_j */
    double values;   /* sum of L_j |v_j| */
    double slope;    /* 1 + max over keys of |R^-T u_j|: by what errors of g are multiplied at most */
    double longest;  /* max |x|^2 of keys and landmarks */
} qry_certificate;

enum { QRY_PREFIX_BLOCK = 64, QRY_PREFIXES = 40 };

/** Sums over the keys up to each, of the first `keys` of all or of a sample of them. */
typedef struct qry_prefix {
    size_t keys, count;
    uint32_t *row; /* count of them, rising */
    qry_matrix u;  /* count x landmarks: L_j u_j / p_j */
    qry_matrix v;  /* count x (1 + value_width): 1 and v_j */
    qry_matrix
        sum; /* a row for each block of QRY_PREFIX_BLOCK terms: of those before it, landmarks x (1 + value_width) numbers */
    /* after each block of keys, the sum of (1/p - 1) |L_j u_j|^2, and the same times |v_j|^2; NULL: all keys are there, or not known */
    double *mean_variance, *value_variance;
    bool sampled;
} qry_prefix;

/** Causal rows. */
typedef struct qry_prefixes {
    qry_prefix level[QRY_PREFIXES]; /* the first is of all keys; each of half as many as the one before */
    size_t count;
    size_t step;     /* limits stand after every `step` keys, and after the last */
    qry_matrix left; /* as in the certificate; the lower triangle of (1 + value_width)^2, packed */
    double *weights, *values;
} qry_prefixes;

struct qry_nystrom {
    qry_ctx *ctx;
    qry_arena *arena; /* of the stages' texts; NULL in a loaded one */
    qry_nystrom_facts facts;
    size_t keys, width, value_width, landmarks; /* landmarks that repeat are left out */
    bool causal;
    double failure;      /* of what circuits say, for a row */
    qry_kernel *kernel;  /* how queries become points; its points are there only for causal rows and rests */
    double gain;         /* L_j G(x, y_j) = e^(score - |x|^2 / 2 + gain), the score as kernel->gain says */
    qry_matrix landmark; /* landmarks x width */
    double *square;      /* |l|^2 */
    qry_matrix root;     /* R, lower triangular */
    qry_sketch sketch;
    qry_certificate certificate;
    double *value_mean;     /* what was taken from the values */
    double value_radius;    /* max |v_j| of the centred ones */
    double longest_key;     /* max |k_j|, as the kernel takes them, at most: scores round in proportion to it */
    const qry_head *head;   /* NULL in a loaded one; below: only for causal rows and rests */
    double *weight;         /* L_j */
    qry_prefixes *prefixes; /* NULL unless causal */
    qry_matrix image;       /* keys x (1 + value_width): M H, for rests; empty where there are too many keys */
};

/** near[l] = G(point, landmark l); returns |point|^2. */
double qry_nystrom_near(const qry_nystrom *nystrom, const double *point, double *near);
/** Sets longest_key: of centred keys, or of keys as they are. */
void qry_nystrom_measure_keys(qry_nystrom *nystrom, const qry_head *head);
/** By what u.u_j of points with |x|^2 + |y|^2 <= squares may be wrong, times the slopes of both. */
double qry_nystrom_rounding(const qry_nystrom *nystrom, double squares);
/** Row i of u becomes u of key first + i. */
void qry_nystrom_solve_keys(const qry_nystrom *nystrom, size_t first, qry_matrix u);

/** The next of the stages, which began at `start`; and its end, which says how long it took in all. */
qry_attend_stage *qry_stage_begin(qry_attend_stage *stages, size_t *count, const char *name, double *start);
void qry_stage_end(qry_attend_stage *stage, double start);

/** sketch.c, prefix.c: the stages "values" and "mean". run->stage is theirs to set. False after a report. */
bool qry_sketch_make(qry_nystrom *nystrom, qry_stage_run *run, const qry_nystrom_options *options,
                     qry_attend_stage *stages, size_t *count);
bool qry_prefixes_make(qry_nystrom *nystrom, qry_stage_run *run, const qry_nystrom_options *options,
                       qry_attend_stage *stages, size_t *count);
void qry_prefixes_free(qry_ctx *ctx, qry_prefixes *prefixes);
/** About `wanted` of the first keys, by the leverages of V with a column of ones: no key is left out. False after a report. */
bool qry_sketch_sample(const qry_nystrom *nystrom, qry_stage_run *run, size_t keys, size_t wanted,
                       qry_value_samples *samples);
/** certificate.c. with_image: for rests. No more than about `entries` entries of the keys' kernel are computed: beyond, only those
 *  of keys near each other in the order, and what limits the others is larger. */
void qry_certificate_make(qry_nystrom *nystrom, bool with_image, size_t entries, qry_attend_stage *stage);

#endif
