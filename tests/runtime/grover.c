/* grover.c: rounds of compiled searches through the engine, gate by gate and in its other modes, against the theory. */
#include "searches.h"

#include <math.h>
#include <string.h>

struct totals {
    double marked, least, most; /* probability of all matching rows; of any one of them */
    double other_least, other_most;
};

/* What the engine leaves when nothing is measured. */
static struct totals run(qry_ctx *ctx, qry_search *search, qry_sim *sim)
{
    uint64_t states = UINT64_C(1) << search->address;
    double *p = qry_alloc(ctx, states, sizeof *p), sum = 0;
    qry_qubit qubits[32];
    for (uint32_t i = 0; i < search->address; i++)
        qubits[i] = search->first + i;
    qry_sim_shot(sim, NULL, NULL);
    qry_sim_probabilities(sim, qubits, search->address, p);
    struct totals t = {0, 1, 0, 1, 0};
    for (uint64_t j = 0; j < states; j++) {
        sum += p[j];
        if (qry_search_matches(search, j)) {
            t.marked += p[j];
            t.least = fmin(t.least, p[j]);
            t.most = fmax(t.most, p[j]);
        } else {
            t.other_least = fmin(t.other_least, p[j]);
            t.other_most = fmax(t.other_most, p[j]);
        }
    }
    assert_true(fabs(sum - 1) < 1e-12);
    qry_free(ctx, p);
    return t;
}

/* All that match are equally likely, and so are all others: what the engine that knows the answer relies on. */
static void assert_two_values(struct totals t, uint64_t marked, uint64_t states)
{
    if (marked)
        assert_true(t.most - t.least < 1e-12);
    if (marked < states)
        assert_true(t.other_most - t.other_least < 1e-12);
}

static void check_search(qry_ctx *ctx, qry_search *search, qry_sim_mode mode)
{
    uint64_t states = UINT64_C(1) << search->address, marked = qry_search_count_matches(search);
    double theta = asin(sqrt((double)marked / (double)states));
    uint64_t best = marked ? (uint64_t)(asin(1) / 2 / theta) + 1 : 6;
    qry_sim *sim = qry_sim_new(ctx, search->circuit, &(qry_sim_options){.mode = mode});
    for (uint64_t j = 0; j <= 2 * best; j++) {
        qry_search_write_round(search, j);
        struct totals t = run(ctx, search, sim);
        assert_true(fabs(t.marked - pow(sin((2 * (double)j + 1) * theta), 2)) < 1e-12);
        assert_two_values(t, marked, states);
    }
    qry_arena *arena = qry_arena_new(ctx);
    for (double failure = 0.3; failure > 1e-4; failure /= 30) {
        size_t count;
        double *alpha, *beta;
        qry_fixed_point_angles(arena, failure, 1 / (double)states, &count, &alpha, &beta);
        qry_search_write_fixed_point(search, count, alpha, beta);
        struct totals t = run(ctx, search, sim);
        assert_true(fabs(t.marked - qry_fixed_point_success(failure, count, (double)marked / (double)states)) < 1e-11);
        assert_true(!marked || t.marked >= 1 - failure - 1e-11);
        assert_two_values(t, marked, states);
    }
    qry_arena_free(arena);
    qry_sim_free(sim);
}

static void flags(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int variant = 0; variant < 4; variant++)
        for (uint64_t rows = 1; rows <= 70; rows = rows < 4 ? rows + 1 : rows * 2 + 3)
            for (uint64_t marked = 0; marked <= rows; marked = marked * 4 + 1) {
                qry_search *search = flag_search(ctx, variant % 2 ? "one" : "all",
                                                 variant / 2 ? "select" : "bucket_brigade", rows, marked);
                for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++)
                    check_search(ctx, search, mode);
                qry_search_free(search);
            }
    qry_ctx_free(ctx);
}

static void predicates(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "search one j in 0..100 where j * j >= 8000;\n",
        "search all j in 3..30 where (j << 1) == 16 || j == 29;\n",
        "table A[9][2] : int(3) = [[1,2],[3,-4],[-3,2],[0,0],[1,1],[2,2],[3,3],[-4,-4],[-1,2]];\n"
        "const q[2] : int(3) = [3,-2];\nsearch all j in A where dot(q, A[j]) >= 1;\n",
        "table A[6] : fixed(2,2) = [0.25,-1,1.5,1.75,-2,0];\nqram select;\n"
        "search one j in A where abs(A[j]) + square(A[j]) > 2 && min(A[j], 1) < 1;\n",
        "table A[4] : uint(2) = [3,1,2,0];\ntable B[4] : uint(3) = [7,1,2,5];\nqram select for B;\n"
        "search all j in 0..3 where (if A[j] > 1 then B[j] else A[j]) >= 1;\n",
    };
    qry_ctx *ctx = qry_ctx_new();
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        for (qry_sim_mode mode = QRY_SIM_GATES; mode <= QRY_SIM_REPLAY; mode++) {
            qry_search *search = search_of(ctx, texts[i]);
            check_search(ctx, search, mode);
            qry_search_free(search);
        }
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(flags), cmocka_unit_test(predicates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
