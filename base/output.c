/* output.c: files that appear whole or not at all.
 *
 * Where the system can, the file has no name while it is written (O_TMPFILE), so that nothing is left behind even when
 * the process is killed; elsewhere it has a temporary name in the same folder. Either way the last step is one rename,
 * which other processes see as a whole. There is no fsync: it would guard against a machine that fails within seconds
 * of the commit, at a cost of seconds, for files that can be made again. */
#include "base_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 18, MOST_RESERVED = 1 << 16, LINKS = 40, NAME_TRIES = 100 };

struct qry_output {
    qry_ctx *ctx;
    char *path;      /* as messages show it */
    char *target;    /* what the rename replaces; NULL: written directly */
    char *temporary; /* its name; empty while there is none */
    int fd;
    bool standard; /* not ours to close */
    bool failed;   /* reported; what is written from now on is dropped */
    size_t used;
    uint64_t flushed;
    char *buffer;
};

static void fail(qry_output *output, int error)
{
    if (!output->failed)
        qry_error(output->ctx, "cannot write %s: %s", output->path, strerror(error));
    output->failed = true;
}

/* ---- names ---- */

/* The length of a path's folder with its last slash: 0 for a bare name. */
static size_t folder_length(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? (size_t)(slash - path) + 1 : 0;
}

static char *copy_text(qry_ctx *ctx, const char *text, size_t room)
{
    size_t length = strlen(text);
    char *copy = qry_alloc(ctx, (room > length ? room : length) + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

/* Replaces the target by what it points to as long as it is a link. Zero, or an error number. */
static int follow_links(qry_output *output)
{
    char link[PATH_MAX];
    for (int i = 0; i < LINKS; i++) {
        ssize_t length = readlink(output->target, link, sizeof link - 1);
        if (length < 0) /* no link, or nothing there */
            return errno == EINVAL || errno == ENOENT ? 0 : errno;
        link[length] = 0;
        size_t folder = link[0] == '/' ? 0 : folder_length(output->target);
        char *next = qry_alloc(output->ctx, folder + (size_t)length + 1, 1);
        memcpy(next, output->target, folder);
        memcpy(next + folder, link, (size_t)length);
        qry_free(output->ctx, output->target);
        output->target = next;
    }
    return ELOOP;
}

static uint64_t unguessed(void)
{
    uint64_t number;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) == sizeof number)
        return number;
    struct timespec now; /* good enough: a name that is taken is tried again */
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_nsec * 0x9e3779b97f4a7c15u ^ (uint64_t)now.tv_sec << 32 ^ (uint64_t)getpid();
}

/* Writes a new name in the target's folder to output->temporary. */
static void name_temporary(qry_output *output)
{
    size_t folder = folder_length(output->target);
    memcpy(output->temporary, output->target, folder);
    snprintf(output->temporary + folder, 32, ".quarry-%016llx", (unsigned long long)unguessed());
}

/* The name of an open file, for linkat: /proc must be there. */
static void proc_name(int fd, char name[64]) { snprintf(name, 64, "/proc/self/fd/%d", fd); }

/* ---- opening and closing ---- */

static void abandon(void *state)
{
    qry_output *output = state;
    if (output->fd >= 0 && !output->standard)
        close(output->fd);
    if (output->temporary && output->temporary[0]) {
        unlink(output->temporary);
        output->temporary[0] = 0;
    }
    output->fd = -1;
    output->failed = true;
    output->used = 0;
}

void qry_output_free(qry_output *output)
{
    if (!output)
        return;
    qry_ctx *ctx = output->ctx;
    qry_defer_cancel(ctx, abandon, output);
    abandon(output);
    qry_free(ctx, output->path);
    qry_free(ctx, output->target);
    qry_free(ctx, output->temporary);
    qry_free(ctx, output->buffer);
    qry_free(ctx, output);
}

/* A file without a name, or -1. */
static int open_nameless(qry_output *output)
{
    size_t length = folder_length(output->target);
    char *folder = copy_text(output->ctx, output->target, 1);
    strcpy(folder + length, length ? "" : ".");
    int fd = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0666);
    qry_free(output->ctx, folder);
    char name[64];
    if (fd >= 0) {
        proc_name(fd, name);
        if (access(name, F_OK) != 0) { /* it could never be given a name */
            close(fd);
            fd = -1;
        }
    }
    return fd;
}

static int open_named(qry_output *output)
{
    for (int i = 0; i < NAME_TRIES; i++) {
        name_temporary(output);
        int fd = open(output->temporary, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC | O_NOFOLLOW, 0666);
        if (fd >= 0)
            return fd;
        output->temporary[0] = 0; /* not ours to remove */
        if (errno != EEXIST)
            return -1;
    }
    return -1;
}

/* Opens the temporary file that becomes the target, with the target's permissions if there is one already. */
static int open_temporary(qry_output *output, const struct stat *old, bool named)
{
    const char *name = output->target + folder_length(output->target);
    if (!*name || strlen(name) > NAME_MAX)
        return *name ? ENAMETOOLONG : *output->target ? EISDIR : ENOENT;
    if (old && faccessat(AT_FDCWD, output->target, W_OK, AT_EACCESS) != 0)
        return errno; /* a rename would not ask */
    output->temporary = qry_alloc(output->ctx, folder_length(output->target) + 32, 1);
    if (!named)
        output->fd = open_nameless(output);
    if (output->fd < 0)
        output->fd = open_named(output);
    if (output->fd < 0)
        return errno;
    return old && fchmod(output->fd, old->st_mode & 0777) != 0 ? errno : 0;
}

/* A pipe, a device: no temporary file. */
static int open_directly(qry_output *output)
{
    while (output->fd < 0) {
        output->fd = open(output->target, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        if (output->fd < 0 && errno != EINTR)
            return errno;
        qry_check_interrupt(output->ctx);
    }
    qry_free(output->ctx, output->target);
    output->target = NULL;
    return 0;
}

static int open_target(qry_output *output, bool named)
{
    struct stat status;
    bool there = stat(output->target, &status) == 0;
    if (!there && errno != ENOENT)
        return errno;
    if (there && S_ISDIR(status.st_mode))
        return EISDIR;
    if (there && !S_ISREG(status.st_mode))
        return open_directly(output);
    int error = follow_links(output);
    return error ? error : open_temporary(output, there ? &status : NULL, named);
}

qry_output *qry_output_start(qry_ctx *ctx, const char *path, bool named)
{
    qry_output *output = qry_alloc(ctx, 1, sizeof *output);
    bool standard = strcmp(path, "-") == 0 || strcmp(path, "/dev/stdout") == 0;
    *output = (qry_output){.ctx = ctx, .fd = -1, .standard = standard};
    qry_defer(ctx, abandon, output);
    output->path = copy_text(ctx, standard ? "standard output" : path, 0);
    output->buffer = qry_alloc(ctx, BUFFER, 1);
    int error = 0;
    if (standard) {
        fflush(stdout); /* what was printed before comes first */
        output->fd = STDOUT_FILENO;
    } else {
        output->target = copy_text(ctx, path, 0);
        error = open_target(output, named);
    }
    if (!error)
        return output;
    fail(output, error);
    qry_output_free(output);
    return NULL;
}

qry_output *qry_output_open(qry_ctx *ctx, const char *path) { return qry_output_start(ctx, path, false); }

/* ---- writing ---- */

/* Waits until a descriptor that someone made non-blocking takes more. */
static void wait_for_room(int fd) { poll(&(struct pollfd){.fd = fd, .events = POLLOUT}, 1, 1000); }

static void write_out(qry_output *output, const char *bytes, size_t length)
{
    output->flushed += length;
    while (length > 0 && !output->failed) {
        qry_check_interrupt(output->ctx);
        ssize_t count = write(output->fd, bytes, length);
        if (count >= 0) {
            bytes += count;
            length -= (size_t)count;
        } else if (errno == EAGAIN)
            wait_for_room(output->fd);
        else if (errno != EINTR)
            fail(output, errno);
    }
}

static void flush(qry_output *output)
{
    size_t used = output->used;
    output->used = 0;
    write_out(output, output->buffer, used);
}

char *qry_output_reserve(qry_output *output, size_t size)
{
    qry_must(size <= MOST_RESERVED);
    if (QRY_UNLIKELY(BUFFER - output->used < size))
        flush(output);
    return output->buffer + output->used;
}

void qry_output_advance(qry_output *output, size_t used)
{
    qry_must(used <= BUFFER - output->used);
    output->used += used;
}

void qry_output_write(qry_output *output, const char *bytes, size_t length)
{
    if (length > BUFFER - output->used)
        flush(output);
    if (length > BUFFER)
        write_out(output, bytes, length);
    else {
        memcpy(output->buffer + output->used, bytes, length);
        output->used += length;
    }
}

void qry_output_printf(qry_output *output, const char *format, ...)
{
    enum { USUAL = 512 };
    va_list list, again;
    va_start(list, format);
    va_copy(again, list);
    int length = vsnprintf(qry_output_reserve(output, USUAL), USUAL, format, list);
    va_end(list);
    qry_must(length >= 0);
    if (length < USUAL)
        qry_output_advance(output, (size_t)length);
    else {
        char *text = qry_alloc(output->ctx, (size_t)length + 1, 1);
        vsnprintf(text, (size_t)length + 1, format, again);
        qry_output_write(output, text, (size_t)length);
        qry_free(output->ctx, text);
    }
    va_end(again);
}

uint64_t qry_output_bytes(const qry_output *output) { return output->flushed + output->used; }

/* ---- commit ---- */

/* Some file systems tell of a failed write only when a descriptor is closed. A copy is closed, because a file without
 * a name needs the original to get one. */
static void settle(qry_output *output)
{
    int copy = dup(output->fd);
    if (copy < 0 || close(copy) != 0)
        fail(output, errno);
}

/* Gives a nameless file a temporary name: linkat cannot replace, rename can. */
static bool link_temporary(qry_output *output)
{
    char open_file[64];
    proc_name(output->fd, open_file);
    for (int i = 0; i < NAME_TRIES; i++) {
        name_temporary(output);
        if (linkat(AT_FDCWD, open_file, AT_FDCWD, output->temporary, AT_SYMLINK_FOLLOW) == 0)
            return true;
        output->temporary[0] = 0;
        if (errno != EEXIST)
            return false;
    }
    return false;
}

static void put_in_place(qry_output *output)
{
    if ((!output->temporary[0] && !link_temporary(output)) || rename(output->temporary, output->target) != 0)
        fail(output, errno);
    else
        output->temporary[0] = 0;
}

bool qry_output_commit(qry_output *output)
{
    flush(output);
    if (!output->failed)
        settle(output);
    if (!output->failed && output->target)
        put_in_place(output);
    bool done = !output->failed;
    qry_output_free(output);
    return done;
}
