/* rows_faults.c: what rows of attention refuse, how they end when they are stopped, and errors that are no numbers. */
#include "base/faults.h"
#include "runtime/attend/pipeline.h"
#include "support.h"

#include <math.h>

static void count_errors(void *state, const qry_diagnostic *diagnostic)
{
    if (diagnostic->severity == QRY_ERROR)
        ++*(int *)state;
}

/* An error that is no finite number is not within any bound. */
static void a_summary_counts_what_is_no_number(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    const qry_attend_row rows[] = {{.error = 1, .bound = 2},        {.error = 2, .bound = 1},
                                   {.error = INFINITY, .bound = 1}, {.error = INFINITY, .bound = NAN},
                                   {.error = NAN, .bound = 1}, /* was not computed */
                                   {.error = 1, .bound = NAN}};
    qry_attend_summary s = qry_attend_summarise(arena, rows, sizeof rows / sizeof *rows);
    assert_int_equal(s.over_bound, 3);
    assert_int_equal(s.without_bound, 2);
    qry_ctx_free(ctx);
}

static void rows_out_of_range_are_refused(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    struct input in = random_input(ctx, 3, 5, 2, 1, 1);
    qry_attend *attend = qry_attend_new(ctx, in.q, in.k, in.v, &(qry_attend_options){.method = QRY_ATTEND_SPARSE});
    qry_attend_row row;
    double output[3];
    int errors = 0;
    qry_ctx_on_diagnostic(ctx, count_errors, &errors);
    assert_false(qry_attend_run(attend, arena, (size_t[]){3}, 1, &row, output));
    assert_int_equal(errors, 1);
    qry_ctx_free(ctx);
}

static void bad_options_are_refused(void **state)
{
#define RULE(kind, value)                                                                                              \
    .rule = &(qry_rule) { kind, value }
    const qry_attend_options bad[] = {{RULE(QRY_RULE_TAU, NAN)},
                                      {RULE(QRY_RULE_TAU, INFINITY)},
                                      {RULE(QRY_RULE_DROP, -1)},
                                      {RULE(QRY_RULE_DROP, NAN)},
                                      {RULE(QRY_RULE_DROP, INFINITY)},
                                      {RULE(QRY_RULE_TOP, 0)},
                                      {RULE(QRY_RULE_TOP, NAN)},
                                      {RULE(QRY_RULE_TOP, INFINITY)},
                                      {RULE((qry_rule_kind)4, 1)},
                                      {.failure = -0.1},
                                      {.failure = 1},
                                      {.failure = NAN},
                                      {.bits = {8, 0}},
                                      {.bits = {0, 8}},
                                      {.bits = {1, 8}},
                                      {.bits = {8, 17}},
                                      {.bits = {-8, 8}},
                                      {.scale = NAN},
                                      {.scale = INFINITY},
                                      {.threads = -1},
                                      {RULE(QRY_RULE_TARGET, 0)},
                                      {RULE(QRY_RULE_TARGET, NAN)},
                                      {RULE(QRY_RULE_TARGET, INFINITY)},
                                      {.epsilon = -0.1},
                                      {.epsilon = 1.5},
                                      {.epsilon = NAN},
                                      {.epsilon = 0.1, .automatic = true},
                                      {.method = (qry_attend_method)5},
                                      {.method = QRY_ATTEND_HALFSPACE, .epsilon = 0.1},
                                      {.method = QRY_ATTEND_HALFSPACE, .automatic = true},
                                      {.method = QRY_ATTEND_HALFSPACE, RULE(QRY_RULE_TARGET, 0.1)},
                                      {.method = QRY_ATTEND_SPARSE, .causal = true}, /* 3 queries, 5 keys */
                                      {.method = QRY_ATTEND_EXACT, .causal = true}};
#undef RULE
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        qry_ctx *ctx = qry_ctx_new();
        struct input in = random_input(ctx, 3, 5, 2, 1, 1);
        int errors = 0;
        qry_ctx_on_diagnostic(ctx, count_errors, &errors);
        assert_null(qry_attend_new(ctx, in.q, in.k, in.v, &bad[i]));
        assert_int_equal(errors, 1);
        assert_non_null(qry_attend_new(ctx, in.q, in.k, in.v, &(qry_attend_options){.bits = {2, 16}, .failure = 0.9}));
        qry_ctx_free(ctx);
    }
}

static void an_interrupt_ends_it_with_one_message(void **state)
{
    (void)state;
    static volatile sig_atomic_t flag;
    flag = 0;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    struct input in = random_input(ctx, 8, 5, 2, 1, 1);
    qry_attend *attend =
        qry_attend_new(ctx, in.q, in.k, in.v, &(qry_attend_options){.method = QRY_ATTEND_SPARSE, .threads = 4});
    qry_attend_row row[8];
    double output[24];
    int errors = 0;
    qry_ctx_on_diagnostic(ctx, count_errors, &errors);
    qry_ctx_set_interrupt(ctx, &flag);
    flag = 1;
    assert_false(qry_attend_run(attend, arena, (size_t[]){0, 1, 2, 3, 4, 5, 6, 7}, 8, row, output));
    assert_int_equal(errors, 1);
    qry_ctx_free(ctx);
}

struct attempt {
    qry_ctx *ctx;
    bool measures;
    size_t fail_at;
    bool done;
};

static void attempt(void *state)
{
    struct attempt *a = state;
    qry_arena *arena = qry_arena_new(a->ctx);
    struct input in = random_input(a->ctx, 3, a->measures ? 12 : 5, 2, 1, 1);
    qry_memory_fail_at(a->ctx, a->fail_at);
    qry_attend_options options = {.method = QRY_ATTEND_HYBRID, .threads = 2};
    const qry_rule rule = {QRY_RULE_TOP, 1};
    if (a->measures) {
        options.epsilon = 0.05;
        options.groups = 1;
        options.run.engine = QRY_ENGINE_ORACLE;
        options.rule = &rule;
    }
    qry_attend *attend = qry_attend_new(a->ctx, in.q, in.k, in.v, &options);
    if (!attend)
        return;
    qry_attend_row row[2];
    double output[6];
    a->done = qry_attend_run(attend, arena, (size_t[]){0, 2}, 2, row, output);
    qry_memory_fail_at(a->ctx, 0);
    assert_true(!a->done || (row[0].rest_normaliser.a_calls + row[0].energy.a_calls > 0) == a->measures);
}

static void check_lost_memory(bool measures)
{
    bool done = false;
    int lost = 0;
    for (size_t n = 1; !done; n += 1 + n / (measures ? 12 : 40), lost++) {
        struct attempt a = {.ctx = qry_ctx_new(), .measures = measures, .fail_at = n};
        int errors = 0;
        qry_ctx_on_diagnostic(a.ctx, count_errors, &errors);
        bool finished = qry_protect(a.ctx, attempt, &a);
        done = finished && a.done;
        assert_int_equal(errors, done ? 0 : 1);
        qry_ctx_free(a.ctx);
    }
    assert_true(lost > (measures ? 50 : 100));
}

static void lost_memory_ends_it_in_order(void **state)
{
    (void)state;
    check_lost_memory(false);
    check_lost_memory(true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_summary_counts_what_is_no_number), cmocka_unit_test(rows_out_of_range_are_refused),
        cmocka_unit_test(bad_options_are_refused), cmocka_unit_test(an_interrupt_ends_it_with_one_message),
        cmocka_unit_test(lost_memory_ends_it_in_order)};
    qry_linalg_threads(1);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
