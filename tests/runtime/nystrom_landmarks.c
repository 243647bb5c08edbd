/* landmarks.c: which points are taken, how often, and what it is charged; by both engines, from tables and from the oracle. */
#include "searches.h"
#include "stage.h"
#include "support.h"

#include <math.h>
#include <string.h>

#include "runtime/nystrom/leverage.h"

static qry_kernel *random_kernel(qry_ctx *ctx, size_t rows, size_t keys, size_t width, double deviation, bool raw,
                                 uint64_t seed)
{
    return qry_kernel_new(random_head(ctx, rows, keys, width, 2, deviation, seed), raw);
}

static void check(const qry_landmarks *l, const qry_kernel *kernel, size_t wanted)
{
    size_t points = kernel->queries + kernel->keys;
    assert_true(l->count >= 1 && l->count <= (wanted && wanted < points ? wanted : points));
    for (size_t i = 0; i < l->count; i++)
        assert_true(l->point[i] < points && (i == 0 || l->point[i - 1] < l->point[i]));
}

/* Any number of landmarks, of any kernel. */
static void numbers(void **state)
{
    (void)state;
    static const size_t keys[] = {1, 3, 20, 150};
    for (size_t k = 0; k < 4; k++)
        for (size_t wanted = 1; wanted < 200; wanted = wanted * 3 / 2 + 1)
            for (int raw = 0; raw < 2; raw++) {
                struct stage *stage = stage_new(QRY_ENGINE_ORACLE, wanted, 1e-3);
                qry_kernel *kernel = random_kernel(stage->ctx, 1 + keys[k] / 2, keys[k], 3, 1, raw, k + 1);
                size_t points = kernel->queries + kernel->keys;
                struct steps steps = {0};
                qry_landmarks l;
                stage->run.progress = stage_count_steps;
                stage->run.progress_state = &steps;
                stage->run.probabilities = QRY_PROBABILITIES_TABLE;
                assert_true(qry_landmarks_sample(&stage->run, kernel, wanted, 0, &l));
                check(&l, kernel, wanted);
                assert_true(stage->ledger.note);
                if (wanted >= points)
                    assert_true(l.count == points && stage->ledger.ledger.shots == 0);
                else
                    assert_true(l.lambda > 0 && steps.done == steps.total && stage->ledger.operations > 0);
                stage_free(stage);
            }
}

/* About as many as are wanted, hardly ever far fewer. */
static void about_as_many(void **state)
{
    (void)state;
    enum { RUNS = 40, WANTED = 36 };
    double sum = 0;
    for (uint64_t r = 0; r < RUNS; r++) {
        struct stage *stage = stage_new(QRY_ENGINE_ORACLE, r, 1e-3);
        qry_landmarks l;
        assert_true(
            qry_landmarks_sample(&stage->run, random_kernel(stage->ctx, 150, 150, 4, 1, false, r), WANTED, 0, &l));
        sum += (double)l.count;
        stage_free(stage);
    }
    /* min(x, 36) of a number with mean 42 and a variance of at most 42 is at least 33 on average. */
    assert_true(sum / RUNS > 33 - 5 * 6.5 / sqrt(RUNS) && sum / RUNS <= WANTED);
}

/* ---- points that are hard ---- */

static qry_kernel *kernel_of(qry_ctx *ctx, size_t rows, size_t keys, size_t width,
                             double (*entry)(size_t, size_t, bool))
{
    size_t q_shape[] = {rows, width}, k_shape[] = {keys, width};
    qry_array *q = qry_array_new(ctx, 2, q_shape), *k = qry_array_new(ctx, 2, k_shape),
              *v = qry_array_new(ctx, 2, k_shape);
    for (size_t i = 0; i < q->count; i++)
        q->item.real[i] = entry(i / width, i % width, false);
    for (size_t i = 0; i < k->count; i++)
        k->item.real[i] = entry(i / width, i % width, true);
    qry_head *head = qry_head_new(ctx, q, k, v, 0, true);
    assert_non_null(head);
    return qry_kernel_new(head, false);
}

static double all_the_same(size_t i, size_t c, bool key) { return (double)c + (key ? 0.5 : 0) + 0 * (double)i; }
static double few_places(size_t i, size_t c, bool key) { return sin((double)(i % 3 * 7 + c)) + (key ? 0.5 : 0); }
static double one_heavy(size_t i, size_t c, bool key)
{
    return key && i == 5 ? 30 + (double)c : 0.01 * cos((double)(i + c));
}
static double zeros(size_t i, size_t c, bool key) { return 0 * (double)(i + c + key); }

static void hard_points(void **state)
{
    (void)state;
    double (*const kinds[])(size_t, size_t, bool) = {all_the_same, few_places, one_heavy, zeros};
    static const size_t wanted[] = {1, 2, 5, 12, 50};
    for (size_t k = 0; k < 4; k++)
        for (size_t w = 0; w < 5; w++)
            for (int coherent = 0; coherent < (wanted[w] > 12 ? 1 : 2); coherent++) {
                struct stage *stage = stage_new(QRY_ENGINE_ORACLE, 3, 1e-3);
                qry_kernel *kernel = kernel_of(stage->ctx, 40, 60, 2, kinds[k]);
                qry_landmarks l;
                stage->run.probabilities = coherent ? QRY_PROBABILITIES_COHERENT : QRY_PROBABILITIES_TABLE;
                assert_true(qry_landmarks_sample(&stage->run, kernel, wanted[w], 0, &l));
                check(&l, kernel, wanted[w]);
                assert_true(qry_landmarks_sample(&stage->run, kernel, 0, 0.5, &l));
                check(&l, kernel, 0);
                stage_free(stage);
            }
}

/* Points that stand alone are found among many that do not: they are what uniform landmarks would miss. */
static double with_outliers(size_t i, size_t c, bool key)
{
    if (key && i % 16 == 3)
        return 6 * sin((double)(i * (2 * c + 1)));
    return 0.05 * cos((double)(3 * i + c));
}

static double residual_trace(const qry_kernel *kernel, const qry_landmarks *l)
{
    qry_ctx *ctx = kernel->ctx;
    size_t points = kernel->queries + kernel->keys;
    double trace = 0;
    uint32_t *order = qry_alloc(ctx, l->count, sizeof *order);
    qry_ridge ridge = {.kernel = kernel, .point = l->point, .count = l->count, .lambda = 1};
    qry_matrix block = qry_matrix_new(ctx, l->count, l->count);
    qry_kernel_block(kernel, l->point, 0, l->point, 0, false, block);
    for (size_t i = 0; i < l->count; i++)
        block.at[i * l->count + i] += 1e-9;
    assert_true(qry_matrix_cholesky(ctx, block, 0, order) == l->count);
    ridge.root = block;
    ridge.point = qry_alloc(ctx, l->count, sizeof *ridge.point);
    for (size_t i = 0; i < l->count; i++)
        ridge.point[i] = l->point[order[i]];
    for (uint32_t i = 0; i < points; i++) {
        double leverage;
        qry_ridge_leverages(&ridge, &i, 1, &leverage);
        trace += leverage;
    }
    return trace;
}

static void finds_what_matters(void **state)
{
    (void)state;
    enum { RUNS = 10, WANTED = 24 };
    double by_leverage = 0, uniform = 0;
    for (uint64_t r = 0; r < RUNS; r++) {
        struct stage *stage = stage_new(QRY_ENGINE_ORACLE, r, 1e-3);
        qry_kernel *kernel = kernel_of(stage->ctx, 60, 240, 3, with_outliers);
        memset(kernel->weight, 0, 300 * sizeof *kernel->weight);
        qry_landmarks l;
        assert_true(qry_landmarks_sample(&stage->run, kernel, WANTED, 0, &l));
        by_leverage += residual_trace(kernel, &l);
        l.point = qry_stage_permutation(&stage->run, 300, 77);
        l.count = WANTED;
        uniform += residual_trace(kernel, &l);
        stage_free(stage);
    }
    assert_true(by_leverage < uniform / 4);
}

/* With a ridge the number follows, and what is left is of the order of the ridge, in every direction. */
static void a_given_ridge(void **state)
{
    (void)state;
    size_t before = SIZE_MAX;
    for (double lambda = 0.01; lambda < 20; lambda *= 4) {
        struct stage *stage = stage_new(QRY_ENGINE_ORACLE, 5, 1e-3);
        qry_kernel *kernel = random_kernel(stage->ctx, 60, 90, 2, 1, false, 4);
        qry_landmarks l;
        assert_true(qry_landmarks_sample(&stage->run, kernel, 0, lambda, &l));
        check(&l, kernel, 0);
        assert_true(l.lambda == lambda && l.count <= before);
        assert_true(residual_trace(kernel, &l) < 150 * lambda);
        before = l.count;
        stage_free(stage);
    }
    assert_true(before < 20);
}

/* ---- how often ---- */

enum { FEW = 24 };

/* With so few points, all are the sample, and leverages are exact. */
static void exact_chances(const qry_kernel *kernel, double lambda, double *p)
{
    qry_ctx *ctx = kernel->ctx;
    double sum = 0;
    uint32_t all[FEW], order[FEW];
    qry_matrix block = qry_matrix_new(ctx, FEW, FEW);
    for (uint32_t i = 0; i < FEW; i++)
        all[i] = i;
    qry_kernel_block(kernel, all, 0, all, 0, false, block);
    for (size_t i = 0; i < FEW; i++)
        block.at[i * FEW + i] += lambda;
    assert_true(qry_matrix_cholesky(ctx, block, 0, order) == FEW);
    qry_ridge ridge = {.kernel = kernel, .point = order, .count = FEW, .lambda = lambda, .root = block};
    qry_ridge_leverages(&ridge, all, FEW, p);
    for (size_t i = 0; i < FEW; i++)
        sum += p[i];
    for (size_t i = 0; i < FEW; i++)
        p[i] = fmin(1, fmax(log(sum), 1) * p[i]);
}

static void count_inclusions(qry_engine engine, qry_attend_probabilities probabilities, int runs)
{
    const double lambda = 1.5;
    double p[FEW] = {0}, taken[FEW] = {0}, square = 0, degrees = 0;
    for (int r = 0; r < runs; r++) {
        struct stage *stage = stage_new(engine, (uint64_t)r, 1e-6);
        qry_kernel *kernel = random_kernel(stage->ctx, 10, FEW - 10, 2, 1, false, 8);
        qry_landmarks l;
        stage->run.probabilities = probabilities;
        if (r == 0)
            exact_chances(kernel, lambda, p);
        assert_true(qry_landmarks_sample(&stage->run, kernel, 0, lambda, &l));
        for (size_t i = 0; i < l.count; i++)
            taken[l.point[i]]++;
        stage_free(stage);
    }
    for (size_t i = 0; i < FEW; i++) {
        double variance = runs * p[i] * (1 - p[i]);
        if (variance < 4) { /* too rare for squares */
            assert_true(sum_is_plausible(taken[i], runs * p[i], variance + runs * 1e-3, 1));
            continue;
        }
        square += pow(taken[i] - runs * p[i], 2) / variance;
        degrees++;
    }
    assert_true(degrees >= 8);
    if (!(square < degrees + 5 * sqrt(2 * degrees) + 15))
        fail_msg("chi^2 %g at %g degrees of freedom", square, degrees);
}

static void inclusions(void **state)
{
    (void)state;
    count_inclusions(QRY_ENGINE_ORACLE, QRY_PROBABILITIES_TABLE, 2000);
    count_inclusions(QRY_ENGINE_SPARSE, QRY_PROBABILITIES_TABLE, 150);
    count_inclusions(QRY_ENGINE_ORACLE, QRY_PROBABILITIES_COHERENT, 100);
}

/* ---- what it costs ---- */

/* Both engines charge alike, and need about as many calls. */
static void engines_agree(void **state)
{
    (void)state;
    enum { RUNS = 12 };
    double sum[2] = {0}, square[2] = {0}, gates[2] = {0};
    for (int e = 0; e < 2; e++)
        for (uint64_t r = 0; r < RUNS; r++) {
            struct stage *stage = stage_new(e ? QRY_ENGINE_ORACLE : QRY_ENGINE_SPARSE, r, 1e-3);
            qry_kernel *kernel = random_kernel(stage->ctx, 40, 80, 3, 1, false, 2);
            qry_landmarks l;
            stage->run.probabilities = QRY_PROBABILITIES_TABLE;
            assert_true(qry_landmarks_sample(&stage->run, kernel, 12, 0, &l));
            double calls = (double)stage->ledger.ledger.oracle_calls;
            assert_true(stage_loads(stage, "P") == 2 * stage->ledger.ledger.oracle_calls);
            assert_true(stage_loads(stage, "alive") == 2 * stage->ledger.ledger.oracle_calls);
            assert_true(stage->ledger.seconds >= stage->ledger.ledger.seconds);
            sum[e] += calls;
            square[e] += calls * calls;
            gates[e] += (double)stage->ledger.ledger.tally.gate[QRY_GATE_cswap] / calls / RUNS;
            stage_free(stage);
        }
    double variance = 0;
    for (int e = 0; e < 2; e++)
        variance += (square[e] / RUNS - sum[e] * sum[e] / RUNS / RUNS) / (RUNS - 1);
    assert_true(fabs(sum[0] - sum[1]) / RUNS < 7 * sqrt(variance));
    assert_true(fabs(gates[0] / gates[1] - 1) < 0.05);
}

/* A whole head, gate by gate. */
static void by_gates(void **state)
{
    (void)state;
    struct stage *stage = stage_new(QRY_ENGINE_SPARSE, 1, 1e-3);
    qry_landmarks l;
    qry_kernel *kernel = qry_kernel_new(real_head(stage->ctx), false);
    assert_true(qry_landmarks_sample(&stage->run, kernel, 32, 0, &l));
    check(&l, kernel, 32);
    assert_true(l.count >= 16 && stage->ledger.ledger.tally.gate[QRY_GATE_cswap] > 0);
    stage_free(stage);
}

static volatile sig_atomic_t stop = 1;

static void sample_some(void *argument)
{
    struct stage *stage = argument;
    qry_landmarks l;
    qry_landmarks_sample(&stage->run, random_kernel(stage->ctx, 30, 30, 2, 1, false, 1), 8, 0, &l);
}

static void ignore(void *state, const qry_diagnostic *diagnostic)
{
    (void)diagnostic;
    ++*(int *)state;
}

static void ends_when_told(void **state)
{
    (void)state;
    int reports = 0;
    struct stage *stage = stage_new(QRY_ENGINE_ORACLE, 1, 1e-3);
    qry_ctx_on_diagnostic(stage->ctx, ignore, &reports);
    stage->run.run.max_queries = 20;
    assert_true(qry_protect(stage->ctx, sample_some, stage) && reports > 0);
    assert_string_equal(stage->ledger.note, qry_stage_note(1, 0));
    stage->run.run.max_queries = 1; /* some are not drawn at all */
    assert_true(qry_protect(stage->ctx, sample_some, stage));
    assert_non_null(strstr(stage->ledger.note, "in 1 of 3 levels nothing came in 8 draws: the sample below stays"));
    reports = 0;
    qry_ctx_set_interrupt(stage->ctx, &stop);
    assert_false(qry_protect(stage->ctx, sample_some, stage));
    assert_true(reports == 1);
    stage_free(stage);
}

static void refuses_wide_oracles(void **state)
{
    (void)state;
    int reports = 0;
    qry_landmarks l;
    struct stage *stage = stage_new(QRY_ENGINE_ORACLE, 1, 1e-3);
    qry_ctx_on_diagnostic(stage->ctx, ignore, &reports);
    stage->run.probabilities = QRY_PROBABILITIES_COHERENT;
    assert_false(qry_landmarks_sample(&stage->run, random_kernel(stage->ctx, 80, 80, 2, 1, false, 1), 60, 0, &l));
    assert_true(reports == 1);
    stage_free(stage);
}

/* Unless told otherwise the oracle computes what is small: not for coordinates that take too many bits. */
static double far_away(size_t i, size_t c, bool key) { return 1e6 * sin((double)(i * (c + 3) + key)); }

static void oracles_where_small(void **state)
{
    (void)state;
    qry_landmarks l;
    struct stage *stage = stage_new(QRY_ENGINE_ORACLE, 1, 1e-3);
    qry_kernel *near = random_kernel(stage->ctx, 12, 12, 2, 1, false, 1);
    qry_kernel *far = kernel_of(stage->ctx, 12, 12, 2, far_away);
    assert_true(qry_landmarks_sample(&stage->run, near, 6, 0, &l));
    assert_string_equal(stage->ledger.note, qry_stage_note(1, 0));
    assert_true(qry_landmarks_sample(&stage->run, far, 6, 0, &l));
    assert_string_equal(stage->ledger.note, qry_stage_note(0, 1));
    check(&l, far, 6);
    assert_true(qry_landmarks_sample(&stage->run, random_kernel(stage->ctx, 12, 12, 9, 1, false, 1), 6, 0, &l));
    assert_string_equal(stage->ledger.note, qry_stage_note(0, 1));
    stage_free(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(about_as_many),
        cmocka_unit_test(hard_points),
        cmocka_unit_test(finds_what_matters),
        cmocka_unit_test(a_given_ridge),
        cmocka_unit_test(inclusions),
        cmocka_unit_test(engines_agree),
        cmocka_unit_test(by_gates),
        cmocka_unit_test(ends_when_told),
        cmocka_unit_test(refuses_wide_oracles),
        cmocka_unit_test(oracles_where_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
