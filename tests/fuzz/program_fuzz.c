/* program_fuzz.c: libFuzzer target for OpenQASM from text to circuit. Whatever the bytes: a program and no error, or none and
 * at least one; and the same of the circuit that a program becomes. No files but the standard ones are included. */
#include "qasm/qasm.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

struct run {
    qry_ctx *ctx;
    const char *bytes;
    size_t length, errors;
    qry_qasm *program;
    bool elaborated;
};

static void count(void *state, const qry_diagnostic *diagnostic)
{
    struct run *run = state;
    run->errors += diagnostic->severity == QRY_ERROR;
}

static void read_program(void *state)
{
    struct run *run = state;
    run->program =
        qry_qasm_read(run->ctx, qry_source_from_text(run->ctx, "/nowhere at all/fuzz.qasm", run->bytes, run->length));
}

static void elaborate(void *state)
{
    struct run *run = state;
    run->elaborated = qry_qasm_elaborate(run->program) != NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (memmem(bytes, length, "\"/", 2) || memmem(bytes, length, "'/", 2))
        return 0; /* relative paths lead to a folder that is not there; others could lead anywhere */
    struct run run = {.ctx = qry_ctx_new(), .bytes = (const char *)bytes, .length = length};
    qry_ctx_on_diagnostic(run.ctx, count, &run);
    bool finished = qry_protect(run.ctx, read_program, &run);
    if ((run.errors == 0) != (finished && run.program))
        abort();
    if (run.program) {
        finished = qry_protect(run.ctx, elaborate, &run);
        if ((run.errors == 0) != (finished && run.elaborated))
            abort();
    }
    qry_ctx_free(run.ctx);
    return 0;
}
