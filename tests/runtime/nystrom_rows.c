/* factor.c to row.c: rows from the low-rank kernel against the definition, and their bounds against their errors, over heads,
 * kernels, landmarks and seeds; and heads that are hard. */
#include "support.h"

#include <math.h>
#include <string.h>

#include "runtime/nystrom/factor.h"

static const double failure = 1e-3;

struct made {
    qry_ctx *ctx;
    qry_head *head;
    qry_nystrom *nystrom;
    qry_nystrom_place *place;
    double *output;
};

static struct made make_of(qry_ctx *ctx, qry_head *head, const qry_attend_options *options)
{
    struct made m = {.ctx = ctx, .head = head};
    qry_attend_stage stages[4];
    size_t count;
    m.nystrom = qry_nystrom_new(head, options, failure, stages, &count);
    assert_non_null(m.nystrom);
    assert_in_range(count, 3, 4);
    m.place = qry_nystrom_place_new(ctx, m.nystrom);
    m.output = qry_alloc(ctx, head->value_width, sizeof(double));
    return m;
}

static void free_made(struct made *m)
{
    qry_ctx *ctx = m->ctx;
    qry_nystrom_place_free(m->place);
    qry_nystrom_free(m->nystrom);
    qry_free(ctx, m->output);
    qry_head_free(m->head);
    qry_ctx_free(ctx);
}

static qry_nystrom_answer answer(struct made *m, size_t row)
{
    qry_nystrom_answer a;
    qry_nystrom_answer_row(m->place, qry_matrix_row(m->head->q, row), m->head->offset[row],
                           m->nystrom->causal ? row + 1 : m->head->keys, m->output, &a);
    return a;
}

/* The exact row over the first keys. */
static double error_of(const struct made *m, size_t row)
{
    qry_head head = *m->head;
    if (m->nystrom->causal)
        head.keys = row + 1;
    return slow_error(&head, row, m->output);
}

struct tally {
    size_t rows, bounded, fallen;
    double worst; /* error over bound */
};

/* All rows: finite outputs in the ball of the values, bounds above errors but for `missed` that may fail. */
static struct tally check_rows(struct made *m)
{
    struct tally t = {0};
    for (size_t row = 0; row < m->head->rows; row++) {
        qry_nystrom_answer a = answer(m, row);
        double error = error_of(m, row), from_mean = 0;
        for (size_t c = 0; c < m->head->value_width; c++) {
            assert_true(isfinite(m->output[c]));
            from_mean = hypot(from_mean, m->output[c] - m->head->value_mean[c]);
        }
        assert_true(from_mean <= m->head->value_radius * (1 + 1e-9) + 1e-300);
        assert_true(isnan(a.bound) == (a.no_bound != NULL));
        assert_true(a.residual >= 0 && a.residual <= 1);
        t.rows++;
        t.fallen += a.fallback != NULL;
        if (!isnan(a.bound)) {
            t.bounded++;
            assert_true(a.bound <= 2 * m->head->value_radius);
            t.worst = fmax(t.worst, error > 0 ? error / a.bound : 0);
        }
    }
    return t;
}

static qry_attend_options options_of(size_t landmarks, bool raw, bool causal, size_t samples, uint64_t seed)
{
    return (qry_attend_options){.method = QRY_ATTEND_NYSTROM,
                                .causal = causal,
                                .nystrom = {.landmarks = landmarks, .raw = raw, .value_samples = samples},
                                .run = {.engine = QRY_ENGINE_ORACLE, .seed = seed}};
}

/* Bounds over many heads, never below the error. That of sampled values may be with probability `failure` a row, by
 * Chebyshev's inequality, which is far from what happens. */
static void bounds(void **state)
{
    (void)state;
    size_t rows = 0, bounded = 0;
    for (uint64_t seed = 1; seed <= 240; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        bool causal = seed % 3 == 0, raw = seed % 2, sampled = seed % 5 == 0;
        size_t keys = 5 + seed % 90;
        double deviation = seed % 4 == 0 ? 3 : seed % 4 == 1 ? 0.1 : 0.7;
        qry_head *head =
            random_head(ctx, causal ? keys : 1 + seed % 23, keys, 1 + seed % 4, 1 + seed % 5, deviation, seed);
        qry_attend_options o = options_of(1 + seed % 60, raw, causal, sampled ? keys / 2 + 1 : 0, seed);
        struct made m = make_of(ctx, head, &o);
        struct tally t = check_rows(&m);
        if (t.worst > 1)
            fail_msg("seed %d: error %g times the bound", (int)seed, t.worst);
        rows += t.rows;
        bounded += t.bounded;
        free_made(&m);
    }
    print_message("%zu of %zu rows have a bound\n", bounded, rows);
    assert_true(bounded > rows / 10);
}

/* All points are landmarks: nothing is left, and the row is exact but for the normaliser, known to its precision. */
static void all_landmarks(void **state)
{
    (void)state;
    for (int raw = 0; raw < 2; raw++)
        for (int causal = 0; causal < 2; causal++) {
            qry_ctx *ctx = qry_ctx_new();
            qry_head *head = random_head(ctx, 30, 30, 3, 4, 1, 5);
            qry_attend_options o = options_of(60, raw, causal, 0, 1);
            o.nystrom.mean_epsilon = 1e-6;
            struct made m = make_of(ctx, head, &o);
            for (size_t row = 0; row < head->rows; row++) {
                qry_nystrom_answer a = answer(&m, row);
                assert_true(a.residual < 1e-9);
                assert_true(error_of(&m, row) < 1e-4);
                assert_true(a.bound < 1e-2 * head->value_radius);
            }
            free_made(&m);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bounds), cmocka_unit_test(all_landmarks)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
