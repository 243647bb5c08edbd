/* crossing.c: what a row takes on either side as a function of the keys, and where one falls below the other. */
#include "runtime/params/crossover.h"

#include <math.h>

/* How many of them differ. */
static size_t count_lengths(const double *n, size_t count)
{
    size_t lengths = 0;
    for (size_t i = 0; i < count; i++) {
        bool seen = false;
        for (size_t j = 0; j < i; j++)
            seen |= n[j] == n[i];
        lengths += !seen;
    }
    return lengths;
}

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
    size_t lengths = count_lengths(n, count);
    double exponent = lengths > 1 ? xy / xx : 0;
    for (size_t i = 0; i < count; i++)
        squares += pow(log(y[i]) - y0 - exponent * (log(n[i]) - x0), 2);
    return (qry_growth){y0 - exponent * x0, exponent, sqrt(squares / (double)count), lengths};
}

double qry_growth_at(const qry_growth *growth, double n) { return exp(growth->log_factor + growth->exponent * log(n)); }

/* ---- what a row takes ---- */

/* Of a circuit's rows: the next power of two. */
static int bits_of(double keys)
{
    int exponent;
    return frexp(keys, &exponent) > 0.5 ? exponent : exponent - 1;
}

/* There is one at least, and there are no more than n to be found. */
static double found_of(const qry_crossover_model *m, double n)
{
    return fmin(fmax(1, qry_growth_at(&m->growth, n)), n);
}

/* The uses of the oracle in a row. */
static double calls(const qry_crossover_model *m, double n)
{
    return m->over.ratio * qry_schedule_calls(&m->schedule, exp2(bits_of(n)), found_of(m, n));
}

/* Multiply-adds of all scores and of the sum of all values. */
static double row_operations(const qry_crossover_model *m, double n) { return n * (double)(m->width + m->value_width); }

double qry_crossover_gates_of_operation(qry_widths bits)
{
    return QRY_CROSS_GATES_A_PAIR * (double)bits.query * bits.key;
}

/* A sum of n products takes as many steps as its tree is high. */
static double parallel_steps(double n, double width) { return 1 + log2(fmax(2, n * width)); }

/* The low-rank row: u, of s kernel entries and a triangular system, then s x d_v. */
static double low_rank_operations(const qry_crossover_model *m, double s)
{
    return s * (double)(m->width + m->value_width) + s * s / 2;
}

static double landmarks_of(const qry_crossover_model *m, double n)
{
    return fmin(fmax(1, qry_growth_at(&m->growth, n)), m->points * n);
}

static double low_rank_cost(const qry_crossover_model *m, qry_measure_kind kind, double n, double s)
{
    double operations = low_rank_operations(m, s);
    switch (kind) {
    case QRY_CROSS_QUERIES:
        return s;
    case QRY_CROSS_DEPTH:
        return operations;
    case QRY_CROSS_PARALLEL: /* the rows of the triangular system come one after the other */
        return s + parallel_steps(s, (double)m->width);
    case QRY_CROSS_GATES:
        return operations * qry_crossover_gates_of_operation(m->bits);
    case QRY_CROSS_TIME:
        return operations / m->classical_rate;
    default: /* keys to kernel entries and the factor: what the best classical preprocessing takes as well */
        return (operations + n * s * (s + (double)m->width) / m->rows_asked) / m->classical_rate;
    }
}

/* Of n keys, `found` of which are found with so many uses of the oracle. */
static double search_cost(const qry_crossover_model *m, qry_measure_kind kind, double n, double found, double uses)
{
    int bits = bits_of(n);
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

double qry_crossover_quantum(const qry_crossover_model *m, qry_measure_kind kind, double keys)
{
    return m->low_rank ? low_rank_cost(m, kind, keys, landmarks_of(m, keys))
                       : search_cost(m, kind, keys, found_of(m, keys), calls(m, keys));
}

double qry_crossover_here(const qry_crossover_model *m, qry_measure_kind kind)
{
    double keys = (double)m->here.keys;
    return m->low_rank ? low_rank_cost(m, kind, keys, m->here.found)
                       : search_cost(m, kind, keys, m->here.found, m->here.calls);
}

double qry_crossover_classical(const qry_crossover_model *m, qry_measure_kind kind, double keys)
{
    switch (kind) {
    case QRY_CROSS_QUERIES:
        return keys;
    case QRY_CROSS_DEPTH:
        return row_operations(m, keys);
    case QRY_CROSS_PARALLEL:
        return parallel_steps(keys, (double)m->width) + parallel_steps(keys, 1);
    case QRY_CROSS_GATES:
        return row_operations(m, keys) * qry_crossover_gates_of_operation(m->bits);
    default:
        return row_operations(m, keys) / m->classical_rate;
    }
}

/* ---- crossing ---- */

static double ratio_at(const qry_crossover_model *m, qry_measure_kind kind, double keys)
{
    return qry_crossover_quantum(m, kind, keys) / qry_crossover_classical(m, kind, keys);
}

/* Less by more than rounding. */
static bool is_less(double ratio)
{
    static const double rounding = 1e-13;
    return ratio < 1 - rounding;
}

/* As far as a double tells numbers apart. */
static double next_number(double n) { return n < 0x1p53 ? n + 1 : nextafter(n, INFINITY); }

/* Both in one power of two, where circuits are the same, and the quantum row takes less at one of them alone: leaves them side
 * by side, where that changes. */
static void close_in(const qry_crossover_model *m, qry_measure_kind kind, double *low, double *high)
{
    bool at_high = is_less(ratio_at(m, kind, *high));
    while (next_number(*low) < *high) {
        double middle = floor((*low + *high) / 2);
        *(is_less(ratio_at(m, kind, middle)) == at_high ? high : low) = middle;
    }
}

/* What is known after looking at numbers of keys up to one. */
struct look {
    double keys;
    bool less;
};

static void look_at(const qry_crossover_model *m, qry_measure_kind kind, double keys, struct look *at,
                    qry_crossing *crossing)
{
    double ratio = ratio_at(m, kind, keys), low = at->keys, high = keys;
    struct look now = {keys, is_less(ratio)};
    crossing->nearest = fmin(crossing->nearest, ratio);
    if (now.less != at->less) {
        if (low >= 1)
            close_in(m, kind, &low, &high);
        crossing->keys = now.less ? high : NAN;
        crossing->last = now.less ? NAN : low;
    }
    *at = now;
}

qry_crossing qry_crossover_find(const qry_crossover_model *m, qry_measure_kind kind)
{
    enum { STEPS = 16 }; /* to a power of two */
    const int least = m->low_rank ? 1 : QRY_CROSS_LEAST_BITS;
    qry_crossing crossing = {.keys = NAN, .last = NAN, .nearest = INFINITY};
    struct look at = {0};
    double last = NAN;
    look_at(m, kind, exp2(least), &at, &crossing);
    for (int bits = least + 1; bits <= QRY_CROSS_MAX_BITS; bits++)
        for (int i = 0; i <= STEPS; i++) {
            double first = next_number(exp2(bits - 1)), keys = floor(exp2(bits - 1 + (double)i / STEPS));
            look_at(m, kind, fmax(first, keys), &at, &crossing);
            last = isnan(crossing.last) ? last : crossing.last;
        }
    bool ran = m->low_rank || m->here.calls > 0; /* a row that wants all keys searches for nothing */
    bool here = m->here.keys > 0 && ran &&
                is_less(qry_crossover_here(m, kind) / qry_crossover_classical(m, kind, (double)m->here.keys));
    crossing.last = at.less ? NAN : here ? fmax((double)m->here.keys, isnan(last) ? 0 : last) : last;
    crossing.never = isnan(crossing.keys) && isnan(crossing.last);
    crossing.slope =
        log2(ratio_at(m, kind, exp2(QRY_CROSS_MAX_BITS))) - log2(ratio_at(m, kind, exp2(QRY_CROSS_MAX_BITS - 1)));
    crossing.qubits =
        isnan(crossing.keys) || m->low_rank ? NAN : qry_line_at(&m->oracle.qubits, bits_of(crossing.keys));
    return crossing;
}
