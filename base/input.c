/* input.c: reading a file in pieces, with the reports that every reader of files needs. */
#include "base_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void qry_input_error(qry_input *input, const char *hint, const char *format, ...)
{
    char why[512];
    va_list list;
    va_start(list, format);
    vsnprintf(why, sizeof why, format, list);
    va_end(list);
    qry_error_at(input->ctx, input->where, hint, "cannot read %s: %s", input->path, why);
}

static void close_file(void *state)
{
    qry_input *input = state;
    if (input->fd >= 0 && !input->standard)
        close(input->fd);
    input->fd = -1;
}

void qry_input_close(qry_input *input)
{
    qry_ctx *ctx = input->ctx;
    qry_defer_cancel(ctx, close_file, input);
    close_file(input);
    qry_free(ctx, input->path);
    qry_free(ctx, input);
}

static bool examine(qry_input *input)
{
    struct stat status;
    if (fstat(input->fd, &status) != 0) {
        qry_input_error(input, NULL, "%s", strerror(errno));
        return false;
    }
    if (S_ISDIR(status.st_mode)) {
        qry_input_error(input, NULL, "it is a folder");
        return false;
    }
    if (!input->standard && (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode))) {
        qry_input_error(input, "a file or a pipe is read; - is standard input", "it is a device");
        return false;
    }
    off_t here = S_ISREG(status.st_mode) ? lseek(input->fd, 0, SEEK_CUR) : -1;
    input->sized = here >= 0;
    if (input->sized && status.st_size > here)
        input->size = (uint64_t)(status.st_size - here);
    return true;
}

qry_input *qry_input_open(qry_ctx *ctx, const char *path, qry_span where)
{
    bool standard = strcmp(path, "-") == 0;
    const char *shown = standard ? "standard input" : path;
    qry_input *input = qry_alloc(ctx, 1, sizeof *input);
    *input = (qry_input){.ctx = ctx, .where = where, .fd = -1, .standard = standard};
    input->path = qry_alloc(ctx, strlen(shown) + 1, 1);
    strcpy(input->path, shown);
    qry_defer(ctx, close_file, input); /* before there is something to close: this may give up itself */
    while (input->fd < 0) {
        input->fd = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
        if (input->fd < 0 && errno != EINTR) {
            qry_input_error(input, NULL, "%s", strerror(errno));
            qry_input_close(input);
            return NULL;
        }
        qry_check_interrupt(ctx);
    }
    if (!examine(input)) {
        qry_input_close(input);
        return NULL;
    }
    return input;
}

bool qry_input_read(qry_input *input, void *bytes, size_t length, size_t *got)
{
    *got = 0;
    while (*got < length) {
        qry_check_interrupt(input->ctx);
        char *to = (char *)bytes + *got;
        int64_t count = input->pull ? input->pull(input, to, length - *got) : read(input->fd, to, length - *got);
        if (count == 0)
            break;
        if (count > 0)
            *got += (size_t)count;
        else if (input->pull)
            return false;
        else if (errno != EINTR) {
            qry_input_error(input, NULL, "%s", strerror(errno));
            return false;
        }
    }
    return true;
}
