/* source.c: text to compile, and where in it a byte is. */
#include "base_internal.h"

#include <string.h>

/* The mark that some programs put before UTF-8 is no part of the text. */
static size_t without_mark(char *text, size_t length)
{
    if (length < 3 || memcmp(text, "\xef\xbb\xbf", 3) != 0)
        return length;
    memmove(text, text + 3, length - 3 + 2); /* with the zero bytes behind it */
    return length - 3;
}

static const qry_source *adopt(qry_ctx *ctx, const char *name, char *text, size_t length)
{
    length = without_mark(text, length);
    qry_source *source = qry_alloc(ctx, 1, sizeof *source);
    char *own_name = qry_alloc(ctx, strlen(name) + 1, 1);
    strcpy(own_name, name);
    size_t lines = 1;
    for (size_t i = 0; i < length; i++)
        lines += text[i] == '\n';
    size_t *starts = qry_alloc(ctx, lines, sizeof *starts);
    size_t line = 1;
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\n')
            starts[line++] = i + 1;
    *source = (qry_source){own_name, text, length, starts, lines};
    return source;
}

const qry_source *qry_source_from_text(qry_ctx *ctx, const char *name, const char *text, size_t length)
{
    char *copy = qry_alloc(ctx, length + 2, 1);
    memcpy(copy, text, length);
    return adopt(ctx, name, copy, length);
}

/* Twice the room. While it grows there are the old and the new memory; a pipe that never ends must not take all. */
static char *grow(qry_input *input, char *text, size_t *capacity)
{
    size_t wider = 2 * *capacity;
    qry_memory_require(input->ctx, (double)wider, input->path);
    *capacity = wider;
    return qry_resize(input->ctx, text, wider, 1);
}

/* The whole of a file, with two zero bytes behind it; NULL after a report. */
static char *read_all(qry_input *input, size_t *length)
{
    enum { PIECE = 65536 };
    qry_memory_require(input->ctx, (double)input->size, input->path);
    size_t capacity = (size_t)input->size + PIECE + 2, got;
    char *text = qry_alloc(input->ctx, capacity, 1);
    *length = 0;
    do {
        if (capacity - *length < PIECE + 2)
            text = grow(input, text, &capacity);
        if (!qry_input_read(input, text + *length, capacity - *length - 2, &got)) {
            qry_free(input->ctx, text);
            return NULL;
        }
        *length += got;
    } while (got > 0);
    text[*length] = text[*length + 1] = 0;
    return text;
}

const qry_source *qry_source_load(qry_ctx *ctx, const char *path, qry_span where)
{
    qry_input *input = qry_input_open(ctx, path, where);
    if (!input)
        return NULL;
    size_t length;
    char *text = read_all(input, &length);
    qry_input_close(input);
    return text ? adopt(ctx, strcmp(path, "-") == 0 ? "<stdin>" : path, text, length) : NULL;
}

void qry_source_drop(qry_ctx *ctx, const qry_source *source)
{
    qry_free(ctx, (void *)source->lines);
    qry_free(ctx, (void *)source->text);
    qry_free(ctx, (void *)source->name);
    qry_free(ctx, (void *)source);
}

const qry_source *qry_source_read(qry_ctx *ctx, const char *path) { return qry_source_load(ctx, path, (qry_span){0}); }

void qry_source_position(const qry_source *source, size_t offset, size_t *line, size_t *column)
{
    size_t low = 0, high = source->line_count; /* the last line that starts at or before the offset */
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (source->lines[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    *line = low + 1;
    *column = 1;
    for (size_t i = source->lines[low]; i < offset && i < source->length; i++)
        *column += ((unsigned char)source->text[i] & 0xc0) != 0x80; /* UTF-8 continuation bytes are no columns */
}
