/* print.c: times the printer of OpenQASM. Usage: bench_print
 *
 * Two programs, each written out flat and with definitions, to /dev/null: a query of 2^12 words of 128 bits, and the
 * 50 iterations of a search that scores such words. The least of several runs. */
#include "compiler/compiler.h"
#include "qasm/qasm.h"

#include <math.h>
#include <string.h>

static qry_search *compile(qry_ctx *ctx, uint64_t iterations)
{
    static const char text[] = "table K[4096][32] : fixed(4,0) = csv(\"bound\");\n"
                               "const q[32] : fixed(8,0) = csv(\"bound\");\nqram bucket_brigade;\n"
                               "found: search one j in K where dot(q, K[j]) >= 9000;\n";
    qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "bench.qry", text, strlen(text)));
    int64_t *data = qry_alloc(ctx, 4096 * 32, sizeof *data), constants[32];
    qry_random random;
    qry_random_seed(&random, 1, 0);
    for (size_t i = 0; i < (size_t)4096 * 32; i++)
        data[i] = (int64_t)qry_random_below(&random, 16) - 8;
    for (size_t i = 0; i < 32; i++)
        constants[i] = (int64_t)qry_random_below(&random, 256) - 128;
    qry_must(program && qry_program_bind(program, "K", data) && qry_program_bind(program, "q", constants));
    qry_free(ctx, data);
    qry_search *search = qry_program_compile(program, NULL);
    qry_must(search);
    qry_search_write_round(search, iterations);
    return search;
}

static void bench(qry_ctx *ctx, const char *what, const qry_circuit *circuit, uint64_t flat_limit)
{
    qry_tally tally;
    qry_definition_tally(qry_circuit_program(circuit), &tally);
    double best = INFINITY;
    uint64_t bytes = 0;
    for (int i = 0; i < 3; i++) {
        double t = qry_seconds();
        qry_output *output = qry_output_open(ctx, "/dev/null");
        qry_must(output && qry_circuit_print(circuit, &(qry_print_options){.flat_limit = flat_limit}, output));
        bytes = qry_output_bytes(output);
        qry_must(qry_output_commit(output));
        t = qry_seconds() - t;
        best = t < best ? t : best;
    }
    printf("%-28s %-16s %12.0f gates %10.2f MB %9.2f ms %7.0f MB/s\n", what, flat_limit ? "flat" : "with definitions",
           (double)qry_tally_gates(&tally), 1e-6 * (double)bytes, 1e3 * best, 1e-6 * (double)bytes / best);
}

int main(void)
{
    qry_ctx *ctx = qry_ctx_new();
    qry_search *search = compile(ctx, 50);
    bench(ctx, "search, 50 iterations", search->circuit, 0);
    qry_search_write_round(search, 1);
    bench(ctx, "search, 1 iteration", search->circuit, UINT64_MAX);
    qry_must(qry_search_write_part(search, "load:K", 0, false));
    bench(ctx, "query m=12 w=128", search->circuit, UINT64_MAX);
    bench(ctx, "query m=12 w=128", search->circuit, 0);
    qry_ctx_free(ctx);
    return 0;
}
