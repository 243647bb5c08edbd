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
static const double finest = 0x1p-16;

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

static double rows_of(const qry_estimator *h) { return (double)(h->search->high - h->search->low) + 1; }

static struct part part_of(qry_estimator *h, qry_summand summand)
{
    struct part part = {.summand = summand, .measure = qry_search_measure(h->search, summand)};
    part.open = !part.measure.none && !part.measure.known;
    return part;
}

/* The states of rows outside of the domain are never marked, which limits the probability. */
static void open_part(qry_estimator *h, struct part *part, qry_method method, double failure, double floor)
{
    const qry_measure *m = &part->measure;
    double most = fmin(ldexp(rows_of(h), -(int)h->search->address), 1);
    double least = fmin(fmax((floor - m->rounding) / m->scale, 0), most);
    qry_amplitude_init(&part->amplitude, h->ctx, method, qry_estimator_experiment(h), failure, least, most,
                       m->grain / m->scale);
}

static void narrow(qry_estimator *h, struct part *part, const qry_aim *aim)
{
    qry_estimator_use(h, part->summand);
    qry_amplitude_narrow(&part->amplitude, aim);
}

static struct range range_of(const struct part *part)
{
    if (!part->open)
        return (struct range){part->measure.number, part->measure.number};
    double low, high, scale = part->measure.scale, rounding = part->measure.rounding;
    qry_amplitude_limits(&part->amplitude, &low, &high);
    return (struct range){fmax(low * scale - rounding, 0), high * scale + rounding};
}

static double value_of(const struct part *part)
{
    return part->open ? qry_amplitude_value(&part->amplitude) * part->measure.scale : part->measure.number;
}

/* Rows are drawn from the domain, without its padding; whoever looks at all of them need not estimate. */
static double classical_samples(qry_estimator *h, const struct part *part, double failure)
{
    struct range range = range_of(part);
    qry_estimator_use(h, part->summand);
    const qry_weights *weights = qry_estimator_weights(h);
    double states = ldexp(1, (int)h->search->address);
    double width = (range.high - range.low) / part->measure.scale * states / rows_of(h);
    if (width <= 0)
        return rows_of(h);
    return fmin(qry_classical_samples(weights->mean, weights->variance, width, failure), rows_of(h));
}

qry_estimate qry_estimator_summand(qry_estimator *h, qry_summand summand, const qry_goal *goal)
{
    qry_must(goal->epsilon > 0 && goal->failure > 0 && goal->failure < 1);
    qry_estimator_forget(h);
    struct part part = part_of(h, summand);
    qry_estimate estimate = {.failure = goal->failure, .reached = true};
    h->ledger.classical_score_evaluations += (uint64_t)rows_of(h);
    if (part.open) {
        qry_aim aim = {part.measure.scale, 0, part.measure.rounding, goal->epsilon, goal->absolute, 0};
        double low, high;
        open_part(h, &part, goal->method, goal->failure, goal->floor);
        narrow(h, &part, &aim);
        qry_amplitude_limits(&part.amplitude, &low, &high);
        estimate.reached = qry_aim_is_met(&aim, low, high);
        estimate.a_calls = part.amplitude.a_calls;
        estimate.classical_samples = classical_samples(h, &part, goal->failure);
    }
    struct range range = range_of(&part);
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

static struct range numerator_of(const struct whole *w)
{
    struct range rows = range_of(&w->part[QRY_SUMMAND_ROWS]), more = range_of(&w->part[QRY_SUMMAND_POSITIVE]);
    struct range less = range_of(&w->part[QRY_SUMMAND_NEGATIVE]);
    double base = is_mean(w) ? 0 : qry_search_base(w->search) * rows.low; /* not 0 only if every row matches */
    return (struct range){base + more.low - less.high, base + more.high - less.low};
}

/* If no row may match, what is said is what the mean is if one does. */
static struct range number_of(const struct whole *w)
{
    struct range rows = range_of(&w->part[QRY_SUMMAND_ROWS]);
    if (w->search->kind == QRY_COUNT)
        return rows;
    struct range n = numerator_of(w);
    if (!is_mean(w))
        return n;
    double base = qry_search_base(w->search), fewest = fmax(rows.low, 1), most = fmax(rows.high, fewest);
    return (struct range){base + n.low / (n.low < 0 ? fewest : most), base + n.high / (n.high < 0 ? most : fewest)};
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

static bool is_enough(const struct whole *w, struct range n)
{
    qry_aim aim = {.scale = 1, .epsilon = w->search->epsilon, .absolute = w->search->absolute};
    return qry_aim_is_met(&aim, n.low, n.high);
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
    qry_aim aim = {open->measure.scale * factor, constant, open->measure.rounding * factor, w->search->epsilon,
                   w->search->absolute,          0};
    narrow(w->h, open, &aim);
}

/* ---- several ---- */

/* How much wider the number becomes when limits of a part's probability are farther from each other. */
static double change_of(const struct whole *w, const struct part *part)
{
    struct range rows = range_of(&w->part[QRY_SUMMAND_ROWS]), n = numerator_of(w);
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
    return sqrt(fmax(p * (1 - p), finest));
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
        qry_aim aim = {1, 0, 0, width * wish[i] / sum / 2, true, share};
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

/* The width that is wanted of the number, without what rounding of the parts takes of it; and the least that makes sense. */
static double wanted_width(const struct whole *w, struct range n)
{
    double half = w->search->epsilon * (w->search->absolute ? 1 : fabs(n.low + n.high) / 2), least = 0;
    for (int i = 0; i < QRY_SUMMANDS; i++) {
        const struct part *part = &w->part[i];
        if (!part->open)
            continue;
        double change = change_of(w, part), rounding = part->measure.rounding * change / part->measure.scale;
        half -= rounding;
        least = fmax(least, fmax(rounding / 8, finest * change * deviation_of(part)));
    }
    return fmax(2 * half, least);
}

static void narrow_several(struct whole *w)
{
    struct part *rows = &w->part[QRY_SUMMAND_ROWS];
    qry_aim some = {rows->measure.scale, 0, rows->measure.rounding, first_rows, false, early_share};
    double part = margin;
    if (rows->open)
        narrow(w->h, rows, &some);
    if (range_of(rows).high <= 0)
        return;
    for (int turn = 0; turn < MOST_TURNS && !has_stopped(w); turn++) {
        struct range n = number_of(w);
        if (is_enough(w, n))
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
        w->open += w->part[i].open;
    }
    for (int i = 0; i < QRY_SUMMANDS; i++)
        if (w->part[i].open)
            open_part(w->h, &w->part[i], search->method, search->failure / w->open, 0);
}

static void write_estimate(struct whole *w, qry_estimate *estimate)
{
    struct range n = number_of(w);
    *estimate = (qry_estimate){.low = n.low, .high = n.high, .failure = w->search->failure, .reached = is_enough(w, n)};
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
    struct whole w = {.h = h, .search = h->search};
    qry_estimator_forget(h);
    h->ledger.classical_score_evaluations += (uint64_t)rows_of(h);
    open_whole(&w);
    if (w.open == 1)
        narrow_one(&w);
    else if (w.open > 1)
        narrow_several(&w);
    bool empty = is_mean(&w) && range_of(&w.part[QRY_SUMMAND_ROWS]).high <= 0;
    if (empty)
        qry_error_at(h->ctx, qry_search_span(h->search), "count how many rows match first",
                     "no row matches: there is nothing to take the mean of");
    else
        write_estimate(&w, estimate);
    for (int i = 0; i < QRY_SUMMANDS; i++)
        if (w.part[i].open)
            qry_amplitude_free(&w.part[i].amplitude);
    return !empty;
}
