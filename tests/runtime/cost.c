/* cost.c: what a cost book says of a program, against counting it, walking it, and running it. */
#include "searches.h"

#include "runtime/drive/drive.h"

#include <stdio.h>
#include <string.h>

static bool count_step(void *state, const qry_step *step)
{
    qry_tally *tally = state;
    if (step->kind == QRY_OP_MEASURE)
        tally->measurements++;
    else if (step->kind == QRY_OP_RESET)
        tally->resets++;
    else
        tally->gate[step->kind]++;
    return true;
}

static void assert_same_tally(const qry_tally *a, const qry_tally *b)
{
    for (int g = 0; g < QRY_GATES; g++)
        assert_true(a->gate[g] == b->gate[g]);
    assert_true(a->measurements == b->measurements && a->resets == b->resets);
}

/* The program as it is now: four ways to count its gates, two for its queries, and its depth. */
static void check(qry_ctx *ctx, qry_cost_book *book, const qry_search *search, qry_sim *sim)
{
    const qry_definition *program = qry_circuit_program(search->circuit);
    qry_arena *arena = qry_arena_new(ctx);
    const qry_count *count = qry_circuit_count(arena, program);
    const qry_cost_entry *cost = qry_cost_of_program(book);
    assert_same_tally(&cost->whole, &count->total);
    qry_tally walked = {.resets = 0}, before = *qry_sim_executed(sim), after;
    assert_true(qry_walk(program, false, NULL, &(qry_visitor){.state = &walked, .step = count_step}));
    assert_same_tally(&cost->whole, &walked);
    qry_random random;
    uint8_t bits[64];
    qry_random_seed(&random, 1, 1);
    qry_sim_shot(sim, &random, bits);
    after = *qry_sim_executed(sim);
    for (int g = 0; g < QRY_GATES; g++)
        assert_true(after.gate[g] == before.gate[g] + walked.gate[g]);
    assert_true(after.measurements == before.measurements + walked.measurements);
    for (size_t i = 0; i < count->query_count; i++) {
        size_t k = 0;
        while (k < book->table_count && strcmp(book->table[k], count->queries[i].part->table) != 0)
            k++;
        assert_true(k < cost->load_count && cost->loads[k] == count->queries[i].loads);
    }
    assert_true(cost->depth >= count->depth.depth && cost->t_depth >= count->depth.t_depth);
    qry_u128 steps = qry_tally_gates(&walked) + walked.measurements;
    assert_true(cost->depth <= steps);
    qry_arena_free(arena);
}

static void programs(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "table K[20][3] : int(4) = npy(\"none\");\nparam t = 0;\n"
        "search all j in K where 3 * K[j][0] - 5 * K[j][1] + 7 * K[j][2] >= t;\n",
        "table K[20][3] : int(4) = npy(\"none\");\nparam t = 0;\nqram select;\n"
        "search one j in K where K[j][0] * K[j][1] >= t && j != 3;\n",
    };
    qry_ctx *ctx = qry_ctx_new();
    for (size_t p = 0; p < sizeof texts / sizeof *texts; p++) {
        qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "t.qry", texts[p], strlen(texts[p])));
        int64_t data[60];
        for (int i = 0; i < 60; i++)
            data[i] = i * 7 % 16 - 8;
        qry_program_bind(program, "K", data);
        qry_search *search = qry_program_compile(program, NULL);
        assert_non_null(search);
        qry_cost_book book;
        qry_cost_book_init(&book, ctx, search->circuit);
        qry_sim *sim = qry_sim_new(ctx, search->circuit, NULL);
        uint8_t alive[20] = {0};
        for (int64_t t = -40; t < 60; t += 33) { /* other predicates */
            qry_program_set_param(program, "t", (qry_rational){t, 1});
            assert_true(qry_search_refresh(search));
            for (uint64_t iterations = 0; iterations < 5; iterations++) {
                qry_search_write_round(search, iterations);
                check(ctx, &book, search, sim);
                if (search->kind == QRY_SEARCH_ALL) {
                    alive[(7 * iterations + (uint64_t)(t + 40)) % 20] ^= 1;
                    qry_search_set_alive(search, alive);
                    check(ctx, &book, search, sim);
                }
            }
            qry_search_write_fixed_point(search, 3, (double[]){1, 2, 3}, (double[]){0.5, 0.25, 0.125});
            check(ctx, &book, search, sim);
            data[(t + 40) % 60] ^= 1; /* other data */
            qry_program_bind(program, "K", data);
        }
        qry_sim_free(sim);
        qry_cost_book_free(&book);
        qry_search_free(search);
    }
    qry_ctx_free(ctx);
}

/* Definitions that call each other, with repeats and inverses, rewritten one at a time. */
static void rewritten_definitions(void **state)
{
    (void)state;
    enum { DEFINITIONS = 6, QUBITS = 3 };
    static const qry_qubit all[QUBITS] = {0, 1, 2};
    qry_ctx *ctx = qry_ctx_new();
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *d[DEFINITIONS];
    d[0] = qry_circuit_program(circuit);
    for (int i = 1; i < DEFINITIONS; i++)
        d[i] = qry_circuit_define(circuit, "part", 0);
    for (int i = 0; i < DEFINITIONS; i++)
        qry_definition_group(d[i], "a", QUBITS, QRY_ROLE_DATA);
    qry_definition_set_query(d[5], &(qry_query_part){"K", "select", 2, 1, false, true});
    qry_cost_book book;
    qry_cost_book_init(&book, ctx, circuit);
    qry_random random;
    qry_random_seed(&random, 3, 0);
    for (int round = 0; round < 400; round++) {
        int i = (int)qry_random_below(&random, DEFINITIONS);
        qry_definition_clear(d[i]);
        qry_definition_group(d[i], "a", QUBITS, QRY_ROLE_DATA);
        for (int k = 0; k < 6; k++) {
            bool repeated = i == 0 && qry_random_below(&random, 3) == 0;
            if (repeated)
                qry_begin_repeat(d[i], qry_random_below(&random, 5));
            qry_add(d[i], qry_random_below(&random, 2) ? QRY_GATE_t : QRY_GATE_s, (uint32_t)k % 3, 0, 0);
            qry_add(d[i], QRY_GATE_ccx, (uint32_t)k % 3, (uint32_t)(k + 1) % 3, (uint32_t)(k + 2) % 3);
            if (i + 1 < DEFINITIONS)
                qry_add_call(d[i], d[i + 1 + (int)qry_random_below(&random, (uint64_t)(DEFINITIONS - 1 - i))],
                             qry_random_below(&random, 2), all, NULL);
            if (repeated)
                qry_end(d[i]);
        }
        qry_arena *arena = qry_arena_new(ctx);
        const qry_count *count = qry_circuit_count(arena, d[0]);
        const qry_cost_entry *cost = qry_cost_of_program(&book);
        assert_same_tally(&cost->whole, &count->total);
        qry_u128 loads = count->query_count ? count->queries[0].loads : 0;
        assert_true(cost->load_count ? cost->loads[0] == loads : loads == 0);
        qry_depth bound = qry_definition_depth_bound(d[0], 0);
        assert_true(cost->depth >= count->depth.depth && cost->depth <= bound.depth);
        assert_true(cost->t_depth >= count->depth.t_depth && cost->t_depth <= bound.t_depth);
        qry_arena_free(arena);
    }
    qry_cost_book_free(&book);
    qry_ctx_free(ctx);
}

/* Chains of calls are as long as one likes, and a change at the far end is seen. */
static void long_chains(void **state)
{
    (void)state;
    enum { DEFINITIONS = 300000 };
    qry_ctx *ctx = qry_ctx_new();
    qry_circuit *circuit = qry_circuit_new(ctx);
    qry_definition *last = NULL, *d;
    for (int i = 0; i < DEFINITIONS; i++) {
        d = i + 1 < DEFINITIONS ? qry_circuit_define(circuit, "part", 0) : qry_circuit_program(circuit);
        qry_definition_group(d, "a", 1, QRY_ROLE_DATA);
        qry_add(d, QRY_GATE_t, 0, 0, 0);
        if (last)
            qry_add_call(d, last, false, (qry_qubit[]){0}, NULL);
        last = d;
    }
    qry_cost_book book;
    qry_cost_book_init(&book, ctx, circuit);
    const qry_cost_entry *cost = qry_cost_of_program(&book);
    assert_true(cost->whole.gate[QRY_GATE_t] == DEFINITIONS && cost->depth == DEFINITIONS);
    d = qry_circuit_definition(circuit, 1); /* the one that calls none */
    qry_definition_clear(d);
    qry_definition_group(d, "a", 1, QRY_ROLE_DATA);
    qry_add(d, QRY_GATE_x, 0, 0, 0);
    cost = qry_cost_of_program(&book);
    assert_true(cost->whole.gate[QRY_GATE_t] == DEFINITIONS - 1 && cost->whole.gate[QRY_GATE_x] == 1);
    qry_cost_book_free(&book);
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(programs), cmocka_unit_test(rewritten_definitions),
                                       cmocka_unit_test(long_chains)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
