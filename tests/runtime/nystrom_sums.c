/* sums.c: intervals against sums done plainly, by both engines: columns of all kinds, and what they are charged. */
#include "searches.h"
#include "stage.h"

#include <math.h>

enum kind { NORMAL, PEAKED, ONE_SIGN, ALIKE, ZERO, TINY, ALTERNATING, KINDS };

static void fill(double *column, size_t rows, size_t stride, enum kind kind, qry_random *random)
{
    for (size_t j = 0; j < rows; j++) {
        double x = qry_random_normal(random), value = x;
        if (kind == PEAKED)
            value = j % 37 == 5 ? 9 * x : x * 0.01;
        else if (kind == ONE_SIGN)
            value = -fabs(x);
        else if (kind == ALIKE)
            value = -0.3;
        else if (kind == ZERO)
            value = 0;
        else if (kind == TINY)
            value = 1e-200 * x;
        else if (kind == ALTERNATING)
            value = j % 2 ? 1 : -1;
        column[j * stride] = value;
    }
}

static qry_matrix columns_of(qry_ctx *ctx, size_t rows, uint64_t seed)
{
    qry_random random;
    qry_matrix columns = qry_matrix_new(ctx, rows, KINDS);
    qry_random_seed(&random, seed, 0);
    for (size_t c = 0; c < KINDS; c++)
        fill(columns.at + c, rows, KINDS, (enum kind)c, &random);
    return columns;
}

static long double sum_of(qry_matrix columns, size_t c)
{
    long double sum = 0;
    for (size_t j = 0; j < columns.rows; j++)
        sum += columns.at[j * columns.columns + c];
    return sum;
}

/* How many runs have an interval that is not where it should be. Every one is as narrow as was asked for. */
static int misses(qry_engine engine, size_t rows, int runs, double precision, double failure)
{
    int missed = 0;
    for (int r = 0; r < runs; r++) {
        double low[KINDS], high[KINDS];
        bool miss = false;
        struct stage *stage = stage_new(engine, (uint64_t)r, failure);
        qry_matrix columns = columns_of(stage->ctx, rows, (uint64_t)r);
        assert_true(qry_sums_estimate(&stage->run, columns, precision, low, high));
        for (size_t c = 0; c < KINDS; c++) {
            long double sum = sum_of(columns, c), doubt = 1e-12L * (1 + fabsl(sum));
            assert_true((high[c] - low[c]) / 2 <= precision * (1 + 1e-9));
            miss |= sum < low[c] - doubt || sum > high[c] + doubt;
        }
        missed += miss;
        assert_true(stage_loads(stage, "U") == stage->ledger.ledger.a_calls);
        stage_free(stage);
    }
    return missed;
}

/* Numbers of rows that are powers of two and that are not, and a single row. */
static void intervals(void **state)
{
    (void)state;
    static const size_t rows[] = {1, 2, 3, 8, 100};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        assert_true(
            failures_are_plausible(misses(QRY_ENGINE_ORACLE, rows[i], 40, 0.05 * (double)rows[i], 0.3), 40, 0.3));
}

static void by_gates(void **state)
{
    (void)state;
    assert_true(failures_are_plausible(misses(QRY_ENGINE_SPARSE, 50, 6, 1, 0.1), 6, 0.1));
}

/* Both engines charge the same for a use of A, and need about as many. */
static void engines_agree(void **state)
{
    (void)state;
    enum { RUNS = 8 };
    double calls[2] = {0}, gates[2] = {0}, low[KINDS], high[KINDS];
    for (int e = 0; e < 2; e++)
        for (int r = 0; r < RUNS; r++) {
            struct stage *stage = stage_new(e ? QRY_ENGINE_ORACLE : QRY_ENGINE_SPARSE, (uint64_t)r, 0.01);
            assert_true(qry_sums_estimate(&stage->run, columns_of(stage->ctx, 64, 3), 1, low, high));
            calls[e] += (double)stage->ledger.ledger.a_calls;
            gates[e] += (double)stage->ledger.ledger.tally.gate[QRY_GATE_cswap];
            stage_free(stage);
        }
    assert_true(calls[0] > 0 && fabs(calls[0] / calls[1] - 1) < 0.2);
    assert_true(fabs(gates[0] / calls[0] / (gates[1] / calls[1]) - 1) < 0.01);
}

/* Columns of norm 1, as they come: sums to 0.02 / sqrt(32). Uses of A are of the order of sqrt(rows) / precision. */
static void cost(void **state)
{
    (void)state;
    double precision = 0.02 / sqrt(32), low, high, calls[2][2];
    for (int size = 0; size < 2; size++)
        for (int peaked = 0; peaked < 2; peaked++) {
            size_t rows = size ? 4096 : 256;
            qry_random random;
            struct stage *stage = stage_new(QRY_ENGINE_ORACLE, 1, 1e-3);
            struct steps steps = {0};
            stage->run.progress = stage_count_steps;
            stage->run.progress_state = &steps;
            qry_matrix column = qry_matrix_new(stage->ctx, rows, 1);
            qry_random_seed(&random, 1, (uint64_t)rows);
            fill(column.at, rows, 1, peaked ? PEAKED : NORMAL, &random);
            double norm = qry_norm(rows, column.at);
            for (size_t j = 0; j < rows; j++)
                column.at[j] /= norm;
            assert_true(qry_sums_estimate(&stage->run, column, precision, &low, &high));
            calls[size][peaked] = (double)stage->ledger.ledger.a_calls / sqrt((double)rows) * precision;
            assert_true(steps.calls > 0 && stage->ledger.seconds > 0);
            stage_free(stage);
        }
    for (int size = 0; size < 2; size++)
        for (int peaked = 0; peaked < 2; peaked++)
            if (!(calls[size][peaked] > 5 && calls[size][peaked] < 200))
                fail_msg("%g sqrt(rows) / precision", calls[size][peaked]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(intervals),
        cmocka_unit_test(by_gates),
        cmocka_unit_test(engines_agree),
        cmocka_unit_test(cost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
