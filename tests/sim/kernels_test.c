/* kernels_test.c: every plane operation and amplitude kernel, on every instruction set, against loops over single bits. */
#include "sim/sparse/sparse.h"

#include <math.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STORAGES = 16 };

static bool bit(const plane *p, int row) { return p->word[row / 64] >> row % 64 & 1; }

static void set_bit(plane *p, int row, bool value)
{
    uint64_t one = (uint64_t)1 << row % 64;
    p->word[row / 64] = value ? p->word[row / 64] | one : p->word[row / 64] & ~one;
}

/* What the comment of each kind in kernels.h says, on one row. */
static void by_bit(enum plan_kind kind, bool backwards, plane *s, const uint32_t *o, int row)
{
    plane *pa = &s[o[0]], *pb = &s[o[1]], *pc = &s[o[2]], *pe = &s[o[3]];
    bool a = bit(pa, row), b = bit(pb, row), c = bit(pc, row), x = c ^ bit(pe, row), sign = bit(&s[STORE_SIGN], row);
    bool swap = kind == PLAN_SWAP ? c : !c, split = kind == PLAN_SPLIT || kind == PLAN_JOIN ? c : !c;
    switch (kind) {
    case PLAN_XOR:
        set_bit(pa, row, a ^ b);
        break;
    case PLAN_AND:
        set_bit(pa, row, a ^ (b & c));
        break;
    case PLAN_AND_N:
        set_bit(pa, row, a ^ (b & !c));
        break;
    case PLAN_AND_NN:
        set_bit(pa, row, a ^ (!b & !c));
        break;
    case PLAN_SWAP:
    case PLAN_SWAP_N:
        set_bit(pa, row, swap ? b : a);
        set_bit(pb, row, swap ? a : b);
        break;
    case PLAN_SPLIT:
    case PLAN_SPLIT_N:
    case PLAN_JOIN:
    case PLAN_JOIN_N:
        if (backwards == (kind == PLAN_JOIN || kind == PLAN_JOIN_N)) {
            set_bit(pb, row, a & split);
            set_bit(pa, row, a & !split);
        } else
            set_bit(pa, row, a ^ b);
        break;
    case PLAN_Z:
        set_bit(&s[STORE_SIGN], row, sign ^ (a & !b & x));
        set_bit(pa, row, a ^ (b & x));
        break;
    case PLAN_X:
        set_bit(&s[STORE_SIGN], row, sign ^ (a & b & x));
        set_bit(pa, row, a ^ (!b & x));
        break;
    case PLAN_CLEAR:
        if (backwards)
            set_bit(&s[STORE_DIRTY], row, bit(&s[STORE_DIRTY], row) | a);
        else
            set_bit(pa, row, false);
        break;
    case PLAN_GUARD:
    case PLAN_ASSERT: {
        plane *whole = &s[kind == PLAN_GUARD ? STORE_STRAYED : STORE_DIRTY];
        if (backwards)
            set_bit(pa, row, false);
        else
            set_bit(whole, row, bit(whole, row) | a);
        break;
    }
    case PLAN_XOR3:
        set_bit(pc, row, a ^ b);
        break;
    case PLAN_AND3:
        set_bit(pc, row, a & b);
        break;
    case PLAN_AND3_N:
        set_bit(pc, row, a & !b);
        break;
    case PLAN_AND3_NN:
        set_bit(pc, row, !a & !b);
        break;
    default:
        fail();
    }
}

static void random_planes(qry_random *random, plane *s)
{
    for (int i = 0; i < STORAGES; i++)
        for (int w = 0; w < PLANE_WORDS; w++)
            s[i].word[w] = qry_random_next(random);
    memset(&s[STORE_ZERO], 0, sizeof(plane));
    memset(&s[STORE_ONES], 0xff, sizeof(plane));
}

/* Operands all different, the fourth ZERO or ONES as the planner has it. */
static void random_operation(qry_random *random, uint32_t *o)
{
    for (int k = 0; k < 3; k++)
        do
            o[k] = STORE_FIRST + (uint32_t)qry_random_below(random, STORAGES - STORE_FIRST);
        while ((k > 0 && o[k] == o[0]) || (k > 1 && o[k] == o[1]));
    o[3] = qry_random_below(random, 2) ? STORE_ONES : STORE_ZERO;
}

static void check_plan(qry_ctx *ctx, qry_random *random, const struct kernels *kernels, bool backwards, uint32_t shift)
{
    struct plan_builder builder = {0};
    struct plan plan;
    enum { LENGTH = 60 };
    uint32_t o[LENGTH][4];
    enum plan_kind kind[LENGTH];
    for (int i = 0; i < LENGTH; i++) {
        random_operation(random, o[i]);
        kind[i] = i && qry_random_below(random, 2) ? kind[i - 1] : (enum plan_kind)qry_random_below(random, PLAN_KINDS);
        plan_add(ctx, &builder, kind[i], o[i][0] + shift, o[i][1] + shift, o[i][2] + shift, o[i][3] + shift);
    }
    plan_finish(ctx, &builder, &plan);
    assert_int_equal(plan.wide, shift > 0);
    plane *got = qry_alloc_aligned(ctx, STORAGES + shift, sizeof *got), wanted[STORAGES];
    random_planes(random, wanted);
    memcpy(got + shift, wanted, sizeof wanted);
    memcpy(got, wanted, sizeof(plane) * STORE_FIRST); /* sign, strayed and dirty are not shifted */
    kernels->run(&plan, got, backwards);
    for (int n = 0; n < LENGTH; n++) {
        int i = backwards ? LENGTH - 1 - n : n;
        for (int row = 0; row < PLANE_ROWS; row++)
            by_bit(kind[i], backwards, wanted, o[i], row);
    }
    assert_memory_equal(got, wanted, sizeof(plane) * STORE_FIRST);
    assert_memory_equal(got + shift + STORE_FIRST, wanted + STORE_FIRST, sizeof(plane) * (STORAGES - STORE_FIRST));
    qry_free(ctx, got);
    plan_free(ctx, &plan);
    plan_builder_free(ctx, &builder);
}

static void plans(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 1, 1);
    for (qry_simd simd = QRY_SIMD_PLAIN; simd <= QRY_SIMD_AVX512; simd++)
        for (int round = 0; qry_simd_available(simd) && round < 200; round++)
            check_plan(ctx, &random, kernels_for(simd), round & 1, round % 20 == 7 ? 70000 : 0);
    qry_ctx_free(ctx);
}

/* Ordering a plan changes nothing in what it does, forwards or backwards, as long as what it reads is defined: planes
 * that a split leaves behind are not read again before they are written. In-place kinds alone have that property. */
static void schedule(void **state)
{
    (void)state;
    static const enum plan_kind kinds[] = {PLAN_XOR,  PLAN_AND,    PLAN_AND_N, PLAN_AND_NN,
                                           PLAN_SWAP, PLAN_SWAP_N, PLAN_Z,     PLAN_X};
    qry_ctx *ctx = qry_ctx_new();
    qry_random random;
    qry_random_seed(&random, 2, 1);
    const struct kernels *kernels = kernels_for(QRY_SIMD_BEST);
    for (int round = 0; round < 300; round++) {
        struct plan_builder builder = {0};
        struct plan plan, ordered;
        for (int i = 0; i < 1 + round; i++) {
            uint32_t o[4];
            random_operation(&random, o);
            plan_add(ctx, &builder, kinds[qry_random_below(&random, sizeof kinds / sizeof *kinds)], o[0], o[1], o[2],
                     o[3]);
        }
        struct plan_builder copy = builder;
        copy.operation = qry_alloc(ctx, builder.count, 4 * sizeof *copy.operation);
        copy.run = qry_alloc(ctx, builder.run_count, sizeof *copy.run);
        memcpy(copy.operation, builder.operation, builder.count * 4 * sizeof *copy.operation);
        memcpy(copy.run, builder.run, builder.run_count * sizeof *copy.run);
        plan_finish(ctx, &builder, &plan);
        plan_finish(ctx, &copy, &ordered);
        plan_schedule(ctx, &ordered, STORAGES);
        assert_int_equal(ordered.operation_count, plan.operation_count);
        plane a[STORAGES], b[STORAGES];
        random_planes(&random, a);
        memcpy(b, a, sizeof a);
        kernels->run(&plan, a, round & 1);
        kernels->run(&ordered, b, round & 1);
        assert_memory_equal(a, b, sizeof a);
        kernels->run(&ordered, b, !(round & 1));
        kernels->run(&plan, a, !(round & 1));
        assert_memory_equal(a, b, sizeof a);
        plan_free(ctx, &plan);
        plan_free(ctx, &ordered);
    }
    qry_ctx_free(ctx);
}

/* ---- amplitudes ---- */

enum { MOST_BITS = 15, MOST = 1 << MOST_BITS }; /* more than a cached part of a transform */

static void amplitudes(void **state)
{
    (void)state;
    qry_random random;
    qry_random_seed(&random, 3, 1);
    static _Alignas(64) double re[MOST], im[MOST], x[MOST], y[MOST];
    for (qry_simd simd = QRY_SIMD_PLAIN; simd <= QRY_SIMD_AVX512; simd++) {
        if (!qry_simd_available(simd))
            continue;
        const struct kernels *kernels = kernels_for(simd);
        for (int bits = 0; bits <= MOST_BITS; bits++) {
            size_t count = (size_t)1 << bits;
            uint64_t sign[MOST / 64], axes = qry_random_next(&random) & (count - 1);
            for (int i = 0; i < MOST / 64; i++)
                sign[i] = qry_random_next(&random);
            for (size_t i = 0; i < count; i++) {
                x[i] = re[i] = qry_random_normal(&random);
                y[i] = im[i] = qry_random_normal(&random);
            }
            double angle = qry_random_unit(&random) * 6;
            kernels->hadamard(re, im, count, axes);
            kernels->flip(re, im, count, sign);
            kernels->turn(re, im, count, sign, cos(angle), sin(angle));
            for (int axis = 0; axis < bits; axis++)
                for (size_t i = 0; axes >> axis & 1 && i < count; i++)
                    if (!(i >> axis & 1)) {
                        size_t k = i | (size_t)1 << axis;
                        double p = x[i], q = x[k], r = y[i], s = y[k];
                        x[i] = (p + q) * M_SQRT1_2, x[k] = (p - q) * M_SQRT1_2;
                        y[i] = (r + s) * M_SQRT1_2, y[k] = (r - s) * M_SQRT1_2;
                    }
            for (size_t i = 0; i < count; i++) {
                if (sign[i / 64] >> i % 64 & 1) {
                    double p = -x[i], q = -y[i];
                    x[i] = cos(angle) * p - sin(angle) * q;
                    y[i] = sin(angle) * p + cos(angle) * q;
                }
                assert_true(fabs(re[i] - x[i]) < 1e-12 && fabs(im[i] - y[i]) < 1e-12);
            }
            kernels->hadamard(re, NULL, count, axes); /* real: the imaginary part stays */
            for (size_t i = 0; i < count; i++)
                assert_true(fabs(im[i] - y[i]) < 1e-12);
        }
    }
}

/* A matrix on 64 pairs, some left out, some the other way round. */
static void rotations(void **state)
{
    (void)state;
    enum { HALF = 128 };
    qry_random random;
    qry_random_seed(&random, 4, 1);
    for (int round = 0; round < 200; round++)
        for (qry_simd simd = QRY_SIMD_PLAIN; simd <= QRY_SIMD_AVX512; simd++) {
            double re[2 * HALF], im[2 * HALF], x[2 * HALF], y[2 * HALF], m[8];
            uint64_t on = round % 3 ? qry_random_next(&random) : UINT64_MAX, swapped = qry_random_next(&random);
            bool real = round % 2;
            for (int i = 0; i < 8; i++)
                m[i] = real && i % 2 ? 0 : qry_random_normal(&random);
            for (int i = 0; i < 2 * HALF; i++) {
                re[i] = x[i] = qry_random_normal(&random);
                im[i] = y[i] = real ? 0 : qry_random_normal(&random);
            }
            if (!qry_simd_available(simd))
                continue;
            kernels_for(simd)->rotate(re, real ? NULL : im, HALF, m, on, swapped);
            for (int i = 0; i < 2 * HALF; i++) {
                int pair = i % HALF, high = i / HALF;
                bool turned = pair < 64 && swapped >> pair & 1, acts = pair < 64 && on >> pair & 1;
                double wanted[2] = {x[i], y[i]};
                for (int k = 0; acts && k < 2; k++) {
                    const double *c = m + 4 * (high ^ turned) + 2 * (k ^ turned);
                    double u = x[pair + k * HALF], v = y[pair + k * HALF];
                    wanted[0] = (k ? wanted[0] : 0) + c[0] * u - c[1] * v;
                    wanted[1] = (k ? wanted[1] : 0) + c[0] * v + c[1] * u;
                }
                assert_true(fabs(re[i] - wanted[0]) < 1e-12 && fabs(im[i] - wanted[1]) < 1e-12);
            }
        }
}

/* Sums by number modulo 64, and subtraction, of whole groups and of less than one. */
static void groups(void **state)
{
    (void)state;
    enum { MOST = 256 };
    static const size_t counts[] = {1, 2, 8, 32, 64, 128, MOST};
    qry_random random;
    qry_random_seed(&random, 5, 1);
    for (size_t n = 0; n < sizeof counts / sizeof *counts; n++)
        for (qry_simd simd = QRY_SIMD_PLAIN; simd <= QRY_SIMD_AVX512; simd++) {
            double part[MOST], before[MOST], sum[64], wanted[64];
            for (int i = 0; i < MOST; i++)
                part[i] = before[i] = qry_random_normal(&random);
            for (int k = 0; k < 64; k++)
                sum[k] = wanted[k] = qry_random_normal(&random);
            for (size_t i = 0; i < counts[n]; i++)
                wanted[i % 64] += part[i];
            if (!qry_simd_available(simd))
                continue;
            kernels_for(simd)->add_up(part, counts[n], sum);
            kernels_for(simd)->subtract(part, counts[n], wanted);
            for (int k = 0; k < 64; k++)
                assert_true(fabs(sum[k] - wanted[k]) < 1e-13);
            for (size_t i = 0; i < MOST; i++)
                assert_true(part[i] == (i < counts[n] ? before[i] - wanted[i % 64] : before[i]));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(plans), cmocka_unit_test(schedule),
                                       cmocka_unit_test(amplitudes), cmocka_unit_test(rotations),
                                       cmocka_unit_test(groups)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
