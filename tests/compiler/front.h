/* front.h: what the suites of the compiler's front half share: diagnostics as lines of text, programs from text. */
#ifndef FRONT_H
#define FRONT_H

#include "compiler/ast.h"
#include "compiler/program.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The diagnostics of a context, one a line: "error 3:14 message". */
struct diagnostics {
    char text[8192];
    size_t length, errors, warnings;
};

static inline void take_diagnostic(void *state, const qry_diagnostic *d)
{
    static const char *const severity[] = {"error", "warning", "note"};
    struct diagnostics *all = state;
    size_t line = 0, column = 0, room = sizeof all->text - all->length;
    if (d->span.source)
        qry_source_position(d->span.source, d->span.offset, &line, &column);
    int length =
        snprintf(all->text + all->length, room, "%s %zu:%zu %s\n", severity[d->severity], line, column, d->message);
    all->length += (size_t)length < room ? (size_t)length : room - 1;
    all->errors += d->severity == QRY_ERROR;
    all->warnings += d->severity == QRY_WARNING;
}

static inline void forget_diagnostics(struct diagnostics *all) { *all = (struct diagnostics){.length = 0}; }

static inline qry_ctx *context_with(struct diagnostics *all)
{
    qry_ctx *ctx = qry_ctx_new();
    forget_diagnostics(all);
    qry_ctx_on_diagnostic(ctx, take_diagnostic, all);
    return ctx;
}

static inline qry_program *program_of(qry_ctx *ctx, const char *text)
{
    return qry_program_read(ctx, qry_source_from_text(ctx, "test.qry", text, strlen(text)));
}

/* What a function prints into a stream; to be freed. */
#define PRINTED(text, call)                                                                                            \
    do {                                                                                                               \
        size_t size_;                                                                                                  \
        FILE *stream = open_memstream(&(text), &size_);                                                                \
        call;                                                                                                          \
        fclose(stream);                                                                                                \
    } while (0)

/* Rows of the first statement for which the formula is true, as bits. */
static inline uint64_t matching_rows(const qry_program *program)
{
    const qry_statement *s = &program->statements[0];
    int64_t *scratch = calloc(s->where.count, sizeof *scratch);
    uint64_t rows = 0;
    for (uint64_t j = s->low; j <= s->high; j++)
        rows |= (uint64_t)(qry_formula_evaluate(&s->where, s->where.root, j, 0, scratch) != 0) << j;
    free(scratch);
    return rows;
}

#endif
