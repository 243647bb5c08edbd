/* nystrom.h: a low-rank kernel in place of the keys. Private to runtime/. The mathematics is in docs/bounds.md and
 * docs/papers.md, after arXiv:2602.00874.
 *
 *   qry_kernel     queries and keys as points of one positive kernel                      kernel.c
 *   landmarks      a few of the points, sampled by their ridge leverage, level by level   landmarks.c, leverage_program.c
 *   sums           sums of columns by amplitude estimation                                sums.c
 *   value samples  rows of V by their leverage, by repeated halving                       values.c
 *   qry_nystrom    what rows need, once and for all                                       factor.c, sketch.c, certificate.c
 *   answers        one row from it, with its bound                                        row.c
 *   states         the same in a file                                                     state.c, state_stages.c
 *
 * Points: 0 .. queries - 1 are the queries, then the keys. With weights w of points, the kernel is
 * K(x, y) = e^(w_x + w_y - |x - y|^2 / 2), and e^score of query i and key j, up to the row's own factor, is K of their
 * points.
 *
 * Ownership: what a _new makes belongs to the context it is given, or to the head's. Errors: as runtime.h has them. */
#ifndef QRY_RUNTIME_NYSTROM_H
#define QRY_RUNTIME_NYSTROM_H

#include "runtime/attend/attend.h"

/* ---- the kernel (kernel.c) ---- */

typedef struct qry_kernel {
    qry_ctx *ctx;
    size_t queries, keys, width;
    bool raw;
    qry_matrix point; /* (queries + keys) x width */
    double *weight;   /* of a point, a logarithm; the greatest is 0. Of queries 0 unless raw */
    /* how a query becomes a point: x = stretch (q - centre), q as in qry_head */
    double stretch, *centre;
    /* K of a query and a key = e^(score - |x|^2 / 2 + w_x + gain); the score is that of qry_head, or raw: the user's,
     * with the row's offset */
    double gain;
} qry_kernel;

/** Balanced: the queries less their mean times c, the keys over c, c such that both are of the same mean square; what
 *  centring the queries does to a key is in its weight. raw: points as they are, times the root of the scale, so that
 *  the kernel is e^(x.y), divided by its greatest entry on the diagonal. */
qry_kernel *qry_kernel_new(const qry_head *head, bool raw);
void qry_kernel_free(qry_kernel *kernel);
/** A query of the head's width that need not be one of its rows, as a point; its weight is what it returns
 *  (balanced: 0). */
double qry_kernel_place(const qry_kernel *kernel, const double *query, double *point);
/** block[i][j] = K of points a[i] and b[j]; with the weights left out, if `plain`: a Gaussian. a or b NULL: all points
 *  from `first_a` (`first_b`) on, as many as block has rows (columns). */
void qry_kernel_block(const qry_kernel *kernel, const uint32_t *a, size_t first_a, const uint32_t *b, size_t first_b,
                      bool plain, qry_matrix block);
/** |x - y|^2 from |x|^2 + |y|^2 and x.y, or from the differences where those cancel. */
double qry_kernel_distance(size_t width, const double *x, const double *y, double squares, double product);

/* ---- circuits (landmarks.c, leverage_program.c, values.c, sums.c) ---- */

/** How circuits of a stage are run, and what it came to. */
typedef struct qry_stage_run {
    qry_ctx *ctx;
    qry_arena *arena; /* of results and of the ledger's texts */
    qry_run_options run;
    double failure; /* of everything that the stage asks of circuits */
    qry_attend_probabilities probabilities;
    qry_attend_stage *stage;                                  /* charged: ledger, operations, seconds, note */
    void (*progress)(void *state, size_t done, size_t total); /* may be NULL */
    void *progress_state;
} qry_stage_run;

typedef struct qry_landmarks {
    uint32_t *point; /* count of them, all different, in arena memory */
    size_t count;
    double lambda; /* the last ridge */
} qry_landmarks;

/** Recursive ridge-leverage sampling of the points (Musco and Musco 2017, Algorithm 3, in the form of their program),
 *  every level by `sample set`: about `wanted` landmarks; or, wanted 0, those of the ridge `lambda`. The top level
 *  keeps at most `wanted`, those of highest leverage first. False after a report. */
bool qry_landmarks_sample(const qry_stage_run *run, const qry_kernel *kernel, size_t wanted, double lambda,
                          qry_landmarks *landmarks);

/** The sum over the rows of each column of `columns`, to `precision` (absolute), by amplitude estimation of each, all
 *  together wrong with at most the run's failure: low[c] <= sum <= high[c]. Where the limit of queries ends
 *  it, intervals are wider than was asked for, and a warning says so. */
bool qry_sums_estimate(const qry_stage_run *run, qry_matrix columns, double precision, double *low, double *high);

typedef struct qry_value_samples {
    uint32_t *row;       /* rising; in arena memory */
    double *probability; /* with which it was to be taken */
    size_t count;
    double *every; /* the probability of every row of V, taken or not, in arena memory; NULL: not known, or not all
                     * that were drawn are there, by the limit of queries */
} qry_value_samples;

/** Rows of V by their leverage, independently with p = min(1, c leverage), about `wanted` of them: leverages by
 *  repeated halving (Apers and Gribling, arXiv:2311.03215, Theorem 3.1), every level and the last by `sample set`.
 *  False after a report. */
bool qry_values_sample(const qry_stage_run *run, qry_matrix values, size_t wanted, qry_value_samples *samples);

/* ---- what rows need (factor.c, sketch.c, certificate.c) ---- */

/** u(x) = R^-1 (G(x, l)) over the landmarks l, G the kernel without weights and R R^T = G of the landmarks; the
 *  low-rank kernel of query x and key y is e^(w_x + w_y) u(x).u(y), never above K in the order of matrices. All that a
 *  row needs is of O(s^2 + s d_v) numbers. */
typedef struct qry_nystrom qry_nystrom;

/** head: must outlive it. stages: room for 4, of which it fills some and sets *count. NULL after a report. */
qry_nystrom *qry_nystrom_new(const qry_head *head, const qry_attend_options *options, double failure,
                             qry_attend_stage *stages, size_t *count);
void qry_nystrom_free(qry_nystrom *nystrom);
qry_nystrom_facts qry_nystrom_facts_of(const qry_nystrom *nystrom);

/* ---- answers (row.c) ---- */

/** A query's place among the landmarks; what a thread needs. */
typedef struct qry_nystrom_place qry_nystrom_place;
qry_nystrom_place *qry_nystrom_place_new(qry_ctx *ctx, const qry_nystrom *nystrom);
void qry_nystrom_place_free(qry_nystrom_place *place);

typedef struct qry_nystrom_answer {
    double normaliser, shift; /* as in qry_attend_row */
    double bound;
    const char *no_bound, *fallback;
    double residual;
} qry_nystrom_answer;

/** One row, in O(s^2 + s d_v): `query` as in qry_head (scaled); `offset` what centring took from its scores; keys:
 *  those that it attends to, all or the first so many. Where the normaliser cannot be told from 0 the answer is the
 *  mean value, and answer->fallback says why. */
void qry_nystrom_answer_row(qry_nystrom_place *place, const double *query, double offset, size_t keys, double *output,
                            qry_nystrom_answer *answer);
/** The same row again with its normaliser from elsewhere: e^shift times it is in low .. high; relative to place's
 *  shift. */
double qry_nystrom_shift(const qry_nystrom_place *place);
void qry_nystrom_answer_measured(qry_nystrom_place *place, double low, double high, double *output,
                                 qry_nystrom_answer *answer);

/** A row of the head of which the found keys are known exactly: `rest` after removal. The others enter by the low-rank
 *  kernel with the found keys as further landmarks where their images are kept, scaled to what the rest is known to
 *  weigh; the bound is that of the landmarks. Where that says nothing of the row, answer->fallback tells, and there is
 *  no output. */
void qry_nystrom_answer_rest(qry_nystrom_place *place, const qry_rest *rest, const uint32_t *found, size_t count,
                             double *output, qry_nystrom_answer *answer);

/* ---- states (state.c) ---- */

/** Not of causal rows. Of the head its means and lengths, of the facts what the pipeline says of the stages. */
bool qry_nystrom_save(const qry_nystrom *nystrom, const qry_head *head, const qry_attend_facts *facts,
                      const char *path);
/** Fills the facts that are not about queries (with room for QRY_ATTEND_STAGES stages), and makes the head of q, an
 *  array of as many columns as the keys had; both are the caller's. NULL after a report. */
qry_nystrom *qry_nystrom_load(qry_ctx *ctx, const char *path, const qry_array *q, qry_attend_facts *facts,
                              qry_head **head);

#endif
