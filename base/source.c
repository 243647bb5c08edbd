/* source.c: text to compile, and where in it a byte is. */
#include "base_internal.h"

#include <string.h>

/* The mark that some programs put before UTF-8 is no part of the text. */
static size_t without_mark(char *text, size_t length)
{
    if (length < 3 || memcmp(text, "\xef\xbb\xbf", 3) != 0)
        return length;
    memmove(text, text + 3, length - 3 + QRY_SOURCE_PADDING); /* with the zero bytes behind it */
    return length - 3;
}

static const qry_source *adopt(qry_ctx *ctx, const char *name, char *text, size_t length)
{
    length = without_mark(text, length);
    qry_source *source = qry_alloc(ctx, 1, sizeof *source);
    char *own_name = qry_alloc(ctx, strlen(name) + 1, 1);
    strcpy(own_name, name);
    *source = (qry_source){own_name, text, length};
    return source;
}

const qry_source *qry_source_from_text(qry_ctx *ctx, const char *name, const char *text, size_t length)
{
    char *copy = qry_alloc(ctx, length + QRY_SOURCE_PADDING, 1);
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

/* The whole of a file, with its zero bytes behind it; NULL after a report. */
static char *read_all(qry_input *input, size_t *length)
{
    enum { PIECE = 65536 };
    qry_memory_require(input->ctx, (double)input->size, input->path);
    size_t capacity = (size_t)input->size + PIECE + QRY_SOURCE_PADDING, got;
    char *text = qry_alloc(input->ctx, capacity, 1);
    *length = 0;
    do {
        if (capacity - *length < PIECE + QRY_SOURCE_PADDING)
            text = grow(input, text, &capacity);
        if (!qry_input_read(input, text + *length, capacity - *length - QRY_SOURCE_PADDING, &got)) {
            qry_free(input->ctx, text);
            return NULL;
        }
        *length += got;
    } while (got > 0);
    memset(text + *length, 0, QRY_SOURCE_PADDING);
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
    qry_free(ctx, (void *)source->text);
    qry_free(ctx, (void *)source->name);
    qry_free(ctx, (void *)source);
}

const qry_source *qry_source_read(qry_ctx *ctx, const char *path) { return qry_source_load(ctx, path, (qry_span){0}); }

void qry_source_position(const qry_source *source, size_t offset, size_t *line, size_t *column)
{
    size_t end = offset < source->length ? offset : source->length;
    const char *start = source->text, *at;
    *line = *column = 1;
    for (; (at = memchr(start, '\n', end - (size_t)(start - source->text))); start = at + 1)
        ++*line;
    for (; start < source->text + end; start++)
        *column += ((unsigned char)*start & 0xc0) != 0x80; /* UTF-8 continuation bytes are no columns */
}
