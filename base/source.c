/* source.c: text to compile, and where in it a byte is. */
#include "base.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static const qry_source *adopt(qry_ctx *ctx, const char *name, char *text, size_t length)
{
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

static const qry_source *cannot_read(qry_ctx *ctx, const char *path, const char *why)
{
    qry_error(ctx, "cannot read %s: %s", path, why);
    return NULL;
}

const qry_source *qry_source_read(qry_ctx *ctx, const char *path)
{
    bool standard = strcmp(path, "-") == 0;
    FILE *file = standard ? stdin : fopen(path, "rb");
    if (!file)
        return cannot_read(ctx, path, strerror(errno));
    struct stat status;
    if (fstat(fileno(file), &status) == 0 && S_ISDIR(status.st_mode)) {
        if (!standard)
            fclose(file);
        return cannot_read(ctx, path, "it is a folder");
    }
    char *text = NULL;
    size_t length = 0, capacity = 0, got;
    do {
        QRY_GROW(ctx, text, capacity, length + 65536 + 2);
        got = fread(text + length, 1, 65536, file);
        length += got;
    } while (got > 0);
    int error = ferror(file) ? errno : 0;
    if (!standard)
        fclose(file);
    if (error) {
        qry_free(ctx, text);
        return cannot_read(ctx, path, strerror(error));
    }
    text[length] = text[length + 1] = 0;
    return adopt(ctx, standard ? "<stdin>" : path, text, length);
}

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
