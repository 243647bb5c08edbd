/* crossing.c: what a row takes on either side as a function of the keys, and where one falls below the other. */
#include "runtime/params/crossover.h"

#include <math.h>

qry_growth qry_growth_of(const double *n, const double *y, size_t count)
{
    double x0 = 0, y0 = 0, xx = 0, xy = 0, squares = 0;
    qry_must(count > 0);
    for (size_t i = 0; i < count; i++) {
        x0 += log(n[i]) / (double)count;
        y0 += log(y[i]) / (double)count;
    }
    for (size_t i = 0; i < count; i++) {
        xx += (log(n[i]) - x0) * (log(n[i]) - x0);
        xy += (log(n[i]) - x0) * (log(y[i]) - y0);
    }
    if (count == 1)
        return (qry_growth){y[0], 0, 0, 1};
    double exponent = xx > 0 ? xy / xx : 0;
    for (size_t i = 0; i < count; i++)
        squares += pow(log(y[i]) - y0 - exponent * (log(n[i]) - x0), 2);
    return (qry_growth){exp(y0 - exponent * x0), exponent, sqrt(squares / (double)count), count};
}

double qry_growth_at(const qry_growth *growth, double n) { return growth->factor * pow(n, growth->exponent); }

/* ---- what a row takes ---- */

/* There are no more than n to be found. */
static double found_of(const qry_crossover_model *m, double n) { return fmin(qry_growth_at(&m->growth, n), n); }

static double calls(const qry_crossover_model *m, double n)
{
    return m->ratio * qry_schedule_calls(&m->schedule, n, found_of(m, n));
}

/* Multiply-adds of all scores and of the sum of all values. */
static double row_operations(const qry_crossover_model *m, double n) { return n * (double)(m->width + m->value_width); }

/* An array multiplier of b x b' bits: an AND and a full adder of five gates for each pair of bits. */
static double gates_of_operation(const qry_crossover_model *m)
{
    enum { GATES_A_PAIR = 6 };
    return GATES_A_PAIR * (double)m->bits.query * m->bits.key;
}

/* A sum of n products takes as many steps as its tree is high. */
static double parallel_steps(double n, double width) { return 1 + log2(fmax(2, n * width)); }

/* The low-rank row: u, of s kernel entries and a triangular system, then s x d_v. */
static double low_rank_operations(const qry_crossover_model *m, double s)
{
    return s * (double)(m->width + m->value_width) + s * s / 2;
}

static double low_rank_cost(const qry_crossover_model *m, qry_measure_kind kind, double n)
{
    double s = qry_growth_at(&m->growth, n), operations = low_rank_operations(m, s);
    switch (kind) {
    case QRY_CROSS_QUERIES:
        return s;
    case QRY_CROSS_DEPTH:
        return operations;
    case QRY_CROSS_PARALLEL: /* the rows of the triangular system come one after the other */
        return s + parallel_steps(s, (double)m->width);
    case QRY_CROSS_GATES:
        return operations * gates_of_operation(m);
    case QRY_CROSS_TIME:
        return operations / m->classical_rate;
    default: /* keys to kernel entries and the factor: what the best classical preprocessing takes as well */
        return (operations + n * s * (s + (double)m->width) / m->rows_asked) / m->classical_rate;
    }
}

double qry_crossover_quantum(const qry_crossover_model *m, qry_measure_kind kind, double bits)
{
    double n = exp2(bits);
    if (m->low_rank)
        return low_rank_cost(m, kind, n);
    double uses = calls(m, n), found = found_of(m, n);
    double seconds = uses * qry_line_at(&m->oracle.t_depth, bits) * m->gate_time;
    switch (kind) {
    case QRY_CROSS_QUERIES:
        return 2 * uses + m->verified * found;
    case QRY_CROSS_DEPTH:
    case QRY_CROSS_PARALLEL:
        return uses * qry_line_at(&m->oracle.depth, bits);
    case QRY_CROSS_GATES:
        return uses * qry_line_at(&m->oracle.gates, bits);
    case QRY_CROSS_TIME:
        return seconds;
    default:
        return seconds + (m->verified * found * (double)m->width + found * (double)m->value_width + m->each * sqrt(n) +
                          n * ((double)m->width + m->once) / m->rows_asked) /
                             m->classical_rate;
    }
}

double qry_crossover_classical(const qry_crossover_model *m, qry_measure_kind kind, double bits)
{
    double n = exp2(bits);
    switch (kind) {
    case QRY_CROSS_QUERIES:
        return n;
    case QRY_CROSS_DEPTH:
        return row_operations(m, n);
    case QRY_CROSS_PARALLEL:
        return parallel_steps(n, (double)m->width) + parallel_steps(n, 1);
    case QRY_CROSS_GATES:
        return row_operations(m, n) * gates_of_operation(m);
    default:
        return row_operations(m, n) / m->classical_rate;
    }
}

/* ---- crossing ---- */

static double log_ratio(const qry_crossover_model *m, qry_measure_kind kind, double bits)
{
    return log2(qry_crossover_quantum(m, kind, bits)) - log2(qry_crossover_classical(m, kind, bits));
}

/* Between a number of bits at which the quantum row takes no less and one at which it does: the first number of keys at which it
 * does, as far as a double tells numbers apart. */
static double bisect(const qry_crossover_model *m, qry_measure_kind kind, double low, double high)
{
    enum { NEAR = 1000 };
    static const double rounding = 1e-13;
    for (int i = 0; i < 60; i++) {
        double middle = (low + high) / 2;
        *(log_ratio(m, kind, middle) < 0 ? &high : &low) = middle;
    }
    double keys = floor(exp2(low));
    for (int i = 0; i < NEAR && !(log_ratio(m, kind, log2(keys)) < -rounding); i++)
        keys++;
    return keys;
}

qry_crossing qry_crossover_find(const qry_crossover_model *m, qry_measure_kind kind)
{
    static const double step = 0.0625;
    qry_crossing crossing = {.nearest = INFINITY};
    double last = -1; /* the last at which the quantum row takes no less; -1: there is none */
    for (double bits = 0; bits <= QRY_CROSS_MAX_BITS; bits += step) {
        double ratio = log_ratio(m, kind, bits);
        last = ratio < 0 ? last : bits;
        crossing.nearest = fmin(crossing.nearest, exp2(ratio));
    }
    crossing.never = last + step > QRY_CROSS_MAX_BITS;
    crossing.slope = log_ratio(m, kind, QRY_CROSS_MAX_BITS) - log_ratio(m, kind, QRY_CROSS_MAX_BITS - 1);
    crossing.keys = crossing.never ? NAN : last >= 0 ? bisect(m, kind, last, last + step) : 1;
    crossing.qubits = crossing.never || m->low_rank ? NAN : qry_line_at(&m->oracle.qubits, log2(crossing.keys));
    return crossing;
}

/* ---- the classical side ---- */

double qry_classical_rate(qry_ctx *ctx, size_t width)
{
    enum { KEYS = 16384, TRIES = 5 };
    static const double enough = 0.01; /* seconds a try */
    qry_matrix keys = qry_matrix_new(ctx, KEYS, width);
    double *query = qry_alloc(ctx, width, sizeof *query), *scores = qry_alloc(ctx, KEYS, sizeof *scores), best = 0;
    for (size_t i = 0; i < KEYS * width; i++)
        keys.at[i] = 1 / (double)(i + 1);
    for (size_t i = 0; i < width; i++)
        query[i] = 1 / (double)(i + 1);
    for (int i = 0; i < TRIES; i++) {
        double start = qry_seconds(), taken = 0, products = 0;
        while (taken < enough) {
            qry_matrix_apply(keys, false, query, scores);
            products++;
            taken = qry_seconds() - start;
        }
        best = fmax(best, products * KEYS * (double)width / taken);
    }
    qry_free(ctx, query);
    qry_free(ctx, scores);
    qry_matrix_free(ctx, &keys);
    return best;
}
