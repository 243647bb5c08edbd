/* program_fuzz.c: libFuzzer target for OpenQASM from text to circuit. Whatever the bytes: a program and no error, or none and
 * at least one; a run, by a machine that makes up what is measured, to its end or to an error; and the same of the circuit that
 * a program becomes, if its run was short. No files but the standard ones are included. */
#include "qasm/qasm.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

struct run {
    qry_ctx *ctx;
    const char *text;
    size_t length, errors;
    qry_qasm *program;
    bool good;
    qry_circuit *circuit;
    uint8_t *bits;
    uint64_t chance;
};

enum { MAX_STEPS = 3000 };

static void count(void *state, const qry_diagnostic *diagnostic)
{
    struct run *run = state;
    run->errors += diagnostic->severity == QRY_ERROR;
}

static void read_program(void *state)
{
    struct run *run = state;
    run->program =
        qry_qasm_read(run->ctx, qry_source_from_text(run->ctx, "/nowhere at all/fuzz.qasm", run->text, run->length));
    run->good = run->program != NULL;
}

/* Whatever the bits are, a run has to go on. */
static void measure(void *state)
{
    struct run *run = state;
    for (uint32_t i = 0; i < qry_circuit_bit_count(run->circuit); i++) {
        run->chance = run->chance * 6364136223846793005u + 1442695040888963407u;
        run->bits[i] = run->chance >> 63;
    }
}

static void run_once(void *state)
{
    struct run *run = state;
    run->circuit = qry_qasm_circuit(run->program);
    run->bits = qry_alloc(run->ctx, (size_t)qry_circuit_bit_count(run->circuit) + 1, 1);
    qry_machine machine = {
        .state = run, .circuit = run->circuit, .bits = run->bits, .flush = measure, .max_steps = MAX_STEPS};
    run->good = qry_qasm_run(run->program, &machine);
}

static void elaborate(void *state)
{
    struct run *run = state;
    run->good = qry_qasm_elaborate(run->program) != NULL;
}

/* Errors were reported just if it did not come to a good end. */
static bool stage(struct run *run, void (*body)(void *state))
{
    run->good = false;
    bool good = qry_protect(run->ctx, body, run) && run->good;
    if ((run->errors == 0) != good)
        abort();
    return good;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
    if (memmem(bytes, length, "\"/", 2) || memmem(bytes, length, "'/", 2))
        return 0; /* relative paths lead to a folder that is not there; others could lead anywhere */
    struct run run = {.ctx = qry_ctx_new(), .text = (const char *)bytes, .length = length};
    qry_ctx_on_diagnostic(run.ctx, count, &run);
    if (stage(&run, read_program) && stage(&run, run_once))
        stage(&run, elaborate);
    qry_ctx_free(run.ctx);
    return 0;
}
