/* arena_test.c: arenas of every mix of sizes. */
#include "support.h"

#include <string.h>

static void test_arena(void **state)
{
    fixture *f = *state;
    size_t before = qry_memory_used(f->ctx);
    qry_arena *arena = qry_arena_new(f->ctx);
    assert_ptr_equal(qry_arena_ctx(arena), f->ctx);
    static char *place[3000];
    for (size_t i = 0; i < 3000; i++) { /* sizes from 0 to more than a chunk */
        size_t size = i % 100 == 99 ? 50000 : i % 61;
        place[i] = qry_arena_alloc(arena, size, 1);
        assert_int_equal((uintptr_t)place[i] % _Alignof(max_align_t), 0);
        for (size_t k = 0; k < size; k++)
            assert_int_equal(place[i][k], 0);
        memset(place[i], (int)(i % 127), size);
    }
    for (size_t i = 0; i < 3000; i++)
        for (size_t k = 0; k < (i % 100 == 99 ? 50000 : i % 61); k++)
            assert_int_equal(place[i][k], (int)(i % 127));
    assert_string_equal(qry_arena_text(arena, "abcdef", 3), "abc");
    assert_string_equal(qry_arena_printf(arena, "%s %d", "a text", 17), "a text 17");
    size_t length = strlen(qry_arena_printf(arena, "%*d", 100000, 5));
    assert_int_equal(length, 100000);
    *QRY_NEW(arena, long double) = 1;
    qry_arena_free(arena);
    qry_arena_free(NULL);
    assert_int_equal(qry_memory_used(f->ctx), before);
}

/* Large requests leave the chunk that is being filled in use. */
static void test_arena_wastes_little(void **state)
{
    fixture *f = *state;
    qry_arena *arena = qry_arena_new(f->ctx);
    size_t asked = 0;
    for (int i = 0; i < 1000; i++) {
        qry_arena_alloc(arena, 16, 1);
        qry_arena_alloc(arena, 1 << 20, 1);
        asked += 16 + (1 << 20);
    }
    assert_true(qry_memory_used(f->ctx) < asked + (1 << 20));
    qry_arena_free(arena);
}

static void arena_too_much(void *arena) { qry_arena_alloc(arena, SIZE_MAX / 8, 8); }
static void arena_overflow(void *arena) { qry_arena_alloc(arena, SIZE_MAX, 8); }

static void test_arena_oversize(void **state)
{
    fixture *f = *state;
    qry_arena *arena = qry_arena_new(f->ctx);
    assert_false(qry_protect(f->ctx, arena_too_much, arena));
    expect_error(f, "out of memory");
    assert_false(qry_protect(f->ctx, arena_overflow, arena));
    expect_error(f, "out of memory");
    qry_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_arena),
        TEST(test_arena_wastes_little),
        TEST(test_arena_oversize),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
