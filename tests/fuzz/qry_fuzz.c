/* qry_fuzz.c: libFuzzer target for the compiler from text to widths. Whatever the bytes: a program without an error, whose
 * formulas stay in their intervals, or none with at least one error. Files are not read. */
#include "compiler/ast.h"
#include "compiler/program.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* Relative paths lead to a folder that is not there; others could lead anywhere. */
static bool reads_files(const qry_program *program)
{
    for (const struct ast_item *item = program->tree->first; item; item = item->next)
        if (item->source && item->source->path && item->source->path[0] == '/')
            return true;
    return false;
}

static void check_intervals(const qry_statement *statement)
{
    const qry_formula_list *where = &statement->where;
    int64_t *scratch = calloc(where->count, sizeof *scratch);
    for (uint64_t j = statement->low; j <= statement->high && j < statement->low + 8; j++) {
        qry_formula_evaluate(where, where->node[where->count - 1], j, 0, scratch);
        for (size_t i = 0; i < where->count; i++)
            if (scratch[i] < where->node[i]->low || scratch[i] > where->node[i]->high)
                abort();
    }
    free(scratch);
}

/* What a statement is about is there, and a probability is one. */
static void check_kind(const qry_statement *statement)
{
    const qry_formula *by = statement->where.by;
    bool draws = statement->kind == QRY_SAMPLE_SET || statement->kind == QRY_SAMPLE_ONE;
    bool plain = statement->kind == QRY_SEARCH_ONE || statement->kind == QRY_SEARCH_ALL || statement->kind == QRY_COUNT;
    if (plain != (by == NULL) || !statement->where.root->is_bool || (by && by->is_bool))
        abort();
    if (draws && (by->low < 0 || ldexp((double)by->high, -by->fraction) > 1))
        abort();
}

static void compile(void *state)
{
    struct run *run = state;
    qry_program *program =
        qry_program_read(run->ctx, qry_source_from_text(run->ctx, "/nowhere at all/fuzz.qry", run->bytes, run->length));
    if (program && reads_files(program)) {
        run->errors++; /* left alone */
        return;
    }
    if (program)
        program->tree->explain = run->length % 2;
    run->fine = program && qry_program_run_passes(program, NULL);
    for (size_t i = 0; run->fine && i < program->statement_count; i++) {
        check_kind(&program->statements[i]);
        check_intervals(&program->statements[i]);
    }
    qry_program_free(program);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    struct run run = {.ctx = qry_ctx_new(), .bytes = (const char *)bytes, .length = length};
    qry_ctx_on_diagnostic(run.ctx, count, &run);
    bool finished = qry_protect(run.ctx, compile, &run);
    if ((run.errors == 0) != (finished && run.fine))
        abort();
    qry_ctx_free(run.ctx);
    return 0;
}
