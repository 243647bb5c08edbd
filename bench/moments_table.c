/* moments_table.c: how good the moments of the rest are on real heads, with exact searches. Usage:
 *
 *   moments_table errors|bounds|measured|plans|ranges|sizes|thresholds|widths|time FOLDER...
 *
 * where a FOLDER has q.npy, k.npy and v.npy. Errors and bounds are relative to the length of the exact output. "plain"
 * is the method without our refinements, on the same groups: sizes e^(variance / 2) whatever the threshold, and
 * the bound by the triangle inequality over groups with Bennett's limits for both energies. */
#include "runtime/attend/attend.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct setting {
    qry_ctx *ctx;
    const char *name;
    qry_head *head;
    qry_moments *moments;
    qry_rest *rest;
    double *scores, *exact, *output;
    uint32_t *order; /* keys by falling score */
    size_t step;     /* every so many rows */
};

/* Of the processor, so that other work on the machine does not count. */
static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

struct sample {
    double *value;
    size_t count, room;
};

static void add(qry_ctx *ctx, struct sample *s, double value)
{
    QRY_GROW(ctx, s->value, s->room, s->count + 1);
    s->value[s->count++] = value;
}

static double quantile(struct sample *s, double p)
{
    if (s->count == 0)
        return NAN;
    qsort(s->value, s->count, sizeof(double), compare);
    return s->value[(size_t)lround(p * (double)(s->count - 1))];
}

static double mean(const struct sample *s)
{
    double sum = 0;
    for (size_t i = 0; i < s->count; i++)
        sum += s->value[i];
    return sum / (double)s->count;
}

/* ---- rows ---- */

struct scored {
    double score;
    uint32_t key;
};

static int higher_first(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;
    return x->score < y->score ? 1 : x->score > y->score ? -1 : x->key < y->key ? -1 : x->key > y->key;
}

/* The exact row, and its keys in the order of their scores, which become those without the shift. */
static void exact_row(struct setting *s, size_t row)
{
    double normaliser, shift;
    qry_head_exact(s->head, row, s->scores, s->exact, &normaliser, &shift);
    size_t n = s->head->keys;
    struct scored *sorted = qry_alloc(s->ctx, n, sizeof *sorted);
    for (size_t j = 0; j < n; j++)
        sorted[j] = (struct scored){qry_head_score(s->head, row, j), (uint32_t)j};
    qsort(sorted, n, sizeof *sorted, higher_first);
    for (size_t j = 0; j < n; j++) {
        s->order[j] = sorted[j].key;
        s->scores[j] = sorted[j].score;
    }
    qry_free(s->ctx, sorted);
}

static double distance(const struct setting *s, const double *output)
{
    double sum = 0;
    for (size_t i = 0; i < s->head->value_width; i++)
        sum += (output[i] - s->exact[i]) * (output[i] - s->exact[i]);
    return sqrt(sum);
}

static double length(const struct setting *s) { return qry_norm(s->head->value_width, s->exact); }

/* Takes the k best keys out; the ceiling is the best score that is left. */
static void remove_top(struct setting *s, size_t row, size_t k)
{
    qry_rest_of_row(s->rest, row);
    qry_rest_remove(s->rest, s->order, k, k > 0 && k < s->head->keys ? s->scores[k] : INFINITY);
}

static void set_groups(struct setting *s, size_t groups)
{
    qry_rest_free(s->rest);
    qry_moments_free(s->moments);
    s->moments = qry_moments_new(s->head, groups, 1);
    s->rest = qry_rest_new(s->ctx, s->moments);
}

/* ---- the plain method ---- */

static void plain_laws(qry_rest *rest)
{
    for (size_t c = 0; c < rest->moments->groups; c++) {
        qry_rest_group *g = &rest->group[c];
        double whole = exp(fmin(g->variance / 2 - g->high, 0));
        g->law.size = g->law.slope = fmin(fmax(whole, g->law.size_low), g->law.size_high);
    }
}

/* In units of e^(2 high): the energy of e^x - size (1 + x), by Bennett's limits. */
static double plain_energy(const qry_rest_group *g)
{
    double v = g->variance, b = g->high, size = g->law.size;
    if (v == 0)
        return 0;
    double squares = (v * 4 + 4 * b * b * exp(-2 * v / b - 2 * b)) / (4 * v + 4 * b * b);
    double both = g->law.size_low + v * g->law.slope_low;
    return fmax(squares - 2 * size * both + size * size * (1 + v), 0);
}

static double plain_bound(const struct setting *s, const double *output)
{
    const qry_rest *rest = s->rest;
    const qry_head *head = s->head;
    size_t dv = head->value_width;
    double least = rest->found_weight, sum = 0, *away = qry_alloc(s->ctx, dv, sizeof *away);
    double *values = qry_alloc(s->ctx, dv, sizeof *values);
    for (size_t c = 0; c < rest->moments->groups; c++) {
        const qry_rest_group *g = &rest->group[c];
        if (g->count == 0)
            continue;
        qry_matrix spread = qry_matrix_new(s->ctx, dv, dv);
        memcpy(spread.at, qry_matrix_row(rest->moments->spread, c), dv * dv * sizeof(double));
        double norm = sqrt(fmin(g->energy, fmax(qry_matrix_top_eigen(s->ctx, spread, values), 0)));
        qry_matrix_free(s->ctx, &spread);
        for (size_t i = 0; i < dv; i++)
            away[i] = qry_matrix_row(rest->value_mean, c)[i] + head->value_mean[i] - output[i];
        double error = fmax(g->law.size_high - g->law.size, g->law.size - g->law.size_low);
        sum += g->weight * sqrt(plain_energy(g) / g->count) * norm + g->weight * error * qry_norm(dv, away);
        least += g->weight * g->law.size_low;
    }
    qry_free(s->ctx, away);
    qry_free(s->ctx, values);
    return sum / least;
}

/* ---- the tables ---- */

static const size_t group_counts[] = {1, 16, 32, 64, 128};
static const size_t found_counts[] = {0, 8, 16, 32, 64};
enum { GROUP_COUNTS = 5, FOUND_COUNTS = 5, DROP = FOUND_COUNTS, COLUMNS };

/* How many keys are found in a column of the table of errors: so many, or all that score within 6 of the best. */
static size_t found_in_column(const struct setting *s, size_t column)
{
    size_t k = 0;
    if (column < FOUND_COUNTS)
        return found_counts[column] < s->head->keys ? found_counts[column] : s->head->keys;
    while (k < s->head->keys && s->scores[k] >= s->scores[0] - 6)
        k++;
    return k;
}

static void print_errors(const char *what, struct sample *errors)
{
    printf("  %-9s", what);
    for (size_t i = 0; i < COLUMNS; i++)
        printf("  %.4f/%.3f/%.2f (%.4f)", quantile(&errors[i], .5), quantile(&errors[i], .95), quantile(&errors[i], 1),
               mean(&errors[i]));
    printf("\n");
}

static void table_errors(struct setting *s)
{
    printf("%s: error, median/p95/max (mean), for k = 0, 8, 16, 32, 64 and for a drop of 6\n", s->name);
    for (size_t i = 0; i < GROUP_COUNTS; i++) {
        struct sample plain[COLUMNS] = {0}, full[COLUMNS] = {0}, constant[COLUMNS] = {0};
        set_groups(s, group_counts[i]);
        for (size_t row = 0; row < s->head->rows; row += s->step) {
            exact_row(s, row);
            for (size_t j = 0; j < COLUMNS; j++) {
                remove_top(s, row, found_in_column(s, j));
                qry_answer_output(s->rest, QRY_REST_MOMENTS, s->output);
                add(s->ctx, &full[j], distance(s, s->output) / length(s));
                qry_answer_output(s->rest, QRY_REST_CONSTANT, s->output);
                add(s->ctx, &constant[j], distance(s, s->output) / length(s));
                plain_laws(s->rest);
                qry_answer_output(s->rest, QRY_REST_MOMENTS, s->output);
                add(s->ctx, &plain[j], distance(s, s->output) / length(s));
            }
        }
        printf(" G = %zu\n", s->moments->groups);
        print_errors("plain", plain);
        print_errors("hybrid", full);
        print_errors("sparse", constant);
    }
}

static void table_bounds(struct setting *s)
{
    static const size_t cases[][2] = {{16, 16}, {32, 16}, {64, 16}, {64, 64}};
    printf("%s: median error, median and p95 of the bound, rows above the trivial bound; rows over the bound\n",
           s->name);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sample error[3] = {0}, bound[3] = {0};
        size_t broken = 0, trivial[3] = {0};
        set_groups(s, cases[i][0]);
        for (size_t row = 0; row < s->head->rows; row += s->step) {
            exact_row(s, row);
            remove_top(s, row, cases[i][1]);
            for (int method = 0; method < 3; method++) {
                if (method == 2)
                    plain_laws(s->rest);
                qry_answer_output(s->rest, method == 1 ? QRY_REST_CONSTANT : QRY_REST_MOMENTS, s->output);
                double e = distance(s, s->output);
                double b = method == 2 ? plain_bound(s, s->output) : qry_bound_output(s->rest, s->output);
                broken += !(e <= b);
                trivial[method] += b > 2 * s->head->value_radius;
                add(s->ctx, &error[method], e / length(s));
                add(s->ctx, &bound[method], b / length(s));
            }
        }
        static const char *const names[] = {"hybrid", "sparse", "plain"};
        for (int method = 0; method < 3; method++)
            printf("  G = %zu k = %zu %-7s %.4f / %.4f  p95 %.3f  trivial %zu  broken %zu\n", cases[i][0], cases[i][1],
                   names[method], quantile(&error[method], .5), quantile(&bound[method], .5),
                   quantile(&bound[method], .95), trivial[method], broken);
    }
}

/* The sum of the weights that remove_top left, and the energy that was chosen, from all scores. */
static double exact_total(const struct setting *s, size_t found)
{
    double sum = 0;
    for (size_t j = found; j < s->head->keys; j++)
        sum += exp(s->scores[j] - s->rest->shift);
    return sum;
}

static double exact_energy(const struct setting *s, size_t found)
{
    double sum = 0;
    for (size_t j = found; j < s->head->keys; j++)
        sum += qry_rest_energy_term(s->rest, s->moments->group_of[s->order[j]], s->scores[j], s->scores[j]);
    return sum;
}

/* How wide the intervals are: relative, of the sum of the weights and of the energy; INFINITY: not measured. */
struct precision {
    double total, energy;
};

static void measure_rest(struct setting *s, size_t found, struct precision p)
{
    double total = exact_total(s, found);
    if (isfinite(p.total))
        qry_rest_measured_total(s->rest, total * (1 - p.total), total * (1 + p.total));
    qry_rest_choose_energy(s->rest);
    if (isfinite(p.energy))
        qry_rest_measured_energy(s->rest, exact_energy(s, found) * (1 + p.energy));
}

static void print_measured(struct setting *s, size_t column, struct precision p)
{
    struct sample error[2] = {0}, bound[2] = {0}, ratio[2] = {0};
    size_t broken = 0;
    for (size_t row = 0; row < s->head->rows; row += s->step) {
        exact_row(s, row);
        size_t k = found_in_column(s, column);
        if (k == s->head->keys)
            continue;
        remove_top(s, row, k);
        measure_rest(s, k, p);
        for (int shape = 0; shape < 2; shape++) {
            qry_answer_output(s->rest, shape == 0 ? QRY_REST_MOMENTS : QRY_REST_CONSTANT, s->output);
            double e = distance(s, s->output), b = qry_bound_output(s->rest, s->output);
            broken += !(e <= b);
            add(s->ctx, &error[shape], e / length(s));
            add(s->ctx, &bound[shape], b / length(s));
            add(s->ctx, &ratio[shape], b / e);
        }
    }
    printf("  total %4g energy %4g", p.total, p.energy);
    for (int shape = 0; shape < 2; shape++)
        printf("  %s %.4f / %.4f = %4.1f, of rows %4.1f", shape == 0 ? "hybrid" : "sparse", quantile(&error[shape], .5),
               quantile(&bound[shape], .5), quantile(&bound[shape], .5) / quantile(&error[shape], .5),
               quantile(&ratio[shape], .5));
    printf("  broken %zu\n", broken);
}

static void table_measured(struct setting *s)
{
    static const struct precision p[] = {{INFINITY, INFINITY},
                                         {.1, INFINITY},
                                         {.03, INFINITY},
                                         {1e-9, INFINITY},
                                         {INFINITY, 0},
                                         {.3, .2},
                                         {.1, .2},
                                         {.05, .1},
                                         {.03, .1},
                                         {1e-9, 0}};
    set_groups(s, 0);
    for (size_t column = 2; column < COLUMNS; column += 3) {
        printf("%s: %s: median error and bound, their ratio, and its median over the rows\n", s->name,
               column == DROP ? "drop 6" : "k = 16");
        for (size_t i = 0; i < sizeof p / sizeof *p; i++)
            print_measured(s, column, p[i]);
    }
}

/* Finds the keys that are more than so many deviations from their group's mean as well: the ranges then are certified. Returns
 * how many keys are found in all. */
static size_t remove_outliers(struct setting *s, size_t found, double deviations)
{
    size_t n = s->head->keys;
    for (size_t c = 0; c < s->moments->groups; c++) {
        const qry_rest_group *g = &s->rest->group[c];
        double reach = deviations * sqrt(g->variance);
        s->rest->least[c] = g->mean - reach;
        s->rest->most[c] = g->mean + reach;
    }
    double ceiling = found < n ? s->scores[found] : INFINITY;
    for (size_t j = found; j < n; j++) {
        uint32_t key = s->order[j];
        size_t c = s->moments->group_of[key];
        if (s->scores[j] >= s->rest->least[c] && s->scores[j] <= s->rest->most[c])
            continue;
        double score = s->scores[j]; /* to the front, the others in their order */
        memmove(s->order + found + 1, s->order + found, (j - found) * sizeof *s->order);
        memmove(s->scores + found + 1, s->scores + found, (j - found) * sizeof *s->scores);
        s->order[found] = key;
        s->scores[found++] = score;
    }
    qry_rest_remove(s->rest, s->order, found, ceiling);
    return found;
}

static void table_ranges(struct setting *s)
{
    static const double deviations[] = {INFINITY, 4, 3, 2.5, 2, 1.75};
    set_groups(s, 0);
    for (int shape = 0; shape < 2; shape++)
        for (int i = 0; i < 6; i++) {
            struct sample more = {0}, bound[2] = {0}, error = {0}, ratio[2] = {0};
            qry_rest_shape of = shape == 0 ? QRY_REST_MOMENTS : QRY_REST_CONSTANT;
            size_t contradicted = 0, broken = 0;
            for (size_t row = 0; row < s->head->rows; row += s->step) {
                exact_row(s, row);
                size_t first = found_in_column(s, shape == 0 ? 2 : DROP), k = first;
                if (k == s->head->keys)
                    continue;
                remove_top(s, row, k);
                if (isfinite(deviations[i]))
                    k = remove_outliers(s, k, deviations[i]);
                contradicted += s->rest->contradicted;
                qry_answer_output(s->rest, of, s->output);
                add(s->ctx, &more, (double)(k - first));
                add(s->ctx, &error, distance(s, s->output) / length(s));
                for (int measured = 0; measured < 2; measured++) {
                    if (measured)
                        measure_rest(s, k, (struct precision){.1, .2});
                    double b = qry_bound_output(s->rest, s->output);
                    broken += !(b >= distance(s, s->output));
                    add(s->ctx, &bound[measured], b / length(s));
                    add(s->ctx, &ratio[measured], b / distance(s, s->output));
                }
            }
            printf(
                "%s: %s, within %4g deviations: %g more keys; error %.4f; moments %.4f (%.1f); measured %.4f (%.1f); "
                "contradicted %zu, broken %zu\n",
                s->name, shape == 0 ? "hybrid, k = 16" : "sparse, drop 6", deviations[i], mean(&more),
                quantile(&error, .5), quantile(&bound[0], .5), quantile(&ratio[0], .5), quantile(&bound[1], .5),
                quantile(&ratio[1], .5), contradicted, broken);
        }
}

/* What is planned for the methods' usual rules, and whether the bound is as foreseen. */
static void table_plans(struct setting *s)
{
    set_groups(s, 0);
    for (int shape = 0; shape < 2; shape++) {
        struct sample total = {0}, energy = {0}, cost = {0}, foreseen = {0}, bound = {0}, ratio = {0};
        qry_rest_shape of = shape == 0 ? QRY_REST_MOMENTS : QRY_REST_CONSTANT;
        for (size_t row = 0; row < s->head->rows; row += s->step) {
            exact_row(s, row);
            size_t k = found_in_column(s, shape == 0 ? 2 : DROP);
            if (k == s->head->keys)
                continue;
            remove_top(s, row, k);
            qry_rest_plan plan = qry_rest_plan_of(s->rest, of, 0, 1.2, 0);
            measure_rest(
                s, k,
                (struct precision){plan.total > 0 ? plan.total : INFINITY, plan.energy > 0 ? plan.energy : INFINITY});
            qry_answer_output(s->rest, of, s->output);
            double b = qry_bound_output(s->rest, s->output);
            add(s->ctx, &total, plan.total);
            add(s->ctx, &energy, plan.energy);
            add(s->ctx, &cost, plan.a_calls);
            add(s->ctx, &foreseen, b / plan.bound);
            add(s->ctx, &bound, b / length(s));
            add(s->ctx, &ratio, b / distance(s, s->output));
        }
        printf(
            "%s: %s: medians: total %g energy %g, A-calls %.0f (p95 %.0f); bound %.4f, %.1f times the error; bound / "
            "foreseen %.2f (p5 %.2f, p95 %.2f)\n",
            s->name, shape == 0 ? "hybrid, k = 16" : "sparse, drop 6", quantile(&total, .5), quantile(&energy, .5),
            quantile(&cost, .5), quantile(&cost, .95), quantile(&bound, .5), quantile(&ratio, .5),
            quantile(&foreseen, .5), quantile(&foreseen, .05), quantile(&foreseen, .95));
    }
}

/* The mean error with k keys found, of the likely sizes (precision INFINITY) or of sizes that are measured. */
static double mean_error(struct setting *s, size_t k, double precision, double at)
{
    struct sample error = {0};
    for (size_t row = 0; row < s->head->rows; row += s->step) {
        exact_row(s, row);
        remove_top(s, row, k);
        double total = exact_total(s, k), middle = total / (1 - at * precision);
        if (isfinite(precision))
            qry_rest_measured_total(s->rest, middle * (1 - precision), middle * (1 + precision));
        qry_answer_output(s->rest, QRY_REST_MOMENTS, s->output);
        add(s->ctx, &error, distance(s, s->output) / length(s));
    }
    double result = mean(&error);
    qry_free(s->ctx, error.value);
    return result;
}

static size_t least_keys(struct setting *s, double wanted, double precision, double at)
{
    size_t k = 0;
    while (k < s->head->keys && mean_error(s, k, precision, at) > wanted)
        k++;
    return k;
}

/* The true sum lies at the ends of its interval. */
static void table_sizes(struct setting *s)
{
    static const double precisions[] = {.05, .1, .2, .4};
    set_groups(s, 32);
    printf("%s: G = 32: least k for a mean error of 5 %%: own sizes %zu, exact sum %zu; with intervals:", s->name,
           least_keys(s, .05, INFINITY, 0), least_keys(s, .05, 1e-9, 0));
    for (int i = 0; i < 4; i++)
        printf(" %g: %zu, %zu;", precisions[i], least_keys(s, .05, precisions[i], -1),
               least_keys(s, .05, precisions[i], 1));
    printf(" of 1 %%: own sizes %zu, exact sum %zu\n", least_keys(s, .01, INFINITY, 0), least_keys(s, .01, 1e-9, 0));
}

static void table_thresholds(struct setting *s)
{
    printf("%s: keys above the first threshold / keys wanted, median p5 p95\n", s->name);
    size_t groups[] = {1, 16, qry_default_groups(s->head->keys), 64};
    for (size_t i = 0; i < 4; i++) {
        set_groups(s, groups[i]);
        for (size_t j = 1; j < FOUND_COUNTS; j++) {
            struct sample ratio = {0};
            for (size_t row = 0; row < s->head->rows; row += s->step) {
                exact_row(s, row);
                qry_rest_of_row(s->rest, row);
                double tau = qry_rest_threshold(s->rest, (double)found_counts[j]);
                size_t above = 0;
                while (above < s->head->keys && s->scores[above] >= tau)
                    above++;
                add(s->ctx, &ratio, (double)above / (double)found_counts[j]);
            }
            printf("  G = %zu k = %zu: %.2f %.2f %.2f\n", groups[i], found_counts[j], quantile(&ratio, .5),
                   quantile(&ratio, .05), quantile(&ratio, .95));
        }
    }
}

/* The bound after a search with integer scores for k keys, divided by that after an exact one. */
static double rounded_ratio(struct setting *s, const qry_codes *codes, int bits, size_t row, size_t k, int32_t *code)
{
    size_t n = s->head->keys;
    qry_query_code query = {.code = code};
    qry_codes_query(codes, row, bits, &query);
    exact_row(s, row);
    remove_top(s, row, k);
    qry_answer_output(s->rest, QRY_REST_MOMENTS, s->output);
    double exact = qry_bound_output(s->rest, s->output);
    struct scored *sums = qry_alloc(s->ctx, n, sizeof *sums);
    for (size_t j = 0; j < n; j++) {
        int64_t sum = 0;
        for (size_t c = 0; c < s->head->width; c++)
            sum += (int64_t)code[c] * codes->code[j * s->head->width + c];
        sums[j] = (struct scored){(double)sum, (uint32_t)j};
    }
    qsort(sums, n, sizeof *sums, higher_first);
    for (size_t j = 0; j < k; j++)
        s->order[j] = sums[j].key;
    qry_rest_remove(s->rest, s->order, k, qry_query_ceiling(&query, (int64_t)sums[k].score + 1));
    qry_free(s->ctx, sums);
    qry_answer_output(s->rest, QRY_REST_MOMENTS, s->output);
    return qry_bound_output(s->rest, s->output) / exact;
}

static void table_widths(struct setting *s)
{
    set_groups(s, 0);
    for (size_t j = 1; j < FOUND_COUNTS; j++) {
        double began = seconds();
        qry_rule rule = {QRY_RULE_TOP, (double)found_counts[j]};
        qry_widths bits = qry_widths_choose(s->moments, rule, 1.2, INFINITY);
        double took = seconds() - began;
        qry_codes *codes = qry_codes_new(s->head, bits.key);
        int32_t *code = qry_alloc(s->ctx, s->head->width, sizeof *code);
        struct sample ratio = {0};
        for (size_t row = 0; row < s->head->rows; row += s->step)
            add(s->ctx, &ratio, rounded_ratio(s, codes, bits.query, row, found_counts[j], code));
        printf("%s: k = %zu: %d bits a query entry, %d a key entry (%.3f s); bound / bound with exact scores %.3f, "
               "p95 %.3f\n",
               s->name, found_counts[j], bits.query, bits.key, took, quantile(&ratio, .5), quantile(&ratio, .95));
        qry_codes_free(codes);
    }
}

static void table_time(struct setting *s)
{
    double began = seconds();
    set_groups(s, 0);
    printf("%s: G = %zu, moments %.3f s", s->name, s->moments->groups, seconds() - began);
    double spent = 0;
    size_t rows = 0;
    for (size_t row = 0; row < s->head->rows; row += s->step, rows++) {
        exact_row(s, row);
        began = seconds();
        remove_top(s, row, 16);
        qry_answer answer;
        qry_answer_row(s->rest, QRY_REST_MOMENTS, s->output, &answer);
        spent += seconds() - began;
    }
    printf(", %.0f microseconds a row\n", 1e6 * spent / (double)rows);
}

/* ---- the tool ---- */

static const struct table {
    const char *name;
    void (*print)(struct setting *s);
} tables[] = {{"errors", table_errors},         {"bounds", table_bounds}, {"measured", table_measured},
              {"plans", table_plans},           {"ranges", table_ranges}, {"sizes", table_sizes},
              {"thresholds", table_thresholds}, {"widths", table_widths}, {"time", table_time}};

static qry_array *load(qry_ctx *ctx, const char *folder, const char *file)
{
    qry_arena *arena = qry_arena_new(ctx);
    qry_array *array = qry_npy_read(ctx, qry_arena_printf(arena, "%s/%s.npy", folder, file), (qry_span){0});
    qry_arena_free(arena);
    return array;
}

static bool run(const struct table *table, const char *folder)
{
    qry_ctx *ctx = qry_ctx_new();
    struct setting s = {.ctx = ctx, .name = strrchr(folder, '/') ? strrchr(folder, '/') + 1 : folder};
    qry_array *q = load(ctx, folder, "q"), *k = load(ctx, folder, "k"), *v = load(ctx, folder, "v");
    s.head = q && k && v ? qry_head_new(ctx, q, k, v, 0, true) : NULL;
    if (s.head) {
        s.scores = qry_alloc(ctx, s.head->keys, sizeof(double));
        s.exact = qry_alloc(ctx, s.head->value_width, sizeof(double));
        s.output = qry_alloc(ctx, s.head->value_width, sizeof(double));
        s.order = qry_alloc(ctx, s.head->keys, sizeof *s.order);
        s.step = s.head->rows > 1024 ? 37 : 1;
        table->print(&s);
    }
    qry_ctx_free(ctx);
    return s.head;
}

int main(int argc, char **argv)
{
    qry_linalg_threads(1);
    for (size_t t = 0; argc > 2 && t < sizeof tables / sizeof *tables; t++)
        if (strcmp(argv[1], tables[t].name) == 0) {
            for (int i = 2; i < argc; i++)
                if (!run(&tables[t], argv[i]))
                    return 1;
            return 0;
        }
    fprintf(stderr,
            "usage: moments_table errors|bounds|measured|plans|ranges|sizes|thresholds|widths|time FOLDER...\n");
    return 2;
}
