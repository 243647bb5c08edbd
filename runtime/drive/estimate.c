/* estimate.c: the number that a statement asks for, put together from its summands.
 *
 * With R rows that match, P and N the sums of what their values have above and below the base, a sum is base R + P - N and a
 * mean base + (P - N) / R; a count is R. What is known without a circuit is taken as it is. If only one of them is
 * not, its interval becomes the number's. If there are several, each may be wrong with an equal part of the failure
 * probability, and they are narrowed in turns: a first-order estimate of how the number's width depends on theirs says
 * how wide each may be, so that together they cost least. A summand of width w costs about sqrt(p (1-p)) / w, so with
 * g the number's change per width, w is best in proportion to sqrt(sqrt(p (1-p)) / g). */
#include "runtime/drive/estimator.h"

#include <math.h>

/* While the number is unsure to more than what is wanted, its width is divided by this at a time, */
static const double stride = 8;

/* for this part of the failure probability that a summand has left. */
static const double early_share = 0.1;

/* Of the width that is wanted, at first; and less by this factor whenever it was not enough after all. */
static const double margin = 0.97, less_margin = 0.85;

/* Widths below this part of the greatest summand's share are not asked for: the number may be 0, and any relative error
 * of 0 is too large. */
static const double least_share = 0x1p-16;

/* How narrow the number of rows is to be before it divides anything. */
static const double first_rows = 0.5;

enum { MOST_TURNS = 64 };

/* A summand on its way. */
struct part {
    qry_summand summand;
    qry_measure measure;
    bool open; /* circuits must be run to know it */
    qry_amplitude amplitude;
};

struct range {
    double low, high;
};

/* ---- one summand ---- */

static double rows_of(const qry_estimator *h) { return (double)(h->runs.search->high - h->runs.search->low) + 1; }

static struct part part_of(qry_estimator *h, qry_summand summand)
{
    struct part part = {.summand = summand, .measure = qry_search_measure(h->runs.search, summand)};
    part.open = !part.measure.none && !part.measure.known;
    return part;
}

/* A sum of the summand that is surely there, by the range of the values. */
static double least_of(const qry_estimator *h, qry_summand summand)
{
    double low, high, base = qry_search_base(h->runs.search);
    if (summand == QRY_SUMMAND_ROWS || h->runs.search->has_where)
        return 0;
    qry_search_values(h->runs.search, &low, &high);
    return rows_of(h) * fmax(summand == QRY_SUMMAND_POSITIVE ? low - base : base - high, 0);
}

/* The states of rows outside of the domain are never marked, and those of a row no more than its greatest summand has:
 * that limits the probability. The sum is known to be at least `least_sum`. */
static void open_part(qry_estimator *h, struct part *part, qry_method method, double failure, double least_sum)
{
    const qry_measure *m = &part->measure;
    double most =
        fmin((rows_of(h) * m->greatest + m->rounding) / m->scale, ldexp(rows_of(h), -(int)h->runs.search->address));
    least_sum = fmax(least_sum, least_of(h, part->summand));
    double least = fmin(fmax((least_sum - m->rounding) / m->scale, 0), most);
    qry_amplitude_init(&part->amplitude, h->runs.ctx, method, qry_estimator_experiment(h), failure, least, most,
                       m->grain / m->scale);
}

static void narrow(qry_estimator *h, struct part *part, const qry_aim *aim)
{
    qry_estimator_use(h, part->summand);
    qry_amplitude_narrow(&part->amplitude, aim);
}

/* Every row that matches adds its rounding: at most this part of the rows. */
static struct range range_of(const struct part *part, double share)
{
    if (!part->open)
        return (struct range){part->measure.number, part->measure.number};
    double low, high, scale = part->measure.scale, rounding = part->measure.rounding * share;
    qry_amplitude_limits(&part->amplitude, &low, &high);
    return (struct range){fmax(low * scale - rounding, 0), high * scale + rounding};
}

static double value_of(const struct part *part)
{
    return part->open ? qry_amplitude_value(&part->amplitude) * part->measure.scale : part->measure.number;
}

/* Rows are drawn from the domain, without its padding; whoever looks at all of them need not estimate. Numbers between 0
 * and `greatest` vary by at most mean (greatest - mean): more is not known of them without looking. */
static double classical_samples(qry_estimator *h, const struct part *part, double failure)
{
    struct range range = range_of(part, 1);
    double rows = rows_of(h), unit = ldexp(1, (int)h->runs.search->address) / part->measure.scale;
    double width = (range.high - range.low) * unit / rows, greatest = fmin(part->measure.greatest * unit, 1);
    double mean = fmin(fmax(value_of(part) * unit / rows, 0), greatest);
    if (width <= 0)
        return rows;
    return qry_classical_samples(h->runs.ctx, mean, mean * (greatest - mean), width, failure, rows);
}

qry_estimate qry_estimator_summand(qry_estimator *h, qry_summand summand, const qry_goal *goal)
{
    qry_must(goal->epsilon > 0 && goal->failure > 0 && goal->failure < 1);
    qry_estimator_forget(h);
    struct part part = part_of(h, summand);
    qry_estimate estimate = {.failure = goal->failure, .end = QRY_END_REACHED};
    h->runs.ledger.classical_score_evaluations += (uint64_t)rows_of(h);
    if (part.open) {
        qry_aim aim = {.scale = part.measure.scale,
                       .rounding = part.measure.rounding,
                       .epsilon = goal->epsilon,
                       .absolute = goal->absolute};
        double low, high;
        open_part(h, &part, goal->method, goal->failure, goal->floor);
        narrow(h, &part, &aim);
        qry_amplitude_limits(&part.amplitude, &low, &high);
        estimate.end = qry_aim_end(&aim, low, high, part.amplitude.stopped);
        estimate.a_calls = part.amplitude.a_calls;
        estimate.classical_samples = classical_samples(h, &part, goal->failure);
    }
    struct range range = range_of(&part, 1);
    estimate.reached = estimate.end == QRY_END_REACHED;
    estimate.low = range.low;
    estimate.high = range.high;
    estimate.value = value_of(&part);
    qry_amplitude_free(&part.amplitude);
    return estimate;
}

/* ---- a whole statement ---- */

struct whole {
    qry_estimator *h;
    const qry_search *search;
    struct part part[QRY_SUMMANDS];
    int open;
};

static bool is_mean(const struct whole *w) { return w->search->kind == QRY_ESTIMATE_MEAN; }

static struct range rows_in(const struct whole *w) { return range_of(&w->part[QRY_SUMMAND_ROWS], 1); }

/* The part of the domain's rows that may match. */
static double share_of(const struct whole *w) { return fmin(rows_in(w).high / rows_of(w->h), 1); }

static struct range numerator_of(const struct whole *w)
{
    double share = share_of(w);
    struct range more = range_of(&w->part[QRY_SUMMAND_POSITIVE], share);
    struct range less = range_of(&w->part[QRY_SUMMAND_NEGATIVE], share);
    double base = is_mean(w) ? 0 : qry_search_base(w->search) * rows_in(w).low; /* not 0 only if every row matches */
    return (struct range){base + more.low - less.high, base + more.high - less.low};
}

/* What values are between, their mean is; their sum is that many times the rows, some of which may not match. */
static struct range values_of(const struct whole *w)
{
    struct range values;
    double rows = rows_of(w->h);
    qry_search_values(w->search, &values.low, &values.high);
    if (is_mean(w))
        return values;
    bool all = !w->search->has_where;
    return (struct range){rows * (all ? values.low : fmin(values.low, 0)),
                          rows * (all ? values.high : fmax(values.high, 0))};
}

static struct range cut(struct range n, struct range known)
{
    return (struct range){fmin(fmax(n.low, known.low), known.high), fmin(fmax(n.high, known.low), known.high)};
}

/* If no row may match, what is said is what the mean is if one does. */
static struct range number_of(const struct whole *w)
{
    struct range rows = rows_in(w);
    if (w->search->kind == QRY_COUNT)
        return rows;
    struct range n = numerator_of(w);
    if (!is_mean(w))
        return cut(n, values_of(w));
    double base = qry_search_base(w->search), fewest = fmax(rows.low, 1), most = fmax(rows.high, fewest);
    n.low = base + n.low / (n.low < 0 ? fewest : most);
    n.high = base + n.high / (n.high < 0 ? most : fewest);
    return cut(n, values_of(w));
}

static double best_number(const struct whole *w)
{
    double rows = value_of(&w->part[QRY_SUMMAND_ROWS]);
    if (w->search->kind == QRY_COUNT)
        return rows;
    double difference = value_of(&w->part[QRY_SUMMAND_POSITIVE]) - value_of(&w->part[QRY_SUMMAND_NEGATIVE]);
    double base = qry_search_base(w->search);
    return is_mean(w) ? base + difference / fmax(rows, 1) : base * rows + difference;
}

/* ---- one open summand: an aim of its own ---- */

static void narrow_one(struct whole *w)
{
    struct part *open = w->part;
    while (!open->open)
        open++;
    double constant = 0, factor = is_mean(w) ? 1 / fmax(w->part[QRY_SUMMAND_ROWS].measure.number, 1) : 1;
    if (w->search->kind != QRY_COUNT) {
        double base = qry_search_base(w->search);
        double sign = open->summand == QRY_SUMMAND_NEGATIVE ? -1 : 1; /* only the number's magnitude matters */
        constant = sign * (is_mean(w) ? base : base * w->part[QRY_SUMMAND_ROWS].measure.number);
    }
    qry_aim aim = {.scale = open->measure.scale * factor,
                   .offset = constant,
                   .rounding = open->measure.rounding * factor,
                   .epsilon = w->search->epsilon,
                   .absolute = w->search->absolute};
    narrow(w->h, open, &aim);
}

/* ---- several ---- */

/* How much wider the number becomes when limits of a part's probability are farther from each other. */
static double change_of(const struct whole *w, const struct part *part)
{
    struct range rows = rows_in(w), n = numerator_of(w);
    double count = fmax((rows.low + rows.high) / 2, 1), scale = part->measure.scale;
    if (part->summand == QRY_SUMMAND_ROWS)
        return scale * fmax(fabs(n.low), fabs(n.high)) / (count * count);
    return is_mean(w) ? scale / count : scale;
}

static double deviation_of(const struct part *part)
{
    double low, high;
    qry_amplitude_limits(&part->amplitude, &low, &high);
    double p = (low + high) / 2;
    return sqrt(fmax(p * (1 - p), least_share));
}

/* Narrows all open parts so that the number's width is about `width`. */
static void share_width(struct whole *w, double width, double share)
{
    double change[QRY_SUMMANDS], wish[QRY_SUMMANDS], sum = 0;
    for (int i = 0; i < QRY_SUMMANDS; i++) {
        struct part *part = &w->part[i];
        change[i] = part->open ? change_of(w, part) : 0;
        wish[i] = change[i] > 0 ? sqrt(deviation_of(part) / change[i]) : 0;
        sum += wish[i] * change[i];
    }
    for (int i = 0; i < QRY_SUMMANDS; i++) {
        qry_aim aim = {.scale = 1, .epsilon = width * wish[i] / sum / 2, .absolute = true, .share = share};
        if (wish[i] > 0)
            narrow(w->h, &w->part[i], &aim);
    }
}

static bool has_stopped(const struct whole *w)
{
    bool stopped = false;
    for (int i = 0; i < QRY_SUMMANDS; i++)
        stopped |= w->part[i].open && w->part[i].amplitude.stopped;
    return stopped;
}

/* How far rounding of the parts may move the number: a mean by as much as a row's may. */
static double rounding_of(const struct whole *w)
{
    double sum = 0;
    for (int i = 0; i < QRY_SUMMANDS; i++)
        sum += w->part[i].open ? w->part[i].measure.rounding : 0;
    return is_mean(w) ? sum / rows_of(w->h) : sum;
}

/* What is wanted of the number itself. */
static qry_aim aim_of(const struct whole *w)
{
    return (qry_aim){.scale = 1, .epsilon = w->search->epsilon, .absolute = w->search->absolute};
}

/* Why nothing more is done when its limits are these. */
static qry_estimate_end end_of(const struct whole *w, struct range n)
{
    qry_aim aim = aim_of(w);
    aim.rounding = fmin(rounding_of(w), (n.high - n.low) / 2);
    return qry_aim_end(&aim, n.low + aim.rounding, n.high - aim.rounding, has_stopped(w));
}

static bool is_over(const struct whole *w, struct range n)
{
    qry_aim aim = aim_of(w), rounded = aim;
    rounded.rounding = rounding_of(w);
    return has_stopped(w) || qry_aim_is_met(&aim, n.low, n.high) || !qry_aim_is_possible(&rounded, n.low, n.high);
}

/* The width that is wanted of the number, without what rounding takes of it; and the least that makes sense. */
static double wanted_width(const struct whole *w, struct range n)
{
    double rounding = rounding_of(w), least = rounding / 8;
    double half = w->search->epsilon * (w->search->absolute ? 1 : fabs(n.low + n.high) / 2) - rounding;
    for (int i = 0; i < QRY_SUMMANDS; i++)
        if (w->part[i].open)
            least = fmax(least, least_share * change_of(w, &w->part[i]) * deviation_of(&w->part[i]));
    return fmax(2 * half, least);
}

static void narrow_several(struct whole *w)
{
    struct part *rows = &w->part[QRY_SUMMAND_ROWS];
    qry_aim some = {.scale = rows->measure.scale, .epsilon = first_rows, .share = early_share};
    double part = margin;
    if (rows->open)
        narrow(w->h, rows, &some);
    if (rows_in(w).high <= 0)
        return;
    for (int turn = 0; turn < MOST_TURNS; turn++) {
        struct range n = number_of(w);
        if (is_over(w, n))
            return;
        double width = wanted_width(w, n), early = (n.high - n.low) / stride;
        bool last = width >= early;
        share_width(w, last ? width * part : early, last ? 0 : early_share);
        part *= last ? less_margin : 1;
    }
}

/* ---- together ---- */

static void open_whole(struct whole *w)
{
    const qry_search *search = w->search;
    for (int i = 0; i < QRY_SUMMANDS; i++) {
        if (i != QRY_SUMMAND_ROWS && search->kind == QRY_COUNT)
            continue;
        w->part[i] = part_of(w->h, (qry_summand)i);
        /* A sum needs no rows but those that are known: of what counts from a base, every one matches. */
        if (i == QRY_SUMMAND_ROWS && search->kind == QRY_ESTIMATE_SUM)
            w->part[i].open = false;
        /* Nor needs a mean more than a row that matches if the values are all alike. */
        if (i != QRY_SUMMAND_ROWS && is_mean(w) && values_of(w).low == values_of(w).high)
            w->part[i].open = false;
        w->open += w->part[i].open;
    }
    for (int i = 0; i < QRY_SUMMANDS; i++)
        if (w->part[i].open)
            open_part(w->h, &w->part[i], search->method, search->failure / w->open, 0);
}

static void write_estimate(struct whole *w, qry_estimate *estimate)
{
    struct range n = number_of(w);
    qry_estimate_end end = end_of(w, n);
    *estimate = (qry_estimate){
        .low = n.low, .high = n.high, .failure = w->search->failure, .reached = end == QRY_END_REACHED, .end = end};
    estimate->value = fmin(fmax(best_number(w), n.low), n.high);
    for (int i = 0; i < QRY_SUMMANDS; i++) {
        const struct part *part = &w->part[i];
        if (!part->open)
            continue;
        double samples = classical_samples(w->h, part, w->search->failure / w->open);
        estimate->a_calls += part->amplitude.a_calls;
        estimate->classical_samples = fmax(estimate->classical_samples, samples); /* the same rows serve all */
    }
}

bool qry_estimator_run(qry_estimator *h, qry_estimate *estimate)
{
    struct whole w = {.h = h, .search = h->runs.search};
    qry_estimator_forget(h);
    h->runs.ledger.classical_score_evaluations += (uint64_t)rows_of(h);
    open_whole(&w);
    if (w.open == 1 && !(is_mean(&w) && w.part[QRY_SUMMAND_ROWS].open))
        narrow_one(&w);
    else if (w.open > 0)
        narrow_several(&w);
    bool empty = is_mean(&w) && rows_in(&w).high <= 0;
    if (empty)
        qry_error_at(h->runs.ctx, qry_search_span(h->runs.search), "count how many rows match first",
                     "with probability at least %.10g, no row matches: there is nothing to take the mean of",
                     1 - h->runs.search->failure / w.open);
    else
        write_estimate(&w, estimate);
    for (int i = 0; i < QRY_SUMMANDS; i++)
        if (w.part[i].open)
            qry_amplitude_free(&w.part[i].amplitude);
    return !empty;
}
