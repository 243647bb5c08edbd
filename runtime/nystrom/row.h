/* row.h: one query among the landmarks, and what is known of its row. Private to runtime/nystrom/. docs/bounds.md, 16 to 18,
 * whose symbols are these fields:
 *
 *   u(x)          u           the query among the landmarks
 *   alpha(x)      slope       R^-T u; 1 + |alpha(x)| is own, 1 + max |alpha_j| the certificate's slope
 *   r             residual    what the landmarks leave of the query
 *   P, P_y        left, turned
 *   eta           unit        with the rounding of scores
 *   t, e          total, total_error; or other, other_error: by the sample that the numerator is from
 *   sum Ã_j V_j   value, value_error */
#ifndef QRY_RUNTIME_NYSTROM_ROW_H
#define QRY_RUNTIME_NYSTROM_ROW_H

#include "runtime/nystrom/factor.h"

struct qry_nystrom_place {
    qry_ctx *ctx;
    const qry_nystrom *nystrom;
    double *point, *u, *slope, *along; /* x, u(x), R^-T u, the mean's spread times u */
    double *value;                     /* value_width numbers: the low-rank numerator, values centred */
    double *image;                     /* 1 + value_width numbers */
    double *direction, *centred;       /* value_width numbers */
    qry_matrix left;                   /* (1 + value_width)^2: what limits the row's keys */
    qry_matrix turned;                 /* value_width^2 */
    double square, shift;              /* |x|^2; A_j = e^(score - shift), scores with the row's offset */
    double residual;                   /* 1 - |u|^2 */
    double unit;                       /* rounding: u.u_j may be wrong by this times the slopes of both */
    double own;                        /* the slope of the query */
    double total, total_error;         /* of sum of L_j u.u_j; INFINITY: not known */
    double likely_error;               /* the same, more likely than certain */
    double other, other_error;         /* the same sum another way; the output is over this one */
    double value_error;                /* of the numerator */
    double weights, values;            /* as in the certificate, of the row's keys */
    double least_top, most_top;        /* limits of the greatest eigenvalue of the values' part of left */
};

/** Takes a query and the number of its keys: all but what the landmarks leave. */
void qry_place_query(qry_nystrom_place *place, const double *query, double offset, size_t keys);
/** y becomes a multiple of itself no longer than any value. */
void qry_place_clamp(const qry_nystrom_place *place, double *y);
/** The bound of mean value + y from |D (exact - y)| <= error and D >= least, or why there is none. */
void qry_place_set_bound(const qry_nystrom_place *place, const double *y, double error, double least,
                         qry_nystrom_answer *answer);
/** What the part that the landmarks leave adds to |D (exact - y)| at most, y centred; `hopeless`: where more than this says
 *  nothing, not much is done for it. */
double qry_place_left(qry_nystrom_place *place, const double *y, double hopeless);
/** The same of the sum of the row. */
double qry_place_left_total(const qry_nystrom_place *place);
/** By how much rounding may move D (exact - y), and the sum. */
double qry_place_rounding(const qry_nystrom_place *place, const double *y);
double qry_place_rounding_total(const qry_nystrom_place *place);

#endif
