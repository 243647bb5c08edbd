/* qasm_fuzz.c: libFuzzer target for the reader of OpenQASM. Whatever the bytes: a tree without an error, or none with at
 * least one. The direct path reads what the grammar reads; and what is printed reads to the same tree. No files but the
 * standard ones are included. */
#include "qasm/read/tree.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

struct run {
    qry_ctx *ctx;
    const char *bytes;
    size_t length, errors;
    bool fine;
};

static void count(void *state, const qry_diagnostic *diagnostic)
{
    struct run *run = state;
    run->errors += diagnostic->severity == QRY_ERROR;
}

static struct tree_program *read_as(struct run *run, const qry_source *source, bool grammar_only)
{
    struct tree_options options = {.syntax_only = true, .grammar_only = grammar_only};
    return qry_tree_read(run->ctx, qry_arena_new(run->ctx), source, &options);
}

static char *dump_of(const struct tree_program *tree)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    qry_tree_dump(tree, stream);
    fclose(stream);
    return text;
}

static void print_back(struct run *run, const struct tree_program *tree)
{
    char path[] = "/tmp/quarry_fuzz_XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0)
        return;
    close(fd);
    qry_output *output = qry_output_open(run->ctx, path);
    qry_tree_print(tree, output);
    if (!qry_output_commit(output))
        abort();
    struct tree_program *again = read_as(run, qry_source_read(run->ctx, path), true);
    remove(path);
    if (!again)
        abort();
    char *before = dump_of(tree), *after = dump_of(again);
    if (strcmp(before, after) != 0)
        abort();
    free(before);
    free(after);
}

static void read_both_ways(void *state)
{
    struct run *run = state;
    const qry_source *source = qry_source_from_text(run->ctx, "fuzz.qasm", run->bytes, run->length);
    struct tree_program *direct = read_as(run, source, false);
    run->fine = direct != NULL;
    struct tree_program *grammar = read_as(run, source, true);
    if (!direct != !grammar)
        abort();
    if (grammar && run->length % 8 == 0)
        print_back(run, grammar);
    qry_tree_free(direct);
    qry_tree_free(grammar);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct run run = {.ctx = qry_ctx_new(), .bytes = (const char *)bytes, .length = length};
    qry_ctx_on_diagnostic(run.ctx, count, &run);
    bool finished = qry_protect(run.ctx, read_both_ways, &run);
    if ((run.errors == 0) != (finished && run.fine))
        abort();
    qry_ctx_free(run.ctx);
    return 0;
}
