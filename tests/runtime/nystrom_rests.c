/* answer_rest.c: the keys that a search did not find, by the low-rank kernel: against the definition, and the found keys as further
 * landmarks against dense algebra. */
#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "runtime/nystrom/factor.h"

struct made {
    qry_ctx *ctx;
    qry_head *head;
    qry_moments *moments;
    qry_rest *rest;
    qry_nystrom *nystrom;
    qry_nystrom_place *place;
    uint32_t *order; /* of the last row's keys, by falling score */
    double *output;
};

static struct made make(qry_ctx *ctx, qry_head *head, size_t landmarks, bool raw, uint64_t seed)
{
    struct made m = {.ctx = ctx, .head = head};
    qry_attend_options o = {.method = QRY_ATTEND_HYBRID,
                            .causal = head->causal,
                            .nystrom = {.landmarks = landmarks, .raw = raw},
                            .run = {.engine = QRY_ENGINE_ORACLE, .seed = seed}};
    qry_attend_stage stages[4];
    size_t count;
    m.nystrom = qry_nystrom_new(head, &o, 1e-3, stages, &count);
    m.place = qry_nystrom_place_new(ctx, m.nystrom);
    m.moments = qry_moments_new(head, 3, 1);
    m.rest = qry_rest_new(ctx, m.moments);
    m.order = qry_alloc(ctx, head->keys, sizeof *m.order);
    m.output = qry_alloc(ctx, head->value_width, sizeof(double));
    return m;
}

static size_t keys_of(const struct made *m, size_t row) { return qry_head_keys_of(m->head, row); }

/* The `found` best keys of a row are found, or fewer if there are no more. */
static qry_nystrom_answer answer(struct made *m, size_t row, size_t found)
{
    qry_head head = *m->head;
    head.keys = keys_of(m, row);
    found = found < head.keys ? found : head.keys;
    sort_keys(&head, row, m->order);
    double ceiling = found < head.keys ? qry_head_score(m->head, row, m->order[found]) : -INFINITY;
    qry_rest_of_row(m->rest, row);
    qry_rest_remove(m->rest, m->order, found, ceiling);
    qry_nystrom_answer a;
    qry_nystrom_answer_rest(m->place, m->rest, m->order, found, m->output, &a);
    return a;
}

static double error_of(const struct made *m, size_t row)
{
    qry_head head = *m->head;
    head.keys = keys_of(m, row);
    return slow_error(&head, row, m->output);
}

static void bounds(void **state)
{
    (void)state;
    size_t rows = 0, bounded = 0;
    for (uint64_t seed = 1; seed <= 80; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        bool causal = seed % 3 == 0;
        size_t keys = 12 + seed % 50;
        qry_head *head =
            random_head(ctx, causal ? keys : 9, keys, 1 + seed % 4, 1 + seed % 3, seed % 4 ? 0.6 : 3, seed);
        head->causal = causal;
        struct made m = make(ctx, head, 2 + seed % 30, seed % 2, seed);
        for (size_t row = causal ? 4 : 0; row < head->rows; row++) {
            qry_nystrom_answer a = answer(&m, row, seed % 4);
            if (a.fallback)
                continue;
            rows++;
            bounded += !isnan(a.bound);
            assert_true(isnan(a.bound) == (a.no_bound != NULL));
            if (error_of(&m, row) > a.bound * (1 + 1e-9))
                fail_msg("seed %d, row %zu: error %g, bound %g", (int)seed, row, error_of(&m, row), a.bound);
        }
        qry_ctx_free(ctx);
    }
    print_message("%zu of %zu rows have a bound\n", bounded, rows);
    assert_true(bounded > rows / 4);
}

/* What landmarks and found keys together leave of the query, by taking them out one after the other in long double. */
static long double dense_residual(const struct made *m, size_t row, size_t found)
{
    const qry_kernel *kernel = m->nystrom->kernel;
    size_t d = kernel->width, basis = m->nystrom->landmarks + found, points = basis + 1;
    long double *left = malloc(points * points * sizeof *left);
    double *point = malloc(points * d * sizeof *point);
    memcpy(point, m->nystrom->landmark.at, m->nystrom->landmarks * d * sizeof *point);
    for (size_t i = 0; i < found; i++)
        memcpy(point + (m->nystrom->landmarks + i) * d, qry_matrix_row(kernel->point, kernel->queries + m->order[i]),
               d * sizeof *point);
    memcpy(point + basis * d, qry_matrix_row(kernel->point, row), d * sizeof *point);
    for (size_t i = 0; i < points * points; i++) {
        long double square = 0;
        for (size_t c = 0; c < d; c++) {
            long double difference = (long double)point[i / points * d + c] - point[i % points * d + c];
            square += difference * difference;
        }
        left[i] = expl(-square / 2);
    }
    for (size_t l = 0; l < basis; l++)
        for (size_t i = l + 1; i < points && left[l * points + l] > 1e-9L; i++) {
            long double factor = left[i * points + l] / left[l * points + l];
            for (size_t j = l; j < points; j++)
                left[i * points + j] -= factor * left[l * points + j];
        }
    long double last = left[points * points - 1];
    free(point);
    free(left);
    return last;
}

static void found_keys_are_landmarks(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        qry_head *head = random_head(ctx, 6, 25, 4, 2, 0.8, seed);
        struct made m = make(ctx, head, 4, seed % 2, seed);
        for (size_t row = 0; row < head->rows; row++) {
            size_t found = 1 + row;
            qry_nystrom_answer a = answer(&m, row, found);
            assert_null(a.fallback);
            assert_true(fabsl(a.residual - dense_residual(&m, row, found)) < 1e-5L);
        }
        qry_ctx_free(ctx);
    }
}

/* With all keys but one found, or with keys that repeat, the output is that of the found keys and what little there is. */
static void nearly_all_found(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        qry_ctx *ctx = qry_ctx_new();
        struct input in = random_input(ctx, 5, 24, 3, 1, seed);
        for (size_t i = 30; i < in.k->count; i++)
            in.k->item.real[i] = in.k->item.real[i % 30];
        qry_head *head = qry_head_new(ctx, in.q, in.k, in.v, 0, true);
        struct made m = make(ctx, head, 6, false, seed);
        for (size_t row = 0; row < head->rows; row++)
            for (size_t found = 20; found <= 24; found += 2) {
                qry_nystrom_answer a = answer(&m, row, found);
                assert_null(a.fallback);
                assert_false(error_of(&m, row) > a.bound + 1e-9);
                assert_true(error_of(&m, row) < (found < 24 ? 0.05 : 1e-9) * head->value_radius);
            }
        qry_ctx_free(ctx);
    }
}

/* A row so far from all landmarks that its terms drown in rounding says so. */
static void too_far(void **state)
{
    (void)state;
    for (int far = 0; far < 2; far++) {
        qry_ctx *ctx = qry_ctx_new();
        struct input in = random_input(ctx, 30, 20, 2, 1, 3);
        in.q->item.real[0] = far ? 3000 : 1;
        qry_head *head = qry_head_new(ctx, in.q, in.k, in.v, 0, true);
        struct made m = make(ctx, head, 5, false, 2);
        assert_int_equal(answer(&m, 0, 3).fallback != NULL, far);
        qry_ctx_free(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(bounds), cmocka_unit_test(found_keys_are_landmarks),
                                       cmocka_unit_test(nearly_all_found), cmocka_unit_test(too_far)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
