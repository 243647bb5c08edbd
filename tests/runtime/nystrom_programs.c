/* leverage_program.c: what the oracle computes, for every point, against double precision; its sets, gate by gate; and the
 * odds and ends of circuits.c. */
#include "searches.h"
#include "stage.h"
#include "support.h"

#include <math.h>

#include "runtime/nystrom/leverage.h"

/* The first `count` points as a sample; probabilities below 1 for some of them. */
static qry_ridge ridge_of(const qry_kernel *kernel, size_t count, double lambda)
{
    qry_ctx *ctx = kernel->ctx;
    qry_ridge ridge = {.kernel = kernel, .count = count, .lambda = lambda};
    uint32_t *order = qry_alloc(ctx, count, sizeof *order);
    ridge.point = qry_alloc(ctx, count, sizeof *ridge.point);
    ridge.probability = qry_alloc(ctx, count, sizeof *ridge.probability);
    ridge.root = qry_matrix_new(ctx, count, count);
    qry_kernel_block(kernel, NULL, 0, NULL, 0, false, ridge.root);
    for (size_t i = 0; i < count; i++)
        ridge.root.at[i * count + i] += lambda / (double)(1 + i % 3);
    assert_true(qry_matrix_cholesky(ctx, ridge.root, 0, order) == count);
    for (size_t i = 0; i < count; i++) {
        ridge.point[i] = order[i];
        ridge.probability[i] = 1 / (double)(1 + order[i] % 3);
    }
    return ridge;
}

static uint32_t *all_points(const qry_kernel *kernel)
{
    size_t points = kernel->queries + kernel->keys;
    uint32_t *all = qry_alloc(kernel->ctx, points, sizeof *all);
    for (size_t i = 0; i < points; i++)
        all[i] = (uint32_t)i;
    return all;
}

/* The leverage by the definition, in long double. */
static long double slow_leverage(const qry_ridge *ridge, uint32_t x)
{
    enum { MOST = 16 };
    const qry_kernel *kernel = ridge->kernel;
    long double a[MOST][MOST + 1], left;
    qry_matrix cell = qry_matrix_new(kernel->ctx, 1, 1);
    size_t s = ridge->count;
    for (size_t i = 0; i < s; i++)
        for (size_t j = 0; j <= s; j++) {
            uint32_t other = j < s ? ridge->point[j] : x;
            qry_kernel_block(kernel, &ridge->point[i], 0, &other, 0, false, cell);
            a[i][j] = cell.at[0] + (i == j ? (long double)ridge->lambda * ridge->probability[i] : 0);
        }
    qry_kernel_block(kernel, &x, 0, &x, 0, false, cell);
    left = cell.at[0];
    for (size_t i = 0; i < s; i++) { /* elimination: what is left of the corner */
        left -= a[i][s] * a[i][s] / a[i][i];
        for (size_t k = i + 1; k < s; k++) {
            long double factor = a[k][i] / a[i][i];
            for (size_t j = i; j <= s; j++)
                a[k][j] -= factor * a[i][j];
        }
    }
    qry_matrix_free(kernel->ctx, &cell);
    return left / ridge->lambda;
}

static void leverages(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int raw = 0; raw < 2; raw++)
        for (size_t s = 1; s <= 12; s++) {
            qry_kernel *kernel = qry_kernel_new(random_head(ctx, 20, 25, 3, 2, 1.5, s), raw);
            qry_ridge ridge = ridge_of(kernel, s, 0.2);
            double leverage[45];
            qry_ridge_leverages(&ridge, all_points(kernel), 45, leverage);
            for (uint32_t i = 0; i < 45; i++)
                assert_true(fabsl(leverage[i] - slow_leverage(&ridge, i)) < 1e-11);
        }
    qry_ctx_free(ctx);
}

/* Every point's probability in the oracle; returns how far one is off at most. */
static double check_program(struct stage *stage, const qry_kernel *kernel, size_t s, double lambda, double factor)
{
    size_t points = kernel->queries + kernel->keys;
    double worst = 0;
    uint32_t *all = all_points(kernel);
    double *leverage = qry_alloc(stage->ctx, points, sizeof *leverage);
    qry_ridge ridge = ridge_of(kernel, s, lambda);
    qry_ridge_leverages(&ridge, all, points, leverage);
    qry_leverage_program made = qry_leverage_program_of(&ridge, all, points, factor, 3, 1e-3, stage->run.arena);
    qry_stage_circuit circuit = qry_stage_compile(&stage->run, &made.program);
    for (size_t j = 0; j < points; j++) {
        double p = (double)qry_search_key(circuit.search, j) * qry_search_grain(circuit.search);
        worst = fmax(worst, fabs(p - fmin(1, factor * leverage[j])));
    }
    assert_true(worst <= made.error);
    qry_stage_circuit_free(&circuit);
    return worst;
}

/* Within the error that the program states, which is far from what it really is. */
static void truth(void **state)
{
    (void)state;
    static const double deviation[] = {0.1, 1, 4};
    double worst = 0;
    for (size_t d = 1; d <= 5; d += 2)
        for (size_t s = 1; s <= 8; s++)
            for (int e = 0; e < 3; e++)
                for (int raw = 0; raw < 2; raw++) {
                    struct stage *stage = stage_new(QRY_ENGINE_ORACLE, 1, 1e-3);
                    qry_kernel *kernel = qry_kernel_new(random_head(stage->ctx, 9, 14, d, 2, deviation[e], s), raw);
                    worst = fmax(worst, check_program(stage, kernel, s, 0.25, 1.5));
                    stage_free(stage);
                }
    if (!(worst > 0 && worst < 0.08))
        fail_msg("off by %g", worst);
}

/* Ridges and factors far from what is usual: what cannot be told is at least not promised. */
static void extreme_numbers(void **state)
{
    (void)state;
    static const double lambda[] = {1e-4, 1e-2, 1, 100}, factor[] = {1e-3, 1, 1e3, INFINITY};
    for (int l = 0; l < 4; l++)
        for (int f = 0; f < 4; f++) {
            struct stage *stage = stage_new(QRY_ENGINE_ORACLE, 1, 1e-3);
            qry_kernel *kernel = qry_kernel_new(random_head(stage->ctx, 9, 14, 2, 2, 1, 3), false);
            check_program(stage, kernel, 4, lambda[l], factor[f]);
            stage_free(stage);
        }
}

/* Sets of both engines have the program's probabilities. */
static void frequencies(qry_engine engine, size_t points, size_t d, size_t s, int runs)
{
    double *taken = NULL, square = 0, degrees = 0;
    double leverage[64] = {0};
    for (int r = 0; r < runs; r++) {
        struct stage *stage = stage_new(engine, (uint64_t)r, 1e-3);
        qry_kernel *kernel =
            qry_kernel_new(random_head(stage->ctx, points / 2, points - points / 2, d, 2, 1, 6), false);
        qry_ridge ridge = ridge_of(kernel, s, 0.5);
        qry_ridge_leverages(&ridge, all_points(kernel), points, leverage);
        qry_leverage_program made =
            qry_leverage_program_of(&ridge, all_points(kernel), points, 0.5, 9, 1e-6, stage->run.arena);
        qry_stage_set set = qry_stage_draw(&stage->run, &made.program, (uint64_t)r);
        taken = taken ? taken : test_calloc(points, sizeof *taken);
        for (size_t i = 0; i < set.count; i++) {
            taken[set.row[i]]++;
            assert_true(fabs(set.probability[i] - fmin(1, leverage[set.row[i]] / 2)) <= made.error);
        }
        assert_true(stage_loads(stage, "X") == 2 * stage->ledger.ledger.oracle_calls);
        stage_free(stage);
    }
    for (size_t j = 0; j < points; j++) {
        double p = fmin(1, leverage[j] / 2), variance = runs * p * (1 - p);
        if (variance < 2)
            continue;
        square += pow(taken[j] - runs * p, 2) / variance;
        degrees++;
    }
    test_free(taken);
    assert_true(degrees > 4 || runs < 10);
    if (!(square < degrees + 6 * sqrt(2 * degrees) + 15))
        fail_msg("chi^2 %g at %g degrees of freedom", square, degrees);
}

static void sets(void **state)
{
    (void)state;
    frequencies(QRY_ENGINE_ORACLE, 40, 2, 3, 200);
    frequencies(QRY_ENGINE_SPARSE, 16, 2, 2, 40);
    frequencies(QRY_ENGINE_SPARSE, 32, 3, 4, 8);
    frequencies(QRY_ENGINE_SPARSE, 64, 4, 6, 2);
}

/* ---- circuits.c ---- */

static void scales(void **state)
{
    (void)state;
    enum { COUNT = 50 };
    qry_random random;
    qry_random_seed(&random, 1, 1);
    for (int r = 0; r < 200; r++) {
        double weight[COUNT], sum = 0, wanted = 0.1 + 48 * qry_random_unit(&random);
        for (size_t i = 0; i < COUNT; i++)
            weight[i] = i == 7 ? 0 : exp(5 * qry_random_normal(&random));
        double c = qry_stage_scale(weight, COUNT, wanted);
        for (size_t i = 0; i < COUNT; i++)
            sum += fmin(1, c * weight[i]);
        assert_true(fabs(sum - wanted) < 1e-9 * wanted);
        assert_true(isinf(qry_stage_scale(weight, COUNT, 49)));
    }
    assert_true(isinf(qry_stage_scale((double[]){0, 0}, 2, 0.5)));
}

static void rounding(void **state)
{
    (void)state;
    assert_true(qry_stage_bits(1) == 16 && qry_stage_bits(4096) == 16 && qry_stage_bits(4097) == 17);
    assert_true(qry_stage_round(0, 16) == 0 && qry_stage_round(1e-300, 16) == 0x1p-16);
    assert_true(qry_stage_round(1, 16) == 1 && qry_stage_round(7, 16) == 1 && qry_stage_round(INFINITY, 16) == 1);
    for (double p = 1e-6; p < 1; p *= 1.7) {
        double rounded = qry_stage_round(p, 20);
        assert_true(rounded <= fmax(p, 0x1p-20) && rounded > p - 0x1p-20 &&
                    ldexp(rounded, 20) == floor(ldexp(rounded, 20)));
    }
}

/* Sets that are certain need no circuit. */
static void certain_sets(void **state)
{
    (void)state;
    struct stage *stage = stage_new(QRY_ENGINE_SPARSE, 1, 1e-3);
    double p[] = {0, 1, 2, 0, 1};
    qry_stage_set set = qry_stage_sample(&stage->run, p, 5, 1e-3, 1);
    assert_true(set.count == 3 && set.row[0] == 1 && set.row[1] == 2 && set.row[2] == 4 && set.probability[1] == 1);
    set = qry_stage_sample(&stage->run, p, 1, 1e-3, 1);
    assert_true(set.count == 0 && stage->ledger.ledger.shots == 0);
    p[0] = 0.5;
    qry_stage_sample(&stage->run, p, 5, 1e-3, 1);
    assert_true(stage->ledger.ledger.shots > 0);
    stage_free(stage);
}

/* From so many rows on no router is named. */
static void memories(void **state)
{
    (void)state;
    assert_string_equal(qry_stage_memory(1 << 17), "");
    assert_string_equal(qry_stage_memory((1 << 17) + 1), "qram select;\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leverages),    cmocka_unit_test(truth),    cmocka_unit_test(extreme_numbers),
        cmocka_unit_test(sets),         cmocka_unit_test(scales),   cmocka_unit_test(rounding),
        cmocka_unit_test(certain_sets), cmocka_unit_test(memories),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
