/* check_test.c: every program tests/programs/check_*.qasm gives exactly the diagnostics that its comments announce
 * (tests/expected.h). A program without any is right. With paths as arguments it prints what the check says of these files. */
#include "qasm/program/symbol.h"

#include "../expected.h"

struct run {
    qry_ctx *ctx;
    const char *path;
    bool grammar_only, fine;
    const qry_source *source;
};

static void check(void *argument)
{
    struct run *r = argument;
    struct tree_options options = {.grammar_only = r->grammar_only};
    struct tree_program *tree = qry_tree_read(r->ctx, qry_arena_new(r->ctx), r->source, &options);
    r->fine = tree && qasm_check(tree);
    if (tree)
        qry_tree_free(tree);
}

/* The direct path and the grammar alone come to the same. */
static void test_program(void **state)
{
    for (int grammar_only = 0; grammar_only < 2; grammar_only++) {
        struct run r = {.ctx = qry_ctx_new(), .path = *state, .grammar_only = grammar_only};
        expected e;
        r.source = qry_source_read(r.ctx, r.path);
        assert_non_null(r.source);
        expected_begin(&e, r.ctx, r.source);
        assert_true(qry_protect(r.ctx, check, &r));
        assert_int_equal(r.fine, !expected_end(&e));
        qry_ctx_free(r.ctx);
    }
}

static int show(int count, char **paths)
{
    for (int i = 0; i < count; i++) {
        struct run r = {.ctx = qry_ctx_new(), .path = paths[i]};
        r.source = qry_source_read(r.ctx, r.path);
        if (r.source && qry_protect(r.ctx, check, &r))
            printf("%s: %s\n", r.path, r.fine ? "fine" : "refused");
        qry_ctx_free(r.ctx);
    }
    return 0;
}

int main(int argc, char **argv)
{
    return argc > 1 ? show(argc - 1, argv + 1) : expected_run("check", "check_", ".qasm", test_program);
}
