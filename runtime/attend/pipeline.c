/* pipeline.c: a head, its options and what is computed once; then rows, side by side. */
#include "runtime/attend/pipeline.h"
#include "runtime/ranks/ranks.h"

#include <math.h>
#include <omp.h>
#include <stdatomic.h>

/* Rounding may widen the bound by this factor. */
static const double width_slack = 1.2;

/* An error of scores that estimates can bear, of the wanted precision; of those that are chosen; and the limits of it. */
static const double bearable = 0.125, bearable_if_chosen = 0.02, least_bearable = 5e-3;

static const double usual_failure = 1e-3;

static qry_rule usual_rule(qry_attend_method method)
{
    return method == QRY_ATTEND_SPARSE || method == QRY_ATTEND_HALFSPACE ? (qry_rule){QRY_RULE_DROP, 6}
                                                                         : (qry_rule){QRY_RULE_TOP, 16};
}

/* ---- what was asked for ---- */

static bool check_rule(qry_ctx *ctx, const qry_rule *rule)
{
    switch (rule->kind) {
    case QRY_RULE_TAU:
        if (isfinite(rule->value))
            return true;
        qry_error(ctx, "a threshold is a finite number, not %g", rule->value);
        return false;
    case QRY_RULE_DROP:
        if (isfinite(rule->value) && rule->value >= 0)
            return true;
        qry_error(ctx, "a drop is a finite number from 0, not %g", rule->value);
        return false;
    case QRY_RULE_TOP:
        if (isfinite(rule->value) && rule->value >= 1)
            return true;
        qry_error(ctx, "the number of top keys is from 1, not %g", rule->value);
        return false;
    case QRY_RULE_TARGET:
        if (isfinite(rule->value) && rule->value > 0)
            return true;
        qry_error(ctx, "a target is a finite number above 0, not %g", rule->value);
        return false;
    }
    qry_error(ctx, "there is no rule %d", (int)rule->kind);
    return false;
}

static bool check_bits(qry_ctx *ctx, qry_widths bits)
{
    if (!bits.query && !bits.key)
        return true;
    if (bits.query < QRY_CODE_MIN_BITS || bits.query > QRY_CODE_MAX_BITS || bits.key < QRY_CODE_MIN_BITS ||
        bits.key > QRY_CODE_MAX_BITS)
    {
        qry_error(ctx, "entries of queries and keys have %d to %d bits, both given or neither, not %d and %d",
                  QRY_CODE_MIN_BITS, QRY_CODE_MAX_BITS, bits.query, bits.key);
        return false;
    }
    return true;
}

/* What needs a circuit. */
static bool check_halfspace(qry_ctx *ctx, const qry_attend_options *o)
{
    if (o->method != QRY_ATTEND_HALFSPACE)
        return true;
    if (o->epsilon > 0 || o->automatic) {
        qry_error(ctx, "the method halfspace estimates nothing: it runs no circuits; sparse does");
        return false;
    }
    if (o->rule && o->rule->kind == QRY_RULE_TARGET) {
        qry_error(ctx, "the method halfspace takes no target, but tau, drop or top; sparse takes one");
        return false;
    }
    return true;
}

static bool check_low_rank(qry_ctx *ctx, const qry_nystrom_options *o)
{
    if (!(o->lambda >= 0) || !isfinite(o->lambda)) {
        qry_error(ctx, "a ridge is a finite number above 0, not %g", o->lambda);
        return false;
    }
    if (o->lambda > 0 && o->landmarks > 0) {
        qry_error(ctx, "either the number of landmarks is given or the ridge that they follow from");
        return false;
    }
    if (!(o->mean_epsilon >= 0) || !isfinite(o->mean_epsilon)) {
        qry_error(ctx, "the precision of the mean is a finite number above 0, not %g", o->mean_epsilon);
        return false;
    }
    return true;
}

static bool check_options(qry_ctx *ctx, const qry_attend_options *o)
{
    if (o->method < QRY_ATTEND_SPARSE || o->method > QRY_ATTEND_EXACT) {
        qry_error(ctx, "there is no method %d of attention", (int)o->method);
        return false;
    }
    if (o->rest < QRY_ATTEND_REST_BEST || o->rest > QRY_ATTEND_REST_NYSTROM) {
        qry_error(ctx, "nothing of number %d stands in for keys that were not found", (int)o->rest);
        return false;
    }
    if (!isfinite(o->scale)) {
        qry_error(ctx, "the scale of scores is a finite number, not %g", o->scale);
        return false;
    }
    if (!(o->failure >= 0 && o->failure < 1)) {
        qry_error(ctx, "a failure probability is above 0 and below 1, not %g", o->failure);
        return false;
    }
    if (!(o->epsilon >= 0 && o->epsilon <= 1)) {
        qry_error(ctx, "the precision of estimates is above 0 and at most 1, not %g", o->epsilon);
        return false;
    }
    if (o->epsilon > 0 && o->automatic) {
        qry_error(ctx, "the precision of estimates is either given or chosen");
        return false;
    }
    if (o->threads < 0) {
        qry_error(ctx, "%d threads cannot be used", o->threads);
        return false;
    }
    return check_bits(ctx, o->bits) && (!o->rule || check_rule(ctx, o->rule)) && check_halfspace(ctx, o) &&
           check_low_rank(ctx, &o->nystrom);
}

static bool check_causal(qry_ctx *ctx, const qry_attend_options *o, const qry_head *head)
{
    if (!o->causal || head->rows == head->keys)
        return true;
    qry_error(ctx, "with causal rows there is a query for every key: Q has %zu rows but K has %zu", head->rows,
              head->keys);
    return false;
}

/* ---- what is computed once ---- */

/* Keys of a target are like the top keys. */
static qry_widths choose_widths(const qry_attend *attend)
{
    const qry_attend_options *o = &attend->options;
    qry_rule rule = attend->facts.rule;
    double most = o->automatic     ? bearable_if_chosen
                  : o->epsilon > 0 ? fmax(bearable * o->epsilon, least_bearable)
                                   : INFINITY;
    return qry_widths_choose(attend->moments, rule.kind == QRY_RULE_TARGET ? usual_rule(QRY_ATTEND_HYBRID) : rule,
                             width_slack, most);
}

void qry_attend_add_stage(qry_attend *attend, const qry_attend_stage *stage)
{
    qry_attend_facts *f = &attend->facts;
    qry_must(f->stage_count < QRY_ATTEND_STAGES);
    f->stage = attend->stage;
    f->stage[f->stage_count++] = *stage;
    f->operations += stage->operations;
    f->qram_writes += stage->writes;
}

static void prepare_codes(qry_attend *attend)
{
    qry_attend_facts *f = &attend->facts;
    f->bits = attend->options.bits;
    if (!f->bits.key)
        f->bits = choose_widths(attend);
    attend->codes = qry_codes_new(attend->head, f->bits.key);
    f->qram_writes += (uint64_t)f->keys * f->width;
}

static void prepare_tree(qry_attend *attend)
{
    double start = qry_seconds(), n = (double)attend->facts.keys, d = (double)attend->facts.width;
    attend->tree = qry_halfspace_new(attend->ctx, attend->head->width);
    qry_halfspace_insert_rows(attend->tree, 0, attend->head->k);
    qry_attend_add_stage(attend, &(qry_attend_stage){.name = "tree",
                                                     .operations = (qry_u128)(n * d * fmax(log2(n), 1)),
                                                     .seconds = qry_seconds() - start});
}

static void prepare_moments(qry_attend *attend)
{
    double start = qry_seconds();
    qry_attend_facts *f = &attend->facts;
    double n = (double)f->keys, d = (double)f->width, dv = (double)f->value_width;
    attend->moments = qry_moments_new(attend->head, attend->options.groups, attend->options.run.seed);
    f->groups = attend->moments->groups;
    if (attend->options.method != QRY_ATTEND_HALFSPACE)
        prepare_codes(attend);
    qry_attend_add_stage(attend, &(qry_attend_stage){.name = "moments",
                                                     .operations = (qry_u128)(n * d * (d + dv + (double)f->groups)),
                                                     .seconds = qry_seconds() - start});
    f->row_operations += (uint64_t)((double)f->groups * d * (d + dv));
}

qry_attend *qry_attend_new(qry_ctx *ctx, const qry_array *q, const qry_array *k, const qry_array *v,
                           const qry_attend_options *options)
{
    double start = qry_seconds();
    qry_head *head =
        check_options(ctx, options) ? qry_head_new(ctx, q, k, v, options->scale, !options->uncentred) : NULL;
    if (!head)
        return NULL;
    if (!check_causal(ctx, options, head)) {
        qry_head_free(head);
        return NULL;
    }
    head->causal = options->causal;
    qry_attend *attend = qry_alloc(ctx, 1, sizeof *attend);
    *attend = (qry_attend){.ctx = ctx, .options = *options, .head = head};
    attend->facts = (qry_attend_facts){.queries = head->rows,
                                       .keys = head->keys,
                                       .width = head->width,
                                       .value_width = head->value_width,
                                       .scale = options->scale != 0 ? options->scale : 1 / sqrt((double)head->width),
                                       .causal = options->causal,
                                       .rule = options->rule ? *options->rule : usual_rule(options->method),
                                       .failure = options->failure > 0 ? options->failure : usual_failure,
                                       .engine = options->run.engine,
                                       .mode = "none"};
    attend->options.rule = NULL;
    if (options->method != QRY_ATTEND_EXACT && options->method != QRY_ATTEND_NYSTROM)
        prepare_moments(attend);
    if (qry_low_rank_wanted(options) && !qry_low_rank_prepare(attend)) {
        qry_attend_free(attend);
        return NULL;
    }
    if (options->method == QRY_ATTEND_HALFSPACE)
        prepare_tree(attend);
    attend->facts.seconds = qry_seconds() - start;
    return attend;
}

void qry_attend_free(qry_attend *attend)
{
    if (!attend)
        return;
    qry_nystrom_free(attend->nystrom);
    qry_halfspace_free(attend->tree);
    qry_codes_free(attend->codes);
    qry_moments_free(attend->moments);
    qry_head_free(attend->head);
    qry_free(attend->ctx, attend);
}

const qry_attend_facts *qry_attend_facts_of(const qry_attend *attend) { return &attend->facts; }

/* ---- rows side by side ---- */

struct job {
    qry_attend *attend;
    qry_attend_row *result;
    double *output;
    size_t first, step, count; /* rows first, first + step, ...: count of them */
    bool again;                /* only rows that are to be measured */
    atomic_size_t next, done;
    atomic_int failed; /* number + 1 of the first thread that gave up */
    const char *mode;  /* of the engine; NULL: none ran yet */
};

struct thread {
    struct job *job;
    qry_ctx *ctx;
    int number, engine_threads;
    const char *mode;
};

static void tell(void *state)
{
    struct job *job = state;
    const qry_attend_options *options = &job->attend->options;
    if (options->progress)
        options->progress(options->progress_state, atomic_load(&job->done) * job->step);
}

/* Of the i-th of the job's rows. */
static size_t place_of(const struct job *job, size_t i) { return job->first + i * job->step; }

static void compute_rows(void *state)
{
    struct thread *t = state;
    struct job *job = t->job;
    qry_worker *worker = qry_worker_new(t->ctx, job->attend, t->engine_threads);
    size_t i;
    while (!atomic_load(&job->failed) && (i = atomic_fetch_add(&job->next, 1)) < job->count) {
        i = place_of(job, i);
        if (!job->again || job->result[i].fallback)
            qry_row_compute(worker, &job->result[i], job->output + i * job->attend->facts.value_width);
        atomic_fetch_add(&job->done, 1);
        qry_check_interrupt(t->ctx);
    }
    t->mode = worker->searcher ? qry_searcher_mode(worker->searcher) : NULL;
}

static void run_thread(struct thread *t)
{
    int none = 0;
    if (t->number == 0) /* the caller's own */
        qry_ctx_on_pulse(t->ctx, tell, t->job);
    if (!qry_protect(t->ctx, compute_rows, t))
        atomic_compare_exchange_strong(&t->job->failed, &none, t->number + 1);
}

/* What the first that failed has to say is enough: the others were stopped, or met the same. */
static bool join(struct job *job, struct thread *threads, int count)
{
    int failed = atomic_load(&job->failed);
    for (int i = 0; i < count; i++) {
        if (threads[i].mode)
            job->mode = threads[i].mode;
        if (!failed || failed == i + 1)
            qry_ctx_join(threads[i].ctx);
        else
            qry_ctx_free(threads[i].ctx);
    }
    return !failed;
}

static bool check_rows(const qry_attend *attend, const size_t *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i] >= attend->facts.queries) {
            qry_error(attend->ctx, "there is no row %zu: Q has %zu rows", rows[i], attend->facts.queries);
            return false;
        }
    return true;
}

static bool run_job(struct job *job, qry_arena *arena)
{
    qry_attend *attend = job->attend;
    int asked = attend->options.threads > 0 ? attend->options.threads : 1;
    int side_by_side = (size_t)asked < job->count ? asked : job->count > 0 ? (int)job->count : 1;
    struct thread *threads = qry_arena_alloc(arena, (size_t)side_by_side, sizeof *threads);
    for (int i = 0; i < side_by_side; i++)
        threads[i] = (struct thread){
            .job = job, .ctx = qry_ctx_fork(attend->ctx), .number = i, .engine_threads = side_by_side == 1 ? asked : 1};
#pragma omp parallel for num_threads(side_by_side) schedule(static, 1)
    for (int i = 0; i < side_by_side; i++)
        run_thread(&threads[i]);
    return join(job, threads, side_by_side);
}

/* Moments and codes are made when the first rows need them, of whichever rank. */
static bool measure_rows(struct job *job, const qry_ranks *ranks, qry_arena *arena)
{
    qry_attend *attend = job->attend;
    bool any = false;
    for (size_t i = 0; i < job->count; i++)
        any = any || qry_low_rank_may_measure(attend, &job->result[place_of(job, i)]);
    if (!qry_ranks_any(ranks, attend->ctx, any))
        return true;
    double start = qry_seconds();
    prepare_moments(attend);
    attend->facts.seconds += qry_seconds() - start;
    atomic_store(&job->next, 0);
    job->again = true;
    return run_job(job, arena);
}

bool qry_attend_run(qry_attend *attend, qry_arena *arena, const size_t *rows, size_t count, qry_attend_row *result,
                    double *output)
{
    if (!check_rows(attend, rows, count))
        return false;
    for (size_t i = 0; i < count; i++) {
        result[i] = (qry_attend_row){.row = rows[i], .residual = NAN};
        result[i].ledger.query = qry_arena_alloc(arena, QRY_ATTEND_TABLES, sizeof(qry_ledger_query));
        if (attend->options.keep_found)
            result[i].found = qry_arena_alloc(arena, attend->facts.keys, sizeof *result[i].found);
    }
    const qry_ranks *ranks = attend->options.ranks ? attend->options.ranks : &(qry_ranks){.count = 1};
    struct job job = {.attend = attend, .result = result, .output = output};
    job.first = (size_t)ranks->number;
    job.step = (size_t)ranks->count;
    job.count = job.first < count ? (count - job.first + job.step - 1) / job.step : 0;
    bool fine = run_job(&job, arena) && measure_rows(&job, ranks, arena);
    if (fine)
        qry_ranks_gather(ranks, attend->ctx, arena, result, output, count, attend->facts.value_width, &job.mode);
    attend->facts.mode = job.mode ? job.mode : attend->facts.mode;
    return fine;
}
