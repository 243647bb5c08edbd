/* graph_test.c: values of the numbered plan against planes computed step by step; whatever the graph proves or simplifies
 * must be true for every content of its inputs. */
#include "sim/sparse/graph.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { INPUTS = 6, CELLS = 24 };

/* A cell as the graph has it and as 64 rows have it: all contents of six inputs. */
struct pair {
    literal value;
    uint64_t rows;
};

static uint64_t input_rows(int i)
{
    uint64_t rows = 0;
    for (int row = 0; row < 64; row++)
        rows |= (uint64_t)(row >> i & 1) << row;
    return rows;
}

/* Evaluates through a plan, all cells at once. */
static void check_cells(qry_ctx *ctx, struct graph *g, const struct pair *cell, bool keep, uint32_t *used,
                        plane *storage)
{
    struct plan_builder builder = {0};
    struct plan plan;
    literal wanted[CELLS];
    uint32_t result[CELLS];
    for (int i = 0; i < CELLS; i++)
        wanted[i] = cell[i].value;
    uint32_t top = graph_plan(g, wanted, CELLS, keep, used, &builder, result);
    assert_true(top >= *used && top < 4000);
    plan_finish(ctx, &builder, &plan);
    kernels_for(QRY_SIMD_BEST)->run(&plan, storage, false);
    for (int i = 0; i < CELLS; i++)
        if (storage[result[i]].word[0] != cell[i].rows)
            fail_msg("cell %d: %016llx, not %016llx", i, (unsigned long long)storage[result[i]].word[0],
                     (unsigned long long)cell[i].rows);
    plan_free(ctx, &plan);
    plan_builder_free(ctx, &builder);
}

static void step(struct graph *g, qry_random *random, struct pair *cell)
{
    struct pair *a = &cell[qry_random_below(random, CELLS)], *b = &cell[qry_random_below(random, CELLS)];
    struct pair *r = &cell[qry_random_below(random, INPUTS)];
    switch (qry_random_below(random, 8)) {
    case 0:
        a->value = graph_xor(g, a->value, b->value);
        a->rows ^= b->rows;
        break;
    case 1:
        a->value = graph_and(g, a->value, b->value);
        a->rows &= b->rows;
        break;
    case 2:
        a->value ^= 1;
        a->rows = ~a->rows;
        break;
    default: /* routing, by few routers, so that planes are split and joined again */
        if (a == b || a == r || b == r)
            return;
        graph_exchange(g, r->value, &a->value, &b->value);
        uint64_t d = (a->rows ^ b->rows) & r->rows;
        a->rows ^= d;
        b->rows ^= d;
    }
}

static void random_steps(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    plane *storage = qry_alloc_aligned(ctx, 4000, sizeof *storage);
    memset(&storage[STORE_ONES], 0xff, sizeof(plane));
    for (int seed = 0; seed < 3000; seed++) {
        qry_random random;
        qry_random_seed(&random, (uint64_t)seed, 5);
        struct graph *g = graph_new(ctx);
        struct pair cell[CELLS] = {{0, 0}};
        uint32_t used = STORE_FIRST + INPUTS;
        for (int i = 0; i < INPUTS; i++) {
            storage[STORE_FIRST + i].word[0] = input_rows(i);
            cell[i] = (struct pair){graph_input(g, STORE_FIRST + (uint32_t)i), input_rows(i)};
        }
        cell[INPUTS] = (struct pair){1, UINT64_MAX}; /* one plane of ones to route, the rest is zero */
        for (int k = 0; k < 10 + seed % 150; k++) {
            step(g, &random, cell);
            if (qry_random_below(&random, 20) == 0)
                graph_begin_segment(g);
            if (qry_random_below(&random, 40) == 0)
                check_cells(ctx, g, cell, seed & 1, &used, storage);
        }
        check_cells(ctx, g, cell, seed & 1, &used, storage);
        graph_free(g);
    }
    qry_ctx_free(ctx);
}

/* A tree of routers: what goes down comes up whole, and nothing is left behind, without a single operation. */
static void round_trips_are_free(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct graph *g = graph_new(ctx);
    literal router[7], port[15] = {0}, data = graph_input(g, STORE_FIRST + 7);
    for (int i = 0; i < 7; i++)
        router[i] = graph_input(g, STORE_FIRST + (uint32_t)i);
    port[0] = data;
    for (int node = 0; node < 7; node++) { /* down: the port's plane moves to a child */
        port[2 * node + 1] = port[node];
        port[node] = 0;
        graph_exchange(g, router[node], &port[2 * node + 1], &port[2 * node + 2]);
    }
    for (int node = 7; node-- > 0;) {
        graph_exchange(g, router[node], &port[2 * node + 1], &port[2 * node + 2]);
        assert_int_equal(port[2 * node + 2], 0);
        port[node] = port[2 * node + 1];
        port[2 * node + 1] = 0;
    }
    assert_int_equal(port[0], data);
    qry_ctx_free(ctx);
}

static void forgetting(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new();
    struct graph *g = graph_new(ctx);
    literal x = graph_input(g, STORE_FIRST), y = graph_input(g, STORE_FIRST + 1);
    literal early = graph_and(g, x, y);
    size_t size = graph_size(g);
    for (int round = 0; round < 3; round++) {
        literal chain = early;
        for (int i = 0; i < 20000; i++) /* enough to make the table grow while it must be forgotten again */
            chain = graph_xor(g, graph_and(g, chain ^ (i & 1), i % 3 ? x : y), i % 5 ? y : early);
        graph_forget(g, size);
        assert_int_equal(graph_size(g), size);
        assert_int_equal(graph_and(g, x, y), early);
        graph_forget(g, size);
    }
    qry_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(random_steps), cmocka_unit_test(round_trips_are_free),
                                       cmocka_unit_test(forgetting)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
