/* extremes.c: the best rows against all keys: never a worse one but with the failure probability, and no more oracle uses
 * than the literature promises. */
#include "searches.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const qry_run_options oracle = {.engine = QRY_ENGINE_ORACLE, .seed = 1};
static const qry_run_options gates = {.engine = QRY_ENGINE_SPARSE, .seed = 1};

/* A statement over a table of random keys, of which many repeat. */
static qry_search *key_search(qry_ctx *ctx, const char *statement, uint64_t rows, uint64_t different, bool keep_found,
                              uint64_t seed)
{
    qry_arena *arena = qry_arena_new(ctx);
    qry_random random;
    qry_random_seed(&random, seed, 7);
    const char *text = qry_arena_printf(arena, "table T[%llu] : int(10) = [", (unsigned long long)rows);
    for (uint64_t j = 0; j < rows; j++)
        text =
            qry_arena_printf(arena, "%s%d, ", text, (int)qry_random_below(&random, different) - (int)(different / 2));
    text = qry_arena_printf(arena, "%s]; qram select;\n%s", text, statement);
    const qry_source *source = qry_source_from_text(ctx, "keys.qry", text, strlen(text));
    qry_program *program = qry_program_read(ctx, source);
    assert_non_null(program);
    qry_search *search = qry_program_compile(program, &(qry_compile_options){.keep_found = keep_found});
    assert_non_null(search);
    return search;
}

static int compare_keys(const void *x, const void *y)
{
    int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
    return a < b ? -1 : a > b;
}

/* Whether these are the `count` best of the rows that match, the best first. */
static bool are_best(qry_search *search, qry_found found, size_t count)
{
    int64_t keys[4096];
    size_t matches = 0;
    for (uint64_t j = search->low; j <= search->high; j++)
        if (qry_search_matches(search, j))
            keys[matches++] = qry_search_key(search, j);
    qsort(keys, matches, sizeof *keys, compare_keys);
    if (found.count != (count < matches ? count : matches))
        return false;
    for (size_t i = 0; i < found.count; i++) {
        bool least = search->kind == QRY_SEARCH_MIN;
        assert_true(qry_search_matches(search, found.row[i]));
        for (size_t k = 0; k < i; k++)
            assert_true(found.row[k] != found.row[i]);
        if (qry_search_key(search, found.row[i]) != keys[least ? i : matches - 1 - i])
            return false;
    }
    return true;
}

static int wrong_runs(qry_ctx *ctx, qry_search *search, const qry_run_options *options, size_t count, double failure,
                      int runs, double *calls)
{
    int wrong = 0;
    qry_searcher *h = qry_searcher_new(ctx, search, options, 0);
    *calls = 0;
    for (int run = 0; run < runs; run++) {
        qry_arena *arena = qry_arena_new(ctx);
        qry_searcher_restart(h, (uint64_t)run);
        wrong += !are_best(search, qry_searcher_best(h, count, failure, arena), count);
        *calls += (double)qry_searcher_ledger(h)->oracle_calls / runs;
        qry_arena_free(arena);
    }
    qry_searcher_free(h);
    return wrong;
}

/* Max and min, with and without a predicate, ties, few rows, no row. */
static void promise(void **state)
{
    (void)state;
    static const char *const statements[] = {"best: search max j in T by T[j];", "best: search min j in T by T[j];",
                                             "best: search max j in T by T[j] where T[j] < 20;",
                                             "best: search min j in T by T[j] where j > 3 && T[j] != -5;",
                                             "best: search max j in T by square(T[j]) where T[j] > 5000 && j > 0;"};
    static const uint64_t rows[] = {1, 2, 13, 100};
    double calls;
    qry_ctx *ctx = qry_ctx_new();
    for (size_t s = 0; s < sizeof statements / sizeof *statements; s++)
        for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
            qry_search *search = key_search(ctx, statements[s], rows[r], 60, false, s + 10 * r);
            int wrong = wrong_runs(ctx, search, &oracle, 1, 1e-2, 1000, &calls);
            assert_true(failures_are_plausible(wrong, 1000, 1e-2));
            qry_search_free(search);
        }
    qry_ctx_free(ctx);
}

/* The k best, of all sizes. */
static void k_best(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, 5, 16, 64, 100};
    double calls;
    qry_ctx *ctx = qry_ctx_new();
    for (int least = 0; least < 2; least++)
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
            const char *statement = least ? "b: search min j in T by T[j];" : "b: search max j in T by T[j];";
            qry_search *search = key_search(ctx, statement, 64, 40, true, i);
            int wrong = wrong_runs(ctx, search, &oracle, counts[i], 1e-2, 300, &calls);
            assert_true(failures_are_plausible(wrong, 300, 1e-2));
            qry_search_free(search);
        }
    qry_ctx_free(ctx);
}

/* Durr and Hoyer as bounded by Cade and others (2022), the last certificate included: 6.5 sqrt N + 3 uses on average. */
static void uses_of_the_oracle(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    for (int bits = 6; bits <= 12; bits += 2) {
        uint64_t rows = UINT64_C(1) << bits;
        double calls;
        qry_search *search = key_search(ctx, "b: search max j in T by T[j];", rows, 1000, false, (uint64_t)bits);
        int wrong = wrong_runs(ctx, search, &oracle, 1, 1e-3, 400, &calls);
        assert_true(failures_are_plausible(wrong, 400, 1e-3));
        assert_true(calls < 6.5 * sqrt((double)rows) + 3);
        qry_search_free(search);
    }
    qry_ctx_free(ctx);
}

/* Gate by gate the same promise. */
static void gate_by_gate(void **state)
{
    (void)state;
    double calls;
    qry_ctx *ctx = qry_ctx_new();
    for (int k = 1; k <= 3; k += 2) {
        qry_search *search = key_search(ctx, "b: search max j in T by 3 * T[j] - j where T[j] != 7;", 50, 30, k > 1, 3);
        int wrong = wrong_runs(ctx, search, &gates, (size_t)k, 1e-2, 40, &calls);
        assert_true(failures_are_plausible(wrong, 40, 1e-2));
        qry_search_free(search);
    }
    qry_ctx_free(ctx);
}

/* A budget of queries is kept, and said to have been reached. */
static void budget(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = key_search(ctx, "b: search max j in T by T[j];", 1000, 900, false, 1);
    for (uint64_t limit = 1; limit < 2000; limit *= 3) {
        qry_run_options options = oracle;
        options.max_queries = limit;
        qry_arena *arena = qry_arena_new(ctx);
        qry_searcher *h = qry_searcher_new(ctx, search, &options, limit);
        qry_found found = qry_searcher_best(h, 1, 1e-3, arena);
        assert_int_equal(found.count, 1); /* the row that it began with, at least */
        assert_true(qry_searcher_ledger(h)->query_count == 0 || qry_searcher_ledger(h)->query[0].loads <= limit);
        assert_true(qry_searcher_stopped(h) || are_best(search, found, 1));
        assert_true(limit > 20 || qry_searcher_stopped(h));
        qry_searcher_free(h);
        qry_arena_free(arena);
    }
    qry_search_free(search);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(promise), cmocka_unit_test(k_best),
                                       cmocka_unit_test(uses_of_the_oracle), cmocka_unit_test(gate_by_gate),
                                       cmocka_unit_test(budget)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
