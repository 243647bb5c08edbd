/* syntax_test.c: every program tests/programs/syntax_*.qasm gives exactly the diagnostics that its comments announce
 * (tests/expected.h); without any it is read. */
#include "qasm/read/tree.h"

#include "../expected.h"

/* The direct path and the grammar alone say the same. */
static void test_program(void **state)
{
    for (int grammar_only = 0; grammar_only < 2; grammar_only++) {
        struct tree_options options = {.syntax_only = true, .grammar_only = grammar_only};
        expected e;
        qry_ctx *ctx = qry_ctx_new();
        const qry_source *source = qry_source_read(ctx, *state);
        assert_non_null(source);
        expected_begin(&e, ctx, source);
        struct tree_program *tree = qry_tree_read(ctx, qry_arena_new(ctx), source, &options);
        assert_int_equal(tree == NULL, expected_end(&e));
        qry_tree_free(tree);
        qry_ctx_free(ctx);
    }
}

int main(void) { return expected_run("syntax", "syntax_", ".qasm", test_program); }
