/* npz_fuzz.c: libFuzzer target for the .npz reader. Whatever the bytes: an array without a complaint, or none with
 * exactly one. */
#include "base/base.h"

#include <math.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

struct run {
    qry_ctx *ctx;
    char path[64];
    qry_array *array;
};

static void count(void *errors, const qry_diagnostic *diagnostic)
{
    (void)diagnostic;
    ++*(int *)errors;
}

static void read_file(void *state)
{
    struct run *run = state;
    run->array = qry_npz_read(run->ctx, run->path, "k", (qry_span){0});
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    int file = memfd_create("fuzz.npz", MFD_CLOEXEC), errors = 0;
    if (file < 0 || write(file, bytes, length) != (ssize_t)length)
        abort();
    struct run run = {.ctx = qry_ctx_new()};
    snprintf(run.path, sizeof run.path, "/proc/self/fd/%d", file);
    qry_ctx_on_diagnostic(run.ctx, count, &errors);
    qry_protect(run.ctx, read_file, &run);
    if (errors != (run.array ? 0 : 1))
        abort();
    for (size_t i = 0; run.array && i < run.array->count; i++)
        if (!isfinite(qry_array_get(run.array, i)))
            abort();
    qry_ctx_free(run.ctx);
    close(file);
    return 0;
}
