/* npy.c: reads and writes .npy files. Reading goes through a buffer that fits the cache: a piece of the file is read,
 * widened, and put where it belongs. */
#include "npy.h"

#include <math.h>
#include <string.h>

enum { MAGIC = 8, LONGEST_HEADER = 1 << 20, PIECE = 1 << 16 /* items */ };

/* ---- the head ---- */

/* Whether a file begins as one of ours does: `got` bytes of it are there. False after a report. */
static bool check_magic(qry_input *input, const unsigned char *head, size_t got)
{
    if (got == 0)
        qry_input_error(input, NULL, "it is empty");
    else if (got >= 4 && memcmp(head, "PK\3\4", 4) == 0)
        qry_input_error(input,
                        input->where.source
                            ? "npz(\"file\", \"name\") reads an array of it"
                            : "take the array out of it: numpy.save(\"a.npy\", numpy.load(\"a.npz\")[\"name\"])",
                        "it is an archive (.npz), not a .npy file");
    else if (memcmp(head, "\x93NUMPY", got < 6 ? got : 6) != 0)
        qry_input_error(input, NULL, "it is not a .npy file");
    else if (got < MAGIC + 2)
        qry_input_error(input, NULL, "it ends after %zu bytes, within its header", got);
    else if (head[6] < 1 || head[6] > 3 || head[7] != 0)
        qry_input_error(input, NULL, "it has the unknown version %d.%d of the .npy format", head[6], head[7]);
    else
        return true;
    return false;
}

/* Reads exactly `length` bytes more of the header; *total counts what was read so far. */
static bool read_head(qry_input *input, void *bytes, size_t length, size_t *total)
{
    size_t got;
    if (!qry_input_read(input, bytes, length, &got))
        return false;
    *total += got;
    if (got == length)
        return true;
    qry_input_error(input, NULL, "it ends after %zu bytes, within its header", *total);
    return false;
}

/* A regular file must have exactly the bytes that its header announces; of others this shows at their end. */
static bool check_size(qry_input *input, const npy_header *header, size_t head)
{
    uint64_t wanted = head + header->count * header->type->size;
    if (!input->sized || input->size == wanted)
        return true;
    qry_input_error(input, NULL, "it has %llu bytes, but by its header it must have %llu (%zu, then %zu times %zu)",
                    (unsigned long long)input->size, (unsigned long long)wanted, head, header->count,
                    header->type->size);
    return false;
}

static bool read_header(qry_input *input, npy_header *header)
{
    unsigned char head[MAGIC + 4];
    size_t total;
    if (!qry_input_read(input, head, MAGIC + 2, &total) || !check_magic(input, head, total))
        return false;
    size_t length = head[8] | (size_t)head[9] << 8;
    if (head[6] > 1) { /* four bytes from version 2 on */
        if (!read_head(input, head + MAGIC + 2, 2, &total))
            return false;
        length |= (size_t)head[10] << 16 | (size_t)head[11] << 24;
    }
    if (length > LONGEST_HEADER) {
        qry_input_error(input, NULL, "its header claims %zu bytes, more than %d", length, LONGEST_HEADER);
        return false;
    }
    char *text = qry_alloc(input->ctx, length + 1, 1);
    bool good = read_head(input, text, length, &total) && qry_npy_header_parse(input, text, length, header);
    qry_free(input->ctx, text);
    return good && check_size(input, header, total);
}

/* ---- the items ---- */

/* Where the items of a file in Fortran order belong: the first index runs fastest. */
struct walk {
    size_t index[QRY_ARRAY_MAX_DIMS], stride[QRY_ARRAY_MAX_DIMS];
    size_t place; /* of the next item, in C order */
};

static void begin_walk(struct walk *walk, const npy_header *header)
{
    *walk = (struct walk){0};
    size_t stride = 1;
    for (int i = header->dims - 1; i >= 0; i--) {
        walk->stride[i] = stride;
        stride *= header->shape[i];
    }
}

static void step(struct walk *walk, const npy_header *header)
{
    for (int i = 0; i < header->dims; i++) {
        walk->place += walk->stride[i];
        if (++walk->index[i] < header->shape[i])
            return;
        walk->place -= walk->stride[i] * header->shape[i];
        walk->index[i] = 0;
    }
}

static void scatter(struct walk *walk, const npy_header *header, const uint64_t *from, size_t count, uint64_t *to)
{
    for (size_t i = 0; i < count; i++) {
        to[walk->place] = from[i];
        step(walk, header);
    }
}

/* Reports the first bad item of a piece; `first` is the number of its first item in the order of the file. */
static void report_bad_item(qry_input *input, const npy_header *header, size_t first, const void *items)
{
    bool real = header->type->kind == QRY_ARRAY_REAL;
    const double *reals = items;
    const uint64_t *naturals = items;
    size_t i = 0;
    while (real ? isfinite(reals[i]) != 0 : naturals[i] <= 1)
        i++;
    char entry[QRY_SHAPE_TEXT] = "", piece[32];
    size_t rest = first + i, index[QRY_ARRAY_MAX_DIMS];
    for (int k = 0; k < header->dims; k++) {
        int d = header->fortran ? k : header->dims - 1 - k; /* fastest first */
        index[d] = rest % header->shape[d];
        rest /= header->shape[d];
    }
    for (int k = 0; k < header->dims; k++) {
        snprintf(piece, sizeof piece, "[%zu]", index[k]);
        strcat(entry, piece);
    }
    const char *space = header->dims ? " " : "";
    if (!real)
        qry_input_error(input, NULL, "entry%s%s is the byte %d, neither false nor true", space, entry,
                        (int)naturals[i]);
    else if (isnan(reals[i]))
        qry_input_error(input, NULL, "entry%s%s is not a number", space, entry);
    else
        qry_input_error(input, NULL, "entry%s%s is infinite%s", space, entry,
                        header->type->size == 16 ? ", or too large for 64 bits" : "");
}

static bool ended_early(qry_input *input, const npy_header *header, size_t bytes)
{
    qry_input_error(input, NULL, "it ends after %zu of %zu bytes of items", bytes, header->count * header->type->size);
    return false;
}

static bool read_items(qry_input *input, const npy_header *header, qry_array *array)
{
    const npy_type *type = header->type;
    unsigned char *bytes = qry_alloc(input->ctx, PIECE, type->size);
    uint64_t *piece = header->fortran ? qry_alloc(input->ctx, PIECE, sizeof *piece) : NULL, *to = array->item.natural;
    struct walk walk;
    begin_walk(&walk, header);
    bool good = true;
    for (size_t done = 0, count; good && done < header->count; done += count) {
        size_t got;
        count = header->count - done < PIECE ? header->count - done : PIECE;
        good = qry_input_read(input, bytes, count * type->size, &got) &&
               (got == count * type->size || ended_early(input, header, done * type->size + got));
        if (!good)
            break;
        uint64_t *items = piece ? piece : to + done;
        good = type->widen(bytes, count, header->swap, items);
        if (!good)
            report_bad_item(input, header, done, items);
        else if (piece)
            scatter(&walk, header, piece, count, to);
    }
    size_t more = 0;
    bool ends_there = input->sized && !input->pull; /* an archive tests its checksum when its end is read */
    good = good && (ends_there || qry_input_read(input, bytes, 1, &more));
    if (more) {
        qry_input_error(input, NULL, "it goes on after the %zu bytes of items that its header announces",
                        header->count * type->size);
        good = false;
    }
    qry_free(input->ctx, piece);
    qry_free(input->ctx, bytes);
    return good;
}

qry_array *qry_npy_read_input(qry_input *input)
{
    npy_header header;
    if (!read_header(input, &header))
        return NULL;
    qry_memory_require(input->ctx, 8.0 * (double)header.count, input->path);
    qry_array *array = qry_array_new(input->ctx, header.dims, header.shape);
    array->kind = header.type->kind;
    if (read_items(input, &header, array))
        return array;
    qry_array_free(input->ctx, array);
    return NULL;
}

qry_array *qry_npy_read(qry_ctx *ctx, const char *path, qry_span where)
{
    qry_input *input = qry_input_open(ctx, path, where);
    if (!input)
        return NULL;
    qry_array *array = qry_npy_read_input(input);
    qry_input_close(input);
    return array;
}

/* ---- writing ---- */

size_t qry_npy_head(qry_array_kind kind, int dims, const size_t *shape, char head[QRY_NPY_HEAD])
{
    qry_must(dims >= 0 && dims <= QRY_ARRAY_MAX_DIMS);
    enum { BLOCK = 64 }; /* the items begin at a multiple of it */
    static const char types[] = {[QRY_ARRAY_REAL] = 'f', [QRY_ARRAY_SIGNED] = 'i', [QRY_ARRAY_UNSIGNED] = 'u'};
    char extents[QRY_SHAPE_TEXT], text[QRY_NPY_HEAD];
    int length = snprintf(text, sizeof text, "{'descr': '%c%c8', 'fortran_order': False, 'shape': %s, }",
                          npy_little_endian() ? '<' : '>', types[kind], qry_shape_text(dims, shape, extents));
    int whole = (MAGIC + 2 + length + 1 + BLOCK - 1) / BLOCK * BLOCK, padded = whole - MAGIC - 2;
    memcpy(head, "\x93NUMPY\1", MAGIC);
    head[MAGIC] = (char)(padded & 255);
    head[MAGIC + 1] = (char)(padded >> 8);
    memset(head + MAGIC + 2, ' ', (size_t)padded);
    memcpy(head + MAGIC + 2, text, (size_t)length);
    head[whole - 1] = '\n';
    return (size_t)whole;
}

bool qry_npy_write(qry_ctx *ctx, const char *path, int dims, const size_t *shape, const double *items)
{
    char head[QRY_NPY_HEAD];
    size_t length = qry_npy_head(QRY_ARRAY_REAL, dims, shape, head);
    qry_output *output = qry_output_open(ctx, path);
    if (!output)
        return false;
    qry_output_write(output, head, length);
    size_t count = 1;
    for (int i = 0; i < dims; i++)
        count *= shape[i];
    qry_output_write(output, (const char *)items, count * sizeof *items);
    return qry_output_commit(output);
}
