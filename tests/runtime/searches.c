/* searches.c: see searches.h. */
#include "searches.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

qry_search *search_of(qry_ctx *ctx, const char *text)
{
    qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "test.qry", text, strlen(text)));
    assert_non_null(program);
    qry_search *search = qry_program_compile(program, NULL);
    assert_non_null(search);
    return search;
}

qry_search *flag_search(qry_ctx *ctx, const char *kind, const char *arch, uint64_t rows, uint64_t marked)
{
    char text[256];
    snprintf(text, sizeof text,
             "table T[%llu] : uint(2) = npy(\"none\");\nqram %s;\nsearch %s j in T where T[j] == 2;\n",
             (unsigned long long)rows, arch, kind);
    qry_program *program = qry_program_read(ctx, qry_source_from_text(ctx, "flags.qry", text, strlen(text)));
    assert_non_null(program);
    int64_t *flag = qry_alloc(ctx, rows, sizeof *flag);
    uint64_t step = rows * 5 / 8 + 1;
    while (rows % step == 0 && step > 1)
        step++;
    for (uint64_t j = 0; j < rows; j++)
        flag[j] = (int64_t)(j % 2); /* 0 and 1 do not match */
    for (uint64_t i = 0, j = rows / 3; i < marked; i++, j = (j + step) % rows) {
        while (flag[j] == 2)
            j = (j + 1) % rows;
        flag[j] = 2;
    }
    assert_true(qry_program_bind(program, "T", flag));
    qry_free(ctx, flag);
    qry_search *search = qry_program_compile(program, NULL);
    assert_non_null(search);
    assert_int_equal(qry_search_count_matches(search), marked);
    return search;
}

bool failures_are_plausible(int failures, int runs, double probability)
{
    double below = 0;
    for (int k = 0; k < failures; k++)
        below += exp(lgamma(runs + 1.0) - lgamma(k + 1.0) - lgamma(runs - k + 1.0) + k * log(probability) +
                     (runs - k) * log1p(-probability));
    return 1 - below > 1e-6;
}
