/* runner.c: a compiled statement of any kind, run as its options say. */
#include "runtime/runtime.h"

#include <math.h>

struct qry_runner {
    qry_ctx *ctx;
    qry_search *search;
    qry_searcher *searcher; /* one of the two */
    qry_estimator *estimator;
};

qry_runner *qry_runner_new(qry_ctx *ctx, qry_search *search, const qry_run_options *options, uint64_t stream)
{
    qry_runner *runner = qry_alloc(ctx, 1, sizeof *runner);
    *runner = (qry_runner){.ctx = ctx, .search = search};
    if (qry_is_estimate(search->kind))
        runner->estimator = qry_estimator_new(ctx, search, options, stream);
    else
        runner->searcher = qry_searcher_new(ctx, search, options, stream);
    return runner;
}

void qry_runner_free(qry_runner *runner)
{
    if (!runner)
        return;
    qry_searcher_free(runner->searcher);
    qry_estimator_free(runner->estimator);
    qry_free(runner->ctx, runner);
}

const qry_ledger *qry_runner_ledger(qry_runner *runner)
{
    return runner->searcher ? qry_searcher_ledger(runner->searcher) : qry_estimator_ledger(runner->estimator);
}

const char *qry_runner_mode(const qry_runner *runner)
{
    return runner->searcher ? qry_searcher_mode(runner->searcher) : qry_estimator_mode(runner->estimator);
}

static qry_found run_search(qry_runner *runner, qry_arena *arena)
{
    const qry_search *search = runner->search;
    switch (search->kind) {
    case QRY_SEARCH_MAX:
    case QRY_SEARCH_MIN:
        return qry_searcher_best(runner->searcher, 1, search->failure, arena);
    case QRY_SAMPLE_ONE:
        return qry_searcher_draw(runner->searcher, search->shots ? search->shots : 1, search->failure, arena);
    default:
        return qry_searcher_run(runner->searcher, arena);
    }
}

bool qry_runner_run(qry_runner *runner, qry_arena *arena, qry_result *result)
{
    *result = (qry_result){.value = NAN};
    if (runner->estimator)
        return qry_estimator_run(runner->estimator, &result->estimate);
    qry_search *search = runner->search;
    result->rows = run_search(runner, arena);
    result->stopped = qry_searcher_stopped(runner->searcher);
    if ((search->kind == QRY_SEARCH_MAX || search->kind == QRY_SEARCH_MIN) && result->rows.count) {
        double grain = qry_search_grain(search);
        result->key = qry_search_key(search, result->rows.row[0]);
        result->fraction = -ilogb(grain);
        result->value = (double)result->key * grain;
    }
    return true;
}
