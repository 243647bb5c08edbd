#include "stage.h"

#include <math.h>
#include <string.h>

struct stage *stage_new(qry_engine engine, uint64_t seed, double failure)
{
    qry_ctx *ctx = qry_ctx_new();
    struct stage *stage = qry_alloc(ctx, 1, sizeof *stage);
    qry_linalg_threads(1);
    stage->ctx = ctx;
    stage->run = (qry_stage_run){.ctx = ctx,
                                 .arena = qry_arena_new(ctx),
                                 .run = {.engine = engine, .seed = seed},
                                 .failure = failure,
                                 .stage = &stage->ledger};
    return stage;
}

void stage_free(struct stage *stage) { qry_ctx_free(stage->ctx); }

uint64_t stage_loads(const struct stage *stage, const char *table)
{
    for (size_t i = 0; i < stage->ledger.ledger.query_count; i++)
        if (strcmp(stage->ledger.ledger.query[i].table, table) == 0)
            return (uint64_t)stage->ledger.ledger.query[i].loads;
    return 0;
}

void stage_count_steps(void *steps, size_t done, size_t total)
{
    struct steps *s = steps;
    assert_true(done <= total && (s->calls == 0 || (total == s->total && done >= s->done)));
    *s = (struct steps){s->calls + 1, done, total};
}

bool sum_is_plausible(double sum, double mean, double variance, double each)
{
    double t = fabs(sum - mean);
    return 2 * exp(-t * t / 2 / (variance + each * t / 3 + 1e-300)) > 1e-6 || t <= 1e-9 * fabs(mean);
}
