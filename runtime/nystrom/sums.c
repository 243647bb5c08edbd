/* sums.c: the sums of columns by amplitude estimation.
 *
 * A column is cut into parts that are nowhere negative: what it is above its least entry, or its positive and its negative
 * half. The first has one part with half of all states marked, the second has few marked if few entries are large; what is known
 * of the entries, their greatest and their norm, says which is likely to be cheaper.
 *
 * An entry of a part is a whole number of units, with digits; the digits of each place are a table, and a place is summed by
 *
 *     estimate sum of U[j] for j in U { epsilon = ..., absolute = 1 }
 *
 * of a program that is compiled once: its table has another content every time. So uniform registers have the bits of a digit and
 * not of a number, and simulations stay small. The sum of digits is a whole number: one that is to be known to less than a half is known
 * exactly, which is all that it costs and leaves the precision to lower places. A place counts BASE times less than the one
 * before, so it may be as much less precise, and costs little: with c_i what place i costs at a precision of its own, precisions
 * in proportion to sqrt(c_i) make all of them cheapest.
 *
 * Rounding to units is at most half a unit a row; that is added to the interval. */
#include "runtime/nystrom/circuits.h"

#include <math.h>
#include <string.h>

/* Rounding to units takes at most this part of the precision. */
static const double rounding_part = 1.0 / 16;

/* With halves a column of norm 1 costs about sqrt(8 sqrt(n) M), M its greatest entry, in units where the other way costs
 * n M / sqrt(n): they are the same where M = 8 / sqrt(n). */
static const double peaked = 8;

/* Limits of a whole number nearer to it than this leave no other. */
static const double exactly = 0.49;

enum { DIGIT_BITS = 3, BASE = 1 << DIGIT_BITS, MOST_PLACES = 54 / DIGIT_BITS, MOST_PARTS = 2 };

/* One part of a column: sign times (column less offset), where that is above 0. */
struct part {
    double sign, offset, greatest;
    int places;
    double unit;
};

struct sums {
    const qry_stage_run *run;
    qry_matrix columns;
    double failure; /* of a column */
    int64_t *number, *digit;
    qry_stage_circuit circuit; /* compiled when first needed */
    qry_estimator *estimator;
    bool stopped;
};

struct range {
    double low, high;
};

/* ---- cutting ---- */

static double entry(const struct sums *s, size_t column, const struct part *part, size_t j)
{
    double x = s->columns.at[j * s->columns.columns + column];
    return fmax(part->sign * (x - part->offset), 0);
}

static void measure(const struct sums *s, size_t column, struct part *part)
{
    for (size_t j = 0; j < s->columns.rows; j++)
        part->greatest = fmax(part->greatest, entry(s, column, part, j));
}

static int cut(const struct sums *s, size_t column, struct part part[MOST_PARTS])
{
    double norm = 0, least = INFINITY, n = (double)s->columns.rows;
    part[0] = (struct part){.sign = 1};
    part[1] = (struct part){.sign = -1};
    for (size_t j = 0; j < s->columns.rows; j++) {
        double x = s->columns.at[j * s->columns.columns + column];
        norm = hypot(norm, x);
        least = fmin(least, x);
    }
    for (int i = 0; i < MOST_PARTS; i++)
        measure(s, column, &part[i]);
    if (fmax(part[0].greatest, part[1].greatest) * sqrt(n) > peaked * norm)
        return 2;
    part[0] = (struct part){.sign = 1, .offset = least};
    measure(s, column, &part[0]);
    return 1;
}

/* As many places as rounding asks for. */
static void choose_unit(const struct sums *s, struct part *part, double precision)
{
    double rows = (double)s->columns.rows, numbers = 1;
    do {
        numbers *= BASE;
        part->places++;
        part->unit = part->greatest / (numbers - 1);
    } while (rows * part->unit / 2 > rounding_part * precision && part->places < MOST_PLACES);
}

/* ---- one place ---- */

static void compile(struct sums *s, const qry_stage_program *program)
{
    s->circuit = qry_stage_compile(s->run, program);
    s->estimator = qry_estimator_new(s->run->ctx, s->circuit.search, &s->run->run, 0);
}

static void bind_digits(struct sums *s, const qry_goal *goal)
{
    size_t n = s->columns.rows;
    if (!s->estimator) {
        const char *text = qry_arena_printf(s->run->arena,
                                            "%stable U[%zu] : uint(%d) = npy(\"digits.npy\");\n"
                                            "total: estimate sum of U[j] for j in U {"
                                            " epsilon = %.9g, absolute = 1, failure = %.9g };\n",
                                            qry_stage_memory(n), n, DIGIT_BITS, goal->epsilon, goal->failure);
        compile(s, &(qry_stage_program){.text = text, .table = {{"U", s->digit, n}}});
        return;
    }
    qry_stage_charge_words(s->run, n);
    if (!qry_program_bind(s->circuit.program, "U", s->digit) || !qry_search_refresh(s->circuit.search)) {
        qry_give_up(s->run->ctx);
    }
}

/* The sum of the digits that are worth `base` to the power of `place`, to `precision`. */
static struct range sum_place(struct sums *s, int place, double precision, double failure, uint64_t stream)
{
    size_t n = s->columns.rows;
    int64_t least = BASE, most = 0;
    for (size_t j = 0; j < n; j++) {
        s->digit[j] = s->number[j] >> (place * DIGIT_BITS) & (BASE - 1);
        least = s->digit[j] < least ? s->digit[j] : least;
        most = s->digit[j] > most ? s->digit[j] : most;
    }
    if (least == most)
        return (struct range){(double)n * (double)least, (double)n * (double)least};
    qry_goal goal = {.epsilon = precision, .absolute = true, .failure = failure};
    bind_digits(s, &goal);
    qry_estimator_restart(s->estimator, stream);
    goal.method = s->circuit.search->method;
    qry_estimate e = qry_estimator_summand(s->estimator, QRY_SUMMAND_POSITIVE, &goal);
    qry_stage_charge(s->run, qry_estimator_ledger(s->estimator));
    s->stopped = s->stopped || e.end == QRY_END_LIMIT;
    double base = qry_search_base(s->circuit.search) * (double)n;
    return (struct range){base + e.low, base + e.high};
}

/* ---- a column ---- */

static struct range sum_part(struct sums *s, size_t column, const struct part *part, double precision, double failure,
                             uint64_t stream)
{
    double n = (double)s->columns.rows, rounding = n * part->unit / 2, roots = 0;
    double whole = precision - fmin(rounding, precision / 2), left = whole, all_roots;
    struct range sum = {part->sign * part->offset * n, part->sign * part->offset * n};
    for (size_t j = 0; j < s->columns.rows; j++)
        s->number[j] = llrint(entry(s, column, part, j) / part->unit);
    for (int place = 0; place < part->places; place++)
        roots += sqrt(ldexp(1, place * DIGIT_BITS));
    all_roots = roots;
    for (int place = part->places - 1; place >= 0; place--) {
        double worth = ldexp(part->unit, place * DIGIT_BITS), root = sqrt(ldexp(1, place * DIGIT_BITS));
        double share = root * fmax(left / roots, whole / all_roots);
        struct range digits =
            sum_place(s, place, fmax(share / worth, exactly), failure / part->places, stream + (uint64_t)place);
        sum.low += worth * digits.low;
        sum.high += worth * digits.high;
        left -= worth * (digits.high - digits.low) / 2;
        roots -= root;
    }
    return (struct range){sum.low - rounding, sum.high + rounding};
}

static void sum_column(struct sums *s, size_t column, double precision, double *low, double *high)
{
    struct part part[MOST_PARTS];
    int parts = cut(s, column, part);
    *low = *high = 0;
    for (int i = 0; i < parts; i++) {
        uint64_t stream = qry_stage_stream(QRY_USE_SUMS, (column * MOST_PARTS + (uint64_t)i) * MOST_PLACES);
        struct range sum = {part[i].offset * (double)s->columns.rows, part[i].offset * (double)s->columns.rows};
        if (part[i].greatest > 0) {
            choose_unit(s, &part[i], precision / parts);
            sum = sum_part(s, column, &part[i], precision / parts, s->failure / parts, stream);
        }
        *low += part[i].sign > 0 ? sum.low : -sum.high;
        *high += part[i].sign > 0 ? sum.high : -sum.low;
    }
}

bool qry_sums_estimate(const qry_stage_run *run, qry_matrix columns, double precision, double *low, double *high)
{
    double start = qry_seconds();
    struct sums s = {.run = run, .columns = columns};
    s.number = qry_alloc(run->ctx, columns.rows, sizeof *s.number);
    s.digit = qry_alloc(run->ctx, columns.rows, sizeof *s.digit);
    s.failure = run->failure / (double)columns.columns;
    for (size_t c = 0; c < columns.columns; c++) {
        qry_stage_progress(run, c, columns.columns);
        sum_column(&s, c, precision, &low[c], &high[c]);
    }
    if (s.stopped)
        qry_warning(run->ctx, "sums ended at the limit of %llu queries: their intervals are wider than was asked for",
                    (unsigned long long)run->run.max_queries);
    qry_estimator_free(s.estimator);
    qry_stage_circuit_free(&s.circuit);
    qry_free(run->ctx, s.number);
    qry_free(run->ctx, s.digit);
    run->stage->seconds += qry_seconds() - start;
    return true;
}
