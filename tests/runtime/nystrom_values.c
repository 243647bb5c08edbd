/* values.c: rows of V by their leverage: unbiased, as many as are wanted, of any V; by both engines, from tables and from the
 * oracle. */
#include "searches.h"
#include "stage.h"
#include "support.h"

#include <math.h>

/* Rows of very different length; of rank `rank`. */
static qry_matrix random_values(qry_ctx *ctx, size_t rows, size_t width, size_t rank, uint64_t seed)
{
    qry_random random;
    qry_random_seed(&random, seed, 9);
    qry_matrix left = qry_matrix_new(ctx, rows, rank), right = qry_matrix_new(ctx, rank, width);
    qry_matrix values = qry_matrix_new(ctx, rows, width);
    for (size_t i = 0; i < rows; i++)
        for (size_t c = 0; c < rank; c++)
            qry_matrix_row(left, i)[c] = qry_random_normal(&random) * (i % 19 == 3 ? 8 : 1);
    for (size_t i = 0; i < rank * width; i++)
        right.at[i] = qry_random_normal(&random);
    qry_matrix_multiply(1, left, false, right, false, 0, values);
    return values;
}

static qry_value_samples sample(struct stage *stage, qry_matrix values, size_t wanted)
{
    qry_value_samples samples;
    assert_true(qry_values_sample(&stage->run, values, wanted, &samples));
    for (size_t i = 0; i < samples.count; i++) {
        assert_true(samples.row[i] < values.rows && (i == 0 || samples.row[i] > samples.row[i - 1]));
        assert_true(samples.probability[i] > 0 && samples.probability[i] <= 1);
        assert_true(!samples.every || samples.every[samples.row[i]] == samples.probability[i]);
    }
    return samples;
}

/* t = sum over the samples of (x.v_j)^2 / p_j, and over all rows of (x.v_j)^2. */
static double sampled_square(qry_matrix values, const qry_value_samples *s, const double *x)
{
    double sum = 0;
    for (size_t i = 0; i < s->count; i++)
        sum += pow(qry_dot(values.columns, x, qry_matrix_row(values, s->row[i])), 2) / s->probability[i];
    return sum;
}

static double whole_square(qry_matrix values, const double *x)
{
    double sum = 0;
    for (size_t j = 0; j < values.rows; j++)
        sum += pow(qry_dot(values.columns, x, qry_matrix_row(values, j)), 2);
    return sum;
}

/* B^T B is V^T V on average, in any direction, and not far off in any run: rows are taken independently of each other given the
 * levels below. */
static void unbiased(qry_attend_probabilities probabilities, size_t rows, size_t width, size_t wanted, int runs)
{
    enum { DIRECTIONS = 3 };
    double sum[DIRECTIONS] = {0}, square[DIRECTIONS] = {0}, count = 0;
    for (int r = 0; r < runs; r++) {
        struct stage *stage = stage_new(QRY_ENGINE_ORACLE, (uint64_t)r, 1e-4);
        stage->run.probabilities = probabilities;
        qry_matrix values = random_values(stage->ctx, rows, width, width, 1);
        qry_value_samples samples = sample(stage, values, wanted);
        qry_random random;
        qry_random_seed(&random, 4, 4);
        count += (double)samples.count;
        for (int d = 0; d < DIRECTIONS; d++) {
            double x[32];
            for (size_t c = 0; c < width; c++)
                x[c] = qry_random_normal(&random);
            double ratio = sampled_square(values, &samples, x) / whole_square(values, x);
            sum[d] += ratio;
            square[d] += ratio * ratio;
        }
        stage_free(stage);
    }
    for (int d = 0; d < DIRECTIONS; d++) {
        double mean = sum[d] / runs, variance = square[d] / runs - mean * mean;
        assert_true(variance > 0 && variance < 3 * (double)width / (double)wanted);
        assert_true(fabs(mean - 1) < 6.5 * sqrt(variance / runs));
    }
    assert_true(fabs(count / runs - (double)wanted) < 0.1 * (double)wanted + 6 * sqrt((double)wanted / runs));
}

static void averages(void **state)
{
    (void)state;
    unbiased(QRY_PROBABILITIES_TABLE, 300, 5, 60, 100);
    unbiased(QRY_PROBABILITIES_TABLE, 700, 16, 200, 60);
    unbiased(QRY_PROBABILITIES_COHERENT, 300, 3, 50, 40);
    unbiased(QRY_PROBABILITIES_AUTO, 100, 2, 20, 100);
}

/* All V, from none to all rows. */
static void numbers(void **state)
{
    (void)state;
    static const size_t rows[] = {1, 2, 7, 40, 200}, widths[] = {1, 3, 8};
    for (int r = 0; r < 5; r++)
        for (int d = 0; d < 3; d++)
            for (size_t rank = 0; rank <= widths[d]; rank += 1 + widths[d] / 2)
                for (size_t wanted = 1; wanted < 300; wanted *= 4) {
                    struct stage *stage = stage_new(QRY_ENGINE_ORACLE, wanted, 1e-3);
                    struct steps steps = {0};
                    stage->run.progress = stage_count_steps;
                    stage->run.progress_state = &steps;
                    qry_matrix values = random_values(stage->ctx, rows[r], widths[d], rank, rank + 1);
                    qry_value_samples samples = sample(stage, values, wanted);
                    if (wanted >= rows[r]) {
                        assert_true(samples.count == rows[r] && samples.probability[0] == 1);
                        assert_true(samples.every && stage->ledger.ledger.shots == 0);
                    } else if (rank == 0) {
                        assert_true(samples.count == 0 && stage->ledger.ledger.shots == 0);
                    } else {
                        assert_true(steps.calls > 0 && stage->ledger.note && stage->ledger.operations > 0);
                    }
                    stage_free(stage);
                }
}

/* A row that alone has a direction is always there, however short. */
static void lone_directions(void **state)
{
    (void)state;
    enum { ROWS = 300, WIDTH = 6, LONE = 123 };
    for (uint64_t r = 0; r < 30; r++) {
        struct stage *stage = stage_new(QRY_ENGINE_ORACLE, r, 1e-9);
        qry_matrix values = random_values(stage->ctx, ROWS, WIDTH, WIDTH, 2);
        for (size_t j = 0; j < ROWS; j++)
            qry_matrix_row(values, j)[WIDTH - 1] = j == LONE ? 0.1 : 0;
        qry_value_samples samples = sample(stage, values, 60);
        bool there = false;
        for (size_t i = 0; i < samples.count; i++)
            there |= samples.row[i] == LONE && samples.probability[i] > 0.9;
        assert_true(there);
        stage_free(stage);
    }
}

/* ---- the oracle's probabilities ---- */

/* With so few rows that all are the lowest level, leverages are exact: tables and oracles have them, but for rounding. */
static void check_probabilities(qry_attend_probabilities probabilities, qry_engine engine, size_t width, double error)
{
    enum { ROWS = 15, WANTED = 6 };
    double *every = NULL;
    for (uint64_t r = 0; r < 12; r++) {
        struct stage *stage = stage_new(engine, r, 1e-6);
        qry_matrix values = random_values(stage->ctx, ROWS, width, width, width);
        stage->run.probabilities = QRY_PROBABILITIES_TABLE;
        if (!every)
            every = test_calloc(ROWS, sizeof *every);
        qry_value_samples table = sample(stage, values, WANTED);
        for (size_t j = 0; j < ROWS; j++)
            every[j] = table.every[j];
        stage->run.probabilities = probabilities;
        qry_value_samples samples = sample(stage, values, WANTED);
        for (size_t i = 0; i < samples.count; i++)
            assert_true(fabs(samples.probability[i] - every[samples.row[i]]) <= error);
        assert_true(samples.every == NULL || probabilities != QRY_PROBABILITIES_COHERENT);
        stage_free(stage);
    }
    test_free(every);
}

static void oracles(void **state)
{
    (void)state;
    for (size_t width = 1; width <= 4; width++) {
        check_probabilities(QRY_PROBABILITIES_COHERENT, QRY_ENGINE_ORACLE, width, 5e-4);
        check_probabilities(QRY_PROBABILITIES_AUTO, QRY_ENGINE_ORACLE, width, 5e-4);
    }
    check_probabilities(QRY_PROBABILITIES_COHERENT, QRY_ENGINE_SPARSE, 2, 5e-4);
}

/* How often each row is there, by both engines: p is the same in every run. */
static void inclusions(qry_engine engine, qry_attend_probabilities probabilities, size_t width, int runs)
{
    enum { ROWS = 15, WANTED = 6 };
    double taken[ROWS] = {0}, p[ROWS] = {0}, square = 0, degrees = 0;
    for (int r = 0; r < runs; r++) {
        struct stage *stage = stage_new(engine, (uint64_t)r, 1e-6);
        qry_matrix values = random_values(stage->ctx, ROWS, width, width, 5);
        stage->run.probabilities = probabilities;
        qry_value_samples samples = sample(stage, values, WANTED);
        for (size_t i = 0; i < samples.count; i++) {
            taken[samples.row[i]]++;
            p[samples.row[i]] = samples.probability[i];
        }
        const char *table = samples.every ? "P" : "V";
        assert_true(stage_loads(stage, table) == 2 * stage->ledger.ledger.oracle_calls);
        stage_free(stage);
    }
    for (size_t j = 0; j < ROWS; j++) {
        double variance = runs * p[j] * (1 - p[j]);
        if (variance < 4)
            continue;
        square += pow(taken[j] - runs * p[j], 2) / variance;
        degrees++;
    }
    assert_true(degrees >= 5);
    if (!(square < degrees + 5 * sqrt(2 * degrees) + 15))
        fail_msg("chi^2 %g at %g degrees of freedom", square, degrees);
}

static void how_often(void **state)
{
    (void)state;
    inclusions(QRY_ENGINE_ORACLE, QRY_PROBABILITIES_TABLE, 3, 1500);
    inclusions(QRY_ENGINE_SPARSE, QRY_PROBABILITIES_TABLE, 3, 100);
    inclusions(QRY_ENGINE_ORACLE, QRY_PROBABILITIES_COHERENT, 2, 300);
    inclusions(QRY_ENGINE_SPARSE, QRY_PROBABILITIES_COHERENT, 2, 30);
}

/* A whole head, gate by gate. */
static void by_gates(void **state)
{
    (void)state;
    struct stage *stage = stage_new(QRY_ENGINE_SPARSE, 1, 1e-3);
    qry_head *head = real_head(stage->ctx);
    qry_value_samples samples = sample(stage, head->v, 64);
    assert_true(samples.count > 64 - 50 && samples.count < 64 + 50);
    assert_true(stage->ledger.ledger.tally.gate[QRY_GATE_cswap] > 0);
    stage_free(stage);
}

static void ignore(void *state, const qry_diagnostic *diagnostic)
{
    (void)diagnostic;
    ++*(int *)state;
}

static void refuses_wide_oracles(void **state)
{
    (void)state;
    int reports = 0;
    qry_value_samples samples;
    struct stage *stage = stage_new(QRY_ENGINE_ORACLE, 1, 1e-3);
    qry_ctx_on_diagnostic(stage->ctx, ignore, &reports);
    stage->run.probabilities = QRY_PROBABILITIES_COHERENT;
    assert_false(qry_values_sample(&stage->run, random_values(stage->ctx, 50, 20, 20, 1), 10, &samples));
    assert_true(reports == 1);
    stage_free(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(averages),
        cmocka_unit_test(numbers),
        cmocka_unit_test(lone_directions),
        cmocka_unit_test(oracles),
        cmocka_unit_test(how_often),
        cmocka_unit_test(by_gates),
        cmocka_unit_test(refuses_wide_oracles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
