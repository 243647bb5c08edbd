/* parse.c: how fast OpenQASM text is read, and in how much memory.
 *
 *     bench_parse [GATES [FOLDER]]
 *
 * Makes a file of so many gates (default 10^7) in each of three mixes in FOLDER (default /tmp): flat lines without angles,
 * lines of which one in three has an angle of 16 digits, and the same in the bodies of gates that are called once. Then reads
 * each from disk into the tree and prints seconds on the clock and of the processor (one thread works: on a quiet machine they
 * are the same), gates a second of processor time, and the bytes that a gate takes at the most, its text apart. */
#include "qasm/read/tree.h"

#include <stdlib.h>
#include <time.h>

enum { QUBITS = 64, BODY = 1000 };

enum mix { FLAT, ROTATIONS, BODIES, MIXES };
static const char *const names[MIXES] = {"flat", "rotations", "bodies"};

static void operand(FILE *file, enum mix mix, uint64_t qubit)
{
    fprintf(file, mix == BODIES ? "a%d" : "q[%d]", (int)qubit);
}

static void gate(FILE *file, enum mix mix, qry_random *random)
{
    static const char *const lone[] = {"h", "x", "t", "sdg"};
    uint64_t a = qry_random_below(random, QUBITS), b = (a + 1 + qry_random_below(random, QUBITS - 1)) % QUBITS;
    uint64_t kind = qry_random_below(random, 3);
    if (kind == 0 && mix != FLAT)
        fprintf(file, "rz(%.16g) ", (qry_random_unit(random) - 0.5) * 6.283185307179586);
    else
        fprintf(file, "%s ", kind == 2 ? "cx" : lone[qry_random_below(random, 4)]);
    operand(file, mix, a);
    if (kind == 2) {
        fputs(", ", file);
        operand(file, mix, b);
    }
    fputs(";\n", file);
}

static void write_program(const char *path, enum mix mix, uint64_t gates)
{
    FILE *file = fopen(path, "w");
    if (!file) {
        perror(path);
        exit(1);
    }
    qry_random random;
    qry_random_seed(&random, 4, mix);
    fprintf(file, "OPENQASM 3.0;\ninclude \"stdgates.inc\";\nqubit[%d] q;\n", QUBITS);
    for (uint64_t i = 0; i < gates; i++) {
        if (mix == BODIES && i % BODY == 0) {
            fprintf(file, "%sgate block%d ", i ? "}\n" : "", (int)(i / BODY));
            for (int k = 0; k < QUBITS; k++)
                fprintf(file, "%sa%d", k ? ", " : "", k);
            fputs(" {\n", file);
        }
        gate(file, mix, &random);
    }
    fputs(mix == BODIES ? "}\n" : "", file);
    if (fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static uint64_t gates_in(const struct tree_stmt *first)
{
    uint64_t count = 0;
    for (const struct tree_stmt *s = first; s; s = s->next) {
        if (s->kind == TREE_STRETCH)
            count += s->stretch->op_count;
        else if (s->kind == TREE_GATE && s->place.source == 0)
            count += gates_in(s->body);
    }
    return count;
}

static double processor(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void measure(const char *path, enum mix mix, uint64_t gates)
{
    qry_ctx *ctx = qry_ctx_new();
    double begin = qry_seconds(), busy = processor();
    const qry_source *source = qry_source_read(ctx, path);
    struct tree_options options = {0};
    struct tree_program *tree = source ? qry_tree_read(ctx, qry_arena_new(ctx), source, &options) : NULL;
    double end = qry_seconds();
    busy = processor() - busy;
    if (!tree || gates_in(tree->first) != gates) {
        fprintf(stderr, "%s was not read whole\n", path);
        exit(1);
    }
    double bytes = (double)qry_memory_peak(ctx) - (double)source->length;
    printf("%-10s %10.0f gates of %.1f bytes  %7.3f s, processor %7.3f s  %6.2f million gates/s  %5.1f bytes a gate\n",
           names[mix], (double)gates, (double)source->length / (double)gates, end - begin, busy,
           (double)gates / busy * 1e-6, bytes / (double)gates);
    qry_ctx_free(ctx);
}

int main(int argc, char **argv)
{
    uint64_t gates = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000;
    for (int mix = 0; gates && mix < MIXES; mix++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/quarry_bench_%s.qasm", argc > 2 ? argv[2] : "/tmp", names[mix]);
        write_program(path, (enum mix)mix, gates);
        for (int round = 0; round < 3; round++)
            measure(path, (enum mix)mix, gates);
        remove(path);
    }
    return 0;
}
