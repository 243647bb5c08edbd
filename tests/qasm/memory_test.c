/* memory_test.c: memory that runs out anywhere is one message, and nothing is left behind. */
#include "base/faults.h"
#include "support.h"

#include <string.h>

static const random_kind kind = {.definitions = 6, .most_rounds = 5, .most_items = 40, .measurements = true};

static void build(void *circuit) { random_circuit(qry_circuit_ctx(circuit), 5, kind); }

static void count(void *circuit)
{
    qry_ctx *ctx = qry_circuit_ctx(circuit);
    qry_arena *arena = qry_arena_new(ctx);
    qry_circuit_count(arena, qry_circuit_program(circuit));
    qry_definition_depth_bound(qry_circuit_program(circuit), 3);
    qry_arena_free(arena);
}

static void print(void *circuit)
{
    qry_output *output = qry_output_open(qry_circuit_ctx(circuit), "/dev/null");
    qry_circuit_print(circuit, &(qry_print_options){0}, output);
    qry_output_commit(output);
}

/* A context of its own, since a context shows only so many errors. Whether body came to its end. */
static bool starve_at(size_t n, void (*body)(void *))
{
    void *state;
    assert_int_equal(set_up(&state), 0);
    fixture *f = state;
    qry_circuit *circuit = random_circuit(f->ctx, 5, kind);
    qry_memory_fail_at(f->ctx, n);
    bool done = qry_protect(f->ctx, body, circuit);
    qry_memory_fail_at(f->ctx, 0);
    assert_int_equal(f->errors, !done);
    assert_true(done || strstr(f->text, "out of memory") == f->text);
    tear_down(&state);
    return done;
}

/* Every allocation fails once. */
static void starve(void (*body)(void *))
{
    size_t n = 1;
    while (!starve_at(n, body))
        n++;
    assert_true(n > 20);
}

static void test_starving(void **state)
{
    (void)state;
    starve(build);
    starve(count);
    starve(print);
}

/* What is built, counted and printed leaves nothing when it is freed. */
static void test_nothing_left(void **state)
{
    fixture *f = *state;
    size_t before = qry_memory_used(f->ctx);
    qry_circuit *circuit = random_circuit(f->ctx, 5, kind);
    count(circuit);
    print(circuit);
    qry_circuit_free(circuit);
    assert_int_equal(qry_memory_used(f->ctx), before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_starving), TEST(test_nothing_left)};
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
