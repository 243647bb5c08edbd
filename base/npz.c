/* npz.c: reads and writes .npz files: archives (.zip, by libzip) whose members are .npy files. A member is read as it is
 * unpacked, by the reader of .npy files. */
#include "npy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zip.h>

enum { MOST_NAMES = 12, NAMES = 800, PIECE = 1 << 16 };

/* ---- reading ---- */

/* Deflate makes at most 1032 bytes of one. */
static const uint64_t most_unpacked = 1032;

struct archive {
    const qry_npz_use *use; /* NULL: any */
    qry_input *file;
    zip_t *zip;
    zip_file_t *member;
};

static void close_archive(void *state)
{
    struct archive *a = state;
    if (a->member)
        zip_fclose(a->member);
    if (a->zip)
        zip_discard(a->zip);
    a->member = NULL;
    a->zip = NULL;
}

/* Why libzip takes it for no archive. */
static void report_no_archive(struct archive *a, int code)
{
    char head[6] = "";
    bool read = pread(a->file->fd, head, sizeof head, 0) == sizeof head;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    if (code != ZIP_ER_NOZIP)
        qry_input_error(a->file, NULL, "it is a damaged archive (.npz): %s", zip_error_strerror(&error));
    else if (read && memcmp(head, "\x93NUMPY", 6) == 0)
        qry_input_error(a->file, a->use ? a->use->hint : "npy(\"file\") reads it",
                        "it is one array (.npy), not an archive (.npz)");
    else if (read && memcmp(head, "PK\3\4", 4) == 0)
        qry_input_error(a->file, NULL, "it is a damaged archive (.npz): was it copied whole?");
    else
        qry_input_error(a->file, a->use ? a->use->hint : "numpy.savez(\"a.npz\", name=array) writes one",
                        "it is no archive (.npz)");
    zip_error_fini(&error);
}

static bool open_zip(struct archive *a)
{
    if (!a->file->sized || a->file->size == 0) {
        qry_input_error(a->file, NULL,
                        a->file->sized ? "it is empty" : "an archive (.npz) is read from a file, not from a pipe");
        return false;
    }
    int code = 0, fd = fcntl(a->file->fd, F_DUPFD_CLOEXEC, 0);
    if (fd < 0) {
        qry_input_error(a->file, NULL, "%s", strerror(errno));
        return false;
    }
    a->zip = zip_fdopen(fd, ZIP_CHECKCONS, &code); /* which closes it in the end */
    if (a->zip)
        return true;
    close(fd);
    report_no_archive(a, code);
    return false;
}

/* "it has 'k', 'v' and 3 more": members by the names that NumPy gives them. */
static void list_members(struct archive *a, char text[NAMES])
{
    zip_int64_t count = zip_get_num_entries(a->zip, 0);
    size_t used = (size_t)snprintf(text, NAMES, count ? "it has" : "it has none");
    for (zip_int64_t i = 0; i < count; i++) {
        const char *name = zip_get_name(a->zip, (zip_uint64_t)i, 0);
        size_t length = name ? strlen(name) : 0;
        if (length > 4 && strcmp(name + length - 4, ".npy") == 0)
            length -= 4;
        if (i == MOST_NAMES || used + length + 64 > NAMES) {
            snprintf(text + used, NAMES - used, " and %lld more", (long long)(count - i));
            return;
        }
        used += (size_t)snprintf(text + used, NAMES - used, "%s \"%.*s\"", i ? "," : "", (int)length, name ? name : "");
    }
}

/* The place of a member in the archive; negative after a report. */
static zip_int64_t find_member(struct archive *a, const char *name)
{
    char full[NAMES], names[NAMES];
    if ((size_t)snprintf(full, sizeof full, "%s.npy", name) < sizeof full) {
        zip_int64_t place = zip_name_locate(a->zip, full, 0);
        if (place < 0)
            place = zip_name_locate(a->zip, name, 0);
        if (place >= 0)
            return place;
    }
    list_members(a, names);
    if (a->use)
        qry_input_error(a->file, a->use->hint, "it is not %s", a->use->what);
    else
        qry_input_error(a->file, names, "it has no array \"%.60s\"", name);
    return -1;
}

/* What the archive says of a member's size: believed only if its packed bytes can make so many. */
static bool check_sizes(qry_input *input, const struct archive *a, const zip_stat_t *s)
{
    bool possible = (s->valid & ZIP_STAT_SIZE) && (s->valid & ZIP_STAT_COMP_SIZE) && s->comp_size <= a->file->size;
    if (possible && s->comp_method == ZIP_CM_STORE)
        possible = s->size == s->comp_size;
    else if (possible && s->comp_method == ZIP_CM_DEFLATE)
        possible = s->size / most_unpacked <= s->comp_size;
    if (!possible)
        qry_input_error(input, NULL, "the archive is damaged: %llu bytes cannot become %llu",
                        (unsigned long long)s->comp_size, (unsigned long long)s->size);
    return possible;
}

static bool open_member(qry_input *input, struct archive *a, zip_int64_t place)
{
    zip_stat_t s;
    zip_stat_init(&s);
    if (zip_stat_index(a->zip, (zip_uint64_t)place, 0, &s) != 0) {
        qry_input_error(input, NULL, "the archive is damaged: %s", zip_strerror(a->zip));
        return false;
    }
    if ((s.valid & ZIP_STAT_ENCRYPTION_METHOD) && s.encryption_method != ZIP_EM_NONE) {
        qry_input_error(input, "save it without a password", "it is encrypted");
        return false;
    }
    if (!check_sizes(input, a, &s))
        return false;
    input->size = s.size;
    a->member = zip_fopen_index(a->zip, (zip_uint64_t)place, 0);
    if (!a->member)
        qry_input_error(input, NULL, "the archive is damaged: %s", zip_strerror(a->zip));
    return a->member != NULL;
}

static int64_t pull(qry_input *input, void *bytes, size_t length)
{
    struct archive *a = input->from;
    zip_int64_t got = zip_fread(a->member, bytes, length);
    if (got < 0)
        qry_input_error(input, NULL, "its bytes are damaged: %s", zip_file_strerror(a->member));
    return got;
}

static qry_array *read_member(struct archive *a, const char *name)
{
    qry_ctx *ctx = a->file->ctx;
    zip_int64_t place = find_member(a, name);
    if (place < 0)
        return NULL;
    size_t room = strlen(a->file->path) + strlen(name) + 8;
    qry_input input = {.ctx = ctx, .where = a->file->where, .fd = -1, .sized = true, .pull = pull, .from = a};
    input.path = qry_alloc(ctx, room, 1);
    snprintf(input.path, room, "%s[\"%s\"]", a->file->path, name);
    qry_array *array = open_member(&input, a, place) ? qry_npy_read_input(&input) : NULL;
    qry_free(ctx, input.path);
    return array;
}

static qry_array *read_archive(qry_ctx *ctx, const char *path, const char *name, qry_span where, const qry_npz_use *use)
{
    struct archive *a = qry_alloc(ctx, 1, sizeof *a);
    a->use = use;
    a->file = qry_input_open(ctx, path, where);
    qry_array *array = NULL;
    if (a->file) {
        qry_defer(ctx, close_archive, a);
        array = open_zip(a) ? read_member(a, name) : NULL;
        qry_defer_cancel(ctx, close_archive, a);
        close_archive(a);
        qry_input_close(a->file);
    }
    qry_free(ctx, a);
    return array;
}

qry_array *qry_npz_read(qry_ctx *ctx, const char *path, const char *name, qry_span where)
{
    return read_archive(ctx, path, name, where, NULL);
}

qry_array *qry_npz_read_for(qry_ctx *ctx, const char *path, const char *name, const qry_npz_use *use)
{
    return read_archive(ctx, path, name, (qry_span){0}, use);
}

/* ---- writing ---- */

struct packing {
    zip_source_t *memory; /* of the archive */
    zip_t *zip;
};

static void drop_packing(void *state)
{
    struct packing *p = state;
    if (p->zip)
        zip_discard(p->zip);
    if (p->memory)
        zip_source_free(p->memory);
    *p = (struct packing){0};
}

static bool begin(struct packing *p, zip_error_t *error)
{
    p->memory = zip_source_buffer_create(NULL, 0, 0, error);
    if (!p->memory)
        return false;
    zip_source_keep(p->memory); /* the archive has it, and so have we */
    p->zip = zip_open_from_source(p->memory, ZIP_TRUNCATE, error);
    if (!p->zip)
        zip_source_free(p->memory);
    return p->zip != NULL;
}

/* As a .npy file; libzip frees what it is made of. Without a time of its own, so that the same arrays make the same bytes. */
static bool add(struct packing *p, qry_ctx *ctx, const qry_npz_entry *entry)
{
    enum { FIRST_DAY = 1 << 5 | 1 }; /* of 1980, where these times begin */
    const qry_array *array = entry->array;
    char head[QRY_NPY_HEAD], name[NAMES];
    size_t front = qry_npy_head(array->kind, array->dims, array->shape, head), size = front + 8 * array->count;
    qry_must((size_t)snprintf(name, sizeof name, "%s.npy", entry->name) < sizeof name);
    qry_memory_require(ctx, 2.0 * (double)size, name);
    char *bytes = malloc(size);
    zip_source_t *source = bytes ? zip_source_buffer(p->zip, bytes, size, 1) : NULL;
    if (!source) {
        free(bytes);
        return false;
    }
    memcpy(bytes, head, front);
    memcpy(bytes + front, array->item.real, 8 * array->count);
    zip_int64_t place = zip_file_add(p->zip, name, source, ZIP_FL_ENC_UTF_8);
    if (place < 0) {
        zip_source_free(source);
        return false;
    }
    return zip_set_file_compression(p->zip, (zip_uint64_t)place, ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_dostime(p->zip, (zip_uint64_t)place, 0, FIRST_DAY, 0) == 0;
}

/* The archive, once it is whole. */
static bool copy(const struct packing *p, qry_output *output)
{
    zip_int64_t got;
    if (zip_source_open(p->memory) != 0)
        return false;
    do {
        char *piece = qry_output_reserve(output, PIECE);
        got = zip_source_read(p->memory, piece, PIECE);
        if (got > 0)
            qry_output_advance(output, (size_t)got);
    } while (got > 0);
    zip_source_close(p->memory);
    return got == 0;
}

static bool pack(struct packing *p, qry_ctx *ctx, const qry_npz_entry *entries, size_t count, qry_output *output,
                 zip_error_t *error)
{
    if (!begin(p, error))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!add(p, ctx, &entries[i])) {
            zip_error_set(error, zip_error_code_zip(zip_get_error(p->zip)), 0);
            return false;
        }
    if (zip_close(p->zip) != 0) {
        zip_error_set(error, zip_error_code_zip(zip_get_error(p->zip)), 0);
        return false;
    }
    p->zip = NULL;
    if (copy(p, output))
        return true;
    zip_error_set(error, zip_error_code_zip(zip_source_error(p->memory)), 0);
    return false;
}

bool qry_npz_write(qry_ctx *ctx, const char *path, const qry_npz_entry *entries, size_t count)
{
    qry_output *output = qry_output_open(ctx, path);
    if (!output)
        return false;
    struct packing *p = qry_alloc(ctx, 1, sizeof *p);
    zip_error_t error;
    zip_error_init(&error);
    qry_defer(ctx, drop_packing, p);
    bool packed = pack(p, ctx, entries, count, output, &error);
    if (!packed)
        qry_error(ctx, "cannot write %s: %s", path, zip_error_strerror(&error));
    zip_error_fini(&error);
    qry_defer_cancel(ctx, drop_packing, p);
    drop_packing(p);
    qry_free(ctx, p);
    if (packed)
        return qry_output_commit(output);
    qry_output_free(output);
    return false;
}
