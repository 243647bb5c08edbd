/* nearest_test.c: which word is taken for a mistyped one. */
#include "support.h"

#include <string.h>

static void test_nearest(void **state)
{
    static const char *const words[] = {"statement", "iterations", NULL, "quiet", "seed", "o"};
    static const struct {
        const char *name, *nearest;
    } rows[] = {
        {"statment", "statement"},     /* a letter left out */
        {"itterations", "iterations"}, /* one too many */
        {"quite", "quiet"},            /* two exchanged */
        {"sead", "seed"},              /* one for another */
        {"stattmint", "statement"},    /* two mistakes */
        {"stttmint", NULL},            /* three */
        {"side", NULL},                /* half of the word */
        {"seed", NULL},                /* what there is needs no guess */
        {"", NULL},
        {"x", NULL},
    };
    fixture *f = *state;
    qry_arena *arena = qry_arena_new(f->ctx);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const char *question = qry_nearest_word(arena, rows[i].name, words, sizeof words / sizeof *words);
        if (rows[i].nearest)
            assert_string_equal(question, qry_arena_printf(arena, "did you mean '%s'?", rows[i].nearest));
        else
            assert_null(question);
    }
    qry_arena_free(arena);
}

/* Of two that are as near the first; very long names are left alone. */
static void test_order(void **state)
{
    fixture *f = *state;
    qry_arena *arena = qry_arena_new(f->ctx);
    static const char *const words[] = {"tap", "tau", "tab"};
    assert_string_equal(qry_nearest_word(arena, "tax", words, 3), "did you mean 'tap'?");
    char name[200];
    memset(name, 'a', sizeof name - 1);
    name[sizeof name - 1] = 0;
    assert_null(qry_nearest_word(arena, name, (const char *[]){name + 1}, 1));
    qry_arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {TEST(test_nearest), TEST(test_order)};
    return cmocka_run_group_tests_name("nearest", tests, NULL, NULL);
}
