/* read.c: how fast a file of OpenQASM becomes a circuit.
 *
 *     bench_read FILE [RUNS]
 *
 * Reads the file, checks it and writes it out as a circuit, each time from the beginning, and prints one line of JSON: the
 * gates of the circuit, definitions multiplied out, and the seconds of every run. peers/compare.py measures with it. */
#include "qasm/qasm.h"

#include <stdlib.h>
#include <time.h>

struct run {
    const char *path;
    qry_ctx *ctx;
    double gates, seconds; /* gates: -1 after a report */
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void read_once(void *state)
{
    struct run *run = state;
    double begin = now();
    const qry_source *source = qry_source_read(run->ctx, run->path);
    qry_qasm *program = source ? qry_qasm_read(run->ctx, source) : NULL;
    const qry_elaboration *elaboration = program ? qry_qasm_elaborate(program) : NULL;
    run->seconds = now() - begin;
    if (!elaboration)
        return;
    qry_tally tally;
    qry_definition_tally(qry_circuit_program(elaboration->circuit), &tally);
    run->gates = (double)qry_tally_gates(&tally);
}

int main(int count, char **words)
{
    int runs = count > 2 ? atoi(words[2]) : 1;
    if (count < 2 || runs < 1) {
        fputs("usage: bench_read FILE [RUNS]\n", stderr);
        return 2;
    }
    struct run run = {.path = words[1]};
    for (int i = 0; i < runs; i++) {
        run.ctx = qry_ctx_new();
        run.gates = -1;
        if (!qry_protect(run.ctx, read_once, &run) || run.gates < 0)
            return 1;
        qry_ctx_free(run.ctx);
        if (i == 0)
            printf("{\"gates\": %.0f, \"seconds\": [", run.gates);
        printf(i ? ", %.6f" : "%.6f", run.seconds);
    }
    puts("]}");
    return 0;
}
