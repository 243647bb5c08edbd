/* search.c: searches of a table that exists in memory only, from C, and prints one of their circuits.
 *
 *   cc search.c $(pkg-config --cflags --libs quarry) -o search       with an installed Quarry
 *   ./search search.qasm
 *
 * The program text declares the table; its data are bound. Then the same search is done again for another threshold: what the
 * threshold does not touch, the queries of the table, is neither compiled nor planned again. */
#include <quarry/runtime/runtime.h>

#include <inttypes.h>
#include <string.h>

enum { ROWS = 100 };

static const char text[] = "table height[100] : uint(8) = csv(\"bound\");\n"
                           "param least = 100;\n"
                           "high: search all j in height where height[j] >= least;\n";

/* Hills: whole numbers, which are the mantissas of uint(8). */
static void fill(int64_t *height)
{
    for (int64_t j = 0; j < ROWS; j++)
        height[j] = 100 + j % 17 * (j % 13) - j % 29 * 3;
}

static qry_search *compile(qry_ctx *ctx)
{
    const qry_source *source = qry_source_from_text(ctx, "high.qry", text, strlen(text));
    qry_program *program = qry_program_read(ctx, source);
    int64_t height[ROWS];
    fill(height);
    if (!program || !qry_program_bind(program, "height", height))
        return NULL;
    return qry_program_compile(program, NULL);
}

static bool search_for(qry_ctx *ctx, qry_search *search, qry_searcher *searcher, int64_t least)
{
    if (!qry_program_set_param(search->program, "least", (qry_rational){least, 1}) || !qry_search_refresh(search))
        return false;
    qry_arena *arena = qry_arena_new(ctx);
    qry_found found = qry_searcher_run(searcher, arena);
    printf("at least %" PRId64 ":", least);
    for (size_t i = 0; i < found.count; i++)
        printf(" %" PRIu64, found.row[i]);
    printf("%s\n", found.count ? "" : " none");
    qry_arena_free(arena);
    return true;
}

static bool print_circuit(qry_ctx *ctx, qry_search *search, const char *path)
{
    qry_search_write_round(search, 2); /* the circuit becomes: two uses of the oracle, and a measurement */
    qry_output *output = qry_output_open(ctx, path);
    return output && qry_circuit_print(search->circuit, NULL, output) && qry_output_commit(output);
}

static bool run(qry_ctx *ctx, const char *path)
{
    qry_search *search = compile(ctx);
    if (!search)
        return false; /* the reason is on standard error already */
    qry_searcher *searcher = qry_searcher_new(ctx, search, &(qry_run_options){.seed = 1}, 0);
    for (int64_t least = 140; least <= 220; least += 40)
        if (!search_for(ctx, search, searcher, least))
            return false;
    const qry_ledger *ledger = qry_searcher_ledger(searcher);
    printf("%" PRIu64 " oracle calls in %" PRIu64 " shots; a scan would have looked at %" PRIu64 " rows\n",
           ledger->oracle_calls, ledger->shots, ledger->classical_score_evaluations);
    return print_circuit(ctx, search, path);
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: %s CIRCUIT.qasm\n", argv[0]);
        return 2;
    }
    qry_ctx *ctx = qry_ctx_new();
    bool done = ctx && run(ctx, argv[1]);
    qry_ctx_free(ctx);
    return done ? 0 : 1;
}
