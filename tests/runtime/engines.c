/* engines.c: both engines on the same rows at 512 keys. The same query many times over: its rows differ by their random
 * numbers alone, so that their ledgers are samples of one distribution, which is to be the same whether circuits were
 * simulated gate by gate or their outcomes drawn. */
#include "runtime/attend/pipeline.h"
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { KEYS = 512, WIDTH = 2, ROWS = 3000, SIMULATED = 150, MATCHING = 4 };

struct sample {
    size_t count;
    qry_arena *arena;
    qry_attend_row *row;
    double *output;
};

/* Every row the first one. */
static struct input one_query(qry_ctx *ctx)
{
    struct input in = random_input(ctx, ROWS, KEYS, WIDTH, 1.5, 12);
    for (size_t i = WIDTH; i < in.q->count; i++)
        in.q->item.real[i] = in.q->item.real[i % WIDTH];
    return in;
}

/* A threshold that `matching` keys pass, up to their rounding. */
static double threshold(const struct input *in, size_t matching)
{
    double score[KEYS];
    for (size_t j = 0; j < KEYS; j++) {
        score[j] = 0;
        for (size_t c = 0; c < WIDTH; c++)
            score[j] += in->q->item.real[c] * in->k->item.real[j * WIDTH + c] / sqrt(WIDTH);
    }
    qsort(score, KEYS, sizeof *score, rising_numbers);
    return matching ? (score[KEYS - matching] + score[KEYS - matching - 1]) / 2 : score[KEYS - 1] + 1;
}

static struct sample draw(qry_ctx *ctx, const struct input *in, qry_rule rule, int bits, qry_engine engine,
                          size_t count)
{
    qry_attend_options options = {.method = QRY_ATTEND_HYBRID, .rule = &rule, .bits = {bits, bits}};
    options.run = (qry_run_options){.engine = engine, .seed = 5};
    qry_attend *attend = qry_attend_new(ctx, in->q, in->k, in->v, &options);
    assert_non_null(attend);
    struct sample s = {.count = count, .arena = qry_arena_new(ctx)};
    size_t rows[ROWS];
    for (size_t i = 0; i < count; i++)
        rows[i] = i;
    s.row = qry_arena_alloc(s.arena, count, sizeof *s.row);
    s.output = qry_arena_alloc(s.arena, count, attend->facts.value_width * sizeof *s.output);
    assert_true(qry_attend_run(attend, s.arena, rows, count, s.row, s.output));
    assert_string_equal(attend->facts.mode, engine == QRY_ENGINE_ORACLE ? "oracle" : "replay");
    qry_attend_free(attend);
    return s;
}

/* ---- distributions ---- */

enum { CALLS, SHOTS, HITS, NUMBERS };

static double number_of(const qry_attend_row *row, int which)
{
    return which == CALLS   ? (double)row->ledger.oracle_calls
           : which == SHOTS ? (double)row->ledger.shots
                            : (double)row->hits;
}

static void sort_numbers(const struct sample *s, int which, double *number)
{
    for (size_t i = 0; i < s->count; i++)
        number[i] = number_of(&s->row[i], which);
    qsort(number, s->count, sizeof *number, rising_numbers);
}

/* The largest distance of two empirical distribution functions. */
static double distance(const struct sample *a, const struct sample *b, int which)
{
    static double x[ROWS], y[ROWS];
    double most = 0;
    sort_numbers(a, which, x);
    sort_numbers(b, which, y);
    for (size_t i = 0, k = 0; i < a->count && k < b->count;) {
        double at = fmin(x[i], y[k]);
        while (i < a->count && x[i] == at)
            i++;
        while (k < b->count && y[k] == at)
            k++;
        most = fmax(most, fabs((double)i / (double)a->count - (double)k / (double)b->count));
    }
    return most;
}

/* A function of so many rows is farther than e from the true one with probability 2 exp(-2 e^2 rows) at most (Massart
 * 1990): both together, in all tests, with one in a million. */
static double allowed(const struct sample *a, const struct sample *b)
{
    double odds = log(2 * 2 * NUMBERS / 1e-6);
    return sqrt(odds / (2.0 * (double)a->count)) + sqrt(odds / (2.0 * (double)b->count));
}

static double mean_of(const struct sample *s, int which)
{
    double sum = 0;
    for (size_t i = 0; i < s->count; i++)
        sum += number_of(&s->row[i], which) / (double)s->count;
    return sum;
}

/* ---- gates ---- */

/* What only oracles and diffusions have: as many a call in every row, for either engine, whatever was found. */
static void expect_gates(const struct sample *s, qry_u128 each[3])
{
    static const qry_gate gates[3] = {QRY_GATE_cswap, QRY_GATE_swap, QRY_GATE_ccx};
    for (size_t i = 0; i < s->count; i++)
        for (int g = 0; g < 3; g++) {
            const qry_ledger *l = &s->row[i].ledger;
            each[g] = each[g] ? each[g] : l->tally.gate[gates[g]] / l->oracle_calls;
            assert_true(each[g] > 0 && l->tally.gate[gates[g]] == each[g] * l->oracle_calls);
        }
}

static void free_sample(struct sample *s) { qry_arena_free(s->arena); }

static void ledgers_are_alike(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct input in = one_query(ctx);
    const qry_rule rule = {QRY_RULE_TAU,
                           threshold(&in, MATCHING)}; /* one comparator, so one circuit but for the data */
    struct sample gates = draw(ctx, &in, rule, 4, QRY_ENGINE_SPARSE, SIMULATED);
    struct sample oracle = draw(ctx, &in, rule, 4, QRY_ENGINE_ORACLE, ROWS);
    qry_u128 each[3] = {0};
    expect_gates(&gates, each);
    expect_gates(&oracle, each);
    assert_true(mean_of(&gates, HITS) > 1);
    for (int which = 0; which < NUMBERS; which++)
        if (distance(&gates, &oracle, which) > allowed(&gates, &oracle))
            fail_msg("number %d: %g apart, means %g and %g", which, distance(&gates, &oracle, which),
                     mean_of(&gates, which), mean_of(&oracle, which));
    free_sample(&gates);
    free_sample(&oracle);
    qry_ctx_free(ctx);
}

/* Where nothing matches nothing is left to chance: the same circuits run, and their bills are the same to the gate. */
static void bills_are_equal(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct input in = one_query(ctx);
    const qry_rule rule = {QRY_RULE_TAU, threshold(&in, 0)};
    enum { FEW = 5 };
    struct sample gates = draw(ctx, &in, rule, 8, QRY_ENGINE_SPARSE, FEW);
    struct sample oracle = draw(ctx, &in, rule, 8, QRY_ENGINE_ORACLE, FEW);
    for (size_t i = 0; i < FEW; i++) {
        const qry_ledger *a = &gates.row[i].ledger, *b = &oracle.row[i].ledger;
        assert_int_equal(gates.row[i].hits, 0);
        assert_true(a->oracle_calls > 0 && a->oracle_calls == b->oracle_calls && a->shots == b->shots);
        assert_memory_equal(&a->tally, &b->tally, sizeof a->tally);
        assert_true(a->depth == b->depth && a->t_depth == b->t_depth && a->qubits == b->qubits);
        assert_int_equal(a->query_count, b->query_count);
        for (size_t t = 0; t < a->query_count; t++) {
            assert_string_equal(a->query[t].table, b->query[t].table);
            assert_true(a->query[t].loads == b->query[t].loads);
        }
        assert_true(gates.row[i].normaliser == oracle.row[i].normaliser);
    }
    free_sample(&gates);
    free_sample(&oracle);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(ledgers_are_alike), cmocka_unit_test(bills_are_equal)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
