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

/* Nested marks over chunks and large requests: what was there before a mark stays, what comes after a rewind is zero, and
 * going round costs no memory. */
static void test_arena_rewinds(void **state)
{
    fixture *f = *state;
    qry_arena *arena = qry_arena_new(f->ctx);
    enum { LEVELS = 12, BLOCKS = 40 };
    qry_arena_mark marks[LEVELS];
    unsigned char *kept[LEVELS][BLOCKS];
    size_t sizes[LEVELS][BLOCKS], most = 0;
    qry_random random;
    qry_random_seed(&random, 1, 0);
    for (int round = 0; round < 300; round++) {
        int depth = 1 + (int)qry_random_below(&random, LEVELS);
        for (int level = 0; level < depth; level++) {
            marks[level] = qry_arena_marked(arena);
            for (int b = 0; b < BLOCKS; b++) {
                sizes[level][b] = qry_random_below(&random, 30) ? qry_random_below(&random, 200) : 20000;
                kept[level][b] = qry_arena_alloc(arena, sizes[level][b], 1);
                for (size_t k = 0; k < sizes[level][b]; k++)
                    assert_int_equal(kept[level][b][k], 0);
                memset(kept[level][b], (level * BLOCKS + b + 1) & 255, sizes[level][b]);
            }
        }
        for (int level = depth; level-- > 0;) {
            for (int before = 0; before <= level; before++)
                for (int b = 0; b < BLOCKS; b++)
                    for (size_t k = 0; k < sizes[before][b]; k += 97)
                        assert_int_equal(kept[before][b][k], (before * BLOCKS + b + 1) & 255);
            qry_arena_rewind(arena, marks[level]);
        }
        if (round == 100)
            most = qry_memory_peak(f->ctx);
    }
    assert_true(qry_memory_peak(f->ctx) < 2 * most);
    qry_arena_rewind(arena, (qry_arena_mark){0});
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
        TEST(test_arena_rewinds),
        TEST(test_arena_oversize),
    };
    return cmocka_run_group_tests_name("arena", tests, NULL, NULL);
}
