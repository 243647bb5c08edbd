/* ledger.c: adding up. */
#include "searches.h"

static void adding(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    qry_ledger_query first[] = {{"K", 5}, {"alive", 7}}, second[] = {{"T", 1}, {"K", 10}};
    qry_ledger a = {.oracle_calls = 3,
                    .shots = 2,
                    .query = first,
                    .query_count = 2,
                    .depth = 100,
                    .t_depth = 30,
                    .a_calls = 7,
                    .simulated = 2,
                    .rows = 16,
                    .axes = 1};
    a.tally.gate[QRY_GATE_cswap] = 11;
    a.tally.measurements = 4;
    a.qubits = 9;
    a.score_evaluations = 2;
    a.classical_score_evaluations = 64;
    a.seconds = 0.5;
    a.planning_seconds = 0.25;
    qry_ledger b = {.oracle_calls = 10,
                    .shots = 1,
                    .query = second,
                    .query_count = 2,
                    .qubits = 8,
                    .a_calls = 30,
                    .simulated = 1,
                    .rows = 16,
                    .axes = 3};
    b.tally.gate[QRY_GATE_cswap] = ~(qry_u128)0;
    b.depth = ~(qry_u128)0 - 50;
    qry_ledger sum = {.shots = 0};
    qry_ledger_add(arena, &sum, &a);
    qry_ledger_add(arena, &sum, &b);
    assert_int_equal(sum.oracle_calls, 13);
    assert_int_equal(sum.a_calls, 37);
    assert_int_equal(sum.simulated, 3);
    assert_true(sum.rows == 16 && sum.axes == 3);
    assert_int_equal(sum.shots, 3);
    assert_int_equal(sum.query_count, 3);
    assert_string_equal(sum.query[0].table, "K");
    assert_int_equal(sum.query[0].loads, 15);
    assert_string_equal(sum.query[1].table, "T");
    assert_int_equal(sum.query[1].loads, 1);
    assert_string_equal(sum.query[2].table, "alive");
    assert_int_equal(sum.query[2].loads, 7);
    assert_true(sum.tally.gate[QRY_GATE_cswap] == ~(qry_u128)0 && sum.depth == ~(qry_u128)0); /* at least */
    assert_int_equal(sum.t_depth, 30);
    assert_int_equal(sum.tally.measurements, 4);
    assert_int_equal(sum.qubits, 9);
    assert_int_equal(sum.score_evaluations, 2);
    assert_int_equal(sum.classical_score_evaluations, 64);
    assert_true(sum.seconds == 0.5 && sum.planning_seconds == 0.25);
    assert_int_equal(first[0].loads, 5);
    qry_ctx_free(ctx);
}

static void texts_are_copied(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    qry_arena *arena = qry_arena_new(ctx);
    char name[] = "K";
    qry_ledger_query query[] = {{name, 5}};
    qry_ledger a = {.query = query, .query_count = 1}, sum = {.shots = 0};
    qry_ledger_add(arena, &sum, &a);
    name[0] = 'L';
    qry_ledger_add(arena, &sum, &a);
    assert_int_equal(sum.query_count, 2);
    assert_string_equal(sum.query[0].table, "K");
    assert_string_equal(sum.query[1].table, "L");
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(adding), cmocka_unit_test(texts_are_copied)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
