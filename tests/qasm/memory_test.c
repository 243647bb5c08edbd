/* memory_test.c: memory that runs out anywhere is one message, and nothing is left behind. */
#include "base/faults.h"
#include "support.h"

#include <string.h>

static const random_kind kind = {.definitions = 6, .most_rounds = 5, .most_items = 40, .measurements = true};

static const random_kind full = {
    .definitions = 6, .most_rounds = 5, .most_items = 40, .measurements = true, .feedback = true, .full = true};

static void build(void *circuit) { random_circuit(qry_circuit_ctx(circuit), 5, kind); }
static void build_full(void *circuit) { random_circuit(qry_circuit_ctx(circuit), 5, full); }

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

static void print_full(void *circuit)
{
    qry_output *output = qry_output_open(qry_circuit_ctx(circuit), "/dev/null");
    qry_circuit_print(circuit, &(qry_print_options){.profile = QRY_PROFILE_FULL}, output);
    qry_output_commit(output);
}

static void compare(void *circuit) { qry_circuit_equal(circuit, circuit); }

/* A context of its own, since a context shows only so many errors. Whether body came to its end. */
static bool starve_at(size_t n, void (*body)(void *), random_kind of)
{
    void *state;
    assert_int_equal(set_up(&state), 0);
    fixture *f = state;
    qry_circuit *circuit = random_circuit(f->ctx, 5, of);
    qry_memory_fail_at(f->ctx, n);
    bool done = qry_protect(f->ctx, body, circuit);
    qry_memory_fail_at(f->ctx, 0);
    assert_int_equal(f->errors, !done);
    assert_true(done || strstr(f->text, "out of memory") == f->text);
    tear_down(&state);
    return done;
}

/* Every allocation fails once. */
static void starve(void (*body)(void *), random_kind of)
{
    size_t n = 1;
    while (!starve_at(n, body, of))
        n++;
    assert_true(n > 20);
}

static void test_starving(void **state)
{
    (void)state;
    starve(build, kind);
    starve(count, kind);
    starve(print, kind);
    starve(build_full, full);
    starve(count, full);
    starve(print_full, full);
    starve(compare, full);
}

/* What is built, counted and printed leaves nothing when it is freed. */
static void test_nothing_left(void **state)
{
    fixture *f = *state;
    size_t before = qry_memory_used(f->ctx);
    for (int i = 0; i < 2; i++) {
        qry_circuit *circuit = random_circuit(f->ctx, 5, i ? full : kind);
        count(circuit);
        (i ? print_full : print)(circuit);
        compare(circuit);
        qry_circuit_free(circuit);
        assert_int_equal(qry_memory_used(f->ctx), before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_starving), TEST(test_nothing_left)};
    return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
