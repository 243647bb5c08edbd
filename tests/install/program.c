/* program.c: a program of somebody who has Quarry installed. Prints how many rows match. */
#include <quarry/runtime/runtime.h>

#include <inttypes.h>
#include <string.h>

int main(void)
{
    static const char text[] = "table T[4] : uint(2) = [3, 1, 2, 3];\n"
                               "threes: search all j in T where T[j] == 3;\n";
    qry_ctx *ctx = qry_ctx_new();
    const qry_source *source = qry_source_from_text(ctx, "threes.qry", text, strlen(text));
    qry_program *program = qry_program_read(ctx, source);
    qry_search *search = program ? qry_program_compile(program, NULL) : NULL;
    if (search) {
        qry_searcher *searcher = qry_searcher_new(ctx, search, &(qry_run_options){.seed = 1}, 0);
        printf("%zu found of %" PRIu64 "\n", qry_searcher_run(searcher, qry_arena_new(ctx)).count,
               qry_search_count_matches(search));
    }
    qry_ctx_free(ctx);
    return search ? 0 : 1;
}
