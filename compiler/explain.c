/* explain.c: --explain widths: what the pass widths inferred, expression by expression, in the words of the program. */
#include "compiler/fold.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* One expression of the text; if it was written out several times, all of them together. */
struct line {
    qry_span span;
    double low, high;
    qry_type type;
    const char *text; /* once it is printed */
};

/* A type that holds the values of both. */
static qry_type joined(qry_type a, qry_type b)
{
    bool is_signed = a.is_signed || b.is_signed;
    int x = a.integer + (is_signed && !a.is_signed), y = b.integer + (is_signed && !b.is_signed);
    return (qry_type){is_signed, false, x > y ? x : y, a.fraction > b.fraction ? a.fraction : b.fraction};
}

static int by_span(const void *a, const void *b)
{
    const qry_span *x = &((const struct line *)a)->span, *y = &((const struct line *)b)->span;
    if (x->offset != y->offset)
        return x->offset < y->offset ? -1 : 1;
    return (x->length < y->length) - (x->length > y->length);
}

static size_t collect(const struct fold_notes *notes, struct line *line)
{
    size_t count = 0, kept = 0;
    for (size_t i = 0; i < notes->count; i++) {
        const qry_formula *node = notes->note[i].node;
        if (notes->note[i].kind == NOTE_EXPLAIN && node->width)
            line[count++] = (struct line){notes->note[i].span, ldexp((double)node->low, -node->fraction),
                                          ldexp((double)node->high, -node->fraction), qry_widths_type(node), NULL};
    }
    qsort(line, count, sizeof *line, by_span);
    for (size_t i = 0; i < count; i++) {
        if (kept && by_span(&line[kept - 1], &line[i]) == 0) {
            struct line *l = &line[kept - 1];
            l->low = fmin(l->low, line[i].low);
            l->high = fmax(l->high, line[i].high);
            l->type = joined(l->type, line[i].type);
        } else
            line[kept++] = line[i];
    }
    return kept;
}

/* The text of an expression on one line, cut off where it gets long. */
static const char *excerpt(qry_arena *arena, qry_span span)
{
    enum { LONGEST = 50 };
    char text[LONGEST + 4];
    size_t length = 0;
    for (size_t i = 0; i < span.length; i++) {
        char c = span.source->text[span.offset + i];
        bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (blank && length && text[length - 1] == ' ')
            continue;
        if (length == LONGEST) {
            memcpy(text + length, "...", 3);
            length += 3;
            break;
        }
        text[length++] = blank ? ' ' : c;
    }
    return qry_arena_text(arena, text, length);
}

/* The same words with the same values, elsewhere in the text. */
static bool is_repeated(const struct line *line, size_t k)
{
    for (size_t i = 0; i < k; i++)
        if (line[i].low == line[k].low && line[i].high == line[k].high && strcmp(line[i].text, line[k].text) == 0)
            return true;
    return false;
}

void qry_widths_explain(FILE *stream, const qry_program *program)
{
    qry_arena *arena = program->work;
    for (size_t i = 0; i < program->statement_count; i++) {
        const struct fold_notes *notes = &program->tree->notes[i];
        struct line *line = qry_arena_alloc(arena, notes->count, sizeof *line);
        size_t count = collect(notes, line);
        fprintf(stream, "%s:\n  %-53s %14s %14s  %s\n", program->statements[i].name, "expression", "least", "greatest",
                "type");
        for (size_t k = 0; k < count; k++) {
            line[k].text = excerpt(arena, line[k].span);
            if (!is_repeated(line, k))
                fprintf(stream, "  %-53s %14.8g %14.8g  %s\n", line[k].text, line[k].low, line[k].high,
                        qry_type_text(arena, line[k].type));
        }
    }
}
