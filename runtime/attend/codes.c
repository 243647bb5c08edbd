/* codes.c: keys and queries as small integers, with a certified limit of what that does to a score.
 *
 * With key entry = centre + step (code + error) and query entry times step = unit (code + error'), a score is
 * base + unit sum code' code, up to unit sum error' code + sum q step error. Either sum is at most the product of two
 * lengths (Cauchy and Schwarz), and at most the sum over the columns of the largest products; the smaller one counts. */
#include "runtime/attend/attend.h"

#include <float.h>
#include <math.h>

/* Errors are enlarged by this fraction, far more than their own rounding, */
static const double guard = 1e-9;

/* and by eight times the rounding error of one operation, for every term of all that is added up: of its size before
 * terms cancel. */
static const double rounding_unit = 0x1p-50;

/* Codes of one column: the range of its entries in 2^bits cells of equal width, the middle of a cell for all in it. */
static void encode_column(qry_codes *codes, size_t column)
{
    qry_matrix k = codes->head->k;
    int32_t half = (int32_t)1 << (codes->bits - 1);
    double least = k.at[column], most = least;
    for (size_t j = 1; j < k.rows; j++) {
        least = fmin(least, k.at[j * k.columns + column]);
        most = fmax(most, k.at[j * k.columns + column]);
    }
    double step = most > least ? fmax((most - least) / (2.0 * half), DBL_MIN) : 0; /* a subnormal one is too inexact */
    codes->step[column] = step;
    codes->centre[column] = least + step * (half + 0.5);
    codes->least[column] = half;
    codes->most[column] = -half;
    for (size_t j = 0; j < k.rows; j++) {
        double x = step > 0 ? (k.at[j * k.columns + column] - codes->centre[column]) / step : 0, code = rint(x);
        code = fmin(fmax(code, -half), half - 1);
        codes->code[j * k.columns + column] = (int32_t)code;
        codes->least[column] = (int32_t)fmin(codes->least[column], code);
        codes->most[column] = (int32_t)fmax(codes->most[column], code);
        codes->widest_error[column] = fmax(codes->widest_error[column], fabs(x - code));
        codes->widest_code[column] = fmax(codes->widest_code[column], fabs(code));
    }
}

static void measure_key(qry_codes *codes, size_t key)
{
    qry_matrix k = codes->head->k;
    double errors = 0, squares = 0;
    for (size_t c = 0; c < k.columns; c++) {
        double code = codes->code[key * k.columns + c];
        double x = codes->step[c] > 0 ? (k.at[key * k.columns + c] - codes->centre[c]) / codes->step[c] : 0;
        errors += (x - code) * (x - code);
        squares += code * code;
    }
    codes->longest_error = fmax(codes->longest_error, sqrt(errors));
    codes->longest_code = fmax(codes->longest_code, sqrt(squares));
}

qry_codes *qry_codes_new(const qry_head *head, int bits)
{
    qry_must(bits >= QRY_CODE_MIN_BITS && bits <= QRY_CODE_MAX_BITS);
    qry_ctx *ctx = head->ctx;
    qry_codes *codes = qry_alloc(ctx, 1, sizeof *codes);
    *codes = (qry_codes){.head = head, .bits = bits};
    codes->code = qry_alloc(ctx, head->keys, head->width * sizeof *codes->code);
    double **columns[] = {&codes->step, &codes->centre, &codes->widest_error, &codes->widest_code};
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        *columns[i] = qry_alloc(ctx, head->width, sizeof(double));
    codes->least = qry_alloc(ctx, head->width, sizeof *codes->least);
    codes->most = qry_alloc(ctx, head->width, sizeof *codes->most);
    for (size_t c = 0; c < head->width; c++)
        encode_column(codes, c);
    for (size_t j = 0; j < head->keys; j++)
        measure_key(codes, j);
    return codes;
}

void qry_codes_free(qry_codes *codes)
{
    if (!codes)
        return;
    qry_ctx *ctx = codes->head->ctx;
    qry_free(ctx, codes->code);
    qry_free(ctx, codes->step);
    qry_free(ctx, codes->centre);
    qry_free(ctx, codes->widest_error);
    qry_free(ctx, codes->widest_code);
    qry_free(ctx, codes->least);
    qry_free(ctx, codes->most);
    qry_free(ctx, codes);
}

/* Numbers so small that their unit would be subnormal are less than half of the unit 1: their codes are 0. */
static double unit_of(double largest, int bits)
{
    double unit = largest / (double)((1 << (bits - 1)) - 1);
    return unit >= DBL_MIN ? unit : 1;
}

void qry_codes_query(const qry_codes *codes, size_t row, int bits, qry_query_code *query)
{
    qry_must(bits >= QRY_CODE_MIN_BITS && bits <= QRY_CODE_MAX_BITS);
    const qry_head *head = codes->head;
    const double *q = qry_matrix_row(head->q, row);
    double largest = 0;
    for (size_t c = 0; c < head->width; c++)
        largest = fmax(largest, fabs(q[c] * codes->step[c]));
    query->bits = bits;
    query->unit = unit_of(largest, bits);
    query->base = qry_dot(head->width, q, codes->centre);
    query->reach = 0;
    double key_squares = 0, key_sum = 0, query_squares = 0, query_sum = 0; /* squares: in units of the largest */
    double sizes = 0, half = 1 << (codes->bits - 1), scale = largest > 0 ? largest : 1;
    for (size_t c = 0; c < head->width; c++) {
        double x = q[c] * codes->step[c], code = rint(x / query->unit), error = x - code * query->unit;
        query->code[c] = (int32_t)code;
        query->reach += (int64_t)fabs(code) << (codes->bits - 1);
        key_squares += (x / scale) * (x / scale);
        key_sum += fabs(x) * codes->widest_error[c];
        query_squares += (error / scale) * (error / scale);
        query_sum += fabs(error) * codes->widest_code[c];
        sizes += fabs(q[c] * codes->centre[c]) + half * (fabs(x) + fabs(code * query->unit));
    }
    double from_keys = fmin(scale * sqrt(key_squares) * codes->longest_error, key_sum);
    double from_query = fmin(scale * sqrt(query_squares) * codes->longest_code, query_sum);
    double rounding =
        (double)(head->width + 8) * (rounding_unit * sizes + DBL_MIN); /* DBL_MIN: of subnormal products */
    query->error = (from_keys + from_query) * (1 + guard) + rounding;
}

int64_t qry_query_comparator(const qry_query_code *query, double tau, bool sure)
{
    double least = (tau - (sure ? query->error : 0) - query->base) / query->unit;
    if (!(least > -(double)query->reach))
        return -query->reach;
    if (least > (double)query->reach)
        return query->reach + 1;
    return (int64_t)ceil(least);
}

double qry_query_ceiling(const qry_query_code *query, int64_t comparator)
{
    return query->base + query->unit * (double)(comparator - 1) + query->error;
}
