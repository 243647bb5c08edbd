/* estimates.c: what circuits estimate of a row's rest: tables whose sums hold the truth between their limits, programs that
 * add up those tables, intervals that are wrong no more often than they may be, and bounds that stay above the error. */
#include "runtime/attend/pipeline.h"
#include "runtime/drive/drive.h"
#include "support.h"

#include <math.h>
#include <string.h>

static struct input input_of_head(qry_ctx *ctx)
{
    const qry_head *head = real_head(ctx);
    const qry_matrix from[] = {head->q, head->k, head->v};
    qry_array *to[3];
    for (int i = 0; i < 3; i++) {
        to[i] = qry_array_new(ctx, 2, (size_t[]){from[i].rows, from[i].columns});
        for (size_t j = 0; j < to[i]->count; j++)
            to[i]->item.real[j] = from[i].at[j] * (i == 0 ? sqrt((double)head->width) : 1);
    }
    return (struct input){to[0], to[1], to[2]};
}

static qry_attend *attend_of(qry_ctx *ctx, const struct input *in, const qry_attend_options *options)
{
    qry_attend *attend = qry_attend_new(ctx, in->q, in->k, in->v, options);
    assert_non_null(attend);
    return attend;
}

/* Room for one row. */
struct single {
    qry_attend_row row;
    qry_ledger_query query[QRY_ATTEND_TABLES];
    double *output;
};

static void compute(qry_worker *w, struct single *s, size_t row)
{
    s->row = (qry_attend_row){.row = row, .ledger = {.query = s->query}};
    s->output = qry_alloc(w->ctx, w->attend->facts.value_width, sizeof(double));
    qry_row_compute(w, &s->row, s->output);
}

/* ---- tables ---- */

static int64_t integer_score(const qry_worker *w, size_t key)
{
    size_t width = w->attend->facts.width;
    int64_t sum = 0;
    for (size_t c = 0; c < width; c++)
        sum += (int64_t)w->query.code[c] * w->attend->codes->code[key * width + c];
    return sum;
}

static int64_t floor_shift(int64_t x, int drop) { return (int64_t)floor(ldexp((double)x, -drop)); }

/* What a key counts as, by the definition. */
static int64_t number_of(const qry_worker *w, const qry_cells *cells, size_t key)
{
    uint32_t group = w->attend->moments->group_of[key];
    int64_t score = integer_score(w, key), cell, start = 0;
    if (cells->sum == QRY_SUM_WEIGHTS) {
        cell = floor_shift(cells->top - score, cells->drop);
    } else {
        cell = floor_shift(score, cells->drop) - cells->first[group];
        start = (int64_t)group * cells->each;
    }
    cell = cell < 0 ? 0 : cell >= cells->each ? cells->each - 1 : cell;
    return cells->value[start + cell];
}

static double sum_of_numbers(const qry_worker *w, const qry_cells *cells)
{
    int64_t sum = 0;
    for (size_t j = 0; j < w->attend->facts.keys; j++)
        if (!w->is_found[j])
            sum += number_of(w, cells, j);
    return (double)sum;
}

static double exact_total(const qry_worker *w)
{
    long double sum = 0;
    for (size_t j = 0; j < w->attend->facts.keys; j++)
        if (!w->is_found[j])
            sum += expl(slow_score(w->attend->head, w->rest->row, j) - w->rest->shift);
    return (double)sum;
}

static double exact_energy(const qry_worker *w)
{
    const qry_rest *rest = w->rest;
    long double sum = 0;
    for (size_t j = 0; j < w->attend->facts.keys; j++) {
        size_t c = w->attend->moments->group_of[j];
        const qry_rest_group *g = &rest->group[c];
        long double score = slow_score(w->attend->head, rest->row, j);
        long double stand_in = rest->energy.size[c] + rest->energy.slope[c] * (score - g->mean);
        if (w->is_found[j])
            continue;
        long double error = expl(score - rest->shift) - g->weight / g->count * stand_in;
        sum += rest->energy.factor[c] * error * error;
    }
    return (double)sum;
}

/* Takes the best keys by rounded score, as an exact search with that comparator would. */
static bool take_above(qry_worker *w, size_t row, int64_t comparator)
{
    qry_worker_take_row(w, row);
    for (size_t j = 0; j < w->attend->facts.keys; j++)
        if (integer_score(w, j) >= comparator) {
            w->is_found[j] = 1;
            w->found[w->found_count++] = (uint32_t)j;
        }
    qry_rest_remove(w->rest, w->found, w->found_count, qry_query_ceiling(&w->query, comparator));
    assert_false(w->rest->contradicted);
    return w->found_count < w->attend->facts.keys;
}

/* The limits hold the truth; *width: how far apart those of the total are, relative to it. */
static void check_cells(qry_worker *w, double *width)
{
    qry_cells *weights = &w->meter[QRY_SUM_WEIGHTS].cells, *energy = &w->meter[QRY_SUM_ENERGY].cells;
    double least, most, total = exact_total(w);
    qry_cells_fill(weights, w->rest, &w->query, w->low, w->high);
    double sum = sum_of_numbers(w, weights);
    qry_cells_limits(weights, w->rest, sum, sum, &least, &most);
    assert_true(least <= total * (1 + 1e-9) && total <= most * (1 + 1e-9));
    *width = (most - least) / total;
    qry_rest_choose_energy(w->rest);
    qry_cells_fill(energy, w->rest, &w->query, w->low, w->high);
    sum = sum_of_numbers(w, energy);
    qry_cells_limits(energy, w->rest, sum, sum, &least, &most);
    assert_true(exact_energy(w) <= most * (1 + 1e-9) + 1e-30);
}

static void sums_of_tables_hold_the_truth(void **state)
{
    static const qry_widths bits[] = {{2, 2}, {4, 3}, {6, 6}, {9, 9}, {14, 14}};
    static const double deviations[] = {0.05, 1, 5};
    size_t checked = 0;
    (void)state;
    for (size_t b = 0; b < sizeof bits / sizeof *bits; b++)
        for (size_t d = 0; d < sizeof deviations / sizeof *deviations; d++) {
            qry_ctx *ctx = qry_ctx_new();
            struct input in = random_input(ctx, 6, 60, 4, deviations[d], 10 * b + d);
            qry_attend_options options = {.method = QRY_ATTEND_HYBRID, .bits = bits[b], .automatic = true};
            qry_worker *w = qry_worker_new(ctx, attend_of(ctx, &in, &options), 1);
            double width;
            for (size_t row = 0; row < 6; row++)
                for (int part = 0; part <= 8; part++) {
                    qry_worker_take_row(w, row);
                    if (!take_above(w, row, w->low + (w->high + 1 - w->low) * part / 8))
                        continue;
                    check_cells(w, &width);
                    checked++;
                }
            qry_ctx_free(ctx);
        }
    assert_true(checked > 500);
}

/* With widths for a precision of 0.02 the tables blur the bundled head's sums to that on either side. */
static void fine_codes_blur_little(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct input in = input_of_head(ctx);
    qry_attend *attend = attend_of(ctx, &in, &(qry_attend_options){.method = QRY_ATTEND_HYBRID, .automatic = true});
    qry_worker *w = qry_worker_new(ctx, attend, 1);
    for (size_t row = 0; row < 512; row += 37) {
        double width;
        qry_worker_take_row(w, row);
        int64_t comparator = qry_query_comparator(&w->query, qry_rest_threshold(w->rest, 16), false);
        assert_true(take_above(w, row, comparator));
        check_cells(w, &width);
        assert_true(width < 0.1);
        assert_true(qry_cells_blur(&w->meter[QRY_SUM_WEIGHTS].cells, w->rest) < 0.05);
    }
    qry_ctx_free(ctx);
}

/* ---- programs ---- */

static void check_program(qry_worker *w, const qry_attend_row *row, bool energy)
{
    qry_ctx *ctx = w->ctx;
    qry_arena *arena = qry_arena_new(ctx);
    const qry_meter *m = &w->meter[energy ? QRY_SUM_ENERGY : QRY_SUM_WEIGHTS];
    const char *text = qry_attend_estimate_program(w->attend, row, energy, "attend_estimates_keys.npy", arena);
    assert_non_null(text);
    qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "rest.qry", text, strlen(text)));
    assert_non_null(program);
    qry_search *search = qry_program_compile(program, NULL);
    assert_non_null(search);
    for (size_t j = 0; j < w->attend->facts.keys; j++) {
        assert_true(qry_search_matches(search, j) == !w->is_found[j]);
        assert_true(qry_search_matches(m->search, j) == !w->is_found[j]);
        assert_true(qry_search_key(search, j) == number_of(w, &m->cells, j));
        assert_true(qry_search_key(m->search, j) == number_of(w, &m->cells, j));
        assert_true(qry_search_weight(search, j) == qry_search_weight(m->search, j));
    }
    qry_tally ours, compiled; /* of a round of one iteration; what ours does in memory is counted, not kept */
    qry_cost_book book;
    qry_search_write_round(m->search, 1);
    qry_search_write_round(search, 1);
    qry_cost_book_init(&book, w->ctx, m->search->circuit);
    ours = qry_cost_of_program(&book)->whole;
    qry_cost_book_free(&book);
    qry_definition_tally(qry_circuit_program(search->circuit), &compiled);
    assert_memory_equal(&ours.gate[QRY_GATE_cswap], &compiled.gate[QRY_GATE_cswap], sizeof(qry_u128));
    assert_memory_equal(&ours.gate[QRY_GATE_ccx], &compiled.gate[QRY_GATE_ccx], sizeof(qry_u128));
    assert_memory_equal(&ours.gate[QRY_GATE_ry], &compiled.gate[QRY_GATE_ry], sizeof(qry_u128));
}

/* The worker's circuits, refreshed from row to row, are those of the text that says what ran. */
static void an_estimate_is_a_program(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct input in = random_input(ctx, 6, 50, 3, 2, 4);
    qry_attend *attend = attend_of(ctx, &in,
                                   &(qry_attend_options){.method = QRY_ATTEND_HYBRID,
                                                         .rule = &(qry_rule){QRY_RULE_TOP, 5},
                                                         .groups = 3,
                                                         .epsilon = 0.02,
                                                         .run = {.engine = QRY_ENGINE_ORACLE}});
    qry_worker *w = qry_worker_new(ctx, attend, 1);
    uint32_t found[50];
    size_t measured[2] = {0};
    assert_true(qry_attend_write_keys(attend, "attend_estimates_keys.npy"));
    for (size_t i = 0; i < 6; i++) {
        struct single s = {.output = NULL};
        compute(w, &s, i);
        s.row.found = memcpy(found, w->found, w->found_count * sizeof *found);
        for (int energy = 0; energy < 2; energy++)
            if ((energy ? &s.row.energy : &s.row.rest_normaliser)->epsilon > 0) {
                check_program(w, &s.row, energy);
                measured[energy]++;
            }
    }
    assert_true(measured[0] > 1 && measured[1] > 1);
    remove("attend_estimates_keys.npy");
    qry_ctx_free(ctx);
}

/* ---- promises ---- */

/* The least number that a binomial count with this mean probability exceeds no more than once in a million. */
static size_t binomial_limit(size_t trials, double p)
{
    double tail = 1, term = exp((double)trials * log1p(-p));
    size_t k = 0;
    while ((tail -= term) > 1e-6) {
        term *= (double)(trials - k) / (double)(k + 1) * p / (1 - p);
        k++;
    }
    return k;
}

struct counts {
    size_t totals, wrong_totals, energies, wrong_energies, over, rows;
};

static void count_row(qry_worker *w, const struct single *s, struct counts *n)
{
    const qry_attend_row *r = &s->row;
    qry_rest *rest = w->rest;
    double total = exact_total(w);
    n->rows++;
    n->over += r->error > r->bound;
    if (r->rest_normaliser.epsilon > 0) {
        n->totals++;
        n->wrong_totals += total < r->rest_normaliser.low * (1 - 1e-9) || total > r->rest_normaliser.high * (1 + 1e-9);
    }
    if (r->energy.epsilon > 0) {
        n->energies++;
        n->wrong_energies += exact_energy(w) > r->energy.high * (1 + 1e-9);
        assert_true(rest->energy.limit <= r->energy.high);
    }
    uint64_t calls = r->rest_normaliser.a_calls + r->energy.a_calls;
    assert_true(r->ledger.a_calls == calls);
    assert_true((calls > 0) == (r->rest_normaliser.epsilon > 0 || r->energy.epsilon > 0));
    assert_int_equal(r->ledger.classical_score_evaluations, w->attend->facts.keys);
}

/* Many seeds with a large probability of failure: neither are intervals wrong more often than they may be, nor is a row's
 * error above its bound more often than the row may fail; coarse codes included. */
static void intervals_keep_their_promise(void **state)
{
    static const double failure = 0.4;
    static const qry_widths bits[] = {{6, 6}, {11, 11}};
    enum { ROWS = 10, SEEDS = 25 };
    (void)state;
    for (int method = QRY_ATTEND_SPARSE; method <= QRY_ATTEND_HYBRID; method++)
        for (size_t b = 0; b < 2; b++) {
            struct counts n = {0};
            qry_ctx *ctx = qry_ctx_new();
            struct input in = random_input(ctx, ROWS, 64, 3, 1.5, 8 + b);
            for (uint64_t seed = 0; seed < SEEDS; seed++) {
                qry_attend *attend = attend_of(ctx, &in,
                                               &(qry_attend_options){.method = (qry_attend_method)method,
                                                                     .rule = &(qry_rule){QRY_RULE_TOP, 6},
                                                                     .groups = 4,
                                                                     .failure = failure,
                                                                     .bits = bits[b],
                                                                     .epsilon = 0.03,
                                                                     .check = true,
                                                                     .run = {QRY_ENGINE_ORACLE, {0}, seed, 0}});
                qry_worker *w = qry_worker_new(ctx, attend, 1);
                for (size_t i = 0; i < ROWS; i++) {
                    struct single s = {.output = NULL};
                    compute(w, &s, i);
                    count_row(w, &s, &n);
                }
                qry_worker_free(w);
                qry_attend_free(attend);
            }
            assert_true(n.energies > n.rows / 2);
            assert_true(b == 0 || n.totals > n.rows / 8);
            assert_true(n.wrong_totals <= binomial_limit(n.totals, failure / 4));
            assert_true(n.wrong_energies <= binomial_limit(n.energies, failure / 4));
            assert_true(n.over <= binomial_limit(n.rows, failure));
            qry_ctx_free(ctx);
        }
}

static void no_error_is_above_its_bound(void **state)
{
    static const struct {
        double epsilon;
        qry_widths bits;
        size_t step;
    } ways[] = {{0, {0, 0}, 5}, {0.1, {0, 0}, 9}, {0.1, {6, 6}, 7}};
    (void)state;
    for (int method = QRY_ATTEND_SPARSE; method <= QRY_ATTEND_HYBRID; method++)
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
            struct counts n = {0};
            qry_ctx *ctx = qry_ctx_new();
            struct input in = input_of_head(ctx);
            qry_attend *attend = attend_of(ctx, &in,
                                           &(qry_attend_options){.method = (qry_attend_method)method,
                                                                 .epsilon = ways[i].epsilon,
                                                                 .automatic = ways[i].epsilon == 0,
                                                                 .bits = ways[i].bits,
                                                                 .check = true,
                                                                 .run = {QRY_ENGINE_ORACLE, {0}, i, 0}});
            qry_worker *w = qry_worker_new(ctx, attend, 1);
            for (size_t row = 0; row < 512; row += ways[i].step) {
                struct single s = {.output = NULL};
                compute(w, &s, row);
                count_row(w, &s, &n);
            }
            assert_int_equal(n.over, 0); /* once in a thousand rows at most, and the bound has room */
            assert_true(n.wrong_totals <= binomial_limit(n.totals, 2.5e-4));
            assert_true(n.wrong_energies <= binomial_limit(n.energies, 2.5e-4));
            assert_true(n.energies > n.rows * 3 / 4);
            qry_ctx_free(ctx);
        }
}

/* ---- gate by gate ---- */

/* Both engines run the same circuits: what they take is alike in the mean, and bounds hold. */
static void engines_take_the_same(void **state)
{
    enum { ROWS = 4, SEEDS = 12 };
    double calls[2] = {0}, loads[2] = {0};
    (void)state;
    for (int engine = QRY_ENGINE_SPARSE; engine <= QRY_ENGINE_ORACLE; engine++)
        for (uint64_t seed = 0; seed < SEEDS; seed++) {
            qry_ctx *ctx = qry_ctx_new();
            struct input in = random_input(ctx, ROWS, 32, 3, 1.5, 3);
            qry_attend *attend = attend_of(ctx, &in,
                                           &(qry_attend_options){.method = QRY_ATTEND_HYBRID,
                                                                 .rule = &(qry_rule){QRY_RULE_TOP, 4},
                                                                 .bits = {9, 9},
                                                                 .epsilon = 0.05,
                                                                 .check = true,
                                                                 .run = {(qry_engine)engine, {0}, seed, 0}});
            qry_worker *w = qry_worker_new(ctx, attend, 1);
            for (size_t i = 0; i < ROWS; i++) {
                struct single s = {.output = NULL};
                compute(w, &s, i);
                assert_true(s.row.error <= s.row.bound);
                calls[engine] += (double)s.row.ledger.a_calls;
                for (size_t t = 0; t < s.row.ledger.query_count; t++)
                    if (strcmp(s.query[t].table, "K") == 0)
                        loads[engine] += (double)s.query[t].loads;
            }
            qry_ctx_free(ctx);
        }
    assert_true(calls[0] > 1e4 && fabs(calls[0] / calls[1] - 1) < 0.1);
    assert_true(fabs(loads[0] / loads[1] - 1) < 0.1);
}

static void a_row_of_the_head_gate_by_gate(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct input in = input_of_head(ctx);
    qry_attend *attend = attend_of(
        ctx, &in, &(qry_attend_options){.method = QRY_ATTEND_SPARSE, .automatic = true, .bits = {8, 8}, .check = true});
    qry_worker *w = qry_worker_new(ctx, attend, 1);
    struct counts n = {0};
    struct single s = {.output = NULL};
    compute(w, &s, 77);
    count_row(w, &s, &n);
    assert_int_equal(n.over + n.wrong_totals + n.wrong_energies, 0);
    assert_true(n.energies == 1 && s.row.ledger.simulated > 0 && s.row.ledger.qubits > 1000);
    qry_ctx_free(ctx);
}

/* ---- targets ---- */

static void targets_are_reached(void **state)
{
    static const double targets[] = {0.2, 0.03, 1e-9};
    static const double epsilons[] = {0, 0.1, -1}; /* -1: chosen */
    size_t several = 0, all = 0;
    (void)state;
    for (int method = QRY_ATTEND_SPARSE; method <= QRY_ATTEND_HYBRID; method++)
        for (size_t t = 0; t < 3; t++)
            for (size_t e = 0; e < 3; e++) {
                qry_ctx *ctx = qry_ctx_new();
                struct input in = input_of_head(ctx);
                qry_attend *attend = attend_of(ctx, &in,
                                               &(qry_attend_options){.method = (qry_attend_method)method,
                                                                     .rule = &(qry_rule){QRY_RULE_TARGET, targets[t]},
                                                                     .epsilon = fmax(epsilons[e], 0),
                                                                     .automatic = epsilons[e] < 0,
                                                                     .check = true,
                                                                     .run = {QRY_ENGINE_ORACLE, {0}, t, 0}});
                qry_worker *w = qry_worker_new(ctx, attend, 1);
                for (size_t row = 0; row < 512; row += 73) {
                    struct single s = {.output = NULL};
                    compute(w, &s, row);
                    double length = qry_norm(32, s.output);
                    assert_true(s.row.bound <= targets[t] * length || s.row.hits == 512);
                    assert_true(s.row.error <= s.row.bound);
                    assert_true(s.row.thresholds >= 1);
                    several += s.row.thresholds > 1;
                    all += s.row.hits == 512;
                    assert_true(t != 0 || s.row.hits < 450);
                }
                qry_ctx_free(ctx);
            }
    assert_true(several > 0 && all > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_of_tables_hold_the_truth),  cmocka_unit_test(fine_codes_blur_little),
        cmocka_unit_test(an_estimate_is_a_program),       cmocka_unit_test(intervals_keep_their_promise),
        cmocka_unit_test(no_error_is_above_its_bound),    cmocka_unit_test(engines_take_the_same),
        cmocka_unit_test(a_row_of_the_head_gate_by_gate), cmocka_unit_test(targets_are_reached)};
    qry_linalg_threads(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
