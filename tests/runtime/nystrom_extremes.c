/* row.c and answer_rest.c on heads where rounding is most of the error: bounds hold to the last place, against rows in long double. */
#include "support.h"

#include <math.h>
#include <string.h>

#include "runtime/nystrom/factor.h"

struct made {
    qry_ctx *ctx;
    qry_head *head;
    qry_nystrom *nystrom;
    qry_nystrom_place *place;
    double *output;
};

static struct made make(struct input in, qry_ctx *ctx, const qry_attend_options *o)
{
    struct made m = {.ctx = ctx, .head = qry_head_new(ctx, in.q, in.k, in.v, 1, true)};
    qry_attend_stage stages[4];
    size_t count;
    assert_non_null(m.head);
    m.head->causal = o->causal;
    m.nystrom = qry_nystrom_new(m.head, o, 1e-3, stages, &count);
    assert_non_null(m.nystrom);
    m.place = qry_nystrom_place_new(ctx, m.nystrom);
    m.output = qry_alloc(ctx, m.head->value_width, sizeof(double));
    return m;
}

/* Of the row as it is in the file: the mean value is added in double precision, as the output has it. */
static double error_of(const struct made *m, size_t row)
{
    qry_head head = *m->head;
    head.keys = qry_head_keys_of(m->head, row);
    return slow_error(&head, row, m->output);
}

static qry_attend_options options_of(qry_attend_method method, size_t landmarks, bool raw, bool causal)
{
    return (qry_attend_options){.method = method,
                                .causal = causal,
                                .nystrom = {.landmarks = landmarks, .raw = raw, .mean_epsilon = 1},
                                .run = {.engine = QRY_ENGINE_ORACLE, .seed = 1}};
}

static size_t check_rows(struct made *m)
{
    size_t bounded = 0;
    for (size_t row = 0; row < m->head->rows; row++) {
        qry_nystrom_answer a;
        qry_nystrom_answer_row(m->place, qry_matrix_row(m->head->q, row), m->head->offset[row],
                               qry_head_keys_of(m->head, row), m->output, &a);
        double error = error_of(m, row);
        if (error > a.bound)
            fail_msg("row %zu: error %.17g, bound %.17g", row, error, a.bound);
        bounded += !isnan(a.bound);
    }
    return bounded;
}

/* Scores are small, but what they are summed from is not: q's mean times a key is lost in rounding. */
static void long_queries(void **state)
{
    (void)state;
    for (int power = 4; power <= 12; power++) {
        qry_ctx *ctx = qry_ctx_new();
        struct input in = random_input(ctx, 24, 24, 3, 1, (uint64_t)power);
        double far = pow(10, power);
        for (size_t i = 0; i < 24; i++) {
            double *q = in.q->item.real + 3 * i, *k = in.k->item.real + 3 * i;
            q[0] += far;
            q[1] += far;
            k[1] = k[1] / far - k[0];
        }
        qry_attend_options o = options_of(QRY_ATTEND_NYSTROM, 48, false, true);
        struct made m = make(in, ctx, &o);
        check_rows(&m);
        qry_ctx_free(ctx);
    }
}

/* The mean value is large: adding it loses what the sums had. */
static void far_values(void **state)
{
    (void)state;
    size_t bounded = 0;
    for (int power = 0; power <= 12; power += 2)
        for (int causal = 0; causal < 2; causal++) {
            qry_ctx *ctx = qry_ctx_new();
            struct input in = random_input(ctx, 24, 24, 3, 0.1, (uint64_t)power + 1);
            for (size_t i = 0; i < in.v->count; i++)
                in.v->item.real[i] += pow(10, power);
            qry_attend_options o = options_of(QRY_ATTEND_NYSTROM, 48, false, causal);
            struct made m = make(in, ctx, &o);
            bounded += check_rows(&m);
            qry_ctx_free(ctx);
        }
    assert_true(bounded > 24);
}

/* The same with all keys found but one, and with all. */
static void far_values_found(void **state)
{
    (void)state;
    size_t bounded = 0;
    for (int power = 0; power <= 12; power += 2) {
        qry_ctx *ctx = qry_ctx_new();
        struct input in = random_input(ctx, 24, 24, 3, 0.3, (uint64_t)power + 1);
        for (size_t i = 0; i < in.v->count; i++)
            in.v->item.real[i] += pow(10, power);
        qry_attend_options o = options_of(QRY_ATTEND_HYBRID, 20, false, false);
        struct made m = make(in, ctx, &o);
        qry_rest *rest = qry_rest_new(ctx, qry_moments_new(m.head, 3, 1));
        uint32_t order[24];
        for (size_t row = 0; row < 24; row++)
            for (size_t found = 23; found <= 24; found++) {
                qry_nystrom_answer a;
                sort_keys(m.head, row, order);
                qry_rest_of_row(rest, row);
                qry_rest_remove(rest, order, found, found < 24 ? qry_head_score(m.head, row, order[found]) : -INFINITY);
                qry_nystrom_answer_rest(m.place, rest, order, found, m.output, &a);
                if (error_of(&m, row) > a.bound)
                    fail_msg("row %zu: error %.17g, bound %.17g", row, error_of(&m, row), a.bound);
                bounded += !isnan(a.bound);
            }
        qry_ctx_free(ctx);
    }
    assert_true(bounded > 100);
}

/* Rows with one key of weight fall back to the mean value, as far from it as any value is. */
static void sparse_rows(void **state)
{
    (void)state;
    size_t fallen = 0;
    for (uint64_t seed = 1; seed <= 60; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        struct input in = random_input(ctx, 3, 3, 1, 1, seed);
        for (size_t i = 0; i < 3; i++)
            in.q->item.real[i] *= i == 1 ? 1e4 : 10;
        for (size_t i = 0; i < in.v->count; i++)
            in.v->item.real[i] += seed % 2 ? 1e6 : 0;
        qry_attend_options o = options_of(QRY_ATTEND_NYSTROM, 3, true, false);
        struct made m = make(in, ctx, &o);
        for (size_t row = 0; row < 3; row++) {
            qry_nystrom_answer a;
            qry_nystrom_answer_row(m.place, qry_matrix_row(m.head->q, row), m.head->offset[row], 3, m.output, &a);
            if (error_of(&m, row) > a.bound)
                fail_msg("seed %d, row %zu: error %.17g, bound %.17g", (int)seed, row, error_of(&m, row), a.bound);
            fallen += a.fallback != NULL;
        }
        qry_ctx_free(ctx);
    }
    assert_true(fallen > 30);
}

/* Of causal rows with a sample by the oracle nobody knows the variance, and the answer says that. */
static void unknown_variance(void **state)
{
    (void)state;
    for (int causal = 0; causal < 2; causal++) {
        qry_ctx *ctx = qry_ctx_new();
        struct input in = random_input(ctx, 200, 200, 2, 0.1, 7);
        qry_attend_options o = options_of(QRY_ATTEND_NYSTROM, 30, false, causal);
        o.nystrom.value_samples = 60;
        struct made m = make(in, ctx, &o);
        for (size_t row = 190; row < 200; row++) {
            qry_nystrom_answer a;
            qry_nystrom_answer_row(m.place, qry_matrix_row(m.head->q, row), m.head->offset[row],
                                   qry_head_keys_of(m.head, row), m.output, &a);
            if (a.fallback)
                continue;
            assert_true(isnan(a.bound));
            assert_string_equal(a.no_bound, "the variance of the sample of values is not known");
        }
        qry_ctx_free(ctx);
    }
}

/* A search that the limit of queries ended is no certificate, whatever the rule, and the row says why it has no bound. */
static void stopped_searches(void **state)
{
    (void)state;
    const qry_rule rules[] = {{QRY_RULE_TOP, 8}, {QRY_RULE_DROP, 0.5}, {QRY_RULE_TARGET, 0.01}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        for (int limited = 0; limited < 2; limited++) {
            qry_ctx *ctx = qry_ctx_new();
            struct input in = random_input(ctx, 4, 128, 4, 1, 3);
            qry_attend_options o = options_of(QRY_ATTEND_HYBRID, 20, false, false);
            o.rule = &rules[i];
            o.rest = QRY_ATTEND_REST_BEST;
            o.run.max_queries = limited ? 3 : 0;
            qry_attend *attend = qry_attend_new(ctx, in.q, in.k, in.v, &o);
            qry_arena *arena = qry_arena_new(ctx);
            qry_attend_row result[4];
            double output[4 * 8];
            assert_true(in.v->count / 128 <= 8);
            assert_true(qry_attend_run(attend, arena, (const size_t[]){0, 1, 2, 3}, 4, result, output));
            for (size_t row = 0; row < 4; row++) {
                bool told = result[row].bound_reason && strstr(result[row].bound_reason, "the limit of queries");
                assert_int_equal(told, limited);
                assert_true(!told || isnan(result[row].bound));
                assert_true(!limited || result[row].hits < 128);
            }
            qry_arena_free(arena);
            qry_ctx_free(ctx);
        }
}

/* Every word of a table that a circuit reads was written: codes of the keys, probabilities of each level, digits of the sums. */
static void words_written(void **state)
{
    (void)state;
    for (int method = 0; method < 2; method++) {
        qry_ctx *ctx = qry_ctx_new();
        struct input in = random_input(ctx, 30, 60, 2, 0.5, 3);
        qry_attend_options o = options_of(method ? QRY_ATTEND_HYBRID : QRY_ATTEND_NYSTROM, 20, false, false);
        o.rest = QRY_ATTEND_REST_NYSTROM;
        o.nystrom.probabilities = QRY_PROBABILITIES_TABLE;
        qry_attend *attend = qry_attend_new(ctx, in.q, in.k, in.v, &o);
        const qry_attend_facts *facts = qry_attend_facts_of(attend);
        uint64_t words = method ? 60 * 2 : 0;
        double seconds = 0;
        for (size_t i = 0; i < facts->stage_count; i++) {
            const qry_attend_stage *stage = &facts->stage[i];
            words += stage->writes;
            seconds += stage->seconds;
            assert_int_equal(stage->ledger.query_count > 0, stage->writes > 0);
            if (strcmp(stage->name, "mean") == 0)
                assert_true(stage->writes >= 60 * 20 && stage->writes % 60 == 0);
        }
        assert_int_equal(facts->qram_writes, words);
        assert_true(facts->seconds >= seconds);
        qry_ctx_free(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(long_queries),     cmocka_unit_test(far_values),
                                       cmocka_unit_test(far_values_found), cmocka_unit_test(sparse_rows),
                                       cmocka_unit_test(unknown_variance), cmocka_unit_test(stopped_searches),
                                       cmocka_unit_test(words_written)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
