/* params.h: what the theorems of quantum attention are about, measured on a head. Private to runtime/. What each number is good
 * for is in docs/params.md.
 *
 *   qry_weights     the rows of A = e^score, in logarithms; its spectral norm       weights.c
 *   drops           how many keys score within a drop of the maximum, and what        drops.c
 *                   one constant for the others costs
 *   values          singular values and leverages of V                               values.c
 *   dimension       s_lambda of the kernel on queries and keys                       dimension.c
 *   qry_params      all of them                                                      params.c
 *
 * Nothing overflows: weights are taken relative to the greatest, and ratios do not notice. */
#ifndef QRY_RUNTIME_PARAMS_H
#define QRY_RUNTIME_PARAMS_H

#include "runtime/nystrom/nystrom.h"

/** A number, or NAN and why there is none. */
typedef struct qry_quantity {
    double value;
    const char *missing; /* NULL: there is one */
} qry_quantity;

enum { QRY_DROPS = 5, QRY_RIDGES = 7, QRY_PARAMS_MAX_SIDE = 8192 };

/** How far long work is: `done` of `total` steps of what the label says. */
typedef struct qry_params_watch {
    void (*progress)(void *state, const char *label, size_t done, size_t total); /* may be NULL */
    void *state;
} qry_params_watch;

/* ---- the weights (weights.c) ---- */

/** Of every row: the greatest score, and logarithms of the sum of A and of the sum of its squares; scores with the row's offset. */
typedef struct qry_weights {
    const qry_head *head;
    double *top, *log_sum, *log_squares;
} qry_weights;

/** Scores of all keys for the queries first .. first + scores.rows - 1, as users have them. */
void qry_weights_scores(const qry_head *head, size_t first, qry_matrix scores);
/** The logarithm of |A| with e^shift[i] taken out of row i, by the eigenvalues of A A^T or A^T A, whichever is smaller. Above
 *  QRY_PARAMS_MAX_SIDE rows of it there is none. label: for the progress. */
qry_quantity qry_weights_log_norm(const qry_head *head, const double *shift, const char *label,
                                  const qry_params_watch *watch);

/* ---- the sparse method with an exact rest (drops.c) ---- */

/** The keys that score at most `drop` below their row's maximum are exact, one constant with the right sum of weights stands in
 *  for the others. */
typedef struct qry_drop {
    double drop;
    double k;           /* mean number of such keys */
    qry_quantity error; /* mean of |output - exact| / |exact|, over the rows whose exact output is not 0 */
} qry_drop;

/** One pass over all scores: fills weights (whose arrays have room for the head's rows) and drops (whose `drop` is set, rising). */
void qry_drops_measure(const qry_head *head, qry_weights *weights, qry_drop *drops, size_t count,
                       const qry_params_watch *watch);

/* ---- V (values.c) ---- */

typedef struct qry_value_facts {
    size_t rank;
    qry_quantity fro_over_spec, d_over_srank;
    qry_quantity log_kappa; /* log of the greatest over the least singular value */
    qry_quantity
        distortion; /* d / |V|_F^2 max_j |v_j|^2 / leverage_j (arXiv:2602.00874), over the rows that are not 0 */
} qry_value_facts;

/** V as it is; it is spent. */
qry_value_facts qry_value_facts_of(qry_ctx *ctx, qry_arena *arena, qry_matrix values);

/* ---- the effective dimension (dimension.c) ---- */

/** s_lambda = tr K (K + lambda)^-1 over all points, in units in which the greatest diagonal entry is 1. By Cholesky's factors of the
 *  kernel with its weights taken out, so that points of very different weights do no harm. */
qry_quantity qry_effective_dimension(const qry_kernel *kernel, double log_lambda);
/** The logarithm of 0.1 min_i D_i / sqrt(keys), D_i the sum of the kernel's row of query i over the keys: the theorem of
 *  arXiv:2602.00874 needs a ridge below min D / sqrt n. */
double qry_needed_log_lambda(const qry_kernel *kernel, const qry_weights *weights);

/* ---- all of it (params.c) ---- */

typedef struct qry_ridge {
    double lambda; /* in units of the kernel's greatest diagonal entry */
    qry_quantity raw, balanced;
} qry_ridge;

typedef struct qry_params {
    size_t queries, keys, width, value_width;
    double scale;
    qry_quantity eps_max, log_eps_max, eps_max_shifted; /* min D / |A|; its logarithm; with every row's maximum at 0 */
    qry_quantity a_fro_over_spec, a_inf_over_spec;
    qry_value_facts values;
    qry_spread row_concentration; /* |A_i| / D_i */
    qry_drop drop[QRY_DROPS];
    qry_ridge ridge[QRY_RIDGES];
    double needed_log_lambda_raw, needed_log_lambda_balanced; /* qry_needed_log_lambda */
    qry_quantity needed_raw, needed_balanced;                 /* s_lambda there */
} qry_params;

/** Texts are in arena memory. Takes of the order of the cube of rows and keys. False after a report:
 *  shapes as for qry_head_new, or no memory. scale 0: 1/sqrt(columns of K). */
bool qry_params_measure(qry_ctx *ctx, qry_arena *arena, const qry_array *q, const qry_array *k, const qry_array *v,
                        double scale, const qry_params_watch *watch, qry_params *params);

/** For the parts above. */
void qry_params_tell(const qry_params_watch *watch, const char *label, size_t done, size_t total);
static inline qry_quantity qry_quantity_of(double value) { return (qry_quantity){value, NULL}; }
qry_quantity qry_quantity_missing(const char *why);

#endif
