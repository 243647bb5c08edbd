/* runs.c: the life of what searchers and estimators have in common. */
#include "runtime/drive/drive.h"

void qry_runs_init(qry_runs *r, qry_ctx *ctx, qry_search *search, const qry_run_options *options, uint64_t typical)
{
    *r = (qry_runs){.ctx = ctx,
                    .search = search,
                    .engine = options->engine,
                    .seed = options->seed,
                    .max_queries = options->max_queries};
    if (r->engine == QRY_ENGINE_ORACLE)
        qry_require_scan(ctx, search);
    qry_cost_book_init(&r->costs, ctx, search->circuit);
    if (r->engine == QRY_ENGINE_ORACLE)
        return;
    qry_search_write_round(search, typical);
    r->sim = qry_sim_new(ctx, search->circuit, &options->sim);
}

void qry_runs_free(qry_runs *r)
{
    qry_sim_free(r->sim);
    qry_cost_book_free(&r->costs);
    qry_arena_free(r->arena);
}

void qry_runs_restart(qry_runs *r, uint64_t stream)
{
    qry_random_seed(&r->random, r->seed, stream);
    qry_arena_free(r->arena);
    r->arena = NULL;
    r->arena = qry_arena_new(r->ctx);
    r->ledger = (qry_ledger){.shots = 0};
    if (r->sim)
        r->planned = qry_sim_planning_seconds(r->sim);
}

const char *qry_runs_mode(const qry_runs *r)
{
    return r->engine == QRY_ENGINE_ORACLE ? "oracle" : qry_sim_mode_name(r->sim);
}
