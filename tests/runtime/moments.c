/* moments.c: groups are what k-means promises, and their moments are those of plain loops. */
#include "support.h"

#include <math.h>
#include <string.h>

/* ---- clusters ---- */

static qry_matrix points_from(qry_ctx *ctx, qry_array *array)
{
    qry_matrix points = qry_matrix_new(ctx, array->shape[0], array->shape[1]);
    memcpy(points.at, array->item.real, array->count * sizeof(double));
    return points;
}

/* Sum over the groups of the squared distances to the group's mean. */
static double cost(qry_matrix points, size_t groups, const uint32_t *group_of)
{
    double total = 0;
    for (size_t g = 0; g < groups; g++)
        for (size_t c = 0; c < points.columns; c++) {
            double sum = 0, squares = 0, count = 0;
            for (size_t i = 0; i < points.rows; i++)
                if (group_of[i] == g) {
                    double x = points.at[i * points.columns + c];
                    sum += x;
                    squares += x * x;
                    count++;
                }
            total += squares - sum * sum / count;
        }
    return total;
}

static void check_groups(size_t n, size_t groups, size_t used, const uint32_t *group_of)
{
    assert_true(used >= 1 && used <= groups && used <= n);
    for (size_t g = 0; g < used; g++) {
        size_t count = 0;
        for (size_t i = 0; i < n; i++)
            count += group_of[i] == g;
        assert_true(count > 0);
    }
    for (size_t i = 0; i < n; i++)
        assert_true(group_of[i] < used);
}

/* Blobs far apart are found exactly, whatever the seed. */
static void blobs(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 1, 0);
    qry_array *array = random_array(ctx, 120, 3, 0.1, &random);
    for (size_t i = 0; i < 120; i++)
        for (size_t c = 0; c < 3; c++)
            array->item.real[i * 3 + c] += (double)(10 * ((i % 6) >> c & 1)) + (double)(i % 6);
    qry_matrix points = points_from(ctx, array);
    uint32_t group_of[120], again[120];
    for (uint64_t seed = 0; seed < 20; seed++) {
        assert_int_equal(qry_cluster(ctx, points, 6, seed, group_of), 6);
        for (size_t i = 0; i < 120; i++)
            assert_int_equal(group_of[i], i % 6); /* numbered by first point */
        qry_cluster(ctx, points, 6, seed, again);
        assert_memory_equal(group_of, again, sizeof again);
    }
    qry_ctx_free(ctx);
}

/* Any number of groups, also with points that repeat: none is empty, equal points stay together. */
static void counts_and_duplicates(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 2, 0);
    for (size_t n = 1; n <= 24; n++)
        for (size_t distinct = 1; distinct <= n; distinct++) {
            qry_array *array = random_array(ctx, n, 2, 1, &random);
            for (size_t i = distinct; i < n; i++)
                memcpy(array->item.real + 2 * i, array->item.real + 2 * (i % distinct), 2 * sizeof(double));
            qry_matrix points = points_from(ctx, array);
            uint32_t group_of[24];
            for (size_t groups = 1; groups <= n; groups++) {
                size_t used = qry_cluster(ctx, points, groups, n, group_of);
                check_groups(n, groups, used, group_of);
                assert_true(used == (groups < distinct ? groups : distinct));
                for (size_t i = distinct; i < n; i++)
                    assert_int_equal(group_of[i], group_of[i % distinct]);
            }
            qry_array_free(ctx, array);
        }
    qry_ctx_free(ctx);
}

/* No point is much nearer to another group's mean, and the cost is well below that of arbitrary groups. */
static void local_optimum(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 3, 0);
    qry_matrix points = points_from(ctx, random_array(ctx, 600, 2, 1, &random));
    uint32_t group_of[600], arbitrary[600];
    size_t used = qry_cluster(ctx, points, 20, 7, group_of);
    check_groups(600, 20, used, group_of);
    for (size_t i = 0; i < 600; i++)
        arbitrary[i] = (uint32_t)(i % 20);
    double reached = cost(points, used, group_of), moved;
    assert_true(reached < 0.1 * cost(points, 20, arbitrary));
    for (size_t i = 0; i < 600; i++)
        for (uint32_t g = 0; g < used; g++) {
            uint32_t own = group_of[i];
            group_of[i] = g;
            moved = cost(points, used, group_of);
            group_of[i] = own;
            assert_true(!(moved < reached * (1 - 1e-3)));
            i += g == 0 ? 6 : 0; /* every seventh point is enough */
            if (i >= 600)
                break;
        }
    qry_ctx_free(ctx);
}

/* ---- moments ---- */

static void check_moments(qry_ctx *ctx, const qry_head *head, size_t groups)
{
    qry_moments *m = qry_moments_new(head, groups, 3);
    size_t d = head->width, dv = head->value_width;
    check_groups(head->keys, groups ? groups : qry_default_groups(head->keys), m->groups, m->group_of);
    assert_int_equal(m->first[m->groups], head->keys);
    for (size_t c = 0; c < m->groups; c++) {
        size_t count = m->first[c + 1] - m->first[c];
        double radius = 0, energy = 0;
        for (size_t i = m->first[c]; i < m->first[c + 1]; i++)
            assert_int_equal(m->group_of[m->members[i]], c);
        long double *k = qry_alloc(ctx, d + dv, sizeof *k); /* the mean of keys, then of values */
        for (size_t i = m->first[c]; i < m->first[c + 1]; i++)
            for (size_t a = 0; a < d + dv; a++)
                k[a] += (a < d ? head->k.at[m->members[i] * d + a] : head->v.at[m->members[i] * dv + a - d]) /
                        (long double)count;
        for (size_t a = 0; a < d; a++)
            assert_true(fabsl(m->key_mean.at[c * d + a] - k[a]) < 1e-13);
        for (size_t a = 0; a < dv; a++)
            assert_true(fabsl(m->value_mean.at[c * dv + a] - k[d + a]) < 1e-13);
        for (size_t a = 0; a < d + dv; a++)
            for (size_t b = 0; b < d + dv; b++) {
                long double sum = 0;
                for (size_t i = m->first[c]; i < m->first[c + 1]; i++) {
                    const double *key = head->k.at + m->members[i] * d, *value = head->v.at + m->members[i] * dv;
                    sum += ((a < d ? key[a] : value[a - d]) - k[a]) * ((b < d ? key[b] : value[b - d]) - k[b]);
                }
                double got = NAN;
                if (a < d && b < d)
                    got = m->scatter.at[(c * d + a) * d + b];
                else if (a >= d && b < d)
                    got = m->cross.at[(c * dv + a - d) * d + b];
                else if (a >= d)
                    got = m->spread.at[c * dv * dv + (a - d) * dv + b - d];
                assert_true(isnan(got) || fabsl(got - sum) < 1e-12 * (double)count);
                if (a == b && a >= d)
                    energy += (double)sum;
            }
        for (size_t i = m->first[c]; i < m->first[c + 1]; i++) {
            long double square = 0;
            for (size_t a = 0; a < d; a++)
                square += powl(head->k.at[m->members[i] * d + a] - k[a], 2);
            radius = fmax(radius, (double)sqrtl(square));
        }
        assert_true(fabs(m->radius[c] - radius) < 1e-12 && fabs(m->energy[c] - energy) < 1e-11);
        qry_free(ctx, k);
    }
    qry_moments_free(m);
}

static void against_loops(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    size_t keys[] = {1, 2, 5, 40};
    for (size_t i = 0; i < 4; i++)
        for (size_t d = 1; d <= 5; d += 2)
            for (size_t dv = 1; dv <= 4; dv += 3) {
                qry_head *head = random_head(ctx, 3, keys[i], d, dv, 1, i);
                check_moments(ctx, head, 0);
                check_moments(ctx, head, 1);
                check_moments(ctx, head, keys[i]);
                qry_head_free(head);
            }
    qry_ctx_free(ctx);
}

/* Directions in which no query looks are not divided; a head of zero queries has one group. */
static void metric(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_array *q = qry_array_new(ctx, 2, (size_t[]){1, 2}), *k = qry_array_new(ctx, 2, (size_t[]){8, 2});
    qry_array *v = qry_array_new(ctx, 2, (size_t[]){8, 1});
    for (size_t j = 0; j < 8; j++) {
        k->item.real[2 * j] = (double)(j % 2);
        k->item.real[2 * j + 1] = 100 * (double)(j / 2);
    }
    qry_head *blind = qry_head_new(ctx, q, k, v, 0, true);
    qry_moments *one = qry_moments_new(blind, 2, 0);
    assert_int_equal(one->groups, 1);
    q->item.real[0] = 1;
    qry_head *head = qry_head_new(ctx, q, k, v, 0, true);
    qry_moments *two = qry_moments_new(head, 2, 0);
    assert_int_equal(two->groups, 2);
    for (size_t j = 0; j < 8; j++)
        assert_int_equal(two->group_of[j], j % 2);
    qry_ctx_free(ctx);
}

/* Only how queries compare counts: they may be so small that the squares of their entries vanish. */
static void tiny_queries(void **state)
{
    static const double scales[] = {1e-150, 1e-170, 1e-300, 1e-306};
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 12, 0);
    qry_array *q = random_array(ctx, 3, 3, 1, &random), *k = random_array(ctx, 40, 3, 1, &random);
    qry_array *v = random_array(ctx, 40, 2, 1, &random);
    qry_moments *usual = qry_moments_new(qry_head_new(ctx, q, k, v, 1, true), 6, 1);
    assert_int_equal(usual->groups, 6);
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        qry_moments *tiny = qry_moments_new(qry_head_new(ctx, q, k, v, scales[i], true), 6, 1);
        assert_int_equal(tiny->groups, usual->groups);
        assert_memory_equal(tiny->group_of, usual->group_of, 40 * sizeof *usual->group_of);
    }
    qry_ctx_free(ctx);
}

static void default_groups(void **state)
{
    (void)state;
    assert_int_equal(qry_default_groups(1), 1);
    assert_int_equal(qry_default_groups(2), 2);
    assert_int_equal(qry_default_groups(512), 32);
    assert_int_equal(qry_default_groups(65536), 362);
}

int main(void)
{
    qry_linalg_threads(1);
    const struct CMUnitTest tests[] = {cmocka_unit_test(blobs),         cmocka_unit_test(counts_and_duplicates),
                                       cmocka_unit_test(local_optimum), cmocka_unit_test(against_loops),
                                       cmocka_unit_test(metric),        cmocka_unit_test(tiny_queries),
                                       cmocka_unit_test(default_groups)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
