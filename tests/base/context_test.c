/* context_test.c: protection, deferral, interruption, forks, and the memory of a context. */
#include "base/faults.h"
#include "support.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

/* ---- protection and deferral ---- */

struct story {
    fixture *f;
    char told[64]; /* a letter for everything that happened */
};

static void tell(struct story *s, char letter) { s->told[strlen(s->told)] = letter; }
static void tell_a(void *s) { tell(s, 'a'); }
static void tell_b(void *s) { tell(s, 'b'); }
static void tell_c(void *s) { tell(s, 'c'); }

static void finish(void *s) { tell(s, 'F'); }

static void give_up(void *state)
{
    struct story *s = state;
    tell(s, 'G');
    qry_error(s->f->ctx, "given up");
    qry_give_up(s->f->ctx);
}

static void test_protect(void **state)
{
    struct story s = {*state, ""};
    assert_true(qry_protect(s.f->ctx, finish, &s));
    assert_false(qry_protect(s.f->ctx, give_up, &s));
    assert_true(qry_protect(s.f->ctx, finish, &s));
    assert_string_equal(s.told, "FGF");
    expect_error(s.f, "given up");
}

static void outer_that_goes_on(void *state)
{
    struct story *s = state;
    qry_defer(s->f->ctx, tell_a, s);
    assert_false(qry_protect(s->f->ctx, give_up, s));
    tell(s, 'o');
}

static void outer_that_follows(void *state)
{
    struct story *s = state;
    qry_defer(s->f->ctx, tell_b, s);
    outer_that_goes_on(s);
    give_up(s);
}

static void test_protect_nests(void **state)
{
    struct story s = {*state, ""};
    assert_true(qry_protect(s.f->ctx, outer_that_goes_on, &s));
    assert_string_equal(s.told, "Go"); /* what the outer one deferred is still to come */
    assert_false(qry_protect(s.f->ctx, outer_that_follows, &s));
    assert_string_equal(s.told, "GoGoGab");
    qry_defer_cancel(s.f->ctx, tell_a, &s);
}

static void defer_three(void *state)
{
    struct story *s = state;
    qry_defer(s->f->ctx, tell_a, s);
    qry_defer(s->f->ctx, tell_b, s);
    qry_defer(s->f->ctx, tell_c, s);
    qry_defer_cancel(s->f->ctx, tell_b, s);
    give_up(s);
}

static void test_deferred_last_first(void **state)
{
    struct story s = {*state, ""};
    assert_false(qry_protect(s.f->ctx, defer_three, &s));
    assert_string_equal(s.told, "Gca");
}

static void cancel_outer_and_give_up(void *state)
{
    struct story *s = state;
    qry_defer_cancel(s->f->ctx, tell_b, s);
    qry_defer(s->f->ctx, tell_c, s);
    give_up(s);
}

/* A body may cancel what was deferred outside it; what else was deferred there must stay. */
static void test_cancel_from_inside(void **state)
{
    struct story s = {*state, ""};
    qry_defer(s.f->ctx, tell_a, &s);
    qry_defer(s.f->ctx, tell_b, &s);
    assert_false(qry_protect(s.f->ctx, cancel_outer_and_give_up, &s));
    assert_string_equal(s.told, "Gc");
    qry_ctx_free(s.f->ctx);
    s.f->ctx = NULL;
    assert_string_equal(s.told, "Gca");
}

static void release_that_gives_up(void *state)
{
    struct story *s = state;
    tell(s, 'r');
    qry_give_up(s->f->ctx);
}

static void defer_a_bad_one(void *state)
{
    struct story *s = state;
    qry_defer(s->f->ctx, tell_a, s);
    qry_defer(s->f->ctx, release_that_gives_up, s);
    qry_defer(s->f->ctx, tell_b, s);
    give_up(s);
}

static void test_release_gives_up(void **state)
{
    struct story s = {*state, ""};
    assert_false(qry_protect(s.f->ctx, defer_a_bad_one, &s));
    assert_string_equal(s.told, "Gbra");
}

static void write_mark(void *path) { write_file(path, "gone", 4); }

static void give_up_unprotected(void *state)
{
    fixture *f = state;
    static char path[256];
    strcpy(path, path_of(f, "mark"));
    qry_ctx *ctx = qry_ctx_new(), *worker = qry_ctx_fork(ctx);
    qry_defer(worker, write_mark, path);
    qry_error(worker, "no way on");
    qry_give_up(worker);
}

static void test_give_up_unprotected(void **state)
{
    fixture *f = *state;
    size_t length;
    const char *errors = path_of(f, "errors");
    assert_int_equal(in_child(give_up_unprotected, f, errors), EXIT_FAILURE);
    char *text = read_file(errors, &length), *mark = read_file(path_of(f, "mark"), &length);
    assert_string_equal(text, "quarry: error: no way on\n");
    assert_string_equal(mark, "gone");
    free(text);
    free(mark);
}

static void must_not(void *nothing)
{
    (void)nothing;
    signal(SIGABRT, SIG_DFL);
    qry_must(1 + 1 == 3);
}

static void test_must(void **state)
{
    fixture *f = *state;
    const char *errors = path_of(f, "errors");
    size_t length;
    assert_int_equal(in_child(must_not, NULL, errors), -SIGABRT);
    char *text = read_file(errors, &length);
    assert_non_null(strstr(text, "context_test.c"));
    assert_non_null(strstr(text, "1 + 1 == 3 does not hold"));
    free(text);
}

static void check_interrupt(void *ctx) { qry_check_interrupt(ctx); }

static void count_pulse(void *count) { ++*(int *)count; }

static void test_pulse(void **state)
{
    fixture *f = *state;
    int pulses = 0;
    qry_ctx_on_pulse(f->ctx, count_pulse, &pulses);
    qry_check_interrupt(f->ctx);
    qry_check_interrupt(f->ctx);
    assert_int_equal(pulses, 2);
    qry_ctx *worker = qry_ctx_fork(f->ctx);
    qry_check_interrupt(worker);
    qry_ctx_join(worker);
    qry_ctx_on_pulse(f->ctx, NULL, NULL);
    qry_check_interrupt(f->ctx);
    assert_int_equal(pulses, 2);
}

static void test_interrupt(void **state)
{
    fixture *f = *state;
    volatile sig_atomic_t flag = 0;
    assert_true(qry_protect(f->ctx, check_interrupt, f->ctx));
    qry_ctx_set_interrupt(f->ctx, &flag);
    assert_true(qry_protect(f->ctx, check_interrupt, f->ctx));
    flag = 1;
    assert_false(qry_protect(f->ctx, check_interrupt, f->ctx));
    expect_error(f, "interrupted");
    qry_ctx *worker = qry_ctx_fork(f->ctx);
    assert_false(qry_protect(worker, check_interrupt, worker));
    qry_ctx_join(worker);
    expect_error(f, "interrupted");
    qry_ctx_set_interrupt(f->ctx, NULL);
    assert_true(qry_protect(f->ctx, check_interrupt, f->ctx));
}

/* ---- forks ---- */

static void test_forks_report_in_order(void **state)
{
    fixture *f = *state;
    qry_ctx *one = qry_ctx_fork(f->ctx), *two = qry_ctx_fork(f->ctx), *inner = qry_ctx_fork(two);
    qry_error(two, "two");
    qry_error(inner, "inner");
    qry_error(one, "one");
    qry_error_at(one, (qry_span){0}, "a hint", "and a half");
    expect_silence(f);
    qry_ctx_join(one);
    qry_ctx_join(inner);
    qry_ctx_join(two);
    assert_string_equal(f->text, "quarry: error: one\nquarry: error: and a half\n  hint: a hint\n"
                                 "quarry: error: two\nquarry: error: inner\n");
    assert_int_equal(qry_error_count(f->ctx), 4);
}

static void give_up_with_a_word(void *argument)
{
    qry_error(argument, "no more");
    qry_give_up(argument);
}

/* Used outside a qry_protect of its own, a fork gives up as its parent, and its word is heard once. */
static void test_forks_give_up_as_their_parents(void **state)
{
    fixture *f = *state;
    qry_ctx *worker = qry_ctx_fork(f->ctx), *inner = qry_ctx_fork(worker);
    assert_false(qry_protect(f->ctx, give_up_with_a_word, inner));
    expect_error(f, "no more");
    qry_ctx_join(inner);
    qry_ctx_join(worker);
    expect_silence(f);
}

static void join_fork(void *ctx) { qry_ctx_join(ctx); }

/* A fork that is joined by a deferred release is so when its parent is freed, and only once. */
static void test_forks_are_joined_by_deferral(void **state)
{
    (void)state;
    qry_ctx *ctx = qry_ctx_new(), *worker = qry_ctx_fork(ctx);
    qry_defer(ctx, join_fork, worker);
    qry_alloc(worker, 1, 8);
    qry_ctx_free(ctx);
}

static void test_forks_count_errors_once(void **state)
{
    fixture *f = *state;
    qry_ctx *worker = qry_ctx_fork(f->ctx);
    for (int i = 0; i < 5; i++)
        qry_error(f->ctx, "parent");
    for (int i = 0; i < 30; i++)
        qry_error(worker, "child");
    qry_ctx_join(worker);
    assert_int_equal(qry_error_count(f->ctx), 35);
    assert_int_equal(f->errors, QRY_MAX_ERRORS);
    assert_int_equal(f->diagnostics, QRY_MAX_ERRORS + 1); /* and one note */
    qry_ctx *full = qry_ctx_fork(f->ctx);
    for (int i = 0; i < 30; i++)
        qry_error(full, "child");
    qry_ctx_join(full);
    assert_int_equal(qry_error_count(f->ctx), 65);
    assert_int_equal(f->diagnostics, QRY_MAX_ERRORS + 1);
}

static void test_fork_alone_overflows(void **state)
{
    fixture *f = *state;
    qry_ctx *worker = qry_ctx_fork(f->ctx);
    for (int i = 0; i < 21; i++)
        qry_error(worker, "child");
    qry_ctx_join(worker);
    assert_int_equal(qry_error_count(f->ctx), 21);
    assert_int_equal(f->diagnostics, 21);
    assert_non_null(strstr(f->text, "quarry: note: there are more errors; only the first 20 are shown\n"));
}

/* The address sanitizer sees what is left behind. */
static void test_forks_go_with_their_parent(void **state)
{
    fixture *f = *state;
    qry_ctx *one = qry_ctx_fork(f->ctx), *two = qry_ctx_fork(f->ctx), *three = qry_ctx_fork(f->ctx);
    qry_alloc(one, 100, 1);
    qry_error(three, "never heard");
    qry_alloc(qry_ctx_fork(three), 100, 1);
    qry_ctx_join(two);
    expect_silence(f);
}

/* ---- memory ---- */

static void test_memory_account(void **state)
{
    fixture *f = *state;
    qry_ctx *ctx = f->ctx;
    size_t before = qry_memory_used(ctx);
    char *a = qry_alloc(ctx, 100, 3), *b = qry_alloc_aligned(ctx, 7, 11);
    assert_int_equal(qry_memory_used(ctx), before + 377);
    assert_int_equal((uintptr_t)b % 64, 0);
    for (int i = 0; i < 300; i++)
        assert_int_equal(a[i], 0);
    for (int i = 0; i < 77; i++)
        assert_int_equal(b[i], 0);
    memset(a, 5, 300);
    a = qry_resize(ctx, a, 1000, 1);
    assert_int_equal(qry_memory_used(ctx), before + 1077);
    for (int i = 0; i < 300; i++)
        assert_int_equal(a[i], 5);
    a = qry_resize(ctx, a, 0, 1);
    assert_int_equal(qry_memory_used(ctx), before + 77);
    qry_free(ctx, a);
    qry_free(ctx, b);
    qry_free(ctx, NULL);
    assert_int_equal(qry_memory_used(ctx), before);
    assert_int_equal(qry_memory_peak(ctx), before + 1077);
    qry_ctx *worker = qry_ctx_fork(ctx);
    qry_free(worker, qry_alloc(worker, 5000, 1));
    qry_alloc(worker, 10, 1);
    assert_int_equal(qry_memory_used(worker), 10);
    qry_ctx_join(worker);
    assert_int_equal(qry_memory_used(ctx), before);
    assert_int_equal(qry_memory_peak(ctx), before + 5000);
}

static void test_grow(void **state)
{
    fixture *f = *state;
    int *items = NULL;
    size_t room = 0;
    for (size_t i = 0; i < 1000; i++) {
        QRY_GROW(f->ctx, items, room, i + 1);
        assert_true(room > i && room >= 16);
        assert_int_equal(room & (room - 1), 0);
        assert_int_equal(items[i], 0);
        items[i] = (int)i;
    }
    for (int i = 0; i < 1000; i++)
        assert_int_equal(items[i], i);
    qry_free(f->ctx, items);
}

static void ask_too_much(void *ctx) { qry_alloc(ctx, SIZE_MAX / 2, 3); }
static void ask_half_of_all(void *ctx) { qry_alloc_aligned(ctx, SIZE_MAX / 2 + 1, 1); }
static void resize_too_much(void *ctx) { qry_resize(ctx, qry_alloc(ctx, 1, 1), SIZE_MAX, 8); }
static void grow_too_much(void *ctx)
{
    size_t room = 0;
    qry_grow_bytes(ctx, NULL, &room, SIZE_MAX, 8);
}

static void test_oversize_requests(void **state)
{
    fixture *f = *state;
    void (*const requests[])(void *) = {ask_too_much, ask_half_of_all, resize_too_much, grow_too_much};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        assert_false(qry_protect(f->ctx, requests[i], f->ctx));
        expect_error(f, "out of memory: ");
    }
}

static void resize_aligned(void *nothing)
{
    (void)nothing;
    signal(SIGABRT, SIG_DFL);
    qry_ctx *ctx = qry_ctx_new();
    qry_resize(ctx, qry_alloc_aligned(ctx, 1, 1), 2, 1);
}

static void test_aligned_is_not_resized(void **state)
{
    (void)state;
    assert_int_equal(in_child(resize_aligned, NULL, NULL), -SIGABRT);
}

static void allocate_ten(void *ctx)
{
    for (int i = 0; i < 10; i++)
        qry_alloc(ctx, 1, 8);
}

static void test_fail_at(void **state)
{
    fixture *f = *state;
    for (size_t n = 1; n <= 10; n++) {
        size_t before = qry_memory_used(f->ctx);
        qry_memory_fail_at(f->ctx, n);
        assert_false(qry_protect(f->ctx, allocate_ten, f->ctx));
        assert_int_equal(qry_memory_used(f->ctx), before + 8 * (n - 1));
        expect_error(f, "out of memory: 1 times 8 bytes wanted");
    }
    qry_memory_fail_at(f->ctx, 11);
    assert_true(qry_protect(f->ctx, allocate_ten, f->ctx));
    qry_memory_fail_at(f->ctx, 0);
    assert_true(qry_protect(f->ctx, allocate_ten, f->ctx));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_protect),
        TEST(test_protect_nests),
        TEST(test_deferred_last_first),
        TEST(test_cancel_from_inside),
        TEST(test_release_gives_up),
        TEST(test_give_up_unprotected),
        TEST(test_must),
        TEST(test_interrupt),
        TEST(test_pulse),
        TEST(test_forks_report_in_order),
        TEST(test_forks_count_errors_once),
        TEST(test_forks_give_up_as_their_parents),
        TEST(test_forks_are_joined_by_deferral),
        TEST(test_fork_alone_overflows),
        TEST(test_forks_go_with_their_parent),
        TEST(test_memory_account),
        TEST(test_grow),
        TEST(test_oversize_requests),
        TEST(test_aligned_is_not_resized),
        TEST(test_fail_at),
    };
    return cmocka_run_group_tests_name("context", tests, NULL, NULL);
}
